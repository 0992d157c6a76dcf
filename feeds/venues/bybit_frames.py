"""Floor 2. The frames of Bybit's public topics: which are read, what they hold, and what the others are."""

from typing import Any

import msgspec
from msgspec import Raw, Struct

from feeds.venues.base import Notice, quoted
from feeds.venues.lax import loose

TOPICS = ("tickers", "publicTrade", "orderbook.1")


class Entry(Struct):
    """One entry of `data`: the fields of a ticker, a book and a trade, each where its topic has it."""

    symbol: str = ""
    lastPrice: float | None = None
    prevPrice24h: float | None = None
    highPrice24h: float | None = None
    lowPrice24h: float | None = None
    volume24h: float | None = None
    a: Raw = Raw(b"[]")
    b: Raw = Raw(b"[]")
    i: Any = None
    T: int | None = None
    p: float | None = None
    v: float | None = None
    S: Any = None


class Frame(Struct):
    """Any frame: data has a topic, an answer to a message of ours an `op`."""

    topic: str = ""
    ts: int | None = None
    data: Entry | list[Entry] = []
    op: str = ""
    success: bool = True
    ret_msg: str = ""
    req_id: str = ""


class Head(Struct):
    topic: str = ""
    op: str = ""


LooseEntry = loose(Entry, a=Raw, b=Raw)
frame_decoder = msgspec.json.Decoder(Frame, strict=False)
loose_frame_decoder = msgspec.json.Decoder(
    loose(Frame, data=LooseEntry | list[LooseEntry], success=bool)  # type: ignore[valid-type]
)
head_decoder = msgspec.json.Decoder(Head)


def other(raw: str | bytes) -> Notice | None:
    """Return the notice of a frame that isn't read, by its topic; None for one that is."""
    head = head_decoder.decode(raw)
    topic = head.topic.rpartition(".")[0] or head.topic
    return Notice(kind="ignored", reason=quoted(topic[:32])) if topic and topic not in TOPICS else None
