"""Finnhub: streamed with a key. Facts from its documents (websocket-trades, quote) and from recordings; where
the two differ, the recording won. Candles are only in a plan that is paid for, so there is no history."""

from typing import Any
from urllib.parse import quote as percent

import msgspec
from msgspec import Struct

from feeds.budget import Budget
from feeds.errors import BadSymbol, FeedError
from feeds.market import Instrument, Quote, Trade
from feeds.symbols import name_of, parse_symbol
from feeds.venues.base import Event, Notice, Request, pair, quoted
from feeds.venues.keyed import Keyed
from feeds.venues.reading import Fields, counted_time, price_time, split_pair
from feeds.venues.values import price, size

CODES = "AUD CAD CHF CNH CZK DKK EUR GBP HKD HUF JPY MXN NOK NZD PLN SEK SGD TRY USD ZAR"
CURRENCIES = frozenset(CODES.split())
COINS = ("USDT", "USDC", "FDUSD", "BTC", "ETH", "BNB")  # what Binance's codes end with
FX, COIN = "OANDA:", "BINANCE:"


class Print(Struct):
    """One trade: c conditions, p price, s symbol, t time in ms, v volume."""

    s: str = ""
    p: Any = None
    t: Any = None
    v: Any = None
    c: list[Any] | None = None


class Frame(Struct):
    type: str = ""
    data: list[Print] | None = None
    msg: str = ""


class Loose(Struct):
    """A frame with something odd in it: each part is read apart."""

    type: str = ""
    data: msgspec.Raw = msgspec.Raw(b"[]")


class Answer(Struct):
    """A quote: c current, h high, l low, pc previous close, t time in s; all zero for an unknown symbol."""

    c: Any = None
    h: Any = None
    l: Any = None  # noqa: E741 (its own name)
    pc: Any = None
    t: Any = None
    error: str = ""


frame_decoder = msgspec.json.Decoder(Frame)
loose_decoder = msgspec.json.Decoder(Loose)
parts_decoder = msgspec.json.Decoder(list[msgspec.Raw])
print_decoder = msgspec.json.Decoder(Print)
answer_decoder = msgspec.json.Decoder(Answer)


def share(name: str, title: str) -> Instrument:
    symbol = f"FINNHUB:{name}"
    return Instrument(
        symbol=symbol, base=name, quote="USD", kind="share", tick_size=0.01, title=title, native=name
    )


