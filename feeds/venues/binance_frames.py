"""Floor 2. The frames of Binance's streams: which are read, what they hold, and what the others are."""

import re
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct

from feeds.venues.base import Notice, quoted
from feeds.venues.lax import loose

READ = {"aggTrade", "trade", "24hrTicker", "24hrMiniTicker", "bookTicker", "serverShutdown"}
LISTED = re.compile(r'\s*\[\s*\{\s*"e"\s*:\s*"(\w{1,32})"')


class Payload(Struct):
    """The words of every frame that is read. Many keys differ only in case; `a` and `b` are prices of a
    quote, numbers of a trade, and lists in a book, which is not read."""

    e: str = ""
    s: str = ""
    E: int | None = None
    T: int | None = None
    C: int | None = None
    a: int | float | None = None
    b: int | float | None = None
    A: float | None = None
    B: float | None = None
    c: float | None = None
    o: float | None = None
    h: float | None = None
    l: float | None = None  # noqa: E741
    v: float | None = None
    Q: float | None = None
    p: float | None = None
    q: float | None = None
    t: int | None = None
    f: int | None = None
    m: bool | None = None
    u: int | None = None


class Frame(Payload):
    """Any frame: wrapped with the name of its stream, bare, or the answer to a message of ours."""

    stream: str = ""
    data: Payload | None = None
    result: Any = UNSET
    code: Any = None
    msg: Any = None
    error: Any = None
    lastUpdateId: Any = None


class Head(Struct):
    e: str = ""
    stream: str = ""
    data: Raw = Raw(b"")


frame_decoder = msgspec.json.Decoder(Frame, strict=False)
loose_payload_decoder = msgspec.json.Decoder(LoosePayload := loose(Payload))
loose_frame_decoder = msgspec.json.Decoder(loose(Frame, data=LoosePayload | None))
head_decoder = msgspec.json.Decoder(Head)


def read_answer(frame: Frame, raw: str | bytes) -> Notice:
    """Return what an answer to a message of ours means. It names nobody: an unknown symbol is taken like
    any other, and is silent."""
    if frame.error is not None or frame.code is not None:
        said = frame.error if isinstance(frame.error, dict) else {"code": frame.code, "msg": frame.msg}
        return Notice(kind="refused", reason=quoted(f"Binance: {said.get('msg')} ({said.get('code')})"))
    if frame.result is None:
        return Notice(kind="ack")
    if frame.result is not UNSET:
        return Notice(kind="ignored", reason="an answer")
    if frame.lastUpdateId is not None or "@depth" in frame.stream:
        return Notice(kind="ignored", reason="depth")
    return Notice(kind="bad", reason=f"no known frame: {quoted(raw)}")


def other(raw: str | bytes) -> Notice | None:
    """Return the notice of a frame that isn't read, by its name and without looking into it; None for one
    that is read and has a field of another type."""
    text = raw[:200] if isinstance(raw, str) else raw[:200].decode("utf-8", "replace")
    if listed := LISTED.match(text):
        return Notice(kind="ignored", reason=f"a list of {listed[1]}")
    head = head_decoder.decode(raw)
    data = bytes(head.data)
    if data.startswith(b"["):
        return Notice(kind="ignored", reason=f"a list of {quoted(head.stream[:32])}")
    kind = head_decoder.decode(data).e if data.startswith(b"{") else head.e
    return Notice(kind="ignored", reason=quoted(kind[:32])) if kind and kind not in READ else None
