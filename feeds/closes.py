"""Floor 3. The closes of many symbols at once, from stored bars: what a line of a day is drawn of.

One statement for all of them. For each stretch it takes one step into the index of the bars, to the newest
stored minute; reading every minute of the day would cost ten times as much.
"""

from collections.abc import Sequence

from django.db import DEFAULT_DB_ALIAS

from feeds.derived import tidy
from feeds.formulas import value_of
from feeds.market import INTERVALS, floor_time
from feeds.query import rows
from feeds.symbols import formula_of, is_formula, legs_of

# An hour that ends with a stretch tells its close where no minute is stored.
CLOSES = """
WITH RECURSIVE stretch(begin) AS (
    SELECT CAST(%s AS BIGINT) UNION ALL SELECT begin + %s FROM stretch WHERE begin + %s < %s
), wanted(symbol) AS (VALUES {values})
SELECT wanted.symbol, stretch.begin, COALESCE(
    (SELECT "close" FROM feeds_bar WHERE "symbol" = wanted.symbol AND "interval" = '1m'
        AND "time" >= stretch.begin AND "time" < stretch.begin + %s AND "source" <> 'hole'
        ORDER BY "time" DESC LIMIT 1),
    (SELECT "close" FROM feeds_bar WHERE "symbol" = wanted.symbol AND "interval" = '1h'
        AND "time" = stretch.begin + %s AND "source" <> 'hole'))
FROM wanted CROSS JOIN stretch
"""

Closes = list[float | None]


def read_closes(
    symbols: Sequence[str], interval: str, since: int, until: int, using: str = DEFAULT_DB_ALIAS
) -> dict[str, Closes]:
    """Return for each symbol the close of every stretch of `interval` (`5m` … `1h`) from that of `since` (ms)
    to the one before `until`, None where nothing is stored. A formula's are those that its legs' closes make.
    """
    legs = sorted({leg for symbol in symbols for leg in legs_of(symbol)})
    length, first = INTERVALS[interval], floor_time(since, interval)
    count = max(0, -(-(until - first) // length))
    found: dict[str, Closes] = {leg: [None] * count for leg in legs}
    if not legs or not count:
        return {symbol: [] for symbol in symbols}
    sql = CLOSES.format(values=", ".join(["(%s)"] * len(legs)))
    values = [first, length, length, until, *legs, length, length - INTERVALS["1h"]]
    for leg, begin, close in rows(using, sql, values):
        found[leg][(begin - first) // length] = close
    return {symbol: _made(symbol, found) if is_formula(symbol) else found[symbol] for symbol in symbols}


def _made(symbol: str, found: dict[str, Closes]) -> Closes:
    """Return the closes that a formula has where all its legs have one."""
    legs, formula = legs_of(symbol), formula_of(symbol)
    made: Closes = []
    for closes in zip(*(found[leg] for leg in legs), strict=True):
        prices = {leg: close for leg, close in zip(legs, closes, strict=True) if close is not None}
        value = value_of(formula, prices) if len(prices) == len(legs) else None
        made.append(None if value is None else tidy(value))
    return made
