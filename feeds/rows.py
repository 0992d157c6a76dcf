"""Floor 3. The SQL of the bar store, the same for SQLite and PostgreSQL, and what becomes a row and back.

Who may replace whom is decided in the UPSERT itself, by the order of `feeds.making.RANKS`: live replaces
anything, a backfill bar anything but a live one, a mixed one only mixed ones and holes.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.transaction import atomic

from feeds.errors import BadSymbol
from feeds.making import RANKS
from feeds.market import INTERVALS, Bar, Instrument, heirs, is_price, is_size
from feeds.rollup import BASES
from feeds.symbols import parse_symbol

LATEST_TIME = 2**53  # beyond it a browser can't tell two milliseconds apart
PRUNED_AT_ONCE = 5_000
DELISTED = "delisted"

BAR_COLUMNS = '"symbol", "interval", "time", "open", "high", "low", "close", "volume", "trades", "source"'
BAR_UPDATES = ", ".join(
    f'"{name}" = excluded."{name}"' for name in ("open", "high", "low", "close", "volume", "trades", "source")
)


def _rank(column: str) -> str:
    whens = " ".join(f"WHEN '{source}' THEN {rank}" for source, rank in RANKS.items())
    return f"CASE {column} {whens} ELSE 0 END"


UPSERT_BAR = (  # made of the constants above, as all SQL here
    f"INSERT INTO feeds_bar ({BAR_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) "  # noqa: S608
    f'ON CONFLICT ("symbol", "interval", "time") DO UPDATE SET {BAR_UPDATES} '
    f"WHERE {_rank('excluded.source')} >= {_rank('feeds_bar.source')}"
)

INSTRUMENT_NAMES = (
    "symbol", "base", "quote", "kind", "tick_size", "status", "title", "native",
    "identity", "venue", "name", "words", "seen", "renamed",
)  # fmt: skip
INSTRUMENT_COLUMNS = ", ".join(f'"{name}"' for name in INSTRUMENT_NAMES)
UPSERT_INSTRUMENT = (
    f"INSERT INTO feeds_instrument ({INSTRUMENT_COLUMNS}) "  # noqa: S608
    f'VALUES ({", ".join(["%s"] * len(INSTRUMENT_NAMES))}) ON CONFLICT ("symbol") DO UPDATE SET '
    + ", ".join(f'"{name}" = excluded."{name}"' for name in INSTRUMENT_NAMES[1:])
)
LISTED_FIELDS = ("symbol", "base", "quote", "kind", "native", "identity")
LOST = (
    f"SELECT {', '.join(LISTED_FIELDS)} FROM feeds_instrument "  # noqa: S608
    'WHERE "venue" = %s AND "status" = %s AND "renamed" = \'\''
)
RENAME = 'UPDATE feeds_instrument SET "renamed" = %s WHERE "symbol" = %s'
DELIST = 'UPDATE feeds_instrument SET "status" = %s WHERE "venue" = %s AND "seen" <> %s AND "status" <> %s'

# The interval stands in the text, for only then is the index of the 1s bars used.
PRUNE = (
    'DELETE FROM feeds_bar WHERE "id" IN '
    '(SELECT "id" FROM feeds_bar WHERE "interval" = \'1s\' AND "time" < %s LIMIT %s)'
)


DOUBT = """
    UPDATE feeds_bar SET "source" = 'mixed'
    WHERE "symbol" = %s AND "interval" IN ('1s', '1m') AND "source" = 'live' AND "time" >= %s AND "time" < %s
"""
CLEAR_HOLES = """
    DELETE FROM feeds_bar WHERE "symbol" = %s AND "interval" = '1m'
    AND "source" = 'hole' AND "time" >= %s AND "time" < %s
"""
TOUCHED = 'WHERE "symbol" = %s AND "interval" = %s AND "since" <= %s AND "until" >= %s'
TOUCHING = f'SELECT MIN("since"), MAX("until") FROM feeds_asked {TOUCHED}'  # noqa: S608
FORGET = f"DELETE FROM feeds_asked {TOUCHED}"  # noqa: S608
NOTE = 'INSERT INTO feeds_asked ("symbol", "interval", "since", "until") VALUES (%s, %s, %s, %s)'


def storable(bar: Bar) -> bool:
    """Tell whether the store takes a bar: closed, of a stored interval and on its grid, of real numbers."""
    prices = (bar.open, bar.high, bar.low, bar.close)
    return (
        bar.closed
        and bar.interval in BASES
        and 0 <= bar.time < LATEST_TIME
        and bar.time % INTERVALS[bar.interval] == 0
        and all(is_price(price) for price in prices)
        and is_size(bar.volume)
        and _is_symbol(bar.symbol)
    )


@lru_cache(maxsize=4096)
def _is_symbol(text: str) -> bool:
    try:
        return parse_symbol(text) == text
    except BadSymbol:
        return False


def bar_row(bar: Bar) -> tuple[object, ...]:
    """Return the values of `BAR_COLUMNS`."""
    numbers = (bar.open, bar.high, bar.low, bar.close, bar.volume, bar.trades)
    return (bar.symbol, bar.interval, bar.time, *numbers, bar.source)


def _plain(text: str, most: int) -> str:
    """Return a venue's text as any database takes it: no NUL, nothing that isn't a character, cut."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")[:most]


