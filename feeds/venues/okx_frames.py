"""Floor 2. The frames of OKX's public channels: which are read, what they hold, and what the others are."""

from typing import Any

import msgspec
from msgspec import Raw, Struct

from feeds.venues.base import Notice, quoted
from feeds.venues.lax import loose

READ = {"tickers", "trades", "trades-all", "bbo-tbt", "books5"}


class Entry(Struct):
    """One entry of `data`: the fields of a ticker, a trade and a book, each where its channel has it."""

    instId: str = ""
    ts: int | None = None
    last: float | None = None
    lastSz: float | None = None
    askPx: float | None = None
    askSz: float | None = None
    bidPx: float | None = None
    bidSz: float | None = None
    open24h: float | None = None
    high24h: float | None = None
    low24h: float | None = None
    vol24h: float | None = None
    tradeId: Any = None
    px: float | None = None
    sz: float | None = None
    side: Any = None
    asks: Raw = Raw(b"[]")
    bids: Raw = Raw(b"[]")


class Arg(Struct):
    channel: str = ""
    instId: str = ""


class Frame(Struct):
    """Any frame: data has an `arg`, everything else an `event`."""

    arg: Arg | None = None
    data: list[Entry] = []
    event: str = ""
    code: str = ""
    msg: str = ""
    table: str = ""  # the v3 protocol's, before 2022


class Head(Struct):
    arg: Arg | None = None


LooseEntry = loose(Entry, asks=Raw, bids=Raw)
frame_decoder = msgspec.json.Decoder(Frame, strict=False)
loose_frame_decoder = msgspec.json.Decoder(
    loose(Frame, arg=Arg | None, data=list[LooseEntry])  # type: ignore[valid-type]
)
loose_entry_decoder = msgspec.json.Decoder(LooseEntry)
head_decoder = msgspec.json.Decoder(Head)


def other(raw: str | bytes) -> Notice | None:
    """Return the notice of a frame that isn't read, by its channel; None for one that is."""
    head = head_decoder.decode(raw)
    if head.arg is None or head.arg.channel in READ:
        return None
    return Notice(kind="ignored", reason=quoted(head.arg.channel[:32]) or "no channel")
