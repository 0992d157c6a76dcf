"""The simulated market: a pure function of seed and time whose bars are exactly what its trades add up to."""

import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.market import INTERVALS, Bar, Quote, Trade, floor_time
from feeds.venues.sim import MARKETS, Sim

NOON = 1_790_000_000_000 // 86_400_000 * 86_400_000 + 43_200_000
DAY = 86_400_000
MINUTE = 60_000
SYMBOLS = [market.symbol for market in MARKETS]
symbols = st.sampled_from(SYMBOLS)
moments = st.integers(NOON - 3 * DAY, NOON + 3 * DAY)


def trades_of(sim: Sim, symbol: str, start: int, end: int) -> list[Trade]:
    """Return the trades with start <= time < end."""
    return [event for event in sim.made(symbol, start - 1, end - 1) if isinstance(event, Trade)]


def recount(trades: list[Trade], interval: str) -> dict[int, tuple[float, ...]]:
    """Return open, high, low, close, volume and number of trades of each interval, the plain way."""
    grouped: dict[int, list[Trade]] = {}
    for trade in trades:
        grouped.setdefault(floor_time(trade.time, interval), []).append(trade)
    return {
        opening: (
            part[0].price,
            max(trade.price for trade in part),
            min(trade.price for trade in part),
            part[-1].price,
            float(sum(Decimal(repr(trade.size)) for trade in part)),
            len(part),
        )
        for opening, part in grouped.items()
    }


def told(bars: list[Bar]) -> dict[int, tuple[float | None, ...]]:
    return {bar.time: (bar.open, bar.high, bar.low, bar.close, bar.volume, bar.trades) for bar in bars}


