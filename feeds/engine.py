"""Floor 3. The engine: runs every feed, owns the market's last state, and tells the hubs what changed.

One per worker. It knows nothing of channel layers: what it has to say goes to a Publisher.
"""

import asyncio
import contextlib
import logging
import random
import secrets
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Protocol

from feeds import store, wire
from feeds.board import Board
from feeds.charts import Charts
from feeds.clock import steady, wall
from feeds.demand import Demand
from feeds.fallback import stream_or_poll
from feeds.feed import Feed, supervise
from feeds.formula_feed import Formulas, newest_bars, with_legs
from feeds.freshness import Freshness
from feeds.history import Filler
from feeds.lines import lines
from feeds.made import made
from feeds.market import INTERVALS, Bar, Mark, Quote, Trade, floor_time, replace
from feeds.poll import poll
from feeds.pushed import Pushed
from feeds.rollup import BASES, LIVE_BASES, bases_of
from feeds.store import BarStore
from feeds.symbols import FORMULA, is_formula, legs_of, venue_of
from feeds.venues import desk, formula
from feeds.venues.base import Event, Notice, Venue

log = logging.getLogger("feeds.engine")

FLUSH = 0.05  # seconds between two flushes at the least; the first goes at once
SYNC = 2.0
TURN = 0.25
CATALOGUE = 24 * 3600.0
CATALOGUE_RETRY = 30.0
AHEAD = 2_000  # ms that a venue's clock may be ahead of ours
REPAIR = 10.0  # seconds that a venue is given to have its own bar ready
REPAIRS = 10_000
SESSIONS: dict[str, Callable[[Feed], Awaitable[None]]] = {
    "stream": stream_or_poll,
    "lines": lines,
    "poll": poll,
    "made": made,
}


class Publisher(Protocol):
    """Where the engine's words go. Each call returns when the word is out or given up; none raises. `frame`
    says whether it is out."""

    async def frame(self, group: str, frame: wire.Frame) -> bool: ...

    async def sync(self, sync: wire.Sync) -> None: ...

    async def history(self, past: wire.Past) -> None: ...

    async def states(self, reply: str, states: wire.States) -> None: ...


def mono() -> int:
    """Return the ms of a clock that no one sets, whatever is played: demand is counted with it."""
    return time.monotonic_ns() // 1_000_000


def new_epoch() -> str:
    """Return the name of a worker run; later runs sort after earlier ones, whatever they play."""
    return f"{time.time_ns() // 1_000_000:012x}-{secrets.token_hex(3)}"


def bases_in(streams: set[str]) -> set[str]:
    """Return the stored intervals that charts with these streams are read from; 1m in any case."""
    return {"1m"}.union(*(bases_of(wire.BAR_STREAMS[each]) for each in streams & wire.BAR_STREAMS.keys()))


def believable(trade: Trade, received: int) -> Trade:
    """Return a trade with a time that may open a bar: one from the future has a wrong clock."""
    return trade if trade.time <= received + AHEAD else replace(trade, time=received)


