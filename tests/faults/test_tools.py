"""The tools: a toxic does what it is called, the checker finds what is wrong, a plan is its seed's."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from feeds.market import Trade
from tests.faults import checker
from tests.faults.fleet import Ended, Page, Seen
from tests.faults.nemesis import Nemesis, planned
from tests.faults.proxy import Proxy, Streams
from tests.faults.raw import close_code, frame
from tests.faults.venue import FaultyCoinbase
from tests.faults.wiretap import Heard

BTC = "COINBASE:BTC-USD"
SOON = 10.0


@asynccontextmanager
async def echoing() -> AsyncIterator[tuple[Proxy, Streams]]:
    """Give a link to a server that says again what it hears, and a connection over it."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65_536):
                writer.write(data)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with Proxy(f"127.0.0.1:{server.sockets[0].getsockname()[1]}") as link:
        streams = await asyncio.open_connection("127.0.0.1", link.port)
        try:
            yield link, streams
        finally:
            streams[1].close()
            server.close()


async def said(streams: Streams, text: bytes) -> float:
    """Say something and wait for its echo; return the seconds that it took."""
    began = time.monotonic()
    streams[1].write(text)
    async with asyncio.timeout(SOON):
        assert await streams[0].readexactly(len(text)) == text
    return time.monotonic() - began


async def test_a_link_without_a_toxic_carries_all_and_counts_it():
    async with echoing() as (link, streams):
        await said(streams, b"x" * 300_000)
        assert (link.connects, link.passed) == (1, {"up": 300_000, "down": 300_000})


async def test_latency_is_late_and_bandwidth_is_narrow():
    async with echoing() as (link, streams):
        await link.add("latency", "up", ms=300)
        assert await said(streams, b"late") >= 0.3
        await link.remove("latency")
        await link.add("bandwidth", "down", rate=100)
        assert await said(streams, b"x" * 60_000) >= 0.5  # 0.6 s at 100 KB/s, less what was on its way


async def test_a_link_that_is_cut_holds_all_and_loses_nothing():
    async with echoing() as (link, streams):
        await link.add("timeout")
        streams[1].write(b"held")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await streams[0].read(1)
        await link.heal()
        async with asyncio.timeout(SOON):
            assert await streams[0].readexactly(4) == b"held"


async def test_a_limit_ends_the_link_behind_its_bytes():
    async with echoing() as (link, streams):
        await link.add("limit_data", "down", bytes=5)
        streams[1].write(b"hello, world")
        async with asyncio.timeout(SOON):
            assert await streams[0].read() == b"hello"


async def test_a_reset_is_an_error_and_a_slow_close_is_late():
    async with echoing() as (link, streams):
        await said(streams, b"well")
        await link.add("reset_peer")
        with pytest.raises(ConnectionResetError):
            async with asyncio.timeout(SOON):
                await streams[0].read()
    async with echoing() as (link, streams):
        await said(streams, b"well")
        await link.add("slow_close", "down", ms=300)
        began = time.monotonic()
        streams[1].write_eof()
        async with asyncio.timeout(SOON):
            assert await streams[0].read() == b""
        assert time.monotonic() - began >= 0.3


async def test_a_link_that_is_down_refuses_and_comes_again_at_the_same_place():
    async with echoing() as (link, _):
        port = link.port
        await link.add("down")
        with pytest.raises(OSError):
            await asyncio.open_connection("127.0.0.1", port)
        await link.heal()
        again = await asyncio.open_connection("127.0.0.1", port)
        await said(again, b"back")
        again[1].close()


# --------------------------------------------------------------------------- the checker
def state(seq: int, price: float = 1.0, at: float = 0.0, **more) -> Seen:
    fields = {
        "socket": "a.1",
        "whole": False,
        "epoch": "e1",
        "symbol": BTC,
        "time": 5,
        "state": "live",
    } | more
    return Seen(at=at, seq=seq, price=price, **fields)


def test_numbers_that_go_back_or_stand_are_found():
    first = state(3, whole=True)
    assert checker.i1_numbers_rise([first, state(4), state(9)]) == []
    assert checker.i1_numbers_rise([first, state(9), state(2, epoch="e2", whole=True)]) == []
    for wrong in (state(3), state(2), state(7, epoch="e0", whole=True)):
        assert len(checker.i1_numbers_rise([first, wrong])) == 1
    assert len(checker.i1_numbers_rise([state(3)])) == 1
    assert checker.i1_numbers_rise([first, state(3, socket="a.2", whole=True)]) == []


