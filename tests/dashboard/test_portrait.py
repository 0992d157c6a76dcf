"""A chart as a page of its own: what it shows, and that no text in it is anything but text."""

import json
import re
from itertools import pairwise

import pytest

from dashboard.panes import breaks, longest_unused
from dashboard.portrait import figure, page, safe_name
from dashboard.scene import LOOKS, Drawing, Profile, words
from dashboard.traces import HOLE, PART, heikin
from tests.dashboard.portraits import EVIL, START, bar, bars, line, scene


def drawn(**more):
    """Return the figure of a scene as plain values."""
    return json.loads(figure(scene(**more)).to_json())


def by_name(plain, name):
    return next(trace for trace in plain["data"] if trace["name"] == name)


# --------------------------------------------------------------------------- bars
@pytest.mark.parametrize(
    ("type", "kind"), [("candles", "candlestick"), ("bars", "ohlc"), ("heikin", "candlestick")]
)
def test_what_is_not_whole_is_apart_from_what_is(type, kind) -> None:
    plain = drawn(type=type)
    whole, part, hole = (by_name(plain, name) for name in ("SIM:BTC-USD", PART, HOLE))
    assert {whole["type"], part["type"], hole["type"]} == {kind}
    assert [len(trace["x"]) for trace in (whole, part, hole)] == [58, 1, 1]
    assert part["x"] == ["2025-11-19 14:10:00"] and hole["x"] == ["2025-11-19 14:20:00"]
    looks = [json.dumps([trace["increasing"], trace["decreasing"]]) for trace in (whole, part, hole)]
    assert len(set(looks)) == 3


@pytest.mark.parametrize("type", ["line", "area"])
def test_a_line_breaks_where_nothing_was_heard(type) -> None:
    plain = drawn(type=type)
    whole = by_name(plain, "SIM:BTC-USD")
    assert [place for place, value in enumerate(whole["y"]) if value is None] == [20]
    assert (
        by_name(plain, PART)["marker"]["symbol"] == by_name(plain, HOLE)["marker"]["symbol"] == "circle-open"
    )
    assert ("fill" in whole) is (type == "area")


def test_the_bar_that_forms_is_whole_as_far_as_it_goes() -> None:
    plain = drawn(bars=[bar(0), bar(1, source="mixed", closed=False)])
    assert len(by_name(plain, "SIM:BTC-USD")["x"]) == 2


def test_heikin_ashi_bars_are_means() -> None:
    first, second = heikin(
        [bar(0, open=10, high=14, low=8, close=12), bar(1, open=12, high=13, low=5, close=6)]
    )
    assert (first.open, first.high, first.low, first.close) == (11, 14, 8, 11)
    assert (second.open, second.high, second.low, second.close) == (11, 13, 5, 9)


# --------------------------------------------------------------------------- scales
def test_percent_begins_at_the_first_bar_and_takes_the_indicators_along() -> None:
    some = bars()
    plain = drawn(scale="percent", lines=[line(some, values=[(START, some[0].close * 1.1)])])
    assert by_name(plain, "SIM:BTC-USD")["close"][0] == 0
    assert by_name(plain, "SMA 20")["y"] == [pytest.approx(10)]
    assert plain["layout"]["yaxis"]["ticksuffix"] == "%"


def test_compared_symbols_begin_where_the_price_does() -> None:
    others = [bar(place, symbol="SIM:ETH-USD", close=10 + place) for place in range(3, 60)]
    plain = drawn(compared={"SIM:ETH-USD": others, "SIM:NONE": []})
    price, other = by_name(plain, "SIM:BTC-USD"), by_name(plain, "SIM:ETH-USD")
    assert other["y"][0] == price["close"][3]
    assert (other["y"][1] + 100) / (other["y"][0] + 100) == pytest.approx(14 / 13)
    assert "SIM:NONE" not in {trace["name"] for trace in plain["data"]}


def test_a_logarithmic_axis_shows_all_prices() -> None:
    low, high = drawn(scale="log")["layout"]["yaxis"]["range"]
    assert 10**low < 99 and 10**high > 107 and high < 3


def test_times_are_those_of_the_zone() -> None:
    assert by_name(drawn(zone="America/New_York"), PART)["x"] == ["2025-11-19 09:10:00"]


