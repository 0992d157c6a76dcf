"""Stored bars read as the series of any interval: compared with the slow and obvious way to make them."""

import random
from itertools import pairwise

import pytest
from django.db import connections

from feeds.market import INTERVALS, Bar, floor_time, replace
from feeds.rollup import FINER, Rolling, roll_up
from feeds.rows import write_bars
from feeds.store import parts, read_bars

SYMBOL = "SIM:BTC-USD"
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
START = 1_700_000_000_000 // DAY * DAY
FAR = 2**52


def bar(interval: str, time: int, **fields: object) -> Bar:
    known = {"open": 10.0, "high": 12.0, "low": 9.0, "close": 11.0, "volume": 5.5, "trades": 2}
    return Bar(symbol=SYMBOL, interval=interval, time=time, **(known | fields))


def any_bar(chance: random.Random, interval: str, time: int) -> Bar:
    prices = [chance.randint(1, 9_999) / 100 for _ in range(4)]
    return bar(
        interval,
        time,
        open=prices[0],
        high=max(prices),
        low=min(prices),
        close=prices[3],
        volume=chance.randint(0, 10**6) / 1000,
        trades=chance.choice([None, 1, 2, 3, 4]),
        source=chance.choice(["live", "live", "live", "backfill", "mixed"]),
    )


