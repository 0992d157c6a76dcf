"""Both channel layers carry the same desk: its story, a flushed and a restarted Redis, a restarted worker."""

import signal

import pytest

from tests.growing.desk import Desk
from tests.growing.servers import Server
from tests.integration.client import Client

pytestmark = pytest.mark.live
BTC, ETH = "SIM:BTC-USD", "SIM:ETH-USD"
LONG = 30.0  # seconds that anything may take on a busy machine


@pytest.mark.parametrize("layer", ["pubsub", "core"])
async def test_the_story_and_what_may_happen_to_it(layer):
    with Server() as server:
        async with (
            Desk(server.url, webs=2, CHANNEL_LAYER=layer) as desk,
            Client(desk) as one,
            Client(desk) as two,  # of the other web process
        ):
            await tell_the_story(desk, server, one, two)
        # The core layer's own tasks tell nobody but the log that Redis went away.
        assert layer == "core" or "Traceback" not in desk.log, desk.log


async def tell_the_story(desk: Desk, server: Server, one: Client, two: Client) -> None:
    await one.subscribe(BTC, streams=("quote", "trades", "bars:1s"))
    await two.subscribe(BTC, ETH)
    await both(one, two)
    await one.wait_for(lambda: one.trades[BTC] and one.bars, LONG, "trades and bars")
    epoch = one.epochs[BTC]

    with server.client() as line:
        line.flushall()
    await both(one, two)

    server.kill()
    since = len(one.frames)
    await one.status("SIM", "stale", since=since, timeout=LONG)
    server.start()
    await both(one, two)
    await one.status("SIM", "live", since=since, timeout=LONG)

    desk.workers[0].send(signal.SIGKILL)
    await desk.workers[0].ended()
    desk.workers[0].start()
    for client in one, two:
        await client.wait_for(lambda client=client: client.epochs[BTC] > epoch, LONG, "a new epoch")
    await both(one, two)


async def both(*clients: Client) -> None:
    """Wait until each was told three prices, on the socket that it has had from the beginning."""
    for client in clients:
        await client.prices(BTC, 3, LONG)
        assert client.close_code is None
