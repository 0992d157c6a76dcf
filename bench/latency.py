"""What a reader waits for: a snapshot, a chart's bars; and what the worker takes to publish a tick."""

import asyncio
import json
import time
from typing import Any

import httpx
import websockets
from channels_redis.pubsub import RedisPubSubChannelLayer

from bench.figures import share_out
from bench.stacks import Ours
from bench.venue import SOME, TICKING, symbols
from feeds import wire
from feeds.market import Quote

TIMED = frozenset(symbols(TICKING))
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
    """A listener beside the hubs: hears what the worker publishes, as it is published."""

    def __init__(self, stack: Ours) -> None:
        hosts = [{"address": stack.redis_url, "socket_timeout": None}]
        self._layer = RedisPubSubChannelLayer(hosts=hosts, prefix="ticker")

    async def ages(self, window: float) -> list[float]:
        """Return the ms from the venue's sending to the hearing of each state published in `window` s."""
        channel = await self._layer.new_channel()
        for group in wire.MARKET_GROUPS:
            await self._layer.group_add(group, channel)
        found: list[float] = []
        try:
            async with asyncio.timeout(window):
                while True:
                    message = await self._layer.receive(channel)
                    now = time.time()
                    quotes = wire.unpack(message).quotes
                    found += [1000 * (now - quote.size) for quote in quotes if timed(quote)]
        except TimeoutError:
            return found
        finally:
            await self._layer.flush()
