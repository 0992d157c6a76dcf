"""Coinbase Exchange: streamed. Facts from its documents (websocket-feed/overview, channels, rate-limits)
and from recordings; where the two differ, the recording won."""

import re
from typing import Any

import msgspec
from msgspec import Struct

from feeds.budget import Budget
from feeds.errors import BadSymbol, FeedError
from feeds.market import INTERVALS, Bar, Instrument, Side
from feeds.venues.answers import made_of
from feeds.venues.base import Event, Notice, Request, Venue, pair, quoted
from feeds.venues.coinbase_plain import BEGINNING, READERS
from feeds.venues.coinbase_rest import iso, read_product, rows_of, symbol_of
from feeds.venues.lax import NOT_PLAIN
from feeds.venues.reading import Fields, as_text, bar_of, in_order
from feeds.venues.values import price, rfc3339

CHANNELS = ["ticker", "matches", "heartbeat"]
AGGRESSOR: dict[str, Side] = {"buy": "sell", "sell": "buy"}  # a match names the side of the maker
REFUSED = re.compile(r"(\S+) is (?:not a valid product|delisted)")
BOOK = {"snapshot", "l2update", "received", "open", "done", "change", "activate"}
NOT_ASKED_FOR = BOOK | {"status", "auction", "rfq_match"}
READ = {"ticker", "match", "last_match", "heartbeat", "subscriptions", "error"}


class Ticker(Struct, tag="ticker", tag_field="type"):
    product_id: str
    time: str | None = None
    price: Any = None
    last_size: Any = None
    best_bid: Any = None
    best_bid_size: Any = None
    best_ask: Any = None
    best_ask_size: Any = None
    open_24h: Any = None
    high_24h: Any = None
    low_24h: Any = None
    volume_24h: Any = None


class Match(Struct, tag="match", tag_field="type"):
    product_id: str
    trade_id: int | str
    time: str
    side: str = ""
    price: Any = None
    size: Any = None


class LastMatch(Match, tag="last_match", tag_field="type"):
    """The newest trade at the time of subscribing; it may be minutes old."""


class Heartbeat(Struct, tag="heartbeat", tag_field="type"):
    product_id: str


class Channel(Struct):
    name: str
    product_ids: list[str] = []


class Subscriptions(Struct, tag="subscriptions", tag_field="type"):
    channels: list[Channel] = []


class Error(Struct, tag="error", tag_field="type"):
    message: str = ""
    reason: str = ""


class Kind(Struct):
    """Any frame at all: what it calls itself."""

    type: str


frame_decoder = msgspec.json.Decoder(Ticker | Match | LastMatch | Heartbeat | Subscriptions | Error)
kind_decoder = msgspec.json.Decoder(Kind)


