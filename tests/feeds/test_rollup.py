"""Coarse bars are the same whether made of trades, of finer bars at once, or of finer bars live."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.bars import BarBuilder
from feeds.market import INTERVALS, Bar, Trade, floor_time, replace
from feeds.rollup import BASES, FINER, LIVE_BASES, Rolling, bases_of, roll_up

SYMBOL = "SIM:BTC-USD"
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
FAR = 10 * DAY


def bar(time: int, interval: str = "1m", **fields: object) -> Bar:
    known = {"open": 10.0, "high": 12.0, "low": 9.0, "close": 11.0, "volume": 5.0, "trades": 2}
    return Bar(symbol=SYMBOL, interval=interval, time=time, **(known | fields))


def minutes(most: int = 60) -> st.SearchStrategy[list[Bar]]:
    """Minute bars of different times, some missing, as a store would hold them."""
    made = st.builds(
        lambda minute, prices, volume, trades, source: bar(
            minute * MINUTE,
            open=prices[0],
            close=prices[1],
            high=max(prices),
            low=min(prices),
            volume=volume / 1000,
            trades=trades,
            source=source,
        ),
        st.integers(0, 3 * 1440),
        st.lists(st.floats(1, 1000), min_size=2, max_size=4),
        st.integers(0, 10**9),
        st.one_of(st.none(), st.integers(1, 100)),
        st.sampled_from(["live", "backfill", "mixed"]),
    )
    return st.lists(made, max_size=most, unique_by=lambda b: b.time).map(
        lambda bars: sorted(bars, key=lambda b: b.time)
    )


def test_every_interval_is_a_base_or_made_of_a_finer_one() -> None:
    assert set(FINER) | set(BASES) == set(INTERVALS)
    for interval, finer in FINER.items():
        assert finer in BASES and INTERVALS[interval] % INTERVALS[finer] == 0
        assert INTERVALS[interval] % INTERVALS[LIVE_BASES[interval]] == 0


def test_the_stored_intervals_behind_a_series() -> None:
    assert {
        interval: sorted(bases_of(interval)) for interval in ("1s", "15s", "1m", "30m", "1h", "4h", "1d")
    } == {
        "1s": ["1s"],
        "15s": ["1s"],
        "1m": ["1m"],
        "30m": ["1m"],
        "1h": ["1h", "1m"],
        "4h": ["1h", "1m"],
        "1d": ["1d", "1h", "1m"],
    }


@given(
    st.lists(st.tuples(st.integers(0, HOUR), st.integers(1, 999), st.integers(0, 999)), min_size=1),
    st.sampled_from(["5m", "15m", "30m"]),
)
def test_rolled_up_bars_equal_those_counted_from_trades(ticks: list, interval: str) -> None:
    fine, coarse = BarBuilder(SYMBOL, "1m"), BarBuilder(SYMBOL, interval)
    for time, price, size in ticks:
        one = Trade(symbol=SYMBOL, id="", time=time, price=float(price), size=size / 1000, side=None)
        fine.add(one)
        coarse.add(one)
    now = HOUR
    fine.close_until(now)
    coarse.close_until(now)
    assert roll_up(fine.recent(100), interval, now) == coarse.recent(100)


@given(minutes(), st.sampled_from(["5m", "30m", "1h", "1d"]), st.integers(0, 4 * DAY))
def test_rolling_up_in_two_steps_is_the_same(bars: list[Bar], interval: str, now: int) -> None:
    at_once = roll_up(bars, "1d", now)
    assert roll_up(roll_up(bars, interval, now), "1d", now) == at_once
    assert [b.closed for b in at_once] == [b.end <= now for b in at_once]


@given(minutes(), st.sampled_from(["5m", "1h", "4h", "1d"]))
def test_the_live_bar_equals_the_rolled_up_one_after_each_put(bars: list[Bar], interval: str) -> None:
    rolling = Rolling(SYMBOL, interval)
    shown: dict[int, Bar] = {}
    for count, part in enumerate(bars, 1):
        forming = replace(part, close=part.open, closed=False, volume=0.0)
        for version in (forming, part):
            shown |= {b.time: b for b in rolling.put(version)}
        expected = roll_up(bars[:count], interval, part.end)
        assert [replace(shown[time], closed=False) for time in sorted(shown)] == [
            replace(b, closed=False) for b in expected
        ]
        assert [b.closed for b in expected] == [shown[time].closed for time in sorted(shown)]


@given(minutes(30), st.data())
def test_parts_in_any_order_within_two_buckets_add_up(bars: list[Bar], data: st.DataObject) -> None:
    own = [b for b in bars if b.time < 2 * DAY]
    rolling = Rolling(SYMBOL, "1d")
    shown: dict[int, Bar] = {}
    for part in data.draw(st.permutations(own)):
        stale = replace(part, high=1e6, volume=77.0)
        for version in (stale, part):
            shown |= {b.time: b for b in rolling.put(version)}
    expected = roll_up(own, "1d", 0)
    assert [replace(shown[time], closed=False) for time in sorted(shown)] == expected


@given(minutes(), st.data())
def test_a_live_bar_seeded_from_the_store_equals_one_heard_from_the_start(
    bars: list[Bar], data: st.DataObject
) -> None:
    today = [replace(b, source="live") for b in bars if b.time < DAY]
    split = data.draw(st.integers(0, len(today)))
    rolling = Rolling(SYMBOL, "1d")
    for part in today[split:]:
        rolling.put(part)
    rolling.seed(today[:split])
    expected = roll_up(today, "1d", 0)
    current = rolling.current()
    assert ([replace(current, closed=False)] if current else []) == expected


def test_a_new_bucket_gives_the_former_bar_closed() -> None:
    rolling = Rolling(SYMBOL, "5m")
    rolling.put(bar(3 * MINUTE))
    former, new = rolling.put(bar(7 * MINUTE, closed=False))
    assert (former.time, former.closed) == (0, True)
    assert (new.time, new.closed) == (5 * MINUTE, False)


def test_the_last_part_closes_and_so_does_the_clock() -> None:
    rolling = Rolling(SYMBOL, "5m")
    assert [b.closed for b in rolling.put(bar(4 * MINUTE, closed=False))] == [False]
    assert [b.closed for b in rolling.put(bar(4 * MINUTE))] == [True]
    assert [b.closed for b in rolling.put(bar(6 * MINUTE))] == [False]
    assert rolling.close_until(10 * MINUTE - 1) == []
    assert [(b.time, b.closed) for b in rolling.close_until(10 * MINUTE)] == [(5 * MINUTE, True)]
    assert rolling.close_until(FAR) == []


def test_a_late_part_changes_the_former_bar_and_none_before_it() -> None:
    rolling = Rolling(SYMBOL, "5m")
    for minute in (1, 6, 11):
        rolling.put(bar(minute * MINUTE))
    (late,) = rolling.put(bar(7 * MINUTE, high=99.0))
    assert (late.time, late.high, late.volume, late.closed) == (5 * MINUTE, 99.0, 10.0, True)
    assert rolling.put(bar(2 * MINUTE)) == []
    current = rolling.current()
    assert current is not None and current.time == 10 * MINUTE


def test_a_former_bucket_that_only_a_late_part_begins_is_closed() -> None:
    rolling = Rolling(SYMBOL, "5m")
    rolling.put(bar(11 * MINUTE))
    assert [(b.time, b.closed) for b in rolling.put(bar(7 * MINUTE))] == [(5 * MINUTE, True)]


def test_a_stored_hour_holds_its_minutes() -> None:
    rolling = Rolling(SYMBOL, "1d")
    rolling.put(bar(90 * MINUTE))  # heard before the store answered
    rolling.put(bar(121 * MINUTE))
    rolling.seed([bar(0, "1h", volume=100.0), bar(HOUR, "1h", volume=200.0)])
    current = rolling.current()
    assert current is not None and current.volume == 305.0
    assert rolling.put(bar(70 * MINUTE, volume=1e6)) == []
    (after,) = rolling.put(bar(122 * MINUTE))
    assert after.volume == 310.0


def test_a_part_of_the_store_gives_way_only_to_one_as_whole() -> None:
    rolling = Rolling(SYMBOL, "5m")
    rolling.seed([bar(0, volume=9.0, source="backfill")])
    assert rolling.put(bar(0, volume=1.0, source="mixed")) == []
    assert [b.volume for b in rolling.put(bar(0, volume=8.0))] == [8.0]
    rolling.seed([bar(0, volume=9.0, source="backfill")])
    assert [b.volume for b in rolling.put(bar(0, volume=8.5, source="mixed"))] == [8.5]


def test_an_empty_live_bar_is_none() -> None:
    rolling = Rolling(SYMBOL, "1h")
    assert rolling.current() is None
    rolling.seed([])
    assert rolling.current() is None and rolling.close_until(FAR) == []


@pytest.mark.parametrize(
    ("sources", "common"), [(("live", "live"), "live"), (("live", "backfill"), "mixed"), (("hole",), "hole")]
)
def test_the_source_is_the_common_one_or_mixed(sources: tuple[str, ...], common: str) -> None:
    parts = [bar(index * MINUTE, source=source) for index, source in enumerate(sources)]
    assert [b.source for b in roll_up(parts, "5m", FAR)] == [common]
    assert floor_time(parts[-1].time, "5m") == 0
