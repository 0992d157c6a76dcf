"""The closes of a day of many symbols: of minutes, of hours where there are none, and in little time."""

import random
import time

from django.db import connections

from feeds.market import Bar
from feeds.rows import write_bars
from feeds.store import read_closes
from tests.feeds.databases import sql

A, B, NONE = "SIM:A", "SIM:B", "SIM:NONE"
MINUTE, QUARTER, HOUR, DAY = 60_000, 900_000, 3_600_000, 86_400_000
START = 1_700_000_000_000 // DAY * DAY
ALLOWED = 0.5  # s, on a busy machine; alone it takes a tenth of it


def bar(symbol: str, since: int, close: float, interval: str = "1m", source: str = "live") -> Bar:
    fields = {"open": 1.0, "high": 99.0, "low": 1.0, "volume": 1.0, "trades": 1, "source": source}
    return Bar(symbol=symbol, interval=interval, time=START + since, close=close, **fields)


def closes(database: str, *symbols: str, until: int = HOUR) -> dict:
    return read_closes(symbols, "15m", START, START + until, database)


def test_each_stretch_has_its_newest_minute(database: str) -> None:
    minutes = [(0, 2.0), (14 * MINUTE, 3.0), (15 * MINUTE, 4.0), (46 * MINUTE, 5.0), (HOUR, 6.0)]
    write_bars(connections[database], [bar(A, since, close) for since, close in minutes])
    assert closes(database, A, NONE) == {A: [3.0, 4.0, None, 5.0], NONE: [None] * 4}


def test_the_stretch_that_is_not_over_is_one_too(database: str) -> None:
    write_bars(connections[database], [bar(A, 16 * MINUTE, 2.0)])
    assert closes(database, A, until=17 * MINUTE) == {A: [None, 2.0]}


def test_an_hour_tells_its_end_where_there_are_no_minutes_and_a_hole_nothing(database: str) -> None:
    bars = [bar(A, 0, 7.0, "1h"), bar(B, 0, 7.0, "1h"), bar(B, 50 * MINUTE, 8.0)]
    write_bars(connections[database], [*bars, bar(NONE, MINUTE, 9.0, source="hole")])
    assert closes(database, A, B, NONE) == {
        A: [None, None, None, 7.0],
        B: [None, None, None, 8.0],
        NONE: [None] * 4,
    }


def test_a_formula_has_a_close_where_all_its_legs_have_one(database: str) -> None:
    bars = [bar(A, since, close) for since, close in ((0, 3.3), (QUARTER, 4.0), (2 * QUARTER, 4.0))]
    bars += [bar(B, 0, 1.1), bar(B, 2 * QUARTER, 0.0)]
    write_bars(connections[database], bars)
    found = closes(database, f"={A} - {B}", f"={A} / {B}")
    assert found == {f"={A} - {B}": [2.2, None, 4.0, None], f"={A} / {B}": [3.0, None, None, None]}


def test_nothing_asked_is_nothing(database: str) -> None:
    assert read_closes([], "15m", START, START + HOUR, database) == {}
    assert closes(database, A, until=0) == {A: []}


def test_fifty_symbols_among_many_bars_are_read_at_once(database: str) -> None:
    chance = random.Random(7)
    symbols = [f"SIM:M{place}" for place in range(50)]
    bars = [
        bar(symbol, since, chance.random() + 1) for symbol in symbols for since in range(0, DAY, 4 * MINUTE)
    ]
    write_bars(connections[database], bars)
    sql(database, "ANALYZE")
    begun = time.perf_counter()
    found = read_closes(symbols, "15m", START, START + DAY, database)
    assert time.perf_counter() - begun < ALLOWED
    assert all(len(line) == 96 and None not in line for line in found.values())
