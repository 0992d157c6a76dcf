"""Floor 2. Bitstamp's trades, where they are plainly right."""

from typing import Literal

import msgspec
from msgspec import Struct

from feeds.market import Trade
from feeds.venues.base import Event
from feeds.venues.lax import Count, Known, Micros, Price, Size

TRADES = "live_trades_"
LONGEST = 420  # characters of a trade; books are longer, and would take long to be searched


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


decode = msgspec.json.Decoder(Frame, strict=False).decode


def read_trade(raw: str | bytes, known: Known[str]) -> list[Event]:
    """Return the trade of a frame. Raises ValueError for one of another channel."""
    frame = decode(raw)
    told = frame.data
    return [
        Trade(
            symbol=known[frame.channel],
            id=str(told.id),
            time=told.microtimestamp // 1000,
            price=told.price_str,
            size=told.amount_str,
            side="sell" if told.type else "buy",
        )
    ]
