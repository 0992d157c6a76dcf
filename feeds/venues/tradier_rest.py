"""Floor 2. Tradier's REST answers, in which one thing is an object, several are a list, and none is null."""

from datetime import date
from typing import Any

import msgspec

from feeds.errors import FeedError
from feeds.market import Bar, Quote
from feeds.symbols import name_of
from feeds.venues.base import Event, quoted
from feeds.venues.quarters import as_hours
from feeds.venues.reading import Fields, bar, counted_time, in_order
from feeds.venues.values import price, size

LOT = 100  # shares in which the sizes of quotes are told
QUIET = 3_600_000  # ms without a trade and a quote after which the market is closed


def lots(value: object) -> float | None:
    """Return a size that is told in hundreds, in shares."""
    told = size(value)
    return None if told is None else size(told * LOT)


def listed(value: object) -> list[dict[str, Any]]:
    """Return the objects of a list, of one object alone, or of nothing."""
    found = value if isinstance(value, list) else [value]
    return [each for each in found if isinstance(each, dict)]


def answer_of(body: bytes, name: str, inner: str) -> list[dict[str, Any]]:
    """Return what an answer holds under two names. Raises FeedError when it is another answer."""
    try:
        answer = msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, ValueError):
        raise FeedError(f"Tradier answered with something else: {quoted(body)}") from None
    if name not in answer:
        raise FeedError(quoted(f"Tradier: {said_by(body) or 'an empty answer'}"))
    held = answer[name]
    return listed(held.get(inner)) if isinstance(held, dict) else []


def said_by(body: bytes) -> str:
    """Return the words of an error, which may be JSON or plain text; "" for a page."""
    try:
        answer = msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, ValueError):
        return "" if body.lstrip()[:1] == b"<" else quoted(body)
    fault, errors = answer.get("fault"), answer.get("errors")
    if isinstance(fault, dict):
        return quoted(str(fault.get("faultstring") or "a fault"))
    if isinstance(errors, dict):
        return quoted(str(errors.get("error") or "an error"))
    return quoted(str(answer.get("error") or ""))


def quotes_of(body: bytes) -> list[dict[str, Any]]:
    return answer_of(body, "quotes", "quote")


def read_answer(row: dict[str, Any], symbol: str, received: int) -> list[Event]:
    """Return the quote of a row; `open` is the previous close, which the change is counted from."""
    fields = Fields("quote", name_of(symbol))
    times = {
        name: fields.read(name, lambda value: counted_time(value, 1000), row.get(name))
        for name in ("trade_date", "bid_date", "ask_date")
    }
    newest = max((time for time in times.values() if time is not None), default=None)
    quote = Quote(
        symbol=symbol,
        received=received,
        time=times["trade_date"],
        last=fields.need("last", price, row.get("last")),
        size=fields.read("last_volume", size, row.get("last_volume")),
        bid=fields.read("bid", price, row.get("bid")),
        bid_size=fields.read("bidsize", lots, row.get("bidsize")),
        ask=fields.read("ask", price, row.get("ask")),
        ask_size=fields.read("asksize", lots, row.get("asksize")),
        open=fields.read("prevclose", price, row.get("prevclose")),
        high=fields.read("high", price, row.get("high")),
        low=fields.read("low", price, row.get("low")),
        volume=fields.read("volume", size, row.get("volume")),
        state="closed" if newest is not None and received - newest > QUIET else "live",
    )
    return fields.events(quote)


def series(body: bytes, symbol: str, interval: str, now: int) -> list[Bar]:
    """Return the bars of time and sales; hours are made of quarters."""
    step = "1m" if interval == "1m" else "15m"
    rows = answer_of(body, "series", "data")
    found = in_order(
        bar(symbol, step, row.get("timestamp"), prices(row), row.get("volume"), now) for row in rows
    )
    return found if interval == "1m" else as_hours(found, now)


def history(body: bytes, symbol: str, interval: str, now: int) -> list[Bar]:
    """Return the bars of the daily history, each of its date."""
    rows = answer_of(body, "history", "day")
    return in_order(bar(symbol, interval, opening(row), prices(row), row.get("volume"), now) for row in rows)


def prices(row: dict[str, Any]) -> tuple[object, object, object, object]:
    return row.get("open"), row.get("high"), row.get("low"), row.get("close")


def opening(row: dict[str, Any]) -> int | None:
    """Return the second at which a row's day begins, None for a row without a date."""
    try:
        return (date.fromisoformat(str(row.get("date"))) - date(1970, 1, 1)).days * 86_400
    except ValueError:
        return None
