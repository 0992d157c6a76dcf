"""A made-up Coinbase for the browser: many products whose prices wander, each tick a ticker and a match.

It takes the commands of `bench.venue`, and `last NATIVE…`: the newest price of each product.
"""

import asyncio
import json
import math
import time
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from bench.helper import answer, commands
from bench.venue import FEW_ROWS, Market, iso

TEXT = """BTC ETH SOL XRP DOGE ADA AVAX LINK DOT LTC BCH UNI ATOM XLM NEAR APT ARB OP SUI INJ FIL ICP
HBAR ALGO AAVE MKR GRT SAND MANA AXS FLOW XTZ EOS CHZ CRV LDO SNX COMP YFI ZEC DASH ETC KSM
ENJ BAT ZRX KNC SKL STORJ ANKR RNDR IMX STX SEI TIA JTO PYTH BONK WIF JUP"""
BASES = TEXT.split()
NATIVES = [f"{base}-USD" for base in BASES]
START = [84_000.0, 3_100.0, 152.0, 24.0, 18.0]  # of the first ones; the others lie between them
WAVES = ((7_000, 0.008), (1_900, 0.003), (811, 0.002), (193, 0.0008), (67, 0.0005))  # s, part of the price


def price_at(native: str, seconds: float) -> float:
    """Return what a product costs at a time: the same whoever asks, so that history and stream agree."""
    number = NATIVES.index(native)
    base = START[number] if number < len(START) else 20.0 + 3.7 * number
    return base * (1.0 + sum(part * math.sin(seconds / length + number) for length, part in WAVES))


class Wandering(Market):
    """Each tick is told as the real one tells it: the trade, then the ticker."""

    def __init__(self) -> None:
        super().__init__()
        self.moving = NATIVES[:50]
        self.last: dict[str, str] = {}

    def tick(self, native: str) -> None:
        super().tick(native)
        self.tell(native, self.match(native))

    def ticker(self, native: str) -> str:
        self.number += 1
        now = time.time()
        price = price_at(native, now) * (1 + (self.random.random() - 0.5) * 2e-4)
        self.last[native] = f"{price:.2f}"
        return (
            f'{{"type":"ticker","sequence":{self.number},"product_id":"{native}","price":"{price:.2f}",'
            f'"open_24h":"{price * 0.985:.2f}","volume_24h":"{1000 + self.number / 8}",'
            f'"low_24h":"{price * 0.97:.2f}","high_24h":"{price * 1.02:.2f}","volume_30d":"245532.79",'
            f'"best_bid":"{price - 0.01:.2f}","best_bid_size":"0.5",'
            f'"best_ask":"{price + 0.01:.2f}","best_ask_size":"0.75","side":"buy",'
            f'"time":"{iso(now)}","trade_id":{self.number},"last_size":"{0.01 + self.random.random():.4f}"}}'
        )

    def match(self, native: str) -> str:
        side = "buy" if self.random.random() < 0.5 else "sell"
        return (
            f'{{"type":"match","trade_id":{self.number},"maker_order_id":"a","taker_order_id":"b",'
            f'"side":"{side}","size":"{0.01 + self.random.random():.4f}","price":"{self.last[native]}",'
            f'"product_id":"{native}",'
            f'"sequence":{self.number},"time":"{iso(time.time())}"}}'
        )

    def http(self, ws: ServerConnection, request: Request) -> Response | None:
        """Answer a REST call; None lets a WebSocket in."""
        if "websocket" in request.headers.get("Upgrade", "").lower():
            return None
        url = urlsplit(request.path)
        native = url.path.split("/")[2] if url.path.endswith("/candles") else ""
        body = candles(native, parse_qs(url.query)) if native else products()
        data = json.dumps(body).encode()
        kind = Headers({"Content-Type": "application/json", "Content-Length": str(len(data))})
        return Response(200, "OK", kind, data)


def products() -> list[dict[str, str]]:
    return [
        {"id": native, "base_currency": base, "quote_currency": "USD", "quote_increment": "0.01"}
        for native, base in zip(NATIVES, BASES, strict=True)
    ]


def candles(native: str, query: dict[str, list[str]]) -> list[list[float]]:
    """Return a row for each interval of the range, both ends included, newest first."""
    step = int(query["granularity"][0])
    start, end = (datetime.fromisoformat(query[name][0]).timestamp() for name in ("start", "end"))
    times = range(int(start) // step * step, min(int(end), int(time.time())) + 1, step)
    return [row(native, opening, step) for opening in reversed(times)][:FEW_ROWS]


def row(native: str, opening: int, step: int) -> list[float]:
    """Return time, low, high, open, close, volume."""
    first, last = price_at(native, opening), price_at(native, opening + step)
    wick = abs(math.sin(opening * 12.9898)) * 0.0006 * first
    low, high = min(first, last) - wick, max(first, last) + wick * 0.7
    return [opening, *(round(value, 2) for value in (low, high, first, last)), round(20 + wick * 3, 3)]


def told(market: Wandering, words: list[str]) -> dict[str, Any]:
    """Do what a command says, and return its answer."""
    if words[0] == "rate":
        market.rate = float(words[1])
        market.moving = NATIVES[: int(words[2])] if len(words) > 2 else market.moving
        market.changed.set()
    return market.counts() | {"last": market.last if words[0] == "last" else {}}


async def main() -> None:
    market = Wandering()
    tasks = [asyncio.create_task(part) for part in (market.tick_for_ever(), market.beat_for_ever())]
    async with serve(
        market.serve, "127.0.0.1", 0, process_request=market.http, compression=None, ping_interval=None
    ) as server:
        answer({"port": next(iter(server.sockets)).getsockname()[1]})
        async for words in commands():
            answer(told(market, words))
        for task in tasks:
            task.cancel()


if __name__ == "__main__":
    asyncio.run(main())
