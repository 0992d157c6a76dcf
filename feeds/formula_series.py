"""Floor 3. Stored bars as `feeds/series.py` reads them, and of a formula those its legs' stored bars make."""

from django.db import DEFAULT_DB_ALIAS

from feeds import series
from feeds.derived import bars_of
from feeds.market import Bar
from feeds.symbols import formula_of, is_formula, legs_of

WIDEST = 20_000  # bars of a leg that are read for a formula at the most


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

    At most `limit` (> 0) of them: the newest when `start` is None, else the first ones from there. Of a
    formula there may be fewer: a leg that trades day and night is read as far back as the others need, but
    not beyond 20,000 bars.
    """
    if not is_formula(symbol):
        return series.read_bars(symbol, interval, start, end, limit, now, using)
    wide = limit
    while True:
        legs = {leg: series.read_bars(leg, interval, start, end, wide, now, using) for leg in legs_of(symbol)}
        found = bars_of(formula_of(symbol), legs)
        if len(found) >= limit or wide >= WIDEST or all(len(bars) < wide for bars in legs.values()):
            return found[-limit:] if start is None else found[:limit]
        wide = min(4 * wide, WIDEST)


def parts(symbol: str, interval: str, start: int, end: int, using: str = DEFAULT_DB_ALIAS) -> list[Bar]:
    """Return the stored finer bars in [start, end) that make bars of `interval`, to seed a Rolling with."""
    if not is_formula(symbol):
        return series.parts(symbol, interval, start, end, using)
    legs = {leg: series.parts(leg, interval, start, end, using) for leg in legs_of(symbol)}
    return bars_of(formula_of(symbol), legs)


def first_time(symbol: str, interval: str, using: str = DEFAULT_DB_ALIAS) -> int | None:
    """Return the opening time (ms) of the oldest stored bar of one of the stored intervals, None of none; of
    a formula the time from which on all its legs may have bars."""
    firsts = [series.first_time(leg, interval, using) for leg in legs_of(symbol)]
    known = [first for first in firsts if first is not None]
    return max(known) if len(known) == len(firsts) else None
