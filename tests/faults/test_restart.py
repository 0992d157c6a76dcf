"""S1, S2 and S24: a web process that dies, ends, or hangs: its pages are back soon, others notice nothing."""

import asyncio
import re
import signal
import time
from typing import NamedTuple

import pytest

from bench.figures import percentile
from dashboard.farewell import EACH
from tests.faults.checker import assert_none, base, i1_numbers_rise, i9_back_to_base
from tests.faults.conftest import SIM, live
from tests.faults.fleet import Fleet
from tests.faults.lag import best_of
from tests.support import REPO, wait_for
from ticker.management.commands.live import daphne

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="module")]
STACK = {"webs": 2, "SIM_RATE": "2", "VENUES": "SIM"}
PAGES = 200
SOON = 3.0  # seconds within which pages are back (p99)
RESTART = 4503


class Figures(NamedTuple):
    """How a web process went: when each of its pages was back (s), the codes their sockets ended with, over
    how many seconds these ended, and when the process had."""

    back: list[float]
    codes: set[int]
    spread: float
    took: float

    def within(self, seconds: float) -> bool:
        return percentile(self.back, 0.99) <= seconds

    def __str__(self) -> str:
        half, most = percentile(self.back, 0.5), percentile(self.back, 0.99)
        pages = f"{len(self.back)} pages back after {half:.2f} s, p99 {most:.2f} s"
        return f"{pages}; closed over {self.spread:.1f} s, ended after {self.took:.1f} s"


async def opened(fleet: Fleet) -> None:
    """Wait until every page has a live price."""
    await asyncio.gather(*(live(page, since=0.0, timeout=60.0) for page in fleet.pages))


async def ending(stack, how: signal.Signals) -> Figures:
    """End the first web process under its pages, start it again, and measure."""
    async with Fleet(stack.url, [SIM], PAGES, within=4.0) as fleet:
        await opened(fleet)
        since = time.monotonic()
        served = int(await stack.webs[0].metric("ticker_sockets"))
        stack.webs[0].send(how)
        await stack.webs[0].ended(15.0)
        took = time.monotonic() - since
        await wait_for(lambda: len(fleet.back_after(since)) >= served, 10, "the ends of its sockets")
        await wait_for(lambda: float("inf") not in fleet.back_after(since), 30, "the pages to be back")
        firsts = [next(each for each in page.ended) for page in fleet.pages if page.ended]
        times = [each.at for each in firsts]
        found = Figures(
            fleet.back_after(since), {each.code for each in firsts}, max(times) - min(times), took
        )
        assert len(found.back) == served  # the others' pages have noticed nothing
        assert_none(i1_numbers_rise(fleet.seen()))
    stack.webs[0].start()
    await stack.webs[0].ready()
    return found


async def test_pages_of_a_killed_web_are_back_and_the_others_stay(stack, figure):  # S1
    found = await best_of(lambda: ending(stack, signal.SIGKILL), lambda each: each.within(SOON))
    figure(str(found))
    assert found.within(3 * SOON) and RESTART not in found.codes


async def test_a_web_that_ends_sends_its_pages_to_the_next_one_by_one(stack, figure):  # S2
    found = await best_of(lambda: ending(stack, signal.SIGTERM), lambda each: each.within(SOON))
    figure(str(found))
    assert found.within(3 * SOON) and found.codes == {RESTART}
    assert found.spread >= 0.7 * PAGES / 2 * EACH and found.took <= 15.0


async def test_a_web_that_hangs_for_three_seconds_loses_nobody(stack, figure):  # S24
    async with Fleet(stack.url, [SIM], 20) as fleet:
        await opened(fleet)
        stack.webs[0].send(signal.SIGSTOP)
        await asyncio.sleep(3.0)
        stack.webs[0].send(signal.SIGCONT)
        since = time.monotonic()
        await asyncio.gather(*(live(page, since=since) for page in fleet.pages))
        figure(f"live again {time.monotonic() - since:.2f} s after it")
        assert fleet.ended() == [] and time.monotonic() - since <= 15.0
        assert_none(i1_numbers_rise(fleet.seen()))


async def test_after_all_have_gone_nothing_is_left_of_them(stack, figure):  # I9
    async with Fleet(stack.url, [SIM], 20) as fleet:
        await opened(fleet)
    before = await base(stack)
    async with Fleet(stack.url, [SIM], PAGES, within=2.0) as fleet:
        await opened(fleet)
        assert (await base(stack)).sockets == PAGES
    assert_none(await i9_back_to_base(stack, before))
    figure(f"{(await base(stack)).files} files before and after {PAGES} pages")


async def test_no_socket_is_closed_for_its_age():  # S25
    """Daphne closes each after a day unless told otherwise, here and where containers run."""
    words = daphne("127.0.0.1", 8000)
    assert words[words.index("--websocket_timeout") + 1] == "-1"
    assert re.search(r"--websocket_timeout\W+-1", (REPO / "Dockerfile").read_text())
