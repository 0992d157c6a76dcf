"""The hub's line to the worker: no trouble ends its looking after its groups; answers come in parts."""

import asyncio
from typing import Any

import pytest

from dashboard import uplink
from dashboard.uplink import MOST_ASKED, Uplink
from feeds import wire


class Layer:
    """A channel layer that keeps what it is told, and can't say why its server refuses us."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []
        self.reachable = True
        self.looks = asyncio.Semaphore(0)

    async def group_add(self, group: str, channel: str) -> None:
        pass

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        if not self.reachable:
            raise ConnectionError
        if group != wire.READY_GROUP:
            self.said.append(message)

    async def refusal(self) -> str:
        self.looks.release()
        raise RuntimeError("what nobody thought of")


async def test_a_look_that_fails_is_not_the_last_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uplink, "STAY", 0.0)
    layer = Layer()
    layer.reachable = False
    staying = asyncio.create_task(Uplink("hub", layer)._stay())
    for _ in range(3):
        await asyncio.wait_for(layer.looks.acquire(), 20)
    staying.cancel()


async def test_many_symbols_are_asked_for_in_parts() -> None:
    layer = Layer()
    line = Uplink("hub", layer)
    line._joined.set()
    symbols = [f"SIM:{number}" for number in range(2 * MOST_ASKED + 1)]
    await line.ask(symbols)
    asks: list[wire.Ask] = [wire.unpack(message) for message in layer.said]
    assert [len(ask.symbols) for ask in asks] == [MOST_ASKED, MOST_ASKED, 1]
    assert [symbol for ask in asks for symbol in ask.symbols] == symbols
