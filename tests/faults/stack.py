"""The program with every link over a proxy and every process by itself, so that each can fail alone."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import httpx
import redis.asyncio

from bench.figures import cpu_seconds, resident_kib
from tests.faults.proxy import Proxy
from tests.faults.venue import FaultyCoinbase
from tests.program import clean_environ
from tests.support import REPO, ValkeyServer, free_port, wait_for
from ticker.embedded import SOCKET_NAME, private_folder
from ticker.management.commands.live import daphne

COUNTED = "tests.faults.counted"
MIGRATED: list[bytes] = []  # the database file of the first stack, before anything was in it
READY = 30.0  # seconds that a process may take to start on a busy machine


class Part:
    """One process: started again on demand, its output in `lines`."""

    def __init__(self, name: str, command: list[str], environ: dict[str, str]) -> None:
        self.name, self.command, self.environ = name, command, environ
        self.lines: list[str] = []
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it; `lines` begin anew."""
        self.lines = []
        self.process = subprocess.Popen(
            [sys.executable, *self.command], cwd=REPO, env=self.environ, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        threading.Thread(target=self._read, args=(self.process, self.lines), daemon=True).start()

    def _read(self, process: subprocess.Popen[str], lines: list[str]) -> None:
        assert process.stdout
        for line in process.stdout:
            lines.append(line.rstrip("\n"))

    @property
    def pid(self) -> int:
        """Its process number."""
        assert self.process
        return self.process.pid

    @property
    def running(self) -> bool:
        """Tell whether it runs."""
        return self.process is not None and self.process.poll() is None

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    async def ended(self, timeout: float = 20.0) -> int:
        """Wait until it has ended; return its exit code."""
        await wait_for(lambda: not self.running, timeout, f"the end of {self.name}")
        assert self.process and self.process.returncode is not None
        return self.process.returncode

    async def says(self, text: str, timeout: float = READY) -> None:
        """Wait until its output contains a text."""
        await wait_for(lambda: any(text in line for line in self.lines), timeout, f"{text!r} of {self.name}")

    # ------------------------------------------------------------ what it costs
    @property
    def rss(self) -> int:
        """Its memory in KiB."""
        return resident_kib(Path(f"/proc/{self.pid}/status").read_text())

    @property
    def cpu(self) -> float:
        """The seconds of CPU it has had."""
        return cpu_seconds(Path(f"/proc/{self.pid}/stat").read_text())

    @property
    def files(self) -> int:
        """The files and sockets that it has open."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    @property
    def threads(self) -> int:
        """Its threads."""
        return len(os.listdir(f"/proc/{self.pid}/task"))


class Web(Part):
    """A web process; what a `Client` asks of a program, it has."""

    def __init__(self, name: str, environ: dict[str, str]) -> None:
        self.port = free_port()
        super().__init__(name, daphne("127.0.0.1", self.port), environ)
        self.url = self.origin = f"http://127.0.0.1:{self.port}"
        self.ws_url = f"ws://127.0.0.1:{self.port}/ws/market/"

    async def get(self, path: str) -> httpx.Response:
        """Return an answer of it."""
        async with httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=20) as http:
            return await http.get(path)

    async def status(self, path: str) -> int:
        """Return the status of an answer, 0 for none."""
        try:
            return (await self.get(path)).status_code
        except httpx.HTTPError:
            return 0

    async def ready(self) -> None:
        """Wait until it is ready."""

        async def is_ready() -> bool:
            return await self.status("/readyz") == 200

        await wait_for(is_ready, READY, f"a ready {self.name}")

    async def metric(self, name: str) -> float:
        """Return the sum of a metric over its labels, or (`name{label="x"}`) that of one."""
        page = (await self.get("/metrics")).text
        lines = [line.rpartition(" ") for line in page.splitlines() if not line.startswith("#")]
        return sum(float(value) for key, _, value in lines if key == name or key.partition("{")[0] == name)


class Stack:
    """`async with Stack() as stack:` runs a Valkey, workers, webs and a fake Coinbase, each link a Proxy:
    `links["venue"]`, `["worker"]`, `["web"]` (both to Redis) and `["browser"]` (to all webs in turn).

    `environ` goes to every process. `url` is the socket's, by way of the browser link. The venue lists `more`
    products than its own, with no path: they trade only when told to.
    """

    def __init__(
        self, workers: int = 1, webs: int = 1, rate: float = 10.0, more: Sequence[str] = (), **environ: str
    ) -> None:
        self.counts = workers, webs
        self.venue = FaultyCoinbase(ticking=rate > 0, rate=rate or 2.0)
        self.venue.market.products.update(dict.fromkeys(more))
        self.folder = Path(tempfile.mkdtemp(prefix="stack-"))
        self.valkey = ValkeyServer(private_folder())
        self.links: dict[str, Proxy] = {}
        self.workers: list[Part] = []
        self.webs: list[Web] = []
        self.environ = clean_environ() | {
            "VENUES": "COINBASE,SIM",
            "ALLOWED_HOSTS": "127.0.0.1",
            "SECRET_KEY": "for-the-tests-only-" + "x" * 40,
            "DATABASE_URL": f"sqlite:///{self.folder}/ticker.sqlite3",
            "PYTHONUNBUFFERED": "1",
            **environ,
        }

    async def __aenter__(self) -> Self:
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(self.stop)
            await self._start()
            stack.pop_all()
        return self

    async def _start(self) -> None:
        workers, webs = self.counts
        await self.venue.start()
        await asyncio.to_thread(self.valkey.start)
        server = str(self.valkey.folder / SOCKET_NAME)
        self.links["venue"] = await Proxy(f"127.0.0.1:{self.venue.port}").start()
        for name in ("worker", "web"):
            self.links[name] = await Proxy(server, unix=True).start()
        origin = f"127.0.0.1:{self.links['venue'].port}"
        self.environ |= {
            "VENUE_COINBASE_WS_URL": f"ws://{origin}",
            "VENUE_COINBASE_REST_URL": f"http://{origin}",
        }
        await self._migrate()
        self.workers = [self.worker(f"worker {number}") for number in range(workers)]
        environ = self.environ | {"REDIS_URL": self.links["web"].redis_url, "DJANGO_SETTINGS_MODULE": COUNTED}
        self.webs = [Web(f"web {number}", environ) for number in range(webs)]
        for part in [*self.workers, *self.webs]:
            part.start()
        upstreams = [f"127.0.0.1:{web.port}" for web in self.webs]
        self.links["browser"] = await Proxy(*upstreams).start()
        for web in self.webs:
            await web.ready()

    async def _migrate(self) -> None:
        """Make the database, as `live` does before anything runs; one in a file is made once and copied."""
        path = Path(self.environ["DATABASE_URL"].removeprefix("sqlite:///"))
        if path.parent == self.folder and MIGRATED:
            path.write_bytes(MIGRATED[0])
            return
        environ = self.environ | {"REDIS_URL": self.valkey.url}
        command = [sys.executable, "manage.py", "migrate", "-v", "0"]
        await asyncio.to_thread(subprocess.run, command, cwd=REPO, env=environ, check=True, timeout=60)
        if path.parent == self.folder:
            MIGRATED.append(path.read_bytes())

    def worker(self, name: str) -> Part:
        """Return a feed worker that isn't started yet."""
        environ = self.environ | {"REDIS_URL": self.links["worker"].redis_url}
        return Part(name, ["manage.py", "runworker", "feeds"], environ)

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def stop(self) -> None:
        """End everything."""
        for part in [*self.webs, *self.workers]:
            if part.running:
                part.send(signal.SIGKILL)
                await part.ended()
        for link in self.links.values():
            await link.stop()
        await self.venue.stop()
        self.valkey.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self.valkey.folder, ignore_errors=True)

    # ------------------------------------------------------------------ looking
    @property
    def url(self) -> str:
        """The socket's URL over the browser link."""
        return f"ws://127.0.0.1:{self.links['browser'].port}/ws/market/"

    async def heal(self) -> None:
        """Take every fault of the links and of the venue back."""
        self.venue.well()
        for link in self.links.values():
            await link.heal()

    async def channels(self) -> dict[str, int]:
        """Return every pub/sub channel of the server with its subscribers."""
        async with redis.asyncio.Redis.from_url(self.valkey.url) as line:
            names = await line.pubsub_channels()
            return {name.decode(): count for name, count in await line.pubsub_numsub(*names)}

    async def quotes(self, *symbols: str, web: int = 0) -> dict[str, dict[str, Any]]:
        """Return what a web process knows (GET /api/quotes), by symbol."""
        answer = await self.webs[web].get(f"/api/quotes?symbols={','.join(symbols)}")
        return {quote["symbol"]: quote for quote in answer.json()["quotes"]}

    async def venue_status(self, venue: str = "COINBASE", web: int = 0) -> dict[str, Any]:
        """Return a venue's row of GET /api/venues."""
        rows = (await self.webs[web].get("/api/venues")).json()["venues"]
        found: dict[str, Any] = next(row for row in rows if row["venue"] == venue)
        return found
