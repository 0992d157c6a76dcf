"""What is told of the past while a venue's REST host is away: at once, and to everybody who waits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import pairwise

import pytest

from feeds import history
from feeds.clock import wall
from feeds.errors import FeedError
from feeds.feed import Feed
from feeds.history import Filler
from feeds.market import INTERVALS, Bar, Trade, floor_time
from feeds.transport import Answer
from feeds.venues.base import Request, Venue
from tests.support import wait_for

MINUTE = INTERVALS["1m"]
A, B = "ODD:A-USD", "ODD:B-USD"
pytestmark = pytest.mark.django_db(transaction=True)


class Odd(Venue):
    name = "ODD"
    title = "Odd"
    bar_rows = {"1m": 600}

    def bars(self, native: str, interval: str, start: int, end: int) -> Request:
        return Request("/bars")

    def read_bars(self, body: bytes, symbol: str, interval: str, now: int) -> list[Bar]:
        return []

    def trades(self, native: str) -> Request:
        return Request("/trades")

    def read_trades(self, body: bytes, symbol: str) -> list[Trade]:
        return []


class Answering:
    """A REST host that answers with nothing, or as it is told to."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.trouble: FeedError | None = None
        self.held: asyncio.Event | None = None

    async def get(self, request: Request) -> Answer:
        self.asked.append(request.path)
        if self.held is not None:
            await self.held.wait()
        if self.trouble is not None:
            raise self.trouble
        return Answer(b"[]", "application/json")


