"""What is asked beside a stream proves the price of a symbol that rests, so that it isn't called stale."""

import asyncio
from typing import Any

import pytest

from feeds import poll
from feeds.errors import FeedError
from feeds.feed import Feed
from feeds.freshness import FLOOR, Freshness
from feeds.poll import VOUCH, WORTH, look_beside, vouched
from feeds.transport import Answer
from feeds.venues.base import Event, Notice, Request, Venue
from feeds.venues.yahoo import Yahoo
from tests.support import wait_for

A, B = "RESTING:A", "RESTING:B"


class Resting(Venue):
    """A venue whose stream rests; it is asked beside."""

    name = "RESTING"
    title = "Resting"
    poll_beside = 3600.0
    beside_proves = True

    def poll(self, native: str) -> Request:
        return Request(f"/{native}")

    def read_poll(self, body: bytes, symbol: str, received: int) -> list[Any]:
        return []


class Answers:
    """A REST host that answers for A, refuses B, and holds all back until it is told to."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.asked: list[str] = []

    async def get(self, request: Request) -> Answer:
        self.asked.append(request.path)
        await self.open.wait()
        if request.path == "/B":
            raise FeedError("no answer")
        return Answer(b"{}", "application/json")


def feed_of(venue: Venue, heard: list[Event]) -> Feed:
    feed = Feed(venue, lambda _, events, __: heard.extend(events), lambda *_: None, lambda _: None)
    feed.rest = Answers()  # type: ignore[assignment]
    feed.want({A, B})
    feed.set_state("live", "")
    return feed


def test_a_share_of_yahoo_is_never_stale_while_its_looks_are_answered() -> None:
    every, freshness, seen = Yahoo.poll_beside, Freshness(), 300  # ms: the price that comes first
    assert Yahoo.beside_proves and every is not None and every * 1000 > FLOOR
    freshness.saw("YAHOO:AAPL", seen)
    for now in range(seen, 300_000, 100):
        if now % (VOUCH * 1000) == 0:
            freshness.saw("YAHOO:AAPL", now)
        assert not freshness.is_stale("YAHOO:AAPL", now + int(FLOOR - VOUCH * 1000))


def test_only_what_is_proven_is_vouched_for_and_only_on_a_living_line() -> None:
    feed = feed_of(Resting(), [])
    new: dict[str, float] = {}
    proven = {A: 10.0, B: 20.0, "RESTING:GONE": 20.0}
    assert vouched(feed, proven, 9.0) == [Notice(kind="heartbeat", symbol=each) for each in (A, B)]
    assert vouched(feed, proven, 10.0) == [Notice(kind="heartbeat", symbol=B)]
    assert len(vouched(feed, new, 5.0)) == 2 and set(new.values()) == {5.0 + WORTH * 3600.0}
    feed.set_state("reconnecting", "closed")
    assert vouched(feed, proven, 0.0) == []


async def test_signs_come_before_the_first_answer_and_a_failed_look_proves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(poll, "VOUCH", 0.02)
    heard: list[Event] = []
    feed = feed_of(Resting(), heard)
    proven: dict[str, float] = {}
    answers: Any = feed.rest
    running = asyncio.create_task(look_beside(feed))
    await wait_for(lambda: {each.symbol for each in heard if isinstance(each, Notice)} == {A, B}, 10, "signs")
    assert len(answers.asked) == 1
    running.cancel()
    looking = asyncio.create_task(poll.look_in_turn(feed, proven))
    answers.open.set()
    await wait_for(lambda: feed.errors.get("no answer") and proven.get(A), 10, "the looks")
    assert set(proven) == {A}
    looking.cancel()


async def test_a_venue_whose_looks_prove_nothing_is_not_vouched_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poll, "VOUCH", 0.0)
    heard: list[Event] = []
    feed = feed_of(type("Plain", (Resting,), {"beside_proves": False})(), heard)
    answers: Any = feed.rest
    answers.open.set()
    running = asyncio.create_task(look_beside(feed))
    await wait_for(lambda: len(answers.asked) == 2 and feed.errors, 10, "the looks")
    assert not heard
    running.cancel()
