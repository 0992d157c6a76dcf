"""Kraken: streamed over its WebSocket v2. Facts from its documents (spot-websocket-v2, rest) and from
recordings; where the two differ, the recording won."""

from typing import Any

import msgspec
from msgspec import Struct, field

from feeds.budget import Budget
from feeds.errors import FeedError
from feeds.market import INTERVALS, Bar, Instrument, Trade
from feeds.symbols import name_of
from feeds.venues.answers import in_its_words, made_of
from feeds.venues.base import Event, Notice, Request, Venue, pair, quoted
from feeds.venues.kraken_rest import THEIRS, read_pair, read_row, result_of, symbol_of
from feeds.venues.reading import Fields, as_text, in_order, trades_of
from feeds.venues.values import rfc3339

TICKER = {"channel": "ticker", "event_trigger": "bbo", "snapshot": True}
TRADE = {"channel": "trade", "snapshot": True}


class Entry(Struct):
    """One entry of `data`: the fields of a quote, a trade and a status, each where its channel has it."""

    symbol: str = ""
    timestamp: Any = None
    bid: Any = None
    bid_qty: Any = None
    ask: Any = None
    ask_qty: Any = None
    last: Any = None
    volume: Any = None
    low: Any = None
    high: Any = None
    change: Any = None
    side: Any = None
    price: Any = None
    qty: Any = None
    trade_id: Any = None
    system: Any = None
    upcoming_maintenance: list[dict[str, Any]] | None = None


class Frame(Struct):
    """Any frame: data has a channel, an answer to a message of ours has a method."""

    channel: str = ""
    type: str = ""
    data: list[Entry] = []
    method: str = ""
    success: bool = True
    symbol: str | None = None
    error: str | None = None
    limit: str = field(name="Error", default="")  # {"Error":"Exceeded msg rate"}, with its capital
    result: dict[str, Any] | None = None


class Head(Struct):
    channel: str = ""
    method: str = ""


frame_decoder = msgspec.json.Decoder(Frame)
head_decoder = msgspec.json.Decoder(Head)


