"""Floor 2. Binance's names, and the answers of its REST service."""

from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Raw, Struct

from feeds.errors import FeedError
from feeds.market import Bar, Instrument, replace
from feeds.symbols import parse_symbol
from feeds.venues.base import Event, quoted
from feeds.venues.reading import Fields, bar, millis, split_pair
from feeds.venues.values import price

DELISTED = "delisted"
QUOTES = (
    "USDT", "USDC", "FDUSD", "RLUSD", "TUSD", "BUSD", "USD1", "USDE", "USDP", "USDS", "USD", "DAI", "UST",
    "PAX", "VAI", "BTC", "ETH", "BNB", "XRP", "TRX", "DOGE", "DOT", "SOL", "EUR", "EURI",
    "GBP", "AUD", "TRY", "BRL", "ARS", "MXN", "COP", "CZK", "PLN", "RON", "UAH", "RUB", "ZAR",
    "JPY", "IDR", "IDRT", "BIDR", "BKRW", "BVND", "GYEN", "NGN",
)  # fmt: skip
COUNTRY = "not served to this country (HTTP 403)"


class Filter(Struct):
    tick_size: Any = msgspec.field(name="tickSize", default=None)


class Product(Struct, rename="camel"):
    """One symbol of the catalogue."""

    symbol: str
    base_asset: str
    quote_asset: str
    status: str = ""
    filters: list[Filter] = []


class Catalogue(Struct):
    symbols: list[Raw]


class State(Struct, rename="camel"):
    """The answer of ticker/24hr for one symbol."""

    close_time: Any = None
    last_price: Any = None
    last_qty: Any = None
    bid_price: Any = None
    bid_qty: Any = None
    ask_price: Any = None
    ask_qty: Any = None
    open_price: Any = None
    high_price: Any = None
    low_price: Any = None
    volume: Any = None


class Refusal(Struct):
    code: int
    msg: str = ""


catalogue_decoder = msgspec.json.Decoder(Catalogue)
product_decoder = msgspec.json.Decoder(Product)
state_decoder = msgspec.json.Decoder(State)
refusal_decoder = msgspec.json.Decoder(Refusal)
rows_decoder = msgspec.json.Decoder(list[Raw])


@lru_cache(maxsize=16384)
def symbol_of(venue: str, native: str, quotes: tuple[str, ...]) -> str:
    """Return our symbol of a code that was never asked for. Raises ValueError when it is no spot code."""
    base, quote = split_pair(native, quotes)
    return parse_symbol(f"{venue}:{base}-{quote}")


def rows_of(body: bytes) -> list[Raw]:
    """Return the rows of an answer. Raises FeedError when it is none: an error comes as an object."""
    try:
        return rows_decoder.decode(body)
    except (msgspec.DecodeError, ValueError):
        raise refusal_of(body) or FeedError(f"Binance answered with no list: {quoted(body)}") from None


def read_catalogue(body: bytes, venue: str) -> list[Instrument]:
    """Return the instruments. A symbol in a break while others trade has been taken off; in a maintenance
    all of them are in a break, and come back."""
    try:
        products = [made for row in catalogue_decoder.decode(body).symbols if (made := product(row))]
    except (msgspec.DecodeError, ValueError):
        raise refusal_of(body) or FeedError(f"Binance answered with no symbols: {quoted(body)}") from None
    open_ = any(each.status == "TRADING" for each in products)
    return [known for each in products if (known := instrument(each, venue, open_))]


def product(row: Raw) -> Product | None:
    try:
        return product_decoder.decode(row)
    except (msgspec.DecodeError, ValueError):
        return None


def instrument(product: Product, venue: str, open_: bool) -> Instrument | None:
    """Return the instrument of a product, None for one that can't be named in our words (not ASCII)."""
    status = {"TRADING": "online", "BREAK": DELISTED if open_ else "break"}.get(product.status)
    try:
        return Instrument(
            symbol=parse_symbol(f"{venue}:{product.base_asset}-{product.quote_asset}"),
            base=product.base_asset,
            quote=product.quote_asset,
            kind="crypto",
            tick_size=next((price(each.tick_size) for each in product.filters if each.tick_size), None),
            status=status or product.status.lower() or "online",
            native=product.symbol,
        )
    except ValueError:
        return None


def read_row(row: Raw, symbol: str, interval: str, now: int) -> Bar | None:
    """Return the bar of [open ms, open, high, low, close, volume, close ms, quote volume, trades, …].

    The last row is the forming one; a row without trades is a quiet interval and no bar.
    """
    try:
        cells = msgspec.json.decode(row, type=list[Any])
        time, opened, high, low, close, volume, _, _, count = cells[:9]
    except (msgspec.DecodeError, ValueError):
        return None
    if not isinstance(count, int) or count < 1:
        return None
    made = bar(symbol, interval, time, (opened, high, low, close), volume, now, per_second=1000)
    return made and replace(made, trades=count)


def read_state(body: bytes, symbol: str, received: int) -> list[Event]:
    """Return the quote of a poll's answer. Raises FeedError when it is none."""
    try:
        told = state_decoder.decode(body)
    except (msgspec.DecodeError, ValueError):
        raise FeedError(f"Binance answered with no price: {quoted(body)}") from None
    if told.last_price is None:
        raise refusal_of(body) or FeedError(f"Binance answered with no price: {quoted(body)}")
    fields = Fields("poll", symbol)
    time = fields.read("time", millis, told.close_time)
    figures = {"last": told.last_price, "size": told.last_qty, "volume": told.volume, "open": told.open_price}
    best = {"bid": told.bid_price, "bid_size": told.bid_qty, "ask": told.ask_price, "ask_size": told.ask_qty}
    return fields.quote(symbol, received, time, **figures, **best, high=told.high_price, low=told.low_price)


def refusal_of(body: bytes) -> FeedError | None:
    """Return the error that a body of {"code":…,"msg":…} is, None for any other body."""
    try:
        refusal = refusal_decoder.decode(body)
    except (msgspec.DecodeError, ValueError):
        return None
    reason = f"Binance: {quoted(refusal.msg)} ({refusal.code})"
    if refusal.code == -1003:  # too many requests, or banned until a time that only its text tells
        return FeedError(reason, retry_after=900.0 if "banned" in refusal.msg else 60.0)
    return FeedError(reason, terminal=refusal.code <= -1100)  # -11xx: what was asked for is wrong


def explain(status: int, body: bytes) -> FeedError | None:
    """Return the meaning of an answer that is not 200; CloudFront's page names the country as the reason."""
    if status == 451 or status >= 500:
        return None
    if status == 403 and b"block access from your country" in body:
        return FeedError(COUNTRY, retry_after=900.0, terminal=True)
    return refusal_of(body)
