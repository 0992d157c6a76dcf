"""The socket's contract, walked through over a real socket of the whole program."""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import pytest

from tests.integration.client import Client
from tests.program import LiveProgram
from tests.support import wait_until

pytestmark = pytest.mark.live
BTC, ETH = "SIM:BTC-USD", "SIM:ETH-USD"


@pytest.fixture(scope="module")
def program() -> LiveProgram:
    with LiveProgram(VENUES="SIM", SIM_RATE="20") as running:
        wait_until(lambda: running.status("/readyz") == 200, 20, "a ready program")
        yield running


@pytest.fixture(scope="module")
def mute(program: LiveProgram) -> Iterator[Future[tuple[int | None, int, float]]]:
    """A socket that reads and never acknowledges, begun with the file so that no test waits for it long:
    its close code, its updates, and the seconds from its last update to its end."""
    over = Event()
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(asyncio.run, never_acknowledge(program, over))
        over.set()


async def never_acknowledge(program: LiveProgram, over: Event) -> tuple[int | None, int, float]:
    async with Client(program, acking=False) as client:
        await client.subscribe(BTC)
        await client.wait_for(lambda: client.close_code or over.is_set(), 60, "the end of the socket")
        return client.close_code, client.updates, time.monotonic() - client.when(client.of("update")[-1])


@pytest.fixture(autouse=True)
def with_a_mute_socket_beside(mute: Future[tuple[int | None, int, float]]) -> None:
    """Every test of this file has a neighbour that takes nothing."""


async def test_hello_comes_first_and_then_how_each_venue_is(program):
    async with Client(program) as client:
        await client.frame("status", venue="SIM")
        hello, status = client.frames[:2]
        assert hello["type"] == "hello" and hello["v"] == 1
        assert abs(hello["server_time"] - time.time() * 1000) < 5_000
        assert (hello["window"], hello["heartbeat"], hello["max_symbols"]) == (16, 5, 200)
        assert (status["type"], status["venue"]) == ("status", "SIM")
        assert set(status) == {"type", "venue", "state", "since", "reason"}
        assert client.ws.subprotocol == "ticker.v1"


async def test_without_the_subprotocol_the_socket_serves_as_well(program):
    async with Client(program, subprotocols=None) as client:
        await client.frame("hello")
        assert client.ws.subprotocol is None


async def test_lower_case_in_upper_case_out_and_each_refusal_with_its_reason(program):
    async with Client(program) as client:
        asked = ["sim:btc-usd", "FOO:BAR", "SIM:NO-SUCH", "nonsense", "SIM:BTC-USD"]
        await client.say("subscribe", id="mine", symbols=asked)
        answer = await client.frame("subscribed", id="mine")
        assert answer["symbols"] == [BTC]
        assert set(answer["rejected"]) == {"FOO:BAR", "SIM:NO-SUCH", "nonsense"}
        assert "unknown venue FOO" in answer["rejected"]["FOO:BAR"]
        snapshot = await client.frame("snapshot", symbol=BTC)
        assert (snapshot["trades"], snapshot["bars"]) == ([], {})  # the default is the quote alone
        await client.prices(BTC, 3)
        assert client.told("trades") == client.told("bars") == []
        assert len(client.of("snapshot")) == 1


async def test_a_snapshot_and_then_every_change_once_in_order(program):
    async with Client(program) as client:
        await client.subscribe(BTC, streams=("quote", "trades"))
        first = client.of("snapshot")[0]
        await client.say("rate", max=20)
        await client.wait_for(lambda: len(client.told("trades")) >= 30, what="30 trades")
        quotes = client.told("quotes")
        assert quotes[0]["seq"] > first["seq"]
        seqs = [quote["seq"] for quote in quotes]
        assert seqs == sorted(set(seqs))  # the client counts a seq that goes back as a breach, too
        times = [trade["time"] for trade in client.told("trades")]
        assert times == sorted(times)
        assert client.quotes[BTC]["last"] == client.told("trades")[-1]["price"]


