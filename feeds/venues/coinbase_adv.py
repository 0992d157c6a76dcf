"""Coinbase Advanced Trade: streamed. Facts from its documents (advanced-trade-apis/websocket, REST market
endpoints that need no key) and from recordings; where the two differ, the recording won."""

import re
from typing import Any

import msgspec
from msgspec import Struct

from feeds.budget import Budget
from feeds.errors import FeedError
from feeds.market import INTERVALS, Bar, Instrument, Quote, Trade, replace
from feeds.venues.answers import made_of
from feeds.venues.base import Event, Notice, Request, pair, quoted
from feeds.venues.coinbase_adv_plain import AT, READERS
from feeds.venues.coinbase_adv_rest import (
    GRANULARITY,
    MARKET,
    Entry,
    entries_of,
    list_of,
    object_of,
    opening,
    read_candle,
    read_product,
    read_trade,
    symbol_of,
)
from feeds.venues.lax import NOT_PLAIN, Plain
from feeds.venues.numbered import Numbered
from feeds.venues.reading import Fields, as_text, by_time, in_order

CHANNELS = ("ticker", "market_trades")
NUMBER = re.compile(r'"sequence_num": ?(\d{1,15})', re.ASCII)
NOT_ASKED_FOR = {"l2_data", "level2", "candles", "status", "user", "futures_balance_summary"}


class Happening(Struct):
    """One event of a frame; which list it has depends on the channel."""

    type: str = ""
    tickers: list[Entry] = []
    trades: list[Entry] = []
    subscriptions: dict[str, list[str]] | None = None


class Frame(Struct):
    """Any frame that matters: data has a channel and events, a refusal a type and a message."""

    channel: str = ""
    events: list[Happening] = []
    type: str = ""
    message: str = ""


class Head(Struct):
    channel: str = ""
    type: str = ""


frame_decoder = msgspec.json.Decoder(Frame)
head_decoder = msgspec.json.Decoder(Head)


