"""Several servers: losing one costs the symbols whose groups it carries, and nothing else."""

import time

import pytest

from feeds import wire
from tests.growing.desk import Desk
from tests.growing.servers import Sentinel, Server
from tests.integration.client import Client
from tests.support import wait_for

pytestmark = pytest.mark.live
LONG = 30.0
PATIENT = 90.0  # a Sentinel that a busy machine held up trusts nobody for 30 s
SYMBOLS = ("SIM:BTC-USD", "SIM:ETH-USD", "SIM:SOL-USD", "SIM:EUR-USD")


def of_half(second: bool) -> str:
    """Return a symbol whose group the first, or the second, of two servers carries."""
    half = wire.MARKET_GROUPS[wire.SHARDS // 2 :] if second else wire.MARKET_GROUPS[: wire.SHARDS // 2]
    return next(symbol for symbol in SYMBOLS if wire.group_of(symbol) in half)


async def test_a_lost_server_costs_its_symbols_only_and_they_come_again_with_it():
    kept, lost = of_half(False), of_half(True)
    with Server() as first, Server() as second:
        async with Desk(f"{first.url},{second.url}") as desk, Client(desk) as client:
            await client.subscribe(kept, lost)
            for symbol in kept, lost:
                await client.prices(symbol, 3, LONG)
            with second.client() as line:
                assert len(line.pubsub_channels("*market.*")) == wire.SHARDS // 2

            second.kill()
            since = len(client.frames)
            await client.frame("snapshot", since, LONG, symbol=lost)  # found missing, and asked for whole
            since = len(client.frames)
            await client.prices(kept, 20, LONG)
            assert {quote["symbol"] for quote in client.told("quotes", since)} == {kept}

            second.start()
            for symbol in kept, lost:
                await client.prices(symbol, 3, LONG)
            assert client.close_code is None
    assert "Traceback" not in desk.log, desk.log


async def test_sentinel_leads_to_the_server_that_took_over():
    with (
        Server("--repl-diskless-sync-delay", "0") as master,
        Server("--replicaof", "127.0.0.1", str(master.port)) as replica,
        Sentinel(master, "main") as sentinel,
    ):
        await wait_for(lambda: sentinel.knows_a_replica("main"), PATIENT, "a replica known to Sentinel")
        url = f"redis+sentinel://127.0.0.1:{sentinel.port}/main"
        async with Desk(url) as desk, Client(desk) as client:
            await client.subscribe(SYMBOLS[0])
            await client.prices(SYMBOLS[0], 3, PATIENT)
            old, new = (replica, master) if sentinel.master("main") == replica.port else (master, replica)
            old.kill()
            since, gone = len(client.frames), time.monotonic()
            with new.client() as line:
                await wait_for(lambda: line.role()[0] == "master", PATIENT, "the replica to be the master")
                await wait_for(lambda: line.pubsub_channels("*market.*"), PATIENT, "a hub that listens there")
            await client.frame("snapshot", since, PATIENT)
            await client.prices(SYMBOLS[0], 3, PATIENT)
            print(f"prices {time.monotonic() - gone:.1f} s after the master was killed")
            assert client.close_code is None
    assert "Traceback" not in desk.log, desk.log
