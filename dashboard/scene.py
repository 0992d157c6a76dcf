"""Floor 4. What a portrait of a chart shows: bars, lines, drawings, colours, and how its scales measure.

Whatever is a text of a user or of a venue goes through `words`: neither a page nor Plotly, which reads some
markup in titles, names and hovers, then takes any of it for more than text.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from msgspec import Struct

from dashboard.figure import DOWN, GRID, GROUND, SOFT, UP
from feeds.market import Bar

OVER = "over"
LONGEST = 120  # letters of a text that are shown
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")

Clock = Callable[[int], str]
Scaled = Callable[[float], float]


class Look(Struct, frozen=True):
    """The colours of a theme."""

    ground: str
    text: str
    soft: str
    grid: str
    up: str
    down: str
    accent: str
    amber: str


LOOKS = {
    "dark": Look(GROUND, "#dbe2ee", SOFT, GRID, UP, DOWN, "#6ea8fe", "#e6b450"),
    "light": Look("#ffffff", "#131722", "#5a6475", "#eceff4", "#0a8f5f", "#d92d45", "#1d5fd0", "#9a6700"),
}


class Line(Struct, frozen=True):
    """A line of an indicator, as the page computed it: over the price, or in the pane of a name, which shows
    `range` where that is fixed. `filled`: up to the line before it."""

    name: str
    colour: str
    pane: str
    style: str
    values: list[tuple[int, float | None]]
    levels: list[float] = []
    range: tuple[float, float] | None = None
    filled: bool = False


class Profile(Struct, frozen=True):
    """Volume by price: rows of (lowest, highest price, volume of rising, of falling bars), the longest of
    which takes `part` of the width."""

    rows: list[tuple[float, float, float, float]]
    part: float


class Drawing(Struct, frozen=True):
    """What somebody drew: `points` as (time, price)."""

    kind: str
    points: list[tuple[int, float]]
    text: str
    colour: str


class Scene(Struct, frozen=True, kw_only=True):
    """All that a portrait shows."""

    symbol: str
    interval: str
    title: str
    type: str
    scale: str
    zone: str
    look: Look
    volume: bool
    bars: list[Bar]
    compared: dict[str, list[Bar]]
    lines: list[Line]
    drawings: list[Drawing]
    made: int
    profile: Profile | None = None


def words(text: str) -> str:
    """Return a text as Plotly and a page show it: as it is, on one line, and never as markup or a formula."""
    line = CONTROL.sub(" ", text)
    return escape(line if len(line) <= LONGEST else f"{line[:LONGEST]}…", quote=False).replace("$", "&#36;")


def clock_of(scene: Scene) -> Clock:
    """Return the function that writes a time (ms UTC) as the zone's clock shows it."""
    zone = ZoneInfo(scene.zone)
    known: dict[int, str] = {}

    def clock(time: int) -> str:
        if time not in known:
            known[time] = f"{datetime.fromtimestamp(time / 1000, zone):%Y-%m-%d %H:%M:%S}"
        return known[time]

    return clock


def unscaled(value: float) -> float:
    """Return a value as it is."""
    return value


def scaled_of(scene: Scene) -> Scaled:
    """Return the function from a price to what the axis shows: the price, or percent since the first bar."""
    base = next((bar.close for bar in scene.bars if bar.close > 0), None)
    if base is None or not in_percent(scene):
        return unscaled
    return lambda price: (price / base - 1) * 100


def in_percent(scene: Scene) -> bool:
    """Tell whether the axis shows percent: where it is asked for, and where symbols are compared."""
    return scene.scale == "percent" or bool(scene.compared)


def decimals_of(bars: Sequence[Bar]) -> int:
    """Return with how many decimals the prices of these bars are told."""
    written = [f"{bar.close:.10g}".partition(".")[2] for bar in bars[-200:]]
    return min(8, max((len(digits) for digits in written if "e" not in digits), default=2))
