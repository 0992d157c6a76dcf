"""Floor 3. What the worker tells the hubs: what changed, thirty times a second at most, and how far it is.

It knows nothing of channel layers: what it has to say goes to a Publisher.
"""

import asyncio
import contextlib
import time
from collections.abc import Iterable, Mapping
from typing import Protocol

from feeds import wire
from feeds.board import Board
from feeds.charts import Charts
from feeds.clock import wall
from feeds.feed import Feed
from feeds.formula_feed import Formulas
from feeds.lease import Leases
from feeds.listing import Listing
from feeds.pasts import Pasts, intervals_in
from feeds.store import BarStore
from feeds.symbols import FORMULA, is_formula, venue_of
from feeds.vitals import Spread

FLUSH = 0.033  # seconds between two flushes at the least, a third of a reader's; the first goes at once
SYNC = 2.0


class Publisher(Protocol):
    """Where the worker's words go. Each call returns when the word is out or given up; none raises. `frame`
    says whether it is out."""

    async def frame(self, group: str, frame: wire.Frame) -> bool: ...

    async def sync(self, sync: wire.Sync) -> None: ...

    async def history(self, past: wire.Past) -> None: ...

    async def states(self, reply: str, states: wire.States) -> None: ...


def sent_at() -> int:
    """Return the ms of this machine's own clock, whatever is played: by it a hub knows what came late."""
    return time.time_ns() // 1_000_000


class Teller:
    """Tells of the venues that this worker leads; of the others it only keeps what their bars were.

    `streams` is the engine's own table of what is watched. `changed` and `status` ask for a word soon: what
    has changed, and how the venues are. `flushes` is how long publishing took.
    """

    def __init__(
        self,
        feeds: Mapping[str, Feed],
        streams: Mapping[str, set[str]],
        board: Board,
        charts: Charts,
        pasts: Pasts,
        listing: Listing,
        formulas: Formulas,
        bar_store: BarStore,
        leases: Leases,
        publisher: Publisher,
    ) -> None:
        self._feeds, self._streams, self._board, self._charts = feeds, streams, board, charts
        self._pasts, self._listing, self._formulas, self._store = pasts, listing, formulas, bar_store
        self._leases, self._publisher = leases, publisher
        self.changed = asyncio.Event()
        self.status = asyncio.Event()
        self.flushes = Spread()
        self._flushing = asyncio.Lock()

    # ------------------------------------------------------------------ what changed
    async def tell_changes(self) -> None:
        """Publish what changes, for ever."""
        while True:
            await self.changed.wait()
            self.changed.clear()
            began = time.monotonic()
            await self.flush()
            await asyncio.sleep(max(0.0, FLUSH - (time.monotonic() - began)))

    async def flush(self) -> None:
        """Publish what has changed since the last flush, a frame for each group concerned."""
        async with self._flushing:
            began = time.monotonic()
            frames = self._frames()
            if len(frames) == 1:  # mostly, in quiet times: without a task of its own it is out sooner
                await self._publish(*next(iter(frames.items())))
            elif frames:
                # At once: what can't go out, of which the next sync tells the hubs, holds up nothing else.
                await asyncio.gather(*(self._publish(group, frame) for group, frame in frames.items()))
            if frames:
                self.flushes.add(time.monotonic() - began)

    def _frames(self) -> dict[str, wire.Frame]:
        """Return group → frame of what has changed; what is another's to publish is only stored."""
        now = wall()
        frames: dict[str, wire.Frame] = {}
        epochs = self._leases.epochs()
        for quote, trades in self._board.take():
            chart = self._charts.get(quote.symbol)
            streams = self._streams.get(quote.symbol, ())
            told, closed = chart.take(intervals_in(streams), now) if chart is not None else ([], [])
            if not is_formula(quote.symbol):  # its past is made of its legs' whenever it is read
                self._store.put_bars(closed)
                self._pasts.repair(closed)
            venue = venue_of(quote.symbol)
            if venue not in epochs:
                continue
            group = wire.group_of(quote.symbol)
            frame = frames.get(group)
            if frame is None:
                frame = frames[group] = wire.Frame({}, sent_at(), [], [], [])
            frame.epochs[venue] = epochs[venue]
            frame.quotes.append(quote)
            frame.bars.extend(told)
            if wire.TRADES_STREAM in streams:
                frame.trades.extend(trades)
        return frames

    async def _publish(self, group: str, frame: wire.Frame) -> None:
        if self._leases.epochs():
            await self._publisher.frame(group, frame)

    # ------------------------------------------------------------------ how far it is
    async def tell_syncs(self) -> None:
        """Say every 2 s, and as soon as it is asked for, what is served, for ever."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SYNC):
                    await self.status.wait()
            self.status.clear()
            await self.flush()
            await self._publisher.sync(self.sync())

    def sync(self) -> wire.Sync:
        """Return what the worker serves now of the venues that it leads."""
        epochs = dict(self._leases.epochs())
        seqs = {symbol: seq for symbol, seq in self._board.seqs().items() if venue_of(symbol) in epochs}
        led = [feed for name, feed in self._feeds.items() if name in epochs]
        statuses = [feed.status() for feed in led if feed.venue.name != FORMULA or self._formulas.used]
        refused = {symbol: why for feed in led for symbol, why in feed.refused.items()}
        return wire.Sync(self._leases.worker, epochs, wall(), seqs, statuses, refused, self._listing.version)

    async def past(self, symbol: str, interval: str, history: wire.History) -> None:
        """Tell how far the stored bars of a symbol are."""
        self.changed.set()
        epoch = self._leases.epochs().get(venue_of(symbol))
        if epoch is not None:
            past = wire.Past(epoch, symbol, interval, history.state, history.reason)
            await self._publisher.history(past)

    # ------------------------------------------------------------------ whole states
    async def tell_states(self, symbols: Iterable[str], reply: str) -> None:
        """Send the whole state of symbols to the group `reply`; what is pending is published before, so
        nothing is told twice."""
        await self.flush()
        epochs = self._leases.epochs()
        states = [self.state(each) for each in symbols if each in self._streams and venue_of(each) in epochs]
        if states:
            told = {venue: epochs[venue] for venue in {venue_of(each.symbol) for each in states}}
            await self._publisher.states(reply, wire.States(told, states))

    def state(self, symbol: str) -> wire.SymbolState:
        """Return the whole state of a watched symbol."""
        seq, quote, trades = self._board.state(symbol)
        chart = self._charts.get(symbol)
        streams = self._streams.get(symbol, set())
        return wire.SymbolState(
            symbol=symbol,
            seq=seq,
            quote=quote,
            trades=trades,
            bars=chart.recent(intervals_in(streams)) if chart else {},
            history=self._pasts.of(symbol),
            refused=self._feeds[venue_of(symbol)].refused.get(symbol, ""),
            streams=sorted(streams),
        )
