"""V22: a venue that floods us. The worker keeps up or lets the venue wait, and no reader notices."""

import asyncio
import time
from typing import NamedTuple

import pytest

from bench.figures import percentile
from tests.faults.checker import assert_none, i1_numbers_rise, i2_prices_are_true, i3_all_agree
from tests.faults.conftest import live
from tests.faults.fleet import Fleet
from tests.faults.lag import best_of

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="module")]
STACK = {"rate": 0.0, "VENUES": "COINBASE"}
NATIVES = ["BTC-USD", "ETH-USD", "SOL-USD", "XRP-USD", "DOGE-USD"]
SYMBOLS = [f"COINBASE:{native}" for native in NATIVES]
RATE = 50_000.0
SECONDS = 4.0
AGE = 1.0  # seconds that 99 of 100 prices are old at the most


class Figures(NamedTuple):
    """What a flood costs: trades told a second, cores and MB of the worker, prices a second that a page gets
    of a symbol, and the age (s) that 99 of 100 prices don't exceed."""

    told: float
    cores: float
    grown: float
    rate: float
    age: float

    def within(self, age: float) -> bool:
        return self.cores <= 1.05 and self.grown <= 50 and self.rate <= 10.5 and self.age <= age


async def flooded(stack, fleet: Fleet) -> Figures:
    """Flood for some seconds, and measure."""
    [worker] = stack.workers
    memory, cpu, before, began = worker.rss, worker.cpu, len(stack.venue.truth), time.monotonic()
    stack.venue.flood(RATE, NATIVES)
    await asyncio.sleep(SECONDS)
    seconds = time.monotonic() - began
    cores, grown = (worker.cpu - cpu) / seconds, (worker.rss - memory) / 1024
    await stack.venue.flood_over()
    seen = [each for each in fleet.seen() if began + 0.5 < each.at < began + seconds and not each.whole]
    ahead = time.time() - time.monotonic()
    age = percentile([each.at + ahead - each.time / 1000 for each in seen], 0.99)
    rate = len(seen) / len(fleet.pages) / len(SYMBOLS) / seconds
    return Figures((len(stack.venue.truth) - before) / seconds, cores, grown, rate, age)


async def test_a_flood_is_conflated_and_nobody_waits(stack, figure):  # V22
    async with Fleet(stack.url, SYMBOLS, 5) as fleet:
        for native in NATIVES:
            await stack.venue.subscribed(native, 20)
        await asyncio.gather(*(stack.venue.send_trade(native, 100.0, 1.0) for native in NATIVES))
        await asyncio.gather(*(live(page, since=0.0) for page in fleet.pages))
        found = await best_of(lambda: flooded(stack, fleet), lambda each: each.within(AGE))
        figure(
            f"{found.told:,.0f} trades/s: worker {found.cores:.2f} cores and {found.grown:+.0f} MB, "
            f"{found.rate:.1f} prices/s a symbol, age p99 {found.age:.2f} s"
        )
        assert found.within(5 * AGE)  # where venue, pages and others share two cores
        assert fleet.ended() == []
        assert_none(i1_numbers_rise(fleet.seen()), i2_prices_are_true(fleet.seen(), stack.venue))
        assert_none(await i3_all_agree(stack, fleet.pages, SYMBOLS))