# --------------------------------------------------------------------------- bars and trades
@settings(max_examples=60, deadline=None)
@given(
    symbol=symbols,
    minute=st.integers(NOON // MINUTE - 4000, NOON // MINUTE + 4000),
    seed=st.integers(0, 2**63),
    rate=st.sampled_from([0.001, 0.02, 0.1, 2.0, 12.0]),
    interval=st.sampled_from(["1s", "5s", "15s", "1m", "5m"]),
)
def test_bars_are_exactly_what_the_trades_add_up_to(
    symbol: str, minute: int, seed: int, rate: float, interval: str
) -> None:
    sim = Sim(seed, rate)
    start = floor_time(minute * MINUTE, "5m")
    bars = sim.made_bars(symbol, interval, start, start + 5 * MINUTE)
    assert told(bars) == recount(trades_of(sim, symbol, start, start + 5 * MINUTE), interval)


@settings(max_examples=40, deadline=None)
@given(symbol=symbols, now=moments, interval=st.sampled_from(["1s", "15s", "1m", "5m", "1h"]))
def test_the_forming_bar_has_the_trades_up_to_now_and_nothing_later(
    symbol: str, now: int, interval: str
) -> None:
    sim, length = Sim(4, 5.0), INTERVALS[interval]
    opening = floor_time(now, interval)
    bars = sim.made_bars(symbol, interval, opening - length, opening + 5 * length, now)
    assert told(bars) == recount(trades_of(sim, symbol, opening - length, now + 1), interval)
    assert all(bar.closed == (bar.end <= now) for bar in bars)


@settings(max_examples=15, deadline=None)
@given(symbol=symbols, day=st.integers(NOON // DAY - 400, NOON // DAY + 400), seed=st.integers(0, 9))
def test_hours_and_days_are_what_their_minutes_add_up_to(symbol: str, day: int, seed: int) -> None:
    sim = Sim(seed, 2.0)
    minutes = sim.made_bars(symbol, "1m", day * DAY, day * DAY + DAY)
    for interval in ("1h", "4h", "1d"):
        for bar in sim.made_bars(symbol, interval, day * DAY, day * DAY + DAY):
            part = [each for each in minutes if bar.time <= each.time < bar.end]
            assert (bar.open, bar.close) == (part[0].open, part[-1].close)
            assert (bar.high, bar.low) == (max(each.high for each in part), min(each.low for each in part))
            assert bar.volume == float(sum(Decimal(repr(each.volume)) for each in part))
            assert bar.trades == sum(each.trades or 0 for each in part)


def test_a_day_opens_where_the_one_before_closed() -> None:
    for before, after in pairwise(Sim().made_bars("SIM:ETH-USD", "1d", NOON - 50 * DAY, NOON)):
        assert before.close == after.open and before.end == after.time


@pytest.mark.parametrize("interval", INTERVALS)
def test_bars_open_within_what_was_asked_oldest_first(interval: str) -> None:
    length = INTERVALS[interval]
    start = NOON + 12_345
    bars = Sim(1, 50.0).made_bars("SIM:BTC-USD", interval, start, start + 9 * length)
    times = [bar.time for bar in bars]
    assert times == sorted(set(times)) and len(times) >= 8
    assert all(start <= at < start + 9 * length and at % length == 0 for at in times)


# --------------------------------------------------------------------------- a pure function
@settings(max_examples=40, deadline=None)
@given(symbol=symbols, start=moments, steps=st.lists(st.integers(1, 45_000), min_size=1, max_size=8))
def test_events_are_the_same_in_whatever_steps_they_are_asked_for(
    symbol: str, start: int, steps: list[int]
) -> None:
    whole = Sim(5, 3.0).made(symbol, start, start + sum(steps))
    sim, parts, at = Sim(5, 3.0), [], start
    for step in steps:
        parts += sim.made(symbol, at, at + step)
        at += step
    assert parts == whole


def test_threads_may_ask_at_the_same_time() -> None:
    sim, alone = Sim(8, 2.0), Sim(8, 2.0)
    days = [(symbol, NOON - day * DAY) for day in range(8) for symbol in SYMBOLS]
    wanted = [alone.made_bars(symbol, "15m", start, start + DAY // 4) for symbol, start in days]
    with ThreadPoolExecutor(4) as threads:
        got = threads.map(lambda each: sim.made_bars(each[0], "15m", each[1], each[1] + DAY // 4), days * 2)
    assert list(got) == wanted * 2


def test_another_seed_is_another_market_and_the_same_is_the_same() -> None:
    def bars(seed: int, rate: float = 2.0) -> list[Bar]:
        return Sim(seed, rate).made_bars("SIM:BTC-USD", "1m", NOON, NOON + 30 * MINUTE)

    assert bars(1) == bars(1) and bars(1) != bars(2)
    assert Sim().made_bars("SIM:BTC-USD", "1m", NOON, NOON + 30 * MINUTE) == bars(1)


@settings(max_examples=40, deadline=None)
@given(symbol=symbols, start=moments)
def test_trades_and_quotes_are_well_made(symbol: str, start: int) -> None:
    sim = Sim(3, 4.0)
    market = sim.markets[symbol]
    events = sim.made(symbol, start, start + 2 * MINUTE)
    trades = [event for event in events if isinstance(event, Trade)]
    quotes = [event for event in events if isinstance(event, Quote)]
    assert len(trades) == len(quotes)
    for trade in trades:
        assert start < trade.time <= start + 2 * MINUTE and trade.size > 0 and not trade.recap
        assert round(trade.price, market.decimals) == trade.price  # on the grid of ticks
    for before, after in pairwise(trades):
        assert int(before.id) < int(after.id) and before.time <= after.time
    for trade, quote in zip(trades, quotes, strict=True):
        assert (quote.time, quote.last, quote.size) == (trade.time, trade.price, trade.size)
        assert 0 < quote.bid < quote.ask and quote.bid_size > 0 and quote.ask_size > 0
        assert quote.last == (quote.ask if trade.side == "buy" else quote.bid)
        assert quote.low <= min(quote.last, quote.open) and quote.high >= max(quote.last, quote.open)


def test_the_day_before_is_told_with_each_quote() -> None:
    sim = Sim(1, 2.0)
    quote = next(event for event in sim.made("SIM:AAPL", NOON, NOON + MINUTE) if isinstance(event, Quote))
    opening = floor_time(quote.time or 0, "1m")
    minutes = sim.made_bars("SIM:AAPL", "1m", opening - DAY, opening)
    earlier = trades_of(sim, "SIM:AAPL", opening, (quote.time or 0) + 1)[:1]
    assert quote.open == minutes[0].open
    assert quote.high == max([bar.high for bar in minutes] + [trade.price for trade in earlier])
    assert quote.low == min([bar.low for bar in minutes] + [trade.price for trade in earlier])
    assert quote.volume == sum(bar.volume for bar in minutes) + sum(trade.size for trade in earlier)


def test_what_is_not_here_has_nothing_to_say() -> None:
    assert Sim().made("SIM:NOPE", NOON, NOON + MINUTE) == []
    assert Sim().made_bars("SIM:NOPE", "1m", NOON, NOON + MINUTE) == []
    assert Sim().made_bars("SIM:BTC-USD", "2m", NOON, NOON + MINUTE) == []
    assert Sim().made("SIM:BTC-USD", NOON, NOON) == []


# --------------------------------------------------------------------------- what kind of market
def test_there_are_three_kinds_and_all_say_that_they_are_simulated() -> None:
    assert len(Sim.featured) >= 12 and {each.kind for each in Sim.featured} == {"crypto", "share", "fx"}
    assert all("Simulated" in each.title for each in Sim.featured) and Sim.simulated
    assert Sim().made_symbols() == frozenset(SYMBOLS)


@pytest.mark.parametrize("rate", [0.5, 2.0, 20.0])
def test_the_mean_rate_is_the_one_asked_for(rate: float) -> None:
    sim = Sim(1, rate)
    days = [bar for symbol in SYMBOLS for bar in sim.made_bars(symbol, "1d", NOON - 20 * DAY, NOON)]
    mean = sum(bar.trades or 0 for bar in days) / len(days) / 86_400
    assert mean == pytest.approx(rate, rel=0.05)


def test_there_are_calms_and_bursts() -> None:
    counts = sorted(bar.trades or 0 for bar in Sim(1, 2.0).made_bars("SIM:BTC-USD", "1m", NOON - DAY, NOON))
    assert counts[len(counts) // 10] < 75 and counts[-len(counts) // 20] > 240


def test_prices_stay_near_where_they_belong() -> None:
    for market in MARKETS:
        bars = Sim(1).made_bars(market.symbol, "1d", NOON - 300 * DAY, NOON)
        assert (
            market.price / 3 < min(bar.low for bar in bars) < max(bar.high for bar in bars) < market.price * 3
        )


def fastest(work, tries: int = 5) -> float:
    """Return the shortest of some runs, in seconds: the machine may be busy with others."""
    best = float("inf")
    for _ in range(tries):
        begin = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begin)
    return best


@pytest.mark.parametrize(
    ("interval", "rate", "seconds"),
    [("1m", 2.0, 0.15), ("1m", 100.0, 1.0), ("1h", 2.0, 0.3), ("1d", 2.0, 0.3), ("1s", 2.0, 0.15)],
)
def test_500_bars_cost_little(interval: str, rate: float, seconds: float) -> None:
    length = INTERVALS[interval]
    assert (
        fastest(lambda: Sim(1, rate).made_bars("SIM:BTC-USD", interval, NOON - 500 * length, NOON)) < seconds
    )


def test_a_step_of_the_clock_costs_microseconds() -> None:
    sim = Sim(1, 2.0)
    sim.made("SIM:BTC-USD", NOON - 20, NOON)

    def second() -> None:
        for step in range(50):
            sim.made("SIM:BTC-USD", NOON + step * 20, NOON + step * 20 + 20)

    assert fastest(second) / 50 < 100e-6
