"""Trades that a venue takes back: what remains is as if they had never been told (fidelity 55)."""

from hypothesis import given
from hypothesis import strategies as st

from feeds import charts as room
from feeds.board import Board
from feeds.charts import Chart
from feeds.market import INTERVALS, Bar, Cancel, Trade, replace

SYMBOL = "ALPACA:AAPL"
MINUTE = 60_000
T0 = 20_000 * INTERVALS["1d"]
SHOWN = ("1s", "1m")


def trade(name: int, time: int, price: float, size: float = 1.0) -> Trade:
    return Trade(symbol=SYMBOL, id=str(name), time=time, price=price, size=size, side=None)


def gone(name: int, **fields: object) -> Cancel:
    return Cancel(symbol=SYMBOL, id=str(name), **fields)


def chart_of(*trades: Trade, since: int = T0) -> Chart:
    chart = Chart(SYMBOL, since, takes_back=True)
    for each in trades:
        chart.trade(each)
    return chart


def minutes(chart: Chart) -> list[Bar]:
    return chart.recent(["1m"])["1m"]


prices = st.floats(1.0, 100.0).map(lambda value: round(value, 2))
days = st.lists(st.tuples(st.integers(0, 170_000), prices), min_size=2, max_size=30)


@given(days, st.data())
def test_bars_are_as_if_the_trade_had_never_been(day: list[tuple[int, float]], data: st.DataObject) -> None:
    trades = [trade(name, T0 + at, price) for name, (at, price) in enumerate(day)]
    out = data.draw(st.sampled_from(trades))
    rest = [each for each in trades if each is not out]
    chart, never = chart_of(*trades), chart_of(*rest)
    minute = out.time - out.time % MINUTE
    alone = all(each.time - each.time % MINUTE != minute for each in rest)
    incomplete = chart.take_back(gone(int(out.id)))
    now = T0 + 4 * MINUTE
    told, expected = chart.take(SHOWN, now)[0], never.take(SHOWN, now)[0]
    if alone:
        assert incomplete == minute
    assert [bar for bar in told if bar.source == "live"] == expected
    assert all(bar.volume == 0.0 and bar.trades == 0 for bar in told if bar.source == "mixed")


@given(days, prices, st.data())
def test_a_corrected_trade_counts_in_its_place(
    day: list[tuple[int, float]], price: float, data: st.DataObject
) -> None:
    trades = [trade(name, T0 + at, price) for name, (at, price) in enumerate(day)]
    wrong = data.draw(st.sampled_from(trades))
    right = replace(wrong, id="right", price=price, size=2.5)
    chart = chart_of(*trades)
    assert chart.take_back(gone(int(wrong.id), instead=replace(right, time=wrong.time + 999_999))) is None
    now = T0 + 4 * MINUTE
    expected = chart_of(*[right if each is wrong else each for each in trades])
    assert chart.take(SHOWN, now) == expected.take(SHOWN, now)


def test_the_coarse_bar_follows() -> None:
    chart = chart_of(trade(1, T0, 10.0), trade(2, T0 + 1, 99.0), trade(3, T0 + 2, 11.0))
    chart.take(["1m"], T0 + 3)
    chart.roll("5m", [], T0 + 3)
    assert chart.recent(["5m"])["5m"][0].high == 99.0
    chart.take_back(gone(2))
    told, _ = chart.take(["5m"], T0 + 4)
    assert [(bar.high, bar.close, bar.volume, bar.trades) for bar in told[-1:]] == [(11.0, 11.0, 2.0, 2)]


def test_a_bar_of_one_trade_is_flat_at_the_close_before_and_not_whole() -> None:
    chart = chart_of(trade(1, T0, 10.0), trade(2, T0 + MINUTE, 99.0))
    assert chart.take_back(gone(2)) == T0 + MINUTE
    bar = minutes(chart)[1]
    assert (bar.open, bar.high, bar.low, bar.close) == (10.0, 10.0, 10.0, 10.0)
    assert (bar.volume, bar.trades, bar.source) == (0.0, 0, "mixed")


