"""Floor 2. Numbers read in C. A lax decoder takes `"0.35210000"` for the float it is, exactly and at a tenth
of the price; a frame that it refuses is read again loosely, part by part, so that one bad field costs itself.

The frames that make up nearly all of a line have a reader of their own besides, in `*_plain.py`: it takes
those that are plainly right, with bounds checked in C, and leaves every other one to the venue's own reader,
which would have made the same of it.
"""

from functools import lru_cache
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from feeds.market import HIGHEST_PRICE
from feeds.venues.base import UNREADABLE, price, rfc3339, size
from feeds.venues.reading import NEVER, Fields, counted_time

FIRST_MS, LAST_MS = 10**11, NEVER * 1000  # between them a time in ms is one beyond doubt

Price = Annotated[float, Meta(gt=0.0, lt=HIGHEST_PRICE)]
Size = Annotated[float, Meta(ge=0.0, lt=HIGHEST_PRICE)]
Millis = Annotated[int, Meta(gt=FIRST_MS, lt=LAST_MS)]
Micros = Annotated[int, Meta(gt=FIRST_MS * 1000, lt=LAST_MS * 1000)]
Count = Annotated[int, Meta(gt=0)]
Id = Annotated[str, Meta(min_length=1, max_length=64)]
NOT_PLAIN = UNREADABLE
DIGITS = "0123456789"
DECIMALS = {f".{number:03}": number for number in range(1000)}
LONGEST_TIME = 33  # characters, with twelve decimals


def moment(text: str) -> int:
    """Return the time of an RFC 3339 text with decimals in UTC, as nearly all are, in ms. Raises ValueError
    or LookupError for any other, and for one that venues write for "unknown"."""
    if text[23:].lstrip(DIGITS) != "Z" or len(text) > LONGEST_TIME:
        raise ValueError(f"not a plain time: {text[:40]!r}")
    return second(text[:19]) + DECIMALS[text[19:23]]


@lru_cache(maxsize=64)
def second(text: str) -> int:
    """Return the ms of a text up to its decimal point: many messages share a second."""
    time = rfc3339(f"{text}Z")
    if time is None:
        raise ValueError(f"not a plain time: {text[:40]!r}")
    return time


def millis(value: object) -> int | None:
    """Return a venue's time in ms, None for none or zero. ValueError for anything else, µs among them."""
    return counted_time(value, 1000)


def loose(kind: type[Struct], **parts: Any) -> type[Any]:
    """Return a struct with the same keys that takes any value but for texts; `parts` are the types of keys
    that hold structs themselves."""
    fields = []
    for each in msgspec.structs.fields(kind):
        wanted = parts.get(each.name, str if each.type is str else Any)
        factory = each.default_factory is not msgspec.NODEFAULT
        given = {"default_factory": each.default_factory} if factory else {"default": each.default}
        fields.append((each.name, wanted, msgspec.field(name=each.encode_name, **given)))
    return msgspec.defstruct(f"Loose{kind.__name__}", fields, kw_only=True)


class Checked(Fields):
    """Reads the fields of one entry, those at once that are plainly right already."""

    def price(self, name: str, value: Any) -> float | None:
        """Return a price; None when the venue gave none, zero for none, or a wrong one, which is noted."""
        if value is None or (type(value) is float and 0.0 < value < HIGHEST_PRICE):
            return value
        return self.read(name, price, value)

    def size(self, name: str, value: Any) -> float | None:
        """Return a size, which may be zero; None when the venue gave none or a wrong one."""
        if value is None or (type(value) is float and 0.0 <= value < HIGHEST_PRICE):
            return value
        return self.read(name, size, value)

    def time(self, name: str, value: Any) -> int | None:
        """Return a time in ms; None when the venue gave none, zero for none, or a wrong one."""
        if value is None or (type(value) is int and FIRST_MS < value < LAST_MS):
            return value
        return self.read(name, millis, value)

    def must(self, name: str, value: float | int | None) -> bool:
        """Tell whether a field that must be there is; its absence is noted, if it wasn't."""
        if value is None and not self.bad:
            self.note(name, "has none")
        return value is not None
