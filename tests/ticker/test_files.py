"""Static files are answered before Django is asked, as WhiteNoise would, and everything else is Django's."""

from pathlib import Path
from typing import Any

import pytest

from ticker.files import Files

ROOT = Path(__file__).parents[2]
MODULE = "/static/js/dom.js"
TEXT = (ROOT / "static" / "js" / "dom.js").read_bytes()


class Asked:
    """An application below, which notes what it was asked."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.paths.append(scope.get("path", scope["type"]))


async def get(path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of what is answered; status 0 where the application below was asked."""
    below, said = Asked(), []

    async def send(message: Any) -> None:
        said.append(message)

    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope: Any = {"type": "http", "path": path, "method": method, "headers": named}
    await Files(below)(scope, None, send)  # type: ignore[arg-type]
    if below.paths:
        return 0, {}, b""
    start, body = said
    return start["status"], {name.decode(): value.decode() for name, value in start["headers"]}, body["body"]


async def test_a_file_comes_whole_with_the_headers_of_every_page() -> None:
    status, headers, body = await get(MODULE)
    assert (status, body) == (200, TEXT)
    assert headers["content-type"].startswith("text/javascript") and headers["content-length"] == str(
        len(TEXT)
    )
    assert headers["x-content-type-options"] == "nosniff" and "max-age=0" in headers["cache-control"]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]


async def test_what_a_browser_has_already_is_not_sent_again() -> None:
    _, headers, _ = await get(MODULE)
    status, again, body = await get(MODULE, if_none_match=headers["etag"])
    assert (status, body) == (304, b"") and again["etag"] == headers["etag"]


async def test_a_part_a_head_and_a_wrong_method() -> None:
    assert (await get(MODULE, range="bytes=3-6"))[::2] == (206, TEXT[3:7])
    status, headers, body = await get(MODULE, "HEAD")
    assert (status, headers["content-length"], body) == (200, str(len(TEXT)), b"")
    assert (await get(MODULE, "POST"))[0] == 405


@pytest.mark.parametrize(
    "path", ["/", "/api/venues", "/static/js/nothing.js", "/static/../manage.py", "/static/"]
)
async def test_everything_else_is_the_applications(path: str) -> None:
    assert (await get(path))[0] == 0


async def test_a_lifespan_or_a_socket_is_the_applications() -> None:
    below = Asked()
    for kind in ("lifespan", "websocket"):
        await Files(below)({"type": kind, "path": MODULE}, None, None)  # type: ignore[arg-type, misc]
    assert len(below.paths) == 2
