"""Floor 4. The layout of a portrait: its panes and axes, what the time axis leaves out, and how all looks."""

from datetime import UTC, datetime
from math import log10
from typing import Any
from zoneinfo import ZoneInfo

from dashboard.figure import FONT, THIN_SPACE
from dashboard.scene import OVER, Clock, Scaled, Scene, decimals_of, in_percent, words
from dashboard.sketch import shapes_of
from feeds.market import INTERVALS

DAY = 86_400_000  # ms
SHORTEST_BREAK = 3  # hours without any bar that are left out of the axis


def layout(scene: Scene, axes: dict[str, str], clock: Clock, scaled: Scaled) -> dict[str, Any]:
    """Return where the panes are, and how everything looks."""
    look = scene.look
    axis = {"gridcolor": look.grid, "zeroline": False, "tickfont": {"size": 11, "color": look.soft}}
    made = f"{datetime.fromtimestamp(scene.made / 1000, UTC):%Y-%m-%d %H:%M:%S}"
    note = f"{words(scene.zone)} · as it was at {made} UTC"
    lowest = list(axes.values())[-1]
    xaxis = axis | {
        "type": "date",
        "anchor": lowest,
        "rangeslider": {"visible": False},
        "range": time_range(scene, clock),
        "rangebreaks": breaks(scene),
        "title": {"text": note, "font": {"size": 11, "color": look.soft}},
    }
    return {
        "title": {"text": words(scene.title), "font": {"size": 15, "color": look.text}, "x": 0.01},
        "paper_bgcolor": look.ground,
        "plot_bgcolor": look.ground,
        "font": {"family": FONT, "size": 12, "color": look.text},
        "separators": f".{THIN_SPACE}",
        "hovermode": "x unified",
        "hoverlabel": {"bgcolor": look.ground, "font": {"color": look.text}, "namelength": -1},
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1,
            "bgcolor": "rgba(0,0,0,0)",
            "font": {"color": look.soft},
        },
        "margin": {"l": 12, "r": 72, "t": 48, "b": 48},
        "dragmode": "pan",
        "bargap": 0.3,
        "xaxis": xaxis,
        "shapes": profile(scene, scaled)
        + shapes_of(scene.drawings, clock, scaled, look, scene.scale == "log")
        + levels(scene, axes),
        **y_axes(scene, axes, axis, scaled),
    }


def y_axes(scene: Scene, axes: dict[str, str], axis: dict[str, Any], scaled: Scaled) -> dict[str, Any]:
    """Return the vertical axes by their names in a layout: the price's on top, three times as high."""
    heights = {pane: 3.0 if pane == OVER else 1.0 for pane in axes}
    whole, top, result = sum(heights.values()), 1.0, {}
    for pane, name in axes.items():
        bottom = max(0.0, top - heights[pane] / whole)
        result[f"yaxis{name[1:]}"] = axis | {
            "side": "right",
            "domain": [bottom + (0.02 if bottom > 0.01 else 0.0), top],
        }
        top = bottom
    price: dict[str, Any] = {"range": price_range(scene, scaled)}
    if in_percent(scene):
        price |= {"tickformat": "+.2f", "ticksuffix": "%"}
    else:
        price |= {"hoverformat": f",.{decimals_of(scene.bars)}f", "tickformat": ","}
        price |= {"type": "log"} if scene.scale == "log" else {}
    result["yaxis"] |= price
    for line in scene.lines:
        if line.pane != OVER and line.range:
            result[f"yaxis{axes[line.pane][1:]}"]["range"] = list(line.range)
    return result


def time_range(scene: Scene, clock: Clock) -> list[str]:
    """Return the times from the first bar to the last, with some room: no drawing makes it wider."""
    first, last = scene.bars[0].time, scene.bars[-1].end
    length = INTERVALS[scene.interval]
    return [clock(first - length), clock(last + max(length, (last - first) // 40))]


def price_range(scene: Scene, scaled: Scaled) -> list[float] | None:
    """Return the range in which all prices, and what lies over them, can be seen; None: Plotly finds it."""
    values = [scaled(price) for bar in scene.bars for price in (bar.low, bar.high)]
    values += [
        scaled(value) for line in scene.lines if line.pane == OVER for _, value in line.values if value
    ]
    if scene.compared or not values:
        return None
    if scene.scale == "log" and not in_percent(scene):
        values = [log10(value) for value in values if value > 0]
    if not values:
        return None
    low, high = min(values), max(values)
    room = (high - low) * 0.05 or abs(high) * 0.01 or 1.0
    return [low - room, high + 2.5 * room]  # the legend stands above the bars


def levels(scene: Scene, axes: dict[str, str]) -> list[dict[str, Any]]:
    """Return the fixed lines of the indicators' panes, as an RSI's 30 and 70."""
    wanted = {
        (axes[line.pane], level): None for line in scene.lines if line.pane != OVER for level in line.levels
    }
    look = {"color": scene.look.soft, "width": 1, "dash": "dot"}
    return [
        {
            "type": "line",
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "yref": axis,
            "y0": level,
            "y1": level,
            "line": look,
        }
        for axis, level in wanted
    ]


def profile(scene: Scene, scaled: Scaled) -> list[dict[str, Any]]:
    """Return the volume by price as areas that grow from the right edge, under the bars."""
    rows = scene.profile.rows if scene.profile else []
    most = max((up + down for _, _, up, down in rows), default=0.0)
    if not scene.profile or most <= 0:
        return []
    shapes = []
    for low, high, up, down in rows:
        middle, end = (1 - scene.profile.part * part / most for part in (up, up + down))
        for x0, x1, colour in ((middle, 1.0, scene.look.up), (end, middle, scene.look.down)):
            if x0 == x1:
                continue
            across = {"xref": "x domain", "x0": x0, "x1": x1, "y0": scaled(low), "y1": scaled(high)}
            look = {"fillcolor": colour, "opacity": 0.22, "line": {"width": 0}, "layer": "below"}
            shapes.append({"type": "rect", **across, **look})
    return shapes


def breaks(scene: Scene) -> list[dict[str, Any]]:
    """Return what the axis leaves out: weekends and hours of the day in which there is never a bar."""
    bars, length = scene.bars, INTERVALS[scene.interval]
    if not bars or bars[-1].time - bars[0].time < 2 * DAY:
        return []
    zone = ZoneInfo(scene.zone)
    times = [datetime.fromtimestamp(bar.time / 1000, zone) for bar in bars]
    found: list[dict[str, Any]] = []
    if bars[-1].time - bars[0].time >= 7 * DAY and not {time.weekday() for time in times} & {5, 6}:
        found.append({"bounds": ["sat", "mon"]})
    if length < DAY:
        span = max(1, length // 3_600_000)
        used = {(time.hour + each) % 24 for time in times for each in range(span)}
        begin, count = longest_unused(used)
        if count >= SHORTEST_BREAK:
            found.append({"pattern": "hour", "bounds": [begin, (begin + count) % 24]})
    return found


def longest_unused(used: set[int]) -> tuple[int, int]:
    """Return the longest stretch of hours of the day that none of these is in, as (first hour, how many)."""
    best = (0, 0)
    for begin in range(24):
        count = next((each for each in range(24) if (begin + each) % 24 in used), 24)
        best = max(best, (begin, count), key=lambda stretch: stretch[1])
    return best
