"""A socket is opened by pages of our own origin only, and of those trusted by name."""

from typing import Any

import pytest
from pytest_django import Settings

from dashboard.origin import SameOriginValidator, header, is_own_origin

ALLOWED = ["desk.example", "localhost", "127.0.0.1", "[::1]", ".wide.example"]
TRUSTED = ["https://partner.example:8443"]


@pytest.fixture(autouse=True)
def hosts(settings: Settings) -> None:
    settings.ALLOWED_HOSTS, settings.CSRF_TRUSTED_ORIGINS, settings.DEBUG = ALLOWED, TRUSTED, False


OWN = [
    ("http://localhost:8000", "localhost:8000", False),
    ("http://127.0.0.1:8000", "127.0.0.1:8000", False),
    ("http://[::1]:8000", "[::1]:8000", False),
    ("http://desk.example", "desk.example", False),
    ("http://desk.example", "desk.example:80", False),
    ("http://desk.example:80", "desk.example", False),
    ("http://desk.example", "Desk.Example", False),
    ("HTTP://Desk.Example", "desk.example", False),
    ("https://desk.example", "desk.example", True),
    ("https://desk.example", "desk.example:443", True),
    ("https://desk.example:8443", "desk.example:8443", True),
    ("https://desk.example", "desk.example", False),  # a proxy in front speaks TLS for us
    ("https://a.wide.example", "a.wide.example", True),
    ("https://partner.example:8443", "desk.example", True),
    ("https://partner.example:8443", None, True),
]
STRANGE = [
    (None, "desk.example", True),
    ("", "desk.example", True),
    ("null", "desk.example", True),
    ("null", "null", False),
    ("https://evil.example", "desk.example", True),
    ("https://evil.example", "evil.example", True),  # a rebound name: the Host must be ours
    ("https://desk.example.evil.example", "desk.example", True),
    ("https://evildesk.example", "desk.example", True),
    ("https://desk.example@evil.example", "desk.example", True),
    ("https://evil@desk.example", "desk.example", True),
    ("https://desk.example:8444", "desk.example:8443", True),
    ("https://desk.example", "desk.example:8443", True),
    ("https://desk.example:8443", "desk.example", True),
    ("https://desk.example:80", "desk.example", True),
    ("http://desk.example:443", "desk.example", False),
    ("http://localhost:3000", "localhost:8000", False),
    ("http://127.0.0.1:8000", "localhost:8000", False),
    ("http://desk.example", "desk.example", True),
    ("http://desk.example:443", "desk.example:443", True),
    ("ws://desk.example", "desk.example", False),
    ("wss://desk.example", "desk.example", True),
    ("file://desk.example", "desk.example", False),
    ("chrome-extension://desk.example", "desk.example", False),
    ("//desk.example", "desk.example", False),
    ("desk.example", "desk.example", False),
    ("http://desk.example/", "desk.example", False),
    ("http://desk.example/path", "desk.example", False),
    ("http://desk.example?x", "desk.example", False),
    (" http://desk.example", "desk.example", False),
    ("http://desk.example\x0b", "desk.example", False),
    ("http://desk.example\x0b", "desk.example\x0b", False),
    ("http://[::1", "desk.example", False),
    ("http://[::1", "[::1", False),
    ("http://]", "localhost", False),
    ("http://", "", False),
    ("http://", None, False),
    ("://", "localhost", False),
    ("http://localhost:8000", "localhost:8000:8000", False),
    ("http://partner.example:8443", "desk.example", False),  # trusted origins count whole
    ("https://partner.example", "desk.example", True),
    ("https://partner.example:8443.evil.example", "desk.example", True),
    ("http://déjà.example", "desk.example", False),
]


@pytest.mark.parametrize(("origin", "host", "secure"), OWN)
def test_our_own(origin: str, host: str | None, secure: bool) -> None:
    assert is_own_origin(origin, host, secure)


@pytest.mark.parametrize(("origin", "host", "secure"), STRANGE)
def test_a_stranger(origin: str | None, host: str | None, secure: bool) -> None:
    assert not is_own_origin(origin, host, secure)


def test_without_allowed_hosts_only_a_developers_own_machine_is_ours(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = []
    assert not is_own_origin("http://localhost:8000", "localhost:8000", False)
    settings.DEBUG = True
    assert is_own_origin("http://localhost:8000", "localhost:8000", False)
    assert not is_own_origin("http://desk.example", "desk.example", False)


def test_a_header_that_is_missing_or_repeated_is_none() -> None:
    scope = {"headers": [(b"host", b"a"), (b"origin", b"\xe9"), (b"twice", b"a"), (b"twice", b"a")]}
    assert [header(scope, name) for name in (b"host", b"origin", b"twice", b"missing")] == [
        "a",
        "é",
        None,
        None,
    ]


async def outcome(headers: list[tuple[bytes, bytes]], scheme: str = "ws") -> str:
    """What becomes of a handshake with these headers: `passed`, or the reply's type (a close is a 403)."""
    seen: list[str] = []

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        seen.append("passed")

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        seen.append(message["type"])

    scope = {"type": "websocket", "path": "/ws/market/", "scheme": scheme, "headers": headers}
    await SameOriginValidator(application)(scope, receive, send)
    [result] = seen
    return result


HOST, ORIGIN = (b"host", b"desk.example"), (b"origin", b"http://desk.example")


async def test_the_handshake_of_our_own_page_passes() -> None:
    assert await outcome([HOST, ORIGIN]) == "passed"
    assert await outcome([HOST, (b"origin", b"https://desk.example")], "wss") == "passed"


@pytest.mark.parametrize(
    ("headers", "scheme"),
    [
        ([HOST], "ws"),
        ([ORIGIN], "ws"),
        ([HOST, ORIGIN, ORIGIN], "ws"),
        ([HOST, HOST, ORIGIN], "ws"),
        ([HOST, ORIGIN], "wss"),
        ([HOST, (b"origin", b"http://[::1")], "ws"),
        ([HOST, (b"origin", b"\xff\xfe")], "ws"),
    ],
)
async def test_any_other_handshake_is_refused(headers: list[tuple[bytes, bytes]], scheme: str) -> None:
    assert await outcome(headers, scheme) == "websocket.close"
