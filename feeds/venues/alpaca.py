"""Alpaca: streamed with a key, of IEX, which has two or three in a hundred of America's trades. Facts from
its documents (real-time stock pricing data, streaming market data) and from the session recorded in them."""

from typing import Any

import msgspec
from msgspec import Struct, field

from feeds.budget import Budget
from feeds.market import Cancel, Instrument, Quote, Trade
from feeds.symbols import parse_symbol
from feeds.venues.alpaca_rest import AlpacaRest, read_print, read_sides
from feeds.venues.base import Event, Notice, quoted
from feeds.venues.reading import Fields, trade_id
from feeds.venues.values import price, rfc3339, size

CHANNELS = ("trades", "quotes", "dailyBars")
OF_NO_USE = {"b": "minute bar", "u": "corrected bar", "s": "status", "l": "price band", "i": "imbalance"}
NO_LOGIN = {401, 402, 404, 406, 409}  # not this key, not now: nothing of the line works then


class Message(Struct):
    """One message of a frame. T is its type; the same letter means another thing in another type: `c` is a
    list of conditions, or the close."""

    kind: str = field(name="T", default="")
    native: str = field(name="S", default="")
    t: Any = None
    i: Any = None
    p: Any = None
    s: Any = None
    bp: Any = None
    bs: Any = None
    ap: Any = None
    asked: Any = field(name="as", default=None)
    h: Any = None
    l: Any = None  # noqa: E741 (its own name)
    v: Any = None
    msg: Any = None
    code: Any = None
    trades: Any = None
    oi: Any = None
    ci: Any = None
    cp: Any = None
    cs: Any = None


frame_decoder = msgspec.json.Decoder(list[Message])
loose_decoder = msgspec.json.Decoder(list[msgspec.Raw])
message_decoder = msgspec.json.Decoder(Message)


def share(name: str, title: str) -> Instrument:
    symbol = f"ALPACA:{name}"
    return Instrument(
        symbol=symbol, base=name, quote="USD", kind="share", tick_size=0.01, title=title, native=name
    )


