"""What a reader waits for: a snapshot, a chart's bars; and what the worker takes to publish a tick."""

import asyncio
import json
import threading
import time
from typing import Any

import httpx
import msgpack
import redis
import websockets
from websockets.sync.client import connect

from bench.figures import middle, share_out
from bench.stacks import Ours
from bench.venue import SOME, TICKING, symbols
from feeds import wire
from feeds.market import Quote

TIMED = frozenset(symbols(TICKING))
TRIES = 50
ROUNDS = 10  # subscribes of one socket: with the unsubscribes as many messages as a socket may send at once


async def snapshots(stack: Ours, sockets: int) -> list[float]:
    """Return the ms from subscribe to snapshot of symbols that are streamed already."""
    found: list[float] = []
    for socket in range(sockets):
        async with websockets.connect(
            stack.url, origin=stack.program.origin, compression=None, proxy=None
        ) as ws:
            for symbol in share_out(symbols(SOME), ROUNDS, socket):
                found.append(await snapshot(ws, symbol))
    return found


async def snapshot(ws: Any, symbol: str) -> float:
    began = time.perf_counter()
    await ws.send(json.dumps({"type": "subscribe", "symbols": [symbol]}))
    await heard(ws, "snapshot")
    took = 1000 * (time.perf_counter() - began)
    await ws.send(json.dumps({"type": "unsubscribe", "symbols": [symbol]}))
    await heard(ws, "unsubscribed")
    return took


async def heard(ws: Any, kind: str) -> None:
    while json.loads(await ws.recv())["type"] != kind:
        pass


async def first_bars(stack: Ours, names: list[str]) -> list[float]:
    """Return the ms from asking to having 500 minutes of a symbol that nobody watched before.

    The time that the venue itself took for its answers is taken off.
    """
    found = []
    async with httpx.AsyncClient(base_url=stack.program.url, trust_env=False, timeout=20) as client:
        for name in names:
            before = (await stack.venue.ask("count"))["answering"]
            began = time.perf_counter()
            answer = await client.get("/api/bars", params={"symbol": name, "interval": "1m", "limit": 500})
            took = time.perf_counter() - began
            venue = (await stack.venue.ask("count"))["answering"] - before
            rows = len(answer.raise_for_status().json()["bars"])
            if rows != 500:
                raise RuntimeError(f"{name}: {rows} bars instead of 500")
            found.append(1000 * (took - venue))
    return found


def timed(quote: Quote) -> bool:
    """Tell whether a state holds a tick of the benchmark's own venue, whose size is its time."""
    return quote.symbol in TIMED and quote.merged > 0 and bool(quote.size)


class Tap:
    """A listener beside the hubs, in a thread that does nothing else: hears what the worker publishes."""

    def __init__(self, stack: Ours) -> None:
        self._url = stack.redis_url
        self._venue = f"ws://127.0.0.1:{stack.venue.first['port']}"

    def hop(self) -> float:
        """Return the seconds that a frame takes from the venue to a client that does nothing else, the
        median: that is the machine's, not the worker's."""
        took: list[float] = []
        with connect(self._venue) as ws:
            ws.send(json.dumps({"type": "subscribe", "product_ids": SOME, "channels": ["ticker"]}))
            while len(took) < TRIES + len(SOME):
                frame = json.loads(ws.recv(timeout=5))
                if frame["type"] == "ticker":
                    took.append(time.time() - float(frame["last_size"]))
        return middle(took[len(SOME) :])  # the first of each product comes with all the others

    async def ages(self, window: float) -> list[float]:
        """Return the ms from the venue's sending to the publishing of each state in `window` s: when it was
        heard, less what a message takes through Valkey to the one who hears it."""
        transit = await asyncio.to_thread(self._transit)
        heard = await asyncio.to_thread(self._listen, time.monotonic() + window)
        return [
            1000 * (at - quote.size - transit)
            for at, data in heard
            for quote in wire.unpack(msgpack.unpackb(data)).quotes
            if timed(quote)
        ]

    def _transit(self) -> float:
        """Return the seconds that a message takes from one who sends it to one who hears it, the median."""
        took: list[float] = []
        with redis.Redis.from_url(self._url) as server, server.pubsub() as line:
            line.subscribe("bench.transit")
            line.get_message(timeout=5)
            hearing = threading.Thread(target=self._hear, args=(line, took))
            hearing.start()
            for _ in range(TRIES):
                time.sleep(0.02)
                server.publish("bench.transit", repr(time.time()))
            hearing.join()
        return middle(took)

    def _hear(self, line: Any, took: list[float]) -> None:
        while len(took) < TRIES:
            message = line.get_message(timeout=5)
            took.append(time.time() - float(message["data"]))

    def _listen(self, end: float) -> list[tuple[float, bytes]]:
        """Return what comes until `end`, each with the time at which it came; it is read afterwards."""
        heard = []
        with redis.Redis.from_url(self._url) as server, server.pubsub() as line:
            line.subscribe(*(f"ticker__group__{group}" for group in wire.MARKET_GROUPS))
            while (left := end - time.monotonic()) > 0:
                message = line.get_message(ignore_subscribe_messages=True, timeout=left)
                if message is not None:
                    heard.append((time.time(), message["data"]))
        return heard
