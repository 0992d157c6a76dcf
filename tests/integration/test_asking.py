"""What a line does when a venue takes a symbol and says nothing, leaves one out, or refuses nobody by name;
and how it keeps to the venue's limits."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from feeds import asked, freshness, leg
from feeds.budget import Budget
from feeds.feed import Feed, supervise
from feeds.market import Quote, Trade
from feeds.stream import stream
from feeds.venues.base import Event
from feeds.venues.kraken import Kraken
from tests.fakes.kraken import FakeKraken
from tests.fakes.venue import QUIET
from tests.support import wait_for

BTC, ETH, SOL = (f"KRAKEN:{base}-USD" for base in ("BTC", "ETH", "SOL"))
NEVER = 10_000.0


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have patience end soon, but for a second try for the same silence."""
    for name, value in {"SOON": 0.2, "APART": 0.1, "EVERY": NEVER, "SELDOM": NEVER}.items():
        monkeypatch.setattr(asked, name, value)
    monkeypatch.setattr(leg, "LOOK_AGAIN", 0.05)


class Heard:
    """A feed that is supervised, and what it told."""

    def __init__(self, url: str, facts: dict[str, Any]) -> None:
        venue = type("Quick", (Kraken,), {"connects": (), "messages": ()} | facts)()
        self.told: dict[str, int] = {}
        self.reasons: list[str] = []
        self.feed = Feed(venue, self.on_events, lambda *_: None, self.on_status, ws_origin=url)

    def on_events(self, feed: Feed, events: list[Event], received: int) -> None:
        for event in events:
            if isinstance(event, (Quote, Trade)):
                self.told[event.symbol] = self.told.get(event.symbol, 0) + 1

    def on_status(self, feed: Feed) -> None:
        self.reasons.append(feed.reason)


@asynccontextmanager
async def running(url: str, *symbols: str, **facts: Any) -> AsyncIterator[Heard]:
    heard = Heard(url, facts)
    heard.feed.want(set(symbols))
    task = asyncio.create_task(supervise(heard.feed, stream))
    try:
        yield heard
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await heard.feed.rest.close()


def said(fake: FakeKraken, method: str, native: str, channel: str = "ticker") -> int:
    """Return how often a client said this of a product."""
    params = [json.loads(text) for text in fake.heard]
    return sum(
        each["method"] == method
        and each["params"]["channel"] == channel
        and native in each["params"]["symbol"]
        for each in params
        if "params" in each
    )


async def test_one_symbol_that_falls_silent_is_asked_for_again_once(  # fidelity 2, fault V3
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asked, "QUIET", 1.0)
    monkeypatch.setattr(freshness, "FLOOR", 1_000)
    monkeypatch.setattr(freshness, "FACTOR", 1)
    async with (
        await FakeKraken(ticking=True, rate=20.0).start() as fake,
        running(fake.ws_url, BTC, ETH) as it,
    ):
        await wait_for(lambda: it.told.get(BTC, 0) > 3 and it.told.get(ETH, 0) > 3, 20, "both")
        tries, taken_back = said(fake, "subscribe", "BTC/USD"), said(fake, "unsubscribe", "BTC/USD")
        fake.muted.add("BTC/USD")
        await wait_for(lambda: said(fake, "subscribe", "BTC/USD") == tries + 1, 20, "one more try")
        assert said(fake, "unsubscribe", "BTC/USD") == taken_back + 1
        fake.muted.clear()
        before = it.told[BTC]
        await wait_for(lambda: it.told[BTC] > before, 20, "its voice")
        assert fake.connects == 1 and it.feed.state == "live"


async def test_a_symbol_that_never_says_a_word_is_said_so() -> None:  # fidelity 2, 17
    async with await FakeKraken(ticking=True, rate=20.0).start() as fake:
        fake.muted.add("BTC/USD")
        async with running(fake.ws_url, BTC, ETH, first_within=0.5) as it:
            words = f"{BTC}: not a word from the venue, though it was asked again"
            await wait_for(lambda: it.feed.reason == words, 20, "the reason")
            assert said(fake, "subscribe", "BTC/USD") == 2 and it.feed.state == "live" and not it.feed.refused
            fake.muted.clear()
            await wait_for(lambda: it.told.get(BTC) and it.feed.reason == "", 20, "its voice")
            assert it.feed.errors["trouble with a symbol"] >= 1


