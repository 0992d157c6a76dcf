"""Floor 2. Coinbase Advanced's trades and tickers, where they are plainly right."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from feeds.market import Quote, Trade
from feeds.venues.base import Event
from feeds.venues.coinbase_adv_rest import by_time, opening
from feeds.venues.lax import Id, Price, Size, moment

Named = Callable[[str], list[str]]


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
    events: Annotated[list[TradesEvent], Meta(min_length=1)]


class Tickers(Struct, gc=False):
    channel: Literal["ticker"]
    events: Annotated[list[TickersEvent], Meta(min_length=1)]


trades_decoder = msgspec.json.Decoder(Trades, strict=False)
tickers_decoder = msgspec.json.Decoder(Tickers, strict=False)


def read_trades(raw: str | bytes, received: int, symbols: Named) -> list[Event]:
    """Return the trades of a frame, those of an event oldest first, for each symbol they are of."""
    told: list[Event] = []
    for event in trades_decoder.decode(raw).events:
        recap = event.type == "snapshot"
        trades: list[Any] = []
        for each in event.trades:
            time = moment(each.time)
            for symbol in symbols(each.product_id):
                trade = Trade(
                    symbol=symbol,
                    id=each.trade_id,
                    time=time,
                    price=each.price,
                    size=each.size,
                    side="sell" if each.side == "BUY" else "buy",  # the maker's is named
                    recap=recap,
                )
                trades.append(trade)
        if len(trades) > 1:
            trades.sort(key=by_time)
        told += trades
    return told


def read_tickers(raw: str | bytes, received: int, symbols: Named) -> list[Event]:
    """Return the quote of each entry of a frame, for each symbol it is of; they have no time."""
    told: list[Event] = []
    for event in tickers_decoder.decode(raw).events:
        for each in event.tickers:
            opened = opening(each.price, each.price_percent_chg_24_h)
            for symbol in symbols(each.product_id):
                quote = Quote(
                    symbol=symbol,
                    received=received,
                    last=each.price,
                    bid=each.best_bid,
                    bid_size=each.best_bid_quantity,
                    ask=each.best_ask,
                    ask_size=each.best_ask_quantity,
                    open=opened,
                    high=each.high,
                    low=each.low,
                    volume=each.volume,
                )
                told.append(quote)
    return told


BEGINNING = 20  # characters that tell the channel
READERS: dict[str | bytes, Callable[[str | bytes, int, Named], list[Event]]] = {
    '{"channel":"market_t': read_trades,
    '{"channel":"ticker",': read_tickers,
}
