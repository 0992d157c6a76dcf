"""Floor 2. Coinbase Advanced's names, its entries, and the answers of its REST service."""

from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct

from feeds.errors import BadSymbol, FeedError
from feeds.market import Bar, Instrument, Kind, Side, Trade
from feeds.symbols import parse_symbol
from feeds.venues.answers import answer_of, status_of
from feeds.venues.base import quoted
from feeds.venues.reading import Fields, bar, dustless
from feeds.venues.values import number, price, rfc3339

MARKET = "/api/v3/brokerage/market"  # the part of the service that needs no key
GRANULARITY = {"1m": "ONE_MINUTE", "1h": "ONE_HOUR", "1d": "ONE_DAY"}
KINDS: dict[Any, Kind] = {"SPOT": "crypto", "FUTURE": "future"}
AGGRESSOR: dict[Any, Side] = {"BUY": "sell", "SELL": "buy"}  # a trade names the side of the maker
LIMITS = ("is_disabled", "trading_disabled", "view_only", "cancel_only", "post_only", "limit_only")


class Entry(Struct):
    """One entry of an event: the fields of a ticker and of a trade, each where its channel has it."""

    product_id: Any = None
    price: Any = None
    best_bid: Any = None
    best_bid_quantity: Any = None
    best_ask: Any = None
    best_ask_quantity: Any = None
    high: Any = msgspec.field(name="high_24_h", default=None)
    low: Any = msgspec.field(name="low_24_h", default=None)
    volume: Any = msgspec.field(name="volume_24_h", default=None)
    percent: Any = msgspec.field(name="price_percent_chg_24_h", default=None)
    trade_id: Any = None
    size: Any = None
    time: Any = None
    side: Any = None


@lru_cache(maxsize=4096)
def symbol_of(native: str) -> str:
    if not isinstance(native, str):
        raise BadSymbol(f"a product is a text, not {type(native).__name__}")
    return parse_symbol(f"COINBASE_ADV:{native}")


def object_of(body: bytes) -> dict[str, Any]:
    """Return a REST answer. Raises FeedError when it is no object."""
    return answer_of(body, dict[str, Any], "Coinbase Advanced")


def list_of(body: bytes, name: str) -> list[Any]:
    """Return the rows under a name of a REST answer. Raises FeedError when there are none to be had."""
    rows = object_of(body).get(name)
    if not isinstance(rows, list):
        raise FeedError(f"Coinbase Advanced answered without {name}: {quoted(body)}")
    return rows


def read_product(row: Any) -> Instrument | None:
    """Return the instrument of one product, None for one that can't be named in our words."""
    try:
        native = str(row["product_id"] or "")
        symbol = symbol_of(native)
        tick = price(row.get("price_increment") or row.get("quote_increment"))
        base, quote = row.get("base_currency_id"), row.get("quote_currency_id")
        details = row.get("future_product_details") or {}
        base = base or details.get("contract_root_unit") or native.partition("-")[0]
        title = str(row.get("base_name") or row.get("display_name") or "")
    except (LookupError, TypeError, ValueError, AttributeError):
        return None
    return Instrument(
        symbol=symbol,
        base=str(base),
        quote=str(quote or "USD"),
        kind=KINDS.get(row.get("product_type"), "other"),
        tick_size=tick,
        status=status_of(row, LIMITS),
        native=native,
        title=title,
    )


def read_candle(row: Any, symbol: str, interval: str, now: int) -> Bar | None:
    """Return the bar of one candle; `start` is in seconds, as a text. The forming one is told too."""
    if not isinstance(row, dict):
        return None
    prices = (row.get("open"), row.get("high"), row.get("low"), row.get("close"))
    return bar(symbol, interval, row.get("start"), prices, row.get("volume"), now)


def entries_of(body: bytes) -> list[Entry]:
    """Return the trades of a REST answer as the stream writes them."""
    return [msgspec.convert(row, Entry) for row in list_of(body, "trades") if isinstance(row, dict)]


def read_trade(entry: Entry, fields: Fields, recap: bool) -> Trade | None:
    """Return a trade still without its symbol, None (and notices in `fields`) for one that is none."""
    side = AGGRESSOR.get(entry.side) if isinstance(entry.side, str) else None
    time = fields.need("time", rfc3339, entry.time)
    return fields.trade("", time, (entry.trade_id, entry.price, entry.size), side, recap)


def opening(last: float | None, percent: object) -> float | None:
    """Return the price of a day ago, from the newest one and the change since then in percent."""
    change = number(percent)
    if last is None or change is None or change <= -100.0:
        return None
    return price(dustless(last / (1.0 + change / 100.0), 10))
