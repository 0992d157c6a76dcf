"""Floor 4. The traces of a portrait: bars, compared symbols, volume and lines of indicators, for Plotly."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard.scene import Clock, Line, Look, Scaled, Scene, words
from feeds.market import Bar, replace

PART, HOLE = "not whole: a part was missed", "missing: nothing was heard"
COMPARED = ("#e6b450", "#a78bfa", "#3aa99f", "#d08770", "#d77fb3", "#9ab45a")


def price_traces(scene: Scene, clock: Clock, scaled: Scaled) -> list[Any]:
    """Return the price: whole bars, and apart from them, and to be told from them, what isn't whole."""
    bars = heikin(scene.bars) if scene.type == "heikin" else scene.bars
    kinds: dict[str, list[Bar]] = {"": [], "mixed": [], "hole": []}
    for bar in bars:
        whole = bar.source not in kinds or (bar.source == "mixed" and not bar.closed)
        kinds["" if whole else bar.source].append(bar)
    if scene.type in ("line", "area"):
        return line_of_closes(scene, bars, kinds, clock, scaled)
    look = scene.look
    faint = [(colour, faded(colour)) for colour in (look.up, look.down)]
    colours = {
        "": [(look.up, look.up), (look.down, look.down)],
        "mixed": faint,
        "hole": [(look.soft, "rgba(0,0,0,0)")] * 2,
    }
    names = {"": words(scene.symbol), "mixed": PART, "hole": HOLE}
    kind = go.Ohlc if scene.type == "bars" else go.Candlestick
    return [
        kind(name=names[key], **columns(some, clock, scaled), **ways(kind, *colours[key]))
        for key, some in kinds.items()
        if some or not key
    ]


def columns(bars: list[Bar], clock: Clock, scaled: Scaled) -> dict[str, list[Any]]:
    """Return bars as the columns of a trace."""
    fields = ("open", "high", "low", "close")
    return {"x": [clock(bar.time) for bar in bars]} | {
        field: [scaled(getattr(bar, field)) for bar in bars] for field in fields
    }


def ways(kind: Any, up: tuple[str, str], down: tuple[str, str]) -> dict[str, Any]:
    """Return how bars that rise and bars that fall look, each by (line, filling)."""
    if kind is go.Ohlc:
        dash = "solid" if up[0] == up[1] else "dot"
        return {name: {"line": {"color": colour[0], "width": 1.5, "dash": dash}}
                for name, colour in (("increasing", up), ("decreasing", down))}  # fmt: skip
    looks = {name: {"line": {"color": colour[0], "width": 1}, "fillcolor": colour[1]}
             for name, colour in (("increasing", up), ("decreasing", down))}  # fmt: skip
    return looks | {"whiskerwidth": 0}


def line_of_closes(
    scene: Scene, bars: list[Bar], kinds: dict[str, list[Bar]], clock: Clock, scaled: Scaled
) -> list[Any]:
    """Return the closes as a line that breaks where nothing was heard, with a ring at each bar not whole."""
    look = scene.look
    filling = {"fill": "tozeroy", "fillcolor": faded(look.accent)} if scene.type == "area" else {}
    line = go.Scatter(
        name=words(scene.symbol),
        x=[clock(bar.time) for bar in bars],
        y=[None if bar.source == "hole" else scaled(bar.close) for bar in bars],
        mode="lines",
        line={"color": look.accent, "width": 1.5},
        **filling,
    )
    rings = [
        go.Scatter(
            name=name,
            x=[clock(bar.time) for bar in kinds[key]],
            y=[scaled(bar.close) for bar in kinds[key]],
            mode="markers",
            marker={"symbol": "circle-open", "size": 6, "color": colour},
        )
        for key, name, colour in (("mixed", PART, look.amber), ("hole", HOLE, look.soft))
        if kinds[key]
    ]
    return [line, *rings]


def compared_traces(scene: Scene, clock: Clock, scaled: Scaled) -> list[Any]:
    """Return the other symbols, each laid over the price at the first bar that both have."""
    ours = {bar.time: bar.close for bar in scene.bars if bar.close > 0}
    traces = []
    for place, (symbol, bars) in enumerate(scene.compared.items()):
        known = [bar for bar in bars if bar.close > 0 and bar.source != "hole"]
        factor = next((ours[bar.time] / bar.close for bar in known if bar.time in ours), None)
        if factor is None:
            continue
        traces.append(
            go.Scatter(
                name=words(symbol),
                x=[clock(bar.time) for bar in known],
                y=[scaled(bar.close * factor) for bar in known],
                mode="lines",
                line={"color": COMPARED[place % len(COMPARED)], "width": 1.5},
            )
        )
    return traces


def volume_trace(scene: Scene, clock: Clock, axis: str) -> Any:
    """Return what was traded in each bar."""
    look = scene.look
    colours = [look.up if bar.close >= bar.open else look.down for bar in scene.bars]
    return go.Bar(
        name="Volume",
        x=[clock(bar.time) for bar in scene.bars],
        y=[bar.volume for bar in scene.bars],
        yaxis=axis,
        marker={"color": colours, "opacity": 0.45, "line": {"width": 0}},
        showlegend=False,
    )


def line_trace(line: Line, clock: Clock, scaled: Scaled, axis: str, look: Look) -> Any:
    """Return a line of an indicator."""
    x = [clock(time) for time, _ in line.values]
    y = [None if value is None else scaled(value) for _, value in line.values]
    name = words(line.name)
    if line.style == "histogram":
        colours = [look.up if (value or 0) >= 0 else look.down for _, value in line.values]
        return go.Bar(
            name=name, x=x, y=y, yaxis=axis, marker={"color": colours, "opacity": 0.6, "line": {"width": 0}}
        )
    mode = "markers" if line.style == "dots" else "lines"
    drawn: dict[str, Any] = {
        "line": {"color": line.colour, "width": 1.3},
        "marker": {"color": line.colour, "size": 3},
    }
    if line.filled:
        drawn |= {"fill": "tonexty", "fillcolor": faded(line.colour, 0.08)}
    return go.Scatter(name=name, x=x, y=y, yaxis=axis, mode=mode, **drawn)


def heikin(bars: Sequence[Bar]) -> list[Bar]:
    """Return Heikin-Ashi bars: each the mean of its own four prices, opening in the middle of the last."""
    made: list[Bar] = []
    for bar in bars:
        close = (bar.open + bar.high + bar.low + bar.close) / 4
        opened = (made[-1].open + made[-1].close) / 2 if made else (bar.open + bar.close) / 2
        high, low = max(bar.high, opened, close), min(bar.low, opened, close)
        made.append(replace(bar, open=opened, high=high, low=low, close=close))
    return made


def faded(colour: str, part: float = 0.25) -> str:
    """Return a colour (#rrggbb) of which a part is left."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{part:g})"
