"""Floor 3. The past of what is watched: opened on demand, completed after a gap, told once it can be read."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping

from feeds import store, wire
from feeds.board import Board
from feeds.budget import pace
from feeds.charts import Charts
from feeds.clock import wall
from feeds.feed import Feed
from feeds.formula_feed import Formulas, newest_bars
from feeds.gaps import MINUTE, Gaps
from feeds.history import Filler
from feeds.market import INTERVALS, Bar, Cancel, Trade, floor_time, replace
from feeds.rollup import BASES, LIVE_BASES, bases_of
from feeds.store import BarStore
from feeds.symbols import is_formula, legs_of, venue_of

log = logging.getLogger("feeds.pasts")

REPAIR = 10.0  # seconds that a venue is given to have its own bar ready
REPAIRS = 10_000
MOST = 5_000  # bars fetched at once for somebody who scrolls back
CLOCKS = 5_000  # ms by which a venue's clock may be behind ours
WRITING = 5.0  # seconds that bars are given to be written before they are told to be there
LOADING = wire.History("loading")

Tell = Callable[[str, str, wire.History], Awaitable[None]]


def intervals_in(streams: Iterable[str]) -> list[str]:
    """Return the intervals of the bars among some streams."""
    return [wire.BAR_STREAMS[each] for each in streams if each in wire.BAR_STREAMS]


def bases_in(streams: set[str]) -> set[str]:
    """Return the stored intervals that charts with these streams are read from; 1m in any case."""
    return {"1m"}.union(*(bases_of(interval) for interval in intervals_in(streams)))


class Pasts:
    """The stored bars of every watched symbol, and how far they are.

    `streams` is the engine's own table of what is watched; `tell(symbol, interval, history)` is awaited with
    every word on a past.
    """

    def __init__(
        self,
        feeds: Mapping[str, Feed],
        streams: Mapping[str, set[str]],
        board: Board,
        charts: Charts,
        bar_store: BarStore,
        formulas: Formulas,
        tell: Tell,
        filler: type[Filler] = Filler,
    ) -> None:
        self.fillers = {
            name: filler(feed, self.take, self._on_state, self._on_trades) for name, feed in feeds.items()
        }
        for each in self.fillers.values():
            each.on_older = self._on_older
        self._feeds, self._streams, self._board, self._charts = feeds, streams, board, charts
        self._store, self._formulas, self._tell = bar_store, formulas, tell
        self._known: dict[str, dict[str, wire.History]] = {}
        self._rolled: set[tuple[str, str]] = set()
        self._repairs: dict[tuple[str, int], None] = {}
        self._gaps = Gaps(board, charts, bar_store)
        self._unheard: dict[str, int] = {}  # symbol → the ms since which its line is awaited
        self._tasks: set[asyncio.Task[None]] = set()

    def of(self, symbol: str) -> dict[str, wire.History]:
        """Return how far each stored interval of a symbol is."""
        return self._known.get(symbol, {})

    def stop(self) -> None:
        """End what is under way."""
        for task in self._tasks:
            task.cancel()

    def _spawn(self, part: Awaitable[None]) -> None:
        task = asyncio.ensure_future(part)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ------------------------------------------------------------------- demand
    def open(self, symbol: str, streams: set[str]) -> None:
        """Begin the past that these streams of a symbol need; what has begun goes on."""
        if symbol not in self._known and self._lacks_seconds(symbol):
            self._unheard[symbol] = wall()
        known = self._known.setdefault(symbol, {})
        charted = bool(intervals_in(streams))
        for base in sorted(bases_in(streams), key=BASES.index):
            if base not in known or (charted and known[base].state == "loading"):
                if base == "1m" and base not in known and self._has_minutes(symbol):
                    self._gaps.open(symbol, wall())
                known[base] = LOADING
                if is_formula(symbol):
                    self._await_legs(symbol, base)
                else:
                    self.fillers[venue_of(symbol)].open(symbol, base, urgent=charted)
        self._open_rollings(symbol)

    def drop(self, symbol: str) -> None:
        """Forget how far a symbol's past was."""
        self._known.pop(symbol, None)
        self._unheard.pop(symbol, None)
        self._gaps.drop(symbol)
        self._rolled = {key for key in self._rolled if key[0] != symbol}

    def older(self, symbol: str, interval: str, end: int, count: int) -> None:
        """Have older bars fetched: `count` of `interval` that open before `end` ms."""
        legs = [leg for leg in legs_of(symbol) if venue_of(leg) in self.fillers]
        if interval not in BASES:
            return
        if is_formula(symbol):
            self._formulas.awaits(symbol, interval, legs)
        for leg in legs:
            self.fillers[venue_of(leg)].older(leg, interval, end, min(count, MOST))

    def _await_legs(self, symbol: str, base: str) -> None:
        """Have a formula's past told once its legs' are: those that are there already are told again."""
        self._formulas.awaits(symbol, base, legs_of(symbol))
        for leg in legs_of(symbol):
            there = self.of(leg).get(base)
            if there is not None and there.state != "loading":
                self._on_state(leg, base, there.state, there.reason)

    # --------------------------------------------------------------------- gaps
    def gap(self, feed: Feed, since: int) -> None:
        """Close the gap of a line that is back: by the trades that were missed where the venue tells them,
        else by its bars. What can't be closed is marked."""
        for symbol in feed.served:
            self.fillers[feed.venue.name].missed(symbol, since)

    def _on_trades(self, symbol: str, trades: list[Trade], since: int, until: int) -> None:
        """Count the trades that were missed. Where they don't reach back to `since` (ms), the bars in between
        are incomplete, and the venue's own are fetched."""
        feed = self._feeds[venue_of(symbol)]
        if trades:
            late = [
                trade for trade in trades if trade.time >= since - CLOCKS
            ]  # ids keep them from counting twice
            feed.missed(symbol, late, until)
        if not trades or trades[0].time > since:
            end = trades[0].time if trades else until
            self._store.doubt(symbol, floor_time(since, "1m"), end)
            self._charts.gap([symbol], since, end)
            self._gaps.note(symbol, since, end)
            if self._lacks_seconds(symbol):
                self._gaps.show_seconds(symbol, since, end)
            self.fillers[venue_of(symbol)].open(symbol, "1m", urgent=False)

    def heard(self, symbol: str, at: int) -> None:
        """Hear that a symbol's line has said something, at `at` ms. With the first word it is known since
        when we hear: bars of before aren't whole, and seconds that no history has are missing."""
        since = self._unheard.pop(symbol, None) if self._unheard else None
        if since is not None:
            self._charts.gap([symbol], since, at)
            self._spawn(self._gaps.judge_seconds(symbol, at))

    def repair(self, closed: list[Bar]) -> None:
        """Have the venue's history complete the minutes of which a part was not heard."""
        for bar in closed:
            key = (bar.symbol, bar.time)
            if bar.interval == "1m" and bar.source == "mixed" and key not in self._repairs and self._can(bar):
                self._repair(*key)
        while len(self._repairs) > REPAIRS:
            del self._repairs[next(iter(self._repairs))]

    def take_back(self, said: Cancel, received: int) -> None:
        """Take back a trade that a venue has cancelled or corrected: from tape, last price and bars. A
        minute that can't be made anew is incomplete until the venue tells its own."""
        if said.instead is not None and said.instead.time > received:
            said = replace(said, instead=replace(said.instead, time=received))
        self._board.take_back(said, received)
        minute = self._charts.take_back(said)
        if minute is not None:
            self._store.doubt(said.symbol, minute, minute + MINUTE)
            self._repairs.pop((said.symbol, minute), None)
            if minute + MINUTE <= received:
                self._repair(said.symbol, minute)

    def _repair(self, symbol: str, minute: int) -> None:
        self._repairs[(symbol, minute)] = None
        filler = self.fillers[venue_of(symbol)]
        asyncio.get_running_loop().call_later(REPAIR, filler.older, symbol, "1m", minute + MINUTE, 1)

    def _can(self, bar: Bar) -> bool:
        """Tell whether the venue may be asked for each such minute: not one that counts every question."""
        feed = self._feeds[venue_of(bar.symbol)]
        return pace(feed.venue.requests) >= 1.0 and not feed.venue.poll_tells_bars

    # ------------------------------------------------------------------ what comes
    def take(self, symbol: str, interval: str, bars: list[Bar], as_of: int) -> None:
        """Take bars of a venue's history that were true at `as_of` ms."""
        self._store.put_bars(bars)
        if self._charts.seed(symbol, interval, bars, as_of):
            self._board.touch(symbol)

    def _on_state(self, symbol: str, interval: str, state: str, reason: str) -> None:
        """Hear whether a venue has told the newest bars, and with them what was missing up to now."""
        if interval == "1m":
            self._gaps.judge(symbol, state)
        if symbol in self._streams:
            self._spawn(self._opened(symbol, interval, wire.History(state, reason)))

    def _on_older(self, symbol: str, interval: str, state: str, reason: str) -> None:
        """Hear whether a venue has told older bars."""
        if symbol in self._streams:
            self._spawn(self._say(symbol, interval, wire.History(state, reason)))

    async def _opened(self, symbol: str, interval: str, history: wire.History) -> None:
        if interval == "1m":
            await self._gaps.judge_first(symbol, history.state)
        await self._say(symbol, interval, history)

    def _has_minutes(self, symbol: str) -> bool:
        """Tell whether there is somebody who can tell the minutes of a symbol that nobody heard."""
        feed = self._feeds.get(venue_of(symbol))
        return feed is not None and not is_formula(symbol) and "1m" in feed.venue.bar_rows

    def _lacks_seconds(self, symbol: str) -> bool:
        """Tell whether nobody can tell the seconds of a symbol that nobody heard."""
        return not is_formula(symbol) and "1s" not in self._feeds[venue_of(symbol)].venue.bar_rows

    async def _say(self, symbol: str, interval: str, history: wire.History) -> None:
        """Tell how far a symbol's past is, once what was fetched can be read."""
        await asyncio.to_thread(self._store.flush, WRITING)
        if symbol not in self._streams:
            return
        self._known.setdefault(symbol, {})[interval] = history
        if is_formula(symbol):
            self._seed_formula(symbol, interval)
        self._open_rollings(symbol)
        await self._tell(symbol, interval, history)
        for each in self._formulas.told(symbol, interval):
            legs = [self.of(leg).get(interval, history) for leg in legs_of(each)]
            failed = next((leg for leg in legs if leg.state == "failed"), history)
            await self._say(each, interval, failed)

    def _seed_formula(self, symbol: str, interval: str) -> None:
        """Begin a formula's newest bars with what those of its legs say of the time before it was watched."""

        def bars_in(leg: str) -> list[Bar]:
            chart = self._charts.get(leg)
            return chart.recent([interval]).get(interval, []) if chart is not None else []

        if self._charts.seed(symbol, interval, newest_bars(symbol, bars_in), wall()):
            self._board.touch(symbol)

    # ------------------------------------------------------------------ coarse bars
    def _open_rollings(self, symbol: str) -> None:
        """Begin the coarse intervals in demand, once the minutes that they are made of are there."""
        if self.of(symbol).get("1m", LOADING).state == "loading":
            return
        for interval in intervals_in(self._streams.get(symbol, ())):
            if interval in LIVE_BASES and (symbol, interval) not in self._rolled:
                self._rolled.add((symbol, interval))
                self._spawn(self._roll(symbol, interval))

    async def _roll(self, symbol: str, interval: str) -> None:
        start = floor_time(wall(), interval)
        try:
            parts = await store.aread(store.parts, symbol, interval, start, start + INTERVALS[interval])
        except Exception as error:  # the database may be away: the coarse bar then begins with what was heard
            log.warning("no stored parts for %s %s: %s", symbol, interval, error)
            parts = []
        chart = self._charts.get(symbol)
        if chart is not None:
            chart.roll(interval, parts, wall())
            self._board.touch(symbol)
            await self._tell(symbol, interval, self.of(symbol).get("1m", LOADING))
