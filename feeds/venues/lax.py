"""Floor 2. Numbers read in C. A lax decoder takes `"0.35210000"` for the float it is, exactly and at a tenth
of the price; a frame that it refuses is read again loosely, part by part, so that one bad field costs itself.

The frames that make up nearly all of a line have a reader of their own besides, in `*_plain.py`: it takes
those that are plainly right, with bounds checked in C, and leaves every other one to the venue's own reader,
which would have made the same of it.
"""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Raw, Struct

from feeds.market import HIGHEST_PRICE
from feeds.venues.base import UNREADABLE, Venue
from feeds.venues.reading import NEVER
from feeds.venues.values import rfc3339

Found = TypeVar("Found")
FIRST_MS, LAST_MS = 10**11, NEVER * 1000  # between them a time in ms is one beyond doubt

Price = Annotated[float, Meta(gt=0.0, lt=HIGHEST_PRICE)]
Size = Annotated[float, Meta(ge=0.0, lt=HIGHEST_PRICE)]
Millis = Annotated[int, Meta(gt=FIRST_MS, lt=LAST_MS)]
Micros = Annotated[int, Meta(gt=FIRST_MS * 1000, lt=LAST_MS * 1000)]
Count = Annotated[int, Meta(gt=0)]
Id = Annotated[str, Meta(min_length=1, max_length=64)]
NOT_PLAIN = UNREADABLE
levels_decoder = msgspec.json.Decoder(list[list[float]], strict=False)
DECIMALS = {f".{number:03}": number for number in range(1000)}
MANY = 4096  # texts that are remembered
LONGEST_TIME = 33  # characters, with twelve decimals


class Known(dict[str, Found]):
    """What `find` found for a text, which is asked once for each."""

    def __init__(self, find: Callable[[str], Found]) -> None:
        self.find = find

    def __missing__(self, text: str) -> Found:
        if len(self) >= MANY:
            self.clear()
        self[text] = found = self.find(text)
        return found


def moment(text: str) -> int:
    """Return the time of an RFC 3339 text with decimals in UTC, as nearly all are, in ms. Raises ValueError
    or LookupError for any other, and for one that venues write for "unknown"."""
    if text[-1] != "Z" or not text[20:-1].isdigit() or not text.isascii() or len(text) > LONGEST_TIME:
        raise ValueError(f"not a plain time: {text[:40]!r}")
    return seconds[text[:19]] + DECIMALS[text[19:23]]


def second(text: str) -> int:
    """Return the ms of a text up to its decimal point."""
    time = rfc3339(f"{text}Z")
    if time is None:
        raise ValueError(f"not a plain time: {text[:40]!r}")
    return time


seconds = Known(second)  # many messages share one


def best_of(bids: Raw, asks: Raw) -> dict[str, Any]:
    """Return the best bid and ask of a book, each level of it [price, size, …], by our names for them."""
    found: dict[str, Any] = {}
    for side, levels, pick in (("bid", bids, max), ("ask", asks, min)):
        for name, value in zip(
            (side, f"{side}_size"), pick(levels_decoder.decode(levels), default=[]), strict=False
        ):
            found[name] = value
    return found


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


class Plain(Venue):
    """A venue whose plain frames have a reader of their own, which finds symbols in `found`."""

    def __init__(self) -> None:
        super().__init__()
        self.found = Known(self.named)

    def named(self, word: str) -> str:
        """Return our symbol for a word of a frame. Raises ValueError or LookupError for one that is not
        plain."""
        return self.symbol(word)

    def learn(self, symbol: str) -> str:
        self.found.clear()
        return super().learn(symbol)
