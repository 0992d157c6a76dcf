"""Bitstamp: streamed. Facts from its documents (websocket v2, api), from what was measured of its line in
2026, and from recordings; where they differ, the recording won."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct

from feeds.budget import Budget
from feeds.errors import FeedError
from feeds.market import INTERVALS, Bar, Instrument, Trade
from feeds.symbols import name_of
from feeds.venues.answers import in_its_words, made_of, past_trades
from feeds.venues.base import Event, Notice, Request, pair, quoted
from feeds.venues.bitstamp_plain import LONGEST, TRADES, read_trade
from feeds.venues.bitstamp_rest import (
    micros,
    object_of,
    read_market,
    read_row,
    read_transaction,
    rows_of,
    seconds,
    side_of,
    symbol_of,
)
from feeds.venues.lax import NOT_PLAIN, Plain
from feeds.venues.reading import Fields, as_text, in_order
from feeds.venues.values import price

BOOK = "order_book_"


class Told(Struct):
    """The data of a trade; sizes have a text beside the number, which can be 1e-08."""

    id: Any = None
    amount_str: Any = None
    amount: Any = None
    price_str: Any = None
    price: Any = None
    type: Any = None
    microtimestamp: Any = None  # `timestamp` is in seconds here and in milliseconds for perpetuals


class Book(Struct):
    """The data of a book: up to a hundred levels a side, each [price, amount]."""

    microtimestamp: Any = None
    bids: list[list[Any]] = []
    asks: list[list[Any]] = []


class Frame(Struct):
    """Any frame; what `data` is, depends on the event."""

    event: str = ""
    channel: str = ""
    data: msgspec.Raw = msgspec.Raw(b"{}")


frame_decoder = msgspec.json.Decoder(Frame)
told_decoder = msgspec.json.Decoder(Told)
book_decoder = msgspec.json.Decoder(Book)


class Bitstamp(Plain):
    """Every trade, and the best bid and ask whenever the book changes; there is no channel of last prices."""

    name = "BITSTAMP"
    title = "Bitstamp"
    ws_url = "wss://ws.bitstamp.net"
    rest_url = "https://www.bitstamp.net"
    headers = {"User-Agent": "Ticker/1", "Accept": "application/json"}
    poll_beside = 60.0
    silence = 60.0  # a quiet book says nothing for 49 s
    acks = True
    chunk = 50  # a message asks for one channel, of which there may be 1024
    messages = (Budget(25, 1.0),)  # it names no limit
    ping_every = 20.0
    handover_after = 89 * 86_400.0  # it cuts a line after 90 days
    requests = (Budget(400, 1.0), Budget(10_000, 600.0))
    bar_rows = {"1m": 1000, "1h": 1000, "1d": 1000}
    featured = (
        pair("BITSTAMP", "BTC", "USD", "crypto", 0.01, "btcusd", "Bitcoin"),
        pair("BITSTAMP", "ETH", "USD", "crypto", 0.01, "ethusd", "Ether"),
        pair("BITSTAMP", "XRP", "USD", "crypto", 0.00001, "xrpusd", "XRP"),
        pair("BITSTAMP", "BTC", "EUR", "crypto", 0.01, "btceur", "Bitcoin in euro"),
        pair("BITSTAMP", "EUR", "USD", "fx", 0.00001, "eurusd", "Euro in dollars"),
    )

    # ------------------------------------------------------------------ names
    def native(self, symbol: str) -> str:
        base, _, rest = name_of(symbol).lower().partition("-")
        return base + rest  # another case or a slash is refused; a perpetual is btcusd-perp

    def symbol(self, native: str) -> str:
        return self.names.get(native) or symbol_of(native)

    def named(self, word: str) -> str:
        """Return our symbol for a channel of trades."""
        if not word.startswith(TRADES):
            raise ValueError(f"no channel of trades: {quoted(word)}")
        return self.symbol(word.removeprefix(TRADES))

    # ----------------------------------------------------------------- stream
    def subscribe(self, natives: list[str]) -> list[str]:
        return [order("bts:subscribe", kind + native) for native in natives for kind in (TRADES, BOOK)]

    def unsubscribe(self, natives: list[str]) -> list[str]:
        return [order("bts:unsubscribe", kind + native) for native in natives for kind in (TRADES, BOOK)]

    def ping(self) -> str:
        return '{"event":"bts:heartbeat"}'

    def parse(self, raw: str | bytes, received: int) -> list[Event]:
        try:  # a frame ends with its event, once it ended with its channel
            if raw[-3] == "e" or (len(raw) < LONGEST and TRADES in raw):  # type: ignore[operator]
                return read_trade(raw, self.found)
        except NOT_PLAIN:
            pass  # something about it is odd
        return super().parse(raw, received)

    def read(self, raw: str | bytes, received: int) -> list[Event]:
        frame = frame_decoder.decode(raw)
        if frame.event == "trade" and frame.channel.startswith(TRADES):
            return self.read_trade(frame)
        if frame.event == "data" and frame.channel.startswith(BOOK):
            return self.read_book(frame, received)
        if frame.event.startswith("bts:"):
            return [self.read_word(frame)]
        if not frame.event:
            return [Notice(kind="bad", reason=f"no event: {quoted(raw)}")]
        return [ignored(frame.event, frame.channel)]

    def read_trade(self, frame: Frame) -> list[Event]:
        native = frame.channel.removeprefix(TRADES)
        told, fields = told_decoder.decode(frame.data), Fields("trade", native)
        time = fields.need("microtimestamp", micros, told.microtimestamp)
        texts = (told.id, told.price_str or told.price, told.amount_str or told.amount)
        trade = fields.trade(self.symbol(native), time, texts, side_of(told.type))
        return [trade] if trade else fields.bad

    def read_book(self, frame: Frame, received: int) -> list[Event]:
        """Return the best bid and ask of a whole book; now and then they are crossed for a message."""
        native = frame.channel.removeprefix(BOOK)
        book, fields = book_decoder.decode(frame.data), Fields("book", native)
        bid, ask = best(book.bids, max, fields, "bids"), best(book.asks, min, fields, "asks")
        time = fields.read("microtimestamp", micros, book.microtimestamp)
        both = {"bid": bid[0], "bid_size": bid[1], "ask": ask[0], "ask_size": ask[1]}
        quote = fields.quote(self.symbol(native), received, time, **both)
        return quote or [Notice(kind="ignored", reason="empty book")]

    def read_word(self, frame: Frame) -> Notice:
        """Return what the venue says of the line itself; an error doesn't tell which request it is about."""
        channel = frame.channel
        match frame.event:
            case "bts:subscription_succeeded" if channel.startswith((TRADES, BOOK)):
                return Notice(kind="ack", symbol=self.symbol(channel.removeprefix(TRADES).removeprefix(BOOK)))
            case "bts:heartbeat":
                return Notice(kind="pong")
            case "bts:request_reconnect":
                return Notice(kind="reconnect", reason="the venue asks for a new connection")
            case "bts:error":
                return Notice(kind="refused", reason=quoted(f"Bitstamp: {bytes(frame.data).decode()}"))
        return ignored(frame.event, frame.channel)

    # ------------------------------------------------------------------- REST
    def instruments(self) -> Request:
        return Request("/api/v2/markets/")

    def read_instruments(self, body: bytes) -> list[Instrument]:
        return made_of(rows_of(body), read_market)

    def bars(self, native: str, interval: str, start: int, end: int) -> Request | None:
        if interval not in self.bar_rows:
            return None
        step = INTERVALS[interval]
        first = -(-start // step) * step
        last = max(first, (end - 1) // step * step)
        rows = min(self.bar_rows[interval], (last - first) // step + 1)
        params = {"step": str(step // 1000), "limit": str(rows)}
        return Request(
            f"/api/v2/ohlc/{native}/", params | {"start": str(first // 1000), "end": str(last // 1000)}
        )

    def read_bars(self, body: bytes, symbol: str, interval: str, now: int) -> list[Bar]:
        data = object_of(body).get("data")
        rows = data.get("ohlc") if isinstance(data, dict) else None
        if not isinstance(rows, list):
            raise FeedError(f"Bitstamp answered without rows: {quoted(body)}")
        return in_order(read_row(row, symbol, interval, now) for row in rows)

    def trades(self, native: str) -> Request:
        return Request(f"/api/v2/transactions/{native}/", {"time": "hour"})

    def read_trades(self, body: bytes, symbol: str) -> list[Trade]:
        return past_trades(rows_of(body), read_transaction, symbol)

    def poll(self, native: str) -> Request:
        return Request(f"/api/v2/ticker/{native}/")

    def read_poll(self, body: bytes, symbol: str, received: int) -> list[Event]:
        told, fields = object_of(body), Fields("ticker", symbol)
        time = fields.read("timestamp", seconds, told.get("timestamp"))
        last = fields.need("last", price, told.get("last"))
        parts = {name: told.get(name) for name in ("bid", "ask", "high", "low", "volume")}
        opened = told.get("open_24")  # `open` is today's
        return fields.quote(symbol, received, time, last=last, open=opened, **parts)

    def explain(self, status: int, body: bytes) -> FeedError | None:
        error = in_its_words("Bitstamp", object_of, body)
        if error is None or status == 429:
            return None
        error.terminal = error.terminal or status == 404
        return error


def order(event: str, channel: str) -> str:
    """Return one message of ours, which must stay under 512 bytes."""
    return as_text({"event": event, "data": {"channel": channel}})


def best(
    levels: list[list[Any]], pick: Callable[[list[float]], float], fields: Fields, side: str
) -> tuple[Any, Any]:
    """Return price and amount of a side's best level, wherever in the list it stands; a level that can't be
    read costs only itself."""
    try:
        prices = [float(level[0]) for level in levels]
    except (ValueError, TypeError, LookupError) as error:
        fields.note(side, str(error))
        return best([level for level in levels if is_level(level)], pick, fields, side)
    if not prices:
        return None, None
    price, *rest = levels[prices.index(pick(prices))]
    return price, rest[0] if rest else None


def is_level(level: list[Any]) -> bool:
    """Tell whether a level begins with a price."""
    try:
        return price(level[0]) is not None
    except (ValueError, LookupError):
        return False


@lru_cache(maxsize=256)
def ignored(event: str, channel: str) -> Notice:
    """Return the notice of a frame that is of no use: its event, and the kind of its channel."""
    return Notice(kind="ignored", reason=quoted(f"{event[:32]} {channel.rpartition('_')[0][:32]}"))
