"""A symbol is stale after five times its usual silence, and never within ten seconds."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from feeds.freshness import CEILING, FACTOR, FLOOR, Freshness

SYMBOL = "SIM:BTC-USD"
OTHER = "SIM:ETH-USD"


def seen(*times: int) -> Freshness:
    """A Freshness that saw one symbol at these ms."""
    freshness = Freshness()
    for time in times:
        freshness.saw(SYMBOL, time)
    return freshness


def test_what_was_never_seen_is_stale() -> None:
    assert Freshness().is_stale(SYMBOL, 0)
    assert seen(0).is_stale(OTHER, 0)


def test_a_busy_symbol_is_stale_after_ten_seconds() -> None:
    freshness = seen(*range(0, 5_000, 100))
    assert not freshness.is_stale(SYMBOL, 4_900 + FLOOR)
    assert freshness.is_stale(SYMBOL, 4_900 + FLOOR + 1)


def test_a_quiet_symbol_is_given_five_times_its_longest_silence() -> None:
    freshness = seen(0, 30_000)
    assert not freshness.is_stale(SYMBOL, 30_000 + 5 * 30_000)
    assert freshness.is_stale(SYMBOL, 30_000 + 5 * 30_000 + 1)


def test_no_silence_is_waited_for_longer_than_a_quarter_of_an_hour() -> None:
    freshness = seen(0, 16 * 3_600_000)
    assert freshness.limit(SYMBOL) == CEILING == 900_000


def test_one_long_silence_is_forgotten_when_the_symbol_gets_busy() -> None:
    freshness = seen(0, 60_000)
    assert freshness.limit(SYMBOL) == 300_000
    for step in range(1_000):
        freshness.saw(SYMBOL, 60_000 + step * 100)
    assert freshness.limit(SYMBOL) == FLOOR


def test_a_broken_line_does_not_teach_a_long_silence() -> None:
    freshness = seen(0, 1_000)
    freshness.interrupted(SYMBOL)
    assert freshness.is_stale(SYMBOL, 1_001)
    freshness.saw(SYMBOL, 600_000)
    assert not freshness.is_stale(SYMBOL, 600_001)
    assert freshness.limit(SYMBOL) == FLOOR


def test_a_broken_line_keeps_what_was_learnt() -> None:
    freshness = seen(0, 20_000)
    freshness.interrupted(SYMBOL)
    assert freshness.limit(SYMBOL) == 100_000


def test_a_forgotten_symbol_starts_over() -> None:
    freshness = seen(0, 60_000)
    freshness.forget(SYMBOL)
    freshness.forget(OTHER)
    assert freshness.limit(SYMBOL) == FLOOR and freshness.is_stale(SYMBOL, 60_000)


def test_a_clock_set_back_neither_fails_nor_makes_stale() -> None:
    freshness = seen(100_000, 40_000)
    assert not freshness.is_stale(SYMBOL, 40_000) and freshness.limit(SYMBOL) == FLOOR


@given(st.lists(st.integers(0, 10**9), min_size=1), st.integers(0, 10**9))
def test_the_limit_stays_within_its_bounds_and_the_largest_gap(times: list[int], later: int) -> None:
    times.sort()
    freshness = seen(*times)
    largest = max((b - a for a, b in itertools.pairwise(times)), default=0)
    limit = freshness.limit(SYMBOL)
    assert FLOOR <= limit <= min(max(FLOOR, FACTOR * largest), CEILING)
    assert freshness.is_stale(SYMBOL, times[-1] + later) == (later > limit)
