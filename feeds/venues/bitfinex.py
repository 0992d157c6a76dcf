"""Bitfinex: streamed over its WebSocket v2. Facts from its documents (ws-general, ws-public, rest-public) and
from frames that its users quote. A frame names its channel by a number, given out at subscribing."""

from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct

from feeds.budget import Budget
from feeds.errors import BadSymbol, FeedError
from feeds.market import INTERVALS, Bar, Instrument, Trade, replace
from feeds.symbols import name_of, parse_symbol
from feeds.venues.answers import answer_of, in_its_words, listed, made_of, refused
from feeds.venues.base import Event, Notice, Request, Venue, pair, quoted
from feeds.venues.reading import Fields, as_text, bar_of, counted_time, in_order, trades_of
from feeds.venues.values import number, price

FRAMES = {"1m": "1m", "1h": "1h", "1d": "1D"}
CHANNELS = ("ticker", "trades")
PAIRS = "/v2/conf/pub:list:pair:exchange,pub:list:pair:futures,pub:map:currency:label"
OVERLAP = 20_000  # ms that two of our lines may live at the same time, and more
STOPPING, MAINTENANCE, RESUMED, KNOWN_ALREADY = 20051, 20060, 20061, 10301
BUSY = {11010, MAINTENANCE}  # the first is of too many requests
FUTURE = "F0"  # at the end of both currencies of a perpetual: BTCF0:USTF0
OURS = {
    "ALG": "ALGO", "ATO": "ATOM", "BCHN": "BCH", "DAT": "DATA", "DSH": "DASH", "EUS": "EURS", "EUT": "EURT",
    "IOT": "IOTA", "MNA": "MANA", "QTM": "QTUM", "RBT": "RBTC", "STJ": "STORJ", "TSD": "TUSD", "UDC": "USDC",
    "UST": "USDT", "WAX": "WAXP",
}  # fmt: skip
COLUMNS = (0, 1, 3, 4, 2, 5)  # of a row of history, whose close comes second
FIGURES = (
    "bid", "bid_size", "ask", "ask_size", "change", "change_relative", "last", "volume", "high", "low",
)  # fmt: skip
THEIRS = {ours: theirs for theirs, ours in OURS.items()}


class Channel(Struct, frozen=True):
    """What a channel's number stands for, from `since` (ms) on."""

    kind: str
    native: str
    since: int = 0


class Said(Struct):
    """A frame that is an object: what the venue says of the line and of our requests."""

    event: str = ""
    channel: str = ""
    chanId: int | None = None
    symbol: str = ""
    code: Any = None
    msg: Any = None
    version: Any = None
    platform: dict[str, Any] | None = None


class Update(Struct, array_like=True):
    """A frame that is a list: a channel, then its data, or what kind of data comes third."""

    channel: int
    body: Any = None
    entry: Any = None


said_decoder = msgspec.json.Decoder(Said)
update_decoder = msgspec.json.Decoder(Update)


