"""Floor 4. What this process wants of the workers: said to them, and asked for again while it isn't known."""

import asyncio
import contextlib
import time
from collections.abc import Container, Mapping, Set

from dashboard.interest import Interest
from dashboard.mirror import Mirror
from dashboard.uplink import Uplink
from feeds import wire
from feeds.symbols import venue_of

ASK_AGAIN = 0.5  # seconds between two questions for the same symbol


class Wants:
    """The demand as the workers were told it, and the questions that are open."""

    def __init__(self, interest: Interest, mirror: Mirror, uplink: Uplink) -> None:
        self._interest, self._mirror, self._uplink = interest, mirror, uplink
        self._said: dict[str, list[str]] = {}
        self._asked: dict[str, float] = {}
        self._changed = asyncio.Event()

    def look(self) -> None:
        """Look at once: the interest has changed, or something isn't known."""
        self._changed.set()

    def read(self, symbol: str) -> None:
        """Have a symbol wanted that is read: it may have been given back, or is being given back."""
        if symbol not in self._said:
            self.look()

    def ask_soon(self, symbol: str) -> None:
        """Ask for a symbol's whole state without waiting for the last answer."""
        self._asked.pop(symbol, None)
        self.look()

    def say_again(self, symbol: str) -> None:
        """Say that a symbol is wanted once more: no worker has heard it."""
        self._said.pop(symbol, None)
        self.ask_soon(symbol)

    def heard(self, sync: wire.Sync, led: Container[str]) -> None:
        """Hear what a worker serves of the venues that it leads; one that is new, or has missed what we said,
        is told all of it."""
        if any(venue_of(symbol) in led for symbol in self._said.keys() - sync.seqs.keys()):
            self._said = {}
            self.look()

    async def turn(self) -> None:
        """Tell the workers what is wanted, on change and every 15 s, and ask for what is not known."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._uplink.renew_in()):
                await self._changed.wait()
        self._changed.clear()
        now = time.monotonic()
        demand = self._interest.demand(now)
        self._forget(demand, now)  # before any await: a reader may come in it
        self._narrow(demand)
        await self._say({symbol: sorted(streams) for symbol, streams in demand.items()})
        asking = [
            symbol
            for symbol, streams in demand.items()
            if not self._mirror.hold(symbol).has(streams)
            and now - self._asked.get(symbol, -ASK_AGAIN) >= ASK_AGAIN
        ]
        if asking:
            before = {symbol: at for symbol, at in self._asked.items() if symbol in demand}
            self._asked = before | dict.fromkeys(asking, now)
            await self._uplink.ask(asking)

    def _forget(self, demand: Container[str], now: float) -> None:
        """Hold no longer what nobody has wanted for a minute."""
        for symbol in [each for each in self._mirror.held if each not in demand]:
            if not self._interest.lingers(symbol, now):
                self._interest.forget(symbol)
                self._mirror.drop(symbol)

    def _narrow(self, demand: Mapping[str, Set[str]]) -> None:
        """Hold no streams that nobody wants any longer: no worker keeps them live, and who wants one again is
        told what is so then."""
        for symbol, streams in demand.items():
            held = self._mirror.hold(symbol)
            held.streams &= streams

    async def _say(self, demand: dict[str, list[str]]) -> None:
        """Tell the workers what has changed of the demand, and all of it every 15 s."""
        gone = self._said.keys() - demand.keys()
        kept = {symbol: streams for symbol, streams in self._said.items() if symbol not in gone}
        self._said = demand  # before any await: `read` looks here
        if gone:
            await self._uplink.unwatch(sorted(gone))
        if demand != kept or self._uplink.renew_in() <= 0.0:
            await self._uplink.watch(demand)
