"""Floor 4. The hub's line to the feed worker over the channel layer: joins the groups, sends the demand."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from msgspec import Struct

from dashboard import metrics
from feeds import wire

log = logging.getLogger("dashboard.uplink")

RENEW = 15.0  # seconds between two repetitions of the demand
STAY = 3.0  # seconds between two looks whether we are in every group
RETRY = 0.5
GIVE_UP = 3.0
MOST_ASKED = 100  # symbols in one question; its answer is some megabytes, for which nobody is cut off

OnMessage = Callable[[dict[str, Any]], Awaitable[None]]


class Uplink:
    """One hub's channel: what comes in goes to a handler, what goes out never raises and never hangs."""

    def __init__(self, name: str, layer: Any) -> None:
        self.name = name
        self.began = time.monotonic()
        self._layer = layer
        self._channel = ""
        self._groups = (wire.CONTROL_GROUP, wire.SESSIONS_GROUP, wire.reply_group(), *wire.MARKET_GROUPS)
        self._troubles: set[str] = set()
        self._watched = 0.0
        self._joined = asyncio.Event()
        self.refused = False  # the server is there and will not have us

    async def receive(self, on_message: OnMessage) -> None:
        """Join every symbol group and hand on what comes, for ever."""
        while not self._channel:
            async with self._trying("channel layer"):
                self._channel = await self._layer.new_channel("hub.")
            await asyncio.sleep(0.0 if self._channel else RETRY)
        staying = asyncio.create_task(self._stay())
        try:
            while True:
                heard = False
                async with self._trying("channel layer"):
                    message = await self._layer.receive(self._channel)
                    heard = True
                await (on_message(message) if heard else asyncio.sleep(RETRY))
        finally:
            staying.cancel()

    async def _stay(self) -> None:
        """Be in every group, for ever: one whose server is away is joined when that is back, and the core
        layer's server may forget all of them. The channel stays the same: one that was given up would stay in
        the pub/sub layer's groups, and what comes would pile up in it."""
        while True:
            joined = 0
            for group in self._groups:
                async with self._trying(f"group {group}"), asyncio.timeout(GIVE_UP):
                    await self._layer.group_add(group, self._channel)
                    joined += 1
            if joined:
                self._joined.set()
            async with self._trying("refusal"):
                await self._look()
            await asyncio.sleep(STAY if joined == len(self._groups) else RETRY)

    async def _look(self) -> None:
        """Find out whether the server still has us: a line that stays open tells nothing of it."""
        if await self.reachable() or not hasattr(self._layer, "refusal"):  # the core layer can't tell
            self.refused = False
        else:
            self.refused = bool(await self._layer.refusal())

    @contextlib.asynccontextmanager
    async def _trying(self, what: str) -> AsyncIterator[None]:
        """Give something up that fails or takes too long, and say so, once until it is well again."""
        try:
            yield
        except Exception as error:  # the layer raises whatever its Redis client does
            if what not in self._troubles:
                log.warning("%s: %s; trying again", what, str(error) or type(error).__name__)
            self._troubles.add(what)
            metrics.LAYER_ERRORS.inc()
        else:
            self._troubles.discard(what)

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
        """Ask for the whole state of these symbols, which comes bit by bit."""
        if self._joined.is_set():
            parts = [symbols[at : at + MOST_ASKED] for at in range(0, len(symbols), MOST_ASKED)]
            asks = (self._send(wire.SNAPSHOT, wire.Ask(self._groups[2], part)) for part in parts)
            await asyncio.gather(*asks)

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
        said = False  # what is not said now is said again with the next demand
        async with self._trying("the way to the feed workers"), asyncio.timeout(GIVE_UP):
            await self._layer.group_send(wire.WORKERS_GROUP, wire.pack(kind, body))
            said = True
        return said

    async def reachable(self) -> bool:
        """Tell whether the channel layer takes a message (one that nobody hears)."""
        try:
            async with asyncio.timeout(GIVE_UP):
                await self._layer.group_send(wire.READY_GROUP, {"type": "ready"})
        except Exception:  # any failure is the answer
            return False
        return True
