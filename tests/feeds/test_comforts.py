"""What is only a comfort (figures beside a stream, missed trades) may fail: no venue ends with it."""

import asyncio
from typing import Any

import pytest

from feeds.feed import Feed
from feeds.history import Filler
from feeds.market import Trade
from feeds.poll import look_aside
from feeds.transport import Answer
from feeds.venues.base import Request, Venue

SYMBOL = "ODD:BTC-USD"


class Odd(Venue):
    """A venue whose answers our own code stumbles over."""

    name = "ODD"
    title = "Odd"

    def poll(self, native: str) -> Request:
        return Request("/price")

    def read_poll(self, body: bytes, symbol: str, received: int) -> list[Any]:
        raise ZeroDivisionError("a mistake of ours")

    def trades(self, native: str) -> Request:
        return Request("/trades")

    def read_trades(self, body: bytes, symbol: str) -> list[Trade]:
        return []


class Answering:
    """A REST host that answers everything."""

    async def get(self, request: Request) -> Answer:
        return Answer(b"{}", "application/json")


def nothing(*_: object) -> None:
    return None


@pytest.fixture
def feed() -> Feed:
    made = Feed(Odd(), nothing, nothing, nothing)
    made.rest = Answering()  # type: ignore[assignment]
    made.want({SYMBOL})
    return made


async def test_figures_that_we_stumble_over_are_counted(feed: Feed) -> None:
    await look_aside(feed, SYMBOL)
    assert feed.errors == {"internal error (ZeroDivisionError)": 1}


async def test_missed_trades_that_we_stumble_over_end_no_history(feed: Feed) -> None:
    told = asyncio.Event()

    def stumble(*_: object) -> None:
        raise ZeroDivisionError("a mistake of ours")

    def on_state(symbol: str, interval: str, state: str, reason: str) -> None:
        told.set()

    filler = Filler(feed, nothing, on_state, stumble)
    filler.missed(SYMBOL, 0)
    filler.open(SYMBOL, "1m", urgent=False)
    running = asyncio.create_task(filler.run())
    async with asyncio.timeout(5):
        await asyncio.wait(
            [running, waiting := asyncio.create_task(told.wait())], return_when="FIRST_COMPLETED"
        )
    assert told.is_set() and not running.done()
    for task in (running, waiting):
        task.cancel()
