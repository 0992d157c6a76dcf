"""How a socket ends: torn down by us its application returns, cancelled by the server it is cancelled;
and one that is stuck holds up nobody else."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from dashboard import logins, metrics
from dashboard import reader as room
from dashboard.consumers import MarketConsumer
from dashboard.hub import Hub
from dashboard.limits import Crowd
from dashboard.reader import MOST, Reader
from dashboard.statuses import Statuses
from feeds import wire


class Desk:
    """What a socket needs of a hub to leave it."""

    def __init__(self) -> None:
        self.crowd = Crowd()
        self.left: list[Reader] = []

    def leave(self, reader: Reader) -> None:
        self.left.append(reader)


async def never() -> dict[str, str]:
    await asyncio.Event().wait()
    return {}


async def fails() -> dict[str, str]:
    await asyncio.sleep(0)
    raise ConnectionResetError


async def send(message: dict[str, str]) -> None:
    pass


async def close(code: int) -> None:
    pass


async def begun(receive: Any = never) -> tuple[MarketConsumer, "asyncio.Task[None]"]:
    consumer = MarketConsumer()
    task = asyncio.create_task(consumer({"type": "websocket"}, receive, send))
    while consumer._task is None:
        await asyncio.sleep(0)
    return consumer, task


async def test_a_socket_that_is_torn_down_returns_to_its_server() -> None:
    consumer, task = await begun()
    consumer.abort()
    assert await asyncio.wait_for(task, 20) is None


async def test_a_server_that_cancels_a_socket_has_it_cancelled() -> None:
    _, task = await begun()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 20)


@pytest.mark.parametrize("receive", [never, fails])
async def test_a_socket_that_ends_without_a_word_leaves_the_hub(receive: Any) -> None:
    consumer, task = await begun(receive)
    desk, one = Desk(), {"user 1": 1}
    assert desk.crowd.enter(one)
    consumer.hub, consumer.owners = desk, one  # type: ignore[assignment]
    consumer.reader = Reader(close, close, task.cancel)  # type: ignore[arg-type]
    if receive is never:
        task.cancel()
    with pytest.raises((asyncio.CancelledError, ConnectionResetError)):
        await asyncio.wait_for(task, 20)
    assert desk.left == [consumer.reader] and desk.crowd.enter(one)


class Stuck:
    """Sockets of a server that has no room for a close, and has all the time there is."""

    def __init__(self, count: int) -> None:
        self.codes: list[int] = []
        self.all_asked = asyncio.Event()
        self.readers = {Reader(close, self.close, self.all_asked.clear, "key") for _ in range(count)}  # type: ignore[arg-type]

    async def close(self, code: int) -> None:
        self.codes.append(code)
        if len(self.codes) == len(self.readers):
            self.all_asked.set()
        await asyncio.Event().wait()


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch) -> Stuck:
    monkeypatch.setattr(room, "PATIENCE", 3600.0)
    return Stuck(3)


async def test_slow_sockets_that_are_stuck_hold_up_no_turn_of_the_hub(stuck: Stuck) -> None:
    async def tell(texts: list[str]) -> None:
        pass

    for reader in stuck.readers:
        reader.session.full_since = float("-inf")
    hub: Any = SimpleNamespace(
        statuses=Statuses([]),
        mirror=SimpleNamespace(held={}),
        readers=set(stuck.readers),
        _tell_status=tell,
        _is_behind=lambda venue: False,
    )
    hub.leave = hub.readers.discard
    await asyncio.wait_for(Hub._turn(hub), 20)
    await asyncio.wait_for(stuck.all_asked.wait(), 20)
    assert stuck.codes == [wire.CLOSE_SLOW] * 3 and not hub.readers


async def test_a_login_that_is_over_ends_all_its_sockets_whichever_is_stuck(stuck: Stuck) -> None:
    logins.end_session(stuck.readers, wire.SessionOver(wire.session_digest("key")))
    await asyncio.wait_for(stuck.all_asked.wait(), 20)
    assert stuck.codes == [wire.CLOSE_LOGIN] * 3


def closed(code: int) -> float:
    """How many sockets this process has closed with a code."""
    (family,) = metrics.CLOSES.collect()
    return next(
        sample.value
        for sample in family.samples
        if sample.name == "ticker_closes_total" and sample.labels == {"code": str(code)}
    )


async def test_a_socket_that_we_close_is_counted_once_and_one_that_left_by_itself_is_not() -> None:
    before = closed(wire.CLOSE_SLOW)
    flooded, left = Reader(close, close, print), Reader(close, close, print)  # type: ignore[arg-type]
    flooded.put(b"x" * (MOST + 1), 0.0)
    assert flooded.is_gone
    await flooded.close(wire.CLOSE_BAD)
    left.drop()
    await left.close(wire.CLOSE_SLOW)
    assert closed(wire.CLOSE_SLOW) == before + 1


async def test_what_is_said_to_a_socket_that_is_being_closed_is_not_heard() -> None:
    consumer = MarketConsumer()
    consumer.reader = Reader(close, close, print)  # type: ignore[arg-type]
    await consumer.reader.close(wire.CLOSE_BAD)
    await consumer.receive('{"type":"subscribe","symbols":["SIM:BTC-USD"]}')
    assert not consumer.reader.session.streams
