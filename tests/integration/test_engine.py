"""The engine with a venue at real sockets and nobody in between: when it publishes, and what."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import pairwise
from typing import cast

import pytest

from feeds import wire
from feeds.demand import Demand
from feeds.engine import Engine
from feeds.market import Trade
from feeds.store import BarStore
from feeds.telling import FLUSH
from feeds.venues.coinbase import Coinbase
from tests.fakes.coinbase import FakeCoinbase
from tests.integration.played import Recorder, Store
from tests.support import wait_for

BTC, ETH, BAD = "COINBASE:BTC-USD", "COINBASE:ETH-USD", "COINBASE:NO-SUCH"


class NoHistory(Coinbase):
    """Coinbase without its past, so that no database is asked."""

    bar_rows = {}


class Running:
    """An engine that runs, its recorder, and its venue."""

    def __init__(self, engine: Engine, said: Recorder, fake: FakeCoinbase) -> None:
        self.engine, self.said, self.fake = engine, said, fake

    async def watch(self, *symbols: str, hub: str = "h") -> None:
        """Say a hub's whole demand; wait until the venue serves what it has of it."""
        self.engine.watch(wire.Watch(hub, {symbol: ["quote", "trades"] for symbol in symbols}))
        for symbol in symbols:
            if symbol != BAD:
                await self.fake.subscribed(symbol.partition(":")[2])

    async def trade(self, price: float, symbol: str = BTC) -> Trade:
        return await self.fake.send_trade(symbol.partition(":")[2], price, 1.0)

    async def shows(self, price: float, symbol: str = BTC) -> None:
        await wait_for(
            lambda: (quotes := self.said.quotes(symbol)) and quotes[-1].last == price, what=f"{price}"
        )


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    async with await FakeCoinbase().start() as fake:
        said = Recorder()
        engine = Engine(
            {"COINBASE": NoHistory()},
            said,
            cast(BarStore, Store()),
            ws_origins={"COINBASE": fake.ws_url},
            rest_origins={"COINBASE": fake.rest_url},
        )
        task = asyncio.create_task(engine.run())
        yield Running(engine, said, fake)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_the_first_change_goes_out_at_once(running):
    await running.watch(BTC)
    delays = []
    for price in range(100, 109):
        heard: list[float] = []
        feed = running.engine.feeds["COINBASE"]
        on_events = feed.on_events
        feed.on_events = lambda *args, on=on_events, heard=heard: (heard.append(time.monotonic()), on(*args))
        await running.trade(price)
        await running.shows(price)
        feed.on_events = on_events
        at = next(
            at for at, _, frame in running.said.frames if any(quote.last == price for quote in frame.quotes)
        )
        delays.append(at - heard[0])
        await settled(running)
    assert statistics.median(delays) < FLUSH


async def settled(running: Running) -> None:
    """Wait until nothing was published for three flushes."""
    async with asyncio.timeout(5):
        while time.monotonic() - running.said.frames[-1][0] < 3 * FLUSH:
            await asyncio.sleep(FLUSH / 5)


async def test_in_a_flood_flushes_keep_their_distance_and_no_trade_is_lost(running):
    await running.watch(BTC)
    await running.trade(999.0)
    await running.shows(999.0)
    await settled(running)
    began = len(running.said.frames)
    told = []
    for number in range(600):
        told.append(await running.trade(1_000.0 + number))
        if number % 20 == 19:
            await asyncio.sleep(FLUSH / 2)  # 600 trades in 0.75 s
    await running.shows(1_599.0)
    frames = running.said.frames[began:]
    times = [at for at, _, _ in frames]
    gaps = [round(after - before, 3) for before, after in pairwise(times)]
    assert sum(gap < 0.9 * FLUSH for gap in gaps) <= 2, gaps  # a sync, each 2 s, flushes besides
    trades = running.said.trades(BTC, began)
    assert [trade.id for trade in trades] == [trade.id for trade in told]
    quotes = running.said.quotes(BTC, began)
    assert [quote.seq for quote in quotes] == list(range(quotes[0].seq, quotes[0].seq + len(quotes)))
    assert sum(quote.merged for quote in quotes) >= 600
    assert min(quote.lo for quote in quotes if quote.lo) == 1_000.0
    assert {group for _, group, _ in frames} == {wire.group_of(BTC)}


