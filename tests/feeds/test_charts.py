"""A symbol's bars in the making: the coarse ones are always the sum of the fine ones."""

from hypothesis import given
from hypothesis import strategies as st

from feeds.charts import GRACE, KEEP, TELL, Chart, Charts, latest
from feeds.market import INTERVALS, Bar, Mark, Trade, floor_time, replace
from feeds.rollup import LIVE_BASES, roll_up

SYMBOL = "SIM:BTC-USD"
MINUTE = 60_000
DAY = INTERVALS["1d"]
T0 = 20_000 * DAY  # a midnight


def trade(time: int, price: float = 100.0, size: float = 1.0, **fields: object) -> Trade:
    return Trade(symbol=SYMBOL, id=str(time), time=time, price=price, size=size, side=None, **fields)


def bar(interval: str, time: int, source: str = "backfill", **fields: object) -> Bar:
    """A closed bar of history."""
    figures = {"open": 10.0, "high": 12.0, "low": 9.0, "close": 11.0, "volume": 5.0, "trades": 3}
    return Bar(symbol=SYMBOL, interval=interval, time=time, source=source, **(figures | fields))


def charts_from(now: int = T0) -> tuple[Charts, Chart]:
    charts = Charts()
    charts.add(SYMBOL, now)
    chart = charts.get(SYMBOL)
    assert chart is not None
    return charts, chart


def newest(told: list[Bar]) -> dict[tuple[str, int], Bar]:
    """What a reader holds who was told these bars one after the other."""
    return {(each.interval, each.time): each for each in told}


# ------------------------------------------------------------------ whole charts
def test_trades_make_fine_bars_and_only_those_asked_for_are_told() -> None:
    charts, chart = charts_from()
    charts.trade(trade(T0 + 100, 10.0, 1.0))
    charts.trade(trade(T0 + 900, 12.0, 2.0))
    told, closed = chart.take(["1m"], T0 + 950)
    assert [(b.interval, b.open, b.high, b.low, b.close, b.volume, b.closed) for b in told] == [
        ("1m", 10.0, 12.0, 10.0, 12.0, 3.0, False)
    ]
    assert closed == []
    told, closed = chart.take(["1m"], T0 + 1_000 + GRACE)
    assert told == []
    assert [(b.interval, b.time, b.trades) for b in closed] == [("1s", T0, 2)], "kept though not asked for"


def test_the_clock_waits_for_trades_in_flight() -> None:
    charts, chart = charts_from()
    charts.trade(trade(T0 + 100))
    chart.take(["1s"], T0 + 200)
    assert charts.closing(T0 + 1_000 + GRACE - 1) == []
    assert charts.closing(T0 + 1_000 + GRACE) == [SYMBOL]
    [told], closed = chart.take(["1s"], T0 + 1_000 + GRACE)
    assert told.closed and closed == [told]
    assert charts.closing(T0 + 2_000) == []


