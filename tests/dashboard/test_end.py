"""How a socket's application ends: torn down by us it returns, cancelled by the server it is cancelled."""

import asyncio
from typing import Any

import pytest

from dashboard.consumers import MarketConsumer
from dashboard.limits import Crowd
from dashboard.reader import Reader


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
