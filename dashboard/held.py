"""Floor 4. What a hub holds of one symbol, and the texts made of it once for all sockets."""

import time
from collections import deque
from collections.abc import Set

from dashboard.session import Cursor, Session
from dashboard.trail import Trail
from feeds import wire
from feeds.market import Bar, Quote, Trade, replace

TAPE = 50
RECENT = 40  # bars of an interval that a snapshot tells; the store has the older ones


class Held:
    """One symbol's newest state as the worker told it. `known` is false until it told it whole, and again
    when something was lost on the way; then the frames that come are no use, and a new whole is asked for."""

    def __init__(self, symbol: str) -> None:
        self.symbol = symbol
        self.known = False
        self.lost_at = float("-inf")  # s of a monotonic clock
        self.seq = 0
        self.ticks = 0
        self.cursor = Cursor(0, 0)  # how far a reader is that has been told everything up to now
        self.quote: Quote | None = None
        self.trail = Trail()
        self.trades: deque[Trade] = deque(maxlen=TAPE)
        self.bars: dict[str, dict[int, Bar]] = {}
        self.history: dict[str, wire.History] = {}
        self.pasts: dict[str, int] = {}  # stored interval → how often the worker said that it was fetched
        self.exhausted: dict[str, int] = {}  # stored interval → the ms before which its venue has nothing
        self.troubles: dict[str, tuple[float, str]] = {}  # stored interval → monotonic s of a failure, why
        self.streams: frozenset[str] = frozenset()  # those the known state was made with
        self._texts: dict[int, bytes] = {}

    def has(self, streams: Set[str]) -> bool:
        """Tell whether the whole state is known, with these streams."""
        return self.known and streams <= self.streams

    # ----------------------------------------------------------------- from the worker
    def become(self, state: wire.SymbolState) -> None:
        """Take over the whole state. One that is no newer adds its streams: the extremes of readers who have
        yet to look stay."""
        if not self.known or state.seq != self.seq:
            self.known = True
            self.seq = state.seq
            self.cursor = Cursor(self.seq, self.ticks)
            self.quote = state.quote
            self.trail.clear()
        self.trades = deque(state.trades, maxlen=TAPE)
        self.bars = {interval: {bar.time: bar for bar in bars} for interval, bars in state.bars.items()}
        self.history = dict(state.history)
        self.streams = frozenset(state.streams)
        self._texts = {}

    def lose(self, now: float) -> None:
        """Know nothing for certain until the whole state comes; `now` in s of a monotonic clock."""
        self.known = False
        self.lost_at = now

    def put_past(self, past: wire.Past) -> None:
        """Take the word that stored bars of an interval can be read, or can't be had."""
        self.history[past.interval] = wire.History(past.state, past.reason)
        self.pasts[past.interval] = self.pasts.get(past.interval, 0) + 1
        self.troubles.pop(past.interval, None)
        if past.state == "failed":
            self.troubles[past.interval] = (time.monotonic(), past.reason)

    def is_past_here(self, bases: frozenset[str]) -> bool:
        """Tell whether the worker has done what it can for the stored bars of these intervals."""
        return self.known and all(
            base in self.history and self.history[base].state != "loading" for base in bases
        )

    def put_quote(self, quote: Quote) -> bool:
        """Take the next state; False when it is not the next one, so that something was lost."""
        if quote.seq <= self.seq:
            return True
        if quote.seq != self.seq + 1:
            self.known = False
            return False
        self.seq = quote.seq
        self.ticks += quote.merged
        self.cursor = Cursor(self.seq, self.ticks)
        self.quote = quote
        if quote.hi is not None and quote.lo is not None:
            self.trail.add(quote.seq, quote.hi, quote.lo)
        self._texts = {}
        return True

    def put_bar(self, bar: Bar) -> None:
        """Take a bar; it replaces the one of the same time."""
        bars = self.bars.setdefault(bar.interval, {})
        bars[bar.time] = bar
        if len(bars) > RECENT:
            del bars[min(bars)]

    # ----------------------------------------------------------------- to the sockets
    def text_since(self, cursor: Cursor) -> bytes:
        """Return the quote as JSON for a reader that was told up to `cursor`: extremes and ticks since then.

        Readers flushed together mostly share their cursor, so most get a text made before.
        """
        text = self._texts.get(cursor.seq)
        if text is None:
            text = self._texts[cursor.seq] = wire.to_json(self.quote_since(cursor))
        return text

    def quote_since(self, cursor: Cursor) -> Quote | None:
        """Return the quote with `hi lo merged` since the cursor."""
        if self.quote is None:
            return None
        extremes = self.trail.since(cursor.seq)
        hi, lo = extremes or (self.quote.last, self.quote.last)
        return replace(self.quote, hi=hi, lo=lo, merged=self.ticks - cursor.ticks)

    def snapshot(self, session: Session, epoch: str) -> str:
        """Return the snapshot frame for one session: its streams, and no others."""
        streams = session.streams[self.symbol]
        return wire.to_text(
            wire.Snapshot(
                symbol=self.symbol,
                epoch=epoch,
                seq=self.seq,
                quote=self.quote,
                trades=list(self.trades) if wire.TRADES_STREAM in streams else [],
                bars={
                    interval: [bars[time] for time in sorted(bars)]
                    for stream, interval in wire.BAR_STREAMS.items()
                    if stream in streams and (bars := self.bars.get(interval, {})) is not None
                },
            )
        )
