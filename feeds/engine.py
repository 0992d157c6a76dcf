"""Floor 3. The engine: runs every feed, owns the market's last state, and tells the hubs what changed.

One per worker. It knows nothing of channel layers: what it has to say goes to a Publisher.
"""

import asyncio
import contextlib
import logging
import random
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Protocol

from feeds import wire
from feeds.board import Board
from feeds.ccxt_feed import ccxt
from feeds.charts import Charts
from feeds.clock import steady, wall
from feeds.demand import Demand
from feeds.fallback import stream_or_poll
from feeds.feed import Feed, supervise
from feeds.formula_feed import Formulas, with_legs
from feeds.freshness import Freshness
from feeds.history import Filler
from feeds.lease import Leases, Sole
from feeds.lines import lines
from feeds.listing import Listing
from feeds.made import made
from feeds.market import Bar, Cancel, Figures, Mark, Quote, Trade, replace
from feeds.pasts import Pasts, intervals_in
from feeds.poll import look_beside, poll
from feeds.pushed import Pushed
from feeds.store import BarStore
from feeds.symbols import FORMULA, is_formula, venue_of
from feeds.venues import desk, formula
from feeds.venues.base import Event, Notice, Venue
from feeds.vitals import Spread

log = logging.getLogger("feeds.engine")

FLUSH = 0.033  # seconds between two flushes at the least, a third of a reader's; the first goes at once
SYNC = 2.0
TURN = 0.25
NEVER = 10**15  # ms: bars that are made of quotes were never heard whole
AHEAD = 2_000  # ms that a venue's clock may be ahead of ours
SESSIONS: dict[str, Callable[[Feed], Awaitable[None]]] = {
    "stream": stream_or_poll,
    "lines": lines,
    "poll": poll,
    "made": made,
    "ccxt": ccxt,
}


class Publisher(Protocol):
    """Where the engine's words go. Each call returns when the word is out or given up; none raises. `frame`
    says whether it is out."""

    async def frame(self, group: str, frame: wire.Frame) -> bool: ...

    async def sync(self, sync: wire.Sync) -> None: ...

    async def history(self, past: wire.Past) -> None: ...

    async def states(self, reply: str, states: wire.States) -> None: ...


def sent_at() -> int:
    """Return the ms of this machine's own clock, whatever is played: by it a hub knows what came late."""
    return time.time_ns() // 1_000_000


def mono() -> int:
    """Return the ms of a clock that no one sets, whatever is played: demand is counted with it."""
    return time.monotonic_ns() // 1_000_000


def believable(event: Event, received: int) -> Event:
    """Return what a venue said with a time that can be: one from the future has a wrong clock, and would
    open a bar that isn't, and make every later price look old."""
    if isinstance(event, (Quote, Trade)) and event.time is not None and event.time > received + AHEAD:
        return replace(event, time=received)
    return event


