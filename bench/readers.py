"""The load: many sockets that read prices, in a process of their own.

Says {"ready"} once each socket has what it subscribed to. Commands: `start` begins to count, `stop` answers
{"frames", "delivered", "offered", "p50", "p99"}: frames and prices that arrived, the ticks behind them
(`merged`), and the prices' age in ms, arrival − the venue's own time.
"""

import argparse
import asyncio
import contextlib
import time
from urllib.parse import urlsplit

import msgspec
import websockets
from msgspec import Struct
from websockets.asyncio.client import ClientConnection

from bench.figures import percentile, share_out
from bench.helper import answer, commands

AT_ONCE = 20  # handshakes
ACK_EVERY = 4  # updates; the browser's own habit with a window of 16


class Price(Struct):
    symbol: str
    size: float | None = None
    merged: int = 1


class Said(Struct):
    """Any frame, of either way: only what is read here."""

    type: str
    symbol: str = ""
    n: int = 0
    quotes: list[Price] = []
    quote: Price | None = None


read = msgspec.json.Decoder(Said).decode


class Readers:
    """All sockets of a run, and what they have counted since `start`."""

    def __init__(self, chosen: argparse.Namespace) -> None:
        self.chosen = chosen
        self.tutorial = chosen.way == "tutorial"
        self.gate = asyncio.Semaphore(AT_ONCE)
        self.start()

    def start(self) -> None:
        self.frames = self.delivered = self.offered = 0
        self.ages: list[float] = []

    def result(self) -> dict[str, float]:
        p50, p99 = (1000 * percentile(self.ages, share) for share in (0.5, 0.99))
        counts = {"frames": self.frames, "delivered": self.delivered, "offered": self.offered}
        return counts | {"p50": p50, "p99": p99}

    async def open(self, socket: int) -> ClientConnection:
        """Return a socket that has been told all its symbols."""
        url = self.chosen.url
        async with self.gate:
            ws = await websockets.connect(
                url, origin=f"http://{urlsplit(url).netloc}", max_size=None, compression=None, proxy=None
            )
            mine = share_out(self.chosen.symbols.split(","), self.chosen.each, socket)
            await ws.send(msgspec.json.encode({"type": "subscribe", "symbols": mine}).decode())
            waiting = {"subscribed"} if self.tutorial else set(mine)
            while waiting:
                said = read(await ws.recv(decode=False))
                waiting.discard(said.symbol or said.type)
                if said.type == "update":
                    await self.ack(ws, said.n)
        return ws

    async def ack(self, ws: ClientConnection, n: int) -> None:
        await ws.send(f'{{"type":"ack","n":{n}}}')

    async def follow(self, ws: ClientConnection) -> None:
        acked, acked_at = 0, time.monotonic()
        while True:
            raw = await ws.recv(decode=False)
            now = time.time()
            said = read(raw)
            if said.type == "price" and said.quote:
                self.count([said.quote], now)
            elif said.type == "update":
                self.count(said.quotes, now)
                if said.n - acked >= ACK_EVERY or time.monotonic() - acked_at >= 0.9:
                    acked, acked_at = said.n, time.monotonic()
                    await self.ack(ws, said.n)

    def count(self, prices: list[Price], now: float) -> None:
        self.frames += 1
        self.delivered += len(prices)
        for price in prices:
            self.offered += price.merged
            if price.size and price.merged:
                self.ages.append(now - price.size)


async def main(chosen: argparse.Namespace) -> None:
    readers = Readers(chosen)
    sockets = await asyncio.gather(*(readers.open(number) for number in range(chosen.sockets)))
    following = [asyncio.create_task(readers.follow(ws)) for ws in sockets]
    answer({"ready": len(sockets)})
    async for words in commands():
        if words[0] == "start":
            readers.start()
        answer(readers.result() | {"alive": sum(not task.done() for task in following)})
    for task in following:
        task.cancel()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.readers", description=__doc__)
    parser.add_argument("url")
    parser.add_argument("way", choices=("ours", "tutorial"))
    parser.add_argument("sockets", type=int)
    parser.add_argument("each", type=int, help="symbols of a socket")
    parser.add_argument("symbols", help="comma separated")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(parser.parse_args()))
