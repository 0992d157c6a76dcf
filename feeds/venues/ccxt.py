"""CCXT.<exchange>: an exchange that is reached through the `ccxt` package, in that package's unified words
(its Manual: market, ticker, trade and OHLCV structures; times in ms UTC, amounts in base units).

`feeds/ccxt_line.py` makes the frames and answers that are read here: JSON of ccxt's own dicts, cut down to
the fields that the structs below name.
"""

import re
from collections import Counter
from functools import cache
from typing import Any, ClassVar, Literal

import msgspec
from msgspec import Struct

from feeds.errors import BadSymbol, FeedError
from feeds.market import Bar, Instrument, Side, Trade, is_price
from feeds.symbols import name_of, parse_symbol, shown
from feeds.venues.base import UNREADABLE, Event, Request, Venue, pair
from feeds.venues.reading import Fields, bar, counted_time, in_order, trade_id
from feeds.venues.values import price, size

PREFIX = "CCXT."
NAME = re.compile(r"CCXT\.([A-Z0-9]{1,19})")  # a venue's name has at most 24 characters
MARKETS, HISTORY = "/load_markets", "/fetch_ohlcv"
ROWS = 100  # of history in one answer: the least that any exchange gives
SIDES: dict[object, Side] = {"buy": "buy", "sell": "sell"}  # of a public trade: the taker's


class Ticker(Struct):
    """ccxt's ticker: best bid and ask, last price, the figures of 24 h."""

    timestamp: Any = None
    last: Any = None
    bid: Any = None
    bidVolume: Any = None
    ask: Any = None
    askVolume: Any = None
    open: Any = None
    high: Any = None
    low: Any = None
    baseVolume: Any = None


class Told(Struct):
    """ccxt's trade."""

    id: Any = None
    timestamp: Any = None
    price: Any = None
    amount: Any = None
    side: Any = None


class Listed(Struct):
    """ccxt's market; `tick` is its `precision.price` as a step."""

    symbol: str
    spot: bool | None = None
    active: bool | None = None
    tick: float | None = None


class Frame(Struct):
    """What ccxt.pro told of one symbol; trades from before `since` (ms) had been before we listened."""

    kind: Literal["ticker", "trades"]
    symbol: str
    told: msgspec.Raw
    since: int = 0


frame_decoder = msgspec.json.Decoder(Frame)
ticker_decoder = msgspec.json.Decoder(Ticker)
trades_decoder = msgspec.json.Decoder(list[Told])
markets_decoder = msgspec.json.Decoder(list[Listed])
rows_decoder = msgspec.json.Decoder(list[list[Any]])


class Ccxt(Venue):
    """One of ccxt's exchanges: tickers and trades of its spot pairs, its list of them, its candles."""

    exchange: ClassVar[str]  # ccxt's own id of it
    mode = "ccxt"
    headers = {"User-Agent": "Ticker/1"}
    silence = 60.0  # ccxt passes no heartbeat on, and nobody knows how quiet the exchange's pairs are
    bar_rows = {"1m": ROWS, "1h": ROWS, "1d": ROWS}

    # ------------------------------------------------------------------ names
    def native(self, symbol: str) -> str:
        base, dash, quote = name_of(symbol).rpartition("-")
        if not (base and dash and quote):
            raise BadSymbol(f"{symbol} is no pair: write {self.name}:BASE-QUOTE")
        return f"{base}/{quote}"

    def symbol(self, native: str) -> str:
        known = self.names.get(native)
        if known is not None:
            return known
        base, slash, quote = native.partition("/")
        if not (base and slash and quote) or ":" in quote:
            raise BadSymbol(f"{shown(native)} is no spot pair")
        return parse_symbol(f"{self.name}:{base}-{quote}")

    # ----------------------------------------------------------------- stream
    def read(self, raw: str | bytes, received: int) -> list[Event]:
        frame = frame_decoder.decode(raw)
        symbol = self.symbol(frame.symbol)
        if frame.kind == "ticker":
            return read_ticker(ticker_decoder.decode(frame.told), symbol, frame.symbol, received)
        return read_trades(trades_decoder.decode(frame.told), symbol, frame, received)

    # ------------------------------------------------------------------- REST
    def instruments(self) -> Request:
        return Request(MARKETS)

    def read_instruments(self, body: bytes) -> list[Instrument]:
        """Return the spot pairs that are traded; a name that can't be a symbol of ours is left out."""
        try:
            listed = markets_decoder.decode(body)
        except UNREADABLE as error:
            raise FeedError(f"unreadable list of markets: {type(error).__name__}") from None
        found: dict[str, Instrument] = {}
        for market in listed:
            if market.spot and market.active is not False and (made := self._instrument(market)):
                found.setdefault(made.symbol, made)
        if not found:
            raise FeedError(f"{self.title} lists no spot pair")
        return list(found.values())

    def _instrument(self, market: Listed) -> Instrument | None:
        base, _, quote = market.symbol.partition("/")
        try:
            parse_symbol(f"{self.name}:{base}-{quote}")
        except BadSymbol:
            return None
        if not base or not quote or ":" in quote:
            return None
        tick = market.tick if is_price(market.tick) else None
        return pair(self.name, base.upper(), quote.upper(), "crypto", tick, market.symbol)

    def bars(self, native: str, interval: str, start: int, end: int) -> Request | None:
        if interval not in self.bar_rows:
            return None
        return Request(
            HISTORY, {"symbol": native, "timeframe": interval, "since": str(start), "limit": str(ROWS)}
        )

    def read_bars(self, body: bytes, symbol: str, interval: str, now: int) -> list[Bar]:
        try:
            return in_order(read_row(row, symbol, interval, now) for row in rows_decoder.decode(body))
        except UNREADABLE as error:
            raise FeedError(f"unreadable candles: {type(error).__name__}") from None


