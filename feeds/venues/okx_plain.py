"""Floor 2. OKX's trades and tickers, where they are plainly right."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from feeds.market import Quote, Trade
from feeds.venues.base import Event
from feeds.venues.lax import Id, Known, Millis, Price, Size
from feeds.venues.okx_rest import symbol_of
from feeds.venues.reading import by_time


class TradeEntry(Struct, gc=False):
    tradeId: Id
    px: Price
    sz: Size
    side: Literal["buy", "sell"]
    ts: Millis


class TickerEntry(Struct, gc=False):
    last: Price
    lastSz: Size
    askPx: Price
    askSz: Size
    bidPx: Price
    bidSz: Size
    open24h: Price
    high24h: Price
    low24h: Price
    vol24h: Size
    ts: Millis


class TradesArg(Struct, gc=False):
    channel: Literal["trades", "trades-all"]
    instId: str


class TickersArg(Struct, gc=False):
    channel: Literal["tickers"]
    instId: str


class Trades(Struct, gc=False):
    arg: TradesArg
    data: Annotated[list[TradeEntry], Meta(min_length=1)]
    event: Literal[""] = ""


class Tickers(Struct, gc=False):
    arg: TickersArg
    data: Annotated[list[TickerEntry], Meta(min_length=1)]
    event: Literal[""] = ""


known = Known(symbol_of)
decode_trades = msgspec.json.Decoder(Trades, strict=False).decode
decode_tickers = msgspec.json.Decoder(Tickers, strict=False).decode


def read_trades(raw: str | bytes, received: int) -> list[Event]:
    frame = decode_trades(raw)
    symbol = known[frame.arg.instId]
    trades: list[Any] = []
    for each in frame.data:  # a loop is quicker than a comprehension, for there is mostly one
        trades.append(
            Trade(symbol=symbol, id=each.tradeId, time=each.ts, price=each.px, size=each.sz, side=each.side)
        )
    if len(trades) > 1:
        trades.sort(key=by_time)
    return trades


def read_tickers(raw: str | bytes, received: int) -> list[Event]:
    frame = decode_tickers(raw)
    symbol = known[frame.arg.instId]
    quotes: list[Event] = []
    for each in frame.data:
        quote = Quote(
            symbol=symbol,
            received=received,
            time=each.ts,
            last=each.last,
            size=each.lastSz,
            bid=each.bidPx,
            bid_size=each.bidSz,
            ask=each.askPx,
            ask_size=each.askSz,
            open=each.open24h,
            high=each.high24h,
            low=each.low24h,
            volume=each.vol24h,
        )
        quotes.append(quote)
    return quotes


# By the second letter of the channel, which is a frame's 21st; the decoder makes sure of the rest.
AT = 20
READERS: dict[str | int, Callable[[str | bytes, int], list[Event]]] = {"r": read_trades, "i": read_tickers}
