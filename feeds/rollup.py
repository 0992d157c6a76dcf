"""Floor 2. Coarse bars from finer ones: a whole series (`roll_up`), or the forming one live (`Rolling`)."""

from collections.abc import Iterable
from copy import copy
from decimal import Decimal
from itertools import groupby

from feeds.making import EXACT, RANKS, exact, outranks
from feeds.market import INTERVALS, Bar, Source, floor_time

BASES = ("1s", "1m", "1h", "1d")
"""The intervals that are stored."""

FINER = {"5s": "1s", "15s": "1s", "5m": "1m", "15m": "1m", "30m": "1m", "1h": "1m", "4h": "1h", "1d": "1h"}
"""The stored interval a coarser one is made of."""

LIVE_BASES = {interval: "1s" if INTERVALS[interval] < INTERVALS["1m"] else "1m" for interval in FINER}
"""The interval whose live bars a `Rolling` is fed with."""


def bases_of(interval: str) -> frozenset[str]:
    """Return the stored intervals that a series of `interval` is read from, the interval itself included."""
    bases = set()
    finer: str | None = interval
    while finer is not None:
        if finer in BASES:
            bases.add(finer)
        finer = FINER.get(finer)
    return frozenset(bases)


class _Tally:
    """A coarse bar as the sum of its parts, which are folded in the order of their times."""

    __slots__ = ("close", "high", "low", "open", "source", "trades", "volume")

    def __init__(self, first: Bar) -> None:
        self.open, self.high, self.low, self.close = first.open, first.high, first.low, first.close
        self.volume: Decimal = exact(first.volume)
        self.trades = first.trades
        self.source: Source = first.source

    def fold(self, part: Bar) -> None:
        """Add the next part."""
        self.high, self.low, self.close = max(self.high, part.high), min(self.low, part.low), part.close
        self.volume = EXACT.add(self.volume, exact(part.volume))
        both = self.trades is not None and part.trades is not None
        self.trades = self.trades + part.trades if both else None  # type: ignore[operator]
        self.source = self.source if self.source == part.source else "mixed"

    def plus(self, part: Bar) -> "_Tally":
        """Return this tally with one more part, itself unchanged."""
        result = copy(self)
        result.fold(part)
        return result

    def bar(self, symbol: str, interval: str, time: int, closed: bool) -> Bar:
        return Bar(
            symbol=symbol,
            interval=interval,
            time=time,
            open=self.open,
            high=self.high,
            low=self.low,
            close=self.close,
            volume=float(self.volume),
            trades=self.trades,
            closed=closed,
            source=self.source,
        )


def _tally(parts: Iterable[Bar]) -> _Tally | None:
    """Return the sum of parts that come in the order of their times, None of none."""
    result: _Tally | None = None
    for part in parts:
        if result is None:
            result = _Tally(part)
        else:
            result.fold(part)
    return result


def roll_up(bars: Iterable[Bar], interval: str, now: int) -> list[Bar]:
    """Return the bars of `interval` made of finer ones of one symbol, which come sorted by time.

    A bar that ends by `now` is closed. Its source is its parts' common one, else `mixed`; its `trades` is
    None when a part doesn't know its own.
    """
    result = []
    for time, group in groupby(bars, lambda bar: floor_time(bar.time, interval)):
        parts = list(group)
        tally = _tally(parts)
        assert tally is not None
        result.append(tally.bar(parts[0].symbol, interval, time, time + INTERVALS[interval] <= now))
    return result


class _Bucket:
    """The parts of one coarse bar. `base` sums all but the newest, which is the one that keeps changing."""

    def __init__(self, time: int, end: int) -> None:
        self.time, self.end = time, end
        self.closed = False
        self.parts: dict[int, Bar] = {}
        self.stored: set[int] = set()  # times of the parts that came from the store
        self.newest = -1
        self.base: _Tally | None = None

    def put(self, part: Bar) -> bool:
        """Put a part in place of the one of its time; False when a coarser part holds it already."""
        hour = self.parts.get(floor_time(part.time, "1h"))
        if hour and hour.interval == "1h" and part.interval != "1h":
            return False
        hourly = part.interval == "1h"
        covered = [time for time in self.parts if hourly and part.time < time < part.end]
        for time in covered:
            del self.parts[time]
            self.stored.discard(time)
        rebuild = bool(covered) or part.time < self.newest
        if not rebuild and 0 <= self.newest < part.time:
            self._fold(self.parts[self.newest])
        self.parts[part.time] = part
        self.newest = max(self.parts) if rebuild else part.time
        if rebuild:
            self.base = _tally(self.parts[time] for time in sorted(self.parts) if time != self.newest)
        return True

    def _fold(self, part: Bar) -> None:
        if self.base is None:
            self.base = _Tally(part)
        else:
            self.base.fold(part)

    def bar(self, symbol: str, interval: str) -> Bar:
        newest = self.parts[self.newest]
        tally = self.base.plus(newest) if self.base else _Tally(newest)
        return tally.bar(symbol, interval, self.time, self.closed)


class Rolling:
    """The forming bar of a coarse interval, made of the live finer ones as they come and change.

    It holds the bucket that forms and the one before it, so that a late trade still reaches that one.
    A put costs the same however many parts there are, unless it changes an older one.
    """

    def __init__(self, symbol: str, interval: str) -> None:
        self.symbol, self.interval = symbol, interval
        self._buckets: dict[int, _Bucket] = {}

    def seed(self, parts: Iterable[Bar]) -> None:
        """Take stored finer bars of the forming bucket; a part already here stays unless it is less whole."""
        for part in parts:
            bucket = self._bucket(part.time)
            held = bucket.parts.get(part.time) if bucket else None
            if bucket and (held is None or RANKS[part.source] > RANKS[held.source]) and bucket.put(part):
                bucket.stored.add(part.time)

    def put(self, part: Bar) -> list[Bar]:
        """Put a finer bar in place of the one of its time; return the coarse bars changed, oldest first,
        the former one among them, closed, when a new one begins.

        A part from the store gives way only to one that is as whole, however little of it we heard since.
        """
        bucket = self._bucket(part.time)
        if bucket is None or (part.time in bucket.stored and not outranks(part, bucket.parts[part.time])):
            return []
        if not bucket.put(part):
            return []
        bucket.stored.discard(part.time)
        former = self.close_until(part.time)
        over = bucket.time < max(self._buckets) or (part.closed and part.end >= bucket.end)
        bucket.closed = bucket.closed or over
        return [*former, bucket.bar(self.symbol, self.interval)]

    def close_until(self, now: int) -> list[Bar]:
        """Return the coarse bars that `now` has closed."""
        due = [b for b in self._buckets.values() if b.parts and not b.closed and b.end <= now]
        for bucket in due:
            bucket.closed = True
        return [bucket.bar(self.symbol, self.interval) for bucket in due]

    def current(self) -> Bar | None:
        """Return the newest coarse bar, None before the first part."""
        filled = [bucket for bucket in self._buckets.values() if bucket.parts]
        return filled[-1].bar(self.symbol, self.interval) if filled else None

    def _bucket(self, time: int) -> _Bucket | None:
        """Return the bucket that holds `time`, None when it lies before the former one."""
        start = floor_time(time, self.interval)
        if start not in self._buckets:
            if len(self._buckets) == 2 and start < min(self._buckets):
                return None
            self._buckets[start] = _Bucket(start, start + INTERVALS[self.interval])
            self._buckets = dict(sorted(self._buckets.items())[-2:])
        return self._buckets[start]
