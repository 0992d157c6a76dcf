"""A made-up Coinbase for benchmarks, as lean as can be: ticker frames at a given rate, and candles.

Commands: `rate 150 50`, ticks a second over the first 50 of the products that tick (0: none), and `count`.
Each is answered with {"ticks", "requests", "answering"}: frames sent, REST calls answered, and the seconds
that took.
`last_size` of a ticker frame is the time of sending, in seconds with microseconds: it is carried to the
very end as the quote's `size`, so that an age isn't bound to whole milliseconds.
"""

import argparse
import asyncio
import contextlib
import json
import random
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from bench.helper import answer, commands

TICKING = [f"T{number:03d}-USD" for number in range(1000)]
SOME = TICKING[:50]
QUIET = [f"Q{number:02d}-USD" for number in range(50)]
FEW_ROWS = 300


def symbols(natives: list[str]) -> list[str]:
    """Return our names of this venue's products."""
    return [f"COINBASE:{native}" for native in natives]


class Market:
    """Who listens, and what is told: a tick is one product's new price, told to all who asked for it."""

    def __init__(self) -> None:
        self.lines: dict[ServerConnection, set[str]] = {}
        self.rate = 0.0
        self.moving = SOME
        self.ticks = self.requests = self.number = 0
        self.answering = 0.0
        self.changed = asyncio.Event()
        self.random = random.Random(7)

    def counts(self) -> dict[str, Any]:
        return {"ticks": self.ticks, "requests": self.requests, "answering": self.answering}

    def tell(self, native: str, text: str) -> None:
        broadcast([ws for ws, natives in self.lines.items() if native in natives], text)

    def tick(self, native: str) -> None:
        self.ticks += 1
        self.tell(native, self.ticker(native))

    def ticker(self, native: str) -> str:
        self.number += 1
        now = time.time()
        price = 1000 + self.random.random()
        return (
            f'{{"type":"ticker","sequence":{self.number},"product_id":"{native}","price":"{price:.2f}",'
            f'"open_24h":"990.5","volume_24h":"{self.number / 8}","low_24h":"970.25","high_24h":"1010.75",'
            f'"volume_30d":"245532.79","best_bid":"{price - 0.01:.2f}","best_bid_size":"0.5",'
            f'"best_ask":"{price + 0.01:.2f}","best_ask_size":"0.75","side":"buy","time":"{iso(now)}",'
            f'"trade_id":{self.number},"last_size":"{now:.6f}"}}'
        )

    async def tick_for_ever(self) -> None:
        """Tick evenly, one product after the other by chance; what can't be told in time is left out."""
        due = time.monotonic()
        while True:
            if not self.rate:
                self.changed.clear()
                await self.changed.wait()
                due = time.monotonic()
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if time.monotonic() - due > 0.2:
                due = time.monotonic()
            while self.rate and due <= time.monotonic():
                self.tick(self.random.choice(self.moving))
                due += 1.0 / self.rate

    async def beat_for_ever(self) -> None:
        while True:
            await asyncio.sleep(1)
            for native in set().union(*self.lines.values()):
                beat = f'{{"type":"heartbeat","last_trade_id":1,"product_id":"{native}","sequence":3,'
                self.tell(native, beat + f'"time":"{iso(time.time())}"}}')

    async def serve(self, ws: ServerConnection) -> None:
        self.lines[ws] = set()
        try:
            with contextlib.suppress(ConnectionClosed):
                async for raw in ws:
                    await self.hear(ws, json.loads(raw))
        finally:
            del self.lines[ws]

    async def hear(self, ws: ServerConnection, order: dict[str, Any]) -> None:
        """Take a subscription; each product that is new is told at once, as the real one does."""
        natives = set(order["product_ids"])
        fresh = natives - self.lines[ws] if order["type"] == "subscribe" else set()
        self.lines[ws] = self.lines[ws] | fresh if fresh else self.lines[ws] - natives
        channels = [{"name": name, "product_ids": sorted(self.lines[ws])} for name in ("ticker", "matches")]
        await ws.send(json.dumps({"type": "subscriptions", "channels": channels}))
        for native in fresh:
            await ws.send(self.ticker(native))

    def http(self, ws: ServerConnection, request: Request) -> Response | None:
        if "websocket" in request.headers.get("Upgrade", "").lower():
            return None
        began = time.perf_counter()
        url = urlsplit(request.path)
        body = products() if url.path == "/products" else candles(parse_qs(url.query))
        data = json.dumps(body).encode()
        self.requests += 1
        self.answering += time.perf_counter() - began
        kind = Headers({"Content-Type": "application/json", "Content-Length": str(len(data))})
        return Response(200, "OK", kind, data)


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def products() -> list[dict[str, str]]:
    return [
        {"id": native, "base_currency": native[:3], "quote_currency": "USD", "quote_increment": "0.01"}
        for native in TICKING + QUIET
    ]


def candles(query: dict[str, list[str]]) -> list[list[float]]:
    """Return a row for each interval of the range, both ends included, newest first."""
    step = int(query["granularity"][0])
    start, end = (datetime.fromisoformat(query[name][0]).timestamp() for name in ("start", "end"))
    times = range(int(start) // step * step, min(int(end), int(time.time())) + 1, step)
    return [[opening, 999.5, 1001.5, 1000.0, 1000.5, 12.5] for opening in reversed(times)][:FEW_ROWS]


async def main(port: int) -> None:
    market = Market()
    tasks = [asyncio.create_task(part) for part in (market.tick_for_ever(), market.beat_for_ever())]
    async with serve(
        market.serve, "127.0.0.1", port, process_request=market.http, compression=None, ping_interval=None
    ) as server:
        answer({"port": next(iter(server.sockets)).getsockname()[1]})
        async for words in commands():
            if words[0] == "rate":
                market.rate = float(words[1])
                market.moving = TICKING[: int(words[2])] if len(words) > 2 else market.moving
                market.changed.set()
            answer(market.counts())
        for task in tasks:
            task.cancel()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.venue", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    asyncio.run(main(parser.parse_args().port))
