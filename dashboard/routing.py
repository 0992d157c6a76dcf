"""Floor 4. The WebSocket path of the desk; every other is refused."""

from typing import Any

from django.urls import path, re_path

from dashboard.consumers import MarketConsumer


async def refuse(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Refuse a handshake (403). Without a route the router would raise: a 500, and a traceback for strangers
    to fill the log with."""
    await send({"type": "websocket.close"})


websocket_urlpatterns = [path("ws/market/", MarketConsumer.as_asgi()), re_path("", refuse)]