async def test_the_sync_says_what_is_served_and_how_far(running):
    await running.watch(BTC, ETH)
    await running.trade(5.0)
    await running.shows(5.0)
    since = len(running.said.syncs)
    await wait_for(lambda: len(running.said.syncs) >= since + 2, 6, "two syncs")
    (first, _), (second, sync) = running.said.syncs[-2:]
    assert 1.5 < second - first < 6.0
    assert sync.epochs["COINBASE"] == running.engine.leases.epochs()["COINBASE"]
    assert sync.seqs == {BTC: running.said.quotes(BTC)[-1].seq, ETH: running.engine.board.seqs()[ETH]}
    assert [(status.venue, status.state) for status in sync.statuses] == [("COINBASE", "live")]


async def test_a_change_of_the_line_is_told_at_once(running):
    await running.watch(BTC)
    await running.trade(5.0)
    await running.shows(5.0)
    began = time.monotonic()
    await running.fake.drop()
    await wait_for(
        lambda: any(
            at > began and status.state == "reconnecting" and at - began < 0.5
            for at, sync in running.said.syncs
            for status in sync.statuses
        ),
        5,
        "word of the lost line",
    )
    await wait_for(lambda: running.said.quotes(BTC)[-1].state == "stale", what="a stale price")


async def test_a_state_holds_all_that_was_told_and_nothing_is_told_again(running):
    await running.watch(BTC)
    for price in (7.0, 8.0, 9.0):
        await running.trade(price)
    await running.shows(9.0)
    await running.engine.snapshot(wire.Ask("me", [BTC, ETH]))
    [(reply, states)] = running.said.answers
    [state] = states.states
    assert (reply, states.epochs, state.symbol) == (
        "me",
        {"COINBASE": running.engine.leases.epochs()["COINBASE"]},
        BTC,
    )
    assert state.quote and state.quote.last == 9.0
    assert [trade.price for trade in state.trades if not trade.recap] == [7.0, 8.0, 9.0]
    assert state.streams == ["quote", "trades"]
    since = len(running.said.frames)
    await running.trade(10.0)
    await running.shows(10.0)
    later = [quote.seq for _, _, frame in running.said.frames[since:] for quote in frame.quotes]
    assert later[0] == state.seq + 1
    assert [t.price for _, _, frame in running.said.frames[since:] for t in frame.trades] == [10.0]


async def test_a_refused_symbol_is_told_and_the_others_run(running):
    await running.watch(BTC, BAD)
    await wait_for(lambda: BAD in running.said.syncs[-1][1].refused, what="the refusal")
    assert "not a valid product" in running.said.syncs[-1][1].refused[BAD]
    await running.engine.snapshot(wire.Ask("me", [BAD]))
    assert "not a valid product" in running.said.answers[-1][1].states[0].refused
    await running.trade(5.0)
    await running.shows(5.0)
    assert running.fake.connects == 1


async def test_what_nobody_asks_for_any_more_is_given_back(running):
    running.engine.demand = Demand({BTC: {"quote"}}, keep=1_500)
    await running.watch(BTC, ETH)
    await running.trade(5.0, ETH)
    await running.shows(5.0, ETH)
    seq = running.said.quotes(ETH)[-1].seq
    await running.fake.unsubscribed("ETH-USD", 6)  # the hub is silent: its demand lapses
    await running.fake.subscribed("BTC-USD")  # what is always watched does not
    assert ETH not in running.engine.teller.sync().seqs
    await running.watch(ETH)
    await running.trade(6.0, ETH)
    await running.shows(6.0, ETH)
    assert running.said.quotes(ETH)[-1].seq > seq  # the number goes on
    assert running.fake.connects == 1


async def test_one_hub_that_leaves_takes_nothing_from_another(running):
    running.engine.demand = Demand({}, keep=1_500)
    await running.watch(BTC, hub="one")
    await running.watch(BTC, ETH, hub="two")
    running.engine.unwatch(wire.Unwatch("two", []))

    async def renew() -> None:
        while True:
            running.engine.watch(wire.Watch("one", {BTC: ["quote", "trades"]}))
            await asyncio.sleep(0.3)

    renewing = asyncio.create_task(renew())
    await running.fake.unsubscribed("ETH-USD", 6)
    await running.trade(5.0)
    await running.shows(5.0)
    renewing.cancel()