class House:
    """A filler that runs, and what it says."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, str]] = []
        self.missed: list[str] = []
        self.rest = Answering()
        feed = Feed(Odd(), nothing, nothing, nothing)
        feed.rest = self.rest  # type: ignore[assignment]
        feed.want({A, B})
        self.filler = Filler(feed, nothing, self.on_state, self.on_trades)

    def on_state(self, symbol: str, interval: str, state: str, reason: str) -> None:
        self.told.append((symbol, state, reason))

    def on_trades(self, symbol: str, trades: list[Trade], since: int, until: int) -> None:
        self.missed.append(symbol)


def nothing(*_: object) -> None:
    return None


@pytest.fixture
async def house() -> AsyncIterator[House]:
    made = House()
    running = asyncio.create_task(made.filler.run())
    yield made
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_while_a_venue_stays_away_nobody_waits_for_it(house: House) -> None:
    house.rest.trouble = FeedError("rate limited (HTTP 429)", 600.0)
    house.filler.open(A, "1m", urgent=True)
    await wait_for(lambda: len(house.told) == 1)
    asked = len(house.rest.asked)
    house.filler.open(B, "1m", urgent=True)
    house.filler.older(B, "1m", wall(), 10)
    house.filler.missed(B, 0)
    await wait_for(lambda: len(house.told) == 3 and house.missed)
    assert house.told == [(each, "failed", "rate limited (HTTP 429)") for each in (A, B, B)]
    assert len(house.rest.asked) == asked


async def test_an_answer_about_older_bars_is_told_apart(house: House) -> None:
    older: list[tuple[str, ...]] = []
    house.filler.on_older = lambda *told: older.append(told)
    house.filler.older(A, "1m", wall(), 10)
    await wait_for(lambda: older)
    assert (older, house.told) == ([(A, "1m", "ready", "")], [])


async def test_it_is_asked_again_once_it_lets_us(house: House) -> None:
    house.rest.trouble = FeedError("rate limited (HTTP 429)", 0.2)
    house.filler.open(A, "1m", urgent=True)
    await wait_for(lambda: house.told)
    house.rest.trouble = None
    await wait_for(lambda: house.told[-1] == (A, "ready", ""))


async def test_a_host_that_hangs_is_waited_for_once(house: House, monkeypatch) -> None:
    monkeypatch.setattr(history, "SLOW", 0.0)
    house.rest.trouble = FeedError("no answer: timed out")
    house.rest.held = asyncio.Event()
    house.filler.open(A, "1m", urgent=True)
    house.filler.open(B, "1m", urgent=True)
    await wait_for(lambda: house.rest.asked)
    house.rest.held.set()
    await wait_for(lambda: len(house.told) == 2)
    assert house.told[1] == (B, "failed", "no answer: timed out") and len(house.rest.asked) == 1


async def test_one_answer_that_is_none_keeps_nobody_from_asking(house: House) -> None:
    house.rest.trouble = FeedError("not found (HTTP 404)", terminal=True)
    house.filler.open(A, "1m", urgent=True)
    await wait_for(lambda: house.told)
    house.rest.trouble = None
    house.filler.open(B, "1m", urgent=True)
    await wait_for(lambda: (B, "ready", "") in house.told)


async def test_what_fails_waits_once_however_often_it_is_opened(house: House, monkeypatch) -> None:
    monkeypatch.setattr(history, "RETRY", 0.3)
    house.rest.trouble = FeedError("venue out of order (HTTP 503)")
    for number in range(1, 6):  # as with each line that breaks while there is no history
        house.filler.open(A, "1m", urgent=False)
        await wait_for(lambda wanted=number: len(house.told) >= wanted)
    house.filler.open(B, "1m", urgent=False)  # it is due again after all of A that are
    await wait_for(lambda: B in [told[0] for told in house.told])
    house.rest.trouble = None
    await wait_for(lambda: {(A, "ready", ""), (B, "ready", "")} <= set(house.told))
    assert house.told.count((A, "ready", "")) == 1


async def test_what_is_opened_twice_keeps_when_it_was_first_missing(house: House, monkeypatch) -> None:
    asked: list[int] = []
    now = iter(range(1_790_000_000_000, 1_790_000_100_000, 1000))
    monkeypatch.setattr(history, "wall", lambda: next(now))

    async def stored(symbol: str, interval: str, goal: int, since: int) -> None:
        asked.append(since)

    house.filler._stored = stored  # type: ignore[method-assign]
    house.filler.open(A, "1m", urgent=False)
    house.filler.open(A, "1m", urgent=True)
    await wait_for(lambda: (A, "ready", "") in house.told)
    assert asked == [1_790_000_000_000]


async def test_a_gap_that_is_closed_in_part_is_not_ready(house: House, monkeypatch) -> None:
    async def stored(symbol: str, interval: str, goal: int, since: int) -> int:
        return goal - 500 * MINUTE

    def read(self: Odd, body: bytes, symbol: str, interval: str, now: int) -> list[Bar]:
        house.rest.trouble = FeedError("venue out of order (HTTP 503)")  # from now on
        newest = floor_time(now, "1m")
        return [flat(symbol, time) for time in range(newest - 600 * MINUTE, newest, MINUTE)]

    house.filler._stored = stored  # type: ignore[method-assign]
    monkeypatch.setattr(Odd, "read_bars", read)
    house.filler.open(A, "1m", urgent=True)
    await wait_for(lambda: house.told)
    assert house.told[0] == (A, "failed", "venue out of order (HTTP 503)") and len(house.rest.asked) == 2


def flat(symbol: str, time: int) -> Bar:
    return Bar(
        symbol=symbol, interval="1m", time=time, open=1.0, high=1.0, low=1.0, close=1.0, volume=1.0,
        source="backfill",
    )  # fmt: skip


class Quiet(Odd):
    """A venue that tells more in an answer than a chart opens with, but not the hours without a trade."""

    bar_rows = {"1h": 600}

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[int, int]] = []

    def bars(self, native: str, interval: str, start: int, end: int) -> Request:
        self.asked.append((start, end))
        return Request("/bars")

    def read_bars(self, body: bytes, symbol: str, interval: str, now: int) -> list[Bar]:
        (start, end), hour = self.asked[-1], INTERVALS["1h"]
        first = -(-start // hour) * hour
        whole = list(range(first, end, hour))
        times = [*whole[:1], *whole[4:]]
        prices = {"open": 1.0, "high": 1.0, "low": 1.0, "close": 1.0, "volume": 1.0}
        return [Bar(symbol=symbol, interval=interval, time=time, closed=True, **prices) for time in times]


async def test_what_is_asked_next_begins_where_the_last_question_did() -> None:
    venue, told = Quiet(), []
    feed = Feed(venue, nothing, nothing, nothing)
    feed.rest = Answering()  # type: ignore[assignment]
    feed.want({A})
    filler = Filler(feed, nothing, lambda *state: told.append(state), nothing)
    running = asyncio.create_task(filler.run())
    filler.open(A, "1h", urgent=True)
    await wait_for(lambda: told)
    running.cancel()
    assert len(venue.asked) > 1, "some hours were quiet, so that one question is not enough"
    for (start, _), (_, end) in pairwise(venue.asked):
        assert end >= start, "between two questions nothing is left out"