class Bitfinex(Venue):
    """Best bid and ask with the last price, and every trade."""

    name = "BITFINEX"
    title = "Bitfinex"
    ws_url = "wss://api-pub.bitfinex.com/ws/2"
    rest_url = "https://api-pub.bitfinex.com"
    headers = {"User-Agent": "Ticker/1", "Accept": "application/json"}
    line_symbols = 12  # a line has 25 channels, a symbol two of them
    silence = 35.0  # each channel has a heartbeat after 15 quiet seconds
    acks = True
    first_within = 30.0  # the state comes at once
    connects = (Budget(20, 60.0),)
    requests = (Budget(90, 60.0),)  # some answers cost more of it
    bar_rows = {"1m": 5000, "1h": 5000, "1d": 5000}
    featured = (
        pair("BITFINEX", "BTC", "USD", "crypto", 1.0, "tBTCUSD", "Bitcoin"),
        pair("BITFINEX", "ETH", "USD", "crypto", 0.1, "tETHUSD", "Ether"),
        pair("BITFINEX", "XRP", "USD", "crypto", 0.0001, "tXRPUSD", "XRP"),
        pair("BITFINEX", "BTC", "USDT", "crypto", 1.0, "tBTCUST", "Bitcoin in Tether"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.channels: dict[int, Channel] = {}
        self.before: dict[int, Channel] = {}  # of the line before this one, which may still talk

    # ------------------------------------------------------------------ names
    def native(self, symbol: str) -> str:
        base, _, rest = name_of(symbol).partition("-")
        quote, dash, _ = rest.partition("-")
        base, quote = (THEIRS.get(each, each) + (FUTURE if dash else "") for each in (base, quote))
        return f"t{base}{quote}" if len(base) == len(quote) == 3 else f"t{base}:{quote}"

    def symbol(self, native: str) -> str:
        return self.names.get(native) or symbol_of(native)

    def known(self, native: str) -> str | None:
        """Return our symbol, None for a code of no pair: a loan's, or that of a channel without any."""
        try:
            return self.symbol(native)
        except BadSymbol:
            return None

    # ----------------------------------------------------------------- stream
    def subscribe(self, natives: list[str]) -> list[str]:
        return [
            as_text({"event": "subscribe", "channel": kind, "symbol": native})
            for native in natives
            for kind in CHANNELS
        ]

    def unsubscribe(self, natives: list[str]) -> list[str]:
        wanted = [channel for channel, known in self.channels.items() if known.native in natives]
        return [as_text({"event": "unsubscribe", "chanId": channel}) for channel in wanted]

    def read(self, raw: str | bytes, received: int) -> list[Event]:
        if raw[:1] in ("[", b"["):
            return self.read_update(update_decoder.decode(raw), received)
        return [self.read_said(said_decoder.decode(raw), raw, received)]

    def read_update(self, update: Update, received: int) -> list[Event]:
        channel = self.channels.get(update.channel) or self.before.get(update.channel)
        if channel is None or received < channel.since:
            return [Notice(kind="ignored", reason="a channel that was not asked for")]
        if channel.kind not in CHANNELS or not channel.native.startswith("t"):
            return [Notice(kind="ignored", reason=quoted(f"channel {channel.kind[:32]}"))]
        symbol, body = self.symbol(channel.native), update.body
        match body:
            case "hb":
                return [Notice(kind="heartbeat", symbol=symbol)]
            case "te" if channel.kind == "trades":
                return read_deals([update.entry], symbol, recap=False)
            case "tu":  # the same trade again, a second later
                return [Notice(kind="ignored", reason="tu")]
            case list() if channel.kind == "trades":
                told = read_deals(body, symbol, recap=True)
                return told or [Notice(kind="ignored", reason="no trades yet")]
            case list() if channel.kind == "ticker":
                return read_price(body, symbol, received)
        word = f" {body}" if isinstance(body, str) else ""
        return [Notice(kind="ignored", reason=quoted(f"{channel.kind[:32]}{word[:16]}"))]

    def read_said(self, said: Said, raw: str | bytes, received: int) -> Notice:
        match said.event:
            case "subscribed" if said.chanId is not None:
                self.give(said.chanId, Channel(said.channel, said.symbol), received)
                return Notice(kind="ack", symbol=self.known(said.symbol))
            case "unsubscribed":
                self.channels.pop(said.chanId or 0, None)
                return Notice(kind="ignored", reason="unsubscribed")
            case "pong":
                return Notice(kind="pong")
            case "error":
                return self.read_error(said)
            case "info":
                return self.read_info(said)
            case "":
                return Notice(kind="bad", reason=f"no event: {quoted(raw)}")
        return Notice(kind="ignored", reason=quoted(said.event[:32]))

    def give(self, number: int, channel: Channel, received: int) -> None:
        """Note what a number stands for. Where it stood for something else on the line before, it is not
        believed until that line is surely gone."""
        old = self.before.get(number)
        clash = old is not None and (old.kind, old.native) != (channel.kind, channel.native)
        self.channels[number] = msgspec.structs.replace(channel, since=received + OVERLAP if clash else 0)

    def read_error(self, said: Said) -> Notice:
        reason = quoted(f"Bitfinex: {said.msg or 'an error without words'} ({said.code})")
        symbol = self.known(said.symbol)
        if said.code == KNOWN_ALREADY:
            return Notice(kind="ack", symbol=symbol)
        return Notice(kind="refused", symbol=symbol, reason=reason)

    def read_info(self, said: Said) -> Notice:
        """Return what it says of itself; with a version it greets a new line, where numbers start anew."""
        if said.version is not None:
            self.before, self.channels = self.channels, {}
        status = (said.platform or {}).get("status", 1)
        reason = quoted(str(said.msg or "Bitfinex is in maintenance"))
        if said.code in (STOPPING, RESUMED):
            return Notice(kind="reconnect", reason=reason)
        if said.code == MAINTENANCE or status == 0:
            return Notice(kind="maintenance", reason=reason)
        return Notice(kind="ignored", reason="info")

    # ------------------------------------------------------------------- REST
    def instruments(self) -> Request:
        return Request(PAIRS)

    def read_instruments(self, body: bytes) -> list[Instrument]:
        """Return the instruments of [[pair, …], [perpetual, …], [[currency, title], …]]."""
        lists = [each for each in rows_of(body) if isinstance(each, list)]
        codes = [f"t{code}" for each in lists[:2] for code in each if isinstance(code, str)]
        labels = [each for part in lists[2:3] for each in part if isinstance(each, list) and len(each) == 2]
        return made_of(codes, read_pair, {str(code): title for code, title in labels})

    def bars(self, native: str, interval: str, start: int, end: int) -> Request | None:
        if interval not in FRAMES:
            return None
        rows = min(self.bar_rows[interval], max(1, (end - start) // INTERVALS[interval] + 1))
        params = {"start": str(start), "end": str(end - 1), "limit": str(rows), "sort": "-1"}
        return Request(f"/v2/candles/trade:{FRAMES[interval]}:{native}/hist", params, weight=3)  # 30 a minute

    def read_bars(self, body: bytes, symbol: str, interval: str, now: int) -> list[Bar]:
        """Return the bars of rows of time, open, close, high, low and volume; quiet intervals have none."""
        return in_order(bar_of(row, COLUMNS, symbol, interval, now, 1000) for row in rows_of(body))

    def trades(self, native: str) -> Request:
        return Request(f"/v2/trades/{native}/hist", {"limit": "1000", "sort": "-1"}, weight=6)  # 15 a minute

    def read_trades(self, body: bytes, symbol: str) -> list[Trade]:
        told = read_deals([row for row in rows_of(body) if isinstance(row, list)], symbol, recap=False)
        return [event for event in told if isinstance(event, Trade)]

    def poll(self, native: str) -> Request:
        return Request(f"/v2/ticker/{native}")

    def read_poll(self, body: bytes, symbol: str, received: int) -> list[Event]:
        return read_price(rows_of(body), symbol, received)

    def explain(self, status: int, body: bytes) -> FeedError | None:
        if b"ERR_RATE_LIMIT" in body:  # the address is blocked so long
            return FeedError("Bitfinex: too many requests", retry_after=60.0)
        return in_its_words("Bitfinex", rows_of, body)


@lru_cache(maxsize=4096)
def symbol_of(native: str) -> str:
    """Return our symbol. Two currencies of three letters stand together, others have a colon between them."""
    code = native.removeprefix("t")
    base, colon, quote = code.partition(":")
    if not colon and len(code) == 6:
        base, quote = code[:3], code[3:]
    if native == code or not base or not quote:
        raise BadSymbol(f"{quoted(native[:32])} is no pair of Bitfinex")
    future = "-PERP" if base.endswith(FUTURE) and quote.endswith(FUTURE) else ""
    base, quote = (each.removesuffix(FUTURE) if future else each for each in (base, quote))
    return parse_symbol(f"BITFINEX:{OURS.get(base, base)}-{OURS.get(quote, quote)}{future}")


def read_price(row: list[Any], symbol: str, received: int) -> list[Event]:
    """Return the quote of a ticker, which has no time; lists may grow at their end, and what was never traded
    has null or 0 for its last price."""
    told, fields = dict(zip(FIGURES, row, strict=False)), Fields("ticker", symbol)
    if "last" not in told:
        fields.must("last", None)
    last, change = fields.read("last", price, told.get("last")), told.pop("change", None)
    told.pop("change_relative", None)
    quote = fields.quote(symbol, received, **told | {"last": last, "open": fields.opening(last, change)})
    return quote or [Notice(kind="ignored", reason="ticker without a price")]


def read_deals(rows: list[Any], symbol: str, recap: bool) -> list[Event]:
    """Return the trades of [id, time ms, amount, price], oldest first, then what was wrong. An amount is
    negative when the taker sold."""

    def read(row: list[Any], fields: Fields) -> Trade | None:
        counted, told, signed, paid = (*row, None, None, None, None)[:4]
        time = fields.need("time", lambda value: counted_time(value, 1000), told)
        amount = fields.need("amount", lambda value: number(value) or None, signed)
        if amount is None:
            return None
        return fields.trade(
            symbol, time, (counted, paid, abs(amount)), "sell" if amount < 0 else "buy", recap
        )

    return trades_of(rows, "trades", symbol, read)


def rows_of(body: bytes) -> list[Any]:
    """Return the rows of a REST answer. Raises FeedError when it is no list, or ["error", code, text]."""
    rows = answer_of(body, list[Any], "Bitfinex")
    if rows[:1] == ["error"]:
        _, code, text = (*rows, None, None)[:3]
        unknown = "symbol: invalid" in str(text) or "pair" in str(text)
        raise refused("Bitfinex", f"{text} ({code})", 60.0 if code in BUSY else None, unknown)
    return rows


def read_pair(native: str, titles: dict[Any, Any]) -> Instrument | None:
    """Return the instrument of one pair, None for a paper market and for one that can't be named.

    Prices have five significant digits: there is no tick size."""
    try:
        symbol = symbol_of(native)
    except BadSymbol:
        return None
    known = listed(symbol, native, "future" if symbol.endswith("-PERP") else "crypto")
    title = str(titles.get(THEIRS.get(known.base, known.base), ""))
    return None if known.base.startswith("TEST") else replace(known, title=title)
