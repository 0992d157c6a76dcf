"""What all venues share: numbers, times, texts and rows, whatever a venue may write for them."""

import json
import math
import struct
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.market import INTERVALS
from feeds.venues import REGISTRY
from feeds.venues.base import Notice, Venue, quoted
from feeds.venues.reading import bar, dustless, in_order, undusted
from feeds.venues.values import number, price, rfc3339, size

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
money = st.decimals(min_value="0.000000000001", max_value="1e12", allow_nan=False, places=12)


@given(money)
def test_a_number_is_read_from_text_float_and_scientific_notation(value: Decimal) -> None:  # fidelity 44, 45
    for text in (str(value), format(value, "f"), f"{value:E}".lower()):
        assert number(text) == float(value)
    assert number(float(value)) == float(value)


@pytest.mark.parametrize("nothing", [None, "", " ", "N/A", "N/D", "-", "null", True])
def test_no_number_is_none_and_not_zero(nothing: object) -> None:  # fidelity 41, 42
    assert number(nothing) is None and price(nothing) is None and size(nothing) is None


@pytest.mark.parametrize(
    "wrong",
    [
        "0.-10000",
        "1,5",
        "NaN",
        "inf",
        "-Infinity",
        "1e400",
        "0x10",
        "1_000",
        "१",
        "1 2",
        float("nan"),
        float("inf"),
        10**400,
        [],
        {},
        b"1",
    ],
)
def test_what_only_looks_like_a_number_is_an_error(wrong: object) -> None:  # fidelity 47
    with pytest.raises(ValueError):
        number(wrong)


@given(anything)
def test_reading_a_number_gives_a_finite_one_none_or_a_value_error(value: object) -> None:
    for read in (number, price, size):
        try:
            result = read(value)
        except ValueError:
            continue
        assert result is None or math.isfinite(result)
        assert result is None or read is number or result >= 0.0


def test_a_price_is_above_zero_and_a_size_is_not_negative() -> None:
    assert price("0.00000000") is None and size("0") == 0.0
    for wrong in ("-1", -0.5, "1e16"):
        with pytest.raises(ValueError):
            price(wrong)
        with pytest.raises(ValueError):
            size(wrong)


@given(st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1)), st.integers(0, 9), st.integers(-720, 720))
def test_a_time_is_read_with_any_number_of_decimals_in_any_zone(  # fidelity 61
    moment: datetime, decimals: int, minutes: int
) -> None:
    utc = moment.replace(tzinfo=UTC)
    local = utc + timedelta(minutes=minutes)
    sign = "-" if minutes < 0 else "+"
    zone = f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}" if minutes else "Z"
    fraction = f"{utc.microsecond * 1000:09d}"[:decimals]
    text = f"{local:%Y-%m-%dT%H:%M:%S}{'.' + fraction if fraction else ''}{zone}"
    millis = int((fraction + "000")[:3])
    assert rfc3339(text) == int(utc.replace(microsecond=0).timestamp()) * 1000 + millis


@pytest.mark.parametrize(
    "zero", ["0001-01-01T00:00:00.000000Z", "1970-01-01T00:00:00Z", "0000-00-00T00:00:00Z"]
)
def test_a_zero_time_is_missing(zero: str) -> None:  # fidelity 60
    assert rfc3339(zero) is None


@pytest.mark.parametrize(
    "wrong", ["", "now", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "1790000000", "2026-01-01"]
)
def test_another_text_is_no_time(wrong: str) -> None:
    with pytest.raises(ValueError):
        rfc3339(wrong)


@given(st.text() | st.binary())
def test_a_quoted_text_is_short_and_printable(raw: str | bytes) -> None:
    assert len(quoted(raw)) <= 200 and quoted(raw).isprintable()


@given(st.floats(min_value=2**-20, max_value=2**20, width=32))
def test_the_dust_of_a_float32_is_gone_and_its_value_kept(value: float) -> None:  # fidelity 46
    clean = undusted(value)
    assert struct.pack("f", clean) == struct.pack("f", value)
    assert len(repr(clean)) <= len(repr(value))