def any_history(chance: random.Random) -> list[Bar]:
    """Days of bars with holes: seconds, minutes, and hours and days that reach further back."""
    steps = {
        "1s": range(START + DAY, START + DAY + 120_000, 1000),
        "1m": range(START + chance.randint(0, DAY // MINUTE) * MINUTE, START + 3 * DAY, MINUTE),
        "1h": range(START + chance.randint(-48, 40) * HOUR, START + 2 * DAY, HOUR),
        "1d": range(START - 6 * DAY, START + 2 * DAY, DAY),
    }
    kept = {"1s": 0.5, "1m": chance.choice([0.02, 0.3]), "1h": chance.choice([0.2, 0.95]), "1d": 0.6}
    return [
        any_bar(chance, i, time) for i, times in steps.items() for time in times if chance.random() < kept[i]
    ]


def expected(history: list[Bar], interval: str) -> list[Bar]:
    """The whole series, as the module's first lines define it."""
    stored = {b.time: replace(b, closed=b.end <= FAR) for b in history if b.interval == interval}
    if interval not in FINER:
        return [stored[time] for time in sorted(stored)]
    finer = FINER[interval]
    bases = (finer, "1m") if finer == "1h" else (finer,)
    known = min((b.time for b in history if b.interval in bases), default=FAR)
    made = roll_up(expected(history, finer), interval, FAR)
    bars = {b.time: replace(b, source="mixed") if b.time < known else b for b in made} | stored
    return [bars[time] for time in sorted(bars)]


def write(database: str, bars: list[Bar]) -> None:
    write_bars(connections[database], bars)


def read(
    database: str, interval: str, start: int | None = None, limit: int = 5_000, now: int = FAR
) -> list[Bar]:
    return read_bars(SYMBOL, interval, start, None, limit, now, using=database)


@pytest.mark.parametrize("seed", range(8))
def test_every_interval_equals_the_obvious_way(database: str, seed: int) -> None:
    chance = random.Random(seed)
    history = any_history(chance)
    write(database, [*history, *(replace(b, symbol="SIM:OTHER-USD", close=1.0) for b in history[::7])])
    for interval, length in INTERVALS.items():
        whole = expected(history, interval)
        assert read_bars(SYMBOL, interval, None, None, 10_000, FAR, using=database) == whole
        for _ in range(15):
            start, end = (START + chance.randint(-7 * DAY, 4 * DAY) for _ in range(2))
            limit = chance.choice([1, 2, 7, 50, 500])
            now = START + chance.randint(-2 * DAY, 3 * DAY)
            told = [replace(b, closed=b.time + length <= now) for b in whole if b.time < end]
            newest = read_bars(SYMBOL, interval, None, end, limit, now, using=database)
            assert newest == told[-limit:]
            first = read_bars(SYMBOL, interval, start, end, limit, now, using=database)
            assert first == [b for b in told if b.time >= start][:limit]


@pytest.mark.parametrize("interval", list(INTERVALS))
def test_nothing_stored_is_no_bar(database: str, interval: str) -> None:
    assert read(database, interval) == []
    assert read(database, interval, start=0) == []


def test_a_stored_hour_stands_where_our_minutes_begin(database: str) -> None:
    minutes = [bar("1m", START + minute * MINUTE) for minute in range(20, 125)]
    write(database, minutes)
    first, second, third = read(database, "1h", now=START + 2 * HOUR)
    assert (first.time, first.source, first.volume) == (START, "mixed", 40 * 5.5)  # its first 20 are unknown
    assert (second.source, second.volume, second.closed) == ("live", 60 * 5.5, True)
    assert (third.source, third.volume, third.closed) == ("live", 5 * 5.5, False)
    hour = bar("1h", START, volume=1000.0, source="backfill")
    write(database, [hour])
    assert [b.volume for b in read(database, "1h")] == [1000.0, 330.0, 27.5]
    assert read(database, "1h")[0] == hour


def test_today_is_made_of_hours_and_the_minutes_since(database: str) -> None:
    day = bar("1d", START - DAY, volume=9_000.0, source="backfill")
    hours = [bar("1h", START + hour * HOUR, volume=100.0, source="backfill") for hour in range(5)]
    minutes = [bar("1m", START + 5 * HOUR + minute * MINUTE, volume=1.0) for minute in range(7)]
    write(database, [day, *hours, *minutes])
    yesterday, today = read(database, "1d", now=START + 6 * HOUR)
    assert yesterday == day
    assert (today.time, today.volume, today.closed, today.source) == (START, 507.0, False, "mixed")
    assert [b.volume for b in read(database, "4h")] == [400.0, 107.0]


def test_days_of_minutes_before_the_first_stored_hour_are_shown(database: str) -> None:
    minutes = [bar("1m", START + minute * MINUTE) for minute in range(4)]
    write(database, [*minutes, bar("1h", START + DAY)])
    assert [(b.time - START, b.volume, b.source) for b in read(database, "1d")] == [
        (0, 22.0, "live"),
        (DAY, 5.5, "live"),
    ]
    assert [(b.time - START, b.source) for b in read(database, "4h")] == [(0, "live"), (DAY, "live")]


def test_an_answer_begins_with_a_whole_bar(database: str) -> None:
    write(database, [bar("1m", START + minute * MINUTE) for minute in range(60)])
    assert [b.volume for b in read(database, "5m", limit=3)] == [27.5, 27.5, 27.5]
    assert [b.volume for b in read(database, "5m", start=START + 1, limit=1)] == [27.5]
    assert read(database, "5m", start=START + 1, limit=1)[0].time == START + 5 * MINUTE


def test_volumes_rolled_up_have_no_noise_of_floats(database: str) -> None:
    write(database, [bar("1m", START + minute * MINUTE, volume=0.1) for minute in range(15)])
    assert [b.volume for b in read(database, "15m")] == [1.5]


def test_trades_of_a_rolled_up_bar_are_unknown_when_a_parts_are(database: str) -> None:
    write(database, [bar("1m", START), bar("1m", START + MINUTE, trades=None), bar("1m", START + 5 * MINUTE)])
    assert [b.trades for b in read(database, "5m")] == [None, 2]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("interval", list(FINER))
def test_the_parts_make_the_forming_bar(database: str, interval: str, seed: int) -> None:
    history = any_history(random.Random(seed))
    history = [b for b in history if b.interval != "1d"]
    write(database, history)
    finest = "1s" if FINER[interval] == "1s" else "1m"
    opened = floor_time(max(b.time for b in history if b.interval == finest), interval)
    rolling = Rolling(SYMBOL, interval)
    found = parts(SYMBOL, interval, opened, opened + INTERVALS[interval], using=database)
    assert all(early.end <= late.time for early, late in pairwise(found))
    rolling.seed(found)
    forming = read_bars(SYMBOL, interval, None, None, 1, now=opened, using=database)
    assert [rolling.current()] == forming


def test_the_parts_of_a_bar_we_know_only_the_end_of_say_so(database: str) -> None:
    write(database, [bar("1m", START + 3 * MINUTE), bar("1m", START + 4 * MINUTE)])
    assert [b.source for b in parts(SYMBOL, "5m", START, START + 5 * MINUTE, using=database)] == [
        "mixed",
        "live",
    ]
    assert parts(SYMBOL, "1d", START + DAY, START + 2 * DAY, using=database) == []
