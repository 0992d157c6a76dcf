"""Waits grow from half a second to 45 s, with jitter, and start over after a minute of data."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.backoff import PROVEN, Backoff


class Highest(random.Random):
    """Draws the upper bound each time."""

    def uniform(self, a: float, b: float) -> float:
        assert a in (0.0, b / 2)
        return b


def test_the_bound_doubles_up_to_forty_five_seconds() -> None:
    backoff = Backoff(Highest())
    assert [backoff.wait() for _ in range(9)] == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 45.0, 45.0]
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
    assert (22.5 if tries > 6 else 0.0) <= backoff.wait() <= min(45.0, 0.5 * 2.0 ** min(tries, 16))


def test_below_the_top_the_jitter_is_full() -> None:
    backoff = Backoff(random.Random(7))
    waits = []
    for _ in range(1_000):
        backoff.tries = 5
        waits.append(backoff.wait())
    assert min(waits) < 1.0 and max(waits) > 15.0
    assert sum(waits) / len(waits) == pytest.approx(8.0, abs=0.5)


@given(st.integers(0, 10_000))
def test_ten_minutes_of_trouble_are_thirty_tries_at_the_most(seed: int) -> None:  # fault V7
    backoff, now, tries = Backoff(random.Random(seed)), 0.0, 1
    while (now := now + backoff.wait()) < 600.0:
        tries += 1
    assert 15 <= tries <= 30


def test_other_bounds_may_be_given() -> None:
    backoff = Backoff(Highest(), low=1.0, high=3.0)
    assert [backoff.wait() for _ in range(3)] == [1.0, 2.0, 3.0]
