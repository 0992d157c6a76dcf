"""Floor 3. Stored bars, read as the series of any interval.

`1s` and `1m` are rows as they are. `5s` … `30m` are rolled up from them by the database. `1h` are the stored
rows, and for hours without one the roll-up of their `1m`; `1d` the stored rows, and for days without one the
roll-up of the `1h` series; `4h` the roll-up of the `1h` series. The oldest bar of a roll-up is `mixed` when
our finer history begins in its middle. Nothing is invented: a time without rows has no bar.
"""

from django.db import DEFAULT_DB_ALIAS
from msgspec import Struct

from feeds.market import INTERVALS, Bar, floor_time, replace
from feeds.query import rows, value
from feeds.rollup import BASES, FINER, roll_up
from feeds.rows import LATEST_TIME

DIGITS = ".13g"  # of a volume: a sum of thousand floats is good for so many, and 3.9 stays 3.9
GAPS_ASKED = 16  # more stretches without a stored bar than this are asked for as one
HOURLY = "1h"

COLUMNS = '"time", "open", "high", "low", "close", "volume", "trades", "source"'
WHERE = 'WHERE "symbol" = %s AND "interval" = %s AND "time" >= %s AND "time" < %s'
STORED = f'SELECT {COLUMNS} FROM feeds_bar {WHERE} ORDER BY "time" {{order}} LIMIT %s'  # noqa: S608
NTH = f'SELECT "time" FROM feeds_bar {WHERE} ORDER BY "time" {{order}} LIMIT 1 OFFSET %s'  # noqa: S608
FIRST = 'SELECT MIN("time") FROM feeds_bar WHERE "symbol" = %s AND "interval" = %s'
LAST = f'SELECT "time", "close" FROM feeds_bar {WHERE} AND "source" <> \'hole\' ORDER BY "time" DESC LIMIT 1'  # noqa: S608
HOLE = f'SELECT MIN("time") FROM feeds_bar {WHERE} AND "source" = \'hole\''  # noqa: S608
WHOLE = f"SELECT \"time\" FROM feeds_bar {WHERE} AND \"source\" IN ('live', 'backfill')"  # noqa: S608
ROLLED = f"""
WITH rolled AS (
    SELECT "time" - "time" %% {{length}} AS bucket, MIN("time") AS opens, MAX("time") AS closes,
        MAX("high") AS high, MIN("low") AS low, SUM("volume") AS volume,
        CASE WHEN COUNT("trades") = COUNT(*) THEN SUM("trades") END AS trades,
        CASE WHEN MIN("source") = MAX("source") THEN MIN("source") ELSE 'mixed' END AS source
    FROM feeds_bar {WHERE} GROUP BY bucket ORDER BY bucket {{order}} LIMIT %s
)
SELECT rolled.bucket, first."open", rolled.high, rolled.low, last."close",
    rolled.volume, rolled.trades, rolled.source
FROM rolled
JOIN feeds_bar first ON first."symbol" = %s AND first."interval" = %s AND first."time" = rolled.opens
JOIN feeds_bar last ON last."symbol" = %s AND last."interval" = %s AND last."time" = rolled.closes
ORDER BY rolled.bucket {{order}}
"""  # noqa: S608
ASKED = """
    SELECT "since", "until" FROM feeds_asked
    WHERE "symbol" = %s AND "interval" = %s AND "since" < %s AND "until" > %s ORDER BY "since"
"""


