"""Floor 2. Yahoo's streamer: its messages, and the protobuf inside of them, read by the field's number.

Nothing of it is documented; fields and behaviour are from recorded payloads and measurements.
"""

import base64
import struct
from typing import Any

import msgspec
from msgspec import Struct

from feeds.market import Freshness, Quote
from feeds.venues.base import Event
from feeds.venues.reading import Fields, counted_time, dustless, undusted
from feeds.venues.values import price, size

VARINT, DOUBLE, TEXT, FLOAT = 0, 1, 2, 5
FIELDS: dict[int, tuple[str, int]] = {
    1: ("id", TEXT),
    2: ("price", FLOAT),
    3: ("time", VARINT),
    6: ("quote_type", VARINT),
    7: ("market_hours", VARINT),
    9: ("day_volume", VARINT),
    10: ("day_high", FLOAT),
    11: ("day_low", FLOAT),
    12: ("change", FLOAT),
    16: ("previous_close", FLOAT),
    22: ("last_size", VARINT),
    23: ("bid", FLOAT),
    24: ("bid_size", VARINT),
    25: ("ask", FLOAT),
    26: ("ask_size", VARINT),
    27: ("price_hint", VARINT),
}
"""Its numbers → our names and how they are written; the others are of no use to us. Whole numbers are zigzag
but for these two, which are plain."""
PLAIN = {"market_hours", "quote_type"}
WIDTHS = {DOUBLE: 8, FLOAT: 4}
REGULAR = 1  # market_hours: 0 before (and then left out), 1 regular, 2 after, 3 extended, 4 overnight
CURRENCY, CRYPTO = 14, 41
LATE = 120_000  # ms; a price of an open market that is older comes from an exchange that sells it later


class Envelope(Struct):
    type: str = ""
    message: str = ""


envelope_decoder = msgspec.json.Decoder(Envelope)


def order(kind: str, natives: list[str]) -> str:
    """Return a message of ours; any other shape than a list of texts makes the streamer hang up."""
    return msgspec.json.encode({kind: natives}).decode()


def payload_of(raw: str | bytes) -> str | None:
    """Return the base64 text of a frame; None for a message of a type that we don't know. The streamer's
    first version sends that text bare."""
    text = raw if isinstance(raw, str) else raw.decode()
    if not text.lstrip().startswith("{"):
        return text
    envelope = envelope_decoder.decode(text)
    return envelope.message if envelope.type == "pricing" else None


def varint(data: bytes, at: int) -> tuple[int, int]:
    """Return the number that begins at `at`, and where the next thing begins. ValueError for one too long."""
    result = shift = 0
    while True:
        if at >= len(data):
            raise ValueError("cut off in a number")
        byte = data[at]
        at += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result & 0xFFFF_FFFF_FFFF_FFFF, at
        shift += 7
        if shift > 63:
            raise ValueError("a number of more than 64 bits")


def zigzag(value: int) -> int:
    """Return the signed number that was written as an unsigned one."""
    return (value >> 1) ^ -(value & 1)


def pricing(payload: str) -> dict[str, Any]:
    """Return the fields of a PricingData by our names; what it left out is left out. ValueError for what is
    none."""
    data = base64.b64decode(payload, validate=True)
    found: dict[str, Any] = {}
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        kind = key & 7
        value: Any
        if kind == VARINT:
            value, at = varint(data, at)
        elif kind == TEXT:
            length, at = varint(data, at)
            value, at = data[at : at + length], at + length
        elif kind in WIDTHS:
            value, at = data[at : at + WIDTHS[kind]], at + WIDTHS[kind]
        else:
            raise ValueError(f"no such wire type: {kind}")
        if at > len(data):
            raise ValueError("cut off in a field")
        name, wanted = FIELDS.get(key >> 3, ("", kind))
        if wanted != kind:
            raise ValueError(f"{name} is written in another way")
        if name:
            found[name] = meant(name, kind, value)
    return found


def meant(name: str, kind: int, value: Any) -> Any:
    """Return a field's value: text, number, or what a float32 was meant to be."""
    if kind == TEXT:
        return value.decode()
    if kind == VARINT:
        return value if name in PLAIN else zigzag(value)
    return undusted(struct.unpack("<f", value)[0])


def freshness(told: dict[str, Any], received: int) -> Freshness:
    """Return whether this is the price of now: closed outside the regular hours, delayed when it is late.

    A coin's market never closes, whatever the hours say.
    """
    if told.get("quote_type") == CRYPTO:
        return "live"
    if told.get("market_hours", 0) != REGULAR:
        return "closed"
    return "delayed" if received - told.get("time", received) > LATE else "live"


def base_volume(told: dict[str, Any]) -> Any:
    """Return the day's volume in base units: a coin's is told in dollars, a currency's is not counted."""
    volume, at = told.get("day_volume"), told.get("price")
    if told.get("quote_type") == CURRENCY or volume is None:
        return None
    if told.get("quote_type") == CRYPTO:
        return dustless(volume / at, 8) if at else None
    return volume


def previous_close(told: dict[str, Any]) -> Any:
    """Return the close that the change is counted from, which is seldom told but follows from the change."""
    close, last, change = told.get("previous_close"), told.get("price"), told.get("change")
    if close or last is None or change is None:
        return close
    return round(last - change, max(2, min(told.get("price_hint", 4), 8)))


def read_pricing(told: dict[str, Any], symbol: str, received: int) -> list[Event]:
    """Return the quote of a frame; zero is how it leaves a thing unsaid, so a price of zero is none."""
    native = told["id"]
    fields = Fields("pricing", native)
    quote = Quote(
        symbol=symbol,
        received=received,
        time=fields.need("time", lambda value: counted_time(value, 1000), told.get("time")),
        last=fields.need("price", price, told.get("price")),
        bid=fields.read("bid", price, told.get("bid")),
        bid_size=fields.read("bid_size", size, told.get("bid_size")),
        ask=fields.read("ask", price, told.get("ask")),
        ask_size=fields.read("ask_size", size, told.get("ask_size")),
        open=fields.read("change", price, previous_close(told)),
        high=fields.read("day_high", price, told.get("day_high")),
        low=fields.read("day_low", price, told.get("day_low")),
        volume=fields.read("day_volume", size, base_volume(told)),
        state=freshness(told, received),
    )
    return fields.events(quote)
