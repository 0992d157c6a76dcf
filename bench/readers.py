"""The load: many sockets that read prices, in a process of their own, as lean as can be: no frame is parsed.

Says {"ready"} once each socket has what it subscribed to. Commands: `start` begins to count, `stop` answers
{"frames", "delivered", "p50", "p99", "alive"}: frames and prices that arrived, the prices' age in ms (arrival
less the venue's own time, of every price where there are few, of some where there are many), and the sockets
that are open; `pause` has every socket of ours say that its tab is hidden.
"""

import argparse
import asyncio
import contextlib
import re
import time
from base64 import b64encode
from urllib.parse import urlsplit

from bench.brokers import WAYS, Way
from bench.figures import percentile, share_out
from bench.helper import answer, commands

AT_ONCE = 20  # handshakes
ACK_EVERY = 4  # updates; the browser's own habit with a window of 16
CARRY = 400  # bytes of a chunk that are looked at again with the next one: a price may lie across both
PING = b"\x89\x06ticker"  # of `ticker/shortcut.py`: who doesn't answer isn't read
PRICE = re.compile(rb'"size": ?(\d+\.\d+)[^{}]*?"merged": ?(\d+)')
KEY = b64encode(b"no secret at all").decode()


def client_frame(payload: bytes, opcode: int = 1) -> bytes:
    """Return a frame as a client sends it; masked with zeros, which is a mask, too."""
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else bytes([0x80 | 126]) + size.to_bytes(2, "big")
    return bytes([0x80 | opcode]) + length + bytes(4) + payload


class Counts:
    """What all sockets have counted since `start`."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.frames = self.delivered = self.chunks = 0
        self.ages: list[float] = []

    def result(self) -> dict[str, float]:
        p50, p99 = (1000 * percentile(self.ages, share) for share in (0.5, 0.99))
        return {"frames": self.frames, "delivered": self.delivered, "p50": p50, "p99": p99}


class Socket(asyncio.Protocol):
    """One WebSocket of a way of subscribing; every chunk that comes is searched for prices."""

    def __init__(self, way: Way, url: str, symbols: list[str], counts: Counts) -> None:
        self.way, self.url, self.symbols, self.counts = way, url, symbols, counts
        self.ready = asyncio.get_running_loop().create_future()
        self.told: set[bytes] = set()
        self.open = False
        self.tail = b""
        self.acked, self.acked_at = 0, 0.0
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        parts = urlsplit(self.url)
        lines = [f"GET {parts.path or '/'} HTTP/1.1", f"Host: {parts.netloc}", "Upgrade: websocket"]
        lines += ["Connection: Upgrade", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {KEY}"]
        lines += [f"Origin: http://{parts.netloc}", *self.way.headers, "", ""]
        transport.write("\r\n".join(lines).encode())

    def data_received(self, data: bytes) -> None:
        text = self.tail + data
        if not self.open:
            head, end, text = text.partition(b"\r\n\r\n")
            if not end:
                self.tail = head
                return
            self.open = True
            for payload in self.way.hello(self.symbols):
                self.say(payload)
        if not self.ready.done():
            if self.way.is_ready(text, self.symbols, self.told):
                self.ready.set_result(self)
            self.tail = text[-CARRY:]
            return
        self.count(text)

    def say(self, payload: bytes) -> None:
        self.transport.write(client_frame(payload, self.way.opcode))

    def count(self, text: bytes) -> None:
        """Count the prices of a chunk that are whole; the rest waits for the next."""
        counts, now = self.counts, time.time()
        cut = text.rfind(b"}") + 1
        self.tail = text[cut:]
        whole = text[:cut]
        counts.frames += whole.count(self.way.frame)
        counts.delivered += whole.count(b'"merged":')
        counts.chunks += 1
        if counts.chunks % self.way.look_at_each == 0:
            found = PRICE.findall(whole)
            counts.ages += [now - float(size) for size, merged in found if merged != b"0"]
        if self.way.acks:
            self.ack(whole)
            if PING in text:
                self.transport.write(client_frame(PING[2:], 0xA))

    def ack(self, text: bytes) -> None:
        at = text.rfind(b'"update","n":')
        if at < 0:
            return
        n, now = int(text[at + 13 : text.index(b",", at + 13)]), time.monotonic()
        if n - self.acked >= ACK_EVERY or now - self.acked_at >= 0.9:
            self.acked, self.acked_at = n, now
            self.say(b'{"type":"ack","n":%d}' % n)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(error or ConnectionError("closed before it was subscribed"))


async def opened(chosen: argparse.Namespace, counts: Counts) -> list[Socket]:
    """Return the sockets, each with all its symbols."""
    gate = asyncio.Semaphore(AT_ONCE)
    loop = asyncio.get_running_loop()
    parts = urlsplit(chosen.url)

    async def one(number: int) -> Socket:
        mine = share_out(chosen.symbols.split(","), chosen.each, number)
        async with gate:
            _, socket = await loop.create_connection(
                lambda: Socket(WAYS[chosen.way], chosen.url, mine, counts), parts.hostname, parts.port
            )
            await socket.ready
            return socket

    return list(await asyncio.gather(*(one(number) for number in range(chosen.sockets))))


async def main(chosen: argparse.Namespace) -> None:
    counts = Counts()
    sockets = await opened(chosen, counts)
    answer({"ready": len(sockets)})
    async for words in commands():
        if words[0] == "start":
            counts.start()
        elif words[0] == "pause":
            for socket in sockets:
                socket.say(b'{"type":"pause"}')
        answer(counts.result() | {"alive": sum(not socket.transport.is_closing() for socket in sockets)})
    for socket in sockets:
        socket.transport.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.readers", description=__doc__)
    parser.add_argument("url")
    parser.add_argument("way", choices=tuple(WAYS))
    parser.add_argument("sockets", type=int)
    parser.add_argument("each", type=int, help="symbols of a socket")
    parser.add_argument("symbols", help="comma separated")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(parser.parse_args()))