class Engine:
    """All venues of a worker. `run` is its life; the commands are called by the consumer."""

    filler: type[Filler] = Filler

    def __init__(
        self,
        venues: Mapping[str, Venue],
        publisher: Publisher,
        bar_store: BarStore,
        always: tuple[str, ...] = (),
        ws_origins: Mapping[str, str] | None = None,
        rest_origins: Mapping[str, str] | None = None,
        leases: Leases | None = None,
    ) -> None:
        self.leases = leases or Sole([*venues, FORMULA])
        self.publisher = publisher
        self.store = bar_store
        self.board = Board()
        self.charts = Charts()
        self.freshness = Freshness()
        self.demand = Demand({symbol: {wire.QUOTE_STREAM} for symbol in always})
        self.streams: dict[str, set[str]] = {}
        self._dirty = asyncio.Event()
        self._sync_now = asyncio.Event()
        self.feeds = {
            name: Feed(
                venue,
                self._on_events,
                self._on_polled_bars,
                self._on_status,
                (ws_origins or {}).get(name),
                (rest_origins or {}).get(name),
                random.Random(),
            )
            for name, venue in venues.items()
        }
        self.feeds[FORMULA] = Feed(formula.Formulas(), self._on_values, self._on_polled_bars, self._on_status)
        self.formulas = Formulas(self.feeds[FORMULA], self.board, self._trouble_of)
        self.pushed = Pushed()
        self.pasts = Pasts(
            self.feeds,
            self.streams,
            self.board,
            self.charts,
            bar_store,
            self.formulas,
            self._tell_past,
            self.filler,
        )
        self.listing = Listing(bar_store, self._sync_now.set)
        self._was_live: dict[str, int | None] = dict.fromkeys(self.feeds)
        self.flushes = Spread()
        self._flushing = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    # --------------------------------------------------------------------- life
    async def run(self) -> None:
        """Run until cancelled. Each venue is on its own: one that fails costs the others nothing."""
        try:
            async with asyncio.TaskGroup() as group:
                for part in [self._flush_loop(), self._sync_loop(), self._turn_loop(), *self.sources()]:
                    group.create_task(part)
        finally:
            self._keep_closed()
            self.pasts.stop()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*(feed.rest.close() for feed in self.feeds.values()), return_exceptions=True)

    def sources(self) -> list[Coroutine[Any, Any, None]]:
        """Return what brings prices, past and instruments of the venues, each to be run for ever."""
        parts: list[Coroutine[Any, Any, None]] = []
        for name, feed in self.feeds.items():
            parts += [self.pasts.fillers[name].run(), self.listing.run(feed)]
            if feed.venue.mode in SESSIONS:  # the others have no line: what they say is made or brought here
                parts.append(supervise(feed, SESSIONS[feed.venue.mode]))
            if feed.venue.poll_beside:
                parts.append(look_beside(feed))
        return parts

    def _keep_closed(self) -> None:
        """Give the store what the clock has closed since the last flush, and the seconds that aren't over:
        there won't be another."""
        now = wall()
        for symbol in self.streams:
            chart = self.charts.get(symbol)
            if chart is not None and not is_formula(symbol):
                self.store.put_bars(chart.take((), now)[1] + chart.unfinished())

    def _spawn(self, part: Awaitable[None]) -> None:
        task = asyncio.ensure_future(part)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ----------------------------------------------------------------- commands
    def watch(self, said: wire.Watch) -> None:
        """Take a hub's whole demand."""
        if self.demand.watch(said.hub, said.demand, mono()):
            self._sync_now.set()  # a hub that is new hears at once how the venues are
        self._follow_demand()

    def unwatch(self, said: wire.Unwatch) -> None:
        """Take back what a hub no longer needs; it lingers for a minute."""
        self.demand.unwatch(said.hub, said.symbols, mono())

    async def snapshot(self, said: wire.Ask) -> None:
        """Send the whole state of symbols; what is pending is published before, so nothing is told twice."""
        await self.flush()
        epochs = self.leases.epochs()
        states = [
            self.state(each) for each in said.symbols if each in self.streams and venue_of(each) in epochs
        ]
        if states:
            told = {venue: epochs[venue] for venue in {venue_of(each.symbol) for each in states}}
            await self.publisher.states(said.reply, wire.States(told, states))

    def older(self, said: wire.Older) -> None:
        """Have older bars of a venue that we lead fetched; a Past tells when they are in the store."""
        if venue_of(said.symbol) not in self.leases.epochs():
            return
        self.pasts.older(said.symbol, said.interval, said.end, said.count)

    def ticks(self, said: wire.Ticks) -> None:
        """Publish prices that were pushed; from the first one on their symbols are kept live for a day."""
        feed = self.feeds.get(desk.Desk.name)
        ticks = [tick for tick in said.ticks if feed is not None and venue_of(tick.symbol) == feed.venue.name]
        if feed is None or not ticks:
            return
        if self.pushed.saw((tick.symbol for tick in ticks), mono()) and self.leases.serves(feed.venue.name):
            self._follow_demand()
            self._spawn(self.listing.add_pushed(feed.venue.name, self.pushed.kept(mono())))
        now = wall()
        feed.hear([event for tick in ticks for event in desk.events_of(tick, now)], now)

    def state(self, symbol: str) -> wire.SymbolState:
        """Return the whole state of a watched symbol."""
        seq, quote, trades = self.board.state(symbol)
        chart = self.charts.get(symbol)
        streams = self.streams.get(symbol, set())
        return wire.SymbolState(
            symbol=symbol,
            seq=seq,
            quote=quote,
            trades=trades,
            bars=chart.recent(intervals_in(streams)) if chart else {},
            history=self.pasts.of(symbol),
            refused=self.feeds[venue_of(symbol)].refused.get(symbol, ""),
            streams=sorted(streams),
        )

    # ------------------------------------------------------------------- demand
    def _follow_demand(self) -> None:
        """Make the feeds serve what is wanted now of the venues that are ours: begin what is new, drop what
        has lapsed. The legs of our formulas are served whoever leads their venues."""
        asked = self.demand.wanted(mono())
        for symbol in self.pushed.kept(mono()):
            asked.setdefault(symbol, set()).add(wire.QUOTE_STREAM)
        ours = {symbol: streams for symbol, streams in asked.items() if self.leases.serves(venue_of(symbol))}
        demand = with_legs(ours)
        wanted = {symbol: streams for symbol, streams in demand.items() if venue_of(symbol) in self.feeds}
        for symbol in self.streams.keys() - wanted.keys():
            self._drop(symbol)
        for symbol, streams in wanted.items():
            if symbol not in self.streams:
                self.board.add(symbol)
                venue = self.feeds[venue_of(symbol)].venue
                self.charts.add(symbol, NEVER if venue.quotes_make_bars else wall(), venue.takes_back)
            if self.streams.get(symbol) != streams:
                self.streams[symbol] = streams
                self.pasts.open(symbol, streams)
        of_venue: dict[str, set[str]] = defaultdict(set)
        for symbol in wanted:
            of_venue[venue_of(symbol)].add(symbol)
        for name, feed in self.feeds.items():
            feed.want(of_venue[name])
        self.formulas.follow(wall())

    def _drop(self, symbol: str) -> None:
        del self.streams[symbol]
        self.board.drop(symbol)
        self.charts.drop(symbol)
        self.freshness.forget(symbol)
        self.pasts.drop(symbol)

    # ---------------------------------------------------------------- from feeds
    def _on_events(self, feed: Feed, events: list[Event], received: int) -> None:
        now = steady()
        for said in events:
            event = believable(said, received)
            if isinstance(event, Quote):
                self.freshness.saw(event.symbol, now)
                if self.board.quote(event):
                    self.formulas.moved(event.symbol, False, received)
                    if feed.venue.quotes_make_bars and event.last is not None:
                        at = received if event.time is None else event.time
                        self.charts.mark(Mark(symbol=event.symbol, time=at, price=event.last))
            elif isinstance(event, Figures):
                self.freshness.saw(event.symbol, now)
                self.board.figures(event)
            elif isinstance(event, Trade):
                if not event.recap:
                    self.freshness.saw(event.symbol, now)
                if self.board.trade(event, received):
                    self.charts.trade(event)
                    self.formulas.moved(event.symbol, not event.recap, received)
            elif isinstance(event, Cancel):
                self.pasts.take_back(event, received)
                self.formulas.moved(event.symbol, True, received)
            elif isinstance(event, Mark):
                self.charts.mark(event)
            elif isinstance(event, Notice) and event.kind == "heartbeat" and event.symbol:
                self.freshness.saw(event.symbol, now)
        if self.board.dirty:
            self._dirty.set()

    def _on_values(self, feed: Feed, events: list[Event], received: int) -> None:
        """Take the values of formulas: each quote is whole."""
        for event in events:
            if isinstance(event, Quote):
                self.board.become(event)
            elif isinstance(event, Mark):
                self.charts.mark(replace(event, time=min(event.time, received)))
        self._dirty.set()

    def _trouble_of(self, symbol: str) -> str:
        """Return why a symbol can't be had, "" when nothing is known against it."""
        feed = self.feeds.get(venue_of(symbol))
        return f"{venue_of(symbol)} is not on" if feed is None else feed.refused.get(symbol, "")

    async def _tell_past(self, symbol: str, interval: str, history: wire.History) -> None:
        self._dirty.set()
        epoch = self.leases.epochs().get(venue_of(symbol))
        if epoch is not None:
            await self.publisher.history(wire.Past(epoch, symbol, interval, history.state, history.reason))

    def _on_polled_bars(self, feed: Feed, symbol: str, bars: list[Bar], as_of: int) -> None:
        self.pasts.take(symbol, "1m", bars, as_of)
        self._dirty.set()

    def _on_status(self, feed: Feed) -> None:
        """React to a line's change: without it prices are stale at once, and bars incomplete."""
        live = feed.state in ("live", "polling")
        name = feed.venue.name
        if live:
            silent_since = self._was_live.get(name)
            if silent_since is not None:
                self.pasts.gap(feed, silent_since)
            self._was_live[name] = None
        elif feed.state == "off":
            self._was_live[name] = None  # nothing was wanted: silence is no gap
        elif feed.last_tick is not None and self._was_live.get(name) is None:
            self._was_live[name] = feed.last_tick
            self.charts.gap(feed.served, feed.last_tick, wall())  # what closes meanwhile is not whole
        if not live:
            for symbol in feed.wanted:
                self.freshness.interrupted(symbol)
                self.board.stale(symbol, True)
            self._dirty.set()
        self._sync_now.set()

    # -------------------------------------------------------------------- loops
    async def _flush_loop(self) -> None:
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            began = time.monotonic()
            await self.flush()
            await asyncio.sleep(max(0.0, FLUSH - (time.monotonic() - began)))

    async def flush(self) -> None:
        """Publish what has changed since the last flush, a frame for each group concerned; what is another's
        to publish is only stored."""
        async with self._flushing:
            began, now = time.monotonic(), wall()
            frames: dict[str, wire.Frame] = {}
            epochs = self.leases.epochs()
            for quote, trades in self.board.take():
                chart = self.charts.get(quote.symbol)
                streams = self.streams.get(quote.symbol, ())
                told, closed = chart.take(intervals_in(streams), now) if chart is not None else ([], [])
                if not is_formula(quote.symbol):  # its past is made of its legs' whenever it is read
                    self.store.put_bars(closed)
                    self.pasts.repair(closed)
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
            # All at once: what can't go out, of which the next sync tells the hubs, holds up nothing else.
            await asyncio.gather(*(self._publish(group, frame) for group, frame in frames.items()))
            if frames:
                self.flushes.add(time.monotonic() - began)

    async def _publish(self, group: str, frame: wire.Frame) -> None:
        if self.leases.epochs():
            await self.publisher.frame(group, frame)

    async def _sync_loop(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SYNC):
                    await self._sync_now.wait()
            self._sync_now.clear()
            await self.flush()
            await self.publisher.sync(self.sync())

    def sync(self) -> wire.Sync:
        """Return what the worker serves now of the venues that it leads."""
        epochs = dict(self.leases.epochs())
        seqs = {symbol: seq for symbol, seq in self.board.seqs().items() if venue_of(symbol) in epochs}
        led = [feed for name, feed in self.feeds.items() if name in epochs]
        statuses = [feed.status() for feed in led if feed.venue.name != FORMULA or self.formulas.used]
        refused = {symbol: why for feed in led for symbol, why in feed.refused.items()}
        return wire.Sync(self.leases.worker, epochs, wall(), seqs, statuses, refused, self.listing.version)

    def leases_changed(self) -> None:
        """Serve what is ours now, and say at once what we lead."""
        self._follow_demand()
        self._sync_now.set()

    async def _turn_loop(self) -> None:
        """Four times a second: what the clock closes, what has gone stale, what nobody wants any more."""
        turn = 0
        while True:
            await asyncio.sleep(TURN)
            turn += 1
            now = wall()
            for symbol in self.charts.closing(now):
                self.board.touch(symbol)
            for name, feed in self.feeds.items():
                if feed.state in ("live", "polling") and not feed.polled and name != FORMULA:
                    self._mark_stale(feed, steady())
                if turn % 4 == 0:
                    feed.second()
                    log.debug("%s: %s", name, feed.errors)
            if turn % 4 == 0:
                self._follow_demand()
            self.formulas.look(now)
            if self.board.dirty:
                self._dirty.set()

    def _mark_stale(self, feed: Feed, now: int) -> None:
        for symbol in feed.served:
            self.board.stale(symbol, self.freshness.is_stale(symbol, now))
