"""Who is sent what, and when: one socket's trouble is nobody else's, and no rate is overstepped."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from itertools import pairwise

import pytest

from dashboard import reader as room
from dashboard.held import Held
from dashboard.pump import Pump
from dashboard.reader import CLOGGED, MOST, Reader
from feeds import wire
from feeds.market import Quote

A, B = "SIM:A", "SIM:B"


class Line:
    """The short way to a socket that reads nothing after `room` bytes."""

    def __init__(self, room: int = 10**9) -> None:
        self.room = room
        self.frames: list[bytes] = []
        self.backlog = 0
        self.heard = time.monotonic()
        self.pings = 0
        self.aborted = False

    def write(self, text: bytes) -> None:
        self.frames.append(text)
        self.backlog += max(0, len(text) - self.room)
        self.room = max(0, self.room - len(text))

    def ping(self) -> None:
        self.pings += 1

    def abort(self) -> None:
        self.aborted = True


class Market:
    """Symbols that are held, and the pump that sends their states."""

    def __init__(self) -> None:
        self.held = {symbol: Held(symbol) for symbol in (A, B)}
        for symbol, held in self.held.items():
            held.become(wire.SymbolState(symbol, 0, streams=[wire.QUOTE_STREAM]))
        self.caught_up: list[Reader] = []
        self.pump = Pump(self.held, self.caught_up.append)

    def reads(self, reader: Reader, *symbols: str) -> Reader:
        for symbol in symbols:
            reader.session.subscribe(symbol, frozenset({wire.QUOTE_STREAM}))
            reader.session.told(symbol, self.held[symbol].cursor)
        return reader

    def moves(self, symbol: str, *readers: Reader) -> None:
        held = self.held[symbol]
        held.put_quote(Quote(symbol=symbol, seq=held.seq + 1, time=held.seq, received=0, last=5.0, merged=1))
        self.pump.moved(symbol, readers)
        self.pump.go()


@pytest.fixture
async def market() -> AsyncIterator[Market]:
    market = Market()

    async def turn() -> None:
        while True:
            await market.pump.turn()

    task = asyncio.create_task(turn())
    yield market
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def nothing(code: int) -> None:
    pass


def gone() -> None:
    pass


async def until(done: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not done():
            await asyncio.sleep(0.005)


def quick() -> tuple[Reader, Line]:
    line = Line()
    return Reader(nothing, nothing, gone, line=line), line  # type: ignore[arg-type]


async def test_what_moves_in_one_flush_comes_in_one_frame(market: Market) -> None:
    reader, line = quick()
    market.reads(reader, A, B)
    market.moves(A, reader)
    market.moves(B, reader)
    await until(lambda: line.frames)
    told = json.loads(line.frames[0])
    assert {quote["symbol"] for quote in told["quotes"]} == {A, B} and told["n"] == 1


async def test_what_was_told_whole_meanwhile_is_not_told_again(market: Market) -> None:
    reader, line = quick()
    market.reads(reader, A, B)
    market.moves(A, reader)
    reader.session.told(A, market.held[A].cursor)
    market.moves(B, reader)
    await until(lambda: line.frames)
    assert [quote["symbol"] for quote in json.loads(line.frames[0])["quotes"]] == [B]


async def test_a_socket_whose_server_has_no_room_holds_up_nobody(market: Market) -> None:
    room, sent = asyncio.Event(), []

    async def deliver(text: str) -> None:
        sent.append(json.loads(text))
        await room.wait()

    stuck = market.reads(Reader(deliver, nothing, gone), A)
    reader, line = quick()
    market.reads(reader, A)
    for count in range(1, 6):
        market.moves(A, stuck, reader)
        await until(lambda count=count: len(line.frames) == count)
        reader.session.ack(count, time.monotonic())
    assert len(sent) == 1, "one is on its way to the other; it waits there, and nobody else does"
    room.set()
    await until(lambda: sent[-1]["quotes"][0]["seq"] == 5)
    assert sum(update["quotes"][0]["merged"] for update in sent) == 5, "folded, not lost"


async def test_a_socket_that_reads_nothing_is_sent_no_more_than_so_much(market: Market) -> None:
    line = Line(room=0)
    reader = market.reads(Reader(nothing, nothing, gone, line=line), A)  # type: ignore[arg-type]
    reader.put(b"x" * (CLOGGED + 1), time.monotonic())
    other, beside = quick()
    market.reads(other, A)
    market.moves(A, reader, other)
    await until(lambda: beside.frames)
    assert len(line.frames) == 1 and reader.is_clogged
    line.backlog = 0
    await until(lambda: len(line.frames) == 2)


async def test_whole_states_wait_until_there_is_room(market: Market) -> None:
    line = Line(room=0)
    reader = market.reads(Reader(nothing, nothing, gone, line=line), A)  # type: ignore[arg-type]
    reader.put(b"x" * (CLOGGED + 1), time.monotonic())
    market.pump.later(reader)
    line.backlog = 0
    await until(lambda: market.caught_up == [reader])


async def test_who_left_is_sent_nothing(market: Market) -> None:
    left, line = quick()
    reader, beside = quick()
    market.reads(left, A)
    market.reads(reader, A)
    market.moves(A, left, reader)
    market.pump.forget(left)
    await until(lambda: beside.frames)
    assert not line.frames


async def test_flushes_at_any_time_overstep_no_rate(market: Market) -> None:
    times: list[float] = []

    class Timed(Line):
        def write(self, text: bytes) -> None:
            times.append(reader.session._last)
            reader.session.ack(json.loads(text)["n"], time.monotonic())

    reader = Reader(nothing, nothing, gone, line=Timed())  # type: ignore[arg-type]
    market.reads(reader, A)
    reader.session.rate(20.0)
    while len(times) < 15:
        market.moves(A, reader)
        await asyncio.sleep(0.007)
    assert all(after - before >= 0.05 - 1e-9 for before, after in pairwise(times))


async def test_an_acknowledgement_opens_a_full_window_at_once(market: Market) -> None:
    reader, line = quick()
    market.reads(reader, A)
    reader.session.rate(20.0)
    while reader.session.credit > 0:
        market.moves(A, reader)
        await asyncio.sleep(0.01)
    market.moves(A, reader)
    sent = len(line.frames)
    reader.session.ack(sent, time.monotonic())
    market.pump.wake(reader)
    await until(lambda: len(line.frames) > sent)
    assert json.loads(line.frames[-1])["quotes"][0]["seq"] == market.held[A].seq


# ------------------------------------------------------------------------ the reader by itself
def test_who_takes_nothing_for_long_has_to_go() -> None:
    line = Line(room=0)
    reader = Reader(nothing, nothing, gone, line=line)  # type: ignore[arg-type]
    now = time.monotonic()
    reader._line.write(b"x" * (CLOGGED + 1))  # type: ignore[union-attr]
    assert not reader.is_slow(now)
    line.heard = now + room.SLOW  # it answers pings, and acknowledges: a liar, or a line that is full
    assert not reader.is_slow(now + room.SLOW - 0.1) and reader.is_slow(now + room.SLOW)


def test_who_answers_no_ping_has_to_go_however_much_it_says() -> None:
    line = Line()
    reader = Reader(nothing, nothing, gone, line=line)  # type: ignore[arg-type]
    now = line.heard
    last = next(second for second in range(100) if reader.is_slow(now + second))
    assert 2 * room.PING_EVERY < last <= 40 and line.pings >= 2
    line.heard = now + last - 1
    assert not reader.is_slow(now + last)


async def test_too_much_that_waits_ends_the_socket() -> None:
    closed = asyncio.get_running_loop().create_future()

    async def close(code: int) -> None:
        closed.set_result(code)

    line = Line(room=0)
    reader = Reader(nothing, close, gone, line=line)  # type: ignore[arg-type]
    while len(line.frames) * 65_536 < MOST:
        reader.put(b"x" * 65_536, time.monotonic())
    reader.put(b"x" * 65_536, time.monotonic())
    assert await asyncio.wait_for(closed, 20) == wire.CLOSE_SLOW
    await until(lambda: line.aborted)
    sent = len(line.frames)
    reader.put(b"more", time.monotonic())
    assert len(line.frames) == sent and line.backlog <= MOST + 65_536


async def test_the_last_word_comes_before_the_close() -> None:
    said: list[object] = []

    async def deliver(text: str) -> None:
        said.append(text)

    async def close(code: int) -> None:
        said.append(code)

    reader = Reader(deliver, close, gone)
    await reader.send("why")
    await reader.close(4400)
    assert said == ["why", 4400]


async def test_a_socket_that_takes_no_last_word_is_closed_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(room, "PATIENCE", 0.05)
    closed: list[int] = []

    async def deliver(text: str) -> None:
        await asyncio.Event().wait()

    async def close(code: int) -> None:
        closed.append(code)
        await asyncio.Event().wait()

    reader = Reader(deliver, close, lambda: closed.append(0))
    await reader.send("why")
    await asyncio.wait_for(reader.close(4408), 20)
    assert closed == [4408, 0], "asked to close, and torn down when even that found no room"
