"""Bybit: the spot market, streamed by its public WebSocket v5. Facts from its documents
(bybit-exchange/docs: docs/v5) and from recordings; where the two differ, the recording won."""

import re
from typing import Any

import msgspec
from msgspec import Raw, Struct

from feeds.budget import Budget
from feeds.errors import FeedError
from feeds.market import Bar, Instrument, Trade
from feeds.venues import bybit_rest as rest
from feeds.venues.answers import made_of, past_trades
from feeds.venues.base import Event, Notice, Request, Venue, pair, quoted
from feeds.venues.lax import best_of, loose
from feeds.venues.reading import Fields, as_text, in_order, millis, trades_of

TOPICS = ("tickers", "publicTrade", "orderbook.1")
INTERVALS = {"1m": "1", "1h": "60", "1d": "D"}
NAMED = re.compile(r"(?:tickers|publicTrade|orderbook\.1)\.([A-Z0-9]{1,32})")


class Entry(Struct):
    """One entry of `data`: the fields of a ticker, a book and a trade, each where its topic has it."""

    symbol: str = ""
    lastPrice: float | None = None
    prevPrice24h: float | None = None
    highPrice24h: float | None = None
    lowPrice24h: float | None = None
    volume24h: float | None = None
    a: Raw = Raw(b"[]")
    b: Raw = Raw(b"[]")
    i: Any = None
    T: int | None = None
    p: float | None = None
    v: float | None = None
    S: Any = None


class Frame(Struct):
    """Any frame: data has a topic, an answer to a message of ours an `op`."""

    topic: str = ""
    type: str = ""
    ts: int | None = None
    data: Entry | list[Entry] = []
    op: str = ""
    success: bool = True
    ret_msg: str = ""
    req_id: str = ""


class Head(Struct):
    topic: str = ""
    op: str = ""


LooseEntry = loose(Entry, a=Raw, b=Raw)
frame_decoder = msgspec.json.Decoder(Frame, strict=False)
loose_frame_decoder = msgspec.json.Decoder(
    loose(Frame, data=LooseEntry | list[LooseEntry], success=bool)  # type: ignore[valid-type]
)
head_decoder = msgspec.json.Decoder(Head)