class _Ask(Struct, frozen=True, kw_only=True):
    """Bars of a symbol that open in [low, high): the newest `limit`, or the first ones."""

    symbol: str
    low: int
    high: int
    limit: int
    newest: bool
    now: int
    using: str

    @property
    def order(self) -> str:
        return "DESC" if self.newest else "ASC"

    def cut(self, bars: list[Bar]) -> list[Bar]:
        """Return the `limit` bars that were asked for, of bars oldest first."""
        return bars[-self.limit :] if self.newest else bars[: self.limit]

    def widened(self, interval: str) -> "_Ask":
        """Return the question for all the finer bars that make these bars of `interval`.

        A bar has at most as many parts as fit, so that many times `limit` parts hold `limit` whole bars,
        and what they hold only a part of lies beyond the limit.
        """
        length, finer = INTERVALS[interval], INTERVALS[FINER[interval]]
        low, high = -(-self.low // length) * length, -(-self.high // length) * length
        return replace(self, low=low, high=high, limit=self.limit * (length // finer))


def read_bars(
    symbol: str,
    interval: str,
    start: int | None,
    end: int | None,
    limit: int,
    now: int,
    using: str = DEFAULT_DB_ALIAS,
) -> list[Bar]:
    """Return bars of any interval that open in [start, end) ms, oldest first; closed when they end by `now`.

    At most `limit` (> 0) of them: the newest when `start` is None, else the first ones from there.
    """
    ask = _Ask(
        symbol=symbol,
        low=max(start or 0, 0),
        high=LATEST_TIME if end is None else min(end, LATEST_TIME),
        limit=limit,
        newest=start is None,
        now=now,
        using=using,
    )
    return _series(ask, interval)


def parts(symbol: str, interval: str, start: int, end: int, using: str = DEFAULT_DB_ALIAS) -> list[Bar]:
    """Return the stored finer bars in [start, end) that make bars of `interval`, to seed a Rolling with.

    They don't overlap: `1m` where no `1h` is stored. The first is `mixed` when nothing older is known, so
    that the bar made of them is, too.
    """
    ask = _Ask(
        symbol=symbol, low=start, high=end, limit=LATEST_TIME, newest=False, now=LATEST_TIME, using=using
    )
    if FINER[interval] != HOURLY:
        return _edged(ask, _stored(ask, FINER[interval]), interval)
    hours = {bar.time: bar for bar in _stored(ask, HOURLY)}
    minutes = [bar for bar in _stored(ask, "1m") if floor_time(bar.time, HOURLY) not in hours]
    return _edged(ask, sorted([*hours.values(), *minutes], key=lambda bar: bar.time), interval)


def first_time(symbol: str, interval: str, using: str = DEFAULT_DB_ALIAS) -> int | None:
    """Return the opening time (ms) of the oldest stored bar of one of the stored intervals, None of none."""
    return value(using, FIRST, [symbol, interval])


def known_until(
    symbol: str, interval: str, before: int, since: int = 0, using: str = DEFAULT_DB_ALIAS
) -> tuple[int, float] | None:
    """Return opening time (ms) and close of the newest bar stored without a hole before it, None of none.

    Of those that open before `before`, for what we heard since may already be stored; holes are looked for
    from `since` on.
    """
    hole = value(using, HOLE, [symbol, interval, since, before])
    found = rows(using, LAST, [symbol, interval, 0, before if hole is None else hole])
    return found[0] if found else None


def stored_times(
    symbol: str, interval: str, start: int, end: int, using: str = DEFAULT_DB_ALIAS
) -> frozenset[int]:
    """Return the opening times (ms) of the whole bars stored in [start, end): those heard or told in full."""
    return frozenset(time for (time,) in rows(using, WHOLE, [symbol, interval, start, end]))


def asked_before(
    symbol: str, interval: str, start: int, end: int, using: str = DEFAULT_DB_ALIAS
) -> list[tuple[int, int]]:
    """Return the stretches [since, until) ms that meet [start, end) and that the venue told, in order."""
    return [(since, until) for since, until in rows(using, ASKED, [symbol, interval, end, start])]


def _series(ask: _Ask, interval: str) -> list[Bar]:
    if interval not in FINER:
        return _stored(ask, interval)
    return _overlaid(ask, interval) if interval in BASES else _made(ask, interval)


def _overlaid(ask: _Ask, interval: str) -> list[Bar]:
    """Return the stored bars, and where there is none the ones made of finer bars."""
    stored = _stored(ask, interval)
    bars = {bar.time: bar for gap in _gaps(ask, interval, stored) for bar in _made(gap, interval)}
    bars |= {bar.time: bar for bar in stored}
    return ask.cut([bars[time] for time in sorted(bars)])


def _gaps(ask: _Ask, interval: str, stored: list[Bar]) -> list[_Ask]:
    """Return the questions for the stretches without a stored bar in which finer ones may be."""
    known = _known_from(ask, FINER[interval])
    if known is None:
        return []
    low, high = max(ask.low, floor_time(known, interval)), ask.high
    if len(stored) >= ask.limit:
        low, high = (max(low, stored[0].time), high) if ask.newest else (low, stored[-1].end)
    gaps, begin = [], low
    for bar in stored:
        if bar.time > begin:
            gaps.append((begin, bar.time))
        begin = max(begin, bar.end)
    gaps += [(begin, high)] if begin < high else []
    return [replace(ask, low=a, high=b) for a, b in (gaps if len(gaps) <= GAPS_ASKED else [(low, high)])]


def _made(ask: _Ask, interval: str) -> list[Bar]:
    """Return the bars of `interval` made of finer ones alone."""
    if FINER[interval] == HOURLY:
        bars = ask.cut(roll_up(_series(ask.widened(interval), HOURLY), interval, ask.now))
    else:
        bars = _rolled(ask, interval)
    return _edged(ask, bars, interval)


def _edged(ask: _Ask, bars: list[Bar], interval: str) -> list[Bar]:
    """Mark the first bar `mixed` when our finer bars begin in the middle of its bar of `interval`."""
    if bars:
        known = _known_from(ask, FINER[interval])
        if known is not None and floor_time(bars[0].time, interval) < known:
            bars[0] = replace(bars[0], source="mixed")
    return bars


def _known_from(ask: _Ask, finer: str) -> int | None:
    """Return since when there are bars of `finer`, or finer ones that make them."""
    bases = (finer, "1m") if finer == HOURLY else (finer,)
    firsts = [first_time(ask.symbol, base, ask.using) for base in bases]
    return min((first for first in firsts if first is not None), default=None)


# --------------------------------------------------------------------------- SQL
def _stored(ask: _Ask, interval: str) -> list[Bar]:
    values = [ask.symbol, interval, ask.low, ask.high, ask.limit]
    return _bars(ask, interval, rows(ask.using, STORED.format(order=ask.order), values))


def _rolled(ask: _Ask, interval: str) -> list[Bar]:
    """Return bars of `interval` that the database makes of stored ones, from few more rows than it must."""
    length, finer, wide = INTERVALS[interval], FINER[interval], ask.widened(interval)
    series, low, high = [ask.symbol, finer], wide.low, wide.high
    nth = value(ask.using, NTH.format(order=ask.order), [*series, low, high, wide.limit - 1])
    if nth is not None:
        edge = floor_time(nth, interval)
        low, high = (edge, high) if ask.newest else (low, edge + length)
    values = [*series, low, high, ask.limit, *series, *series]
    found = rows(ask.using, ROLLED.format(length=length, order=ask.order), values)
    return _bars(ask, interval, [(*row[:5], float(f"{row[5]:{DIGITS}}"), *row[6:]) for row in found])


def _bars(ask: _Ask, interval: str, found: list[tuple]) -> list[Bar]:
    """Return rows of `COLUMNS`, which come in the order asked for, as bars oldest first."""
    length = INTERVALS[interval]
    return [
        Bar(
            symbol=ask.symbol,
            interval=interval,
            time=time,
            open=open_,
            high=high,
            low=low,
            close=close,
            volume=volume,
            trades=None if trades is None else int(trades),
            closed=time + length <= ask.now,
            source=source,
        )
        for time, open_, high, low, close, volume, trades, source in (
            reversed(found) if ask.newest else found
        )
    ]
