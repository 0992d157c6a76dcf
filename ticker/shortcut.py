"""Floor 5. A short way to a socket under Daphne, below ASGI; any other server is left as it is.

A frame costs Daphne and Autobahn some 60 µs of Python: layers, log lines that nobody reads, and two changes
of what epoll waits for. Here it is one `send`. And it tells what ASGI can't: how much waits for a socket,
and whether somebody reads there. What isn't as expected (TLS, compression, another version) goes the long
way.
"""

import sys
import time
from functools import partial
from inspect import getattr_static
from socket import SO_SNDBUF, SOL_SOCKET
from struct import pack
from typing import Any

OF_TRANSPORT = ("dataBuffer", "offset", "_tempDataLen", "writeSomeData", "abortConnection", "getHandle")
LINE = "ticker.line"
# Bytes that the kernel may keep of what a socket doesn't read; by itself it would be some megabytes.
SEND_BUFFER = 262_144


class Shortcut:
    """An ASGI application around one for sockets, which gives it a line to each where there is one."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        line = line_of(send)
        if line is not None:
            scope = {**scope, "extensions": {**scope.get("extensions", {}), LINE: line}}
        await self._application(scope, receive, send)


def line_of(send: Any) -> "DaphneLine | None":
    """Return the line to a socket that Daphne serves without TLS, None to any other."""
    daphne = sys.modules.get("daphne.ws_protocol")
    protocol = send.args[0] if isinstance(send, partial) and send.args else None
    if daphne is None or not isinstance(protocol, daphne.WebSocketProtocol):
        return None
    transport = protocol.transport
    # Of its own: that of TLS lends the attributes of the one below, where frames would go out as they are.
    if any(getattr_static(transport, name, None) is None for name in OF_TRANSPORT):
        return None
    return DaphneLine(protocol, transport)


class DaphneLine:
    """The line to one socket."""

    def __init__(self, protocol: Any, transport: Any) -> None:
        self._protocol = protocol
        self._transport = transport
        self.heard = time.monotonic()  # when the socket last proved that it is read
        self._on_data = protocol.dataReceived
        transport.getHandle().setsockopt(SOL_SOCKET, SO_SNDBUF, SEND_BUFFER)
        protocol.onPong = self._on_pong
        protocol.dataReceived = self._on_chunk

    def _on_pong(self, payload: bytes) -> None:
        self.heard = time.monotonic()

    def _on_chunk(self, data: bytes) -> None:
        """Take what came: one short whole text, as acknowledgements are, at once, all else the long way."""
        protocol, size = self._protocol, len(data) - 6
        is_short = 0 < size < 126 and data[0] == 0x81 and data[1] == 0x80 | size
        if is_short and not protocol.data and protocol.current_frame is None and not protocol.inside_message:
            text = unmasked(data[6:], data[2:6])
            if protocol.state == protocol.STATE_OPEN and text.isascii():
                protocol.onMessage(text, False)
                return
        self._on_data(data)

    @property
    def backlog(self) -> int:
        """How many bytes wait for room in the kernel."""
        transport = self._transport
        return len(transport.dataBuffer) - transport.offset + transport._tempDataLen

    def write(self, text: bytes) -> None:
        """Send a text frame; nothing once the socket is closing."""
        protocol, transport = self._protocol, self._transport
        if protocol.state != protocol.STATE_OPEN:
            return
        if protocol._perMessageCompress is not None or protocol.send_queue:
            protocol.sendMessage(text)
            return
        frame = header(len(text)) + text
        if not self.backlog and transport.connected and not transport.disconnecting:
            written = transport.writeSomeData(frame)
            if written == len(frame):
                return
            if isinstance(written, int):
                frame = frame[written:]
        transport.write(frame)

    def ping(self) -> None:
        """Ask for a proof that the socket is read."""
        if self._protocol.state == self._protocol.STATE_OPEN:
            self._protocol.sendPing(b"ticker")

    def abort(self) -> None:
        """End the connection at once, with all that waits for it."""
        self._transport.abortConnection()


def unmasked(data: bytes, mask: bytes) -> bytes:
    """Return what a client has masked."""
    size = len(data)
    key = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(data, "little") ^ int.from_bytes(key, "little")).to_bytes(size, "little")


def header(length: int) -> bytes:
    """Return the header of a server's text frame of so many bytes."""
    if length < 126:
        return pack("!BB", 0x81, length)
    if length < 65_536:
        return pack("!BBH", 0x81, 126, length)
    return pack("!BBQ", 0x81, 127, length)
