"""Floor 2. What the venues share in reading answers of their REST services, which come with status 200 for an
error, as a web page, or as a list where an object was asked for."""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from feeds.errors import FeedError
from feeds.market import Instrument, Kind, Trade, replace
from feeds.symbols import name_of, venue_of
from feeds.venues.base import pair, quoted
from feeds.venues.reading import by_time

Answer = TypeVar("Answer")
SHAPES: dict[Any, str] = {list[Any]: "no list", list[msgspec.Raw]: "no list"}


def answer_of(body: bytes, kind: type[Answer], title: str) -> Answer:
    """Return an answer of this type. Raises FeedError, in the words of the venue's title, for another."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, ValueError):
        shape = SHAPES.get(kind, "no JSON of its own")
        raise FeedError(f"{title} answered with {shape}: {quoted(body)}") from None


def list_of(body: bytes, title: str, object_of: Callable[[bytes], object]) -> list[Any]:
    """Return the rows of an answer. Raises FeedError for another: what it means, if `object_of` knows."""
    try:
        return answer_of(body, list[Any], title)
    except FeedError:
        object_of(body)
        raise


def refused(title: str, said: object, wait: float | None = None, terminal: bool = False) -> FeedError:
    """Return a refusal in the venue's own words, which `in_its_words` finds again."""
    return FeedError(quoted(f"{title}: {said}"), retry_after=wait, terminal=terminal)


def in_its_words(title: str, read: Callable[[bytes], object], body: bytes) -> FeedError | None:
    """Return the refusal that reading a body raises, None for one that has no words of the venue's own."""
    try:
        read(body)
    except FeedError as error:
        return error if error.reason.startswith(f"{title}: ") else None
    return None


def made_of(rows: list[Any], read: Callable[..., Answer | None], *more: Any) -> list[Answer]:
    """Return what `read` makes of each row, without those of which it makes nothing."""
    return [made for row in rows if (made := read(row, *more)) is not None]


def listed(
    symbol: str, native: str, kind: Kind, tick: float | None = None, status: str = "online", title: str = ""
) -> Instrument:
    """Return the instrument of `VENUE:BASE-QUOTE`, or of `VENUE:BASE-QUOTE-PERP`."""
    base, quote = (*name_of(symbol).split("-"), "")[:2]
    known = pair(venue_of(symbol), base, quote, kind, tick, native, title)
    return replace(known, symbol=symbol, status=status)


def status_of(row: dict[str, Any], limits: tuple[str, ...]) -> str:
    """Return a product's status; where that is online, the first of the limits that hinders trading."""
    status = str(row.get("status") or "online")
    if status != "online":
        return status
    return next((limit for limit in limits if row.get(limit) is True), "online")


def past_trades(rows: list[Any], read: Callable[[Any, str], Trade | None], symbol: str) -> list[Trade]:
    """Return the trades of an answer's rows, oldest first."""
    return sorted(made_of(rows, read, symbol), key=by_time)
