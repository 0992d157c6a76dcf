"""Floor 2. Coinbase's names, and the answers of its REST service."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec

from feeds.errors import FeedError
from feeds.market import Instrument
from feeds.symbols import parse_symbol
from feeds.venues.base import price, quoted


@lru_cache(maxsize=4096)
def symbol_of(native: str) -> str:
    return parse_symbol(f"COINBASE:{native}")


def iso(time: int) -> str:
    return datetime.fromtimestamp(time / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rows_of(body: bytes) -> list[Any]:
    """Return the rows of a REST answer. Raises FeedError when it is no list."""
    try:
        return msgspec.json.decode(body, type=list[Any])
    except (msgspec.DecodeError, ValueError):
        raise FeedError(f"Coinbase answered with no list: {quoted(body)}") from None


def read_product(row: Any) -> Instrument | None:
    """Return the instrument of one product, None for one that can't be named in our words."""
    try:
        native = str(row["id"] or "")
        symbol = symbol_of(native)
        tick = price(row.get("quote_increment"))
        base, quote = str(row["base_currency"]), str(row["quote_currency"])
    except (LookupError, TypeError, ValueError, AttributeError):
        return None
    return Instrument(
        symbol=symbol,
        base=base,
        quote=quote,
        kind="crypto",
        tick_size=tick,
        status=product_status(row),
        native=native,
    )


def product_status(row: dict[str, Any]) -> str:
    status = str(row.get("status") or "online")
    if status != "online":
        return status
    limits = ("trading_disabled", "cancel_only", "post_only", "limit_only")
    return next((limit for limit in limits if row.get(limit) is True), "online")
