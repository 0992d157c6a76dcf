"""Binance's spot market: streamed. Facts from its documents (binance-spot-api-docs: web-socket-streams.md,
rest-api.md, faqs/market_data_only.md) and from recordings; where the two differ, the recording won."""

from typing import ClassVar

import msgspec

from feeds.budget import Budget
from feeds.errors import FeedError
from feeds.market import Bar, Instrument, Side, Trade
from feeds.venues import binance_rest as rest
from feeds.venues.base import Event, Notice, Request, pair, quoted
from feeds.venues.binance_frames import (
    Payload,
    frame_decoder,
    loose_frame_decoder,
    loose_payload_decoder,
    other,
    read_answer,
)
from feeds.venues.binance_plain import READERS
from feeds.venues.lax import NOT_PLAIN, Plain
from feeds.venues.reading import Fields, as_text, by_time, in_order, millis

# bookTicker tells every change of the best bid and ask but only changes, and has no time; ticker tells the
# whole state each second. aggTrade has a line per taker's order and price, with numbers that have no gaps.
STREAMS = ("ticker", "bookTicker", "aggTrade")
PULSE = "btcusdt@miniTicker"  # one line that never rests, so that a quiet market isn't taken for a dead line


class Binance(Plain):
    """The spot market by the hosts that serve market data only, which are open in more countries."""

    name = "BINANCE"
    title = "Binance"
    ws_url = "wss://data-stream.binance.vision/stream"
    rest_url = "https://data-api.binance.vision"
    also_at = ("stream.binance.com", "api.binance.com")
    headers = {"User-Agent": "Ticker/1", "Accept": "application/json"}
    line_symbols = 300  # a line has 1024 streams, a symbol three of them
    silence = 20.0  # the pulse ticks each second; its own protocol pings come each 20 s
    chunk = 50  # of at most 1024 streams a connection
    connects = (Budget(300, 300.0),)
    messages = (Budget(5, 1.0),)  # with the pongs, or the line is cut
    handover_after = 23.5 * 3600  # every line is cut after 24 h
    requests = (Budget(6000, 60.0),)  # of weight
    bar_rows = {"1m": 1000, "1h": 1000, "1d": 1000}
    quotes: ClassVar[tuple[str, ...]] = rest.QUOTES
    listing: ClassVar[dict[str, str]] = {"showPermissionSets": "false"}  # long lists of who may trade
    featured: ClassVar[tuple[Instrument, ...]] = (
        pair("BINANCE", "BTC", "USDT", "crypto", 0.01, "BTCUSDT", "Bitcoin"),
        pair("BINANCE", "ETH", "USDT", "crypto", 0.01, "ETHUSDT", "Ether"),
        pair("BINANCE", "SOL", "USDT", "crypto", 0.01, "SOLUSDT", "Solana"),
        pair("BINANCE", "XRP", "USDT", "crypto", 0.0001, "XRPUSDT", "XRP"),
        pair("BINANCE", "DOGE", "USDT", "crypto", 0.00001, "DOGEUSDT", "Dogecoin"),
    )

    # ------------------------------------------------------------------ names
    def native(self, symbol: str) -> str:
        return super().native(symbol).replace("-", "")

    def symbol(self, native: str) -> str:
        return self.names.get(native) or rest.symbol_of(self.name, native, self.quotes)

    # ----------------------------------------------------------------- stream
    def greet(self) -> list[str]:
        return [order("SUBSCRIBE", [PULSE])]

    def subscribe(self, natives: list[str]) -> list[str]:
        return [order("SUBSCRIBE", streams_of(natives))]

    def unsubscribe(self, natives: list[str]) -> list[str]:
        return [order("UNSUBSCRIBE", streams_of(natives))]

    def parse(self, raw: str | bytes, received: int) -> list[Event]:
        try:
            return READERS[raw[-3]](raw, received, self.found)  # type: ignore[arg-type]  # bytes have none
        except NOT_PLAIN:
            return super().parse(raw, received)  # something about it is odd

    def read(self, raw: str | bytes, received: int) -> list[Event]:
        try:
            frame = frame_decoder.decode(raw)
        except msgspec.ValidationError:
            if notice := other(raw):
                return [notice]
            frame = loose_frame_decoder.decode(raw)
        told = frame if frame.data is None else frame.data
        match told.e:
            case "" if told.u is not None and told.s:
                return self.read_quote(told, "book", received)
            case "aggTrade":
                return self.read_trade(told, told.a)
            case "24hrTicker" | "24hrMiniTicker":
                return self.read_quote(told, "ticker", received)
            case "bookTicker":
                return self.read_quote(told, "book", received)
            case "trade":
                return self.read_trade(told, told.t)
            case "serverShutdown":
                return [Notice(kind="reconnect", reason="serverShutdown")]
            case "":
                return [read_answer(frame, raw)]
        return [Notice(kind="ignored", reason=quoted(told.e[:32]))]

    def known(self, native: str) -> str | None:
        """Return our symbol, None for a code of another market (`BTCUSD_PERP`) or an unknown currency."""
        try:
            return self.symbol(native)
        except ValueError:
            return None

    def read_quote(self, told: Payload, kind: str, received: int) -> list[Event]:
        """Return the quote of a ticker or of the best bid and ask; what has never traded has no price."""
        symbol = self.known(told.s)
        if symbol is None:
            return [Notice(kind="ignored", reason=quoted(f"no spot symbol: {told.s[:32]}"))]
        fields = Fields(kind, told.s)
        if kind == "ticker":
            fields.must("last", told.c)
        # The figures are as of C; E is when they were sent. A bookTicker has neither.
        time = fields.read("time", millis, told.T or told.C or told.E)
        figures = {
            "last": told.c,
            "size": told.Q,
            "volume": told.v,
            "open": told.o,
            "high": told.h,
            "low": told.l,
        }
        best = {"bid": told.b, "bid_size": told.B, "ask": told.a, "ask_size": told.A}
        quote = fields.quote(symbol, received, time, **figures, **best)
        return quote or [Notice(kind="ignored", reason=f"{kind} without a price")]

    def read_trade(self, told: Payload, number: object) -> list[Event]:
        symbol = self.known(told.s)
        if symbol is None:
            return [Notice(kind="ignored", reason=quoted(f"no spot symbol: {told.s[:32]}"))]
        return [trade_of(told, symbol, number)]

    # ------------------------------------------------------------------- REST
    def instruments(self) -> Request:
        return Request("/api/v3/exchangeInfo", self.listing, weight=20)

    def read_instruments(self, body: bytes) -> list[Instrument]:
        return rest.read_catalogue(body, self.name)

    def bars(self, native: str, interval: str, start: int, end: int) -> Request | None:
        if interval not in self.bar_rows:
            return None
        params = {"symbol": native, "interval": interval, "startTime": str(start), "endTime": str(end - 1)}
        return Request("/api/v3/klines", params | {"limit": "1000"}, weight=2)

    def read_bars(self, body: bytes, symbol: str, interval: str, now: int) -> list[Bar]:
        return in_order(rest.read_row(row, symbol, interval, now) for row in rest.rows_of(body))

    def trades(self, native: str) -> Request:
        return Request("/api/v3/aggTrades", {"symbol": native, "limit": "1000"}, weight=4)

    def read_trades(self, body: bytes, symbol: str) -> list[Trade]:
        told = []
        for row in rest.rows_of(body):
            try:
                entry = loose_payload_decoder.decode(row)
            except (msgspec.DecodeError, ValueError):
                continue
            told.append(trade_of(entry, symbol, entry.a))
        return sorted((each for each in told if isinstance(each, Trade)), key=by_time)

    def poll(self, native: str) -> Request:
        return Request("/api/v3/ticker/24hr", {"symbol": native}, weight=2)

    def read_poll(self, body: bytes, symbol: str, received: int) -> list[Event]:
        return rest.read_state(body, symbol, received)

    def explain(self, status: int, body: bytes) -> FeedError | None:
        return rest.explain(status, body)


def order(method: str, streams: list[str]) -> str:
    return as_text({"method": method, "params": streams, "id": 1})


def streams_of(natives: list[str]) -> list[str]:
    """Return the names of the streams of these codes; they are in lower case, unlike in their frames."""
    return [f"{native.lower()}@{stream}" for native in natives for stream in STREAMS]


def trade_of(told: Payload, symbol: str, number: object) -> Event:
    """Return the trade; a line that was taken back has no trades in it (their first number is -1)."""
    if told.f == -1:
        return Notice(kind="ignored", reason="a trade without trades")
    fields = Fields("trade", told.s or symbol)
    side: Side | None = ("sell" if told.m else "buy") if isinstance(told.m, bool) else None
    time = fields.need("time", millis, told.T)
    trade = fields.trade(symbol, time, (number, told.p, told.q), side)  # m: the buyer is the maker
    return trade or fields.bad[0]
