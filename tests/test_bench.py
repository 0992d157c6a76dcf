"""The pure part of the benchmark: the kernel's files, statistics, and who reads what."""

import math
import os
import time
from collections import Counter
from itertools import pairwise

import pytest

from bench.brokers import BROKERS, WAYS, mqtt_packet, subject_of
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
from bench.readers import PRICE, client_frame
from bench.report import DECODED, Report, joined, split
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


def test_packets_of_mqtt_say_their_length_in_groups_of_seven_bits():
    assert mqtt_packet(0x30, b"x" * 127)[:3] == bytes([0x30, 127]) + b"x"
    assert mqtt_packet(0x30, b"x" * 128)[:3] == bytes([0x30, 0x80, 1])
    assert mqtt_packet(0x30, b"x" * 16_384)[:4] == bytes([0x30, 0x80, 0x80, 1])


@pytest.mark.parametrize("way", sorted(BROKERS))
def test_a_broker_gets_the_subject_that_its_readers_ask_for(way: str):
    told = BROKERS[way].publish("COINBASE:T001-USD", b"payload")
    subject = subject_of("COINBASE:T001-USD").encode()
    assert subject in told and told.rstrip().endswith(b"payload")
    assert any(subject in each for each in WAYS[way].hello(["COINBASE:T001-USD"]))


def test_a_client_masks_its_frames():
    frame = client_frame(b"a" * 10)
    assert frame[:2] == bytes([0x81, 0x80 | 10]) and frame[2:6] == bytes(4) and frame[6:] == b"a" * 10
    assert client_frame(b"a" * 300, 2)[:4] == bytes([0x82, 0x80 | 126, 1, 44])


def test_a_price_is_found_in_the_text_of_either_way():
    for text in (
        b'{"last":1.5,"size":17.25,"hi":2.0,"merged":3}',
        b'{"size": 17.25, "hi": 2.0, "merged": 3}',
    ):
        assert PRICE.findall(text + b'{"size":null,"merged":1}') == [(b"17.25", b"3")]


def test_what_was_asked_for_and_missed_says_by_how_much(capsys: pytest.CaptureFixture[str]):
    report = Report("x")
    report.ask("least", 10, "ms", 25.0)
    report.ask("most", 10, "ms", 9.0)
    report.ask("times", 25, "times", 12.5, at_least=True)
    assert [row[-1] for row in report.asked] == ["missed 2.50-fold", "yes", "missed 2.00-fold"]
    assert "missed 2.50-fold" in report.text(1.0)
