"""S8: a thousand pages that come at once. All have prices within half a minute, and no snapshot is read from
the database."""

import time
from typing import NamedTuple

import pytest

from bench.figures import percentile
from tests.faults.checker import assert_none, i1_numbers_rise
from tests.faults.conftest import first_live, live
from tests.faults.fleet import Fleet, Page
from tests.faults.lag import best_of
from tests.support import wait_for

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="module")]
STACK = {"SIM_RATE": "1", "VENUES": "SIM"}
SYMBOLS = [f"SIM:{base}-USD" for base in ("BTC", "ETH", "SOL", "XRP", "DOGE")]
STORM = 1_000
OVER = 30.0
FEW = 20  # queries that a process may do by the way: of its catalogue


class Figures(NamedTuple):
    """How a storm went: when each page had its prices (s), and the queries that it cost."""

    live: list[float]
    queries: int

    @property
    def good(self) -> bool:
        return max(self.live) <= OVER


async def storm(web, neighbour: Page) -> Figures:
    """Have all pages come within a second."""
    before, began = await web.metric("ticker_queries"), time.monotonic()
    async with Fleet(web.ws_url, SYMBOLS, STORM, each=2, within=1.0) as fleet:
        await wait_for(lambda: all(has_all(page, began) for page in fleet.pages), 4 * OVER, "the storm's end")
        found = [max(first_live(page, symbol, began) for symbol in page.symbols) for page in fleet.pages]
        queries = int(await web.metric("ticker_queries") - before)
        assert_none(i1_numbers_rise(fleet.seen()))
        await live(neighbour, since=time.monotonic())
    return Figures([at - began for at in found], queries)


def has_all(page: Page, since: float) -> bool:
    """Tell whether a page has a live price of each of its symbols."""
    return {each.symbol for each in page.seen if each.state == "live"} >= set(page.symbols)


async def test_a_storm_of_a_thousand_is_over_soon_without_the_database(stack, figure):  # S8
    [web] = stack.webs
    neighbour = Page("neighbour", web.ws_url, SYMBOLS)
    neighbour.start()
    try:
        await live(neighbour, since=0.0)
        found = await best_of(lambda: storm(web, neighbour), lambda each: each.good)
        figure(
            f"{STORM} pages: half have prices after {percentile(found.live, 0.5):.1f} s, "
            f"all after {max(found.live):.1f} s; {found.queries} queries"
        )
        assert found.good and found.queries <= FEW
        assert neighbour.ended == []
    finally:
        await neighbour.stop()

    async def empty() -> bool:
        return await web.metric("ticker_sockets") == 0

    await wait_for(empty, 20, "the end of all sockets")