class Bybit(Venue):
    """The spot market: its figures, its best bid and ask, and every trade.

    A topic that doesn't exist has the whole message refused, so there is a message a symbol; each carries
    the code as its id, for an answer names nothing else.
    """

    name = "BYBIT"
    title = "Bybit"
    ws_url = "wss://stream.bybit.com/v5/public/spot"
    rest_url = "https://api.bybit.com"
    headers = {"User-Agent": "Ticker/1", "Accept": "application/json"}
    line_symbols = 300  # a line takes 21,000 characters of topics
    silence = 15.0  # a best bid and ask that doesn't change is told again each 3 s
    acks = True
    first_within = 30.0  # the state comes at once
    chunk = 50  # symbols in a row; each is a message of 3 topics, of the 10 that one may have
    connects = (Budget(500, 300.0),)
    messages = (Budget(25, 1.0),)  # it names no limit
    ping_every = 20.0
    requests = (Budget(600, 5.0),)  # above it nothing is answered for 10 minutes
    bar_rows = {"1m": 1000, "1h": 1000, "1d": 1000}
    featured = (
        pair("BYBIT", "BTC", "USDT", "crypto", 0.1, "BTCUSDT", "Bitcoin"),
        pair("BYBIT", "ETH", "USDT", "crypto", 0.01, "ETHUSDT", "Ether"),
        pair("BYBIT", "SOL", "USDT", "crypto", 0.01, "SOLUSDT", "Solana"),
        pair("BYBIT", "XRP", "USDT", "crypto", 0.0001, "XRPUSDT", "XRP"),
        pair("BYBIT", "DOGE", "USDT", "crypto", 0.00001, "DOGEUSDT", "Dogecoin"),
    )

    # ------------------------------------------------------------------ names
    def native(self, symbol: str) -> str:
        return super().native(symbol).replace("-", "")

    def symbol(self, native: str) -> str:
        return self.names.get(native) or rest.symbol_of(native)

    def known(self, native: str) -> str | None:
        """Return our symbol, None for what is no code of a spot market."""
        try:
            return self.symbol(native)
        except ValueError:
            return None

    # ----------------------------------------------------------------- stream
    def subscribe(self, natives: list[str]) -> list[str]:
        return [order("subscribe", native) for native in natives]

    def unsubscribe(self, natives: list[str]) -> list[str]:
        return [order("unsubscribe", native) for native in natives]

    def ping(self) -> str:
        return '{"op":"ping"}'

    def read(self, raw: str | bytes, received: int) -> list[Event]:
        try:
            frame = frame_decoder.decode(raw)
        except msgspec.ValidationError:
            if notice := other(raw):
                return [notice]
            frame = loose_frame_decoder.decode(raw)
        if not frame.topic:
            return [self.read_answer(frame, raw)]
        topic, _, native = frame.topic.rpartition(".")
        if topic not in TOPICS:
            return [Notice(kind="ignored", reason=quoted(topic[:32] or frame.topic[:32]))]
        symbol = self.known(native)
        if symbol is None:
            return [Notice(kind="ignored", reason=quoted(f"no spot symbol: {native[:32]}"))]
        entries = frame.data if isinstance(frame.data, list) else [frame.data]
        if not entries:
            return [Notice(kind="bad", reason=f"bad {topic} data: {symbol} has none")]
        if topic == "publicTrade":
            return trades_of(entries, "trade", symbol, read_trade)
        if topic == "tickers":
            return read_ticker(entries[0], symbol, frame, received)
        return read_book(entries[0], symbol, received)

    def read_answer(self, frame: Frame, raw: str | bytes) -> Notice:
        """Return what an answer to a message of ours means; its id is the code that was asked for."""
        if frame.op == "pong" or (frame.op == "ping" and frame.success):
            return Notice(kind="pong")
        if not frame.op:
            return Notice(kind="bad", reason=f"neither topic nor op: {quoted(raw)}")
        if frame.op != "subscribe":
            reason = quoted(f"{frame.op[:32]}: {frame.ret_msg or 'done'}")
            return Notice(kind="ignored" if frame.success else "bad", reason=reason)
        found = NAMED.search(frame.ret_msg)
        symbol = self.known(frame.req_id) or (self.known(found[1]) if found else None)
        if frame.success or "already subscribed" in frame.ret_msg:
            return Notice(kind="ack", symbol=symbol)
        return Notice(kind="refused", symbol=symbol, reason=f"Bybit: {quoted(frame.ret_msg) or 'refused'}")

    # ------------------------------------------------------------------- REST
    def instruments(self) -> Request:
        return Request("/v5/market/instruments-info", {"category": "spot"})

    def read_instruments(self, body: bytes) -> list[Instrument]:
        return made_of(rest.answer_of(body).result.rows, rest.read_product)

    def bars(self, native: str, interval: str, start: int, end: int) -> Request | None:
        if interval not in self.bar_rows:
            return None
        params = {"category": "spot", "symbol": native, "interval": INTERVALS[interval]}
        return Request(
            "/v5/market/kline", params | {"start": str(start), "end": str(end - 1), "limit": "1000"}
        )

    def read_bars(self, body: bytes, symbol: str, interval: str, now: int) -> list[Bar]:
        return in_order(rest.read_row(row, symbol, interval, now) for row in rest.answer_of(body).result.rows)

    def trades(self, native: str) -> Request:
        return Request("/v5/market/recent-trade", {"category": "spot", "symbol": native, "limit": "60"})

    def read_trades(self, body: bytes, symbol: str) -> list[Trade]:
        return past_trades(rest.answer_of(body).result.rows, rest.read_done, symbol)

    def poll(self, native: str) -> Request:
        return Request("/v5/market/tickers", {"category": "spot", "symbol": native})

    def read_poll(self, body: bytes, symbol: str, received: int) -> list[Event]:
        return rest.read_state(body, symbol, received)

    def explain(self, status: int, body: bytes) -> FeedError | None:
        return rest.explain(status, body)


def order(kind: str, native: str) -> str:
    args = [f"{topic}.{native}" for topic in TOPICS]
    return as_text({"req_id": native, "op": kind, "args": args})


def read_ticker(entry: Entry, symbol: str, frame: Frame, received: int) -> list[Event]:
    """Return the quote of the 24 h figures; they have neither bid nor ask. A `delta`, as other markets have
    it, leaves out what is unchanged."""
    fields = Fields("ticker", symbol)
    if frame.type != "delta":
        fields.must("last", entry.lastPrice)
    when = fields.read("time", millis, frame.ts)
    day = {"high": entry.highPrice24h, "low": entry.lowPrice24h, "volume": entry.volume24h}
    quote = fields.quote(symbol, received, when, last=entry.lastPrice, open=entry.prevPrice24h, **day)
    return quote or [Notice(kind="ignored", reason="ticker without a price")]


def read_book(entry: Entry, symbol: str, received: int) -> list[Event]:
    """Return the best bid and ask, which come whole each time.

    Without a time: they run apart from the ticker, whose later time would have them thought late, and the
    same ones told again after 3 s are no news.
    """
    quote = Fields("book", symbol).quote(symbol, received, **best_of(entry.b, entry.a))
    return quote or [Notice(kind="ignored", reason="an empty book")]


def read_trade(entry: Entry, fields: Fields) -> Trade | None:
    """Return a trade. Numbers have gaps without a loss."""
    side = rest.SIDES.get(entry.S) if isinstance(entry.S, str) else None
    time = fields.need("time", millis, entry.T)
    return fields.trade(fields.native, time, (entry.i, entry.p, entry.v), side)


def other(raw: str | bytes) -> Notice | None:
    """Return the notice of a frame that isn't read, by its topic; None for one that is."""
    head = head_decoder.decode(raw)
    topic = head.topic.rpartition(".")[0] or head.topic
    return Notice(kind="ignored", reason=quoted(topic[:32])) if topic and topic not in TOPICS else None
