"""Floor 3. The stored catalogues of the venues: search and lists. What a venue no longer has is left out."""

from collections.abc import Sequence

from django.db import DEFAULT_DB_ALIAS

from feeds.market import Instrument
from feeds.query import rows
from feeds.recents import recent_symbols
from feeds.rows import DELISTED

INSTRUMENT_FIELDS = ("symbol", "base", "quote", "kind", "tick_size", "status", "title", "native", "identity")
COLUMNS = ", ".join(f'"{name}"' for name in INSTRUMENT_FIELDS)
WORDS_LOOKED_AT = 5

# A whole scan of 20,000 rows takes milliseconds and matches inside titles, which no index would.
SEARCH = (
    f'SELECT {COLUMNS} FROM feeds_instrument WHERE "status" <> %s {{venue}} {{among}} {{words}} '  # noqa: S608
    'ORDER BY CASE WHEN "symbol" = %s OR "name" = %s THEN 0 '
    "WHEN \"symbol\" LIKE %s ESCAPE '!' THEN 1 WHEN \"name\" LIKE %s ESCAPE '!' THEN 2 "
    "WHEN \"base\" LIKE %s ESCAPE '!' THEN 3 WHEN \"quote\" LIKE %s ESCAPE '!' THEN 4 ELSE 5 END, "
    'LENGTH("name"), "symbol" LIMIT %s'
)
WORD = "AND \"words\" LIKE %s ESCAPE '!'"
OF_VENUE = f'SELECT {COLUMNS} FROM feeds_instrument WHERE "venue" = %s AND "status" <> %s ORDER BY "symbol"'  # noqa: S608
SYMBOLS = 'SELECT "venue", "symbol" FROM feeds_instrument WHERE "status" <> %s'

RENAMED = 'SELECT "symbol", "renamed" FROM feeds_instrument WHERE "status" = %s AND "renamed" <> \'\''


def instrument_of(row: tuple) -> Instrument:
    """Return the instrument in a row of `COLUMNS`."""
    return Instrument(**dict(zip(INSTRUMENT_FIELDS, row, strict=True)))


def _literal(text: str) -> str:
    """Return a text in which LIKE finds no wildcard."""
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def used_instruments(owner: str, q: str, venue: str = "", using: str = DEFAULT_DB_ALIAS) -> list[Instrument]:
    """Return those that `search_instruments` would find which somebody used before, the newest first."""
    used = recent_symbols(owner, using)
    found = search_instruments(q, venue, len(used), using, used) if used else []
    return sorted(found, key=lambda each: used.index(each.symbol))


def search_instruments(
    q: str,
    venue: str = "",
    limit: int = 50,
    using: str = DEFAULT_DB_ALIAS,
    among: Sequence[str] | None = None,
) -> list[Instrument]:
    """Return the instruments that hold words beginning with each word of `q`, best first.

    Words are symbol, name, base, quote and those of the title. First comes the symbol or name itself, then
    the symbols, names, bases and quotes that begin so; among equals shorter names. An empty `q` lists all.
    With `among`, only these symbols are looked at.
    """
    typed = q.upper().replace("\0", "").split()[:WORDS_LOOKED_AT]
    whole = " ".join(typed)
    begins = _literal(whole) + "%"
    words = [f"% {_literal(word)}%" for word in typed]
    only = f'AND "symbol" IN ({", ".join(["%s"] * len(among))})' if among else ""
    of_venue = 'AND "venue" = %s' if venue else ""
    sql = SEARCH.format(venue=of_venue, among=only, words=" ".join([WORD] * len(words)))
    venues = [venue.upper()] if venue else []
    values = [DELISTED, *venues, *(among or ()), *words, whole, whole, begins, begins, begins, begins, limit]
    return [instrument_of(row) for row in rows(using, sql, values)]


def instruments_of(venue: str, using: str = DEFAULT_DB_ALIAS) -> list[Instrument]:
    """Return a venue's instruments by symbol."""
    return [instrument_of(row) for row in rows(using, OF_VENUE, [venue, DELISTED])]


def catalogue_symbols(using: str = DEFAULT_DB_ALIAS) -> dict[str, set[str]]:
    """Return the symbols of each venue whose catalogue is stored."""
    result: dict[str, set[str]] = {}
    for venue, symbol in rows(using, SYMBOLS, [DELISTED]):
        result.setdefault(venue, set()).add(symbol)
    return result


def renamed_symbols(using: str = DEFAULT_DB_ALIAS) -> dict[str, str]:
    """Return the symbols that venues gave up for others, and the others."""
    return dict(rows(using, RENAMED, [DELISTED]))
