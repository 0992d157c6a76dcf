"""Floor 2. Every watched symbol's bars in the making: fine ones from trades, coarse ones rolled up."""

from collections import OrderedDict
from collections.abc import Iterable

from feeds.bars import BarBuilder
from feeds.market import INTERVALS, Bar, Cancel, Mark, Trade, floor_time, replace
from feeds.rollup import LIVE_BASES, Rolling

KEEP = {"1s": 180, "1m": 30}  # bars kept open to late trades
TELL = {"1s": 40, "1m": 5}  # bars of a snapshot; the older ones are in the store
HOLES = 1_440  # minutes, and seconds, of one gap that are shown
TRADES_HELD = 5_000  # trades of a symbol that may be taken back
GRACE = 250  # ms for trades in flight before the clock closes a bar


class Chart:
    """One symbol's bars. `now` is the ms at which we began to listen. With `takes_back` the newest trades are
    held, for the venue may take one back."""

    def __init__(self, symbol: str, now: int, takes_back: bool = False) -> None:
        self.symbol = symbol
        self.takes_back = takes_back
        self.held: OrderedDict[str, Trade] = OrderedDict()
        self.builders = {
            interval: BarBuilder(symbol, interval, keep=keep, since=now, grace_ms=GRACE)
            for interval, keep in KEEP.items()
        }
        self.rollings: dict[str, Rolling] = {}
        self._begun: set[str] = set()  # coarse intervals of which nothing was told yet
        self._holes: list[Bar] = []

    def trade(self, trade: Trade) -> None:
        """Put a trade into its bars."""
        if self.takes_back:
            self.held[trade.id] = trade
            if len(self.held) > TRADES_HELD:
                self.held.popitem(last=False)
        for builder in self.builders.values():
            builder.add(trade)

    def take_back(self, said: Cancel) -> int | None:
        """Take a trade out of its bars and count the one that it should have been in its place.

        Return the time of the minute that this leaves incomplete, None when none is: where not all trades of
        the bar are held, or not even this one, only the venue's own bar can tell.
        """
        trade = self.held.get(said.id)
        if trade is None:
            if said.instead is not None:
                self.trade(said.instead)
            return None if said.time is None else self._doubt(said.time)
        instead = replace(said.instead, time=trade.time) if said.instead is not None else None
        held = self.held.values()
        done = [builder.take_back(trade, instead, held) for builder in self.builders.values()]
        after = [instead if each is trade else each for each in held]
        self.held = OrderedDict((each.id, each) for each in after if each is not None)
        return None if all(done) else floor_time(trade.time, "1m")

    def _doubt(self, at: int) -> int:
        for builder in self.builders.values():
            builder.doubt(at)
        return floor_time(at, "1m")

    def show_holes(
        self, since: int, until: int, stored: float | None = None, interval: str = "1m"
    ) -> list[Bar]:
        """Return, and tell with the next `take`, a flat bar for each minute (or second) of [since, until) ms
        that nobody heard and nobody can tell of: at the last known close (else the `stored` one), of source
        `hole`."""
        long = INTERVALS[interval]
        known = self.builders[interval].recent(KEEP[interval])
        minutes = self.builders["1m"].recent(KEEP["1m"])
        before = [bar.close for bar in known if bar.time < since]
        before = before or [bar.close for bar in minutes if bar.end <= since]
        at = before[-1] if before else stored
        if at is None:
            return []
        heard = {bar.time for bar in known}
        first = floor_time(since - 1, interval) + long
        times = [time for time in range(first, until - long + 1, long) if time not in heard]
        holes = [
            Bar(symbol=self.symbol, interval=interval, time=time, open=at, high=at, low=at, close=at,
                volume=0.0, trades=0, source="hole")
            for time in times[-HOLES:]
        ]  # fmt: skip
        self._holes += holes
        return holes

    def take(self, intervals: Iterable[str], now: int) -> tuple[list[Bar], list[Bar]]:
        """Return the changed bars of these intervals, and the closed fine ones that belong in the store."""
        wanted = set(intervals)
        told: list[Bar] = [bar for bar in self._holes if bar.interval in wanted]
        self._holes = []
        closed: list[Bar] = []
        told += [bar for each in sorted(self._begun & wanted) if (bar := self.rollings[each].current())]
        self._begun -= wanted
        for base, builder in self.builders.items():
            builder.close_until(now)
            changed = builder.take()
            closed += [bar for bar in changed if bar.closed]
            told += changed if base in wanted else ()
            for interval, rolling in self.rollings.items():
                if LIVE_BASES[interval] == base:
                    rolled = latest(bar for part in changed for bar in rolling.put(part))
                    told += rolled if interval in wanted else ()
        for interval, rolling in self.rollings.items():
            over = rolling.close_until(now - GRACE)
            told += over if interval in wanted else ()
        return told, closed

    def unfinished(self) -> list[Bar]:
        """Return the seconds that are not over, as far as they were heard: nobody can tell them later. (Of a
        minute the venue can, and it is asked for one that isn't stored.)"""
        forming = [bar for bar in self.builders["1s"].recent(TELL["1s"]) if not bar.closed]
        return [replace(bar, closed=True, source="mixed") for bar in forming]

    def recent(self, intervals: Iterable[str]) -> dict[str, list[Bar]]:
        """Return the newest bars of these intervals, oldest first, the forming one last."""
        result = {}
        for interval in intervals:
            if interval in self.builders:
                result[interval] = self.builders[interval].recent(TELL[interval])
            elif interval in self.rollings:
                current = self.rollings[interval].current()
                result[interval] = [current] if current else []
        return result

    def roll(self, interval: str, parts: list[Bar], now: int) -> None:
        """Begin a coarse interval with the stored finer bars of its forming bucket."""
        rolling = Rolling(self.symbol, interval)
        rolling.seed(parts)
        base = LIVE_BASES[interval]
        opened = floor_time(now, interval)
        for bar in self.builders[base].recent(KEEP[base]):
            if bar.time >= opened:
                rolling.put(bar)
        self.rollings[interval] = rolling
        self._begun.add(interval)


