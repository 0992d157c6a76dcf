"""The whole program led to fake venues, for a test or for all tests of a file."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack
from typing import Any, TypeVar

import pytest

from tests.fakes.background import Background
from tests.fakes.coinbase import FakeCoinbase
from tests.fakes.kraken import FakeKraken
from tests.program import LiveProgram

Result = TypeVar("Result")


class Desk:
    """The program with a fake Coinbase, a fake Kraken and the simulated venue."""

    def __init__(self, program: LiveProgram, fakes: Background) -> None:
        self.program = program
        self.coinbase, self.kraken = fakes.venues
        self._loop = fakes.loop

    async def at(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run a coroutine of a fake venue, in the loop it lives in."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))


@pytest.fixture(scope="module")
def start_desk() -> Iterator[Callable[..., Desk]]:
    """A function that starts a desk with venues that tick `rate` times a second, or not at all (0)."""
    with ExitStack() as stack:

        def start(rate: float = 0.0, **environ: str) -> Desk:
            fakes = Background(FakeCoinbase, FakeKraken, ticking=rate > 0, rate=rate or 2.0)
            stack.enter_context(fakes)
            program = LiveProgram(VENUES="COINBASE,KRAKEN,SIM", **fakes.environment, **environ)
            return Desk(stack.enter_context(program), fakes)

        yield start
