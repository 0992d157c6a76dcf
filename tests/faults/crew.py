"""A stack of several workers, each with a line to Redis of its own, that get into trouble when told to."""

import shutil
import signal
import subprocess
import time
from itertools import pairwise
from typing import Self

from tests.faults.fleet import Page
from tests.faults.proxy import Proxy
from tests.faults.stack import READY, Part, Stack
from tests.support import ValkeyServer, wait_for, wait_until
from ticker.embedded import SOCKET_NAME, server_command

TROUBLED = "tests.faults.troubled"


class Redis(ValkeyServer):
    """The same server as a ValkeyServer, by the `redis-server` of this machine where there is one."""

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = server_command(self.folder)
        command[0] = shutil.which("redis-server") or command[0]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait_until(self.answers, what="an answer of Redis")


class Crew(Stack):
    """A stack whose workers are reached over `links["worker 0"]` and so on, and use a real Redis."""

    def __init__(self, workers: int = 2, webs: int = 1, rate: float = 10.0, **environ: str) -> None:
        super().__init__(workers, webs, rate, **environ)
        self.valkey = Redis(self.valkey.folder)

    async def _start(self) -> None:
        server = str(self.valkey.folder / SOCKET_NAME)
        for number in range(self.counts[0]):
            self.links[f"worker {number}"] = await Proxy(server, unix=True).start()
        await super()._start()
        await self.links.pop("worker").stop()  # nobody is on it

    def worker(self, name: str) -> Part:
        """Return a feed worker that isn't started yet."""
        part = super().worker(name)
        part.environ |= {
            "REDIS_URL": self.links[name].redis_url,
            "DJANGO_SETTINGS_MODULE": TROUBLED,
            "TROUBLE": str(self.folder / f"{name}.trouble"),
        }
        return part

    def trouble(self, part: Part, what: str) -> None:
        """Get a worker into trouble: `block 5`, `stumble COINBASE`, `deafen FeedWorker._listen` …"""
        (self.folder / f"{part.name}.trouble").write_text(what)
        part.send(signal.SIGUSR1)

    # ------------------------------------------------------------------ leading
    def leader(self, page: Page, symbol: str) -> Part:
        """Return the worker that leads a symbol's venue, by what a page was told."""
        return self.names[page.epochs[symbol].partition("-")[2]]

    @property
    def names(self) -> dict[str, Part]:
        """The workers by the names that they gave themselves."""
        return {named(part): part for part in self.workers if named(part)}

    async def shared(self, page: Page, *symbols: str) -> Self:
        """Wait until no two of these symbols' venues are led by the same worker."""

        def are_shared() -> bool:
            leaders = [page.epochs.get(symbol, "").partition("-")[2] for symbol in symbols]
            return len(set(leaders)) == len(leaders) and all(leader in self.names for leader in leaders)

        await wait_for(are_shared, READY, "venues that are shared")
        return self


def named(part: Part) -> str:
    """Return the name that a worker gave itself, "" when it has none yet."""
    lines = [line for line in part.lines if "feeding " in line]
    return lines[-1].rpartition(" ")[2] if lines else ""


async def followed(page: Page, symbol: str, epoch: str, since: float, timeout: float = 20.0) -> float:
    """Wait until a page has a symbol's live price of a later epoch; return the seconds from `since`."""

    def first() -> float:
        later = (each for each in list(page.seen) if each.symbol == symbol and each.epoch > epoch)
        return next((each.at for each in later if each.state == "live"), 0.0)

    return float(await wait_for(first, timeout, f"another leader of {symbol}")) - since


def undisturbed(page: Page, symbol: str, since: float) -> float:
    """Return the longest time (s) between two prices of a symbol from a moment until now."""
    times = [each.at for each in page.seen if each.symbol == symbol and each.at >= since]
    moments = [since, *times, time.monotonic()]
    return max(after - before for before, after in pairwise(moments))
