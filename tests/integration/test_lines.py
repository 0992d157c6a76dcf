"""A stream over HTTP that is refused whole for one unknown symbol: it is found, and the others are served."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import pytest

from feeds.budget import Budget
from feeds.feed import Feed, supervise
from feeds.lines import lines
from feeds.market import Quote
from feeds.venues.base import Event, Keys
from feeds.venues.oanda import Oanda
from tests.fakes.oanda import FakeOanda
from tests.support import wait_for

KNOWN = [f"{base}_{quote}" for base in ("EUR", "GBP", "AUD") for quote in ("USD", "JPY", "CHF")]
GOOD = {f"OANDA:{native.replace('_', '-')}" for native in KNOWN}


class Swift(Oanda):
    """OANDA with as many new lines as one likes."""

    connects = (Budget(1000, 1.0),)
    keys = Keys("a-key-of-ours", "101-004-1-001")


@asynccontextmanager
async def running(fake: FakeOanda, symbols: Sequence[str]) -> AsyncIterator[tuple[Feed, set[str]]]:
    """Give a feed that is supervised, and the symbols that it has quoted."""
    quoted: set[str] = set()

    def on_events(feed: Feed, events: list[Event], received: int) -> None:
        quoted.update(event.symbol for event in events if isinstance(event, Quote))

    feed = Feed(Swift(), on_events, lambda *_: None, lambda _: None, rest_origin=fake.url)
    feed.want(set(symbols))
    task = asyncio.create_task(supervise(feed, lines))
    try:
        yield feed, quoted
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await feed.rest.close()


@pytest.mark.parametrize(
    ("says", "most"),
    [("Invalid value specified for 'instruments'", 16), ("Invalid Instrument: {}", 4)],
)
async def test_the_unknown_are_refused_and_the_others_streamed(says: str, most: int) -> None:  # fidelity 20
    bad = {"OANDA:XXX-YYY", "OANDA:EUR-ZZZ"}
    async with FakeOanda(set(KNOWN), says) as fake, running(fake, [*GOOD, *bad]) as (feed, quoted):
        await wait_for(lambda: quoted >= GOOD, 20, "the good ones")
        assert feed.refused.keys() == bad and feed.served == GOOD and feed.state == "live"
        assert all(reason.startswith("OANDA: Invalid") for reason in feed.refused.values())
        assert len(fake.asked) <= most and sorted(fake.asked[-1]) == sorted(KNOWN)
        await wait_for(lambda: fake.open == 1, 20, "no trial's stream is left open")


async def test_one_unknown_symbol_alone_is_refused_and_the_line_is_off() -> None:
    async with FakeOanda(set(KNOWN)) as fake, running(fake, ["OANDA:XXX-YYY"]) as (feed, quoted):
        await wait_for(lambda: feed.refused and feed.state == "off", 20, "the end")
        assert feed.reason == "OANDA: Invalid value specified for 'instruments'" and len(fake.asked) == 1
        feed.want({"OANDA:EUR-USD"})
        await wait_for(lambda: "OANDA:EUR-USD" in quoted, 20, "another symbol")


async def test_a_refusal_of_us_refuses_no_symbol() -> None:
    says = "Invalid value specified for 'accountID'"
    async with FakeOanda(set(), says) as fake, running(fake, ["OANDA:EUR-USD", "OANDA:GBP-USD"]) as (feed, _):
        await wait_for(lambda: feed.state == "down", 20, "the state")
        assert says in feed.reason and not feed.refused
