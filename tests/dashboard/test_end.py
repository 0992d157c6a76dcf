"""How a socket's application ends: torn down by us it returns, cancelled by the server it is cancelled."""

import asyncio

import pytest

from dashboard.consumers import MarketConsumer


async def never() -> dict[str, str]:
    await asyncio.Event().wait()
    return {}


async def send(message: dict[str, str]) -> None:
    pass


async def begun() -> tuple[MarketConsumer, "asyncio.Task[None]"]:
    consumer = MarketConsumer()
    task = asyncio.create_task(consumer({"type": "websocket"}, never, send))
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
