"""The leases on a real Valkey, with shorter times: one leader at a time, and a fence that only rises."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import redis.asyncio

from feeds import lease
from feeds.lease import RedisLeases, Sole, epoch_of
from feeds.redis_hosts import client_of, host_of
from tests.support import wait_for

VENUES = ["COINBASE", "SIM"]


@pytest.fixture(autouse=True)
async def quick(valkey, monkeypatch) -> AsyncIterator[None]:
    for name, seconds in {"TTL": 1.0, "RENEW": 0.05, "MARGIN": 0.1, "WARM": 0.3}.items():
        monkeypatch.setattr(lease, name, seconds)
    async with redis.asyncio.Redis.from_url(valkey.url) as client:
        await client.flushall()
        yield
        await client.flushall()


class Worker:
    """Leases that are kept, or not, as a test wants."""

    def __init__(self, url: str, venues: list[str], alone: list[str]) -> None:
        self.client = client_of(host_of(url), 1.0)
        self.leases = RedisLeases(venues, self.client, alone)
        self.task: asyncio.Task[None] | None = None

    def go(self) -> None:
        self.task = asyncio.create_task(self.leases.run())

    async def halt(self) -> None:
        """Do nothing any more, like a process that is stopped."""
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)

    @property
    def led(self) -> set[str]:
        return set(self.leases.epochs())


@pytest.fixture
async def start(valkey) -> AsyncIterator[Callable[..., Worker]]:
    async with AsyncExitStack() as stack:

        def begin(venues: list[str] = VENUES, alone: list[str] | None = None) -> Worker:
            worker = Worker(valkey.url, venues, alone or [])
            stack.push_async_callback(worker.client.aclose)
            stack.push_async_callback(worker.halt)
            worker.go()
            return worker

        yield begin


@asynccontextmanager
async def watched(*workers: Worker) -> AsyncIterator[None]:
    """Fail when two lead the same venue at any look."""
    clashes: list[str] = []

    async def look() -> None:
        while True:
            led = [venue for worker in workers for venue in worker.led]
            clashes.extend(venue for venue in set(led) if led.count(venue) > 1)
            await asyncio.sleep(0.002)

    task = asyncio.create_task(look())
    yield
    task.cancel()
    assert clashes == []


async def test_a_worker_alone_leads_every_venue(start):
    one = start()
    await wait_for(lambda: one.led == set(VENUES), what="both venues")
    assert all(one.leases.serves(venue) for venue in VENUES)


async def test_two_share_and_never_lead_the_same(start):
    one = start()
    await wait_for(lambda: one.led == set(VENUES), what="both venues")
    other = start()
    async with watched(one, other):
        await wait_for(lambda: len(one.led) == len(other.led) == 1, what="one venue each")
        assert one.led | other.led == set(VENUES)
        moved = next(iter(other.led))
        await wait_for(lambda: not one.leases.serves(moved), what="the line let go")


async def test_a_newcomer_runs_its_lines_before_it_leads(start, monkeypatch):
    monkeypatch.setattr(lease, "WARM", 3600.0)
    one = start()
    await wait_for(lambda: one.led == set(VENUES), what="both venues")
    other = start()
    await wait_for(lambda: len([v for v in VENUES if other.leases.serves(v)]) == 1, what="its part alone")
    assert other.led == set() and one.led == set(VENUES)


async def test_a_venue_that_takes_one_line_is_not_run_before_it_is_led(start, monkeypatch):
    monkeypatch.setattr(lease, "WARM", 3600.0)
    one = start(alone=VENUES)
    await wait_for(lambda: one.led == set(VENUES), what="both venues")
    other = start(alone=VENUES)
    await wait_for(lambda: not any(other.leases.serves(venue) for venue in VENUES), what="nothing to run")
    await one.leases.leave()
    other.leases.look()
    await wait_for(lambda: all(other.leases.serves(venue) for venue in VENUES), what="both to run")


async def test_what_a_stopped_worker_led_is_taken_over_under_a_higher_fence_and_it_keeps_silent(start):
    one = start()
    await wait_for(lambda: one.led == set(VENUES), what="both venues")
    before = dict(one.leases.epochs())
    await one.halt()
    other = start()
    async with watched(one, other):
        await wait_for(lambda: other.led == set(VENUES), what="both venues taken over")
    assert one.led == set()  # by its own clock, before it has asked anybody
    assert all(other.leases.epochs()[venue] > before[venue] for venue in VENUES)
    one.go()
    await wait_for(lambda: one.led and other.led and one.led | other.led == set(VENUES), what="parts again")
    assert all(one.leases.epochs()[venue] > before[venue] for venue in one.led)


async def test_one_that_leaves_is_followed_at_the_next_look(start, monkeypatch):
    monkeypatch.setattr(lease, "TTL", 3600.0)
    one = start()
    await wait_for(lambda: one.led == set(VENUES), what="both venues")
    other = start()
    await wait_for(lambda: one.led and other.led, what="a venue each")
    mine = sorted(one.led)
    assert await one.leases.leave() == mine and one.led == set()
    other.leases.look()
    await wait_for(lambda: other.led == set(VENUES), what="what was left")


async def test_a_redis_that_forgets_everything_changes_no_epoch_while_nobody_else_led(start, valkey):
    one = start()
    await wait_for(lambda: one.led == set(VENUES), what="both venues")
    before = dict(one.leases.epochs())
    async with redis.asyncio.Redis.from_url(valkey.url) as client:
        await client.flushall()
        await wait_for(lambda: client.exists(f"{lease.PREFIX}:SIM"), what="a lease taken anew")
    assert dict(one.leases.epochs()) == before


async def test_without_its_redis_it_speaks_for_nothing_and_runs_its_lines(start, valkey):
    one = start()
    await wait_for(lambda: one.led == set(VENUES), what="both venues")
    before = dict(one.leases.epochs())
    valkey.stop()
    await wait_for(lambda: one.led == set(), what="silence")
    assert all(one.leases.serves(venue) for venue in VENUES)
    valkey.start()
    await wait_for(lambda: one.led == set(VENUES), what="both venues again")
    assert dict(one.leases.epochs()) == before


async def test_venues_go_where_they_are_on(start):
    one, other = start(["SIM"]), start(["COINBASE"])
    await wait_for(lambda: (one.led, other.led) == ({"SIM"}, {"COINBASE"}), what="each its own")


def test_later_reigns_sort_after_earlier_ones():
    assert epoch_of(1_700_000_000_000, "ffffff") < epoch_of(1_700_000_000_001, "000000")
    assert Sole(["SIM"]).epochs().keys() == {"SIM"} and not Sole(["SIM"]).serves("COINBASE")