def instrument_row(instrument: Instrument, seen: int) -> tuple[object, ...] | None:
    """Return the values of `INSTRUMENT_COLUMNS`, None for an instrument whose symbol is none."""
    if not _is_symbol(instrument.symbol):
        return None
    base, quote = _plain(instrument.base, 32), _plain(instrument.quote, 32)
    title = _plain(instrument.title, 200)
    typed = re.sub(r"\W", "", instrument.name)  # BTCUSD, as many type it
    names = (instrument.symbol, instrument.name, typed, base, quote, *re.findall(r"\w+", title))
    words = "".join(f" {word}" for word in dict.fromkeys(name.upper() for name in names))
    return (
        instrument.symbol,
        base,
        quote,
        instrument.kind,
        instrument.tick_size,
        _plain(instrument.status, 32),
        title,
        _plain(instrument.native, 64),
        _plain(instrument.identity, 64),
        instrument.venue,
        instrument.name,
        words,
        seen,
        "",
    )


def write_bars(connection: BaseDatabaseWrapper, bars: Sequence[Bar]) -> None:
    """Upsert bars in one transaction. Raises django.db.Error, and then none is written."""
    with atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.executemany(UPSERT_BAR, [bar_row(bar) for bar in bars])


def write_instruments(
    connection: BaseDatabaseWrapper, venue: str, instruments: Sequence[Instrument], seen: int
) -> None:
    """Upsert a venue's catalogue, mark what it no longer has as delisted, and note what is only called
    otherwise now, in one transaction."""
    rows = [row for row in (instrument_row(instrument, seen) for instrument in instruments) if row]
    if not rows:
        return
    with atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.executemany(UPSERT_INSTRUMENT, rows)
        cursor.execute(DELIST, [DELISTED, venue, seen, DELISTED])
        if cursor.rowcount > 0:
            cursor.execute(LOST, [venue, DELISTED])
            lost = [Instrument(**dict(zip(LISTED_FIELDS, row, strict=True))) for row in cursor.fetchall()]
            renamed = heirs(lost, instruments)
            cursor.executemany(RENAME, [(new, old) for old, new in renamed.items()])


def doubt(connection: BaseDatabaseWrapper, symbol: str, start: int, end: int) -> None:
    """Say of the stored fine bars in [start, end) ms that a part was not heard. Raises django.db.Error."""
    with connection.cursor() as cursor:
        cursor.execute(DOUBT, [symbol, start, end])


def clear_holes(connection: BaseDatabaseWrapper, symbol: str, start: int, end: int) -> None:
    """Delete the minutes of [start, end) ms that were said to be missing. Raises django.db.Error."""
    with connection.cursor() as cursor:
        cursor.execute(CLEAR_HOLES, [symbol, start, end])


def note_asked(connection: BaseDatabaseWrapper, symbol: str, interval: str, since: int, until: int) -> None:
    """Note that a venue has told all of [since, until) ms, joined with what it told before and after it.
    Raises django.db.Error."""
    with atomic(using=connection.alias), connection.cursor() as cursor:
        touched = [symbol, interval, until, since]
        cursor.execute(TOUCHING, touched)
        first, last = cursor.fetchone()
        cursor.execute(FORGET, touched)
        whole = (since, until) if first is None else (min(first, since), max(last, until))
        cursor.execute(NOTE, [symbol, interval, *whole])


def prune_seconds(connection: BaseDatabaseWrapper, before: int) -> int:
    """Delete the 1s bars that open before a time (ms), some thousand a transaction; return how many."""
    pruned = 0
    while True:
        with atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(PRUNE, [before, PRUNED_AT_ONCE])
            count = cursor.rowcount
        pruned += count
        if count < PRUNED_AT_ONCE:
            return pruned
