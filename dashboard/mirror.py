"""Floor 4. The mirror: the worker's state as this process knows it, and the knowledge of what is missing."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from dashboard import metrics
from dashboard.held import Held
from dashboard.lateness import Lateness
from feeds import wire
from feeds.market import Bar, Quote, Trade
from feeds.symbols import venue_of

BACKWARDS = 3.0  # seconds that a new leader is given to know prices no older than those told before


class Listener(Protocol):
    """Who is told what the mirror learns."""

    def on_quote(self, quote: Quote) -> None: ...

    def on_trade(self, trade: Trade) -> None: ...

    def on_bar(self, bar: Bar) -> None: ...

    def on_lost(self, symbol: str) -> None: ...


class Mirror:
    """What is held of each symbol in demand.

    The worker's numbers decide: a state that is not the next one, a sync that knows more than we do, the
    words of a venue's new leader, or words that are long on their way mean that something was lost. Such a
    symbol is not `known` any more, and the listener has it asked for whole; what comes of it meanwhile is no
    use and is left out.
    """

    def __init__(self, listener: Listener) -> None:
        self.epochs: dict[str, str] = {}  # by venue
        self.held: dict[str, Held] = {}
        self._lateness: dict[str, Lateness] = {}  # by worker
        self._listener = listener
        self._heard: dict[str, asyncio.Event] = {}

    # ------------------------------------------------------------------ holding
    def hold(self, symbol: str) -> Held:
        """Return what is held of a symbol, nothing at first; from now on it is kept."""
        return self.held.setdefault(symbol, Held(symbol))

    def drop(self, symbol: str) -> None:
        """Keep a symbol no longer."""
        self.held.pop(symbol, None)
        self._heard.pop(symbol, None)

    async def heard(self, symbol: str, enough: Callable[[], bool], timeout: float) -> bool:
        """Wait until the worker's word on a symbol makes `enough` true; False after `timeout` s."""
        event = self._heard.setdefault(symbol, asyncio.Event())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while not enough():
                    event.clear()
                    await event.wait()
        if symbol not in self.held:  # dropped meanwhile, or before
            self._heard.pop(symbol, None)
        return enough()

    def _hear(self, symbol: str) -> None:
        event = self._heard.get(symbol)
        if event is not None:
            event.set()

    # ---------------------------------------------------------- the worker's words
    def epoch_of(self, symbol: str) -> str:
        """Return the epoch under which a symbol's numbers count."""
        return self.epochs.get(venue_of(symbol), "")

    def follow(self, epochs: Mapping[str, str]) -> frozenset[str]:
        """Follow the newest leader of each venue; return the venues of which these are its words."""
        new = {venue for venue, epoch in epochs.items() if epoch > self.epochs.get(venue, "")}
        if new:
            self.epochs |= {venue: epochs[venue] for venue in new}
            for symbol, held in self.held.items():
                if venue_of(symbol) in new:
                    self._lose(held, "epoch")
        return frozenset(venue for venue, epoch in epochs.items() if epoch == self.epochs[venue])

    def _lose(self, held: Held, cause: str) -> None:
        held.lose(time.monotonic())
        metrics.RESYNCS.labels(cause).inc()
        self._listener.on_lost(held.symbol)

    def frame(self, frame: wire.Frame) -> None:
        """Take what changed. What was held up on its way is not the newest: it is asked for anew."""
        led = self.follow(frame.epochs)
        if len(led) < len(frame.epochs):
            frame = of_venues(frame, led)
        if self._is_late(frame):
            self._lose_all(quote.symbol for quote in frame.quotes)
            return
        taken = {quote.symbol for quote in frame.quotes if self._take(quote)}
        for trade in frame.trades:
            if trade.symbol in taken:
                self.held[trade.symbol].trades.append(trade)
                self._listener.on_trade(trade)
        for bar in frame.bars:
            if bar.symbol in taken:
                self.held[bar.symbol].put_bar(bar)
                self._listener.on_bar(bar)
        for symbol in taken:
            self._hear(symbol)

    def _is_late(self, frame: wire.Frame) -> bool:
        worker = next(iter(frame.epochs.values()), "").partition("-")[2]
        if worker not in self._lateness:
            current = {epoch.partition("-")[2] for epoch in self.epochs.values()}
            self._lateness = {name: way for name, way in self._lateness.items() if name in current}
            self._lateness[worker] = Lateness()
        return self._lateness[worker].is_late(frame.time, time.time_ns() // 1_000_000)

    def _lose_all(self, symbols: Iterable[str]) -> None:
        for symbol in symbols:
            held = self.held.get(symbol)
            if held is not None and held.known:
                self._lose(held, "late")

    def _take(self, quote: Quote) -> bool:
        held = self.held.get(quote.symbol)
        if held is None or not held.known or quote.seq <= held.seq:
            return False
        if not held.put_quote(quote):
            self._lose(held, "gap")
            return False
        self._listener.on_quote(quote)
        return True

    def states(self, states: wire.States) -> list[wire.SymbolState]:
        """Take whole states; return those that were wanted. One that is older than what is held has been
        overtaken on its way, one that is newer tells of a loss that every reader must hear of."""
        led = self.follow(states.epochs)
        taken = []
        for state in states.states:
            held = self.held.get(state.symbol)
            if held is None or venue_of(state.symbol) not in led or (held.known and state.seq < held.seq):
                continue
            if not held.known and self._goes_back(held, state.quote):
                continue
            if held.known and state.seq > held.seq:
                self._lose(held, "states")
            held.become(state)
            self._hear(state.symbol)
            taken.append(state)
        return taken

    def _goes_back(self, held: Held, quote: Quote | None) -> bool:
        """Tell whether a state is of before what was told already: a new leader may have to catch up."""
        before = held.quote.time if held.quote is not None else None
        now = quote.time if quote is not None else None
        if before is None or time.monotonic() - held.lost_at > BACKWARDS:
            return False
        return now is None or now < before

    def past(self, past: wire.Past) -> None:
        """Take the word that stored bars can be read."""
        held = self.held.get(past.symbol)
        if held is not None and past.epoch == self.epoch_of(past.symbol):
            held.put_past(past)
            self._hear(past.symbol)

    def sync(self, sync: wire.Sync) -> frozenset[str]:
        """Compare what is held with what a worker serves; return the venues that it leads, by all we know."""
        led = self.follow(sync.epochs)
        for symbol, held in self.held.items():
            if held.known and venue_of(symbol) in led:
                seq = sync.seqs.get(symbol)
                if seq is None or seq > held.seq:
                    self._lose(held, "unserved" if seq is None else "sync")
        return led


def of_venues(frame: wire.Frame, venues: frozenset[str]) -> wire.Frame:
    """Return what a frame says of some venues alone."""
    return wire.Frame(
        frame.epochs,
        frame.time,
        [quote for quote in frame.quotes if venue_of(quote.symbol) in venues],
        [trade for trade in frame.trades if venue_of(trade.symbol) in venues],
        [bar for bar in frame.bars if venue_of(bar.symbol) in venues],
    )
