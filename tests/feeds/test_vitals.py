"""What a process measures of itself, and how troubles are sorted into few kinds."""

import asyncio
import time
from contextlib import suppress

import pytest
from prometheus_client.parser import text_string_to_metric_families

from feeds.kinds import KINDS, OTHER, by_kind, kind_of
from feeds.metrics import text_of
from feeds.vitals import BOUNDS, KEPT, LOOK, Lag, Spread
from tests.support import wait_for


class Just:
    """A registry of the families given."""

    def __init__(self, *families) -> None:
        self.families = families

    def collect(self):
        return self.families


def samples(family) -> dict[str, float]:
    text = text_of(Just(family)).decode()
    found = [each for each in text_string_to_metric_families(text) if each.name == family.name]
    return {sample.name + sample.labels.get("le", ""): sample.value for sample in found[0].samples}


def test_a_spread_is_a_histogram():
    spread = Spread()
    for seconds in (0.0005, 0.001, 0.3, 99.0):
        spread.add(seconds)
    told = samples(spread.family("x_seconds", "words"))
    assert told["x_seconds_bucket0.001"] == 2  # a bound counts what is equal to it
    assert told["x_seconds_bucket0.5"] == 3 and told["x_seconds_bucket10.0"] == 3
    assert told["x_seconds_bucket+Inf"] == told["x_seconds_count"] == 4
    assert told["x_seconds_sum"] == pytest.approx(99.3015)
    assert len(told) == len(BOUNDS) + 3


async def test_a_loop_that_is_held_up_is_late_and_then_forgotten():
    lag = Lag()
    watching = asyncio.create_task(lag.watch())
    try:
        await wait_for(lambda: samples(lag.spread.family("x", "y"))["x_count"] >= 1, 10, "a first look")
        time.sleep(LOOK + 0.6)
        now = time.monotonic()
        assert lag.worst(now) >= 0.5  # at once, though the look itself has not come yet
        await wait_for(lambda: samples(lag.spread.family("x", "y"))["x_sum"] >= 0.5, 10, "a late look")
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
    assert lag.worst(now) >= 0.5


def test_lateness_is_remembered_for_some_seconds():
    lag = Lag()
    assert lag.worst(100.0) == 0.0
    lag._due = 100.0
    lag.saw(107.0)
    lag._due = 107.25
    assert lag.worst(107.1) == 7.0
    assert lag.worst(107.0 + KEPT) == 7.0
    lag._due = 107.0 + KEPT + 0.5
    assert lag.worst(107.1 + KEPT) == 0.0
    assert lag.worst(lag._due + 3.0) == 3.0


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("silent for 31 s", "silent"),
        ("closed by the venue (1006 going away)", "closed"),
        ("the venue ended the stream", "closed"),
        ("connection lost", "lost"),
        ("can't connect", "connect"),
        ("rate limited (HTTP 429)", "rate_limited"),
        ("too many bad frames", "bad_frame"),
        ("internal error (KeyError)", "internal"),
        ("not served to this country (HTTP 451)", "country"),
        ("no answer", "no_answer"),
        ("venue out of order (HTTP 502)", "out_of_order"),
        ("not found (HTTP 404)", "not_found"),
        ("refused (HTTP 403)", "refused"),
        ("refused symbol", "refused"),
        ("bad trades data", "bad_frame"),
        ("answer of 40000000 bytes", OTHER),
    ],
)
def test_troubles_are_of_few_kinds(reason, kind):
    assert kind_of(reason) == kind


def test_any_number_of_reasons_makes_no_more_kinds():
    errors = {f"bad trade {number}": 2 for number in range(1_000)} | {f"said {n}": 1 for n in range(1_000)}
    assert by_kind(errors) == {"bad_frame": 2_000, OTHER: 1_000}
    assert OTHER not in KINDS
