"""W1 to W6, W10 and R7: what pages see when one of two workers dies, hangs, is cut off or stumbles."""

import asyncio
import signal
import time

import pytest
import pytest_asyncio
import redis.asyncio

from tests.faults.checker import assert_none, i6_one_writes, i7_bars_are_true
from tests.faults.conftest import BTC, SIM
from tests.faults.crew import Crew, followed, undisturbed
from tests.faults.wiretap import Wiretap
from tests.support import wait_for

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="module")]
TAKEN_OVER = 5.0  # seconds after a kill
HANDED_OVER = 1.0  # seconds after SIGTERM
SLACK = 3.0  # seconds that a busy machine may add to any figure


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def stack():
    """Two workers that share the venues."""
    async with Crew(SIM_RATE="10") as running:
        for worker in running.workers:
            await worker.says("feeding ")
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def leader(stack, page):
    """The worker that leads COINBASE; whatever becomes of it, both run again afterwards."""
    worker = stack.leader(page, BTC)
    yield worker
    if not worker.running:
        worker.start()
        await worker.says("feeding ")


def older_than(tap, epoch: str, since: float):
    """Return what was published of COINBASE under an epoch before this one, after a moment."""
    return [each for each in tap.heard if each.symbol == BTC and each.epoch < epoch and each.at > since]


async def test_two_workers_share_and_one_publishes_each_venue(stack, page, figure):  # W2
    await stack.shared(page, BTC, SIM)
    async with Wiretap(stack.valkey.url) as tap:
        began = time.monotonic()
        await wait_for(lambda: sum(each.symbol == SIM for each in tap.heard) >= 20, 20, "prices")
        async with redis.asyncio.Redis.from_url(stack.valkey.url) as server:
            await server.flushall()  # the leases are forgotten, and nobody takes what is another's
        forgotten = time.monotonic()
        await wait_for(
            lambda: tap.heard[-1].at > forgotten + 2.0, 20, "prices after the leases were forgotten"
        )
    epochs = {symbol: {each.epoch for each in tap.heard if each.symbol == symbol} for symbol in (BTC, SIM)}
    workers = {epoch.partition("-")[2] for each in epochs.values() for epoch in each}
    figure(f"{len(tap.heard)} prices within {time.monotonic() - began:.1f} s of {len(workers)} workers")
    assert all(len(each) == 1 for each in epochs.values()) and len(workers) == 2
    assert_none(i6_one_writes(tap.heard))


async def test_a_venue_that_stumbles_costs_the_others_nothing(stack, page, leader, figure):  # W6
    connects, began = stack.venue.connects, time.monotonic()
    stack.trouble(leader, "stumble COINBASE")
    await leader.says("made to stumble")
    await wait_for(lambda: stack.venue.connects > connects, what="another line")
    back = time.monotonic()
    await wait_for(lambda: page.quotes[BTC]["state"] == "live" and last(page, BTC) > back, 15, "prices")
    silence = undisturbed(page, SIM, began)
    figure(f"its line anew after {back - began:.1f} s; the other venue silent for {silence:.2f} s at most")
    assert leader.running and silence < 6.0


async def test_a_worker_that_is_killed_is_followed(stack, page, leader, figure):  # W1
    epoch, began = page.epochs[BTC], time.monotonic()
    leader.send(signal.SIGKILL)
    seconds = await followed(page, BTC, epoch, began)
    figure(f"live prices of another worker after {seconds:.1f} s")
    assert seconds <= TAKEN_OVER + SLACK and not page.ended


