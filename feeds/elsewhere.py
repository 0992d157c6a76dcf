"""Floor 3. The same asset on other venues, from their stored catalogues."""

from collections.abc import Sequence

from django.db import DEFAULT_DB_ALIAS

from feeds.catalogue import COLUMNS, instrument_of
from feeds.market import Instrument
from feeds.query import rows
from feeds.rows import DELISTED

MOST = 30

SAME_MONEY = (
    ("USD", "USDT", "USDC", "FDUSD", "TUSD", "PYUSD", "USDP", "GUSD", "RLUSD", "USD1", "USDS", "DAI"),
    ("EUR", "EURC", "EURT", "EURI", "EURR", "EURQ"),
    ("GBP", "GBPT"),
)
"""Quotes that are one money, in itself or as a token of it."""

SAME_KIND = (("share", "fund"), ("crypto", "fx"))
"""Kinds that venues don't tell apart in the same way; a share and a coin of one name are two assets."""

FACTS = 'SELECT "base", "quote", "kind" FROM feeds_instrument WHERE "symbol" = %s'
SAME = (
    f'SELECT {COLUMNS} FROM feeds_instrument WHERE "base" = %s AND "quote" IN ({{quotes}}) '  # noqa: S608
    'AND "kind" IN ({kinds}) AND "venue" IN ({venues}) AND "status" <> %s '
    'ORDER BY CASE WHEN "symbol" = %s THEN 0 WHEN "quote" = %s THEN 1 ELSE 2 END, "venue", "symbol" LIMIT %s'
)


def alike(word: str, families: Sequence[Sequence[str]]) -> Sequence[str]:
    """Return the family that a word is of, or the word alone."""
    return next((family for family in families if word in family), (word,))


def same_asset(
    symbol: str, venues: Sequence[str], limit: int = MOST, using: str = DEFAULT_DB_ALIAS
) -> list[Instrument]:
    """Return the instruments of the base of `symbol` in its money on these venues: itself first, then those
    with its very quote. None where its base or quote isn't known."""
    facts = rows(using, FACTS, [symbol])
    if not facts or not venues or not all(facts[0]):
        return []
    base, quote, kind = facts[0]
    quotes, kinds = alike(quote, SAME_MONEY), alike(kind, SAME_KIND)
    places = {"quotes": quotes, "kinds": kinds, "venues": venues}
    sql = SAME.format(**{name: ", ".join(["%s"] * len(words)) for name, words in places.items()})
    values = [base, *quotes, *kinds, *venues, DELISTED, symbol, quote, limit]
    return [instrument_of(row) for row in rows(using, sql, values)]
