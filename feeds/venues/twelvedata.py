"""Twelve Data: streamed with a key. Facts from its documents (websocket, quote, time_series), from its Python
library and from recorded acks; no price frame was recorded."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote as percent

import msgspec
from msgspec import Struct

from feeds.budget import Budget
from feeds.errors import FeedError
from feeds.market import Bar, Instrument, Kind, Quote
from feeds.symbols import name_of, parse_symbol
from feeds.venues.base import Event, Notice, Request, pair, quoted
from feeds.venues.keyed import Keyed
from feeds.venues.quarters import as_hours
from feeds.venues.reading import Fields, bar, in_order, price_time
from feeds.venues.values import price, size

SOURCE = {"1m": "1min", "1h": "15min", "1d": "1day"}  # our interval → what is asked for
SPENT = 60.0  # seconds until the credits of a minute are there again
UNCOUNTED = {"Physical Currency", "PHYSICAL_CURRENCY", "Forex"}  # their volume is told as 0


class Frame(Struct):
    """Any frame: a price, or the answer to a subscription or a heartbeat."""

    event: str = ""
    status: str = ""
    symbol: Any = None
    type: Any = None
    timestamp: Any = None
    price: Any = None
    bid: Any = None
    ask: Any = None
    day_volume: Any = None
    success: Any = None
    fails: Any = None
    message: Any = None


class Answer(Struct):
    """Any REST answer: a quote, rows, or (with HTTP 200 as well) an error with a code."""

    code: Any = None
    status: str = ""
    message: str = ""
    timestamp: Any = None
    close: Any = None
    high: Any = None
    low: Any = None
    volume: Any = None
    previous_close: Any = None
    is_market_open: bool | None = None
    values: list[dict[str, Any]] | None = None


frame_decoder = msgspec.json.Decoder(Frame)
answer_decoder = msgspec.json.Decoder(Answer)


def share(name: str, kind: Kind, title: str) -> Instrument:
    symbol = f"TWELVEDATA:{name}"
    return Instrument(
        symbol=symbol, base=name, quote="USD", kind=kind, tick_size=0.01, title=title, native=name
    )


class TwelveData(Keyed):
    """Prices of shares, currencies and coins, some of them with bid and ask. There are no trades."""

    name = "TWELVEDATA"
    title = "Twelve Data"
    time_zone = "America/New_York"
    ws_url = "wss://ws.twelvedata.com/v1/quotes/price"
    rest_url = "https://api.twelvedata.com"
    headers = {"User-Agent": "Ticker/1", "Accept": "application/json"}
    poll_beside = 900.0  # each question costs of a small budget
    quotes_make_bars = True
    silence = 30.0
    acks = True
    ping_every = 10.0
    connects = (Budget(1, 5.0),)  # of more than three lines the oldest is closed
    requests = (Budget(8, 60.0), Budget(800, 86_400.0))  # credits of the free plan, one a request
    poll_every = 60.0
    bar_rows = {"1m": 5000, "1h": 1250, "1d": 5000}  # 5000 rows; hours are asked for as quarters
    open_catalogue = True  # its lists are by exchange and of a hundred thousand names
    featured = (
        share("AAPL", "share", "Apple"),
        share("MSFT", "share", "Microsoft"),
        pair("TWELVEDATA", "EUR", "USD", "fx", 0.00001, "EUR/USD", "Euro in dollars"),
        pair("TWELVEDATA", "USD", "JPY", "fx", 0.001, "USD/JPY", "Dollar in yen"),
        pair("TWELVEDATA", "BTC", "USD", "crypto", 0.01, "BTC/USD", "Bitcoin"),
    )

    # ------------------------------------------------------------------ names
    def native(self, symbol: str) -> str:
        return name_of(symbol).replace("-", "/")

    def symbol(self, native: str) -> str:
        return self.canonical(parse_symbol(f"TWELVEDATA:{native}"))

    def canonical(self, symbol: str) -> str:
        return symbol.replace("/", "-")

    # ----------------------------------------------------------------- stream
    def stream_url(self) -> str:
        return f"{self.ws_url}?apikey={percent(self.keys.key, safe='')}"

    def subscribe(self, natives: list[str]) -> list[str]:
        return [order("subscribe", natives)]

    def unsubscribe(self, natives: list[str]) -> list[str]:
        return [order("unsubscribe", natives)]

    def ping(self) -> str:
        return '{"action":"heartbeat"}'

    def read(self, raw: str | bytes, received: int) -> list[Event]:
        frame = frame_decoder.decode(raw)
        match frame.event:
            case "price":
                return self.read_price(frame, received)
            case "heartbeat":
                return [Notice(kind="heartbeat")]  # on a closed market there is no other sign of life
            case "subscribe-status":
                return [
                    *self.each_of(frame.success, "ack", ""),
                    *self.each_of(frame.fails, "refused", "unknown, or not in this plan"),
                ] or [Notice(kind="ignored", reason="subscribe-status of nothing")]
            case "unsubscribe-status" | "reset-status":
                return [Notice(kind="ignored", reason=frame.event)]
        if frame.status == "error":
            return [read_error(frame)]
        return [Notice(kind="ignored", reason=quoted(f"unknown event {frame.event[:32]}"))]

    def each_of(self, entries: Any, kind: Any, reason: str) -> list[Event]:
        """Return a notice for each symbol of a list, which may be null, and its entries of any shape."""
        events: list[Event] = []
        for entry in entries if isinstance(entries, list) else []:
            native = entry.get("symbol") if isinstance(entry, dict) else entry
            fields = Fields("subscribe-status", str(native)[:32])
            symbol = fields.need("symbol", self.named, native)
            events += [Notice(kind=kind, symbol=symbol, reason=reason)] if symbol else fields.bad
        return events

    def read_price(self, frame: Frame, received: int) -> list[Event]:
        fields = Fields("price", str(frame.symbol)[:32])
        symbol = fields.need("symbol", self.named, frame.symbol)
        if symbol is None:
            return fields.bad
        quote = Quote(
            symbol=symbol,
            received=received,
            time=fields.read("timestamp", price_time, frame.timestamp),
            last=fields.need("price", price, frame.price),
            bid=fields.read("bid", price, frame.bid),
            ask=fields.read("ask", price, frame.ask),
            volume=None
            if str(frame.type) in UNCOUNTED
            else fields.read("day_volume", size, frame.day_volume),
        )
        return fields.events(quote)

    # ------------------------------------------------------------------- REST
    def asking(self) -> dict[str, str]:
        return {"Authorization": f"apikey {self.keys.key}"}

    def poll(self, native: str) -> Request:
        return Request("/quote", {"symbol": native}, self.asking())

    def read_poll(self, body: bytes, symbol: str, received: int) -> list[Event]:
        """Return the quote; `open` is the previous close, which a share's change is counted from."""
        answer = self.answer_of(body)
        fields = Fields("quote", name_of(symbol))
        volume = fields.read("volume", size, answer.volume)
        quote = Quote(
            symbol=symbol,
            received=received,
            time=fields.read("timestamp", price_time, answer.timestamp),
            last=fields.need("close", price, answer.close),
            open=fields.read("previous_close", price, answer.previous_close),
            high=fields.read("high", price, answer.high),
            low=fields.read("low", price, answer.low),
            volume=volume,
            state="closed" if answer.is_market_open is False else "live",
        )
        return fields.events(quote)

    def bars(self, native: str, interval: str, start: int, end: int) -> Request | None:
        if interval not in SOURCE:
            return None
        params = {"symbol": native, "interval": SOURCE[interval], "outputsize": "5000", "timezone": "UTC"}
        params |= {"start_date": clock(start), "end_date": clock(max(start, end - 1000))}
        return Request("/time_series", params, self.asking())

    def read_bars(self, body: bytes, symbol: str, interval: str, now: int) -> list[Bar]:
        """Return the bars of rows that come newest first, with times of UTC, which was asked for."""
        step = "15m" if interval == "1h" else interval
        rows = []
        for row in self.answer_of(body).values or []:
            prices = (row.get("open"), row.get("high"), row.get("low"), row.get("close"))
            rows.append(bar(symbol, step, utc(row.get("datetime")), prices, row.get("volume"), now))
        return as_hours(in_order(rows), now) if interval == "1h" else in_order(rows)

    def answer_of(self, body: bytes) -> Answer:
        """Return an answer. Raises FeedError for an error, which may come with HTTP 200."""
        try:
            answer = answer_decoder.decode(body)
        except (msgspec.DecodeError, ValueError):
            raise FeedError(f"Twelve Data answered with something else: {quoted(self.body(body))}") from None
        if answer.status == "error" or answer.code is not None:
            code = answer.code if isinstance(answer.code, int) else 0
            raise self.trouble(code, answer.message)
        return answer

    def trouble(self, code: int, message: str) -> FeedError:
        said = quoted(f"Twelve Data: {self.hidden(message) or 'an error'} ({code})")
        if code == 429:
            return FeedError(said, retry_after=SPENT)
        return self.refusal(code, message) or FeedError(said, terminal=code in (400, 403, 404))

    def explain(self, status: int, body: bytes) -> FeedError | None:
        try:
            self.answer_of(body)
        except FeedError as error:
            return self.refusal(status, "") if "something else" in error.reason else error
        return self.refusal(status, "")


def order(action: str, natives: list[str]) -> str:
    return msgspec.json.encode({"action": action, "params": {"symbols": ",".join(natives)}}).decode()


def read_error(frame: Frame) -> Notice:
    """Return denied for an error of the whole line: a key that is refused, a plan without a stream."""
    reason = quoted(f"Twelve Data: {frame.message or 'an error'}")
    return Notice(kind="denied", reason=reason, retry_after=900.0)


def clock(time: int) -> str:
    return datetime.fromtimestamp(time / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def utc(text: object) -> int | None:
    """Return the second of a time, or of a day's date, without a zone; None for a text that is neither."""
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
        return int(moment.replace(tzinfo=UTC).timestamp()) if moment is not None else None
    except (ValueError, OverflowError):
        return None
