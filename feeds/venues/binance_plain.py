"""Floor 2. Binance's trades, tickers, and best bids and asks, where they are plainly right."""

from collections.abc import Callable
from typing import Literal

import msgspec
from msgspec import Struct, field

from feeds.market import Quote, Trade
from feeds.venues.base import Event, Notice
from feeds.venues.lax import Count, Known, Millis, Price, Size

DEPTH: list[Event] = [Notice(kind="ignored", reason="depthUpdate")]
NAMED = 48  # characters at the beginning that hold the name of the stream


class Line(Struct, gc=False, tag="aggTrade", tag_field="e"):
    """The trades of one taker's order at one price."""

    s: str
    number: Count = field(name="a")
    p: Price
    q: Size
    f: Count  # -1 when the line was taken back
    T: Millis
    m: bool


class Single(Struct, gc=False, tag="trade", tag_field="e"):
    s: str
    number: Count = field(name="t")
    p: Price
    q: Size
    T: Millis
    m: bool
    f: Literal[0] = 0


class Ticker(Struct, gc=False):
    e: Literal["24hrTicker"]
    s: str
    C: Millis
    c: Price
    Q: Size
    b: Price
    B: Size
    a: Price
    A: Size
    o: Price
    h: Price
    l: Price  # noqa: E741
    v: Size
    T: Literal[0] = 0


class Best(Struct, gc=False):
    """The best bid and ask, here without a time; other markets tell one."""

    u: int
    s: str
    b: Price
    B: Size
    a: Price
    A: Size
    e: Literal["", "bookTicker"] = ""
    E: None = None
    T: None = None
    C: None = None


class Done(Struct, gc=False):
    data: Line | Single


class Figures(Struct, gc=False):
    data: Ticker


class Top(Struct, gc=False):
    data: Best


done = msgspec.json.Decoder(Done, strict=False).decode
figures = msgspec.json.Decoder(Figures, strict=False).decode
top = msgspec.json.Decoder(Top, strict=False).decode


def read_trade(raw: str, received: int, known: Known[str]) -> list[Event]:
    told = done(raw).data
    return [
        Trade(
            symbol=known[told.s],
            id=str(told.number),
            time=told.T,
            price=told.p,
            size=told.q,
            side="sell" if told.m else "buy",  # m: the buyer is the maker
        )
    ]


def read_ticker(raw: str, received: int, known: Known[str]) -> list[Event]:
    told = figures(raw).data
    return [
        Quote(
            symbol=known[told.s],
            received=received,
            time=told.C,
            last=told.c,
            size=told.Q,
            bid=told.b,
            bid_size=told.B,
            ask=told.a,
            ask_size=told.A,
            open=told.o,
            high=told.h,
            low=told.l,
            volume=told.v,
        )
    ]


def read_best(raw: str, received: int, known: Known[str]) -> list[Event]:
    told = top(raw).data
    return [
        Quote(
            symbol=known[told.s],
            received=received,
            bid=told.b,
            bid_size=told.B,
            ask=told.a,
            ask_size=told.A,
        )
    ]


def read_depth(raw: str, received: int, known: Known[str]) -> list[Event]:
    """Return that a change of a book is of no use, without looking into it. Raises ValueError for another
    frame that ends like one."""
    if "@depth" not in raw[:NAMED] or '"e":"depthUpdate"' not in raw[: 2 * NAMED]:
        raise ValueError("no change of a book")
    return DEPTH.copy()


# By the third character from the end: of a size, a flag, a number, or a list. What the frame is, the decoder
# makes sure of; to look for the name of its stream would take longer.
READERS: dict[str | int, Callable[[str, int, Known[str]], list[Event]]] = {
    '"': read_best,
    "e": read_trade,
    "]": read_depth,
    **dict.fromkeys("0123456789", read_ticker),
}
