"""Several workers and webs behind a balancer that knows nothing of them, as compose starts them."""

import asyncio
import contextlib
import shutil
import signal
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Self

from tests.faults.proxy import Proxy
from tests.faults.stack import Part, Web
from tests.program import clean_environ
from tests.support import REPO

SECRET = "for-the-tests-only-" + "x" * 40


class Desk:
    """`async with Desk(web_redis, worker_redis, webs=3, workers=2) as desk:`. A `Client(desk)` comes to the
    webs in turn."""

    def __init__(
        self, web_redis: str, worker_redis: str = "", *, webs: int = 1, workers: int = 1, **environ: str
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="desk-"))
        common = clean_environ() | {
            "VENUES": "SIM",
            "SIM_RATE": "20",
            "ALLOWED_HOSTS": "127.0.0.1",
            "SECRET_KEY": SECRET,
            "DATABASE_URL": f"sqlite:///{self.folder}/ticker.sqlite3",
            "PYTHONUNBUFFERED": "1",
            **environ,
        }
        work = ["manage.py", "runworker", "feeds"]
        of_worker = common | {"REDIS_URL": worker_redis or web_redis}
        of_web = common | {"REDIS_URL": web_redis}
        self.workers = [Part(f"worker {number}", work, of_worker) for number in range(workers)]
        self.webs = [Web(f"web {number}", of_web) for number in range(webs)]
        self.balancer = Proxy(*(f"127.0.0.1:{web.port}" for web in self.webs))
        self.ws_url = self.origin = ""

    async def __aenter__(self) -> Self:
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(self._stop)
            shutil.copy(await asyncio.to_thread(empty_database), self.folder / "ticker.sqlite3")
            for part in [*self.workers, *self.webs]:
                part.start()
            await self.balancer.start()
            self.ws_url = f"ws://127.0.0.1:{self.balancer.port}/ws/market/"
            self.origin = f"http://127.0.0.1:{self.balancer.port}"
            for web in self.webs:
                await web.ready()
            stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stop()

    async def _stop(self) -> None:
        for part in [*self.webs, *self.workers]:
            if part.running:
                part.send(signal.SIGKILL)
                await part.ended()
        await self.balancer.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def log(self) -> str:
        """All that its processes have said."""
        parts = [*self.workers, *self.webs]
        return "\n".join(f"{part.name}: {line}" for part in parts for line in part.lines)


@cache
def empty_database() -> Path:
    """Return a database without rows, made once."""
    path = Path(tempfile.mkdtemp(prefix="database-")) / "ticker.sqlite3"
    environ = clean_environ() | {"SECRET_KEY": SECRET, "DATABASE_URL": f"sqlite:///{path}"}
    migrate = [sys.executable, "manage.py", "migrate", "-v", "0"]
    subprocess.run(migrate, cwd=REPO, env=environ, check=True, timeout=60)
    return path
