"""Programs that several tests of this folder share, with the fake venues they are led to."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import SimpleNamespace

import pytest

from tests.fakes.background import Background
from tests.fakes.coinbase import FakeCoinbase
from tests.fakes.kraken import FakeKraken
from tests.program import LiveProgram


@pytest.fixture(scope="module")
def sim_program() -> Iterator[LiveProgram]:
    """The whole program with the simulated venue at a lively rate."""
    with LiveProgram(VENUES="SIM", SIM_RATE="8") as program:
        yield program


class Desk(SimpleNamespace):
    """The program, its fake Coinbase and Kraken, and `do`, which runs a coroutine of theirs."""

    program: LiveProgram
    coinbase: FakeCoinbase
    kraken: FakeKraken
    do: Callable


@pytest.fixture
def desk() -> Iterator[Callable[..., Desk]]:
    """A function that starts the program with Coinbase, Kraken (both fake) and SIM."""
    with ExitStack() as stack:

        def start(ticking: bool = True, rate: float = 5.0, **environ: str) -> Desk:
            fakes = stack.enter_context(Background(FakeCoinbase, FakeKraken, ticking=ticking, rate=rate))
            program = stack.enter_context(
                LiveProgram(VENUES="COINBASE,KRAKEN,SIM", **fakes.environment, **environ)
            )
            coinbase, kraken = fakes.venues
            return Desk(program=program, coinbase=coinbase, kraken=kraken, do=fakes.do)

        yield start
