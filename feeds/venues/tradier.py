"""Tradier: streamed with a key, over a long HTTP answer. Facts from its documents (streaming, quotes,
time and sales, history) and from recorded lines; where the two differ, the recording won."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct

from feeds.budget import Budget
from feeds.errors import BadSymbol, FeedError
from feeds.market import Bar, Cancel, Instrument, Kind, Quote, Trade
from feeds.symbols import name_of, parse_symbol
from feeds.venues.base import Event, Notice, Request, quoted
from feeds.venues.keyed import Keyed
from feeds.venues.reading import Fields, counted_time, trade_id
from feeds.venues.tradier_rest import history, lots, quotes_of, read_answer, said_by, series
from feeds.venues.values import price, size

FILTER = "quote,trade,timesale,summary"
NO_SYMBOL = " is not a valid symbol"
FINAL = (400, 404)


class Line(Struct):
    """Any line: numbers are numbers in a quote and texts in the other types."""

    type: str = ""
    symbol: str = ""
    bid: Any = None
    bidsz: Any = None
    biddate: Any = None
    ask: Any = None
    asksz: Any = None
    askdate: Any = None
    price: Any = None
    last: Any = None
    size: Any = None
    cvol: Any = None
    date: Any = None
    seq: Any = None
    cancel: Any = None
    correction: Any = None
    high: Any = None
    low: Any = None
    close_before: Any = msgspec.field(name="prevClose", default=None)
    error: str = ""


class Login(Struct):
    sessionid: str = ""


class LoginAnswer(Struct):
    stream: Login | None = None


line_decoder = msgspec.json.Decoder(Line)
login_decoder = msgspec.json.Decoder(LoginAnswer)


def listed(name: str, kind: Kind, title: str) -> Instrument:
    symbol = f"TRADIER:{name}"
    return Instrument(
        symbol=symbol, base=name, quote="USD", kind=kind, tick_size=0.01, title=title, native=name
    )


def millis(value: object) -> int | None:
    return counted_time(value, 1000)


class Tradier(Keyed):
    """American shares, funds and options: best bid and ask, and the whole tape, which names no side."""

    name = "TRADIER"
    title = "Tradier"
    time_zone = "America/New_York"
    mode = "lines"
    rest_url = "https://api.tradier.com"
    stream_host = "https://stream.tradier.com"
    headers = {"User-Agent": "Ticker/1", "Accept": "application/json"}
    poll_beside = 120.0
    takes_back = True
    silence = 900.0  # there is no heartbeat; after a quarter of an hour it ends a quiet answer itself
    connects = (Budget(1, 2.0),)  # one session at a time
    requests = (Budget(120, 60.0),)
    poll_every = 5.0
    bar_rows = {"1m": 10 * 1440, "1h": 18 * 24, "1d": 3650}  # it keeps minutes for 10 days, quarters for 18
    open_catalogue = True  # there is no list of all
    featured = (
        listed("AAPL", "share", "Apple"),
        listed("MSFT", "share", "Microsoft"),
        listed("SPY", "fund", "SPDR S&P 500"),
        listed("QQQ", "fund", "Invesco QQQ"),
    )

    def symbol(self, native: str) -> str:
        return parse_symbol(f"TRADIER:{native}")

    # ------------------------------------------------------------------ lines
    def asking(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.keys.key}"}

    def login(self) -> Request:
        """Return the request for a session. It is good for five minutes, so each line gets its own."""
        return Request("/v1/markets/events/session", {}, self.asking(), method="POST")

    def read_login(self, body: bytes) -> str:
        try:
            stream = login_decoder.decode(body).stream
        except (msgspec.DecodeError, ValueError):
            stream = None
        if stream is None or not stream.sessionid:
            raise FeedError(quoted(f"Tradier gives no session: {quoted(self.body(body))}"), retry_after=30.0)
        return stream.sessionid

    def lines(self, natives: list[str], session: str) -> Request:
        params = {"sessionid": session, "symbols": ",".join(natives), "filter": FILTER}
        params |= {"linebreak": "true", "validOnly": "true"}  # else one message follows the other unparted
        return Request("/v1/markets/events", params, self.asking(), host=self.stream_host)

    def read(self, raw: str | bytes, received: int) -> list[Event]:
        line = line_decoder.decode(raw)
        if line.error:
            return [self.read_error(line.error)]
        if line.type not in ("quote", "trade", "timesale", "summary"):
            return [Notice(kind="ignored", reason=quoted(f"unknown type {line.type[:32]}"))]
        fields = Fields(line.type, line.symbol)
        symbol = fields.need("symbol", self.named, line.symbol or None)
        if symbol is None:
            return fields.bad
        if line.type == "timesale":
            return read_timesale(line, fields, symbol)
        return read_quote(line, fields, symbol, received)

    def read_error(self, said: str) -> Notice:
        """Return the refusal of one symbol, or what concerns the whole line."""
        native = said.removesuffix(NO_SYMBOL)
        try:
            symbol = self.symbol(native) if native != said else None
        except BadSymbol:
            symbol = None
        reason = quoted(f"Tradier: {said}")
        return Notice(kind="maintenance" if native == said else "refused", symbol=symbol, reason=reason)

    # ------------------------------------------------------------------- REST
    def poll(self, native: str) -> Request:
        return Request("/v1/markets/quotes", {"symbols": native}, self.asking())

    def read_poll(self, body: bytes, symbol: str, received: int) -> list[Event]:
        found = quotes_of(self.body(body))
        if not found:
            raise FeedError(f"Tradier knows no {name_of(symbol)}", terminal=True)
        return read_answer(found[0], symbol, received)

    def bars(self, native: str, interval: str, start: int, end: int) -> Request | None:
        """Return the request; its times are New York's, four or five hours behind, and what is too much of
        the answer does no harm."""
        params = {"symbol": native, "session_filter": "all"}
        if interval == "1d":
            params |= {"interval": "daily", "start": clock(start)[:10], "end": clock(end)[:10]}
            return Request("/v1/markets/history", params, self.asking())
        if interval not in self.bar_rows:
            return None
        params["interval"] = "1min" if interval == "1m" else "15min"
        params |= {"start": clock(start - 5 * 3_600_000), "end": clock(end - 4 * 3_600_000)}
        return Request("/v1/markets/timesales", params, self.asking())

    def read_bars(self, body: bytes, symbol: str, interval: str, now: int) -> list[Bar]:
        read = history if interval == "1d" else series
        return read(self.body(body), symbol, interval, now)

    def explain(self, status: int, body: bytes) -> FeedError | None:
        said = said_by(self.body(body))
        if refused := self.refusal(status, said):
            return refused
        return FeedError(quoted(f"Tradier: {said}"), terminal=status in FINAL) if said else None


def clock(time: int) -> str:
    return datetime.fromtimestamp(time / 1000, UTC).strftime("%Y-%m-%d %H:%M")


def read_timesale(line: Line, fields: Fields, symbol: str) -> list[Event]:
    """Return a trade of the tape, or that it is taken back: then its line comes again with its own date and
    seq, and a flag that it is cancelled, or a correction and what is right. One of no size is none."""
    time, seq = fields.need("date", millis, line.date), fields.need("seq", trade_id, line.seq)
    name = f"{time}-{seq}"
    if line.cancel is True and time is not None and seq is not None:
        return [Cancel(symbol=symbol, id=name, time=time)]
    at, amount = fields.need("last", price, line.last), fields.need("size", size, line.size)
    if time is None or at is None or amount is None or seq is None:
        return fields.bad
    if amount == 0.0:
        return [Notice(kind="ignored", reason="trade of size 0")]
    trade = Trade(symbol=symbol, id=name, time=time, price=at, size=amount, side=None)
    return [Cancel(symbol=symbol, id=name, time=time, instead=trade)] if line.correction is True else [trade]


def read_quote(line: Line, fields: Fields, symbol: str, received: int) -> list[Event]:
    """Return what a quote, a trade or a summary says of the state.

    Only a quote has a time here: it is in whole seconds, and after a trade's milliseconds it would be late. A
    trade's own time comes with its line of the tape.
    """
    is_trade = line.type == "trade"
    times = (fields.read("biddate", millis, line.biddate), fields.read("askdate", millis, line.askdate))
    quote = Quote(
        symbol=symbol,
        received=received,
        time=max((time for time in times if time is not None), default=None),
        last=fields.need("price", price, line.price) if is_trade else None,
        size=fields.read("size", size, line.size) if is_trade else None,
        volume=fields.read("cvol", size, line.cvol) if is_trade else None,
        bid=fields.read("bid", price, line.bid),
        bid_size=fields.read("bidsz", lots, line.bidsz),
        ask=fields.read("ask", price, line.ask),
        ask_size=fields.read("asksz", lots, line.asksz),
        open=fields.read("prevClose", price, line.close_before),
        high=fields.read("high", price, line.high),
        low=fields.read("low", price, line.low),
    )
    if all(each is None for each in (quote.last, quote.bid, quote.ask, quote.open, quote.high, quote.low)):
        return fields.bad or [Notice(kind="ignored", reason=f"empty {line.type}")]
    return [quote, *fields.bad]
