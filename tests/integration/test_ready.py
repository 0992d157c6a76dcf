"""When a web process is not ready, and how soon it says so: what it needs hangs, or no prices come."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.integration.client import Client
from tests.integration.conftest import Desk
from tests.program import LiveProgram
from tests.support import wait_for, wait_until

pytestmark = pytest.mark.live
COINBASE, SIM = "COINBASE:BTC-USD", "SIM:BTC-USD"
QUICK = 2.0  # seconds in which /readyz answers, whatever hangs
SLACK = 3.0  # that a machine with much to do may add


def asked(program: LiveProgram, path: str = "/readyz") -> httpx.Response:
    return httpx.get(program.url + path, timeout=30, trust_env=False)


async def until_ready(program: LiveProgram, well: Callable[[dict], bool], what: str) -> dict:
    """Wait for an answer of /readyz that `well` is content with, and return it; each has to come at once."""

    async def look() -> dict | None:
        began = time.monotonic()
        answer = await asyncio.to_thread(asked, program)
        assert time.monotonic() - began < QUICK + SLACK
        said = answer.json()
        assert answer.status_code == (200 if all(said["checks"].values()) else 503)
        assert ("error" in said) is (answer.status_code == 503)
        return said if well(said) else None

    return await wait_for(look, 40, what)


def is_ready(said: dict) -> bool:
    return all(said["checks"].values())


@pytest.mark.parametrize(("process", "part"), [("valkey", "channel_layer"), ("worker", "worker")])
async def test_what_hangs_is_named_at_once(live_program, process, part):
    program = live_program(WATCH=SIM)
    await until_ready(program, is_ready, "a ready program")
    pid = program.children()[process]
    os.kill(pid, signal.SIGSTOP)
    try:
        said = await until_ready(program, lambda said: not said["checks"][part], f"no {part}")
        assert part in said["error"]["message"] and said["checks"]["database"]
        said = await until_ready(program, lambda said: not said["checks"]["prices"], "no prices")
        assert "no prices: SIM is stale" in said["error"]["message"]
    finally:
        os.kill(pid, signal.SIGCONT)
    await until_ready(program, is_ready, "a ready program again")


async def test_without_prices_of_the_one_wanted_venue_it_is_not_ready(start_desk):
    desk: Desk = start_desk(rate=10)
    program = desk.program
    await until_ready(program, is_ready, "a ready program")
    async with Client(program) as client:
        await client.subscribe(COINBASE)
        await client.prices(COINBASE, 1, 20)
        assert (await until_ready(program, is_ready, "a ready program"))["venues"] == {"COINBASE": "ok"}
        desk.coinbase.refuse_connects(seconds=600)
        dropping = asyncio.create_task(desk.at(desk.coinbase.drop()))
        desk.coinbase.html()
        said = await until_ready(program, lambda said: not said["checks"]["prices"], "no prices")
        await dropping
        assert "COINBASE is" in said["error"]["message"] and said["venues"]["COINBASE"].startswith("is ")
        assert said["checks"]["worker"] and said["checks"]["channel_layer"] and said["checks"]["loop"]
        await client.subscribe(SIM)  # another venue brings prices: ready again, and the trouble is still told
        said = await until_ready(program, is_ready, "ready by another venue")
        assert said["venues"]["SIM"] == "ok" and "COINBASE" in said["venues"]
        await client.say("unsubscribe", symbols=[SIM])
        await until_ready(program, lambda said: not said["checks"]["prices"], "no prices again")
        desk.coinbase.healthy()
        await until_ready(program, is_ready, "a venue that is back")


def test_a_process_that_was_stopped_says_so_and_is_well_soon(live_program):
    program = live_program()
    wait_until(lambda: program.status("/readyz") == 200, 30, "a ready program")
    web = program.children()["web"]
    os.kill(web, signal.SIGSTOP)
    with ThreadPoolExecutor() as pool:  # they ask meanwhile, and are the first to be answered
        try:
            asking = [pool.submit(asked, program, path) for path in ("/healthz", "/readyz")]
            time.sleep(5.6)  # a loop that turns again is late by as long as it was held up
        finally:
            os.kill(web, signal.SIGCONT)
        answers = [each.result() for each in asking]
    assert [answer.status_code for answer in answers] == [503, 503]
    assert all("late" in answer.json()["error"]["message"] for answer in answers)
    wait_until(lambda: program.status("/healthz") == 200, 30, "a web that is well")
    wait_until(lambda: program.status("/readyz") == 200, 30, "a ready program")


def test_metrics_are_not_told_through_a_proxy_and_by_address_to_anybody(live_program):
    program = live_program()
    assert asked(program, "/metrics").status_code == 200
    through = httpx.get(f"{program.url}/metrics", headers={"X-Forwarded-For": "10.0.0.9"}, trust_env=False)
    assert through.status_code == 403 and through.json()["error"]["code"] == "forbidden"
    for path, status in (("/metrics", 200), ("/healthz", 200), ("/", 400), ("/api/venues", 400)):
        answer = httpx.get(f"{program.url}{path}", headers={"Host": "10.9.8.7:8000"}, trust_env=False)
        assert answer.status_code == status
    for path in ("/metrics", "/healthz", "/readyz"):
        answer = httpx.get(f"{program.url}{path}", headers={"Host": "evil.example"}, trust_env=False)
        assert answer.status_code == 400
