"""V22: a venue that floods us. The worker keeps up or lets the venue wait, and no reader notices."""

import asyncio
import time

import pytest

from bench.figures import percentile
from tests.faults.checker import assert_none, i1_numbers_rise, i2_prices_are_true, i3_all_agree
from tests.faults.conftest import live
from tests.faults.fleet import Fleet

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="module")]
STACK = {"rate": 0.0, "VENUES": "COINBASE"}
NATIVES = ["BTC-USD", "ETH-USD", "SOL-USD", "XRP-USD", "DOGE-USD"]
SYMBOLS = [f"COINBASE:{native}" for native in NATIVES]
RATE = 50_000.0
SECONDS = 6.0


async def test_a_flood_is_conflated_and_nobody_waits(stack, figure):  # V22
    [worker] = stack.workers
    async with Fleet(stack.url, SYMBOLS, 10) as fleet:
        for native in NATIVES:
            await stack.venue.subscribed(native)
        await asyncio.gather(*(stack.venue.send_trade(native, 100.0, 1.0) for native in NATIVES))
        await asyncio.gather(*(live(page, since=0.0) for page in fleet.pages))
        memory, cpu, began = worker.rss, worker.cpu, time.monotonic()
        stack.venue.flood(RATE, NATIVES)
        await asyncio.sleep(SECONDS)
        told = len(stack.venue.truth) / (time.monotonic() - began)
        seen = [each for each in fleet.seen() if each.at > began + 0.5 and not each.whole]
        cores = (worker.cpu - cpu) / (time.monotonic() - began)
        grown = (worker.rss - memory) / 1024
        await stack.venue.flood_over()
        ages = [each.at - each.time / 1000 + (time.time() - time.monotonic()) for each in seen]
        age = percentile(ages, 0.99)
        rate = len(seen) / len(fleet.pages) / len(SYMBOLS) / SECONDS
        figure(
            f"{told:,.0f} trades/s, worker {cores:.2f} cores and +{grown:.0f} MB, "
            f"{rate:.1f} prices/s a symbol, age p99 {age:.2f} s"
        )
        assert cores <= 1.05 and grown <= 50 and rate <= 10.5 and age <= 1.0
        assert fleet.ended() == []
        assert_none(i1_numbers_rise(fleet.seen()), i2_prices_are_true(fleet.seen(), stack.venue))
        assert_none(await i3_all_agree(stack, fleet.pages, SYMBOLS))