class Engine:
    """All venues of a worker. `run` is its life; the commands are called by the consumer."""

    def __init__(
        self,
        venues: Mapping[str, Venue],
        publisher: Publisher,
        bar_store: BarStore,
        always: tuple[str, ...] = (),
        ws_origins: Mapping[str, str] | None = None,
        rest_origins: Mapping[str, str] | None = None,
    ) -> None:
        self.epoch = new_epoch()
        self.publisher = publisher
        self.store = bar_store
        self.board = Board()
        self.charts = Charts()
        self.freshness = Freshness()
        self.demand = Demand({symbol: {wire.QUOTE_STREAM} for symbol in always})
        self.streams: dict[str, set[str]] = {}
        self.history: dict[str, dict[str, wire.History]] = {}
        self.catalogue = 0
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
        self.fillers = {
            name: Filler(feed, self._on_history, self._on_history_state) for name, feed in self.feeds.items()
        }
        self._was_live: dict[str, int | None] = dict.fromkeys(self.feeds)
        self._rolled: set[tuple[str, str]] = set()
        self._repairs: dict[tuple[str, int], None] = {}
        self._dirty = asyncio.Event()
        self._sync_now = asyncio.Event()
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
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*(feed.rest.close() for feed in self.feeds.values()), return_exceptions=True)

    def sources(self) -> list[Coroutine[Any, Any, None]]:
        """Return what brings prices, past and instruments of the venues, each to be run for ever."""
        parts: list[Coroutine[Any, Any, None]] = []
        for name, feed in self.feeds.items():
            parts += [self.fillers[name].run(), self._list(feed)]
            if feed.venue.mode in SESSIONS:  # the others have no line: what they say is made or brought here
                parts.append(supervise(feed, SESSIONS[feed.venue.mode]))
        return parts

    def _keep_closed(self) -> None:
        """Give the store what the clock has closed since the last flush: there won't be another."""
        now = wall()
        for symbol in self.streams:
            chart = self.charts.get(symbol)
            if chart is not None and not is_formula(symbol):
                self.store.put_bars(chart.take((), now)[1])

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
        states = [self.state(symbol) for symbol in said.symbols if symbol in self.streams]
        if states:
            await self.publisher.states(said.reply, wire.States(self.epoch, states))

    def older(self, said: wire.Older) -> None:
        """Have older bars fetched; the states that follow tell when they are in the store."""
        legs = [leg for leg in legs_of(said.symbol) if venue_of(leg) in self.fillers]
        if said.interval not in BASES:
            return
        if is_formula(said.symbol):
            self.formulas.awaits(said.symbol, said.interval, legs)
        for leg in legs:
            self.fillers[venue_of(leg)].older(leg, said.interval, said.end, min(said.count, 5000))

    def ticks(self, said: wire.Ticks) -> None:
        """Publish prices that were pushed; from the first one on their symbols are kept live for a day."""
        feed = self.feeds.get(desk.Desk.name)
        ticks = [tick for tick in said.ticks if feed is not None and venue_of(tick.symbol) == feed.venue.name]
        if feed is None or not ticks:
            return
        if self.pushed.saw((tick.symbol for tick in ticks), mono()):
            self._follow_demand()
            self._spawn(self._list_pushed(feed))
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
            bars=chart.recent(self._intervals(symbol)) if chart else {},
            history=self.history.get(symbol, {}),
            refused=self.feeds[venue_of(symbol)].refused.get(symbol, ""),
            streams=sorted(streams),
        )

    def _intervals(self, symbol: str) -> list[str]:
        return [wire.BAR_STREAMS[each] for each in self.streams.get(symbol, ()) if each in wire.BAR_STREAMS]

    # ------------------------------------------------------------------- demand
    def _follow_demand(self) -> None:
        """Make the feeds serve what is wanted now: begin what is new, drop what has lapsed."""
        demand = with_legs(self.demand.wanted(mono()))
        for symbol in self.pushed.kept(mono()):
            demand.setdefault(symbol, set()).add(wire.QUOTE_STREAM)
        wanted = {symbol: streams for symbol, streams in demand.items() if venue_of(symbol) in self.feeds}
        for symbol in self.streams.keys() - wanted.keys():
            self._drop(symbol)
        for symbol, streams in wanted.items():
            if symbol not in self.streams:
                self.board.add(symbol)
                self.charts.add(symbol, wall())
            if self.streams.get(symbol) != streams:
                self.streams[symbol] = streams
                self._open_history(symbol, streams)
                self._open_rollings(symbol)
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
        self.history.pop(symbol, None)
        self._rolled = {key for key in self._rolled if key[0] != symbol}

    def _open_history(self, symbol: str, streams: set[str]) -> None:
        known = self.history.setdefault(symbol, {})
        charted = any(each in wire.BAR_STREAMS for each in streams)
        for base in sorted(bases_in(streams), key=BASES.index):
            if base not in known or (charted and known[base].state == "loading"):
                known[base] = wire.History("loading")
                if is_formula(symbol):
                    self._await_legs(symbol, base)
                else:
                    self.fillers[venue_of(symbol)].open(symbol, base, urgent=charted)

    def _await_legs(self, symbol: str, base: str) -> None:
        """Have a formula's past told once its legs' are: those that are there already are told again."""
        self.formulas.awaits(symbol, base, legs_of(symbol))
        for leg in legs_of(symbol):
            there = self.history.get(leg, {}).get(base)
            if there is not None and there.state != "loading":
                self._on_history_state(leg, base, there.state, there.reason)

    # ------------------------------------------------------------------ history
    def _on_history(self, symbol: str, interval: str, bars: list[Bar], as_of: int) -> None:
        self.store.put_bars(bars)
        if self.charts.seed(symbol, interval, bars, as_of):
            self.board.touch(symbol)
            self._dirty.set()

    def _on_history_state(self, symbol: str, interval: str, state: str, reason: str) -> None:
        if symbol in self.streams:
            self._spawn(self._tell_history(symbol, interval, wire.History(state, reason)))

    async def _tell_history(self, symbol: str, interval: str, history: wire.History) -> None:
        """Tell the hubs how far a symbol's past is, once what was fetched can be read."""
        await asyncio.to_thread(self.store.flush, 5.0)
        if symbol not in self.streams:
            return
        self.history.setdefault(symbol, {})[interval] = history
        if is_formula(symbol):
            self._seed_formula(symbol, interval)
        self._open_rollings(symbol)
        await self.publisher.history(wire.Past(self.epoch, symbol, interval, history.state, history.reason))
        for each in self.formulas.told(symbol, interval):
            legs = [self.history.get(leg, {}).get(interval, history) for leg in legs_of(each)]
            failed = next((leg for leg in legs if leg.state == "failed"), history)
            await self._tell_history(each, interval, failed)

    def _seed_formula(self, symbol: str, interval: str) -> None:
        """Begin a formula's newest bars with what those of its legs say of the time before it was watched."""

        def bars_in(leg: str) -> list[Bar]:
            chart = self.charts.get(leg)
            return chart.recent([interval]).get(interval, []) if chart is not None else []

        if self.charts.seed(symbol, interval, newest_bars(symbol, bars_in), wall()):
            self.board.touch(symbol)
            self._dirty.set()

    def _open_rollings(self, symbol: str) -> None:
        """Begin the coarse intervals in demand whose past is there."""
        past = self.history.get(symbol, {})
        for interval in self._intervals(symbol):
            ready = all(past.get(base, wire.History("loading")).state != "loading" for base in ("1m",))
            if interval in LIVE_BASES and (symbol, interval) not in self._rolled and ready:
                self._rolled.add((symbol, interval))
                self._spawn(self._roll(symbol, interval))

    async def _roll(self, symbol: str, interval: str) -> None:
        start = floor_time(wall(), interval)
        try:
            parts = await store.aread(store.parts, symbol, interval, start, start + INTERVALS[interval])
        except Exception as error:  # the database may be away: the coarse bar then begins with what was heard
            log.warning("no stored parts for %s %s: %s", symbol, interval, error)
            parts = []
        chart = self.charts.get(symbol)
        if chart is not None:
            chart.roll(interval, parts, wall())
            self.board.touch(symbol)
            self._dirty.set()

    # ---------------------------------------------------------------- from feeds
    def _on_events(self, feed: Feed, events: list[Event], received: int) -> None:
        now = steady()
        for event in events:
            if isinstance(event, Quote):
                self.freshness.saw(event.symbol, now)
                if self.board.quote(event):
                    self.formulas.moved(event.symbol, False, received)
            elif isinstance(event, Trade):
                if not event.recap:
                    self.freshness.saw(event.symbol, now)
                if self.board.trade(event, received):
                    self.charts.trade(believable(event, received))
                    self.formulas.moved(event.symbol, not event.recap, received)
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

    def _on_polled_bars(self, feed: Feed, symbol: str, bars: list[Bar], as_of: int) -> None:
        self._on_history(symbol, "1m", bars, as_of)

    def _on_status(self, feed: Feed) -> None:
        """React to a line's change: without it prices are stale at once, and bars incomplete."""
        live = feed.state in ("live", "polling")
        name = feed.venue.name
        if live:
            silent_since = self._was_live.get(name)
            if silent_since is not None:
                self.charts.gap(feed.served, silent_since, wall())
                for symbol in feed.served:
                    self.fillers[name].open(symbol, "1m", urgent=False)
            self._was_live[name] = None
        elif feed.state == "off":
            self._was_live[name] = None  # nothing was wanted: silence is no gap
        elif feed.last_tick is not None and self._was_live.get(name) is None:
            self._was_live[name] = feed.last_tick
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
        """Publish what has changed since the last flush, a frame for each group concerned."""
        async with self._flushing:
            now = wall()
            frames: dict[str, wire.Frame] = {}
            for quote, trades in self.board.take():
                frame = frames.setdefault(wire.group_of(quote.symbol), wire.Frame(self.epoch, [], [], []))
                frame.quotes.append(quote)
                if wire.TRADES_STREAM in self.streams.get(quote.symbol, ()):
                    frame.trades.extend(trades)
                chart = self.charts.get(quote.symbol)
                if chart is not None:
                    told, closed = chart.take(self._intervals(quote.symbol), now)
                    frame.bars.extend(told)
                    if not is_formula(quote.symbol):  # its past is made of its legs' whenever it is read
                        self.store.put_bars(closed)
                        self._repair(closed)
            for group, frame in frames.items():
                if not await self.publisher.frame(group, frame):
                    break  # the numbers in the next sync tell the hubs what they have missed

    def _repair(self, closed: list[Bar]) -> None:
        """Have the venue's history complete the minutes of which a part was not heard."""
        for bar in closed:
            key = (bar.symbol, bar.time)
            if bar.interval == "1m" and bar.source == "mixed" and key not in self._repairs:
                self._repairs[key] = None
                filler = self.fillers[venue_of(bar.symbol)]
                asyncio.get_running_loop().call_later(REPAIR, filler.older, bar.symbol, "1m", bar.end, 1)
        while len(self._repairs) > REPAIRS:
            del self._repairs[next(iter(self._repairs))]

    async def _sync_loop(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SYNC):
                    await self._sync_now.wait()
            self._sync_now.clear()
            await self.flush()
            await self.publisher.sync(self.sync())

    def sync(self) -> wire.Sync:
        """Return what the worker serves now."""
        refused = {symbol: why for feed in self.feeds.values() for symbol, why in feed.refused.items()}
        told = [feed for name, feed in self.feeds.items() if name != FORMULA or self.formulas.used]
        statuses = [feed.status() for feed in told]
        return wire.Sync(self.epoch, wall(), self.board.seqs(), statuses, refused, self.catalogue)

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

    # ---------------------------------------------------------------- catalogue
    async def _list_pushed(self, feed: Feed) -> None:
        """Add the symbols that were pushed to those that were pushed in former runs."""
        try:
            known = await store.aread(store.instruments_of, feed.venue.name)
        except Exception as error:  # as in _list
            log.warning("%s: no catalogue: %s", feed.venue.name, error)
            return
        listed = {each.symbol: each for each in known}
        listed |= {symbol: desk.instrument_of(symbol) for symbol in self.pushed.kept(mono())}
        self.store.put_instruments(feed.venue.name, list(listed.values()))
        await asyncio.to_thread(self.store.flush, 5.0)
        self.catalogue += 1
        self._sync_now.set()

    async def _list(self, feed: Feed) -> None:
        """Fetch and store a venue's instruments at the start and daily."""
        while True:
            try:
                instruments = list(feed.venue.featured)
                request = feed.venue.instruments()
                if request is not None:
                    answer = await feed.rest.get(request)
                    instruments = feed.venue.read_instruments(answer.body)
                self.store.put_instruments(feed.venue.name, instruments)
                await asyncio.to_thread(self.store.flush, 5.0)
                self.catalogue += 1
                self._sync_now.set()
                await asyncio.sleep(CATALOGUE)
            except Exception as error:  # a catalogue is a comfort: prices go on without it
                log.warning("%s: no catalogue: %s", feed.venue.name, error)
                feed.count("no catalogue")
                await asyncio.sleep(CATALOGUE_RETRY)
