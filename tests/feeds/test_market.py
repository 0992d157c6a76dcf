"""The words: intervals are cut at UTC midnight, and nonsense is no price."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.market import (
    HIGHEST_PRICE,
    INTERVALS,
    Bar,
    Instrument,
    Quote,
    Trade,
    floor_time,
    is_price,
    is_size,
    replace,
)

TIMES = st.integers(0, 4_102_444_800_000)
DAY = 86_400_000


@given(TIMES, st.sampled_from(sorted(INTERVALS)))
def test_a_bar_holds_the_time_it_was_floored_from(time: int, interval: str) -> None:
    opened = floor_time(time, interval)
    bar = Bar(
        symbol="SIM:A", interval=interval, time=opened, open=1.0, high=1.0, low=1.0, close=1.0, volume=0.0
    )
    assert bar.time <= time < bar.end
    assert floor_time(opened, interval) == opened and floor_time(bar.end, interval) == bar.end


@given(TIMES, st.sampled_from(sorted(INTERVALS)))
def test_no_bar_crosses_midnight(time: int, interval: str) -> None:
    midnight = floor_time(time, "1d")
    assert datetime.fromtimestamp(midnight / 1000, UTC).time().isoformat() == "00:00:00"
    assert floor_time(midnight, interval) == midnight
    assert DAY % INTERVALS[interval] == 0


def test_the_intervals_are_those_of_the_contract() -> None:
    assert " ".join(INTERVALS) == "1s 5s 15s 1m 5m 15m 30m 1h 4h 1d"


@pytest.mark.parametrize("value", [5e-324, 1e-12, 1.0, HIGHEST_PRICE / 2])
def test_a_price(value: float) -> None:
    assert is_price(value) and is_size(value)


@pytest.mark.parametrize(
    "value", [None, -1.0, -0.5, float("nan"), float("inf"), float("-inf"), HIGHEST_PRICE]
)
def test_neither_a_price_nor_a_size(value: float | None) -> None:
    assert not is_price(value) and not is_size(value)


def test_nothing_may_be_traded_but_not_for_nothing() -> None:
    assert is_size(0.0) and not is_price(0.0)


def test_an_instrument_knows_its_venue_and_name() -> None:
    instrument = Instrument(symbol="YAHOO:EURUSD=X", base="EUR", quote="USD", kind="fx")
    assert (instrument.venue, instrument.name) == ("YAHOO", "EURUSD=X")


@pytest.mark.parametrize(
    "word",
    [
        Quote(symbol="SIM:A"),
        Trade(symbol="SIM:A", id="1", time=1, price=1.0, size=1.0, side=None),
        Bar(symbol="SIM:A", interval="1m", time=0, open=1.0, high=1.0, low=1.0, close=1.0, volume=0.0),
    ],
)
def test_words_are_frozen_and_replaced_whole(word: msgspec.Struct) -> None:
    with pytest.raises(AttributeError, match="immutable"):
        word.symbol = "SIM:B"
    assert replace(word, symbol="SIM:B").symbol == "SIM:B"
    assert word.symbol == "SIM:A"