def test_where_not_all_trades_of_the_bar_are_held_it_is_not_whole_until_the_venue_tells_it(
    monkeypatch,
) -> None:
    monkeypatch.setattr(room, "TRADES_HELD", 2)
    chart = chart_of(trade(1, T0, 10.0), trade(2, T0 + 1, 99.0), trade(3, T0 + 2, 11.0))
    assert chart.take_back(gone(2)) == T0
    assert minutes(chart)[0].source == "mixed"
    told = Bar(symbol=SYMBOL, interval="1m", time=T0, open=10.0, high=11.0, low=10.0, close=11.0, volume=2.0,
               source="backfill")  # fmt: skip
    chart.builders["1m"].seed([told], T0 + MINUTE)
    assert (minutes(chart)[0].high, minutes(chart)[0].source) == (11.0, "backfill")


def test_a_trade_that_is_not_held_casts_doubt_on_the_bar_of_its_time() -> None:
    chart = chart_of(trade(1, T0, 10.0), trade(2, T0 + MINUTE, 11.0))
    assert chart.take_back(gone(77, time=T0 + 5)) == T0
    assert [bar.source for bar in minutes(chart)] == ["mixed", "live"]
    assert chart.take_back(gone(77)) is None
    assert chart.take_back(gone(78, time=T0 - 90 * MINUTE)) == T0 - 90 * MINUTE


def test_a_seed_does_not_bring_back_what_was_taken_back() -> None:
    chart = chart_of(trade(1, T0 + 10, 10.0), trade(2, T0 + 20, 99.0), since=T0 + 5)
    assert chart.take_back(gone(2)) == T0
    told = Bar(symbol=SYMBOL, interval="1m", time=T0, open=9.0, high=9.0, low=9.0, close=9.0, volume=1.0,
               closed=False, source="backfill")  # fmt: skip
    chart.builders["1m"].seed([told], T0 + 8)
    assert (minutes(chart)[0].high, minutes(chart)[0].volume) == (10.0, 2.0)


def test_only_where_trades_may_be_taken_back_they_are_held() -> None:
    plain = Chart(SYMBOL, T0)
    plain.trade(trade(1, T0, 10.0))
    assert not plain.held


# -------------------------------------------------------------------------- the board
def board_of(*trades: Trade) -> Board:
    board = Board()
    board.add(SYMBOL)
    for each in trades:
        board.trade(each, each.time)
    return board


def test_the_last_price_is_that_of_the_newest_other_trade_again() -> None:
    board = board_of(trade(1, T0, 10.0), trade(2, T0 + 1, 11.0, 4.0), trade(3, T0 + 2, 99.0))
    board.take()
    board.take_back(gone(3), T0 + 9)
    [(quote, trades)] = board.take()
    assert (quote.last, quote.size, trades) == (11.0, 4.0, [])
    assert [each.id for each in board.state(SYMBOL)[2]] == ["1", "2"]


def test_a_newer_price_stays_when_an_older_trade_is_taken_back() -> None:
    board = board_of(trade(1, T0, 10.0), trade(2, T0 + 1, 11.0))
    board.take_back(gone(1), T0 + 9)
    [(quote, trades)] = board.take()
    assert (quote.last, quote.hi, quote.lo, [each.id for each in trades]) == (11.0, 11.0, 11.0, ["2"])


def test_an_extreme_that_was_taken_back_before_it_was_told_is_none() -> None:
    board = board_of(trade(1, T0, 10.0), trade(2, T0 + 1, 99.0), trade(3, T0 + 2, 11.0))
    board.take_back(gone(2), T0 + 9)
    [(quote, _)] = board.take()
    assert (quote.last, quote.hi, quote.lo) == (11.0, 11.0, 10.0)


def test_a_correction_under_the_same_name_is_counted_once() -> None:
    board = board_of(trade(1, T0, 10.0), trade(2, T0 + 1, 99.0))
    right = trade(2, T0 + 50, 11.0)
    board.take_back(gone(2, instead=right), T0 + 60)
    board.trade(right, T0 + 61)
    [(quote, trades)] = board.take()
    assert (quote.last, board.duplicates) == (11.0, 1)
    assert [(each.id, each.time, each.price) for each in trades] == [("1", T0, 10.0), ("2", T0 + 1, 11.0)]


def test_without_any_other_trade_nobody_knows_the_price() -> None:
    board = board_of(trade(1, T0, 10.0))
    board.take_back(gone(1), T0 + 9)
    [(quote, trades)] = board.take()
    assert (quote.last, trades) == (None, [])