class Kraken(Venue):
    """The spot market: best bid and ask whenever they change, and every trade."""

    name = "KRAKEN"
    title = "Kraken"
    ws_url = "wss://ws.kraken.com/v2"
    rest_url = "https://api.kraken.com"
    headers = {"User-Agent": "Ticker/1", "Accept": "application/json"}
    silence = 10.0  # its heartbeat comes each second in which nothing else was sent
    acks = True
    first_within = 30.0  # the state comes at once
    connects = (Budget(150, 600.0), Budget(1, 5.0))  # above the first, which is about, an address is banned
    messages = (Budget(6, 1.0),)  # how many it takes varies with its load
    ping_every = 30.0  # a connection without any request is closed after a minute
    requests = (Budget(1, 1.0),)
    bar_rows = {"1m": 720, "1h": 720, "1d": 720}
    featured = (
        pair("KRAKEN", "BTC", "USD", "crypto", 0.1, "BTC/USD", "Bitcoin"),
        pair("KRAKEN", "ETH", "USD", "crypto", 0.01, "ETH/USD", "Ether"),
        pair("KRAKEN", "SOL", "USD", "crypto", 0.01, "SOL/USD", "Solana"),
        pair("KRAKEN", "XRP", "USD", "crypto", 0.00001, "XRP/USD", "XRP"),
        pair("KRAKEN", "BTC", "EUR", "crypto", 0.1, "BTC/EUR", "Bitcoin in euro"),
    )

    # ------------------------------------------------------------------ names
    def native(self, symbol: str) -> str:
        return name_of(self.canonical(symbol)).replace("-", "/")

    def symbol(self, native: str) -> str:
        return symbol_of(native)

    def canonical(self, symbol: str) -> str:
        base, _, quote = name_of(symbol).partition("-")
        return symbol_of(f"{base}/{quote}") if base and quote else symbol

    # ----------------------------------------------------------------- stream
    def subscribe(self, natives: list[str]) -> list[str]:
        return [order("subscribe", channel, natives) for channel in (TICKER, TRADE)]

    def unsubscribe(self, natives: list[str]) -> list[str]:
        return [order("unsubscribe", channel, natives) for channel in (TICKER, TRADE)]

    def ping(self) -> str:
        return '{"method":"ping"}'

    def read(self, raw: str | bytes, received: int) -> list[Event]:
        try:
            frame = frame_decoder.decode(raw)
        except msgspec.ValidationError:
            return [read_other(raw)]
        match frame.channel:
            case "ticker" | "trade" | "status" if not frame.data:
                return [Notice(kind="ignored", reason=f"empty {frame.channel}")]
            case "ticker":
                return [event for entry in frame.data for event in read_ticker(entry, received)]
            case "trade":
                return read_trades(frame)
            case "heartbeat":
                return [Notice(kind="heartbeat")]
            case "status":
                return [read_status(entry, received) for entry in frame.data]
            case "":
                return [read_answer(frame, raw)]
        return [Notice(kind="ignored", reason=quoted(frame.channel[:32]))]

    # ------------------------------------------------------------------- REST
    def instruments(self) -> Request:
        return Request("/0/public/AssetPairs")

    def read_instruments(self, body: bytes) -> list[Instrument]:
        return made_of(list(result_of(body).items()), read_pair)

    def bars(self, native: str, interval: str, start: int, end: int) -> Request | None:
        if interval not in self.bar_rows:
            return None
        # The old code without a slash is an "altname", which REST takes for every one of its pairs.
        code = "".join(THEIRS.get(part, part) for part in native.split("/"))
        minutes = INTERVALS[interval] // 60_000
        return Request(
            "/0/public/OHLC", {"pair": code, "interval": str(minutes), "since": str(start // 1000 - 1)}
        )

    def read_bars(self, body: bytes, symbol: str, interval: str, now: int) -> list[Bar]:
        result = result_of(body)
        rows: Any = next((value for key, value in result.items() if key != "last"), [])
        if not isinstance(rows, list):
            raise FeedError(f"Kraken answered with no rows: {quoted(body)}")
        complete = result.get("last")  # the opening of the newest row that isn't forming
        until = complete if isinstance(complete, int) else now // 1000
        return in_order(read_row(row, symbol, interval, now, until) for row in rows)

    def explain(self, status: int, body: bytes) -> FeedError | None:
        return in_its_words("Kraken", result_of, body)


def order(method: str, channel: dict[str, Any], natives: list[str]) -> str:
    return as_text({"method": method, "params": channel | {"symbol": natives}})


def read_ticker(entry: Entry, received: int) -> list[Event]:
    """Return the quote of an entry; a pair that was never traded has 0 and 1970, which are no values."""
    fields = Fields("ticker", entry.symbol)
    last = fields.newest("last", entry.last)
    day = {"open": fields.opening(last, entry.change), "high": entry.high, "low": entry.low}
    best = {"bid": entry.bid, "bid_size": entry.bid_qty, "ask": entry.ask, "ask_size": entry.ask_qty}
    time, symbol = fields.read("timestamp", rfc3339, entry.timestamp), symbol_of(entry.symbol)
    quote = fields.quote(symbol, received, time, last=last, volume=entry.volume, **best, **day)
    return quote or [Notice(kind="ignored", reason="ticker without a price")]


def read_trades(frame: Frame) -> list[Event]:
    """Return the trades of a frame, oldest first whatever their order in it, then what was wrong. A snapshot
    tells the last 50 again, at every subscribing."""

    def read(entry: Entry, fields: Fields) -> Trade | None:
        side = entry.side if entry.side in ("buy", "sell") else None  # the taker's
        time = fields.need("timestamp", rfc3339, entry.timestamp)
        told = (entry.trade_id, entry.price, entry.qty)
        return fields.trade(symbol_of(entry.symbol), time, told, side, frame.type == "snapshot")

    return trades_of(frame.data, "trade", frame.data[0].symbol, read)


def read_status(entry: Entry, received: int) -> Notice:
    """Return maintenance when the system is not online, or when an announced one has begun; else that it
    is open."""
    if entry.system != "online":
        return Notice(kind="maintenance", reason=quoted(f"Kraken's system is {entry.system}"))
    plans = [read_plan(plan, received) for plan in entry.upcoming_maintenance or []]
    begun = [plan for plan in plans if plan.kind == "maintenance"]
    return next(iter(begun or plans), Notice(kind="open"))


def read_plan(plan: dict[str, Any], received: int) -> Notice:
    """Return the maintenance of an announcement; it is ignored before and after its time."""
    start, end = plan.get("expected_start_utc"), plan.get("expected_end_utc")
    reason = quoted(f"maintenance {start} to {end}: {plan.get('title', '')}")
    fields = Fields("status", "system")
    begins, ends = fields.read("start", rfc3339, start), fields.read("end", rfc3339, end)
    on = begins is not None and begins <= received and (ends is None or received < ends)
    return Notice(kind="maintenance" if on else "ignored", reason=reason)


def read_answer(frame: Frame, raw: str | bytes) -> Notice:
    """Return what an answer to a message of ours means; there is one for each symbol and channel."""
    if frame.limit:
        return Notice(kind="refused", reason=quoted(frame.limit))
    if frame.method == "pong":
        return Notice(kind="pong")
    if not frame.method:
        return Notice(kind="bad", reason=f"neither channel nor method: {quoted(raw)}")
    native = frame.symbol or str((frame.result or {}).get("symbol") or "")
    symbol = symbol_of(native) if native else None
    if frame.method == "subscribe" and (frame.success or frame.error == "Already subscribed"):
        return Notice(kind="ack", symbol=symbol)
    if frame.method == "subscribe":
        return Notice(kind="refused", symbol=symbol, reason=quoted(frame.error or "refused"))
    return Notice(
        kind="ignored" if frame.success else "bad", reason=quoted(f"{frame.method}: {frame.error or 'done'}")
    )


def read_other(raw: str | bytes) -> Notice:
    """Return the notice of a frame of another shape: one of ours that is bad, or a channel we don't know."""
    head = head_decoder.decode(raw)
    if head.channel in ("ticker", "trade", "status", "heartbeat") or not head.channel:
        return Notice(kind="bad", reason=f"{head.channel or head.method} of another shape: {quoted(raw)}")
    return Notice(kind="ignored", reason=quoted(head.channel[:32]))
