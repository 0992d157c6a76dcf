"""A look at a polled symbol: who is refused, and for whom."""

import pytest

from feeds.errors import FeedError
from feeds.feed import Feed
from feeds.poll import look
from feeds.refusals import refused_status
from feeds.transport import Answer
from feeds.venues.base import Request, Venue

A = "ODD:A-USD"


class Odd(Venue):
    name = "ODD"
    title = "Odd"
    mode = "poll"

    def poll(self, native: str) -> Request:
        return Request("/price")


class Refusing:
    """A REST host that answers with one status."""

    def __init__(self, status: int) -> None:
        self.status = status

    async def get(self, request: Request) -> Answer:
        raise refused_status(self.status, None)


def feed_of(status: int) -> Feed:
    feed = Feed(Odd(), nothing, nothing, nothing)
    feed.rest = Refusing(status)  # type: ignore[assignment]
    feed.want({A})
    return feed


def nothing(*_: object) -> None:
    return None


async def test_a_symbol_that_there_is_not_is_refused() -> None:
    feed = feed_of(404)
    await look(feed, A)
    assert feed.refused == {A: "not found (HTTP 404)"}


async def test_a_refusal_of_the_country_is_of_no_symbol_and_ends() -> None:  # fidelity 79
    feed = feed_of(451)
    with pytest.raises(FeedError, match="country") as refusal:
        await look(feed, A)
    assert feed.refused == {} and refusal.value.retry_after == 900.0
