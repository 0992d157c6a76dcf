"""OKX: the spot market, streamed by its public WebSocket v5. Facts from its documents (docs-v5: public
channels, market data) and from recordings; where the two differ, the recording won."""

import re

import msgspec

from feeds.budget import Budget
from feeds.errors import FeedError
from feeds.market import INTERVALS, Bar, Instrument, Trade
from feeds.symbols import parse_symbol
from feeds.venues import okx_rest as rest
from feeds.venues.base import Event, Notice, Request, Venue, pair, quoted
from feeds.venues.lax import NOT_PLAIN, best_of
from feeds.venues.okx_frames import (
    READ,
    Arg,
    Entry,
    Frame,
    frame_decoder,
    loose_entry_decoder,
    loose_frame_decoder,
    other,
)
from feeds.venues.okx_plain import AT, READERS
from feeds.venues.reading import Fields, as_text, in_order, millis, trades_of

CHANNELS = ("tickers", "trades")
PULSE = {"channel": "index-tickers", "instId": "BTC-USDT"}  # never rests; quiet markets say nothing for hours
REFUSED = re.compile(r"channel:(?:tickers|trades),instId:([A-Za-z0-9._\-]{1,40}?) doesn't exist")
TOO_FAST = "60014"
NEWEST = 1400  # rows that market/candles has for sure; the older ones are in market/history-candles


