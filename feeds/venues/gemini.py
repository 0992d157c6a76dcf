"""Gemini: streamed over its WebSocket API of 2026. Facts from its documents (websocket/streams, message
format, rest), from what was measured, and from recordings; where they differ, the recording won."""

from typing import Any

import msgspec
from msgspec import Struct, field

from feeds.budget import Budget
from feeds.errors import FeedError
from feeds.market import Bar, Instrument, Side, Trade
from feeds.symbols import name_of
from feeds.venues.answers import in_its_words, made_of, past_trades
from feeds.venues.base import Event, Notice, Request, Venue, pair, quoted
from feeds.venues.gemini_rest import (
    FRAMES,
    PERPETUAL,
    object_of,
    read_detail,
    read_old,
    read_past,
    read_row,
    rows_of,
    symbol_of,
)
from feeds.venues.reading import Fields, as_text, counted_time, in_order
from feeds.venues.values import price

STREAMS = ("bookTicker", "trade")
PULSE = "btcusd@depth5"  # sent each second, changed or not: the line's heartbeat
REFUSED = "Invalid stream name: "
LATER = 10.0  # seconds until a code is asked for again that was refused for another reason


class Head(Struct):
    """Any frame: an answer has `id` and `status`, a book `e`, the older API `type`; the rest is told apart
    by what it has. Names differ by case alone, so that they are read exactly."""

    id: Any = None
    status: Any = None
    error: Any = None
    event: str = field(name="e", default="")
    type: str = ""
    trade: Any = field(name="t", default=None)
    update: Any = field(name="lastUpdateId", default=None)
    ask_size: Any = field(name="A", default=None)


class Told(Struct):
    """A trade. `E` is in nanoseconds, above 2^53."""

    native: str = field(name="s")
    time: Any = field(name="E", default=None)
    id: Any = field(name="t", default=None)
    price: Any = field(name="p", default=None)
    size: Any = field(name="q", default=None)
    buyer_made: Any = field(name="m", default=None)


class Top(Struct):
    """The best bid and ask, and the last price where there ever was one."""

    native: str = field(name="s")
    time: Any = field(name="E", default=None)
    bid: Any = field(name="b", default=None)
    bid_size: Any = field(name="B", default=None)
    ask: Any = field(name="a", default=None)
    ask_size: Any = field(name="A", default=None)
    last: Any = field(name="c", default=None)
    last_size: Any = field(name="C", default=None)


head_decoder = msgspec.json.Decoder(Head)
told_decoder = msgspec.json.Decoder(Told)
top_decoder = msgspec.json.Decoder(Top)


