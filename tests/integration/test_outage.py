"""A Redis that is not there yet, and one that goes for a while: sockets stay, say so, and go on."""

import asyncio
import os
import signal
import time

import pytest
import redis

from feeds import wire
from tests.integration.client import Client
from tests.program import LiveProgram
from tests.support import ValkeyServer, wait_for, wait_until
from ticker.embedded import private_folder

pytestmark = pytest.mark.live
BTC, ETH = "SIM:BTC-USD", "SIM:ETH-USD"
SHOWN, BACK = 11.0, 25.0  # s; the figures are 11 and 14 s, and a busy machine takes longer


async def test_a_redis_that_comes_late_and_goes_and_comes_again():
    server = ValkeyServer(private_folder())
    with LiveProgram(VENUES="SIM", SIM_RATE="20", REDIS_URL=server.url) as program:
        assert program.status("/") == 200
        assert program.status("/readyz") == 503
        async with Client(program) as client:
            await client.say("subscribe", symbols=[BTC], streams=["quote", "trades"])
            await client.frame("subscribed")
            await client.status("SIM", "stale", timeout=SHOWN)
            server.start()
            await client.status("SIM", "live", timeout=BACK)
            await client.prices(BTC, 3, BACK)

            since, epoch = len(client.frames), client.epochs[BTC]
            server.stop()
            gone = time.monotonic()
            status = await client.status("SIM", "stale", since=since, timeout=SHOWN)
            assert time.monotonic() - gone < SHOWN and status["reason"]
            await client.say("subscribe", id=2, symbols=[ETH])  # asked for while nobody can serve it
            await client.frame("subscribed", id=2)
            server.start()
            since = len(client.frames)
            await client.frame("snapshot", since, timeout=BACK, symbol=BTC)  # something was lost meanwhile
            for symbol in (BTC, ETH):
                await client.prices(symbol, 3, BACK)
            await client.status("SIM", "live", since=since)
            assert client.epochs[BTC] == epoch  # the worker ran all the time
            assert client.close_code is None
        wait_until(lambda: program.status("/readyz") == 200, 10, "a ready program")
        with redis.Redis.from_url(server.url) as line:
            subscribers = dict(line.pubsub_numsub(*line.pubsub_channels("*")))
        # Control, workers, sessions, the hub's answers; and the hub's own channel and the worker's two.
        groups = len(wire.MARKET_GROUPS) + 4
        assert len(subscribers) == groups + 3 and set(subscribers.values()) == {1}
    server.stop()


async def test_a_web_process_that_ends_sends_its_sockets_to_the_next(live_program):
    program = live_program()
    async with Client(program) as one, Client(program) as two:
        for client in (one, two):
            await client.subscribe(BTC)
        web = program.children()["web"]
        os.kill(web, signal.SIGTERM)
        for client in (one, two):
            await client.wait_for(lambda client=client: client.close_code, 2, "the end of the socket")
            assert client.close_code == 4503
    await wait_for(lambda: program.children().get("web", web) != web, 10, "another web process")
    await asyncio.to_thread(wait_until, program.is_healthy, 10, "its health")
    async with Client(program) as again:
        await again.subscribe(BTC)
        await again.prices(BTC, 2)
        assert program.interrupt() < 10  # with a socket open; the figure is 5 s
