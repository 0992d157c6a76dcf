"""Floor 4. The hub's line to the feed worker over the channel layer: joins the groups, sends the demand."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Struct

from dashboard import metrics
from feeds import wire

log = logging.getLogger("dashboard.uplink")

RENEW = 15.0  # seconds between two repetitions of the demand
RETRY = 0.5
GIVE_UP = 3.0

OnMessage = Callable[[dict[str, Any]], Awaitable[None]]


class Uplink:
    """One hub's channel: what comes in goes to a handler, what goes out never raises and never hangs."""

    def __init__(self, name: str, layer: Any) -> None:
        self.name = name
        self.began = time.monotonic()
        self._layer = layer
        self._channel = self._joining = ""
        self._watched = 0.0
        self._joined = asyncio.Event()

    async def receive(self, on_message: OnMessage) -> None:
        """Join every symbol group and hand on what comes, for ever; a lost layer is joined again."""
        while True:
            try:
                await self._join()
                while True:
                    await on_message(await self._layer.receive(self._channel))
            except asyncio.CancelledError:
                raise
            except Exception as error:  # the layer raises whatever its Redis client does
                log.warning("channel layer: %s; joining again", error)
                metrics.LAYER_ERRORS.inc()
                await asyncio.sleep(RETRY)

    async def _join(self) -> None:
        """Join every group with one and the same channel: one given up half-way would stay in the pub/sub
        layer's groups, and what comes would pile up in it."""
        self._joining = self._joining or await self._layer.new_channel("hub.")
        for group in (wire.CONTROL_GROUP, *wire.MARKET_GROUPS):
            await self._layer.group_add(group, self._joining)
        self._channel = self._joining
        self._joined.set()

    def renew_in(self) -> float:
        """Return the seconds until the demand must be repeated."""
        return max(0.0, self._watched + RENEW - time.monotonic())

    async def watch(self, demand: dict[str, list[str]]) -> None:
        """Tell the worker this hub's whole demand; the first time when its answer can be heard: to a hub
        that is new it says at once how the venues are."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GIVE_UP):
                await self._joined.wait()
        self._watched = time.monotonic()
        if not await self._send(wire.WATCH, wire.Watch(self.name, demand)):
            self._watched -= RENEW - RETRY  # said again soon

    async def ask(self, symbols: list[str]) -> None:
        """Ask for the whole state of these symbols."""
        if self._channel:
            await self._send(wire.SNAPSHOT, wire.Ask(self._channel, symbols))

    async def older(self, symbol: str, interval: str, end: int, count: int) -> None:
        """Ask for older bars to be fetched into the store."""
        await self._send(wire.HISTORY, wire.Older(symbol, interval, end, count))

    async def ticks(self, ticks: list[wire.Tick]) -> bool:
        """Have pushed prices published; False when the worker can't be told."""
        return await self._send(wire.TICKS, wire.Ticks(ticks))

    async def unwatch(self, symbols: list[str]) -> None:
        """Tell the worker that nobody here reads these symbols any more (none named: any at all)."""
        await self._send(wire.UNWATCH, wire.Unwatch(self.name, symbols))

    async def _send(self, kind: str, body: Struct) -> bool:
        try:
            async with asyncio.timeout(GIVE_UP):
                await self._layer.group_send(wire.WORKERS_GROUP, wire.pack(kind, body))
        except Exception as error:  # as above; what is not said now is said again with the next demand
            log.warning("can't reach the feed worker: %s", str(error) or type(error).__name__)
            metrics.LAYER_ERRORS.inc()
            return False
        return True

    async def reachable(self) -> bool:
        """Tell whether the channel layer takes a message (one that nobody hears)."""
        try:
            async with asyncio.timeout(GIVE_UP):
                await self._layer.group_send("market.ready", {"type": "market.ready"})
        except Exception:  # any failure is the answer
            return False
        return True
