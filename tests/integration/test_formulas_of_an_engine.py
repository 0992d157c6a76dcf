"""Formulas in an engine of this process: its legs are pushed, so every step of theirs is ours to choose."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import cast

import pytest

from feeds import wire
from feeds.demand import Demand
from feeds.engine import Engine
from feeds.market import Bar
from feeds.store import BarStore
from feeds.venues.desk import Desk
from tests.integration.played import Recorder, Store
from tests.support import wait_for

A, B, C = "DESK:A", "DESK:B", "DESK:C"
SPREAD, RATIO = f"={A} - {B}", f"={A} / {B}"
ids = itertools.count()


class Bench:
    """An engine that runs, and what it said."""

    def __init__(self, engine: Engine, said: Recorder, stored: Store) -> None:
        self.engine, self.said, self.stored = engine, said, stored

    def watch(
        self, *symbols: str, streams: tuple[str, ...] = ("quote", "trades", "bars:1s", "bars:1m")
    ) -> None:
        self.engine.watch(wire.Watch("h", {symbol: list(streams) for symbol in symbols}))

    def push(self, symbol: str, price: float, size: float | None = None, time: int | None = None) -> None:
        at = now() if time is None else time
        self.engine.ticks(wire.Ticks([wire.Tick(symbol, at, price, size, str(next(ids)))]))

    async def shows(self, symbol: str, **fields: object) -> None:
        def there() -> bool:
            quotes = self.said.quotes(symbol)
            return bool(quotes) and all(getattr(quotes[-1], name) == value for name, value in fields.items())

        await wait_for(there, what=f"{symbol} {fields}")

    def bars(self, symbol: str, interval: str) -> dict[int, Bar]:
        told = (bar for _, _, frame in self.said.frames for bar in frame.bars)
        return {bar.time: bar for bar in told if (bar.symbol, bar.interval) == (symbol, interval)}

    def past_of(self, symbol: str) -> dict[str, str]:
        return {past.interval: past.state for past in self.said.pasts if past.symbol == symbol}

    def status(self, venue: str) -> tuple[str, str, int] | None:
        statuses = self.said.syncs[-1][1].statuses if self.said.syncs else []
        found = [each for each in statuses if each.venue == venue]
        return (found[0].state, found[0].reason, found[0].errors) if found else None


def now() -> int:
    return time.time_ns() // 1_000_000


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    said, stored = Recorder(), Store()
    engine = Engine({"DESK": Desk()}, said, cast(BarStore, stored))
    task = asyncio.create_task(engine.run())
    yield Bench(engine, said, stored)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_its_legs_are_wanted_while_it_is_and_it_has_no_value_before_they_all_have(bench):
    bench.watch(SPREAD)
    assert bench.engine.streams.keys() == {SPREAD, A, B}
    assert "trades" not in bench.engine.streams[A]
    bench.push(A, 5.0)
    await bench.shows(A, last=5.0)
    assert bench.said.quotes(SPREAD) == []
    bench.push(B, 7.0)
    await bench.shows(SPREAD, last=-2.0, state="live", size=None, bid=None)


async def test_every_value_counts_and_the_extremes_are_kept(bench):
    bench.watch(SPREAD)
    at = now()
    for price in (5.0, 9.0, 1.0, 4.0):
        bench.push(A, price, time=at)
        bench.push(B, 3.0, time=at)
    await bench.shows(SPREAD, last=1.0, time=at)
    quotes = bench.said.quotes(SPREAD)
    assert (max(quote.hi for quote in quotes), min(quote.lo for quote in quotes)) == (6.0, -2.0)
    assert bench.said.trades(SPREAD) == []


async def test_its_bars_are_of_its_values_without_trades_and_are_not_stored(bench):
    bench.watch(SPREAD)
    await wait_for(lambda: bench.past_of(SPREAD) == {"1s": "ready", "1m": "ready"}, what="its past")
    assert bench.past_of(A) == bench.past_of(B) == bench.past_of(SPREAD)
    for price in (5.0, 9.0, 4.0):
        bench.push(A, price, 2.0)
        bench.push(B, 3.0, 1.0)
    await wait_for(
        lambda: any(bar.closed for bar in bench.bars(SPREAD, "1s").values()), what="a closed second"
    )
    told = bench.bars(SPREAD, "1s").values()
    assert max(bar.high for bar in told) == 6.0 and min(bar.low for bar in told) == 1.0
    assert {(bar.volume, bar.trades) for bar in told} == {(0.0, 0)}
    await wait_for(lambda: bench.stored.bars, what="stored bars of the legs")
    assert {bar.symbol for bar in bench.stored.bars} <= {A, B}


async def test_no_finite_value_is_no_update_and_is_counted(bench):
    bench.watch(RATIO, SPREAD)
    inverse = f"=1 / ({A} - {B})"
    bench.watch(RATIO, inverse)
    bench.push(A, 4.0)
    bench.push(B, 2.0)
    await bench.shows(inverse, last=0.5)
    bench.push(B, 4.0)
    await bench.shows(RATIO, last=1.0)
    assert {quote.last for quote in bench.said.quotes(inverse)} == {0.5}
    assert bench.engine.feeds["FORMULA"].errors == {"no finite value": 1}
    bench.push(B, 3.0)
    await bench.shows(inverse, last=1.0)


async def test_it_is_stale_with_a_leg_and_live_again(bench):
    bench.watch(SPREAD)
    bench.push(A, 4.0)
    bench.push(B, 2.0)
    await bench.shows(SPREAD, state="live")
    bench.engine.freshness.interrupted(B)
    await bench.shows(SPREAD, state="stale", last=2.0)
    assert bench.said.quotes(A)[-1].state == "live"
    bench.push(B, 2.0)
    await bench.shows(SPREAD, state="live")


async def test_its_venue_is_told_once_one_was_wanted(bench):
    bench.watch(A)
    await wait_for(lambda: bench.status("DESK"), what="a sync")
    assert bench.status("DESK") == ("off", "nothing pushed yet", 0) and bench.status("FORMULA") is None
    bench.watch(SPREAD)
    await wait_for(lambda: bench.status("FORMULA") == ("live", "", 0), what="a live FORMULA")
    bench.engine.demand = Demand({})
    await wait_for(
        lambda: bench.status("FORMULA") == ("off", "no formula is watched", 0), what="FORMULA is off again"
    )
    assert SPREAD not in bench.engine.streams


async def test_a_leg_that_is_refused_refuses_it(bench):
    both = f"={A} + OTHER:X"
    bench.watch(both, f"={C} + 1")
    bench.engine.feeds["DESK"].refuse(C, "delisted")
    wanted = {both: "OTHER:X: OTHER is not on", f"={C} + 1": f"{C}: delisted"}
    await wait_for(
        lambda: bench.said.syncs and wanted.items() <= bench.said.syncs[-1][1].refused.items(),
        what="refusals",
    )


async def test_its_newest_bars_begin_with_what_its_legs_had(bench):
    bench.watch(A, B)
    for symbol, price in ((A, 10.0), (B, 4.0), (A, 12.0), (B, 5.0)):
        bench.push(symbol, price)
    await bench.shows(B, last=5.0)
    bench.watch(A, B, SPREAD)
    await wait_for(lambda: bench.bars(SPREAD, "1m"), what="a minute")
    first = min(bench.bars(A, "1m"))
    assert bench.engine.charts.get(SPREAD).recent(["1m"])["1m"][0].open == 6.0
    assert min(bench.bars(SPREAD, "1m")) == first


async def test_a_pushed_symbol_is_kept_though_nobody_watches_it(bench):
    bench.push(C, 3.0, 2.0)
    await bench.shows(C, last=3.0, size=2.0)
    again = wire.Ticks([wire.Tick(C, now(), 3.0, 2.0, "same")])
    bench.engine.ticks(again)
    bench.engine.ticks(again)
    assert bench.engine.board.duplicates == 1
    bench.engine.ticks(wire.Ticks([wire.Tick("COINBASE:BTC-USD", now(), 3.0, 2.0, "other")]))
    assert bench.engine.streams.keys() == {C}
