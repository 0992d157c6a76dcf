"""Floor 2. Yahoo's chart answer: its shape, and what its errors mean."""

from typing import Any

import msgspec
from msgspec import Struct

from feeds.errors import FeedError
from feeds.venues.base import quoted

FINAL = {"Not Found", "Unprocessable Entity", "Bad Request"}  # asking again gets the same answer


class Period(Struct):
    start: int = 0
    end: int = 0


class Periods(Struct):
    regular: Period | None = None


class Meta(Struct, rename="camel"):
    currency: str | None = None
    instrument_type: str = ""
    regular_market_time: Any = None
    regular_market_price: Any = None
    regular_market_day_high: Any = None
    regular_market_day_low: Any = None
    regular_market_volume: Any = None
    previous_close: Any = None
    chart_previous_close: Any = None
    exchange_data_delayed_by: float | None = None
    current_trading_period: Periods | None = None
    gmtoffset: int = 0


class Columns(Struct):
    """Parallel to `timestamp`; any of them may hold nulls, and an empty window has none of them."""

    open: list[Any] = []
    high: list[Any] = []
    low: list[Any] = []
    close: list[Any] = []
    volume: list[Any] = []


class Indicators(Struct, frozen=True):
    quote: list[Columns] = []


class Result(Struct):
    meta: Meta
    timestamp: list[int | None] | None = None
    indicators: Indicators = Indicators()


class Trouble(Struct):
    code: str = ""
    description: str = ""


class Chart(Struct):
    result: list[Result] | None = None
    error: Trouble | None = None


class Answer(Struct):
    chart: Chart


decoder = msgspec.json.Decoder(Answer)


def chart_of(body: bytes) -> Result:
    """Return the first chart of an answer. Raises FeedError for an error, or for anything but a chart."""
    try:
        chart = decoder.decode(body).chart
    except (msgspec.DecodeError, ValueError):
        page = body.lstrip()[:1] == b"<"
        text = "a web page" if page else quoted(body) or "nothing"
        raise FeedError(f"Yahoo answered with {text} instead of a chart") from None
    if chart.error is not None or not chart.result:
        error = chart.error or Trouble(description="no chart")
        reason = error.description or error.code
        raise FeedError(f"Yahoo: {quoted(reason)}", terminal=error.code in FINAL)
    return chart.result[0]