class CoinbaseAdvanced(Plain):
    """The public side of Advanced Trade: prices without a time, and trades four times a second."""

    name = "COINBASE_ADV"
    title = "Coinbase Advanced"
    ws_url = "wss://advanced-trade-ws.coinbase.com"
    rest_url = "https://api.coinbase.com"
    headers = {"User-Agent": "Ticker/1", "Accept": "application/json"}
    silence = 5.0  # the heartbeats channel speaks each second
    acks = True
    first_within = 30.0  # the state comes at once
    connects = (Budget(8, 1.0),)
    messages = (Budget(8, 1.0),)  # without a key
    requests = (Budget(10, 1.0),)
    bar_rows = dict.fromkeys(GRANULARITY, 300)
    featured = (
        pair("COINBASE_ADV", "BTC", "USD", "crypto", 0.01, "BTC-USD", "Bitcoin"),
        pair("COINBASE_ADV", "ETH", "USD", "crypto", 0.01, "ETH-USD", "Ether"),
        pair("COINBASE_ADV", "SOL", "USD", "crypto", 0.01, "SOL-USD", "Solana"),
        pair("COINBASE_ADV", "XRP", "USD", "crypto", 0.0001, "XRP-USD", "XRP"),
    )

    # ------------------------------------------------------------------ names
    def symbol(self, native: str) -> str:
        return symbol_of(native)

    def named(self, word: str) -> str:
        """Return the symbol of a product that speaks for no other."""
        [symbol] = self.symbols(word)
        return symbol

    def symbols(self, native: str) -> list[str]:
        """Return every symbol a product speaks for: what was asked for as BTC-USDC is answered as BTC-USD.
        Raises BadSymbol for a code that can't be ours."""
        asked = [self.names[code] for code in (native, f"{native}C") if code in self.names]
        return asked or [symbol_of(native)]

    # ----------------------------------------------------------------- stream
    def greet(self) -> list[str]:
        return ['{"type":"subscribe","channel":"heartbeats"}']  # without it quiet channels are closed

    def subscribe(self, natives: list[str]) -> list[str]:
        return [order("subscribe", channel, natives) for channel in CHANNELS]

    def unsubscribe(self, natives: list[str]) -> list[str]:
        return [order("unsubscribe", channel, natives) for channel in CHANNELS]

    def parse(self, raw: str | bytes, received: int) -> list[Event]:
        try:
            return READERS[raw[AT]](raw, received, self.found)
        except NOT_PLAIN:
            return super().parse(raw, received)  # something about it is odd

    def reader(self) -> Numbered:
        return Numbered(self.parse, NUMBER)  # of all channels of a connection together

    def read(self, raw: str | bytes, received: int) -> list[Event]:
        head = head_decoder.decode(raw)
        match head.channel:
            case "heartbeats":
                return [Notice(kind="heartbeat")]
            case "ticker" | "ticker_batch" | "market_trades" | "subscriptions" | "":
                told = self.read_frame(raw, received)
                return told or [Notice(kind="ignored", reason=f"empty {head.channel}")]
        known = "" if head.channel in NOT_ASKED_FOR else "unknown channel "
        return [Notice(kind="ignored", reason=quoted(known + head.channel[:32]))]

    def read_frame(self, raw: str | bytes, received: int) -> list[Event]:
        frame = frame_decoder.decode(raw)
        match frame.channel:
            case "ticker" | "ticker_batch":  # the latter has no bid and ask
                entries = [entry for event in frame.events for entry in event.tickers]
                return [told for entry in entries for told in self.read_ticker(entry, received)]
            case "market_trades":
                return [told for event in frame.events for told in self.read_market_trades(event)]
            case "subscriptions":
                return self.read_subscriptions(frame)
        return [read_message(frame, raw)]

    def read_ticker(self, entry: Entry, received: int) -> list[Event]:
        """Return the quote of an entry for each symbol it speaks for; it has no time."""
        fields = Fields("ticker", str(entry.product_id))
        symbols = fields.need("product_id", self.symbols, entry.product_id) or []
        last = fields.newest("price", entry.price)
        opened = fields.read("price_percent_chg_24_h", lambda by: opening(last, by), entry.percent)
        day = {"open": opened, "high": entry.high, "low": entry.low, "volume": entry.volume}
        bid = {"bid": entry.best_bid, "bid_size": entry.best_bid_quantity}
        ask = {"ask": entry.best_ask, "ask_size": entry.best_ask_quantity}
        told = fields.quote("", received, last=last, **bid, **ask, **day)
        quotes = [
            replace(each, symbol=symbol) for each in told if isinstance(each, Quote) for symbol in symbols
        ]
        return [*quotes, *fields.bad]

    def read_market_trades(self, event: Happening) -> list[Event]:
        """Return the trades of an event, oldest first (they come newest first), then what was wrong."""
        told: list[Trade] = []
        bad: list[Event] = []
        for entry in event.trades:
            fields = Fields("market_trades", str(entry.product_id))
            symbols = fields.need("product_id", self.symbols, entry.product_id) or []
            trade = read_trade(entry, fields, event.type == "snapshot")
            told += [replace(trade, symbol=symbol) for symbol in symbols if trade]
            bad += fields.bad
        return [*sorted(told, key=by_time), *bad]

    def read_subscriptions(self, frame: Frame) -> list[Event]:
        """Return an ack for each product of the list, which is always the whole of what is subscribed now;
        an unknown product is left out of it without a word."""
        products = {
            native: None
            for event in frame.events
            for channel, natives in (event.subscriptions or {}).items()
            if channel in CHANNELS
            for native in natives
        }
        acks: list[Event] = [
            Notice(kind="ack", symbol=symbol) for native in products for symbol in self.symbols(native)
        ]
        return acks or [Notice(kind="ignored", reason="subscriptions: none")]

    # ------------------------------------------------------------------- REST
    def instruments(self) -> Request:
        return Request(f"{MARKET}/products")

    def read_instruments(self, body: bytes) -> list[Instrument]:
        return made_of(list_of(body, "products"), read_product)

    def bars(self, native: str, interval: str, start: int, end: int) -> Request | None:
        if interval not in self.bar_rows:
            return None
        step = INTERVALS[interval]
        first = -(-start // step) * step
        last = (end - 1) // step * step  # both ends are included
        params = {"granularity": GRANULARITY[interval], "start": str(first // 1000)}
        return Request(f"{MARKET}/products/{native}/candles", params | {"end": str(max(first, last) // 1000)})

    def read_bars(self, body: bytes, symbol: str, interval: str, now: int) -> list[Bar]:
        return in_order(read_candle(row, symbol, interval, now) for row in list_of(body, "candles"))

    def trades(self, native: str) -> Request:
        return Request(f"{MARKET}/products/{native}/ticker", {"limit": "1000"})

    def read_trades(self, body: bytes, symbol: str) -> list[Trade]:
        trades = [read_trade(entry, Fields("trades", symbol), False) for entry in entries_of(body)]
        return sorted((replace(trade, symbol=symbol) for trade in trades if trade), key=by_time)

    def poll(self, native: str) -> Request:
        return Request(f"{MARKET}/products/{native}/ticker", {"limit": "1"})

    def read_poll(self, body: bytes, symbol: str, received: int) -> list[Event]:
        answer, fields = object_of(body), Fields("ticker", symbol)
        best = {"bid": answer.get("best_bid"), "ask": answer.get("best_ask")}
        for newest in self.read_trades(body, symbol)[-1:]:
            return fields.quote(symbol, received, newest.time, last=newest.price, size=newest.size, **best)
        return fields.quote(symbol, received, None, **best)

    def explain(self, status: int, body: bytes) -> FeedError | None:
        if status == 429:
            return None  # the usual meaning, which minds the Retry-After header
        try:
            answer = msgspec.json.decode(body, type=dict[str, Any])
        except (msgspec.DecodeError, ValueError):
            return None
        said = answer.get("message") or answer.get("error_details") or answer.get("error") or "no reason"
        reason = quoted(f"Coinbase Advanced answered {status}: {said}")
        return FeedError(reason, terminal=status in (400, 404))


def order(kind: str, channel: str, natives: list[str]) -> str:
    return as_text({"type": kind, "product_ids": natives, "channel": channel})


def read_message(frame: Frame, raw: str | bytes) -> Notice:
    """Return what a frame without a channel means. An unknown channel is answered "authentication failure",
    so that the text alone is no reason to give up."""
    if frame.type == "error":
        return Notice(kind="refused", reason=quoted(frame.message or "an error without words"))
    if frame.type:
        return Notice(kind="ignored", reason=quoted(f"unknown type {frame.type[:32]}"))
    return Notice(kind="bad", reason=f"neither channel nor type: {quoted(raw)}")
