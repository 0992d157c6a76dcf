"""Floor 5. Static files, answered before Django is asked: a page is made of some hundred modules.

WhiteNoise finds the files and knows their headers, ETags and ranges; here its answers are said as ASGI. While
it looks for changed files itself (DEBUG) its middleware does this.
"""

from collections.abc import Iterable
from typing import Any

from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope
from csp.utils import build_policy
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import Response

ASKED = {b"if-none-match", b"if-modified-since", b"range", b"accept-encoding"}


class Files:
    """Answers what is a static file, and hands the rest on."""

    def __init__(self, application: ASGI3Application) -> None:
        self._application = application
        found = WhiteNoiseMiddleware(lambda request: None)
        self._files: dict[str, Any] = {} if found.autorefresh else found.files
        self._safe = encoded(
            [
                ("Content-Security-Policy", build_policy()),
                ("X-Content-Type-Options", "nosniff"),
                ("Referrer-Policy", "same-origin"),
                ("Cross-Origin-Opener-Policy", "same-origin"),
            ]
        )

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Answer a request for a file; ask the application about any other."""
        file = self._files.get(scope["path"]) if scope["type"] == "http" else None
        if file is None or scope["type"] != "http":
            return await self._application(scope, receive, send)
        return await self._tell(file.get_response(scope["method"], asked(scope)), send)

    async def _tell(self, answer: Response, send: ASGISendCallable) -> None:
        headers = encoded(answer.headers) + self._safe
        await send(
            {
                "type": "http.response.start",
                "status": int(answer.status),
                "headers": headers,
                "trailers": False,
            }
        )
        await send({"type": "http.response.body", "body": body_of(answer), "more_body": False})


def asked(scope: HTTPScope) -> dict[str, str]:
    """Return what a request says of the file it wants, as WSGI names it."""
    return {
        "HTTP_" + name.decode("ascii").upper().replace("-", "_"): value.decode("latin-1")
        for name, value in scope["headers"]
        if name in ASKED
    }


def encoded(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Return headers as ASGI has them."""
    return [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in headers]


def body_of(answer: Response) -> bytes:
    """Return the whole of a file, or the part that was asked for."""
    if answer.file is None:
        return b""
    with answer.file as file:
        return bytes(file.read())
