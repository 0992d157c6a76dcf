"""How long an answer of bars waits for its venue: while there is hope, and no longer."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from dashboard import past
from dashboard.held import Held
from feeds import wire

SYMBOL = "ODD:BTC-USD"
FAILED = wire.Past("e", SYMBOL, "1m", "failed", "no answer")


class Desk:
    """A hub whose worker says what a test wants, as soon as it is asked."""

    def __init__(self) -> None:
        self.held = Held(SYMBOL)
        self.held.known = True
        self.statuses = SimpleNamespace(worker_answers=True)
        self.mirror = self.uplink = self
        self.waits: list[float] = []
        self.asked = 0
        self.said: wire.Past | None = None

    async def look(self, symbol: str, streams: Any, timeout: float) -> Held:
        return self.held

    async def heard(self, symbol: str, enough: Any, timeout: float) -> bool:
        if not enough():
            self.waits.append(timeout)
        return bool(enough())

    async def older(self, symbol: str, interval: str, end: int, count: int) -> None:
        self.asked += 1
        if self.said is not None:
            self.held.put_past(self.said)

    async def bars(self) -> past.Past:
        async with asyncio.timeout(10):
            return await past.bars(self, SYMBOL, "1m", None, None, 10)  # type: ignore[arg-type]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    async def nothing_stored(*_: object) -> Any:
        return []

    async def nothing_first(*_: object) -> None:
        return None

    monkeypatch.setattr(past, "read", nothing_stored)
    monkeypatch.setattr(past.store, "aread", nothing_first)
    return Desk()


async def test_a_venue_that_has_failed_is_not_waited_for(desk: Desk) -> None:
    desk.held.put_past(FAILED)
    assert await desk.bars() == past.Past([], "no answer")
    assert (desk.waits, desk.asked) == ([], 0)


async def test_who_waited_in_vain_spares_it_the_next(desk: Desk) -> None:
    assert (await desk.bars()).trouble == past.SILENT
    assert desk.waits == [past.PATIENCE]
    assert (await desk.bars()).trouble == past.SILENT
    assert desk.waits == [past.PATIENCE]


async def test_a_question_that_fails_is_told_to_who_asked_and_not_put_again(desk: Desk) -> None:
    desk.held.history["1m"] = wire.History("ready")
    desk.said = FAILED
    assert (await desk.bars()).trouble == (await desk.bars()).trouble == "no answer"
    assert (desk.waits, desk.asked) == ([], 1)


async def test_after_a_while_it_is_asked_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.held.put_past(FAILED)
    monkeypatch.setattr(past, "TROUBLE", 0.0)
    desk.said = wire.Past("e", SYMBOL, "1m", "ready", "")
    assert await desk.bars() == past.Past([])
    assert desk.asked == 1
