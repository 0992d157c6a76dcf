"""A venue's list of instruments: what is gone from it is given up, with the name it goes on under."""

import asyncio
import json
from contextlib import suppress

import pytest

from feeds import store
from feeds.errors import FeedError
from feeds.feed import Feed
from feeds.listing import Listing
from feeds.market import Instrument, heirs, replace
from feeds.transport import Answer
from feeds.venues.base import Request, Venue
from tests.support import wait_for

OLD, NEW, GONE, KEPT = "ODD:MATIC-USD", "ODD:POL-USD", "ODD:LUNA-USD", "ODD:BTC-USD"
pytestmark = pytest.mark.django_db(transaction=True)


def made(symbol: str, native: str, identity: str = "") -> Instrument:
    base, _, quote = symbol.partition(":")[2].partition("-")
    return Instrument(symbol=symbol, base=base, quote=quote, kind="crypto", native=native, identity=identity)


class Odd(Venue):
    """A venue that lists what a test gives it."""

    name = "ODD"
    title = "Odd"

    def instruments(self) -> Request:
        return Request("/list")

    def read_instruments(self, body: bytes) -> list[Instrument]:
        return [made(*row) for row in json.loads(body)]


class Answering:
    """A REST host that answers with a list of rows."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, ...]] = []

    async def get(self, request: Request) -> Answer:
        return Answer(json.dumps(self.rows).encode(), "application/json")


def nothing(*_: object) -> None:
    return None


@pytest.fixture
def bars():
    running = store.BarStore()
    running.start()
    yield running
    running.close()


@pytest.fixture
def feed() -> Feed:
    result = Feed(Odd(), nothing, nothing, nothing)
    result.rest = Answering()  # type: ignore[assignment]
    result.want({OLD, GONE, KEPT})
    return result


async def lists(listing: Listing, feed: Feed, *rows: tuple[str, ...]) -> None:
    feed.rest.rows = list(rows)  # type: ignore[attr-defined]
    await listing._fetch(feed)


async def test_a_symbol_that_is_called_otherwise_says_so_and_is_given_up(feed, bars) -> None:
    listing = Listing(bars, nothing)
    await lists(listing, feed, (OLD, "m-7"), (GONE, "l-1"), (KEPT, "b-1"))
    assert feed.refused == {}
    await lists(listing, feed, (NEW, "m-7"), (KEPT, "b-1"))
    assert feed.refused == {OLD: f"renamed to {NEW}", GONE: "Odd no longer lists it"}
    assert feed.served == {KEPT}
    assert await store.aread(store.renamed_symbols) == {OLD: NEW}


async def test_what_was_renamed_while_nothing_ran_is_noticed_too(feed, bars) -> None:
    await lists(Listing(bars, nothing), feed, (OLD, "MATIC", "id-3"), (KEPT, "BTC", "id-1"))
    await lists(Listing(bars, nothing), feed, (NEW, "POL", "id-3"), (KEPT, "BTC", "id-1"))
    assert feed.refused == {OLD: f"renamed to {NEW}"}


async def test_what_is_wanted_only_later_is_given_up_then(feed, bars) -> None:
    await lists(Listing(bars, nothing), feed, (OLD, "m-7"), (KEPT, "b-1"))
    await lists(Listing(bars, nothing), feed, (NEW, "m-7"), (KEPT, "b-1"))
    feed.want({KEPT})
    assert feed.refused == {}
    feed.rest.rows = [(NEW, "m-7"), (KEPT, "b-1")]
    listing = Listing(bars, nothing)
    running = asyncio.create_task(listing.run(feed))
    await wait_for(lambda: listing.version)
    feed.want({KEPT, OLD})
    await wait_for(lambda: feed.refused)
    assert feed.refused == {OLD: f"renamed to {NEW}"}
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_a_name_that_comes_back_is_renamed_no_longer(feed, bars) -> None:
    listing = Listing(bars, nothing)
    for symbol in (OLD, NEW, OLD):
        await lists(listing, feed, (symbol, "m-7"))
    assert await store.aread(store.renamed_symbols) == {NEW: OLD}
    feed.want(set())  # a refusal stands while its symbol is wanted
    feed.want({OLD})
    listing.refuse_gone(feed)
    assert feed.refused == {}


async def test_an_empty_list_is_a_bad_day_and_nothing_is_given_up(feed, bars) -> None:
    listing = Listing(bars, nothing)
    await lists(listing, feed, (OLD, "m-7"), (KEPT, "b-1"))
    await lists(listing, feed)
    assert feed.refused == {}
    await lists(listing, feed, (KEPT, "b-1"))
    assert feed.refused == {OLD: "Odd no longer lists it"}


def test_an_identity_is_believed_before_a_code_that_somebody_else_has_now() -> None:
    old = made(OLD, "X", "1")
    listed = [made(GONE, "X", "2"), made(NEW, "Y", "1")]
    assert heirs([old], listed) == {OLD: NEW}
    assert heirs([replace(old, identity="")], listed) == {OLD: GONE}
    assert heirs([replace(old, identity="", native="")], [made(NEW, "", "")]) == {}


async def test_a_list_that_has_lost_most_is_believed_when_it_comes_the_third_time(feed, bars) -> None:
    listing = Listing(bars, nothing)
    many = [(f"ODD:C{number}-USD", f"c{number}") for number in range(60)]
    await lists(listing, feed, (GONE, "l-1"), (KEPT, "b-1"), *many)
    short = [(KEPT, "b-1"), *many[:10]]
    for _ in range(2):
        with pytest.raises(FeedError, match="its list has 11 instruments, and 51 of 62 are gone"):
            await lists(listing, feed, *short)
        assert feed.refused == {}
    await lists(listing, feed, (GONE, "l-1"), (KEPT, "b-1"), *many)  # it was a bad answer
    for _ in range(2):
        with pytest.raises(FeedError):
            await lists(listing, feed, *short)
    await lists(listing, feed, *short)
    assert feed.refused == {GONE: "Odd no longer lists it"}
