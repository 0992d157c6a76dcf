"""What a backfill asks its venue for: each stretch once, quiet minutes included."""

from collections.abc import Iterator

import pytest
from django.db import connections

from feeds import store
from feeds.backfill import Progress, fill
from feeds.clock import wall
from feeds.errors import FeedError
from feeds.feed import Feed
from feeds.market import Bar
from feeds.rows import note_asked
from feeds.store import BarStore, asked_before
from feeds.transport import Answer
from feeds.venues.base import Request, Venue

SYMBOL = "ODD:BTC-USD"
MINUTE = 60_000
BEGIN = 1_700_000_040_000
QUIET = {3, 4, 17}  # minutes without a trade


class Odd(Venue):
    """A venue that tells ten minutes an answer, and nothing of the quiet ones."""

    name = "ODD"
    title = "Odd"
    bar_rows = {"1m": 10}

    def bars(self, native: str, interval: str, start: int, end: int) -> Request:
        return Request("/bars", {"start": str(start), "end": str(end)})

    def read_bars(self, body: bytes, symbol: str, interval: str, now: int) -> list[Bar]:
        start, end = (int(word) for word in body.split())
        return [
            Bar(symbol=symbol, interval=interval, time=time, open=1.0, high=1.0, low=1.0, close=1.0,
                volume=1.0, source="backfill")
            for time in range(start, end, MINUTE)
            if (time - BEGIN) // MINUTE not in QUIET
        ]  # fmt: skip


class Answering:
    """A REST host that notes the minutes it is asked for; `fails` says from which answer on it doesn't."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []
        self.fails = 10**9

    async def get(self, request: Request) -> Answer:
        if len(self.asked) >= self.fails:
            raise FeedError("no answer")
        start, end = (int(request.params[each]) for each in ("start", "end"))
        self.asked.append(((start - BEGIN) // MINUTE, (end - BEGIN) // MINUTE))
        return Answer(f"{start} {end}".encode(), "")


def nothing(*_: object) -> None:
    return None


class House:
    def __init__(self, bars: BarStore) -> None:
        self.bars, self.rest = bars, Answering()
        self.feed = Feed(Odd(), nothing, nothing, nothing)
        self.feed.rest = self.rest  # type: ignore[assignment]

    async def fill(self, first: int, last: int, again: bool = False) -> Progress:
        start, end = BEGIN + first * MINUTE, BEGIN + last * MINUTE
        return [done async for done in fill(self.feed, self.bars, SYMBOL, "1m", start, end, again)][-1]

    def asked(self) -> list[tuple[int, int]]:
        """Return what was asked for since the last time."""
        asked, self.rest.asked = self.rest.asked, []
        return asked


@pytest.fixture
def house(transactional_db: None) -> Iterator[House]:
    bars = BarStore()
    bars.start()
    yield House(bars)
    bars.close(30.0)


async def test_a_second_run_asks_nothing_though_minutes_were_quiet(house: House) -> None:
    done = await house.fill(0, 20)
    assert (done.bars, done.asked, house.asked()) == (17, 2, [(0, 10), (10, 20)])
    done = await house.fill(0, 20)
    assert (done.time, done.bars, done.asked, house.asked()) == (BEGIN + 20 * MINUTE, 0, 0, [])
    done = await house.fill(0, 20, again=True)
    assert (done.bars, done.asked) == (0, 2)


async def test_only_what_is_new_is_asked_for(house: House) -> None:
    await house.fill(5, 15)
    house.asked()
    assert (await house.fill(0, 25)).bars == 12
    assert house.asked() == [(0, 5), (15, 25)]
    assert await store.aread(asked_before, SYMBOL, "1m", 0, wall()) == [(BEGIN, BEGIN + 25 * MINUTE)]


async def test_one_that_failed_goes_on_where_it_was(house: House) -> None:
    house.rest.fails = 2
    with pytest.raises(FeedError):
        await house.fill(0, 40)
    house.rest.fails = 10**9
    house.asked()
    await house.fill(0, 40)
    assert house.asked() == [(20, 30), (30, 40)]


async def test_what_could_not_be_stored_was_not_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house.bars, "flush", lambda timeout: False)
    with pytest.raises(FeedError, match="can't be stored"):
        await house.fill(0, 20)
    assert house.asked() == [(0, 10)]


async def test_an_answer_on_the_last_minutes_is_not_the_last_word(house: House) -> None:
    now = (wall() - BEGIN) // MINUTE
    await house.fill(now - 20, now)
    ((_, until),) = await store.aread(asked_before, SYMBOL, "1m", 0, wall())
    assert until < BEGIN + now * MINUTE - 8 * MINUTE


def test_stretches_that_touch_are_one(database: str) -> None:
    connection = connections[database]
    for since, until in ((10, 20), (40, 50), (20, 30), (35, 45), (0, 5)):
        note_asked(connection, SYMBOL, "1m", since, until)
    assert asked_before(SYMBOL, "1m", 0, 100, database) == [(0, 5), (10, 30), (35, 50)]
    assert asked_before(SYMBOL, "1m", 30, 35, database) == []
    assert asked_before(SYMBOL, "1h", 0, 100, database) == []
    note_asked(connection, SYMBOL, "1m", 3, 60)
    assert asked_before(SYMBOL, "1m", 0, 100, database) == [(0, 60)]
