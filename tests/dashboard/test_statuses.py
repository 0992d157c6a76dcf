"""How a hub calls the venues: silent ones are stale, and live again only with prices of theirs."""

import json
from collections.abc import Callable

import pytest

from dashboard import statuses
from dashboard.statuses import CATCH_UP, NO_ANSWER, SILENT, Statuses
from feeds.market import FeedStatus

LIVE = FeedStatus(venue="SIM", state="live", since=5, reason="")


class Clock:
    """A monotonic clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(statuses, "time", made)
    return made


def behind(venues: str = "") -> Callable[[str], bool]:
    """Return a word on which venues' prices are missing."""
    return lambda venue: venue in venues.split()


def said(texts: list[str]) -> list[tuple[str, str]]:
    """Return venue and state of what was told."""
    return [(body["venue"], body["state"]) for body in map(json.loads, texts)]


def silent(clock: Clock) -> Statuses:
    """Return statuses whose worker has said something, and then nothing for too long."""
    told = Statuses(["SIM"])
    assert said(told.take([LIVE], ["SIM"], behind("SIM"))) == [("SIM", "live")]
    clock.now += SILENT
    assert told.check() == []
    clock.now += 0.1
    assert said(told.check()) == [("SIM", "stale")] and told.all()[0].reason == NO_ANSWER
    return told


def test_a_venue_that_was_silent_is_live_again_when_its_prices_are_here(clock):
    told = silent(clock)
    assert told.take([LIVE], ["SIM"], behind("SIM")) == [] and told.worker_answers
    assert told.caught_up(behind("SIM")) == [] == told.check()
    assert said(told.caught_up(behind())) == [("SIM", "live")]
    assert told.caught_up(behind()) == []


def test_a_venue_that_missed_nothing_is_live_again_at_once(clock):
    assert said(silent(clock).take([LIVE], ["SIM"], behind())) == [("SIM", "live")]


def test_prices_that_never_come_keep_no_venue_from_being_live(clock):
    told = silent(clock)
    told.take([LIVE], ["SIM"], behind("SIM"))
    clock.now += CATCH_UP
    told.take([LIVE], ["SIM"], behind("SIM"))
    assert told.caught_up(behind("SIM")) == []
    clock.now += 0.1
    assert said(told.caught_up(behind("SIM"))) == [("SIM", "live")]