async def test_a_symbol_left_out_of_the_ack_is_asked_for_again(  # fidelity 18, 21
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asked, "ACKED_WITHIN", 1.0)
    async with await FakeKraken(ticking=True, rate=20.0).start() as fake:
        fake.left_out.add("BTC/USD")
        async with running(fake.ws_url, BTC, ETH) as it:
            await wait_for(lambda: it.feed.reason.startswith(f"{BTC}: the venue doesn't take it"), 20, "why")
            assert said(fake, "subscribe", "BTC/USD") == 2
            assert said(fake, "unsubscribe", "BTC/USD") == 0  # it was never taken
            it.feed.want({ETH})
            await wait_for(lambda: it.feed.reason == "", 20, "nothing to complain of")


async def test_a_refusal_that_names_nobody_leaves_nobody_unasked() -> None:  # fidelity 20
    async with await FakeKraken(ticking=True, rate=20.0).start() as fake:
        fake.left_out |= {"BTC/USD", "SOL/USD"}
        async with running(fake.ws_url, BTC, ETH, SOL) as it:
            await wait_for(lambda: it.told.get(ETH), 20, "the one that was taken")
            fake.left_out.clear()
            await fake.raw('{"Error":"Exceeded msg rate"}')
            await wait_for(lambda: it.told.get(BTC) and it.told.get(SOL), 20, "the others")
            assert "Exceeded msg rate" in it.feed.errors and not it.feed.refused and fake.connects == 1
            assert f"{BTC}: Exceeded msg rate; {SOL}: Exceeded msg rate" in it.reasons
            again = [json.loads(text)["params"]["symbol"] for text in list(fake.heard)[2:]]
            assert sorted(again) == sorted([["BTC/USD"], ["BTC/USD"], ["SOL/USD"], ["SOL/USD"]])


async def test_lines_are_opened_no_faster_than_the_venue_lets_us() -> None:  # fidelity 9
    opened: list[float] = []

    async def count(ws: ServerConnection) -> None:
        opened.append(time.monotonic())
        await ws.wait_closed()

    async with serve(count, "127.0.0.1", 0, logger=QUIET) as server:
        url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        limit = (Budget(3, 3.0),)  # of which two are ours
        async with running(url, BTC, ETH, SOL, "KRAKEN:XRP-USD", line_symbols=1, connects=limit) as it:
            await wait_for(lambda: len(opened) == 4, 20, "a line for each symbol")
            assert opened[2] - opened[0] > 2.0 and opened[3] - opened[1] > 2.0  # a handshake takes its time
            assert it.feed.reconnects == 0


async def test_a_long_wait_for_the_venues_limit_is_said_so() -> None:
    async with (
        await FakeKraken().start() as fake,
        running(fake.ws_url, BTC, connects=(Budget(1, 60.0),)) as it,
    ):
        await fake.until(lambda: len(fake.lines) == 1, 20)
        await fake.drop(1001)
        words = "closed by the venue (1001); waits "
        await wait_for(lambda: it.feed.reason.startswith(words), 20, "the words")
        assert it.feed.reason.endswith(" s, it takes no more connects than 1 in 60 s") and fake.connects == 1


async def test_a_feed_that_ends_while_its_line_is_replaced_leaves_none_open() -> None:
    async with await FakeKraken().start() as fake:  # it doesn't tick: the new line brings nothing
        fake.muted.add("BTC/USD")
        async with running(fake.ws_url, BTC, handover_after=0.2):
            await fake.until(lambda: len(fake.lines) == 2 and len(fake.heard) >= 4, 20)
        await fake.until(lambda: not fake.lines, 20)


async def test_a_line_whose_messages_are_used_up_is_replaced() -> None:
    limit = (Budget(5, 3600.0),)  # of which four are ours: twice two
    async with (
        await FakeKraken(ticking=True, rate=20.0).start() as fake,
        running(fake.ws_url, BTC, messages=limit) as it,
    ):
        await wait_for(lambda: it.told.get(BTC), 20, "the first")
        it.feed.want({BTC, ETH})
        await wait_for(lambda: it.told.get(ETH), 20, "the second")
        it.feed.want({BTC, ETH, SOL})
        await wait_for(lambda: it.told.get(SOL), 20, "the third")
        assert fake.connects == 2 and it.feed.reconnects == 0 and len(fake.heard) == 6