def latest(bars: Iterable[Bar]) -> list[Bar]:
    """Return the last version of each bar, oldest first."""
    return list({bar.time: bar for bar in bars}.values())


class Charts:
    """The charts of all watched symbols."""

    def __init__(self) -> None:
        self._charts: dict[str, Chart] = {}

    def add(self, symbol: str, now: int, takes_back: bool = False) -> None:
        """Begin a symbol's bars; one that has begun stays as it is."""
        if symbol not in self._charts:
            self._charts[symbol] = Chart(symbol, now, takes_back)

    def drop(self, symbol: str) -> None:
        """Forget a symbol's bars."""
        self._charts.pop(symbol, None)

    def get(self, symbol: str) -> Chart | None:
        """Return a symbol's chart, None when it is not watched."""
        return self._charts.get(symbol)

    def trade(self, trade: Trade) -> None:
        """Put a trade into its bars."""
        chart = self._charts.get(trade.symbol)
        if chart is not None and not trade.recap:
            chart.trade(trade)

    def take_back(self, said: Cancel) -> int | None:
        """Take a trade out of its bars; return the minute that this leaves incomplete, None when none is."""
        chart = self._charts.get(said.symbol)
        return None if chart is None else chart.take_back(said)

    def mark(self, mark: Mark) -> None:
        """Have a price that nobody traded at move its bars."""
        chart = self._charts.get(mark.symbol)
        if chart is not None:
            for builder in chart.builders.values():
                builder.mark(mark)

    def seed(self, symbol: str, interval: str, bars: list[Bar], as_of: int) -> bool:
        """Give a symbol's bars what history knows of them up to `as_of`; True when it concerns those kept."""
        chart = self._charts.get(symbol)
        if chart is None or interval not in chart.builders:
            return False
        oldest = as_of - KEEP[interval] * INTERVALS[interval]
        fresh = [bar for bar in bars if bar.time >= oldest]
        chart.builders[interval].seed(fresh, as_of)
        return bool(fresh)

    def gap(self, symbols: Iterable[str], start: int, end: int) -> None:
        """Note that these symbols were not heard in [start, end)."""
        for symbol in symbols:
            if chart := self._charts.get(symbol):
                for builder in chart.builders.values():
                    builder.note_gap(start, end)

    def closing(self, now: int) -> list[str]:
        """Return the symbols with bars that the clock has closed, or that changed otherwise."""
        result = []
        for symbol, chart in self._charts.items():
            for builder in chart.builders.values():
                builder.close_until(now)
            if any(builder.has_changed for builder in chart.builders.values()):
                result.append(symbol)
        return result