def test_a_quiet_minute_has_no_bar() -> None:
    charts, chart = charts_from()
    charts.trade(trade(T0))
    charts.trade(trade(T0 + 3 * MINUTE))
    told, closed = chart.take(["1m"], T0 + 10 * MINUTE)
    assert [(b.time - T0) // MINUTE for b in told] == [0, 3]
    assert {b.interval for b in closed} == {"1s", "1m"}
    assert chart.take(["1m", "5m"], T0 + 60 * MINUTE) == ([], [])
    assert chart.recent(["1m"]) == {"1m": told}


def test_a_late_trade_changes_its_own_closed_bar() -> None:
    charts, chart = charts_from()
    charts.trade(trade(T0, 10.0))
    charts.trade(trade(T0 + MINUTE, 11.0))
    chart.take(["1m"], T0 + 2 * MINUTE)
    charts.trade(trade(T0 + 59_000, 99.0))
    [told], closed = chart.take(["1m"], T0 + 2 * MINUTE)
    assert (told.time, told.high, told.close, told.closed) == (T0, 99.0, 99.0, True)
    assert told in closed


def test_a_recap_is_in_no_bar() -> None:
    charts, chart = charts_from()
    charts.trade(trade(T0 + 5, recap=True))
    assert charts.closing(T0 + 5) == [] and chart.take(["1s", "1m"], T0 + 5) == ([], [])


def test_the_unwatched_is_ignored_and_a_dropped_symbol_starts_over() -> None:
    charts, chart = charts_from()
    charts.trade(replace(trade(T0), symbol="SIM:OTHER"))
    assert charts.get("SIM:OTHER") is None
    assert not charts.seed("SIM:OTHER", "1m", [bar("1m", T0)], T0)
    charts.gap(["SIM:OTHER"], T0, T0 + 1)
    charts.add(SYMBOL, T0 + 99)
    assert charts.get(SYMBOL) is chart
    charts.trade(trade(T0))
    charts.drop(SYMBOL)
    charts.drop(SYMBOL)
    charts.add(SYMBOL, T0)
    assert charts.closing(T0 + DAY) == []


def test_a_snapshot_tells_the_newest_bars_only() -> None:
    charts, chart = charts_from()
    for second in range(100):
        charts.trade(trade(T0 + second * 1_000))
    recent = chart.recent(["1s", "1m", "5m"])
    assert set(recent) == {"1s", "1m"}, "a coarse interval is not known before it has begun"
    assert len(recent["1s"]) == TELL["1s"] and recent["1s"][-1].time == T0 + 99_000
    assert [b.time for b in recent["1m"]] == [T0, T0 + MINUTE]


# --------------------------------------------------------------- history and gaps
def test_a_bar_that_began_before_us_is_mixed_until_it_is_seeded() -> None:
    charts, chart = charts_from(T0 + 30_000)
    charts.trade(trade(T0 + 31_000, 50.0, 2.0))
    told, _ = chart.take(["1m"], T0 + 31_000)
    assert [b.source for b in told] == ["mixed"]
    history = bar("1m", T0, closed=False)
    assert charts.seed(SYMBOL, "1m", [history], T0 + 30_500) is True
    told, _ = chart.take(["1m"], T0 + 32_000)
    assert told == [replace(history, high=50.0, close=50.0, volume=7.0, trades=4, source="mixed")]


def test_a_seed_concerns_only_what_is_kept_and_the_intervals_made_here() -> None:
    charts, _ = charts_from(T0)
    old = bar("1m", T0 - (KEEP["1m"] + 1) * MINUTE)
    assert charts.seed(SYMBOL, "1m", [old], T0) is False
    assert charts.seed(SYMBOL, "1h", [bar("1h", T0 - 3_600_000)], T0) is False
    assert charts.seed(SYMBOL, "1m", [], T0) is False
    assert charts.seed(SYMBOL, "1m", [old, bar("1m", T0 - MINUTE)], T0) is True


def test_what_was_not_heard_is_said_of_its_bars() -> None:
    charts, chart = charts_from()
    charts.trade(trade(T0 + 5_000))
    charts.gap([SYMBOL, "SIM:OTHER"], T0 + 6_000, T0 + 8_000)
    charts.trade(trade(T0 + 9_000))
    told, _ = chart.take(["1s", "1m"], T0 + 9_000)
    sources = {(b.interval, (b.time - T0) // 1_000): b.source for b in told}
    assert sources == {("1s", 5): "live", ("1s", 9): "live", ("1m", 0): "mixed"}


# -------------------------------------------------------------------- coarse bars
def test_a_coarse_bar_is_told_when_it_begins_though_nothing_trades() -> None:
    _, chart = charts_from(T0 + 2 * MINUTE)
    chart.roll("5m", [bar("1m", T0), bar("1m", T0 + MINUTE)], T0 + 2 * MINUTE)
    assert chart.take(["1m"], T0 + 2 * MINUTE) == ([], []), "not asked for yet"
    told, closed = chart.take(["5m"], T0 + 2 * MINUTE)
    assert [(b.time, b.volume, b.closed) for b in told] == [(T0, 10.0, False)] and closed == []
    assert chart.recent(["5m"]) == {"5m": told}
    assert chart.take(["5m"], T0 + 2 * MINUTE) == ([], [])


def test_a_coarse_interval_without_any_part_is_empty() -> None:
    _, chart = charts_from()
    chart.roll("15m", [], T0)
    assert chart.take(["15m"], T0) == ([], [])
    assert chart.recent(["15m"]) == {"15m": []}


def test_a_coarse_bar_that_nobody_asks_for_is_not_told_but_kept_right() -> None:
    charts, chart = charts_from()
    chart.roll("5m", [], T0)
    charts.trade(trade(T0 + 1_000, 10.0))
    assert [b.interval for b in chart.take(["1m"], T0 + 1_000)[0]] == ["1m"]
    charts.trade(trade(T0 + MINUTE, 20.0))
    [five] = [b for b in chart.take(["1m", "5m"], T0 + MINUTE)[0] if b.interval == "5m"][-1:]
    assert (five.open, five.close, five.trades) == (10.0, 20.0, 2)


def test_a_coarse_bar_closes_with_its_last_fine_one_and_not_before() -> None:
    charts, chart = charts_from()
    chart.roll("5m", [], T0)
    charts.trade(trade(T0 + 4 * MINUTE))
    chart.take(["5m"], T0 + 4 * MINUTE)
    assert chart.take(["5m"], T0 + 5 * MINUTE + GRACE - 1)[0] == []
    told, _ = chart.take(["5m"], T0 + 5 * MINUTE + GRACE)
    assert told and all(b.closed for b in told)


def test_stored_and_heard_parts_make_one_coarse_bar() -> None:
    charts, chart = charts_from(T0 + 2 * MINUTE)
    charts.trade(trade(T0 + 2 * MINUTE + 1, 30.0, 1.5))
    chart.roll("5m", [bar("1m", T0), bar("1m", T0 + MINUTE)], T0 + 2 * MINUTE + 2)
    told, _ = chart.take(["5m"], T0 + 2 * MINUTE + 2)
    assert told[-1] == replace(
        bar("5m", T0, closed=False), high=30.0, close=30.0, volume=11.5, trades=7, source="mixed"
    )


def test_the_last_version_of_each_bar_is_told() -> None:
    first, second = bar("5m", T0), bar("5m", T0 + 5 * MINUTE)
    assert latest([first, second, replace(first, close=1.0)]) == [replace(first, close=1.0), second]


INTERVALS_COARSE = st.lists(st.sampled_from(sorted(LIVE_BASES)), min_size=1, max_size=4, unique=True)
STEPS = st.lists(
    st.tuples(
        st.sampled_from([0, 10, 400, 1_000, 2_500, 5_000, 20_000, 61_000, 400_000]),
        st.sampled_from([0, 10, 300, 1_000, 3_000, 5_000]),
        st.integers(1, 50).map(float),
    ),
    min_size=1,
    max_size=60,
)


@given(INTERVALS_COARSE, STEPS, st.integers(0, DAY), st.integers(1, 9))
def test_the_coarse_bars_told_equal_the_roll_up_of_the_fine_ones_told(
    coarse: list[str], steps: list[tuple[int, int, float]], offset: int, every: int
) -> None:
    """Trades up to 5 s late (the shortest coarse bar), taken now and then."""
    now = T0 + offset
    charts, chart = charts_from(T0)
    for interval in coarse:
        chart.roll(interval, [], now)
    told: list[Bar] = []
    kept: list[Bar] = []
    for number, (wait, late, price) in enumerate(steps):
        now += wait
        charts.trade(trade(max(T0, now - late), price, 0.5))
        if number % every == 0:
            bars, closed = chart.take(["1s", "1m", *coarse], now)
            told += bars
            kept += closed
    now += 2 * DAY
    bars, closed = chart.take(["1s", "1m", *coarse], now)
    held = newest(told + bars)
    assert newest(kept + closed) == {key: b for key, b in held.items() if key[0] in ("1s", "1m")}
    for interval in coarse:
        fine = sorted((b for b in held.values() if b.interval == LIVE_BASES[interval]), key=lambda b: b.time)
        mine = sorted((b for b in held.values() if b.interval == interval), key=lambda b: b.time)
        assert mine == roll_up(fine, interval, now)
        assert [b.time for b in mine] == sorted({floor_time(b.time, interval) for b in fine})


def test_a_price_that_nobody_traded_at_moves_the_bars_and_is_no_trade() -> None:
    charts, chart = charts_from()
    charts.trade(trade(T0 + 100, 10.0, 2.0))
    charts.mark(Mark(symbol=SYMBOL, time=T0 + 200, price=-3.0))
    charts.mark(Mark(symbol="SIM:OTHER", time=T0 + 200, price=99.0))
    [told], _ = chart.take(["1m"], T0 + 300)
    assert (told.open, told.high, told.low, told.close) == (10.0, 10.0, -3.0, -3.0)
    assert (told.volume, told.trades) == (2.0, 1)


def test_such_a_price_is_kept_when_history_comes_after_it() -> None:
    charts, chart = charts_from(T0 + 50)
    charts.mark(Mark(symbol=SYMBOL, time=T0 + 100, price=20.0))
    charts.mark(Mark(symbol=SYMBOL, time=T0 + 200, price=-3.0))
    charts.seed(SYMBOL, "1m", [bar("1m", T0, trades=3, volume=5.0, closed=False)], T0 + 150)
    [told], _ = chart.take(["1m"], T0 + 300)
    assert (told.open, told.high, told.low, told.close) == (10.0, 12.0, -3.0, -3.0)
    assert (told.volume, told.trades) == (5.0, 3)
