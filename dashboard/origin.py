"""Floor 4. Who may open a socket: pages of our own origin, and of the origins trusted by name."""

from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.http.request import split_domain_port, validate_host

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


def header(scope: dict[str, Any], name: bytes) -> str | None:
    """Return a header's text, or None when it is missing or repeated."""
    values = [value for key, value in scope["headers"] if key == name]
    return values[0].decode("latin-1") if len(values) == 1 else None


def is_own_origin(origin: str | None, host: str | None, secure: bool) -> bool:
    """Tell whether an Origin is the page's own: same host and port as the Host asked for, which must be
    one of ALLOWED_HOSTS; https where the socket is; or one of CSRF_TRUSTED_ORIGINS, whole."""
    if not origin or origin == "null":
        return False
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    name, _ = split_domain_port(host or "")
    allowed = settings.ALLOWED_HOSTS or (["localhost", "127.0.0.1", "[::1]"] if settings.DEBUG else [])
    if not name or not validate_host(name, allowed):
        return False
    scheme, _, netloc = origin.lower().partition("://")
    if scheme != "https" and (secure or scheme != "http"):
        return False
    default = ":443" if scheme == "https" else ":80"
    return netloc.removesuffix(default) == (host or "").lower().removesuffix(default)


class SameOriginValidator:
    """Refuses a handshake (403) whose Origin is missing, null, or of another host, port or scheme."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        secure = scope.get("scheme") == "wss"
        if is_own_origin(header(scope, b"origin"), header(scope, b"host"), secure):
            await self.application(scope, receive, send)
        else:
            await send(
                {"type": "websocket.close"}
            )  # a consumer that refuses would ask the channel layer first
