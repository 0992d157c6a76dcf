"""Bars equal a recount of the trades, however late and in whatever order these come."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.bars import BarBuilder
from feeds.making import TAIL, outranks
from feeds.market import INTERVALS, Bar, Trade, replace

SYMBOL = "SIM:BTC-USD"
MINUTE = 60_000
SOURCES = ("hole", "mixed", "backfill", "live")


def trade(time: int, price: float = 100.0, size: float = 1.0) -> Trade:
    return Trade(symbol=SYMBOL, id="", time=time, price=price, size=size, side=None)


def bar(time: int, **fields: object) -> Bar:
    """A bar of history of one minute, as a venue would give it."""
    known = {"open": 10.0, "high": 12.0, "low": 9.0, "close": 11.0, "volume": 5.0, "source": "backfill"}
    return Bar(symbol=SYMBOL, interval="1m", time=time, **(known | fields))


def recount(trades: list[Trade], interval: str, source: str = "live", now: int = 0) -> list[Bar]:
    """The bars of trades in the order they came, counted the slow and obvious way."""
    length = INTERVALS[interval]
    result = []
    for number in sorted({t.time // length for t in trades}):
        own = [t for t in trades if t.time // length == number]
        by_time = sorted(own, key=lambda t: t.time)  # stable: equal times stay in order of arrival
        result.append(
            Bar(
                symbol=SYMBOL,
                interval=interval,
                time=number * length,
                open=by_time[0].price,
                high=max(t.price for t in own),
                low=min(t.price for t in own),
                close=by_time[-1].price,
                volume=float(sum(Fraction(repr(t.size)) for t in own)),
                trades=len(own),
                closed=(number + 1) * length <= now,
                source=source,
            )
        )
    return result


def trades_within(span: int, most: int = 40) -> st.SearchStrategy[list[Trade]]:
    prices = st.floats(0.01, 1e6, allow_nan=False)
    sizes = st.floats(0.0, 1e14, allow_nan=False)
    return st.lists(st.builds(trade, st.integers(0, span - 1), prices, sizes), min_size=1, max_size=most)


@given(trades_within(10 * MINUTE), st.sampled_from(["1s", "1m"]))
def test_bars_equal_a_recount_of_trades_in_any_order(trades: list[Trade], interval: str) -> None:
    builder = BarBuilder(SYMBOL, interval)
    for one in trades:
        builder.add(one)
    builder.close_until(20 * MINUTE)
    expected = recount(trades, interval, now=20 * MINUTE)
    assert builder.recent(100) == expected
    assert builder.take() == expected
    assert builder.take() == []


@given(trades_within(3 * MINUTE), st.data())
def test_what_was_taken_piece_by_piece_adds_up_to_the_same(trades: list[Trade], data: st.DataObject) -> None:
    builder = BarBuilder(SYMBOL, "1m")
    shown: dict[int, Bar] = {}
    for one in trades:
        builder.add(one)
        if data.draw(st.booleans()):
            taken = builder.take()
            assert [b.time for b in taken] == sorted({b.time for b in taken})
            shown |= {b.time: b for b in taken}
    shown |= {b.time: b for b in builder.take()}
    assert [shown[time] for time in sorted(shown)] == builder.recent(10)


@given(trades_within(2 * MINUTE), st.data())
def test_history_and_live_trades_count_no_trade_twice_and_none_never(
    trades: list[Trade], data: st.DataObject
) -> None:
    since = data.draw(st.integers(0, 2 * MINUTE))
    as_of = data.draw(st.integers(since, 2 * MINUTE))
    told_at = data.draw(st.integers(0, len(trades)))
    history = [
        replace(b, source="backfill", closed=b.end <= as_of)
        for b in recount([t for t in trades if t.time <= as_of], "1m")
    ]
    heard = [t for t in trades if t.time >= since]
    builder = BarBuilder(SYMBOL, "1m", since=since)
    for position, one in enumerate(heard):
        if position == told_at:
            builder.seed(history, as_of)
        builder.add(one)
    if told_at >= len(heard):
        builder.seed(history, as_of)
    builder.close_until(2 * MINUTE)
    whole = recount(trades, "1m", now=2 * MINUTE)
    made = builder.recent(10)
    assert [replace(b, source="live", volume=0.0) for b in made] == [replace(b, volume=0.0) for b in whole]
    # The history's volume was rounded to a float once, so the sum may differ in the last digit.
    assert [b.volume for b in made] == pytest.approx([b.volume for b in whole], rel=1e-15, abs=0)
    for b in made:
        later = any(as_of < t.time and b.time <= t.time < b.end for t in heard)
        began_before = b.time < since
        if b.source == "live":
            assert not began_before
        if began_before:
            assert b.source == ("mixed" if later else "backfill")


def test_a_bar_begun_before_we_listened_is_mixed_until_history_completes_it() -> None:
    builder = BarBuilder(SYMBOL, "1m", since=30_000)
    builder.add(trade(31_000, 50.0))
    builder.add(trade(61_000, 51.0))
    assert [b.source for b in builder.take()] == ["mixed", "live"]
    builder.seed([bar(0, close=50.0)], as_of=70_000)
    assert builder.take() == [bar(0, close=50.0)]


def test_the_forming_bar_of_history_is_continued_by_later_trades_only() -> None:
    builder = BarBuilder(SYMBOL, "1m", since=35_000)
    builder.add(trade(36_000, 11.0, 0.25))  # in the history's bar already
    builder.add(trade(45_000, 20.0, 0.5))
    builder.seed([bar(0, closed=False, trades=7)], as_of=40_000)
    builder.add(trade(39_000, 99.0, 4.0))  # late, and in the history's bar as well
    expected = bar(0, high=20.0, close=20.0, volume=5.5, trades=8, closed=False, source="mixed")
    assert builder.take() == [expected]


def test_unknown_number_of_trades_stays_unknown() -> None:
    builder = BarBuilder(SYMBOL, "1m", since=1)
    builder.seed([bar(0, closed=False)], as_of=5)
    builder.add(trade(6))
    assert builder.recent(1)[0].trades is None


def test_history_that_ends_before_we_began_leaves_the_bar_mixed() -> None:
    builder = BarBuilder(SYMBOL, "1m", since=30_000)
    builder.seed([bar(0, closed=False)], as_of=20_000)
    assert builder.take()[0].source == "mixed"  # 20 s to 30 s were heard by nobody
    builder.seed([bar(0, closed=False, volume=6.0)], as_of=31_000)
    assert [(b.volume, b.source) for b in builder.take()] == [(6.0, "backfill")]


def test_a_bar_heard_whole_needs_no_history() -> None:
    builder = BarBuilder(SYMBOL, "1m")
    builder.add(trade(5))
    before = builder.take()
    builder.seed([bar(0, volume=99.0)], as_of=90_000)
    assert builder.take() == [] and builder.recent(1) == before


def test_closed_history_nobody_saw_before_is_kept_and_not_given_back() -> None:
    builder = BarBuilder(SYMBOL, "1m", since=150_000)
    builder.seed([bar(0), bar(60_000), bar(120_000, closed=False)], as_of=150_000)
    assert [b.time for b in builder.take()] == [120_000]
    assert [b.time for b in builder.recent(9)] == [0, 60_000, 120_000]
    builder.close_until(180_000)
    assert [(b.time, b.closed, b.source) for b in builder.take()] == [(120_000, True, "backfill")]


def test_a_polled_history_is_told_only_when_it_says_something_new() -> None:
    builder = BarBuilder(SYMBOL, "1m", since=1)
    builder.seed([bar(0, closed=False)], as_of=10)
    assert len(builder.take()) == 1
    builder.seed([bar(0, closed=False)], as_of=20)
    assert not builder.has_changed
    builder.seed([bar(0, closed=False, close=9.5)], as_of=30)
    assert [b.close for b in builder.take()] == [9.5]
    builder.seed([bar(0, closed=False, close=9.9)], as_of=25)  # an answer overtaken by a newer one
    assert builder.take() == []


def test_a_gap_makes_the_bars_it_touches_mixed() -> None:
    builder = BarBuilder(SYMBOL, "1m")
    for minute in range(4):
        builder.add(trade(minute * MINUTE + 1_000))
    builder.take()
    builder.note_gap(2 * MINUTE + 5_000, 5 * MINUTE + 5_000)
    builder.add(trade(5 * MINUTE + 6_000))
    builder.add(trade(6 * MINUTE))
    sources = {b.time // MINUTE: b.source for b in builder.recent(9)}
    assert sources == {0: "live", 1: "live", 2: "mixed", 3: "mixed", 5: "mixed", 6: "live"}
    assert [b.time // MINUTE for b in builder.take()] == [2, 3, 5, 6]


def test_history_after_a_gap_completes_the_bar_and_keeps_the_trades_since() -> None:
    builder = BarBuilder(SYMBOL, "1m")
    builder.add(trade(1_000, 10.0, 1.0))
    builder.note_gap(2_000, 8_000)
    builder.add(trade(9_000, 12.0, 2.0))
    builder.add(trade(20_000, 13.0, 4.0))
    builder.seed([bar(0, closed=False, close=12.0, volume=5.0)], as_of=15_000)
    assert builder.take() == [
        bar(0, high=13.0, close=13.0, volume=9.0, closed=False, source="mixed"),
    ]


def test_a_seed_that_would_lose_trades_is_refused() -> None:
    builder = BarBuilder(SYMBOL, "1m", since=10_000)
    builder.add(trade(20_000))
    builder.add(trade(50_000))
    for minute in (1, 2):  # with the second bar after it, its trades are forgotten
        builder.add(trade(minute * MINUTE))
    builder.take()
    builder.seed([bar(0, closed=False)], as_of=40_000)
    assert builder.take() == []
    builder.seed([bar(0)], as_of=MINUTE)
    assert builder.take() == [bar(0)]


def test_a_flood_before_the_history_keeps_few_trades_and_loses_none() -> None:
    builder = BarBuilder(SYMBOL, "1m", since=30_000)
    for number in range(2 * TAIL + 10):
        builder.add(trade(30_000 + number // 1_000))
    [making] = builder._bars.values()
    assert len(making.tail) <= TAIL
    builder.seed([bar(0)], as_of=30_004)  # ends before what is kept begins: trades would be lost
    assert builder.recent(1)[0].volume == 2 * TAIL + 10
    builder.seed([bar(0)], as_of=30_009)
    assert builder.recent(1)[0].volume == 5.0 + 10


def test_the_clock_closes_and_waits_for_the_grace() -> None:
    builder = BarBuilder(SYMBOL, "1s", grace_ms=250)
    builder.add(trade(5_500))
    builder.close_until(6_249)
    assert [b.closed for b in builder.take()] == [False]
    builder.close_until(6_250)
    assert [b.closed for b in builder.take()] == [True]
    builder.close_until(60_000)
    assert builder.take() == []  # nothing happened, so there is no bar


def test_the_next_trade_closes_as_well() -> None:
    builder = BarBuilder(SYMBOL, "1s")
    builder.add(trade(1_000))
    builder.add(trade(9_000))
    assert [(b.time, b.closed) for b in builder.take()] == [(1_000, True), (9_000, False)]


def test_a_late_trade_changes_its_closed_bar_which_comes_out_again() -> None:
    builder = BarBuilder(SYMBOL, "1s")
    builder.add(trade(1_500, 10.0))
    builder.add(trade(2_500, 11.0))
    builder.take()
    builder.add(trade(1_200, 8.0))
    (late,) = builder.take()
    assert (late.time, late.open, late.close, late.trades, late.closed) == (1_000, 8.0, 10.0, 2, True)


def test_a_late_trade_in_a_quiet_second_makes_a_closed_bar() -> None:
    builder = BarBuilder(SYMBOL, "1s")
    builder.add(trade(5_000))
    builder.close_until(6_000)
    builder.take()
    builder.add(trade(3_000))
    assert [(b.time, b.closed) for b in builder.take()] == [(3_000, True)]


@pytest.mark.parametrize("late", [0, 1_999])
def test_a_trade_older_than_what_is_kept_is_counted_and_dropped(late: int) -> None:
    builder = BarBuilder(SYMBOL, "1s", keep=3)
    for second in (1, 2, 4, 6):
        builder.add(trade(second * 1000))
    builder.take()
    builder.add(trade(late))
    assert builder.too_late == 1 and builder.take() == []
    assert [b.time for b in builder.recent(9)] == [2_000, 4_000, 6_000]


def test_a_late_bar_does_not_push_out_a_newer_one() -> None:
    builder = BarBuilder(SYMBOL, "1s", keep=2)
    for second in (10, 20, 5):
        builder.add(trade(second * 1000))
    assert builder.too_late == 1
    assert [b.time for b in builder.recent(9)] == [10_000, 20_000]


def test_a_gap_leaves_the_bars_it_only_borders_on() -> None:
    builder = BarBuilder(SYMBOL, "1m")
    builder.add(trade(0))
    builder.note_gap(MINUTE, 2 * MINUTE)
    builder.add(trade(2 * MINUTE))
    assert [b.source for b in builder.recent(9)] == ["live", "live"]


def test_history_longer_than_what_is_kept_leaves_the_newest() -> None:
    builder = BarBuilder(SYMBOL, "1m", keep=5, since=10 * MINUTE)
    builder.add(trade(10 * MINUTE))
    builder.seed([bar(minute * MINUTE) for minute in range(10)], as_of=10 * MINUTE)
    assert [b.time // MINUTE for b in builder.recent(9)] == [6, 7, 8, 9, 10]
    assert [b.time // MINUTE for b in builder.take()] == [10]


def test_recent_gives_as_many_as_asked() -> None:
    builder = BarBuilder(SYMBOL, "1s")
    for second in range(5):
        builder.add(trade(second * 1000))
    assert [b.time for b in builder.recent(2)] == [3_000, 4_000]
    assert builder.recent(0) == []


def test_volume_is_exact_whatever_the_sizes() -> None:
    sizes = [1e14, 1e-17, 0.1, 0.2, 5e-324]
    there, back = BarBuilder(SYMBOL, "1m"), BarBuilder(SYMBOL, "1m")
    for size in sizes:
        there.add(trade(1, size=size))
    for size in reversed(sizes):
        back.add(trade(1, size=size))
    assert there.take()[0].volume == back.take()[0].volume
    small = BarBuilder(SYMBOL, "1m")
    small.add(trade(1, size=0.1))
    small.add(trade(1, size=0.2))
    assert small.take()[0].volume == 0.3


@pytest.mark.parametrize("old", SOURCES)
@pytest.mark.parametrize("new", SOURCES)
def test_who_may_replace_whom(new: str, old: str) -> None:
    may = outranks(bar(0, source=new), bar(0, source=old))
    assert may == (SOURCES.index(new) >= SOURCES.index(old))
