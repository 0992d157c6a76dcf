"""Feeds follow what desks ask for: at once, for all of them together, and after a restart by themselves."""

import time

import pytest

from tests.integration.client import Client
from tests.integration.conftest import Desk
from tests.support import wait_until

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def desk(start_desk) -> Desk:
    running = start_desk(rate=20, SIM_RATE="40")
    wait_until(lambda: running.program.status("/readyz") == 200, 20, "a ready program")
    return running


@pytest.mark.parametrize("symbol", ["COINBASE:SOL-USD", "KRAKEN:ETH-USD", "SIM:XRP-USD", "COINBASE:XRP-USD"])
async def test_a_new_symbol_has_a_price_within_a_second(desk, symbol):
    async with Client(desk.program) as client:
        await client.frame("status")
        began = time.monotonic()
        await client.say("subscribe", symbols=[symbol])
        await client.wait_for(lambda: client.quotes.get(symbol, {}).get("last"), 5, "a price")
        assert time.monotonic() - began < 3.0  # the figure is 1 s; a busy machine takes longer


async def test_a_venue_is_asked_once_for_what_many_desks_want(desk):
    asked = [text for text in desk.coinbase.heard if "BTC-USD" in text]
    assert asked == []
    async with Client(desk.program) as one, Client(desk.program) as two:
        for client in (one, two, one):
            await client.subscribe("COINBASE:BTC-USD", streams=("quote", "trades"))
        for client in (one, two):
            await client.prices("COINBASE:BTC-USD", 2)
        await one.say("unsubscribe", id=1, symbols=["COINBASE:BTC-USD"])
        await one.frame("unsubscribed", id=1)
        await two.prices("COINBASE:BTC-USD", 2)
    asked = [text for text in desk.coinbase.heard if "BTC-USD" in text]
    assert len(asked) == 1 and '"subscribe"' in asked[0]


async def test_a_worker_that_begins_anew_learns_by_itself_what_is_wanted(desk):
    async with Client(desk.program) as client:
        await client.subscribe("KRAKEN:SOL-USD")
        await desk.at(desk.kraken.subscribed("SOL/USD"))
        heard = len(desk.kraken.heard)
        desk.program.kill("worker")
        began = time.monotonic()
        await desk.at(desk.kraken.until(lambda: not desk.kraken.lines))
        await desk.at(desk.kraken.subscribed("SOL/USD", 25))
        assert time.monotonic() - began < 25  # the figure is 14 s
        assert any("SOL/USD" in text for text in list(desk.kraken.heard)[heard:])
        await client.prices("KRAKEN:SOL-USD", 2)


async def test_a_page_that_is_loaded_again_goes_on_at_once(desk):
    """The old socket leaves while the new one subscribes: what is given back is wanted in the same moment."""
    symbol = "SIM:ETH-USD"
    old = await Client(desk.program).__aenter__()
    await old.subscribe(symbol, streams=("quote", "trades"))
    for _ in range(25):
        new = await Client(desk.program).__aenter__()
        await new.frame("status")
        await old.say("unsubscribe", symbols=[symbol])
        await new.say("subscribe", symbols=[symbol], streams=["quote", "trades"])
        await old.__aexit__(None, None, None)
        await new.prices(symbol, 1, timeout=3)
        old = new
    await old.__aexit__(None, None, None)
