"""Waits grow from half a second to half a minute, with full jitter, and start over after a minute of data."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.backoff import PROVEN, Backoff


class Highest(random.Random):
    """Draws the upper bound each time."""

    def uniform(self, a: float, b: float) -> float:
        assert a == 0.0
        return b


def test_the_bound_doubles_up_to_half_a_minute() -> None:
    backoff = Backoff(Highest())
    assert [backoff.wait() for _ in range(9)] == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]
    assert backoff.tries == 9


def test_only_a_minute_of_data_sets_it_back() -> None:
    backoff = Backoff(Highest())
    for _ in range(4):
        backoff.wait()
    backoff.ended(0.0)
    backoff.ended(PROVEN - 0.001)
    assert backoff.wait() == 8.0
    backoff.ended(PROVEN)
    assert (backoff.tries, backoff.wait()) == (0, 0.5)


@given(st.integers(), st.integers(0, 3_000))
def test_every_wait_lies_within_the_bound_however_often_it_was_tried(seed: int, tries: int) -> None:
    backoff = Backoff(random.Random(seed))
    backoff.tries = tries
    assert 0.0 <= backoff.wait() <= min(30.0, 0.5 * 2.0 ** min(tries, 16))


def test_the_jitter_is_full() -> None:
    backoff = Backoff(random.Random(7))
    backoff.tries = 10
    waits = [backoff.wait() for _ in range(1_000)]
    assert min(waits) < 1.0 and max(waits) > 29.0
    assert sum(waits) / len(waits) == pytest.approx(15.0, abs=1.0)


def test_other_bounds_may_be_given() -> None:
    backoff = Backoff(Highest(), low=1.0, high=3.0)
    assert [backoff.wait() for _ in range(3)] == [1.0, 2.0, 3.0]