def states_told(client: Client) -> set[int]:
    """Return the numbers of the states that a client was told of its one symbol."""
    return {told["seq"] for told in [*client.of("snapshot"), *client.told("quotes")]}


async def test_the_extremes_and_ticks_of_what_a_slow_socket_did_not_see(program):
    async with Client(program) as fast, Client(program) as slow:
        await slow.say("rate", max=0.8)
        await fast.say("rate", max=20)
        for client in (fast, slow):
            await client.subscribe(BTC)
        shared = await slow.wait_for(
            lambda: len(both := states_told(fast) & states_told(slow)) >= 3 and both,
            30,
            "three shared states",
        )
        start, end = min(shared), max(shared)
        between = [quote for quote in fast.told("quotes") if start < quote["seq"] <= end]
        folded = [quote for quote in slow.told("quotes") if start < quote["seq"] <= end]
        assert len(between) > len(folded)
        assert max(quote["hi"] for quote in folded) == max(quote["hi"] for quote in between)
        assert min(quote["lo"] for quote in folded) == min(quote["lo"] for quote in between)
        assert sum(quote["merged"] for quote in folded) == sum(quote["merged"] for quote in between)


async def test_unsubscribe_ends_it_whole_or_by_stream(program):
    async with Client(program) as client:
        await client.subscribe(BTC, ETH, streams=("quote", "trades"))
        await client.say("unsubscribe", id=5, symbols=["sim:btc-usd"])
        await client.frame("unsubscribed", id=5, symbols=[BTC])
        await client.say("unsubscribe", id=6, symbols=[ETH], streams=["trades"])
        await client.frame("unsubscribed", id=6, symbols=[ETH])
        since = len(client.frames)
        await client.prices(ETH, 4)
        assert {quote["symbol"] for quote in client.told("quotes", since)} == {ETH}
        assert client.told("trades", since) == []


async def test_a_second_stream_of_a_symbol_brings_a_snapshot_with_it(program):
    async with Client(program) as client:
        await client.subscribe(BTC)
        await client.prices(BTC, 3)
        since = len(client.frames)
        await client.subscribe(BTC, streams=("trades", "bars:1s"))
        snapshot = await client.frame("snapshot", since, symbol=BTC)
        assert snapshot["trades"] and set(snapshot["bars"]) == {"1s"}


@pytest.mark.parametrize("rate", [2, 5])
async def test_a_socket_gets_no_more_updates_a_second_than_it_asked_for(program, rate):
    async with Client(program) as client:
        await client.say("rate", max=rate)
        await client.subscribe(BTC)
        await client.wait_for(lambda: client.updates >= 2 * rate + 1, what="two seconds of updates")
        times = [client.when(frame) for frame in client.of("update")]
        assert 1.8 < times[2 * rate] - times[0] < 6.0


async def test_paused_nothing_comes_and_then_one_frame_with_the_newest(program):
    async with Client(program) as paused, Client(program) as other:
        for client in (paused, other):
            await client.subscribe(BTC, ETH)
        await paused.say("pause")
        await paused.say("ping", time=1)
        await paused.frame("pong")
        since = len(paused.frames)
        seen = len(other.frames)
        await other.wait_for(lambda: len(other.told("quotes", seen)) >= 40, what="40 prices")
        assert paused.frames[since:] == []
        newest = dict(other.seqs)
        await paused.say("resume")
        await paused.wait_for(lambda: paused.of("update", since), what="an update")
        [update] = paused.of("update", since)
        assert len(paused.frames) == since + 1
        assert {quote["symbol"] for quote in update["quotes"]} == {BTC, ETH}
        assert all(quote["seq"] >= newest[quote["symbol"]] for quote in update["quotes"])
        assert all(quote["merged"] > 5 for quote in update["quotes"])


async def test_a_ping_is_answered_with_its_own_time(program):
    async with Client(program) as client:
        await client.say("ping", time=12345.5)
        pong = await client.frame("pong", time=12345.5)
        assert abs(pong["server_time"] - time.time() * 1000) < 5_000


