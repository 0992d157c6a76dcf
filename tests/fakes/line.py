"""One client's WebSocket at a fake venue."""

import contextlib
import json
import socket
import struct
import time
from typing import TYPE_CHECKING, Any

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

if TYPE_CHECKING:
    from tests.fakes.venue import FakeVenue

RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close with RST


class Line:
    """One client's WebSocket: what it has subscribed to, as (channel, native) pairs in their order."""

    def __init__(self, venue: "FakeVenue", ws: ServerConnection) -> None:
        self.venue = venue
        self.ws = ws
        self.streams: dict[tuple[str, str], None] = {}
        self.last_sent = time.monotonic()

    async def send(self, message: dict[str, Any] | str) -> None:
        """Send a frame, unless the venue is stalled: then it is lost, and the socket stays open."""
        if self.venue.stalled:
            return
        text = message if isinstance(message, str) else json.dumps(message, separators=(",", ":"))
        self.last_sent = time.monotonic()
        self.venue.sent.append(text)
        with contextlib.suppress(ConnectionClosed):
            await self.ws.send(text)

    def natives(self, channel: str) -> list[str]:
        return [native for name, native in self.streams if name == channel]


def reset(ws: ServerConnection) -> None:
    sock = ws.transport.get_extra_info("socket")
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    ws.transport.abort()
