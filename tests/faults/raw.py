"""Below a page: a WebSocket made by hand, for clients that never read, or that break the protocol."""

import asyncio
import base64
import contextlib
import json
import secrets
import socket
import struct
import time
from typing import Any, Self
from urllib.parse import urlsplit

SMALL = 4_096  # bytes of a small receive buffer


class Raw:
    """A WebSocket made by hand, with a small receive buffer: says any bytes, reads only when asked to."""

    def __init__(self, url: str) -> None:
        self.parts = urlsplit(url)
        self.sock = socket.socket()
        self.sock.setblocking(False)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)

    async def __aenter__(self) -> Self:
        await asyncio.get_running_loop().sock_connect(self.sock, (self.parts.hostname, self.parts.port))
        return self

    async def __aexit__(self, *_: object) -> None:
        self.sock.close()

    @property
    def port(self) -> int:
        """The port that the server knows it by."""
        return int(self.sock.getsockname()[1])

    async def shake(self) -> None:
        """Do the handshake."""
        await self.send(self.request())
        head = b""
        while b"\r\n\r\n" not in head:
            head += await self.read(1)
        assert b" 101 " in head, head

    def request(self) -> bytes:
        """Return the request of a handshake."""
        where = self.parts.netloc
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        return (
            f"GET {self.parts.path} HTTP/1.1\r\nHost: {where}\r\nOrigin: http://{where}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\n\r\n"
        ).encode()

    async def send(self, data: bytes) -> None:
        """Send bytes. Raises OSError when the other side is gone."""
        await asyncio.get_running_loop().sock_sendall(self.sock, data)

    async def say(self, type: str, **rest: Any) -> None:
        """Send a message as a proper frame."""
        await self.send(frame(json.dumps({"type": type, **rest}).encode()))

    async def read(self, most: int = 65_536) -> bytes:
        """Return what comes, nothing at its end."""
        return await asyncio.get_running_loop().sock_recv(self.sock, most)

    async def gone(self, timeout: float) -> tuple[float, bytes]:
        """Read until the server has ended it; return the seconds that took, and all that came."""
        began, data = time.monotonic(), b""
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(timeout):
                while more := await self.read():
                    data += more
        return time.monotonic() - began, data


def frame(payload: bytes, first: int = 0x81, masked: bool = True, length: int | None = None) -> bytes:
    """Return a client's WebSocket frame: `first` is its first byte, `length` what it claims to be long."""
    size = len(payload) if length is None else length
    bit = 0x80 if masked else 0
    if size < 126:
        head = bytes((first, bit | size))
    elif size < 2**16:
        head = struct.pack("!BBH", first, bit | 126, size)
    else:
        head = struct.pack("!BBQ", first, bit | 127, size)
    if not masked:
        return head + payload
    key = secrets.token_bytes(4)
    return head + key + bytes(byte ^ key[place % 4] for place, byte in enumerate(payload))


def close_code(data: bytes) -> int:
    """Return the code of the close frame at the end of what a server sent, 0 for none."""
    place = data.rfind(b"\x88\x02")
    return int.from_bytes(data[place + 2 : place + 4], "big") if place >= 0 else 0
