"""Floor 2. Bars from trades: each trade in the bar of its own time, whenever it arrives.

No clock and no I/O: the caller says what time it is (`close_until`), what it did not hear (`since`,
`note_gap`) and what the venue's history says (`seed`).

**Seeding, and why no trade counts twice.** A bar given to `seed(bars, as_of)` holds every trade up to and
with `as_of` (ms, best in the venue's time). Trades of that bar with `time <= as_of` are therefore already in
it, whether they came before the seed or come after it; only later ones are added. A bar that we heard from
its opening to now needs no history and keeps what it heard.

**Source.** `live`: heard whole. `backfill`: the venue's history alone. `mixed`: history and live trades
together, or a part of it was not heard by anyone.
"""

from bisect import insort
from collections import deque
from collections.abc import Iterable

from feeds.making import Making, Tick
from feeds.market import INTERVALS, Bar, Mark, Trade, floor_time

KEPT = 600  # bars: the 500 a chart opens with, and room for late trades
GAPS_KEPT = 256


def tick_of(trade: Trade) -> Tick:
    """Return what a bar needs of a trade."""
    return trade.time, trade.price, trade.size


class BarBuilder:
    """The bars of one symbol and one interval, made of its trades; the newest `keep` are kept.

    `since` is the time we began to listen: a bar that opened before it is `mixed` until a seed completes it.
    A bar closes when its end lies `grace_ms` behind the clock (`close_until`) or behind a trade's time; a
    trade that comes later still changes it, and it comes out again. `too_late` counts the trades that were
    older than all that is kept.
    """

    def __init__(
        self, symbol: str, interval: str, keep: int = KEPT, since: int = 0, grace_ms: int = 0
    ) -> None:
        self.symbol, self.interval = symbol, interval
        self.too_late = 0
        self._length, self._keep, self._since, self._grace = INTERVALS[interval], keep, since, grace_ms
        self._now = 0
        self._bars: dict[int, Making] = {}
        self._times: list[int] = []
        self._open: set[int] = set()
        self._changed: set[int] = set()
        self._gaps: deque[tuple[int, int]] = deque(maxlen=GAPS_KEPT)

    def add(self, trade: Trade) -> None:
        """Put a trade into the bar of its time. A recap trade must not be given."""
        self._put(trade.time, trade.price, trade.size)

    def mark(self, mark: Mark) -> None:
        """Have a price that nobody traded at move the bar of its time; it is no trade, of no volume."""
        self._put(mark.time, mark.price, None)

    def take_back(self, trade: Trade, instead: Trade | None, held: Iterable[Trade]) -> bool:
        """Take a trade out of its bar, and the one `instead` of the same time into it, by making it anew of
        those that were `held`.

        False when these aren't all: the bar is `mixed` then until a seed completes it, if it is here at all.
        """
        making = self._bars.get(floor_time(trade.time, self.interval))
        if making is None:
            return False
        of_bar = [each for each in held if making.time <= each.time < making.end]
        rest = [instead if each is trade else each for each in of_bar]
        making.untail(tick_of(trade))
        place = self._times.index(making.time)
        before = self._bars[self._times[place - 1]].close if place else None
        whole = making.again(len(of_bar), [tick_of(each) for each in rest if each is not None], before)
        if not whole and instead is not None:
            making.add(*tick_of(instead))
        self._changed.add(making.time)
        return whole

    def doubt(self, at: int) -> None:
        """Note that something is wrong with the bar of a time: it is `mixed` until a seed completes it."""
        making = self._bars.get(floor_time(at, self.interval))
        if making is not None:
            making.miss(making.end)
            self._changed.add(making.time)

    def _put(self, at: int, price: float, size: float | None) -> None:
        time = floor_time(at, self.interval)
        making = self._at(time)
        if making is None:
            self.too_late += 1
            return
        if making.add(at, price, size):
            self._changed.add(time)
        self._close(at)

    def seed(self, bars: Iterable[Bar], as_of: int) -> None:
        """Take bars of the venue's history that hold all trades up to `as_of` (ms).

        A closed bar we knew nothing of does not come out of `take`: the caller has it already.
        """
        for given in bars:
            known = self._bars.get(given.time)
            making = known or self._at(given.time)
            if making is None or (known and not known.takes(as_of)):
                continue
            before = making.bar(self.symbol, self.interval) if known else None
            making.seed(given, as_of)
            if not making.closed and (given.closed or making.end + self._grace <= self._now):
                self._shut(making)
            after = making.bar(self.symbol, self.interval)
            if after != before and (known or not after.closed):
                self._changed.add(given.time)
            elif not known:
                self._changed.discard(given.time)

    def note_gap(self, start: int, end: int) -> None:
        """Note that the venue was not heard in [start, end): the bars it touches are `mixed` until seeded."""
        self._gaps.append((start, end))
        for time in reversed(self._times):
            making = self._bars[time]
            if making.end <= start:
                break
            if time < end:
                making.miss(min(end, making.end))
                self._changed.add(time)

    def close_until(self, now: int) -> None:
        """Close every bar whose end, with the grace, is not after `now`."""
        self._now = max(self._now, now)
        self._close(now)

    @property
    def has_changed(self) -> bool:
        """Whether `take` has anything to give."""
        return bool(self._changed)

    def take(self) -> list[Bar]:
        """Return the bars that changed since the last call, whole, oldest first."""
        if not self._changed:
            return []
        times = sorted(self._changed)
        self._changed.clear()
        return [self._bars[time].bar(self.symbol, self.interval) for time in times]

    def recent(self, count: int) -> list[Bar]:
        """Return the newest `count` bars, oldest first, the forming one last."""
        times = self._times[-count:] if count > 0 else []
        return [self._bars[time].bar(self.symbol, self.interval) for time in times]

    def _at(self, time: int) -> Making | None:
        """Return the bar that opens at `time`, a new one if need be, None when it is too old."""
        making = self._bars.get(time)
        if making:
            return making
        if len(self._times) >= self._keep:
            if time < self._times[0]:
                return None
            self._drop_oldest()
        making = self._bars[time] = Making(time, time + self._length, self._deaf(time))
        insort(self._times, time)
        if len(self._times) > 2:  # a seed comes within a bar or two, or it covers the bar whole
            self._bars[self._times[-3]].forget_tail()
        making.closed = making.end + self._grace <= self._now
        if not making.closed:
            self._open.add(time)
        return making

    def _deaf(self, time: int) -> int:
        """Return the time before which trades of the bar at `time` may have been missed, 0 for none."""
        end = time + self._length
        ends = [stop for start, stop in self._gaps if start < end and stop > time]
        return min(end, max([self._since if self._since > time else 0, *ends]))

    def _drop_oldest(self) -> None:
        oldest = self._times.pop(0)
        del self._bars[oldest]
        self._open.discard(oldest)
        self._changed.discard(oldest)

    def _close(self, now: int) -> None:
        for time in [time for time in self._open if time + self._length + self._grace <= now]:
            self._shut(self._bars[time])

    def _shut(self, making: Making) -> None:
        making.close_now()
        self._open.discard(making.time)
        self._changed.add(making.time)