def test_the_axis_leaves_out_hours_and_weekends_without_bars() -> None:
    minutes = range(0, 12 * 1440, 30)
    shares = [bar(minute) for minute in minutes if minute % 1440 < 390 and minute // 1440 % 7 not in (3, 4)]
    assert breaks(scene(bars=shares)) == [{"bounds": ["sat", "mon"]}, {"pattern": "hour", "bounds": [21, 14]}]
    assert breaks(scene(bars=[bar(minute) for minute in minutes])) == []
    days = [bar(day, "1d") for day in range(20) if day % 7 not in (3, 4)]
    assert breaks(scene(bars=days, interval="1d")) == [{"bounds": ["sat", "mon"]}]
    hours = [bar(place, "4h") for place in range(60)]
    assert breaks(scene(bars=hours, interval="4h")) == []
    assert (longest_unused({0}), longest_unused(set(range(24)))) == ((1, 23), (0, 0))


# --------------------------------------------------------------------------- panes and drawings
def test_each_pane_has_an_axis_of_its_own_and_none_lies_over_another() -> None:
    some = bars()
    own = [
        line(some, name="RSI", pane="rsi", levels=[30, 70]),
        line(some, name="MACD", pane="macd"),
        line(some, name="H", pane="macd", style="histogram"),
    ]
    lines = [line(some), *own, line(some, name="D", style="dots")]
    plain = drawn(lines=lines)
    assert [trace.get("yaxis", "y") for trace in plain["data"][-5:]] == ["y", "y3", "y4", "y4", "y"]
    domains = [plain["layout"][f"yaxis{n}"]["domain"] for n in ("", 2, 3, 4)]
    assert domains[0][1] == 1 and all(lower[1] <= upper[0] for upper, lower in pairwise(domains))
    assert plain["layout"]["xaxis"]["anchor"] == "y4"
    assert {shape["y0"] for shape in plain["layout"]["shapes"] if shape["yref"] == "y3"} == {30, 70}
    assert "yaxis3" not in drawn(volume=False, lines=lines[:2])["layout"]


def test_a_pane_shows_the_range_that_its_indicator_has() -> None:
    some = bars()
    rsi = line(some, name="RSI", pane="rsi", levels=[30, 70], range=(0.0, 100.0))
    made = drawn(lines=[line(some, range=(1.0, 2.0)), rsi], volume=False)["layout"]
    assert made["yaxis2"]["range"] == [0.0, 100.0]
    assert made["yaxis"]["range"] != [1.0, 2.0], "what lies over the price doesn't move its scale"


def test_volume_by_price_grows_from_the_right_edge_and_what_is_filled_is_filled() -> None:
    some = bars()
    profile = Profile(rows=[(95.0, 100.0, 3.0, 1.0), (100.0, 105.0, 0.0, 2.0)], part=0.5)
    shapes = drawn(profile=profile)["layout"]["shapes"]
    rows = [(each["x0"], each["x1"], each["y0"], each["y1"]) for each in shapes if each["layer"] == "below"]
    assert rows == [(0.625, 1, 95, 100), (0.5, 0.625, 95, 100), (0.75, 1, 100, 105)]
    assert drawn(profile=Profile(rows=[(1.0, 2.0, 0.0, 0.0)], part=0.5))["layout"].get("shapes", []) == []
    band = drawn(lines=[line(some, name="upper"), line(some, name="lower", filled=True)])
    assert [by_name(band, name).get("fill") for name in ("upper", "lower")] == [None, "tonexty"]


def test_what_was_drawn_is_there() -> None:
    a, b = (START, 100.0), (START + 600_000, 104.0)
    kinds = {"level": [a], "trend": [a, b], "ray": [a, b], "box": [a, b], "fib": [a, b], "note": [a]}
    drawings = [Drawing(kind, points, "a note", "amber") for kind, points in kinds.items()]
    plain = drawn(drawings=drawings)
    shapes = plain["layout"]["shapes"]
    assert [shape["type"] for shape in shapes].count("rect") == 1 and len(shapes) == 4 + 7
    assert {shape["line"]["color"] for shape in shapes} == {LOOKS["dark"].amber}
    ray = shapes[2]
    assert ray["y1"] == pytest.approx(180) and ray["x1"].startswith("2025-11-19 17:20")
    ratios, note = (trace for trace in plain["data"] if trace.get("mode") == "text")
    assert ratios["text"][0] == "0" and ratios["y"][0] == 104 and ratios["y"][-1] == 100
    assert (note["text"], note["y"]) == (["a note"], [100])


@pytest.mark.parametrize(
    "points", [[(0, 5.0), (10**14, 1e14)], [(10**14, 5.0), (0, 1e-9)], [(7, 1.0), (7, 2.0)]]
)
@pytest.mark.parametrize("scale", ["linear", "log", "percent"])
def test_a_ray_to_the_end_of_time_is_drawn_somewhere(points, scale) -> None:
    capped = [(min(time, 4_000_000_000_000), price) for time, price in points]
    assert "shapes" in drawn(scale=scale, drawings=[Drawing("ray", capped, "", "up")])["layout"]


# --------------------------------------------------------------------------- texts
def test_a_text_is_never_markup() -> None:
    assert words("<b>A & B</b>\n\0") == "&lt;b&gt;A &amp; B&lt;/b&gt; "
    some = bars()
    text = page(
        scene(
            symbol=f"=SIM:A {EVIL}",
            title=EVIL,
            lines=[line(some, name=EVIL), line(some, name=EVIL, pane="x")],
            compared={EVIL: some},
            drawings=[Drawing("note", [(START, 100.0)], EVIL, "up")],
        )
    )
    assert "<img" not in text.split("<body>")[0]
    own = text[text.rindex("<script>") :]  # what plotly.js itself says is not ours
    assert own.count("</script>") == 1 and "<img" not in own and "<a " not in own


def test_the_page_names_the_only_scripts_that_may_run_in_it_and_asks_nobody() -> None:
    text = page(scene())
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)[1]
    assert policy.startswith("default-src 'none'; script-src 'sha256-") and "connect-src" not in policy
    assert policy.count("sha256-") == text.count("<script") and "'unsafe-inline'; img" in policy
    assert "unsafe" not in policy.split("style-src")[0]
    assert not re.search(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=", text.split("<body>")[0])


@pytest.mark.parametrize(
    "text", ["SIM:BTC-USD_1m", "../../etc/passwd", '"; x=\r\n', "=SIM:A / SIM:B", "€", ""]
)
def test_the_name_of_the_file_is_harmless(text) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,80}", safe_name(text))
