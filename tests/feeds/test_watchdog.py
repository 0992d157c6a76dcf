"""The watchdog: a loop that stands is told of and ended, one that turns is left alone; when all is lost."""

import asyncio
import logging

from feeds import watchdog
from feeds.watchdog import EXIT, GIVEN_UP, LOOK, SAID, Watchdog, hopeless
from tests.support import wait_for


def looks(dog: Watchdog, seconds: float) -> None:
    """Have it look for so long."""
    for _ in range(round(seconds / LOOK)):
        dog.look()


def test_a_loop_that_stands_is_told_of_once_with_its_stack_and_ended(caplog):
    codes = []
    dog = Watchdog(codes.append)
    dog.look()  # since its last turn
    looks(dog, SAID)
    looks(dog, GIVEN_UP - SAID - LOOK)
    [told] = [record.getMessage() for record in caplog.records]
    assert "stood still for 1 s" in told and "dog.look()" in told and codes == []
    dog.look()
    assert codes == [EXIT] and caplog.records[-1].levelno == logging.CRITICAL


async def test_a_loop_that_turns_is_left_alone():
    codes = []
    dog = Watchdog(codes.append)
    running = asyncio.create_task(dog.run())
    for _ in range(6):
        looks(dog, GIVEN_UP / 3)  # by the third round it would have been ended
        await asyncio.sleep(LOOK * 2)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert codes == []


async def test_what_is_lost_for_long_is_hopeless_and_what_comes_back_is_not(monkeypatch):
    monkeypatch.setattr(watchdog, "HOPELESS", 0.3)
    monkeypatch.setattr(watchdog, "LOOK", 0.01)
    looked, lost = 0, False

    def is_lost() -> bool:
        nonlocal looked
        looked += 1
        return lost or looked % 3 > 0

    waiting = asyncio.create_task(hopeless(is_lost))
    await wait_for(lambda: looked > 60 or waiting.done(), 20, "looks")
    assert not waiting.done()
    lost = True
    async with asyncio.timeout(20):
        await waiting
