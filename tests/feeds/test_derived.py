"""A formula's quote and bars are made of its legs', and only where all of them have one."""

import pytest

from feeds.derived import bars_of, quote_of
from feeds.formulas import parse_formula
from feeds.market import Bar, Quote

A, B = "SIM:A", "SIM:B"
SPREAD = parse_formula(f"={A} - {B}")
RATIO = parse_formula(f"={A} / {B}")


def quote(
    symbol: str, last: float | None, time: int | None = 5, state: str = "live", **fields: float
) -> Quote:
    return Quote(symbol=symbol, time=time, last=last, state=state, **fields)


def bar(symbol: str, time: int, first: float, last: float, **fields: object) -> Bar:
    known = {"high": 99.0, "low": 0.5, "volume": 7.0, "interval": "1m"}
    return Bar(symbol=symbol, time=time, open=first, close=last, **(known | fields))


def test_the_newest_time_and_the_worst_state() -> None:
    legs = {A: quote(A, 3.0, 7, "live"), B: quote(B, 5.0, 4, "delayed")}
    made = quote_of(SPREAD, legs, 9)
    assert made == Quote(symbol=f"={A} - {B}", time=7, received=9, last=-2.0, state="delayed")
    for worse, better in (("stale", "closed"), ("closed", "delayed"), ("delayed", "live")):
        made = quote_of(SPREAD, {A: quote(A, 3.0, state=better), B: quote(B, 5.0, None, worse)}, 9)
        assert made is not None and (made.state, made.time) == (worse, 5)


def test_bid_and_ask_need_those_of_all_legs() -> None:
    legs = {A: quote(A, 3.0, bid=2.9, ask=3.1), B: quote(B, 5.0, bid=4.9, ask=5.1)}
    made = quote_of(SPREAD, legs, 9)
    assert made is not None and (made.bid, made.ask) == pytest.approx((-2.2, -1.8))
    made = quote_of(SPREAD, legs | {B: quote(B, 5.0, bid=4.9)}, 9)
    assert made is not None and (made.bid, made.ask) == (None, None)


def test_no_finite_value_is_no_quote_and_a_leg_without_a_price_an_error() -> None:
    assert quote_of(RATIO, {A: quote(A, 3.0), B: quote(B, 0.0)}, 9) is None
    with pytest.raises(KeyError):
        quote_of(RATIO, {A: quote(A, 3.0), B: quote(B, None)}, 9)


def test_bars_open_with_opens_and_close_with_closes_where_all_legs_have_one() -> None:
    first = [bar(A, 0, 10.0, 12.0), bar(A, 60_000, 12.0, 8.0), bar(A, 120_000, 1.0, 1.0)]
    second = [bar(B, 180_000, 1.0, 1.0), bar(B, 60_000, 4.0, 4.0, source="mixed"), bar(B, 0, 5.0, 4.0)]
    assert bars_of(RATIO, {A: first, B: second}) == [
        Bar(
            symbol=RATIO.text, interval="1m", time=0, open=2.0, high=3.0, low=2.0, close=3.0,
            volume=0.0, trades=0, closed=True, source="backfill",
        ),
        Bar(
            symbol=RATIO.text, interval="1m", time=60_000, open=3.0, high=3.0, low=2.0, close=2.0,
            volume=0.0, trades=0, closed=True, source="mixed",
        ),
    ]  # fmt: skip


def test_a_bar_is_closed_when_all_its_legs_are_and_left_out_when_it_is_no_number() -> None:
    forming = bar(B, 0, 1.0, 2.0, closed=False)
    [made] = bars_of(SPREAD, {A: [bar(A, 0, 1.0, 1.0)], B: [forming]})
    assert not made.closed and (made.open, made.close, made.high, made.low) == (0.0, -1.0, 0.0, -1.0)
    assert bars_of(parse_formula(f"=1 / ({A} - {A})"), {A: [bar(A, 0, 1.0, 1.0)]}) == []


def test_bars_of_several_intervals_are_matched_each_with_its_own() -> None:
    first = [bar(A, 0, 1.0, 1.0, interval="1h"), bar(A, 0, 2.0, 2.0)]
    second = [bar(B, 0, 4.0, 4.0, interval="1h")]
    assert [(each.interval, each.close) for each in bars_of(RATIO, {A: first, B: second})] == [("1h", 0.25)]