async def test_a_worker_that_is_stopped_is_followed_and_says_nothing_on_waking(
    stack, page, leader, figure
):  # W3
    async with Wiretap(stack.valkey.url) as tap:
        epoch, began = page.epochs[BTC], time.monotonic()
        leader.send(signal.SIGSTOP)
        seconds = await followed(page, BTC, epoch, began)
        newer = page.epochs[BTC]
        await asyncio.sleep(began + 6.0 - time.monotonic())  # its lease is long over: longer is the same
        leader.send(signal.SIGCONT)
        woken = time.monotonic()
        await leader.says("no longer leading")
        await wait_for(lambda: tap.heard[-1].at > woken + 2.0, 15, "prices after it woke")
    late = older_than(tap, newer, woken)
    figure(f"followed after {seconds:.1f} s; {len(late)} prices of the old epoch after waking")
    assert seconds <= TAKEN_OVER + SLACK
    assert not older_than(tap, newer, woken + 0.5)  # but for one that it was in the middle of


async def test_a_worker_that_is_told_to_end_hands_over_at_once_and_writes_its_bars(
    stack, page, leader, figure
):  # W4
    epoch, began = page.epochs[BTC], time.monotonic()
    since = int(time.time()) * 1000 - 3000
    leader.send(signal.SIGTERM)
    seconds = await followed(page, BTC, epoch, began)
    code = await leader.ended()
    ended = time.monotonic() - began
    until = int(time.time()) * 1000
    figure(f"another worker's prices after {seconds:.1f} s; exit {code} after {ended:.1f} s")
    assert code == 0 and ended <= 5.0 + SLACK and seconds <= HANDED_OVER + SLACK

    async def is_stored() -> bool:
        body = (await stack.webs[0].get(f"/api/bars?symbol={BTC}&interval=1s&limit=30")).json()
        return not i7_bars_are_true(body, stack.venue.told(BTC), since, until)

    await wait_for(is_stored, 15, "the bars of a handover, whole or marked")


async def test_a_worker_whose_loop_stands_says_where_and_ends(stack, page, leader, figure):  # W5
    epoch, began = page.epochs[BTC], time.monotonic()
    stack.trouble(leader, "block 60")
    await leader.says("has stood still for 1 s", 10)
    told = time.monotonic() - began
    seconds = await followed(page, BTC, epoch, began)
    code = await leader.ended()
    ended = time.monotonic() - began
    figure(f"told after {told:.1f} s, followed after {seconds:.1f} s, exit {code} after {ended:.1f} s")
    assert any("in block" in line for line in leader.lines)
    assert code == 70 and ended <= 10.0 + 2 * SLACK and seconds <= TAKEN_OVER + SLACK


async def test_a_worker_that_hears_no_more_ends(stack, page, leader, figure):  # W10
    epoch, began = page.epochs[BTC], time.monotonic()
    stack.trouble(leader, "deafen FeedWorker._listen")
    code = await leader.ended()
    ended = time.monotonic() - began
    seconds = await followed(page, BTC, epoch, began)
    figure(f"exit {code} after {ended:.1f} s; followed after {seconds:.1f} s")
    assert code == 1 and ended <= 1.0 + SLACK and seconds <= TAKEN_OVER + SLACK


async def test_a_worker_that_is_cut_off_from_redis_is_followed_and_publishes_no_more(
    stack, page, leader, figure
):  # R7
    async with Wiretap(stack.valkey.url) as tap:
        epoch, began = page.epochs[BTC], time.monotonic()
        await stack.links[leader.name].add("timeout")
        seconds = await followed(page, BTC, epoch, began)
        newer = page.epochs[BTC]
        await asyncio.sleep(began + 6.0 - time.monotonic())  # as above
        await stack.heal()
        healed = time.monotonic()
        await leader.says("leases renewed again")
        await wait_for(lambda: tap.heard[-1].at > healed + 2.0, 15, "prices after it healed")
    late = older_than(tap, newer, healed)
    figure(f"followed after {seconds:.1f} s; {len(late)} prices of the old epoch came out of the line")
    assert seconds <= TAKEN_OVER + SLACK
    assert not older_than(tap, newer, healed + 0.5)  # but for what was on its way, which every hub drops


def last(page, symbol: str) -> float:
    """Return when a page was last told of a symbol."""
    return max(each.at for each in page.seen if each.symbol == symbol)
