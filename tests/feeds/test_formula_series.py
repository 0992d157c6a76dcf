"""The stored bars of a formula are read from those of its legs, as far back as the sparsest needs."""

from django.db import connections

from feeds.formula_series import WIDEST, first_time, parts, read_bars
from feeds.market import Bar
from feeds.rows import write_bars

A, B, NONE = "SIM:A", "SIM:B", "SIM:NONE"
MINUTE, HOUR = 60_000, 3_600_000
START = 1_700_000_000_000 // HOUR * HOUR
SUM = f"={A} + {B}"


def bars(symbol: str, interval: str, times: range, price: float) -> list[Bar]:
    known = {"open": price, "high": price, "low": price, "close": price, "volume": 1.0, "trades": 1}
    return [Bar(symbol=symbol, interval=interval, time=time, **known) for time in times]


def fill(database: str) -> None:
    """A has every minute of ten hours, B only those of the first."""
    write_bars(connections[database], bars(A, "1m", range(START, START + 10 * HOUR, MINUTE), 2.0))
    write_bars(connections[database], bars(B, "1m", range(START, START + HOUR, MINUTE), 3.0))


def test_a_dense_leg_is_read_as_far_back_as_a_sparse_one_needs(database: str) -> None:
    fill(database)
    found = read_bars(SUM, "1m", None, None, 50, START + 20 * HOUR, database)
    assert [bar.time for bar in found] == list(range(START + 10 * MINUTE, START + HOUR, MINUTE))
    assert {(bar.symbol, bar.close, bar.volume, bar.closed) for bar in found} == {(SUM, 5.0, 0.0, True)}
    assert len(read_bars(SUM, "1m", None, None, WIDEST, START + 20 * HOUR, database)) == 60


def test_from_a_start_the_first_ones_come(database: str) -> None:
    fill(database)
    found = read_bars(SUM, "1m", START + 5 * MINUTE, START + 2 * HOUR, 3, START + 20 * HOUR, database)
    assert [bar.time for bar in found] == [START + each * MINUTE for each in (5, 6, 7)]


def test_coarse_bars_and_the_parts_of_one(database: str) -> None:
    fill(database)
    [hour] = read_bars(SUM, "1h", None, None, 5, START + 20 * HOUR, database)
    assert (hour.time, hour.open, hour.close) == (START, 5.0, 5.0)
    assert len(parts(SUM, "1h", START, START + HOUR, database)) == 60
    assert len(parts(A, "1h", START, START + HOUR, database)) == 60


def test_the_first_time_is_that_of_the_youngest_leg(database: str) -> None:
    write_bars(connections[database], bars(A, "1m", range(START, START + MINUTE, MINUTE), 2.0))
    write_bars(connections[database], bars(B, "1m", range(START + HOUR, START + HOUR + MINUTE, MINUTE), 2.0))
    assert first_time(SUM, "1m", database) == START + HOUR
    assert first_time(A, "1m", database) == START
    assert first_time(f"={A} + {NONE}", "1m", database) is None


def test_a_symbol_is_read_as_it_is(database: str) -> None:
    fill(database)
    assert len(read_bars(B, "1m", None, None, 500, START + 20 * HOUR, database)) == 60