class Gemini(Venue):
    """The best bid and ask with the last price whenever they change, and every trade."""

    name = "GEMINI"
    title = "Gemini"
    ws_url = "wss://ws.gemini.com"
    rest_url = "https://api.gemini.com"
    headers = {"User-Agent": "Ticker/1", "Accept": "application/json"}
    poll_beside = 60.0
    silence = 30.0  # quiet books say nothing for 28 s, but the pulse comes each second
    acks = True
    first_within = 30.0  # the state comes at once
    chunk = 50
    connects = (Budget(300, 300.0),)
    messages = (Budget(25, 1.0),)  # 7000 of weight in ten seconds, and a message may have a few hundred
    ping_every = 30.0
    requests = (Budget(120, 60.0),)
    bar_rows = {"1m": 1440, "1h": 1440, "1d": 365}
    featured = (
        pair("GEMINI", "BTC", "USD", "crypto", 0.01, "btcusd", "Bitcoin"),
        pair("GEMINI", "ETH", "USD", "crypto", 0.01, "ethusd", "Ether"),
        pair("GEMINI", "SOL", "USD", "crypto", 0.001, "solusd", "Solana"),
        pair("GEMINI", "GUSD", "USD", "crypto", 0.0001, "gusdusd", "Gemini dollar"),
    )

    # ------------------------------------------------------------------ names
    def native(self, symbol: str) -> str:
        return name_of(symbol).replace("-", "").lower()

    def symbol(self, native: str) -> str:
        code = native.lower()  # the older API and REST write them in upper case
        return self.names.get(code) or symbol_of(code)

    # ----------------------------------------------------------------- stream
    def greet(self) -> list[str]:
        return [order("pulse", "subscribe", [PULSE])]

    def subscribe(self, natives: list[str]) -> list[str]:
        """Return a message for each code: one bad stream has the whole of its message refused."""
        return [order(native, "subscribe", streams(native)) for native in natives]

    def unsubscribe(self, natives: list[str]) -> list[str]:
        return [order("unsubscribe", "unsubscribe", streams(native)) for native in natives]

    def ping(self) -> str:
        return '{"id":"ping","method":"ping"}'

    def read(self, raw: str | bytes, received: int) -> list[Event]:
        head = head_decoder.decode(raw)
        if head.status is not None:
            return [self.read_answer(head)]
        if head.event:  # depthUpdate, markPrice, fundingAmount
            return [Notice(kind="ignored", reason=quoted(head.event[:32]))]
        if head.type:
            return read_old(head.type, raw, self.symbol)
        if head.trade is not None:
            return self.read_trade(told_decoder.decode(raw))
        if head.ask_size is not None:
            return self.read_top(top_decoder.decode(raw), received)
        if head.update is not None:
            return [Notice(kind="heartbeat")]
        return [Notice(kind="bad", reason=f"no frame that is known: {quoted(raw)}")]

    def read_answer(self, head: Head) -> Notice:
        """Return what an answer to a message of ours means; we sign a subscription with its code."""
        error = head.error if isinstance(head.error, dict) else {}
        text = quoted(str(error.get("msg") or "refused"))
        known = self.names.get(head.id) if isinstance(head.id, str) else None
        if head.status == 200:
            kinds = {"ping": "pong", "pulse": "ignored", "unsubscribe": "ignored"}
            kind: Any = kinds.get(head.id, "ack") if isinstance(head.id, str) else "ack"
            return Notice(kind=kind, symbol=known, reason="" if kind == "ack" else "answered")
        if not text.startswith(REFUSED):
            reason = quoted(f"Gemini answered {head.status}: {text}")
            return Notice(kind="refused", symbol=known, reason=reason, retry_after=LATER if known else None)
        native = "" if head.id == "pulse" else text.removeprefix(REFUSED).partition("@")[0]
        return Notice(kind="refused", symbol=known or self.names.get(native), reason=text)

    def read_trade(self, told: Told) -> list[Event]:
        fields = Fields("trade", told.native)
        time = fields.need("E", nanos, told.time)
        side: Side | None = None
        if isinstance(told.buyer_made, bool):
            side = "sell" if told.buyer_made else "buy"
        trade = fields.trade(self.symbol(told.native), time, (told.id, told.price, told.size), side)
        return [trade] if trade else fields.bad

    def read_top(self, top: Top, received: int) -> list[Event]:
        fields = Fields("bookTicker", top.native)
        time = fields.read("E", nanos, top.time)
        best = {"bid": top.bid, "bid_size": top.bid_size, "ask": top.ask, "ask_size": top.ask_size}
        symbol = self.symbol(top.native)
        quote = fields.quote(symbol, received, time, last=top.last, size=top.last_size, **best)
        return quote or [Notice(kind="ignored", reason="empty bookTicker")]

    # ------------------------------------------------------------------- REST
    def instruments(self) -> Request:
        return Request("/v1/symbols/details/all")

    def read_instruments(self, body: bytes) -> list[Instrument]:
        return made_of(rows_of(body), read_detail)

    def bars(self, native: str, interval: str, start: int, end: int) -> Request | None:
        """Return the request for the newest bars: it takes no times; of perpetuals it has minutes alone."""
        if interval not in FRAMES or (native.endswith(PERPETUAL) and interval != "1m"):
            return None
        folder = "/v2/derivatives/candles" if native.endswith(PERPETUAL) else "/v2/candles"
        return Request(f"{folder}/{native}/{FRAMES[interval]}")

    def read_bars(self, body: bytes, symbol: str, interval: str, now: int) -> list[Bar]:
        return in_order(read_row(row, symbol, interval, now) for row in rows_of(body))

    def trades(self, native: str) -> Request:
        return Request(f"/v1/trades/{native}", {"limit_trades": "500"})

    def read_trades(self, body: bytes, symbol: str) -> list[Trade]:
        return past_trades(rows_of(body), read_past, symbol)

    def poll(self, native: str) -> Request:
        return Request(f"/v2/ticker/{native}")

    def read_poll(self, body: bytes, symbol: str, received: int) -> list[Event]:
        """Return the quote of a ticker, which tells no time, and its opening price of a day ago."""
        told, fields = object_of(body), Fields("ticker", symbol)
        last = fields.need("close", price, told.get("close"))
        parts = {name: told.get(name) for name in ("bid", "ask", "open", "high", "low")}
        return fields.quote(symbol, received, last=last, **parts)

    def explain(self, status: int, body: bytes) -> FeedError | None:
        if status == 429:
            return None  # the usual meaning, which minds the Retry-After header
        return in_its_words("Gemini", object_of, body)


def streams(native: str) -> list[str]:
    return [f"{native}@{stream}" for stream in STREAMS]


def order(id: str, method: str, params: list[str]) -> str:
    return as_text({"id": id, "method": method, "params": params})


def nanos(value: object) -> int | None:
    """Return a time in ns as ms."""
    return counted_time(value, 10**9)
