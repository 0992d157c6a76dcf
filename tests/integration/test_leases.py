"""Two feed workers on one server: they share the venues, and one takes over what the other led."""

import os
import signal
from collections.abc import Iterator

import pytest

from feeds.lease import WARM
from tests.fakes.background import Background
from tests.fakes.coinbase import FakeCoinbase
from tests.integration.client import Client
from tests.integration.worker import Worker
from tests.program import LiveProgram
from tests.support import ValkeyServer, wait_until
from ticker.embedded import private_folder

pytestmark = pytest.mark.live
SIM, BTC = "SIM:BTC-USD", "COINBASE:BTC-USD"
SPREAD = f"={SIM} - {BTC}"
LONG = 30.0  # seconds that anything may take on a busy machine
TAKEN_OVER = 5.0 * 3  # the figure is 5 s; a busy machine starts nothing in time


class Firm:
    """The program, a second worker beside its own, and a Coinbase that goes on telling prices."""

    def __init__(self, program: LiveProgram, second: Worker, fakes: Background) -> None:
        self.program, self.second, self.fakes = program, second, fakes

    @property
    def first(self) -> int:
        return self.program.children()["worker"]

    @property
    def second_name(self) -> str:
        return self.second.says("leading ").rpartition(" ")[2]


def leaders(client: Client) -> dict[str, str]:
    """Return the worker that leads each symbol's venue."""
    return {symbol: epoch.partition("-")[2] for symbol, epoch in client.epochs.items()}


@pytest.fixture
def firm() -> Iterator[Firm]:
    server = ValkeyServer(private_folder())
    server.start()
    with Background(FakeCoinbase, rate=20.0, ticking=True) as fakes:
        environ = {"VENUES": "SIM,COINBASE", "SIM_RATE": "20", "REDIS_URL": server.url} | fakes.environment
        with LiveProgram(**environ) as program, Worker(**environ) as second:
            wait_until(lambda: program.status("/readyz") == 200, LONG, "a ready program")
            second.says("leading ", LONG)
            yield Firm(program, second, fakes)
    server.stop()


def times_of(client: Client, symbol: str, since: int = 0) -> list[int]:
    """Return the venue's times of all that was told of a symbol, in the order in which it came."""
    told = [
        each
        for frame in client.frames[since:]
        for each in (frame.get("quotes", []) if frame["type"] == "update" else [frame.get("quote")])
    ]
    return [quote["time"] for quote in told if quote and quote["symbol"] == symbol and quote.get("time")]


async def test_two_workers_share_and_one_that_is_killed_stopped_or_ended_is_followed(firm):
    async with Client(firm.program) as client:
        await client.subscribe(SIM, BTC, SPREAD, streams=("quote", "trades", "bars:1s"))
        for symbol in (SIM, BTC, SPREAD):
            await client.prices(symbol, 3, LONG)
        await client.wait_for(lambda: len(set(leaders(client).values())) == 2, WARM + LONG, "two workers")
        for symbol in (SIM, BTC, SPREAD):
            await client.prices(symbol, 3, LONG)

        before, frames = dict(client.epochs), len(client.frames)
        stopped = firm.second.process.pid if leaders(client)[SIM] == firm.second_name else firm.first
        os.kill(stopped, signal.SIGSTOP)  # the other takes over, and nothing is heard of this one again
        await client.wait_for(lambda: client.epochs[SIM] > before[SIM], TAKEN_OVER, "another leader of SIM")
        await client.prices(SIM, 3, LONG)
        os.kill(stopped, signal.SIGCONT)
        await client.prices(SIM, 40, LONG)
        times = times_of(client, SIM, frames)
        assert client.epochs[SIM] > before[SIM] and times == sorted(times)

        await client.wait_for(lambda: len(set(leaders(client).values())) == 2, WARM + LONG, "two workers")
        before, led = dict(client.epochs), leaders(client)
        killed = {symbol for symbol in led if led[symbol] != firm.second_name}
        os.kill(firm.first, signal.SIGKILL)
        await client.wait_for(
            lambda: all(client.epochs[each] > before[each] for each in killed), TAKEN_OVER, "other leaders"
        )
        for symbol in (SIM, BTC, SPREAD):
            await client.prices(symbol, 3, LONG)

        firm.program.wait_for_line("worker ended")
        name = firm.second_name
        assert firm.second.end(signal.SIGTERM)[0] == 0
        await client.wait_for(lambda: name not in leaders(client).values(), LONG, "the first to lead alone")
        for symbol in (SIM, BTC, SPREAD):
            await client.prices(symbol, 3, LONG)
        assert client.close_code is None
