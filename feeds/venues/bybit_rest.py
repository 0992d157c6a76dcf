"""Floor 2. Bybit's names, and the answers of its REST service, which are HTTP 200 for an error too."""

from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Raw, Struct, field

from feeds.errors import FeedError
from feeds.market import Bar, Instrument, Kind, Side, Trade
from feeds.symbols import parse_symbol
from feeds.venues.base import Event, quoted
from feeds.venues.lax import loose
from feeds.venues.reading import Fields, bar_of, millis, split_pair
from feeds.venues.values import price

QUOTES = (
    "USDT", "USDC", "USDE", "USD1", "USDQ", "USDR", "RLUSD", "DAI", "BTC", "ETH", "SOL", "MNT", "EUR", "BRL",
    "PLN", "TRY",
)  # fmt: skip
SIDES: dict[str, Side] = {"Buy": "buy", "Sell": "sell"}  # of the taker
BUSY = {10006, 10018}
WRONG = {10001, 170121}  # parameters, or a symbol that there isn't


class PriceFilter(Struct):
    tickSize: Any = None


class Product(Struct):
    """One row of instruments-info."""

    symbol: str
    baseCoin: str
    quoteCoin: str
    status: str = ""
    symbolType: str = ""
    priceFilter: PriceFilter | None = None


class State(Struct):
    """One row of tickers: the answer to a poll."""

    lastPrice: float | None = None
    bid1Price: float | None = None
    bid1Size: float | None = None
    ask1Price: float | None = None
    ask1Size: float | None = None
    prevPrice24h: float | None = None
    highPrice24h: float | None = None
    lowPrice24h: float | None = None
    volume24h: float | None = None


class Done(Struct):
    """One row of recent-trade."""

    execId: Any = None
    price: Any = None
    size: Any = None
    side: str = ""
    time: Any = None


class Result(Struct):
    rows: list[Raw] = field(name="list", default_factory=list)


class Refusal(Struct):
    retCode: int
    retMsg: str = ""


class Answer(Refusal):
    result: Result = field(default_factory=Result)
    time: Any = None


ROW = (0, 1, 2, 3, 4, 5)
row_decoder = msgspec.json.Decoder(list[str])
answer_decoder = msgspec.json.Decoder(Answer)
refusal_decoder = msgspec.json.Decoder(Refusal)
product_decoder = msgspec.json.Decoder(Product)
state_decoder = msgspec.json.Decoder(loose(State))
done_decoder = msgspec.json.Decoder(Done)


@lru_cache(maxsize=4096)
def symbol_of(native: str) -> str:
    """Return our symbol of a code that was never asked for. Raises ValueError when it is no spot code."""
    base, quote = split_pair(native, QUOTES)
    return parse_symbol(f"BYBIT:{base}-{quote}")


def answer_of(body: bytes) -> Answer:
    """Return the answer with its rows. Raises FeedError when it is an error."""
    if error := refusal_of(body):
        raise error
    try:
        return answer_decoder.decode(body)
    except (msgspec.DecodeError, ValueError):
        raise FeedError(f"Bybit answered with no list: {quoted(body)}") from None


def refusal_of(body: bytes) -> FeedError | None:
    """Return the error that an answer is, None for one with data."""
    try:
        told = refusal_decoder.decode(body)
    except (msgspec.DecodeError, ValueError):
        return FeedError(f"Bybit answered with no JSON of its own: {quoted(body)}")
    if told.retCode == 0:
        return None
    reason = f"Bybit: {quoted(told.retMsg) or 'an error without words'} ({told.retCode})"
    return FeedError(reason, 5.0 if told.retCode in BUSY else None, terminal=told.retCode in WRONG)


def read_product(row: Raw) -> Instrument | None:
    """Return the instrument of a row, None for one that can't be named in our words."""
    try:
        product = product_decoder.decode(row)
        kind: Kind = "share" if product.symbolType == "xstocks" else "crypto"
        return Instrument(
            symbol=parse_symbol(f"BYBIT:{product.baseCoin}-{product.quoteCoin}"),
            base=product.baseCoin,
            quote=product.quoteCoin,
            kind=kind,
            tick_size=price(product.priceFilter.tickSize) if product.priceFilter else None,
            status="online" if product.status in ("Trading", "") else product.status.lower(),
            native=product.symbol,
        )
    except (msgspec.DecodeError, ValueError):
        return None


def read_row(row: Raw, symbol: str, interval: str, now: int) -> Bar | None:
    """Return the bar of ["start ms", o, h, l, c, volume, turnover], all of them texts.

    A quiet interval comes as a flat row without volume, which is no bar.
    """
    try:
        made = bar_of(row_decoder.decode(row), ROW, symbol, interval, now, per_second=1000)
    except (msgspec.DecodeError, ValueError):
        return None
    return made if made and made.volume else None


def read_done(row: Raw, symbol: str) -> Trade | None:
    """Return the trade of a row of recent-trade, None for one that can't be believed."""
    try:
        done = done_decoder.decode(row)
    except (msgspec.DecodeError, ValueError):
        return None
    fields = Fields("trade", symbol)
    time = fields.read("time", millis, done.time)
    return fields.trade(symbol, time, (done.execId, done.price, done.size), SIDES.get(done.side))


def read_state(body: bytes, symbol: str, received: int) -> list[Event]:
    """Return the quote of a poll's answer. Raises FeedError for an error, and for an unknown symbol, which
    comes as an empty list."""
    answer = answer_of(body)
    if not answer.result.rows:
        raise FeedError("Bybit knows no such symbol", terminal=True)
    try:
        told = state_decoder.decode(answer.result.rows[0])
    except (msgspec.DecodeError, ValueError):
        raise FeedError(f"Bybit answered with no price: {quoted(body)}") from None
    fields = Fields("poll", symbol)
    fields.must("last", told.lastPrice)
    time = fields.read("time", millis, answer.time)
    best = {
        "bid": told.bid1Price,
        "bid_size": told.bid1Size,
        "ask": told.ask1Price,
        "ask_size": told.ask1Size,
    }
    day = {"high": told.highPrice24h, "low": told.lowPrice24h, "volume": told.volume24h}
    return fields.quote(symbol, received, time, last=told.lastPrice, open=told.prevPrice24h, **best, **day)


def explain(status: int, body: bytes) -> FeedError | None:
    """Return the meaning of an answer that is not 200. 403 is the rate limit, for ten minutes, unless it is
    a page that blocks a country."""
    if status == 403 and b"too frequent" in body:
        return FeedError("Bybit: access too frequent (HTTP 403)", retry_after=600.0)
    if status == 403 and b"block access from your country" in body:
        return FeedError("not served to this country (HTTP 403)", retry_after=900.0, terminal=True)
    error = refusal_of(body)
    return error if error is not None and error.reason.startswith("Bybit: ") else None
