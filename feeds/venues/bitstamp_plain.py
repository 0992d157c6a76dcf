"""Floor 2. Bitstamp's trades, where they are plainly right."""

from typing import Literal

import msgspec
from msgspec import Struct

from feeds.market import Trade
from feeds.venues.base import Event, Venue
from feeds.venues.lax import Count, Micros, Price, Size

TRADES = "live_trades_"
EDGE = 80  # characters at the end, or at the beginning, that hold the channel


class Told(Struct, gc=False):
    id: Count
    amount_str: Size
    price_str: Price
    type: Literal[0, 1]
    microtimestamp: Micros


class Frame(Struct, gc=False):
    event: Literal["trade"]
    channel: str
    data: Told


decoder = msgspec.json.Decoder(Frame, strict=False)


def read_trade(raw: str, venue: Venue) -> list[Event]:
    """Return the trade of a frame. Raises ValueError for a channel that isn't of trades."""
    frame = decoder.decode(raw)
    channel, told = frame.channel, frame.data
    if not channel.startswith(TRADES):
        raise ValueError("not a channel of trades")
    native = channel[len(TRADES) :]
    return [
        Trade(
            symbol=venue.names.get(native) or venue.symbol(native),
            id=str(told.id),
            time=told.microtimestamp // 1000,
            price=told.price_str,
            size=told.amount_str,
            side="sell" if told.type else "buy",
        )
    ]