class Coinbase(Venue):
    """The exchange's public feed: the last price with every trade, and the trades themselves."""

    name = "COINBASE"
    title = "Coinbase Exchange"
    ws_url = "wss://ws-feed.exchange.coinbase.com"
    rest_url = "https://api.exchange.coinbase.com"
    headers = {"User-Agent": "Ticker/1", "Accept": "application/json"}  # refused without a User-Agent
    silence = 5.0  # a heartbeat a second for each product
    acks = True
    first_within = 30.0  # the state comes at once
    connects = (Budget(8, 1.0),)
    messages = (Budget(100, 1.0),)
    requests = (Budget(10, 1.0),)
    bar_rows = {"1m": 300, "1h": 300, "1d": 300}
    featured = (
        pair("COINBASE", "BTC", "USD", "crypto", 0.01, "BTC-USD", "Bitcoin"),
        pair("COINBASE", "ETH", "USD", "crypto", 0.01, "ETH-USD", "Ether"),
        pair("COINBASE", "SOL", "USD", "crypto", 0.01, "SOL-USD", "Solana"),
        pair("COINBASE", "XRP", "USD", "crypto", 0.0001, "XRP-USD", "XRP"),
        pair("COINBASE", "DOGE", "USD", "crypto", 0.00001, "DOGE-USD", "Dogecoin"),
    )

    def symbol(self, native: str) -> str:
        return symbol_of(native)

    # ----------------------------------------------------------------- stream
    def subscribe(self, natives: list[str]) -> list[str]:
        return [order("subscribe", natives)]

    def unsubscribe(self, natives: list[str]) -> list[str]:
        return [order("unsubscribe", natives)]

    def parse(self, raw: str | bytes, received: int) -> list[Event]:
        if plain := READERS.get(raw[:BEGINNING]):
            try:
                return plain(raw, received)
            except NOT_PLAIN:
                pass  # something about it is odd
        return super().parse(raw, received)

    def read(self, raw: str | bytes, received: int) -> list[Event]:
        try:
            frame = frame_decoder.decode(raw)
        except msgspec.ValidationError:
            return read_other(raw)
        match frame:
            case Ticker():
                return read_ticker(frame, received)
            case Match():
                return [read_match(frame)]
            case Heartbeat():
                return [Notice(kind="heartbeat", symbol=symbol_of(frame.product_id))]
            case Subscriptions():
                return read_subscriptions(frame)
        return [read_error(frame)]

    # ------------------------------------------------------------------- REST
    def instruments(self) -> Request:
        return Request("/products")

    def read_instruments(self, body: bytes) -> list[Instrument]:
        return made_of(rows_of(body), read_product)

    def bars(self, native: str, interval: str, start: int, end: int) -> Request | None:
        if interval not in self.bar_rows:
            return None
        step = INTERVALS[interval]
        first = -(-start // step) * step
        last = (end - 1) // step * step  # both ends are included, and the 301st row is an error
        params = {"granularity": str(step // 1000), "start": iso(first), "end": iso(max(first, last))}
        return Request(f"/products/{native}/candles", params)

    def read_bars(self, body: bytes, symbol: str, interval: str, now: int) -> list[Bar]:
        """Return the bars of rows of time s, low, high, open, close and volume, which come newest first."""
        return in_order(bar_of(row, (0, 3, 2, 1, 4, 5), symbol, interval, now) for row in rows_of(body))

    def explain(self, status: int, body: bytes) -> FeedError | None:
        try:
            message = msgspec.json.decode(body, type=dict[str, Any]).get("message")
        except (msgspec.DecodeError, ValueError):
            return None
        if status == 429:
            return None  # the usual meaning, which minds the Retry-After header
        return FeedError(f"Coinbase answered {status}: {quoted(str(message))}", terminal=status in (400, 404))


def order(kind: str, natives: list[str]) -> str:
    return as_text({"type": kind, "product_ids": natives, "channels": CHANNELS})


def read_ticker(frame: Ticker, received: int) -> list[Event]:
    """Return the quote of a ticker frame, without the fields that can't be believed, and a notice of each."""
    fields = Fields("ticker", frame.product_id)
    time = fields.read("time", rfc3339, frame.time or None)
    last = fields.need("price", price, frame.price)
    day = {"open": frame.open_24h, "high": frame.high_24h, "low": frame.low_24h, "volume": frame.volume_24h}
    bid = {"bid": frame.best_bid, "bid_size": frame.best_bid_size}
    ask = {"ask": frame.best_ask, "ask_size": frame.best_ask_size}
    symbol = symbol_of(frame.product_id)
    return fields.quote(symbol, received, time, last=last, size=frame.last_size, **bid, **ask, **day)


def read_match(frame: Match) -> Event:
    fields = Fields("match", frame.product_id)
    time, side = fields.need("time", rfc3339, frame.time), AGGRESSOR.get(frame.side)
    told = (frame.trade_id, frame.price, frame.size)
    recap = isinstance(frame, LastMatch)
    return fields.trade(symbol_of(frame.product_id), time, told, side, recap) or fields.bad[0]


def read_subscriptions(frame: Subscriptions) -> list[Event]:
    """Return an ack for each product of the list, which is always the whole of what is subscribed now.

    The name of a channel may differ from the one asked for (`ticker_batch` is acked as `ticker_1000`).
    """
    products = {
        native: None
        for channel in frame.channels
        if channel.name.startswith(("ticker", "matches"))
        for native in channel.product_ids
    }
    acks: list[Event] = [Notice(kind="ack", symbol=symbol_of(native)) for native in products]
    return acks or [Notice(kind="ignored", reason="subscriptions: none")]


def read_error(frame: Error) -> Notice:
    """Return the refusal of one product; the others of the same message are acked besides."""
    reason = (
        quoted(": ".join(part for part in (frame.message, frame.reason) if part)) or "an error without words"
    )
    if found := REFUSED.fullmatch(frame.reason):
        try:
            return Notice(kind="refused", symbol=symbol_of(found[1]), reason=quoted(frame.reason))
        except BadSymbol:
            return Notice(kind="refused", reason=reason)
    return Notice(kind="refused" if frame.message.startswith("Failed to subscribe") else "bad", reason=reason)


def read_other(raw: str | bytes) -> list[Event]:
    kind = kind_decoder.decode(raw).type
    if kind in NOT_ASKED_FOR:
        return [Notice(kind="ignored", reason=kind)]
    if kind in READ:
        return [Notice(kind="bad", reason=f"{kind} of another shape: {quoted(raw)}")]
    return [Notice(kind="ignored", reason=f"unknown type {quoted(kind[:32])}")]
