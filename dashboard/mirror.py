"""Floor 4. The mirror: the worker's state as this process knows it, and the knowledge of what is missing."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Protocol

from dashboard import metrics
from dashboard.held import Held
from feeds import wire
from feeds.market import Bar, Quote, Trade


class Listener(Protocol):
    """Who is told what the mirror learns."""

    def on_quote(self, quote: Quote) -> None: ...

    def on_trade(self, trade: Trade) -> None: ...

    def on_bar(self, bar: Bar) -> None: ...

    def on_lost(self, symbol: str) -> None: ...


class Mirror:
    """What is held of each symbol in demand.

    The worker's numbers decide: a state that is not the next one, a sync that knows more than we do, or the
    words of a new worker run mean that something was lost. Such a symbol is not `known` any more, and the
    listener has it asked for whole; what comes of it meanwhile is no use and is left out.
    """

    def __init__(self, listener: Listener) -> None:
        self.epoch = ""
        self.held: dict[str, Held] = {}
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
        return enough()

    def _hear(self, symbol: str) -> None:
        event = self._heard.get(symbol)
        if event is not None:
            event.set()

    # ---------------------------------------------------------- the worker's words
    def follow(self, epoch: str) -> bool:
        """Follow the newest worker run; False for a word of an older one."""
        if epoch > self.epoch:
            self.epoch = epoch
            for held in self.held.values():
                self._lose(held, "epoch")
        return epoch == self.epoch

    def _lose(self, held: Held, cause: str) -> None:
        held.known = False
        metrics.RESYNCS.labels(cause).inc()
        self._listener.on_lost(held.symbol)

    def frame(self, frame: wire.Frame) -> None:
        """Take what changed."""
        if not self.follow(frame.epoch):
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
        if not self.follow(states.epoch):
            return []
        taken = []
        for state in states.states:
            held = self.held.get(state.symbol)
            if held is None or (held.known and state.seq < held.seq):
                continue
            if held.known and state.seq > held.seq:
                self._lose(held, "states")
            held.become(state)
            self._hear(state.symbol)
            taken.append(state)
        return taken

    def past(self, past: wire.Past) -> None:
        """Take the word that stored bars can be read."""
        held = self.held.get(past.symbol)
        if held is not None and past.epoch == self.epoch:
            held.put_past(past)
            self._hear(past.symbol)

    def sync(self, sync: wire.Sync) -> bool:
        """Compare what is held with what the worker serves; False for the word of an older run."""
        if not self.follow(sync.epoch):
            return False
        for symbol, held in self.held.items():
            seq = sync.seqs.get(symbol)
            if held.known and (seq is None or seq > held.seq):
                self._lose(held, "unserved" if seq is None else "sync")
        return True
