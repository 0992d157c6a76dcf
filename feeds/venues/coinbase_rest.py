"""Floor 2. Coinbase's names, and the answers of its REST service."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from feeds.market import Instrument
from feeds.symbols import parse_symbol
from feeds.venues.answers import answer_of, listed, status_of
from feeds.venues.values import price

LIMITS = ("trading_disabled", "cancel_only", "post_only", "limit_only")


@lru_cache(maxsize=4096)
def symbol_of(native: str) -> str:
    return parse_symbol(f"COINBASE:{native}")


def iso(time: int) -> str:
    return datetime.fromtimestamp(time / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rows_of(body: bytes) -> list[Any]:
    """Return the rows of a REST answer. Raises FeedError when it is no list."""
    return answer_of(body, list[Any], "Coinbase")


def read_product(row: Any) -> Instrument | None:
    """Return the instrument of one product, None for one that can't be named in our words."""
    try:
        native = str(row["id"] or "")
        symbol = symbol_of(native)
        tick = price(row.get("quote_increment"))
    except (LookupError, TypeError, ValueError, AttributeError):
        return None
    return listed(symbol, native, "crypto", tick, status_of(row, LIMITS))
