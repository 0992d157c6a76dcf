"""Floor 2. Binance's trades, tickers, and best bids and asks, where they are plainly right."""

from collections.abc import Callable
from typing import Literal

import msgspec
from msgspec import Struct

from feeds.market import Quote, Trade
from feeds.venues.base import Event, Notice, Venue
from feeds.venues.lax import Count, Millis, Price, Size

DEPTH: list[Event] = [Notice(kind="ignored", reason="depthUpdate")]


class Line(Struct, gc=False):
    """The trades of one taker's order at one price."""

    e: Literal["aggTrade"]
    s: str
    a: Count
    p: Price
    q: Size
    f: Count  # -1 when the line was taken back
    T: Millis
    m: bool


class Single(Struct, gc=False):
    e: Literal["trade"]
    s: str
    t: Count
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
    """The best bid and ask; on other markets they come with a time and a name."""

    u: int
    s: str
    b: Price
    B: Size
    a: Price
    A: Size
    e: Literal["", "bookTicker"] = ""
    E: Millis | None = None
    T: Millis | None = None
    C: Literal[0] = 0


class Lines(Struct, gc=False):
    data: Line


class Singles(Struct, gc=False):
    data: Single


class Tickers(Struct, gc=False):
    data: Ticker


class Bests(Struct, gc=False):
    data: Best


lines_decoder = msgspec.json.Decoder(Lines, strict=False)
singles_decoder = msgspec.json.Decoder(Singles, strict=False)
tickers_decoder = msgspec.json.Decoder(Tickers, strict=False)
bests_decoder = msgspec.json.Decoder(Bests, strict=False)


def read_line(raw: str, received: int, venue: Venue) -> list[Event]:
    told = lines_decoder.decode(raw).data
    side: Literal["buy", "sell"] = "sell" if told.m else "buy"  # m: the buyer is the maker
    return [
        Trade(
            symbol=venue.names.get(told.s) or venue.symbol(told.s),
            id=str(told.a),
            time=told.T,
            price=told.p,
            size=told.q,
            side=side,
        )
    ]


def read_single(raw: str, received: int, venue: Venue) -> list[Event]:
    told = singles_decoder.decode(raw).data
    side: Literal["buy", "sell"] = "sell" if told.m else "buy"
    return [
        Trade(
            symbol=venue.names.get(told.s) or venue.symbol(told.s),
            id=str(told.t),
            time=told.T,
            price=told.p,
            size=told.q,
            side=side,
        )
    ]


def read_ticker(raw: str, received: int, venue: Venue) -> list[Event]:
    told = tickers_decoder.decode(raw).data
    return [
        Quote(
            symbol=venue.names.get(told.s) or venue.symbol(told.s),
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


def read_best(raw: str, received: int, venue: Venue) -> list[Event]:
    told = bests_decoder.decode(raw).data
    return [
        Quote(
            symbol=venue.names.get(told.s) or venue.symbol(told.s),
            received=received,
            time=told.T or told.E,
            bid=told.b,
            bid_size=told.B,
            ask=told.a,
            ask_size=told.A,
        )
    ]


def read_depth(raw: str, received: int, venue: Venue) -> list[Event]:
    return DEPTH.copy()


READERS: dict[str, Callable[[str, int, Venue], list[Event]]] = {
    '@aggTrade","data"': read_line,
    '@trade","data":{"': read_single,
    '@ticker","data":{': read_ticker,
    '@bookTicker","dat': read_best,
    '@depth@100ms","da': read_depth,
}
SHORTEST, LONGEST = 11, 44  # where in a frame the name of its stream says what kind it is
KIND = 17  # characters
