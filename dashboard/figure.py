"""Floor 4. The chart's first figure and its template, built with Plotly's own objects and drawn by the page.

The page fills in bars, ranges, panes and the colours of its theme; what is the same in all is said here.
Grid, labels and what moves with a price are the page's own: nothing of them is drawn by the plot.
"""

from functools import cache
from typing import Any

import plotly.graph_objects as go

CLEAR = "rgba(0, 0, 0, 0)"
GROUND = "#0c0f15"
GRID = "#161c26"
SOFT = "#8a95a8"
UP = "#2ebd85"
DOWN = "#f6465d"
FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'

AXIS_WIDTH, AXIS_HEIGHT = 80, 26  # px beside and below the plot, as static/js/chart/layout.js has them
BAR_GAP = 0.3
THIN_SPACE = "\u2009"


def template() -> go.layout.Template:
    """Return the look of every chart: no ground of its own, no grid, no axes, nothing to hover."""
    axis = {"showgrid": False, "zeroline": False, "showline": False, "showticklabels": False, "ticks": ""}
    return go.layout.Template(
        layout={
            "paper_bgcolor": CLEAR,
            "plot_bgcolor": CLEAR,
            "font": {"family": FONT, "size": 11, "color": SOFT},
            "xaxis": axis,
            "yaxis": axis,
            "hovermode": False,
            "showlegend": False,
        }
    )


def candles() -> go.Candlestick:
    """Return the candle trace, without bars: x is the bar's index, so that a closed market leaves no hole."""
    return go.Candlestick(
        name="price",
        x=[],
        open=[],
        high=[],
        low=[],
        close=[],
        increasing={"line": {"color": UP, "width": 1}, "fillcolor": UP},
        decreasing={"line": {"color": DOWN, "width": 1}, "fillcolor": DOWN},
        whiskerwidth=0,
        hoverinfo="none",
    )


def volumes() -> go.Bar:
    """Return the volume trace under the candles, without bars."""
    return go.Bar(
        name="volume",
        x=[],
        y=[],
        yaxis="y2",
        marker={"opacity": 0.45, "line": {"width": 0}},
        hoverinfo="none",
    )


@cache
def first_figure() -> dict[str, Any]:
    """Return `{data, layout}` of an empty chart as plain JSON values: candles, then volume under them."""
    layout = go.Layout(
        template=template(),
        margin={"l": 0, "r": AXIS_WIDTH, "t": 0, "b": AXIS_HEIGHT, "pad": 0},
        dragmode=False,
        boxgap=BAR_GAP,
        boxgroupgap=0,
        bargap=BAR_GAP,
        xaxis={"type": "linear", "rangeslider": {"visible": False}, "range": [0, 100], "fixedrange": True},
        yaxis={"range": [0, 1], "fixedrange": True},
    )
    figure: dict[str, Any] = go.Figure(data=[candles(), volumes()], layout=layout).to_plotly_json()
    return {"data": list(figure["data"]), "layout": figure["layout"]}
