"""What a desk sees of faults: the venue concerned says so, the others run on, all comes back by itself."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from itertools import pairwise

import pytest

from tests.fakes.coinbase import ticker
from tests.fakes.venue import FakeVenue
from tests.integration.client import Client
from tests.integration.conftest import Desk
from tests.support import wait_for, wait_until

pytestmark = pytest.mark.live
COINBASE, KRAKEN, SIM = SYMBOLS = ("COINBASE:BTC-USD", "KRAKEN:BTC-USD", "SIM:BTC-USD")
NOT_LIVE = ("stale", "reconnecting", "down")
SHOWN = 11.0  # seconds within which a desk knows that a price is not live
BACK = 25.0  # s in which prices run again once nothing is in their way; the figure is 14 s, undisturbed


@pytest.fixture(scope="module")
def desk(start_desk) -> Desk:
    running = start_desk(rate=10, SIM_RATE="10")
    wait_until(lambda: running.program.status("/readyz") == 200, 20, "a ready program")
    return running


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[Client]:
    """A socket that sees all three venues live, before the fault and again after it."""
    async with Client(desk.program) as client:
        await client.subscribe(*SYMBOLS, streams=("quote", "trades"))
        await all_live(client)
        yield client
        desk.coinbase.healthy()
        desk.kraken.healthy()
        await all_live(client)
        assert client.close_code is None


async def all_live(client: Client) -> None:
    for symbol in SYMBOLS:
        await client.prices(symbol, 2, BACK)
    await client.wait_for(
        lambda: all(client.venues[symbol.partition(":")[0]]["state"] == "live" for symbol in SYMBOLS),
        BACK,
        "live venues",
    )


def longest_gap(client: Client, symbol: str, since: int) -> float:
    """Return the longest time (s) from frame `since` to now without a price of a symbol."""
    frames = zip(client.times[since:], client.frames[since:], strict=True)
    times = [
        at for at, frame in frames if any(quote["symbol"] == symbol for quote in frame.get("quotes") or ())
    ]
    moments = [client.times[since - 1], *times, time.monotonic()]
    return max(after - before for before, after in pairwise(moments))


def was_stale(client: Client, symbol: str, since: int) -> bool:
    """Tell whether a price was said to be stale since a frame; it may be live again by now."""
    frames = [frame for frame in client.frames[since:] if frame["type"] in ("update", "snapshot")]
    quotes = [quote for frame in frames for quote in frame.get("quotes", [frame.get("quote")]) if quote]
    return any(quote["symbol"] == symbol and quote["state"] == "stale" for quote in quotes)


async def not_live_and_back(client: Client, symbol: str, heal: Callable[[], None] = lambda: None) -> None:
    """Wait until the desk is told that a venue is not live, let it heal, wait until prices run again."""
    since, began = len(client.frames), time.monotonic()
    venue = symbol.partition(":")[0]
    status = await client.status(venue, *NOT_LIVE, since=since, timeout=SHOWN)
    assert status["reason"]
    await client.wait_for(lambda: was_stale(client, symbol, since), SHOWN, "a stale price")
    assert time.monotonic() - began < SHOWN
    heal()
    healed = len(client.frames)
    await client.prices(symbol, 2, BACK)
    await client.status(venue, "live", since=healed)
    for other in set(SYMBOLS) - {symbol}:
        assert longest_gap(client, other, since) < 6.0
    others = {f["venue"] for f in client.of("status", since)} - {venue}
    assert others == set()


# ------------------------------------------------------------------------- the line to a venue
@pytest.mark.parametrize("code", [None, 1001])
async def test_a_venue_whose_socket_drops(desk, client, code):
    connects = desk.coinbase.connects
    desk.coinbase.refuse_connects(seconds=0.5)  # so that the desk can see it: else it may be back at once
    dropping = asyncio.create_task(desk.at(desk.coinbase.drop(code)))
    await not_live_and_back(client, COINBASE)
    await dropping
    assert desk.coinbase.connects == connects + 1


async def test_a_venue_that_falls_silent_with_its_socket_open(desk, client):
    desk.kraken.stall()
    await not_live_and_back(client, KRAKEN, desk.kraken.resume)


async def test_a_venue_that_refuses_connections_for_a_while(desk, client):
    desk.kraken.refuse_connects(seconds=4)
    refused = desk.kraken.refused
    dropping = asyncio.create_task(desk.at(desk.kraken.drop()))
    await not_live_and_back(client, KRAKEN)
    await dropping
    assert 1 <= desk.kraken.refused - refused <= 8


async def test_a_venue_that_answers_everything_with_a_web_page(desk, client):
    desk.coinbase.html()
    dropping = asyncio.create_task(desk.at(desk.coinbase.drop()))
    await not_live_and_back(client, COINBASE, desk.coinbase.healthy)
    await dropping


async def test_a_line_with_too_many_unreadable_frames_is_opened_anew(desk, client):
    connects = desk.kraken.connects
    desk.kraken.refuse_connects(seconds=0.5)

    async def babble() -> None:
        for _ in range(6):
            await desk.kraken.raw('{"channel":"ticker"')

    babbling = asyncio.create_task(desk.at(babble()))
    await not_live_and_back(client, KRAKEN)
    await babbling
    assert desk.kraken.connects == connects + 1


# ------------------------------------------------------------------------- words of a venue
async def test_what_a_venue_says_wrong_costs_one_frame(desk, client):
    """Unreadable, without a price, of a product nobody asked for, of a kind that is new."""
    connects = desk.coinbase.connects
    trade, quote = desk.coinbase.market.events("BTC-USD", 0, 3_600_000)[0]
    frame = ticker("BTC-USD", trade, quote) | {"time": "2020-01-01T00:00:00Z"}
    since = len(client.frames)
    for wrong in ('{"type":', '"7"', '{"type":"weather"}'):
        await desk.at(desk.coinbase.raw(wrong))
    for changed in ({"price": None}, {"price": "NaN"}, {"price": "-1"}, {"product_id": "NO-SUCH"}):
        await desk.at(send(desk.coinbase, frame | changed))
    await client.prices(COINBASE, 5)
    assert desk.coinbase.connects == connects
    told = [quote["last"] for quote in client.told("quotes", since) if quote["symbol"] == COINBASE]
    prices = {trade.price for native, trade in list(desk.coinbase.trades) if native == "BTC-USD"}
    assert set(told) <= prices
    assert client.of("status", since) == []


async def send(fake: FakeVenue, message: dict) -> None:
    for line in list(fake.lines):
        await line.send(message)


async def test_a_product_that_the_venue_will_not_serve_is_refused_by_name(desk, client):
    path = desk.coinbase.market.products.pop("DOGE-USD")
    try:
        await client.say("subscribe", id=1, symbols=["COINBASE:DOGE-USD"])
        error = await client.frame("error", code="unknown_symbol", timeout=5)
        assert "COINBASE:DOGE-USD" in error["message"] and "not a valid product" in error["message"]
        await client.prices(COINBASE, 3)
        async with Client(desk.program) as late:  # who comes later hears it as well
            await late.say("subscribe", id=1, symbols=["COINBASE:DOGE-USD"])
            await late.frame("error", code="unknown_symbol", timeout=5)
    finally:
        desk.coinbase.market.products["DOGE-USD"] = path


# ------------------------------------------------------------------------- our own parts
async def test_a_worker_that_is_killed(desk, client):
    since, epoch, began = len(client.frames), client.epochs[SIM], time.monotonic()
    desk.program.kill("worker")
    for symbol in SYMBOLS:
        snapshot = await client.frame("snapshot", since, timeout=BACK, symbol=symbol)
        assert snapshot["epoch"] > epoch
    for symbol in SYMBOLS:
        await client.prices(symbol, 2, BACK)
    assert time.monotonic() - began < BACK
    assert len({epoch.partition("-")[2] for epoch in client.epochs.values()}) == 1
    assert client.close_code is None


async def test_a_worker_that_hangs(desk, client):
    epoch = client.epochs[SIM]
    worker = desk.program.children()["worker"]
    since = len(client.frames)
    os.kill(worker, signal.SIGSTOP)
    try:
        for venue in ("COINBASE", "KRAKEN", "SIM"):
            status = await client.status(venue, *NOT_LIVE, since=since, timeout=SHOWN)
            assert status["reason"] == "the feed worker does not answer"
    finally:
        os.kill(worker, signal.SIGCONT)
    await all_live(client)
    assert client.epochs[SIM] == epoch


async def test_a_valkey_that_is_killed(desk, client):
    since, began = len(client.frames), time.monotonic()
    desk.program.kill("valkey")
    await wait_for(lambda: "valkey" in desk.program.children(), what="another Valkey")
    for symbol in SYMBOLS:
        await client.prices(symbol, 2, BACK)
        assert longest_gap(client, symbol, since) < BACK
    assert time.monotonic() - began < BACK
    await holds_what_the_venue_says(desk, client)


async def test_both_at_once(desk, client):
    began = time.monotonic()
    desk.program.kill("valkey")
    desk.program.kill("worker")
    since = len(client.frames)
    for symbol in SYMBOLS:
        await client.frame("snapshot", since, timeout=BACK, symbol=symbol)
        await client.prices(symbol, 2, BACK)
    assert time.monotonic() - began < BACK
    await holds_what_the_venue_says(desk, client)


async def holds_what_the_venue_says(desk: Desk, client: Client) -> None:
    """A trade that happens now is what the desk shows next: nothing old, nothing lost."""
    desk.coinbase.ticking(False)
    try:
        trade = await desk.at(desk.coinbase.send_trade("BTC-USD", 12_345.67, 1.5))
        await client.wait_for(lambda: client.quotes[COINBASE]["last"] == 12_345.67, 3, "the newest price")
        await client.wait_for(lambda: trade.id in client.trades[COINBASE], 3, "the newest trade")
    finally:
        desk.coinbase.ticking(True)
