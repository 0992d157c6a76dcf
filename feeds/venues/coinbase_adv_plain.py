"""Floor 2. Coinbase Advanced's trades and tickers, where they are plainly right."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from feeds.market import HIGHEST_PRICE, Quote, Trade
from feeds.venues.base import Event, Notice
from feeds.venues.lax import Id, Known, Price, Size, moment
from feeds.venues.reading import by_time, dustless

ALIVE: list[Event] = [Notice(kind="heartbeat")]


class TradeEntry(Struct, gc=False):
    product_id: str
    trade_id: Id
    price: Price
    size: Size
    time: str
    side: Literal["BUY", "SELL"]


class TickerEntry(Struct, gc=False, rename={"high": "high_24_h", "low": "low_24_h", "volume": "volume_24_h"}):
    product_id: str
    price: Price
    high: Price
    low: Price
    volume: Size
    price_percent_chg_24_h: float
    best_bid: Price
    best_bid_quantity: Size
    best_ask: Price
    best_ask_quantity: Size


class TradesEvent(Struct, gc=False):
    type: Literal["snapshot", "update"]
    trades: Annotated[list[TradeEntry], Meta(min_length=1)]


class TickersEvent(Struct, gc=False):
    tickers: Annotated[list[TickerEntry], Meta(min_length=1)]


class Trades(Struct, gc=False):
    channel: Literal["market_trades"]
    events: tuple[TradesEvent]


class Tickers(Struct, gc=False):
    channel: Literal["ticker"]
    events: tuple[TickersEvent]


class Heartbeats(Struct, gc=False):
    channel: Literal["heartbeats"]


decode_trades = msgspec.json.Decoder(Trades, strict=False).decode
decode_tickers = msgspec.json.Decoder(Tickers, strict=False).decode
decode_heartbeats = msgspec.json.Decoder(Heartbeats).decode


def read_trades(raw: str | bytes, received: int, known: Known[str]) -> list[Event]:
    """Return the trades of a frame with one event, oldest first."""
    event = decode_trades(raw).events[0]
    recap = event.type == "snapshot"
    trades: list[Any] = []
    for each in event.trades:
        trade = Trade(
            symbol=known[each.product_id],
            id=each.trade_id,
            time=moment(each.time),
            price=each.price,
            size=each.size,
            side="sell" if each.side == "BUY" else "buy",  # the maker's is named
            recap=recap,
        )
        trades.append(trade)
    if len(trades) > 1:
        trades.sort(key=by_time)
    return trades


def read_tickers(raw: str | bytes, received: int, known: Known[str]) -> list[Event]:
    """Return the quotes of a frame with one event; they have no time."""
    quotes: list[Event] = []
    for each in decode_tickers(raw).events[0].tickers:
        quote = Quote(
            symbol=known[each.product_id],
            received=received,
            last=each.price,
            bid=each.best_bid,
            bid_size=each.best_bid_quantity,
            ask=each.best_ask,
            ask_size=each.best_ask_quantity,
            open=opening(each.price, each.price_percent_chg_24_h),
            high=each.high,
            low=each.low,
            volume=each.volume,
        )
        quotes.append(quote)
    return quotes


def opening(last: float, percent: float) -> float:
    """Return the price of a day ago, from the newest one and the change since then. Raises ValueError where
    that is none."""
    opened = dustless(last / (1.0 + percent / 100.0), 10) if percent > -100.0 else 0.0
    if not 0.0 < opened < HIGHEST_PRICE:
        raise ValueError(f"not a change: {percent}")
    return opened


def read_heartbeats(raw: str | bytes, received: int, known: Known[str]) -> list[Event]:
    decode_heartbeats(raw)
    return ALIVE.copy()


# By the first letter of the channel, which is a frame's 13th; the decoder makes sure of the rest.
AT = 12
READERS: dict[str | int, Callable[[str | bytes, int, Known[str]], list[Event]]] = {
    "m": read_trades,
    "t": read_tickers,
    "h": read_heartbeats,
}