@pytest.mark.parametrize(
    ("dusty", "meant"),
    [
        (232.35000610351562, 232.35),
        (97208.171875, 97208.17),
        (75.0875015258789, 75.0875),
        (220.003, 220.003),
        (1.0436, 1.0436),
    ],
)
def test_a_float32_is_read_as_what_was_meant(dusty: float, meant: float) -> None:  # fidelity 46
    assert undusted(dusty) == meant


@given(money)
def test_a_decimal_of_fourteen_digits_has_no_dust_to_lose(value: Decimal) -> None:
    short = float(f"{value:.12g}")
    assert dustless(short) == short


def test_rows_that_are_no_bars_are_dropped_and_the_rest_is_in_order() -> None:  # fidelity 70, 73
    good = (1.0, 3.0, 0.5, 2.0)
    flawed = [(None, 3.0, 0.5, 2.0), (1.0, "NaN", 0.5, 2.0)]
    rows = [
        (180, good, 1.0),
        (60, good, 1.0),
        (60, (1.0, 4.0, 0.5, 2.0), 2.0),
        (61, good, 1.0),
        (120.5, good, 1.0),
        (120, flawed[0], 1.0),
        (120, flawed[1], 1.0),
        (None, good, 1.0),
        (-60, good, 1.0),
        (120, good, -1.0),
        (1e300, good, 1.0),
        ("60", good, 1.0),
    ]
    bars = in_order(bar("X:Y", "1m", time, prices, volume, 200_000) for time, prices, volume in rows)
    assert [(each.time, each.high, each.closed) for each in bars] == [
        (60_000, 4.0, True),
        (180_000, 3.0, False),
    ]


def test_a_bar_holds_its_open_and_close_whatever_the_row_says() -> None:  # fidelity 40
    made = bar("X:Y", "1m", 60, (5.0, 4.0, 3.0, 2.0), None, 0)
    assert made is not None and (made.high, made.low, made.volume) == (5.0, 2.0, 0.0)


# --------------------------------------------------------------------------- every venue of the registry
WITHOUT_MINUTES = {"ECB", "FINNHUB"}  # one rate a day; candles only in a plan that is paid for


@pytest.fixture(params=REGISTRY.values(), ids=lambda kind: kind.name)
def venue(request: pytest.FixtureRequest) -> Venue:
    return request.param()


def test_the_registry_names_each_venue_as_it_names_itself() -> None:
    assert {name: kind.name for name, kind in REGISTRY.items()} == {name: name for name in REGISTRY}
    assert list(REGISTRY)[-1] == "SIM" and [kind.simulated for kind in REGISTRY.values()].count(True) == 1


def test_featured_instruments_are_whole(venue: Venue) -> None:
    assert venue.featured or venue.mode == "pushed"
    for each in venue.featured:
        assert each.venue == venue.name and each.title and each.tick_size and each.native
        assert venue.canonical(each.symbol) == each.symbol
        assert venue.native(each.symbol) == each.native
        assert venue.symbol(each.native) == each.symbol


def test_history_is_asked_for_only_in_intervals_that_exist(venue: Venue) -> None:
    assert set(venue.bar_rows) <= set(INTERVALS)
    assert "1m" in venue.bar_rows or venue.name in WITHOUT_MINUTES or venue.mode == "pushed"
    if venue.rest_url:
        for interval in INTERVALS:
            request = venue.bars(venue.featured[0].native, interval, 1_790_000_000_000, 1_790_000_600_000)
            assert (request is not None) == (interval in venue.bar_rows)
            assert request is None or request.path.startswith("/")


def test_a_real_venue_says_who_asks(venue: Venue) -> None:
    assert venue.simulated or venue.mode == "pushed" or venue.headers["User-Agent"]


@given(raw=st.text() | st.binary() | anything.map(lambda value: json.dumps(value)))
def test_no_frame_raises(raw: str | bytes) -> None:
    for kind in REGISTRY.values():
        for event in kind().parse(raw, 1_790_000_000_000):
            assert isinstance(event, Notice)