class Okx(Venue):
    """The spot market: the whole quote at most ten times a second, and trades by taker's order and price.

    Its REST tells single trades, with other numbers than the stream's sums of them, so that no hole can be
    closed with them; its bars close it.
    """

    name = "OKX"
    title = "OKX"
    ws_url = "wss://ws.okx.com:8443/ws/v5/public"
    rest_url = "https://www.okx.com"
    headers = {"User-Agent": "Ticker/1", "Accept": "application/json"}
    silence = 20.0  # a line without traffic is cut after 30 s
    acks = True
    first_within = 30.0  # the state comes at once
    chunk = 100  # of 64 KB a message; what is limited are messages, 480 an hour
    connects = (Budget(3, 1.0),)
    messages = (Budget(480, 3600.0), Budget(3, 1.0))  # the second is ours: too fast is an error
    ping_every = 20.0
    requests = (Budget(20, 2.0),)  # on each path, and twice as many on the newest bars
    bar_rows = {"1m": 100, "1h": 100, "1d": 100}
    featured = (
        pair("OKX", "BTC", "USDT", "crypto", 0.1, "BTC-USDT", "Bitcoin"),
        pair("OKX", "ETH", "USDT", "crypto", 0.01, "ETH-USDT", "Ether"),
        pair("OKX", "SOL", "USDT", "crypto", 0.01, "SOL-USDT", "Solana"),
        pair("OKX", "XRP", "USDT", "crypto", 0.0001, "XRP-USDT", "XRP"),
        pair("OKX", "DOGE", "USDT", "crypto", 0.00001, "DOGE-USDT", "Dogecoin"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.newest = 0  # the opening of the newest bar that its history told of, in ms

    def symbol(self, native: str) -> str:
        return rest.symbol_of(native)

    # ----------------------------------------------------------------- stream
    def greet(self) -> list[str]:
        return [order("subscribe", [PULSE])]

    def subscribe(self, natives: list[str]) -> list[str]:
        return [order("subscribe", args_of(natives))]

    def unsubscribe(self, natives: list[str]) -> list[str]:
        return [order("unsubscribe", args_of(natives))]

    def ping(self) -> str:
        return "ping"

    def parse(self, raw: str | bytes, received: int) -> list[Event]:
        try:
            return READERS[raw[AT]](raw, received)
        except NOT_PLAIN:
            return super().parse(raw, received)  # something about it is odd

    def read(self, raw: str | bytes, received: int) -> list[Event]:
        if raw in ("pong", b"pong"):
            return [Notice(kind="pong")]
        try:
            frame = frame_decoder.decode(raw)
        except msgspec.ValidationError:
            if notice := other(raw):
                return [notice]
            frame = loose_frame_decoder.decode(raw)
        if frame.event or frame.arg is None:
            return [read_event(frame, raw)]
        return read_data(frame.arg, frame.data, received)

    # ------------------------------------------------------------------- REST
    def instruments(self) -> Request:
        return Request("/api/v5/public/instruments", {"instType": "SPOT"})

    def read_instruments(self, body: bytes) -> list[Instrument]:
        return [made for row in rest.rows_of(body) if (made := rest.read_product(row))]

    def bars(self, native: str, interval: str, start: int, end: int) -> Request | None:
        if interval not in self.bar_rows:
            return None
        old = start < self.newest - NEWEST * INTERVALS[interval]
        # `after` means older than, `before` newer than; neither is included.
        params = {"instId": native, "bar": rest.BARS[interval], "after": str(end), "before": str(start - 1)}
        return Request(f"/api/v5/market/{'history-' * old}candles", params | {"limit": "100"})

    def read_bars(self, body: bytes, symbol: str, interval: str, now: int) -> list[Bar]:
        bars = in_order(rest.read_row(row, symbol, interval, now) for row in rest.rows_of(body))
        self.newest = max(self.newest, bars[-1].time) if bars else self.newest
        return bars

    def poll(self, native: str) -> Request:
        return Request("/api/v5/market/ticker", {"instId": native})

    def read_poll(self, body: bytes, symbol: str, received: int) -> list[Event]:
        try:
            entries = [loose_entry_decoder.decode(row) for row in rest.rows_of(body)]
        except (msgspec.DecodeError, ValueError):
            raise FeedError(f"OKX answered with no price: {quoted(body)}") from None
        return [event for entry in entries for event in read_ticker(entry, symbol, received)]

    def explain(self, status: int, body: bytes) -> FeedError | None:
        error = rest.refusal_of(body)
        return error if error is not None and error.reason.startswith("OKX: ") else None


def order(kind: str, args: list[dict[str, str]]) -> str:
    return as_text({"op": kind, "args": args})


def args_of(natives: list[str]) -> list[dict[str, str]]:
    return [{"channel": channel, "instId": native} for native in natives for channel in CHANNELS]


def read_data(arg: Arg, data: list[Entry], received: int) -> list[Event]:
    """Return what the entries of a data frame say; those of a contract are not ours."""
    if arg.channel == PULSE["channel"]:
        return [Notice(kind="heartbeat")]
    if arg.channel not in READ:
        return [Notice(kind="ignored", reason=quoted(arg.channel[:32]) or "no channel")]
    try:
        symbol = rest.symbol_of(arg.instId)
    except ValueError:
        return [Notice(kind="ignored", reason=quoted(f"no spot symbol: {arg.instId[:32]}"))]
    if not data:
        return [Notice(kind="bad", reason=f"bad {arg.channel} data: {symbol} has none")]
    match arg.channel:
        case "tickers":
            return [event for entry in data for event in read_ticker(entry, symbol, received)]
        case "trades" | "trades-all":
            return trades_of(data, "trade", symbol, read_trade)
    return [event for entry in data for event in read_book(entry, symbol, received)]


def read_ticker(entry: Entry, symbol: str, received: int) -> list[Event]:
    """Return the quote of an entry; a side without orders, or a market without a trade, has "" there."""
    fields = Fields("ticker", symbol)
    fields.must("last", entry.last)
    time = fields.read("time", millis, entry.ts)
    day = {"open": entry.open24h, "high": entry.high24h, "low": entry.low24h, "volume": entry.vol24h}
    best = {"bid": entry.bidPx, "bid_size": entry.bidSz, "ask": entry.askPx, "ask_size": entry.askSz}
    quote = fields.quote(symbol, received, time, last=entry.last, size=entry.lastSz, **best, **day)
    return quote or [Notice(kind="ignored", reason="ticker without a price")]


def read_trade(entry: Entry, fields: Fields) -> Trade | None:
    """Return a trade. It is the sum of `count` of them with the number of the last, so that numbers have gaps
    where nothing is missing."""
    side = entry.side if entry.side in ("buy", "sell") else None  # the taker's
    time = fields.need("time", millis, entry.ts)
    return fields.trade(fields.native, time, (entry.tradeId, entry.px, entry.sz), side)


def read_book(entry: Entry, symbol: str, received: int) -> list[Event]:
    """Return the best bid and ask of a small book, each level of it [price, size, …]."""
    fields = Fields("book", symbol)
    time = fields.read("time", millis, entry.ts)
    quote = fields.quote(symbol, received, time, **best_of(entry.bids, entry.asks))
    return quote or [Notice(kind="ignored", reason="an empty book")]


def read_event(frame: Frame, raw: str | bytes) -> Notice:
    """Return what an event means; there is one for each code and channel that was asked for."""
    arg = frame.arg or Arg()
    match frame.event:
        case "subscribe" if arg.channel in CHANNELS and arg.instId.count("-") > 1:
            reason = "a contract: only spot markets are served"
            return Notice(kind="refused", symbol=parse_symbol(f"OKX:{arg.instId}"), reason=reason)
        case "subscribe" if arg.channel in CHANNELS:
            return Notice(kind="ack", symbol=rest.symbol_of(arg.instId))
        case "notice" if frame.code == "64008":  # about a minute ahead of a service upgrade
            return Notice(kind="reconnect", reason=quoted(frame.msg) or "64008")
        case "error":
            return read_error(frame)
        case "" if frame.table:
            return Notice(kind="ignored", reason=quoted(f"v3 {frame.table[:32]}"))
        case "":
            return Notice(kind="bad", reason=f"neither arg nor event: {quoted(raw)}")
    return Notice(kind="ignored", reason=quoted(f"{frame.event[:32]} {frame.code[:8]}".strip()))


def read_error(frame: Frame) -> Notice:
    """Return the refusal of one code, by its words: there is no field for it."""
    reason = f"OKX: {quoted(frame.msg)} ({quoted(frame.code[:8])})"
    if frame.code == "60018":
        found = REFUSED.search(frame.msg)
        symbol = parse_symbol(f"OKX:{found[1]}") if found else None
        return Notice(kind="refused", symbol=symbol, reason=reason)
    return Notice(kind="refused" if frame.code == TOO_FAST else "bad", reason=reason)
