"""The first figure is plain JSON, and as look and contract want it."""

import json
from pathlib import Path

import plotly

from dashboard.figure import first_figure

PAGE = Path(__file__).parents[1] / "dashboard" / "templates" / "dashboard" / "index.html"
LIBRARY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"


def test_the_first_figure_is_json_and_has_candles_over_volume() -> None:
    figure = json.loads(json.dumps(first_figure(), allow_nan=False))
    candles, volumes = figure["data"]
    assert (candles["type"], volumes["type"]) == ("candlestick", "bar")
    assert volumes["yaxis"] == "y2"
    assert figure["layout"]["yaxis"]["domain"][0] > figure["layout"]["yaxis2"]["domain"][1]


def test_volume_takes_a_fifth_and_nothing_slides_or_breaks() -> None:
    layout = first_figure()["layout"]
    bottom, top = layout["yaxis2"]["domain"]
    assert top - bottom <= 0.2
    assert layout["xaxis"]["rangeslider"] == {"visible": False}
    assert "rangebreaks" not in layout["xaxis"]
    assert layout["yaxis"]["fixedrange"] and layout["yaxis2"]["fixedrange"]


def test_both_traces_leave_the_same_gap_so_that_the_overlay_covers_them() -> None:
    layout = first_figure()["layout"]
    assert layout["boxgap"] == layout["bargap"]
    assert layout["boxgroupgap"] == 0


def test_the_page_keeps_the_library_from_adding_a_style_sheet_that_the_policy_refuses() -> None:
    page = PAGE.read_text(encoding="utf-8")
    mark = page.split('<template id="')[1].split('"')[0]
    assert f'getElementById("{mark}")' in LIBRARY.read_text(encoding="utf-8")