def read_ticker(told: Ticker, symbol: str, native: str, received: int) -> list[Event]:
    """Return the quote of a ticker, and a notice for each field that can't be believed."""
    fields = Fields("ticker", native)
    return fields.quote(
        symbol,
        received,
        fields.read("timestamp", milliseconds, told.timestamp),
        last=told.last,
        bid=told.bid,
        bid_size=told.bidVolume,
        ask=told.ask,
        ask_size=told.askVolume,
        open=told.open,
        high=told.high,
        low=told.low,
        volume=told.baseVolume,
    )


def read_trades(told: list[Told], symbol: str, frame: Frame, received: int) -> list[Event]:
    """Return the trades of a frame in their order. One without an id gets one of what it says, and of how
    many before it in the frame say the same; one without a time happened when it came."""
    events: list[Event] = []
    alike: Counter[str] = Counter()
    for each in told:
        fields = Fields("trade", frame.symbol)
        at, amount = fields.need("price", price, each.price), fields.need("amount", size, each.amount)
        time = fields.read("timestamp", milliseconds, each.timestamp) or received
        name = fields.read("id", trade_id, each.id)
        if name is None:
            likeness = f"{time}/{at}/{amount}/{each.side}"
            alike[likeness] += 1
            name = f"{likeness}/{alike[likeness]}"
        events += fields.bad
        if at is not None and amount is not None:
            side = SIDES.get(each.side) if isinstance(each.side, str) else None
            recap = time < frame.since
            events.append(
                Trade(symbol=symbol, id=name, time=time, price=at, size=amount, side=side, recap=recap)
            )
    return events


def read_row(row: list[Any], symbol: str, interval: str, now: int) -> Bar | None:
    """Return the bar of one row: time in ms, open, high, low, close, volume; None for a row that is none."""
    if len(row) < 6 or isinstance(row[0], bool) or not isinstance(row[0], (int, float)):
        return None
    return bar(symbol, interval, row[0] / 1000, (row[1], row[2], row[3], row[4]), row[5], now)


def milliseconds(value: object) -> int | None:
    """Return a time of ccxt, which may be a float without a fraction."""
    whole = int(value) if isinstance(value, float) and value.is_integer() else value
    return counted_time(whole, 1000)


@cache
def venue_of_exchange(name: str) -> type[Ccxt]:
    """Return the class of `CCXT.<EXCHANGE>`; whether there is such an exchange, ccxt knows. Raises KeyError
    for any other name."""
    found = NAME.fullmatch(name)
    if found is None:
        raise KeyError(name)
    exchange = found[1]
    facts = {
        "__doc__": Ccxt.__doc__,
        "name": name,
        "title": f"{exchange.capitalize()} (ccxt)",
        "exchange": exchange.lower(),
        "featured": (pair(name, "BTC", "USDT", "crypto", None, "BTC/USDT", "Bitcoin"),),
    }
    return type(name, (Ccxt,), facts)
