"""What a venue allows is used as it likes, in bursts too, and never exceeded in any window."""

from hypothesis import given
from hypothesis import strategies as st
from pytest import approx

from feeds.budget import SHARE, SLACK, Budget, Limiter, pace

BINANCE = (Budget(6000, 60.0),)
OKX = (Budget(3, 1.0), Budget(480, 3600.0))

budgets = st.lists(
    st.builds(Budget, count=st.integers(1, 50), seconds=st.floats(0.1, 100.0)), min_size=1, max_size=3
).map(tuple)
steps = st.lists(st.tuples(st.floats(0.0, 30.0, allow_nan=False), st.integers(1, 5)), min_size=1, max_size=60)


def test_a_burst_goes_at_once_and_then_it_waits() -> None:
    limiter = Limiter((Budget(10, 1.0),))
    times = [limiter.book(5.0) for _ in range(17)]
    assert times[:8] == [5.0] * 8  # eight of ten: the rest is other people's
    assert times[8:16] == [5.0 + SLACK] * 8 and times[16] == approx(5.0 + 2 * SLACK)


def test_weight_counts() -> None:
    limiter = Limiter(BINANCE)
    assert [limiter.book(0.0, 2400), limiter.book(0.0, 2400)] == [0.0, 0.0]
    assert limiter.book(0.0, 1) == 60.0 * SLACK


def test_all_budgets_hold_at_once() -> None:
    limiter = Limiter(OKX)
    times = [limiter.book(0.0) for _ in range(385)]
    assert times[:3] == [0.0, 0.0, SLACK]
    assert times[383] < 250 and times[384] == 3600.0 * SLACK  # 384 are four fifths of 480


def test_what_is_dearer_than_everything_waits_until_it_is_alone() -> None:
    limiter = Limiter((Budget(10, 1.0),))
    assert limiter.book(0.0, 1) == 0.0
    assert limiter.book(0.0, 99) == SLACK and limiter.book(0.0, 1) == approx(2 * SLACK)


def test_a_budget_of_one_is_a_distance() -> None:
    limiter = Limiter((Budget(1, 5.0),))
    assert [limiter.book(now) for now in (0.0, 1.0, 30.0)] == [0.0, 5.5, 30.0]


def test_without_budgets_nothing_waits() -> None:
    assert Limiter(()).book(3.0) == 3.0 and pace(()) == float("inf")


def test_what_can_be_kept_up_is_the_narrowest() -> None:
    assert pace(OKX) == 480 / 3600 and pace(BINANCE) == 100.0


def test_it_says_what_is_allowed() -> None:
    assert str(Budget(480, 3600.0)) == "480 in 3600 s"


@given(budgets, steps)
def test_no_window_holds_more_than_is_allowed(allowed: tuple[Budget, ...], asked: list[tuple[float, int]]):
    limiter, now, sent = Limiter(allowed), 0.0, []
    for later, weight in asked:
        now += later
        at = limiter.book(now, weight)
        assert at >= now and (not sent or at >= sent[-1][0])
        sent.append((at, weight))
    for budget in allowed:
        most = max(1, int(budget.count * SHARE))
        for start, _ in sent:
            within = [weight for at, weight in sent if start <= at <= start + budget.seconds]
            assert sum(min(weight, most) for weight in within) <= most


@given(st.integers(2, 40), st.floats(0.5, 60.0))
def test_who_keeps_the_pace_never_waits(count: int, length: float) -> None:
    limiter = Limiter((Budget(count, length),))
    gap = length * SLACK / max(1, int(count * SHARE)) * 1.000_001
    assert all(limiter.book(number * gap) == number * gap for number in range(200))
