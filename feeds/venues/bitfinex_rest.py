"""Floor 2. Bitfinex's names, its prices and trades, and the answers of its REST service."""

from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct

from feeds.errors import BadSymbol, FeedError
from feeds.market import Bar, Instrument, Quote, Side, Trade
from feeds.symbols import name_of, parse_symbol
from feeds.venues.base import Event, number, price, quoted, size
from feeds.venues.reading import Fields, bar, counted_time, dustless, trade_id

OURS = {
    "ALG": "ALGO", "ATO": "ATOM", "BCHN": "BCH", "DAT": "DATA", "DSH": "DASH", "EUS": "EURS", "EUT": "EURT",
    "IOT": "IOTA", "MNA": "MANA", "QTM": "QTUM", "RBT": "RBTC", "STJ": "STORJ", "TSD": "TUSD", "UDC": "USDC",
    "UST": "USDT", "WAX": "WAXP",
}  # fmt: skip
THEIRS = {ours: theirs for theirs, ours in OURS.items()}
FUTURE = "F0"  # at the end of both currencies of a perpetual: BTCF0:USTF0
BUSY = {11010, 20060}  # codes of too many requests, and of maintenance


class Price(Struct, array_like=True):
    """A ticker; lists may grow at their end."""

    bid: Any = None
    bid_size: Any = None
    ask: Any = None
    ask_size: Any = None
    change: Any = None
    change_relative: Any = None
    last: Any = None
    volume: Any = None
    high: Any = None
    low: Any = None


class Deal(Struct, array_like=True):
    """A trade; its amount is negative when the taker sold."""

    id: Any = None
    time: Any = None
    amount: Any = None
    price: Any = None


@lru_cache(maxsize=4096)
def symbol_of(native: str) -> str:
    """Return our symbol. Two currencies of three letters stand together, others have a colon between them."""
    code = native.removeprefix("t")
    base, colon, quote = code.partition(":")
    if not colon and len(code) == 6:
        base, quote = code[:3], code[3:]
    if native == code or not base or not quote:
        raise BadSymbol(f"{quoted(native[:32])} is no pair of Bitfinex")
    future = "-PERP" if base.endswith(FUTURE) and quote.endswith(FUTURE) else ""
    base, quote = (each.removesuffix(FUTURE) if future else each for each in (base, quote))
    return parse_symbol(f"BITFINEX:{OURS.get(base, base)}-{OURS.get(quote, quote)}{future}")


def read_price(told: Price, symbol: str, received: int) -> list[Event]:
    """Return the quote of a ticker, which has no time."""
    fields = Fields("ticker", symbol)
    last = fields.need("last", price, told.last)
    change = fields.read("change", number, told.change)
    opened = dustless(last - change, 12) if last is not None and change is not None else None
    quote = Quote(
        symbol=symbol,
        received=received,
        last=last,
        bid=fields.read("bid", price, told.bid),
        bid_size=fields.read("bid_size", size, told.bid_size),
        ask=fields.read("ask", price, told.ask),
        ask_size=fields.read("ask_size", size, told.ask_size),
        open=fields.read("change", price, opened),
        high=fields.read("high", price, told.high),
        low=fields.read("low", price, told.low),
        volume=fields.read("volume", size, told.volume),
    )
    return fields.events(quote)


def read_deals(deals: list[Deal], symbol: str, recap: bool) -> list[Event]:
    """Return trades, oldest first (they come newest first), then what was wrong."""
    trades: list[Trade] = []
    bad: list[Event] = []
    for deal in deals:
        fields = Fields("trades", symbol)
        time = fields.need("time", lambda value: counted_time(value, 1000), deal.time)
        named, at = fields.need("id", trade_id, deal.id), fields.need("price", price, deal.price)
        amount = fields.need("amount", signed, deal.amount)
        if time is None or named is None or at is None or amount is None:
            bad += fields.bad
            continue
        side: Side = "buy" if amount > 0 else "sell"
        trades.append(
            Trade(symbol=symbol, id=named, time=time, price=at, size=abs(amount), side=side, recap=recap)
        )
    return [*sorted(trades, key=lambda trade: (trade.time, len(trade.id), trade.id)), *bad]


def signed(value: object) -> float | None:
    """Return an amount that is not zero, whose sign is the taker's side. ValueError for a wrong one."""
    amount = number(value)
    return amount if amount is not None and size(abs(amount)) else None


def rows_of(body: bytes) -> list[Any]:
    """Return the rows of a REST answer. Raises FeedError when it is no list, or ["error", code, text]."""
    try:
        rows = msgspec.json.decode(body, type=list[Any])
    except (msgspec.DecodeError, ValueError):
        raise FeedError(f"Bitfinex answered with no list: {quoted(body)}") from None
    if rows[:1] == ["error"]:
        _, code, text = (*rows, None, None)[:3]
        wait = 60.0 if code in BUSY else None
        unknown = "symbol: invalid" in str(text) or "pair" in str(text)
        raise FeedError(quoted(f"Bitfinex: {text} ({code})"), retry_after=wait, terminal=unknown)
    return rows


def read_pairs(body: bytes) -> list[Instrument]:
    """Return the instruments of [[pair, …], [perpetual, …], [[currency, title], …]]."""
    lists = [each for each in rows_of(body) if isinstance(each, list)]
    codes = [code for each in lists[:2] for code in each if isinstance(code, str)]
    labels = [each for part in lists[2:3] for each in part if isinstance(each, list) and len(each) == 2]
    titles = {str(code): str(title) for code, title in labels}
    return [made for code in codes if (made := read_pair(f"t{code}", titles))]


def read_pair(native: str, titles: dict[str, str]) -> Instrument | None:
    """Return the instrument of one pair, None for a paper market and for one that can't be named.

    Prices have five significant digits: there is no tick size."""
    try:
        symbol = symbol_of(native)
    except BadSymbol:
        return None
    base, _, rest = name_of(symbol).partition("-")
    quote, future, _ = rest.partition("-")
    if base.startswith("TEST"):
        return None
    return Instrument(
        symbol=symbol,
        base=base,
        quote=quote,
        kind="future" if future else "crypto",
        native=native,
        title=titles.get(THEIRS.get(base, base), ""),
    )


def read_row(row: Any, symbol: str, interval: str, now: int) -> Bar | None:
    """Return the bar of [time ms, open, close, high, low, volume]; quiet intervals have no row."""
    if not isinstance(row, list) or len(row) < 6:
        return None
    try:
        time = counted_time(row[0], 1000)
    except ValueError:
        return None
    if time is None or time % 1000:
        return None
    return bar(symbol, interval, time // 1000, (row[1], row[3], row[4], row[2]), row[5], now)
