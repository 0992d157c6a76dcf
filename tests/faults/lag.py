"""How late we are ourselves: on a busy machine a figure is as late as the loop that takes it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Self, TypeVar

Figures = TypeVar("Figures")
EACH = 0.05
TRIES = 3


class Lag:
    """`async with Lag() as lag:` knows in `lag.worst` by how many seconds this loop was late at most."""

    def __init__(self) -> None:
        self.worst = 0.0
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._look())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _look(self) -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(EACH)
            self.worst = max(self.worst, time.monotonic() - began - EACH)


async def best_of(measure: Callable[[], Awaitable[Figures]], good: Callable[[Figures], bool]) -> Figures:
    """Return the first figures that are good, of three tries at most; else the last: others on the machine
    can spoil one, a fault of ours spoils all."""
    for _ in range(TRIES):
        figures = await measure()
        if good(figures):
            break
    return figures