class Alpaca(AlpacaRest):
    """Trades and best bid and ask of American shares at IEX; a free account has one line and 30 symbols."""

    name = "ALPACA"
    title = "Alpaca (IEX)"
    time_zone = "America/New_York"
    needs = ("KEY", "SECRET")
    wrong_key = (401, 403)
    ws_url = "wss://stream.data.alpaca.markets/v2/iex"
    rest_url = "https://data.alpaca.markets"
    headers = {"User-Agent": "Ticker/1", "Accept": "application/json"}
    poll_beside = 120.0
    takes_back = True
    silence = 60.0
    acks = True
    waits_for_ready = True
    chunk = 1  # above the limit a message is refused whole, and the refusal names nothing
    connects = (Budget(1, 10.0),)  # one line an account; one that broke counts for 90 s more
    ping_every = 20.0
    requests = (Budget(200, 60.0),)
    poll_every = 15.0
    bar_rows = {"1m": 10_000, "1h": 10_000, "1d": 10_000}
    featured = (
        share("AAPL", "Apple"),
        share("MSFT", "Microsoft"),
        share("NVDA", "NVIDIA"),
        share("TSLA", "Tesla"),
        share("SPY", "SPDR S&P 500"),
    )

    def __init__(self) -> None:
        super().__init__()
        self._asked: dict[str, None] = {}

    def symbol(self, native: str) -> str:
        return parse_symbol(f"ALPACA:{native}")

    # ----------------------------------------------------------------- stream
    def greet(self) -> list[str]:
        self._asked.clear()
        return [encoded({"action": "auth", "key": self.keys.key, "secret": self.keys.secret})]

    def subscribe(self, natives: list[str]) -> list[str]:
        self._asked |= dict.fromkeys(natives)
        return [order("subscribe", natives)]

    def unsubscribe(self, natives: list[str]) -> list[str]:
        for native in natives:
            self._asked.pop(native, None)
        return [order("unsubscribe", natives)]

    def ping(self) -> str | None:
        """Ask again for what is asked for already: at night its answer is the only sign of life."""
        return order("subscribe", list(self._asked)[:1]) if self._asked else None

    def read(self, raw: str | bytes, received: int) -> list[Event]:
        events: list[Event] = []
        try:
            messages = frame_decoder.decode(raw)
        except msgspec.ValidationError:
            messages = []
            for part in loose_decoder.decode(raw):
                try:
                    messages.append(message_decoder.decode(part))
                except msgspec.DecodeError as error:
                    events.append(Notice(kind="bad", reason=quoted(f"bad message: {error}")))
        read = [event for message in messages for event in self.read_message(message, received)]
        return read + events or [Notice(kind="ignored", reason="a frame without messages")]

    def read_message(self, message: Message, received: int) -> list[Event]:
        match message.kind:
            case "t":
                return self.read_trade(message)
            case "q":
                return self.read_quote(message, received)
            case "x" | "c":
                return self.read_cancel(message)
            case "d":
                return self.read_day(message, received)
            case "subscription":
                return self.read_subscription(message)
            case "success":
                ready = message.msg == "authenticated"
                said = quoted(str(message.msg)) or "success"
                return [Notice(kind="ready" if ready else "ignored", reason=said)]
            case "error":
                return [read_error(message)]
        known = OF_NO_USE.get(message.kind) or quoted(f"unknown type {message.kind[:32]}")
        return [Notice(kind="ignored", reason=known)]

    def read_trade(self, message: Message) -> list[Event]:
        fields = Fields("trade", message.native)
        symbol = fields.need("S", self.named, message.native or None)
        trade = read_print(fields, symbol or "", message.t, message.i, message.p, message.s)
        return [trade] if symbol and isinstance(trade, Trade) else fields.bad

    def read_cancel(self, message: Message) -> list[Event]:
        """Return that a trade was cancelled (x), or corrected (c): the one of `oi` should have been that of
        `ci`. Both come with every trade channel; their time is about the trade's."""
        fields = Fields("cancel" if message.kind == "x" else "correction", message.native)
        symbol = fields.need("S", self.named, message.native or None)
        instead = None
        if message.kind == "c":
            instead = read_print(fields, symbol or "", message.t, message.ci, message.cp, message.cs)
        told, name = (message.i, "i") if message.kind == "x" else (message.oi, "oi")
        gone = fields.need(name, trade_id, told)
        if symbol is None or gone is None or (message.kind == "c" and instead is None):
            return fields.bad
        time = fields.read("t", rfc3339, message.t)
        return [Cancel(symbol=symbol, id=gone, time=time, instead=instead), *fields.bad]

    def read_quote(self, message: Message, received: int) -> list[Event]:
        fields = Fields("quote", message.native)
        quote = read_sides(
            fields,
            fields.need("S", self.named, message.native or None) or "",
            received,
            fields.read("t", rfc3339, message.t),
            (message.bp, message.bs, message.ap, message.asked),
        )
        return fields.events(quote) if quote.symbol else fields.bad

    def read_day(self, message: Message, received: int) -> list[Event]:
        """Return the day's high, low and volume; its own time is the day's beginning, so it has none."""
        fields = Fields("day", message.native)
        symbol = fields.need("S", self.named, message.native or None)
        high, low = fields.read("h", price, message.h), fields.read("l", price, message.l)
        volume = fields.read("v", size, message.v)
        if symbol is None or (high is None and low is None and volume is None):
            return fields.bad
        return [Quote(symbol=symbol, received=received, high=high, low=low, volume=volume), *fields.bad]

    def read_subscription(self, message: Message) -> list[Event]:
        """Return an ack for each symbol of the list, which is always the whole of what is subscribed now."""
        natives = message.trades if isinstance(message.trades, list) else []
        events: list[Event] = [Notice(kind="heartbeat")]
        for native in natives:
            fields = Fields("subscription", str(native))
            symbol = fields.need("trades", self.named, native)
            events += [Notice(kind="ack", symbol=symbol)] if symbol else fields.bad
        return events


def encoded(message: dict[str, Any]) -> str:
    return msgspec.json.encode(message).decode()


def order(action: str, natives: list[str]) -> str:
    return encoded({"action": action} | dict.fromkeys(CHANNELS, natives))


def read_error(message: Message) -> Notice:
    """Return what an error means: that we may not log in (now), that a symbol is one too many, or another."""
    reason = quoted(f"Alpaca: {message.msg or 'an error'} ({message.code})")
    if message.code == 403:
        return Notice(kind="ready", reason=reason)  # authenticated already
    if message.code in NO_LOGIN:
        return Notice(kind="denied", reason=reason, retry_after=90.0 if message.code == 406 else 900.0)
    return Notice(kind="refused" if message.code in (400, 405, 410) else "bad", reason=reason)
