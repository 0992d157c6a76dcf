"""The first figure is plain JSON, and as look and contract want it."""

import json
from pathlib import Path

import plotly

from dashboard.figure import first_figure

PAGE = Path(__file__).parents[1] / "dashboard" / "templates" / "dashboard" / "index.html"
SCRIPTS = Path(__file__).parents[1] / "static" / "js"
LIBRARY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"


def test_the_first_figure_is_json_and_has_candles_over_volume() -> None:
    figure = json.loads(json.dumps(first_figure(), allow_nan=False))
    candles, volumes = figure["data"]
    assert (candles["type"], volumes["type"]) == ("candlestick", "bar")
    assert volumes["yaxis"] == "y2"


def test_nothing_slides_breaks_or_is_dragged_by_the_plot_itself() -> None:
    layout = first_figure()["layout"]
    assert layout["xaxis"]["rangeslider"] == {"visible": False}
    assert "rangebreaks" not in layout["xaxis"]
    assert layout["xaxis"]["fixedrange"] and layout["yaxis"]["fixedrange"]
    assert layout["dragmode"] is False


def test_the_plot_leaves_the_axes_the_room_that_the_page_labels() -> None:
    page = (SCRIPTS / "chart" / "layout.js").read_text(encoding="utf-8")
    margin = first_figure()["layout"]["margin"]
    assert f"AXIS_WIDTH = {margin['r']};" in page and f"AXIS_HEIGHT = {margin['b']};" in page


def test_both_traces_leave_the_same_gap_so_that_the_overlay_covers_them() -> None:
    layout = first_figure()["layout"]
    assert layout["boxgap"] == layout["bargap"]
    assert layout["boxgroupgap"] == 0


def test_the_page_keeps_the_library_from_adding_a_style_sheet_that_the_policy_refuses() -> None:
    page = PAGE.read_text(encoding="utf-8")
    mark = page.split('<template id="')[1].split('"')[0]
    assert f'getElementById("{mark}")' in LIBRARY.read_text(encoding="utf-8")