class Finnhub(Keyed):
    """Trades of American shares, currencies and coins. They name no side, and have no number of their own."""

    name = "FINNHUB"
    title = "Finnhub"
    time_zone = "America/New_York"
    ws_url = "wss://ws.finnhub.io"
    rest_url = "https://finnhub.io"
    headers = {"User-Agent": "Ticker/1", "Accept": "application/json"}
    poll_beside = 300.0
    silence = 90.0  # a ping comes when nothing else does
    chunk = 1  # one symbol a message
    connects = (Budget(1, 5.0),)  # one connection a key
    requests = (Budget(60, 60.0), Budget(30, 1.0))
    poll_every = 15.0
    open_catalogue = True  # its list has the American shares only
    featured = (
        share("AAPL", "Apple"),
        share("MSFT", "Microsoft"),
        share("TSLA", "Tesla"),
        pair("FINNHUB", "EUR", "USD", "fx", 0.00001, "OANDA:EUR_USD", "Euro in dollars"),
        pair("FINNHUB", "BTC", "USDT", "crypto", 0.01, "BINANCE:BTCUSDT", "Bitcoin"),
    )

    # ------------------------------------------------------------------ names
    def native(self, symbol: str) -> str:
        base, dash, quote = name_of(symbol).partition("-")
        if base in CURRENCIES and quote in CURRENCIES:
            return f"{FX}{base}_{quote}"
        return f"{COIN}{base}{quote}" if dash and quote in COINS else name_of(symbol)

    def symbol(self, native: str) -> str:
        if native.startswith(FX):
            return parse_symbol("FINNHUB:" + native.removeprefix(FX).replace("_", "-"))
        if native.startswith(COIN):
            return parse_symbol("FINNHUB:" + "-".join(split_pair(native.removeprefix(COIN), COINS)))
        return parse_symbol(f"FINNHUB:{native}")

    # ----------------------------------------------------------------- stream
    def stream_url(self) -> str:
        return f"{self.ws_url}/?token={percent(self.keys.key, safe='')}"

    def subscribe(self, natives: list[str]) -> list[str]:
        return [order("subscribe", native) for native in natives]

    def unsubscribe(self, natives: list[str]) -> list[str]:
        return [order("unsubscribe", native) for native in natives]

    def read(self, raw: str | bytes, received: int) -> list[Event]:
        try:
            frame = frame_decoder.decode(raw)
        except msgspec.ValidationError:
            return self.read_loose(loose_decoder.decode(raw))
        match frame.type:
            case "trade":
                return self.read_prints(frame.data or [])
            case "ping":
                return [Notice(kind="heartbeat")]
            case "error":
                return [read_error(frame.msg)]
        return [Notice(kind="ignored", reason=quoted(f"unknown type {frame.type[:32]}"))]

    def read_loose(self, frame: Loose) -> list[Event]:
        """Return what a frame says of which a part has another shape."""
        if frame.type != "trade":
            return [Notice(kind="ignored", reason=quoted(f"unknown type {frame.type[:32]}"))]
        prints, bad = [], list[Event]()
        for part in parts_decoder.decode(frame.data):
            try:
                prints.append(print_decoder.decode(part))
            except msgspec.DecodeError as error:
                bad.append(Notice(kind="bad", reason=quoted(f"bad trade entry: {error}")))
        return [*self.read_prints(prints), *bad] if prints else bad

    def read_prints(self, prints: list[Print]) -> list[Event]:
        """Return the trades of a frame by time; in it they are in no order.

        An id is made of all that is told of a trade and of how often it was told in this frame: a frame that
        comes twice (it did come three times) has the same ids, two equal trades in it have two.
        """
        trades: list[Trade] = []
        bad: list[Event] = []
        told: dict[str, int] = {}
        for each in prints:
            fields = Fields("trade", each.s)
            time = fields.need("t", lambda value: counted_time(value, 1000), each.t)
            at, amount = fields.need("p", price, each.p), fields.need("v", size, each.v)
            symbol = fields.need("s", self.named, each.s or None)
            if time is None or at is None or amount is None or symbol is None:
                bad += fields.bad
                continue
            conditions = ",".join(str(condition) for condition in each.c or ())[:40]
            key = f"{time}-{at!r}-{amount!r}-{conditions}"
            count = told[symbol + key] = told.get(symbol + key, 0) + 1
            trades.append(
                Trade(symbol=symbol, id=f"{key}-{count}", time=time, price=at, size=amount, side=None)
            )
        trades.sort(key=lambda trade: trade.time)
        return [*trades, *bad] or [Notice(kind="ignored", reason="a frame without trades")]

    # ------------------------------------------------------------------- REST
    def asking(self) -> dict[str, str]:
        return {"X-Finnhub-Token": self.keys.key}

    def instruments(self) -> Request | None:
        if not self.keys.key:
            return None
        return Request("/api/v1/stock/symbol", {"exchange": "US"}, self.asking())

    def read_instruments(self, body: bytes) -> list[Instrument]:
        try:
            rows = msgspec.json.decode(body, type=list[Any])
        except (msgspec.DecodeError, ValueError):
            raise FeedError(f"Finnhub answered with no list: {quoted(self.body(body))}") from None
        shares = [made for row in rows if (made := read_listed(row))]
        return [*self.featured[3:], *shares] if shares else []  # an empty list takes nothing off the market

    def poll(self, native: str) -> Request:
        return Request("/api/v1/quote", {"symbol": native}, self.asking())

    def read_poll(self, body: bytes, symbol: str, received: int) -> list[Event]:
        """Return the quote; `open` is the previous close, which a share's change is counted from."""
        try:
            answer = answer_decoder.decode(body)
        except (msgspec.DecodeError, ValueError):
            raise FeedError(f"Finnhub answered with no quote: {quoted(self.body(body))}") from None
        if answer.error:
            raise FeedError(quoted(f"Finnhub: {self.hidden(answer.error)}"))
        if not answer.c and not answer.t:
            raise FeedError(f"Finnhub knows no {name_of(symbol)}", terminal=True)
        fields = Fields("quote", name_of(symbol))
        quote = Quote(
            symbol=symbol,
            received=received,
            time=fields.read("t", price_time, answer.t),
            last=fields.need("c", price, answer.c),
            open=fields.read("pc", price, answer.pc),
            high=fields.read("h", price, answer.h),
            low=fields.read("l", price, answer.l),
        )
        return fields.events(quote)

    def explain(self, status: int, body: bytes) -> FeedError | None:
        try:
            said = answer_decoder.decode(self.body(body)).error
        except (msgspec.DecodeError, ValueError):
            said = ""
        if status == 403:
            return FeedError(quoted(f"Finnhub: {said or 'not in this plan'}"), terminal=True)
        return self.refusal(status, said)


def order(kind: str, native: str) -> str:
    return msgspec.json.encode({"type": kind, "symbol": native}).decode()


def read_error(said: str) -> Notice:
    """Return denied for a key that is refused: nothing of the line works then. Another error is bad."""
    login = "api key" in said.lower() or "token" in said.lower()
    reason = quoted(f"Finnhub: {said or 'an error'}")
    return (
        Notice(kind="denied", reason=reason, retry_after=900.0)
        if login
        else Notice(kind="bad", reason=reason)
    )


def read_listed(row: Any) -> Instrument | None:
    """Return the instrument of one row of the list, None for one that can't be named in our words."""
    try:
        native = str(row["symbol"])
        symbol = parse_symbol(f"FINNHUB:{native}")
        currency, title = str(row.get("currency") or "USD"), str(row.get("description") or native)
    except (BadSymbol, LookupError, TypeError, AttributeError):
        return None
    fund = str(row.get("type")) in ("ETP", "ETF")
    return Instrument(
        symbol=symbol,
        base=name_of(symbol),
        quote=currency,
        kind="fund" if fund else "share",
        tick_size=0.01,
        title=title.title(),
        native=native,
    )
