"""The pure part of the benchmark: the kernel's files, statistics, and who reads what."""

import math
import os
import time
from collections import Counter
from itertools import pairwise

import pytest

from bench.decode import ROUNDS, OurSide, compared
from bench.figures import (
    TICKS_PER_SECOND,
    cpu_seconds,
    middle,
    paired_ratios,
    percentile,
    resident_kib,
    share_out,
    table,
)
from bench.helper import reading
from bench.report import DECODED, joined, split
from bench.venue import QUIET, TICKING, candles, symbols
from feeds.symbols import parse_symbol


def test_cpu_is_user_and_system_time_whatever_the_name():
    fields = ["S", *map(str, range(4, 53))]  # the third field of proc(5) and on, each its own number
    assert cpu_seconds(f"12 (a) b (c)) {' '.join(fields)}\n") == (14 + 15) / TICKS_PER_SECOND


def test_cpu_of_this_process_rises_with_work():
    cpu_of = reading("stat", cpu_seconds)
    before, began = cpu_of(os.getpid()), time.process_time()
    while time.process_time() - began < 0.05:
        pass
    assert 0.02 <= cpu_of(os.getpid()) - before < 5


def test_resident_memory():
    assert resident_kib("Name:\tx\nVmRSS:\t   4321 kB\nThreads:\t1\n") == 4321
    with pytest.raises(ValueError, match="ended"):
        resident_kib("Name:\tx\nState:\tZ (zombie)\n")


def test_percentile_is_a_value_that_was_seen():
    values = list(range(1, 101))
    assert [percentile(values, share) for share in (0, 0.5, 0.99, 1)] == [1, 50, 99, 100]
    assert percentile([7.0], 0.99) == 7.0
    assert math.isnan(percentile([], 0.5))


def test_middle_and_ratios():
    assert middle([3.0, 1.0, 2.0]) == 2.0
    assert math.isnan(middle([]))
    assert paired_ratios([1.0, 2.0], [10.0, 50.0]) == [10.0, 25.0]
    with pytest.raises(ValueError):
        paired_ratios([1.0], [])


@pytest.mark.parametrize(("sockets", "each", "known"), [(100, 10, 50), (20, 50, 50), (200, 10, 50)])
def test_every_symbol_has_as_many_sockets(sockets: int, each: int, known: int):
    mine = [share_out(TICKING[:known], each, socket) for socket in range(sockets)]
    assert all(len(set(names)) == each for names in mine)
    assert set(Counter(name for names in mine for name in names).values()) == {sockets * each // known}


def test_table():
    assert table(["a", "b"], [["1", "2"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"


def test_the_made_up_venue_speaks_our_symbols_and_tells_every_minute():
    assert [parse_symbol(name) for name in symbols(TICKING + QUIET)] == symbols(TICKING + QUIET)
    rows = candles(
        {"granularity": ["60"], "start": ["2026-01-01T00:00:00Z"], "end": ["2026-01-01T04:59:00Z"]}
    )
    assert len(rows) == 300
    assert all(later[0] - earlier[0] == 60 for later, earlier in pairwise(rows))


def test_the_last_part_of_the_page_stays_when_the_rest_is_written_anew():
    page = f"# Benchmarks\n\nold\n\n{DECODED}\n\nrows\n"
    before, part = split(page)
    assert before.strip() == "# Benchmarks\n\nold" and part.startswith(DECODED)
    assert joined("# Benchmarks\n\nnew", part) == f"# Benchmarks\n\nnew\n\n{DECODED}\n\nrows\n"
    assert joined("# Benchmarks\n\nnew", split("# Benchmarks\n")[1]) == "# Benchmarks\n\nnew\n"


def test_both_sides_are_measured_over_the_same_frames(monkeypatch: pytest.MonkeyPatch):
    asked: list[list[int]] = []

    class Other:
        def ask(self, run: list[int], passes: int) -> dict[str, float]:
            asked.append(run)
            return {"seconds": 1.0}

    monkeypatch.setattr("bench.decode.FRAMES", 4)
    ours = OurSide("OKX", ["pong", '{"event":"subscribe"}'])
    what, mine, theirs, ratio = compared("two frames", ours, Other(), [0, 1])
    assert asked == [[0, 1]] * ROUNDS and what == "two frames" and theirs == "4/s"
    assert mine.endswith("/s") and "×" in ratio and ours.told() == [0, 0]
