"""How Yahoo's streamer writes: a protobuf of the fields that have a value, in base64, in an envelope."""

import base64
import json
import struct
from typing import Any

from feeds.market import Quote

SLOTS = 100  # symbols of one connection that count
TYPES = {"share": 8, "index": 9, "fx": 14, "crypto": 41}


def understood(message: Any) -> bool:
    """Tell whether a client's message is one that doesn't end the connection: lists of texts."""
    return (
        isinstance(message, dict)
        and bool(message)
        and all(
            key in ("subscribe", "unsubscribe")
            and isinstance(codes, list)
            and all(isinstance(each, str) for each in codes)
            for key, codes in message.items()
        )
    )


def varint(value: int) -> bytes:
    """Return a whole number of 64 bits, seven a byte, the lowest first."""
    parts = []
    value &= 2**64 - 1
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])


def sint(number: int, value: int) -> bytes:
    return varint(number << 3) + varint((value << 1) ^ (value >> 63)) if value else b""


def plain(number: int, value: int) -> bytes:
    return varint(number << 3) + varint(value) if value else b""


def float32(number: int, value: float | None) -> bytes:
    return varint(number << 3 | 5) + struct.pack("<f", value) if value else b""


def text(number: int, value: str) -> bytes:
    return varint(number << 3 | 2) + varint(len(value.encode())) + value.encode()


def double(number: int, value: float) -> bytes:
    return varint(number << 3 | 1) + struct.pack("<d", value)


def enveloped(data: bytes) -> str:
    return json.dumps({"type": "pricing", "message": base64.b64encode(data).decode()})


def frame(native: str, quote: Quote, kind: str, closed: bool) -> str:
    """Return the frame that tells a quote; only a coin's has high and low, and none has bid and ask."""
    last, volume = quote.last or 0.0, quote.volume or 0.0
    parts = [
        text(1, native),
        float32(2, last),
        sint(3, quote.time or 0),
        text(5, "CCC" if kind == "crypto" else "NMS"),
        plain(6, TYPES[kind]),
        plain(7, 2 if closed and kind != "crypto" else 1),
        float32(8, 0.5),
        sint(9, int(volume * last) if kind == "crypto" else int(volume)),
        float32(12, last - quote.open if quote.open else None),
        sint(27, 2),
    ]
    if kind == "crypto":
        parts += [float32(10, quote.high), float32(11, quote.low), double(33, 1e12)]
    return enveloped(b"".join(parts))
