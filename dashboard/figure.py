"""Floor 4. The chart's first figure and its template, built with Plotly's own objects and drawn by the page.

The page fills in bars, ranges and tick labels; how a chart looks is said here and nowhere else.
"""

from functools import cache
from typing import Any

import plotly.graph_objects as go

GROUND = "#0c0f15"
GRID = "#161c26"
LINE = "#1f2632"
SOFT = "#8a95a8"
UP = "#2ebd85"
DOWN = "#f6465d"
FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'

PRICE_DOMAIN = (0.23, 1.0)
VOLUME_DOMAIN = (0.0, 0.2)
BAR_GAP = 0.3
THIN_SPACE = "\u2009"


def dark_template() -> go.layout.Template:
    """Return the dark look: ground, thin grid, soft labels, price axis on the right."""
    axis = {
        "gridcolor": GRID,
        "showgrid": True,
        "linecolor": LINE,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "tickfont": {"size": 11, "color": SOFT},
        "automargin": False,
    }
    return go.layout.Template(
        layout={
            "paper_bgcolor": GROUND,
            "plot_bgcolor": GROUND,
            "font": {"family": FONT, "size": 11, "color": SOFT},
            "separators": f".{THIN_SPACE}",
            "xaxis": axis,
            "yaxis": axis | {"side": "right"},
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
        template=dark_template(),
        margin={"l": 0, "r": 80, "t": 0, "b": 26, "pad": 0},
        dragmode="pan",
        boxgap=BAR_GAP,
        boxgroupgap=0,
        bargap=BAR_GAP,
        xaxis={
            "type": "linear",
            "anchor": "y2",
            "rangeslider": {"visible": False},
            "tickmode": "array",
            "tickvals": [],
            "ticktext": [],
            "range": [0, 100],
        },
        yaxis={"domain": list(PRICE_DOMAIN), "fixedrange": True, "range": [0, 1], "nticks": 9},
        yaxis2={
            "domain": list(VOLUME_DOMAIN),
            "fixedrange": True,
            "range": [0, 1],
            "side": "right",
            "showticklabels": False,
            "showgrid": False,
        },
    )
    figure: dict[str, Any] = go.Figure(data=[candles(), volumes()], layout=layout).to_plotly_json()
    return {"data": list(figure["data"]), "layout": figure["layout"]}
