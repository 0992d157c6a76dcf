"""Floor 2. Coinbase Advanced's trades, where they are plainly right."""

from collections.abc import Callable
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from feeds.market import Trade
from feeds.venues.base import Event
from feeds.venues.coinbase_adv_rest import by_time
from feeds.venues.lax import Id, Price, Size, moment

BEGINNING = '{"channel":"market_trades"'


class Entry(Struct, gc=False):
    product_id: str
    trade_id: Id
    price: Price
    size: Size
    time: str
    side: Literal["BUY", "SELL"]


class Happening(Struct, gc=False):
    type: Literal["snapshot", "update"]
    trades: Annotated[list[Entry], Meta(min_length=1)]


class Frame(Struct, gc=False):
    channel: Literal["market_trades"]
    events: Annotated[list[Happening], Meta(min_length=1)]


decoder = msgspec.json.Decoder(Frame, strict=False)


def read_trades(raw: str | bytes, symbols: Callable[[str], list[str]]) -> list[Event]:
    """Return the trades of a frame, those of an event oldest first, for each symbol they are of."""
    told: list[Event] = []
    for event in decoder.decode(raw).events:
        trades: list[Event] = []
        for each in event.trades:
            for symbol in symbols(each.product_id):
                trade = Trade(
                    symbol=symbol,
                    id=each.trade_id,
                    time=moment(each.time),
                    price=each.price,
                    size=each.size,
                    side="sell" if each.side == "BUY" else "buy",  # the maker's is named
                    recap=event.type == "snapshot",
                )
                trades.append(trade)
        if len(trades) > 1:
            trades.sort(key=by_time)
        told += trades
    return told
