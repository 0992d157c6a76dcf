"""A venue's clock is judged by its quickest message of some minutes."""

from hypothesis import given
from hypothesis import strategies as st

from feeds.skew import WINDOW, Skew


def test_nothing_is_known_before_the_first_message() -> None:
    assert (Skew().offset, Skew().ahead) == (None, 0)


@given(st.lists(st.integers(-60_000, 60_000), min_size=1, max_size=50))
def test_the_quickest_message_counts(delays: list[int]) -> None:
    skew = Skew()
    for number, delay in enumerate(delays):
        received = WINDOW + number * 1_000
        skew.heard(received - delay, received)
    assert skew.offset == min(delays)
    assert skew.ahead == max(0, -min(delays))


def test_a_clock_that_is_set_right_is_believed_again() -> None:
    skew = Skew()
    skew.heard(WINDOW + 30_000, WINDOW)
    assert skew.ahead == 30_000
    for window in (2, 3):
        skew.heard(window * WINDOW - 20, window * WINDOW)
    assert (skew.offset, skew.ahead) == (20, 0)
