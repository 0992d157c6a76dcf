"""A bad day in short: kicks one after the other, and all that may never happen has not happened.

`NEMESIS_SEED=… pytest tests/faults/test_nemesis.py` has another day.
"""

import asyncio
import os
import time

import pytest

from feeds.clock import wall
from tests.faults import checker
from tests.faults.conftest import live
from tests.faults.fleet import Fleet
from tests.faults.lag import Lag
from tests.faults.nemesis import SEED, Nemesis, of_links, of_processes, of_venue
from tests.faults.wiretap import Wiretap

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="module")]
STACK = {"webs": 2, "workers": 1, "rate": 10.0, "SIM_RATE": "10"}
SYMBOLS = ["COINBASE:BTC-USD", "COINBASE:ETH-USD"]
KICKS = 12
USUAL = 7  # the seed of a usual run
WELL_AGAIN = 90.0  # seconds: a line that was cut again and again is asked ever more rarely


async def test_a_bad_day(stack, figure):
    faults = of_links(stack) | of_venue(stack) | of_processes([*stack.webs, *stack.workers])
    nemesis, since = Nemesis(faults, int(os.environ.get(SEED) or USUAL)), wall()
    async with Lag() as lag, Wiretap(stack.valkey.url) as tap, Fleet(stack.url, SYMBOLS, 10) as fleet:
        await asyncio.gather(*(live(page, since=0.0, timeout=60.0) for page in fleet.pages))
        await nemesis.run(KICKS, wait=0.7, length=0.7)
        await stack.heal()
        began = time.monotonic()
        await asyncio.gather(*(live(page, since=began, timeout=WELL_AGAIN) for page in fleet.pages))
        figure(f"seed {nemesis.seed}: {KICKS} kicks, well again after {time.monotonic() - began:.1f} s")
        stack.venue.ticking(0)
        until = wall() // 1000 * 1000
        seen = fleet.seen()
        checker.assert_none(
            checker.i1_numbers_rise(seen),
            checker.i2_prices_are_true(seen, stack.venue),
            await checker.i3_all_agree(stack, fleet.pages, SYMBOLS),
            checker.i5_stale_is_not_live(fleet.pages, SYMBOLS, late=lag.worst),
            checker.i6_one_writes(tap.heard),
        )
        for symbol in SYMBOLS:
            body = (await stack.webs[0].get(f"/api/bars?symbol={symbol}&interval=1s&limit=300")).json()
            checker.assert_none(
                checker.i4_bars_rise(body["bars"]),
                checker.i7_bars_are_true(body, stack.venue.told(symbol), since, until, whole=False),
            )
        figure(f"a price stood as live for {checker.longest_frozen(fleet.pages, SYMBOLS):.1f} s at most")
