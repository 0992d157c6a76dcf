"""A listener on Redis: which epoch publishes what, as any hub would hear it."""

import asyncio
import contextlib
import time
from typing import NamedTuple, Self

import redis.asyncio
from channels_redis.pubsub import RedisPubSubChannelLayer

from feeds import wire

PREFIX = "ticker__group__"


class Heard(NamedTuple):
    """One published state: when (monotonic s), of which run of a worker, what, and when it was sent (ms)."""

    at: float
    epoch: str
    symbol: str
    seq: int
    sent: int = 0


class Wiretap:
    """`async with Wiretap(url) as tap:` keeps every published state in `tap.heard`, and the number of
    messages of each kind in `tap.kinds`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.heard: list[Heard] = []
        self.kinds: dict[str, int] = {}
        self._layer = RedisPubSubChannelLayer(hosts=[url], prefix="ticker")
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        ready = asyncio.Event()
        self._task = asyncio.create_task(self._listen(ready))
        await ready.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _listen(self, ready: asyncio.Event) -> None:
        while True:  # a Redis that goes and comes again is listened to again
            with contextlib.suppress(redis.RedisError, OSError):
                line = redis.asyncio.Redis.from_url(self.url, socket_timeout=None)
                async with line, line.pubsub() as tap:
                    await tap.subscribe(*(PREFIX + group for group in wire.MARKET_GROUPS))
                    ready.set()
                    async for message in tap.listen():
                        if message["type"] == "message":
                            self._take(message["data"])
            await asyncio.sleep(0.1)

    def _take(self, data: bytes) -> None:
        now = time.monotonic()
        message = self._layer.deserialize(data)
        self.kinds[message["type"]] = self.kinds.get(message["type"], 0) + 1
        body = wire.unpack(message)
        if isinstance(body, wire.Frame):
            for quote in body.quotes:
                epoch = body.epochs[quote.symbol.partition(":")[0]]
                self.heard.append(Heard(now, epoch, quote.symbol, quote.seq, body.time))
