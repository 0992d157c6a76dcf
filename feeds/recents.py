"""Floor 3. The symbols that somebody used last, kept for each user or browser; bounded, and forgotten."""

from collections.abc import Mapping

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.transaction import atomic

from feeds.query import rows, value

KEPT = 20  # symbols of one owner
FORGOTTEN = 90 * 86_400_000  # ms after which what wasn't used again is nobody's
MOST = 100_000  # symbols of all owners

NOTE = (
    'INSERT INTO feeds_recent ("owner", "symbol", "used") VALUES (%s, %s, %s) '
    'ON CONFLICT ("owner", "symbol") DO UPDATE SET "used" = excluded."used"'
)
TRIM = (
    'DELETE FROM feeds_recent WHERE "owner" = %s AND "symbol" NOT IN '
    '(SELECT "symbol" FROM feeds_recent WHERE "owner" = %s ORDER BY "used" DESC, "symbol" LIMIT %s)'
)
RECENT = 'SELECT "symbol" FROM feeds_recent WHERE "owner" = %s ORDER BY "used" DESC, "symbol" LIMIT %s'
EDGE = 'SELECT "used" FROM feeds_recent ORDER BY "used" DESC LIMIT 1 OFFSET %s'
FORGET = 'DELETE FROM feeds_recent WHERE "used" <= %s'


def note_used(used: Mapping[tuple[str, str], int], using: str = DEFAULT_DB_ALIAS) -> None:
    """Note when (ms) each of these (owner, symbol) was used; of an owner the newest are kept. Raises
    django.db.Error, and then nothing is noted."""
    with atomic(using=using), connections[using].cursor() as cursor:
        cursor.executemany(NOTE, [(owner, symbol, at) for (owner, symbol), at in used.items()])
        cursor.executemany(TRIM, [(owner, owner, KEPT) for owner in sorted({owner for owner, _ in used})])


def forget_unused(now: int, using: str = DEFAULT_DB_ALIAS) -> None:
    """Delete what was not used for months, and beyond a bound the oldest. Raises django.db.Error."""
    edge = value(using, EDGE, [MOST])
    with connections[using].cursor() as cursor:
        cursor.execute(FORGET, [max(now - FORGOTTEN, -1 if edge is None else edge)])


def recent_symbols(owner: str, using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Return the symbols that an owner used last, the newest first."""
    return [symbol for (symbol,) in rows(using, RECENT, [owner, KEPT])]
