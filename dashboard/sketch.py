"""Floor 4. What somebody drew on a chart, as Plotly's shapes and writing."""

from collections.abc import Sequence
from math import log10
from typing import Any

import plotly.graph_objects as go

from dashboard.scene import Clock, Drawing, Look, Scaled, words

RATIOS = (0.0, 0.236, 0.382, 0.5, 0.618, 0.786, 1.0)
KINDS = {"level": 1, "trend": 2, "ray": 2, "box": 2, "fib": 2, "note": 1}
"""Each kind with the number of its points."""
FAR = 20  # how many times its own length a ray is drawn
LATEST = 4_000_000_000_000  # ms; what lies beyond this isn't drawn


def colour_of(drawing: Drawing, look: Look) -> str:
    """Return the colour that a theme has for a drawing's."""
    return str(getattr(look, drawing.colour, look.accent))


def shapes_of(
    drawings: Sequence[Drawing], clock: Clock, scaled: Scaled, look: Look, by_logarithm: bool
) -> list[dict[str, Any]]:
    """Return the lines and areas of drawings."""
    shapes = []
    for drawing in drawings:
        line = {"color": colour_of(drawing, look), "width": 1.3}
        for a, b in segments(drawing, by_logarithm):
            across: dict[str, Any] = {"x0": clock(a[0]), "x1": clock(b[0])}
            if drawing.kind == "level":
                across = {"xref": "paper", "x0": 0, "x1": 1}
            kind = "rect" if drawing.kind == "box" else "line"
            shapes.append(
                {"type": kind, **across, "y0": scaled(a[1]), "y1": scaled(b[1]), "line": line, "opacity": 0.9}
            )
    return shapes


def segments(drawing: Drawing, by_logarithm: bool) -> list[tuple[tuple[int, float], tuple[int, float]]]:
    """Return a drawing as stretches from one point to another."""
    if drawing.kind == "note":
        return []
    first, last = drawing.points[0], drawing.points[-1]
    if drawing.kind == "ray":
        return [(first, beyond(first, last, by_logarithm))]
    if drawing.kind == "fib":
        return [((first[0], price), (last[0], price)) for _, price in rungs(drawing)]
    return [(first, last)]


def rungs(drawing: Drawing) -> list[tuple[float, float]]:
    """Return the lines of a retracement as (ratio, price): 0 at its second point, 1 at its first."""
    (_, begin), (_, end) = drawing.points
    return [(ratio, end + (begin - end) * ratio) for ratio in RATIOS]


def beyond(a: tuple[int, float], b: tuple[int, float], by_logarithm: bool) -> tuple[int, float]:
    """Return a point far behind b, on the line that comes from a."""
    ahead = FAR if b[0] <= a[0] else min(FAR, (LATEST - a[0]) / (b[0] - a[0]))
    time = int(max(0, a[0] + (b[0] - a[0]) * ahead))
    if by_logarithm and a[1] > 0 and b[1] > 0:
        exponent = log10(a[1]) + (log10(b[1]) - log10(a[1])) * ahead
        return time, float(10 ** max(-300.0, min(300.0, exponent)))
    return time, a[1] + (b[1] - a[1]) * ahead


def writing_of(drawings: Sequence[Drawing], clock: Clock, scaled: Scaled, look: Look) -> list[Any]:
    """Return the texts of drawings: notes, and the ratios of retracements."""
    return [
        go.Scatter(
            x=[clock(time) for time, _, _ in texts],
            y=[scaled(price) for _, price, _ in texts],
            text=[words(text) for _, _, text in texts],
            mode="text",
            textposition="top right",
            textfont={"color": colour_of(drawing, look), "size": 12},
            hoverinfo="skip",
            showlegend=False,
        )
        for drawing in drawings
        if (texts := texts_of(drawing))
    ]


def texts_of(drawing: Drawing) -> list[tuple[int, float, str]]:
    """Return what is written at a drawing, as (time, price, text)."""
    if drawing.kind == "note":
        return [(*drawing.points[0], drawing.text)]
    if drawing.kind == "fib":
        left = min(time for time, _ in drawing.points)
        return [(left, price, f"{ratio:g}") for ratio, price in rungs(drawing)]
    return []