async def test_the_truth_tells_prices_and_bars():
    async with FaultyCoinbase() as venue:
        times = [60_000, 60_500, 61_200]
        for number, at in enumerate(times):
            await venue.send_trade("BTC-USD", 100.0 + number, 2.0, time=at)
        assert checker.i2_prices_are_true([state(1, 101.0, time=60_500)], venue) == []
        for wrong in (state(1, 101.0, time=60_501), state(1, 103.0, time=60_500)):
            assert len(checker.i2_prices_are_true([wrong], venue)) == 1
        told = venue.told(BTC)
        body = {
            "interval": "1s",
            "bars": [[60_000, 100, 101, 100, 101, 4.0], [61_000, 102, 102, 102, 102, 2.0]],
        }
        assert checker.i7_bars_are_true(body, [*told, told[0]], 60_000) == []
        body["bars"][1][5] = 3.0
        assert len(checker.i7_bars_are_true(body, told, 60_000)) == 1
        assert checker.i7_bars_are_true(body | {"sources": {"mixed": [61_000]}}, told, 60_000) == []
        assert len(checker.i7_bars_are_true(body | {"bars": []}, told, 60_000)) == 2
        assert checker.last_prices(venue, BTC) == {102.0}


def test_bars_with_a_gap_or_twice_are_found():
    rows = [[0], [1000], [2000]]
    assert checker.i4_bars_follow(rows, "1s") == []
    assert len(checker.i4_bars_follow([[0], [2000], [2000]], "1s")) == 2
    assert checker.i4_bars_follow([[0], [2000]], "1s", holes=[2000]) == []
    assert checker.i4_bars_rise([[0], [2000]]) == []
    assert len(checker.i4_bars_rise([[0], [0], [2000], [1000]])) == 2


def test_a_price_that_stands_as_live_is_measured():
    page = Page("a", "ws://127.0.0.1:1/", [BTC])
    page.seen = [state(1, at=10.0), state(2, at=12.0), state(2, at=19.0, state="stale"), state(3, at=40.0)]
    assert checker.frozen(page, BTC, 41.0) == 7.0
    page.venues = [(14.0, "COINBASE", "stale"), (39.0, "COINBASE", "live")]
    assert checker.frozen(page, BTC, 41.0) == 2.0
    assert checker.i5_stale_is_not_live([page], [BTC], 41.0) == []
    assert len(checker.i5_stale_is_not_live([page], [BTC], 52.0)) == 1
    page.ended = [Ended(45.0, "a.1", 0)]
    assert checker.i5_stale_is_not_live([page], [BTC], 52.0) == []


def test_two_who_write_are_found():
    first = [Heard(0.0, "e1", BTC, 1), Heard(0.1, "e1", BTC, 2), Heard(0.2, "e2", BTC, 1)]
    assert checker.i6_one_writes(first) == []
    assert len(checker.i6_one_writes([*first, Heard(0.3, "e1", BTC, 3)])) == 1
    assert len(checker.i6_one_writes([*first, Heard(0.3, "e2", BTC, 1)])) == 1


def test_what_is_left_behind_is_found():
    before = checker.Base(0, {"web 0": 20}, {"web 0": 5}, {"feeds": 1})
    assert checker.grown(before, before, 0) == []
    assert len(checker.grown(before, checker.Base(1, {"web 0": 27}, {"web 0": 12}, {}), 6)) == 4


# --------------------------------------------------------------------------- the rest
def test_a_plan_is_its_seeds():
    names = ["a", "b", "c"]
    assert planned(5, names, 50) == planned(5, names, 50) != planned(6, names, 50)
    assert all(kick.wait <= 3.0 and kick.length <= 3.0 for kick in planned(5, names, 50))


async def test_a_nemesis_says_its_seed_and_takes_every_fault_back(capsys):
    happened = []

    async def begin() -> None:
        happened.append("begin")

    async def end() -> None:
        happened.append("end")

    nemesis = Nemesis({"one": (begin, end)}, seed=42)
    await nemesis.run(3, wait=0.01, length=0.01)
    assert happened == ["begin", "end"] * 3 and len(nemesis.done) == 3
    assert "NEMESIS_SEED=42" in capsys.readouterr().out


def test_a_frame_is_what_a_client_would_send():
    assert frame(b"", 0x88)[:2] == b"\x88\x80"
    assert frame(b"x" * 200, masked=False)[:4] == b"\x81\x7e\x00\xc8"
    assert frame(b"", length=2**62)[1:10] == b"\xff" + (2**62).to_bytes(8, "big")
    assert close_code(b"\x81\x02hi\x88\x02" + (4408).to_bytes(2, "big")) == 4408
    assert close_code(b"\x81\x02hi") == 0


async def test_what_is_late_twice_or_lost_is_in_the_truth_once():
    async with FaultyCoinbase() as venue:
        venue.dup(1.0)
        for price in (1.0, 2.0):
            await venue.send_trade("BTC-USD", price, 1.0)
        venue.lose_trades(1)
        lost: Trade = await venue.send_trade("BTC-USD", 3.0, 1.0)
        assert [told.price for told in venue.told(BTC)] == [1.0, 2.0]
        assert [told.id for told in venue.told(BTC, sent=False)][-1] == lost.id
        assert len(venue.trades) == 4
