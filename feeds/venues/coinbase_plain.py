"""Floor 2. Coinbase Exchange's tickers and matches, where they are plainly right."""

from collections.abc import Callable
from typing import Literal

import msgspec
from msgspec import Struct

from feeds.market import Quote, Trade
from feeds.venues.base import Event, Notice
from feeds.venues.coinbase_rest import symbol_of
from feeds.venues.lax import Count, Price, Size, moment


class Ticker(Struct, gc=False):
    type: Literal["ticker"]
    product_id: str
    time: str
    price: Price
    best_bid: Price
    best_ask: Price
    open_24h: Price
    high_24h: Price
    low_24h: Price
    volume_24h: Size
    last_size: Size | None = None
    best_bid_size: Size | None = None
    best_ask_size: Size | None = None


class Match(Struct, gc=False):
    type: Literal["match"]
    product_id: str
    trade_id: Count
    time: str
    price: Price
    size: Size
    side: Literal["buy", "sell"]


ticker_decoder = msgspec.json.Decoder(Ticker, strict=False)
match_decoder = msgspec.json.Decoder(Match, strict=False)


def read_ticker(raw: str | bytes, received: int) -> list[Event]:
    told = ticker_decoder.decode(raw)
    return [
        Quote(
            symbol=symbol_of(told.product_id),
            received=received,
            time=moment(told.time),
            last=told.price,
            size=told.last_size,
            bid=told.best_bid,
            bid_size=told.best_bid_size,
            ask=told.best_ask,
            ask_size=told.best_ask_size,
            open=told.open_24h,
            high=told.high_24h,
            low=told.low_24h,
            volume=told.volume_24h,
        )
    ]


def read_match(raw: str | bytes, received: int) -> list[Event]:
    told = match_decoder.decode(raw)
    return [
        Trade(
            symbol=symbol_of(told.product_id),
            id=str(told.trade_id),
            time=moment(told.time),
            price=told.price,
            size=told.size,
            side="sell" if told.side == "buy" else "buy",  # a match names the side of the maker
        )
    ]


def ignored(kind: str) -> Callable[[str | bytes, int], list[Event]]:
    notice = Notice(kind="ignored", reason=kind)
    return lambda raw, received: [notice]


BEGINNING = 16  # characters that tell the type
READERS: dict[str | bytes, Callable[[str | bytes, int], list[Event]]] = {
    '{"type":"ticker"': read_ticker,
    '{"type":"match",': read_match,
    '{"type":"l2updat': ignored("l2update"),  # of a book, however long: not looked into
    '{"type":"snapsho': ignored("snapshot"),
}