async def test_a_heartbeat_after_five_silent_seconds(program):
    async with Client(program) as client:
        beat = await client.frame("heartbeat", timeout=7)
        before = client.times[client.frames.index(beat) - 1]
        assert 4.9 < client.when(beat) - before < 6.0


async def test_without_acks_sixteen_updates_then_one_that_holds_all_that_came(program):
    async with Client(program, acking=False) as client, Client(program) as other:
        await client.say("rate", max=20)
        await client.subscribe(BTC, ETH, streams=("quote", "trades"))
        await other.subscribe(BTC, ETH, streams=("quote", "trades"))
        await client.wait_for(lambda: client.updates == 16, what="a full window")
        since = len(other.frames)
        await other.wait_for(lambda: len(other.told("quotes", since)) >= 20, what="20 prices more")
        await client.say("ping", time=2)
        await client.frame("pong", time=2)
        assert client.updates == 16
        newest = dict(other.seqs)
        before = len(client.frames)
        await client.say("ack", n=12)
        await client.wait_for(lambda: client.updates > 16, what="an update after the ack")
        first = client.of("update", before)[0]
        assert sorted(quote["symbol"] for quote in first["quotes"]) == [BTC, ETH]
        assert all(quote["seq"] >= newest[quote["symbol"]] for quote in first["quotes"])
        await client.wait_for(lambda: client.updates == 28, what="twelve updates more")
        assert set(other.trades[BTC]) - set(client.trades[BTC]) <= set(list(other.trades[BTC])[-100:])
        await client.say("ack", n=29)
        refusal = await client.frame("error", code="bad_message")
        assert "29 was never sent" in refusal["message"]


async def test_bars_are_formed_and_close_by_the_clock(program):
    async with Client(program) as client:
        await client.subscribe(BTC, streams=("bars:1s", "bars:1m", "bars:5m"))
        snapshot = client.of("snapshot")[0]
        assert set(snapshot["bars"]) == {"1s", "1m", "5m"}
        await client.wait_for(
            lambda: {bar["interval"] for bar in client.told("bars")} == {"1s", "1m", "5m"},
            what="a bar of each interval",
        )
        assert client.told("quotes") == []  # only what was asked for
        for bar in client.told("bars"):
            assert bar["time"] % {"1s": 1_000, "1m": 60_000, "5m": 300_000}[bar["interval"]] == 0
            assert (
                bar["low"] <= min(bar["open"], bar["close"]) <= max(bar["open"], bar["close"]) <= bar["high"]
            )
        since = len(client.frames)
        await client.wait_for(
            lambda: any(bar["closed"] for bar in client.told("bars", since)), what="a closed bar"
        )
        now = time.time() * 1000
        closed = next(bar for bar in client.told("bars", since) if bar["closed"])
        assert closed["time"] + 1_000 <= now < closed["time"] + 3_000


async def test_a_quiet_symbol_has_its_bar_closed_too(start_desk):
    desk = start_desk()
    async with Client(desk.program) as client:
        await client.subscribe("COINBASE:BTC-USD", streams=("quote", "bars:1s"))
        await desk.at(desk.coinbase.subscribed("BTC-USD"))
        trade = await desk.at(desk.coinbase.send_trade("BTC-USD", 50_000.0, 0.5))
        start = trade.time - trade.time % 1_000
        bars = client.bars.setdefault(("COINBASE:BTC-USD", "1s"), {})
        await client.wait_for(lambda: bars.get(start, {}).get("closed"), 3, "the closed bar")
        assert time.time() * 1000 < start + 3_000
        bar = bars[start]
        assert [bar[key] for key in ("open", "high", "low", "close", "volume", "trades")] == (
            [50_000.0] * 4 + [0.5, 1]
        )


def test_who_never_acknowledges_is_closed_after_half_a_minute(mute):
    code, updates, seconds = mute.result(60)
    assert (code, updates) == (4408, 16)
    assert 28 < seconds < 40
