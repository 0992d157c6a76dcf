"""The whole program under test: `manage.py live` in a folder of its own, and proof that it left nothing."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support import REPO, children_of, command_of, free_port, is_running, wait_until

OURS = {"DEBUG", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "LOGIN_REQUIRED", "SECRET_KEY", "HOST", "PORT"}
OURS |= {
    "REDIS_URL",
    "CHANNEL_LAYER",
    "DATABASE_URL",
    "VENUES",
    "WATCH",
    "SIM_SEED",
    "SIM_RATE",
    "PUSH_TOKEN",
    "DJANGO_SETTINGS_MODULE",
}
OURS |= {"METRICS_HOST", "METRICS_PORT", "MAX_SOCKETS_PER_USER", "MAX_SOCKETS_PER_ADDRESS"}
OURS |= {"REPLAY", "REPLAY_SPEED", "REPLAY_VENUE"}
CHILDREN = {"valkey": "-server unixsocket", "worker": "runworker feeds", "web": "daphne"}


def clean_environ() -> dict[str, str]:
    """Return this process's environment without any variable that the program reads."""
    return {k: v for k, v in os.environ.items() if k not in OURS and not k.startswith("VENUE_")}


class LiveProgram:
    """`manage.py live` with the variables given (default: only the simulated venue), on a free port.

    `with LiveProgram(VENUES="SIM") as program:` blocks until /healthz answers; in a coroutine whose loop
    also runs the fake venues, use `await asyncio.to_thread(program.start)` and `program.finish`.
    `arguments` follow `live` on its command line.
    """

    def __init__(self, *arguments: str, **environ: str) -> None:
        self.arguments = arguments
        self.folder = Path(tempfile.mkdtemp(prefix="live-"))
        self.scratch = self.folder / "t"  # short: a unix socket's path has to fit
        self.scratch.mkdir()
        self.port = int(environ.get("PORT") or free_port())
        self.url = f"http://127.0.0.1:{self.port}"
        self.ws_url = f"ws://127.0.0.1:{self.port}/ws/market/"
        self.origin = self.url
        self.lines: list[str] = []
        self.seen: set[int] = set()
        self.process: subprocess.Popen[str] | None = None
        self.environ = clean_environ() | {
            "VENUES": "SIM",
            "PORT": str(self.port),
            "TMPDIR": str(self.scratch),
            "DATABASE_URL": f"sqlite:///{self.folder}/ticker.sqlite3",
            "SECRET_KEY": "for-the-tests-only-" + "x" * 40,
            **environ,
        }

    def start(self, timeout: float = 30.0, output: int = subprocess.PIPE) -> Self:
        """Start it and wait until /healthz answers. `output`: a descriptor to print on, not read here."""
        self.launch(output)
        wait_until(lambda: self.is_healthy() or self._ended(), timeout, "an answer of /healthz")
        assert self.process and self.process.poll() is None, "live ended:\n" + self.log
        self.children()
        return self

    def launch(self, output: int = subprocess.PIPE) -> None:
        """Start it and don't wait."""
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "live", *self.arguments],
            cwd=REPO,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        if self.process.stdout is not None:
            threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process and self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def _ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    @property
    def log(self) -> str:
        """Return all that it has printed."""
        return "\n".join(self.lines)

    def wait_for_line(self, text: str, timeout: float = 15.0) -> str:
        """Return the first line that contains `text`."""
        wait_until(lambda: any(text in line for line in self.lines), timeout, f"{text!r} in the log")
        return next(line for line in self.lines if text in line)

    def status(self, path: str) -> int:
        """Return the status of a GET, 0 when nobody answers."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, HTTPException):
            return 0
        finally:
            connection.close()

    def is_healthy(self) -> bool:
        """Tell whether the web answers."""
        return self.status("/healthz") == 200

    def children(self) -> dict[str, int]:
        """Return the processes that run for it now, by the name they have in its log."""
        assert self.process
        pids = children_of(self.process.pid)
        self.seen |= {self.process.pid, *pids}
        commands = {pid: command_of(pid) for pid in pids}
        return {name: pid for name, part in CHILDREN.items() for pid in pids if part in commands[pid]}

    def kill(self, name: str) -> int:
        """Kill one of its processes; return the process number that is gone."""
        pid = self.children()[name]
        os.kill(pid, signal.SIGKILL)
        return pid

    def interrupt(self, how: signal.Signals = signal.SIGINT) -> float:
        """Tell it to end, wait until it has; return the seconds that took."""
        assert self.process
        self.children()
        begin = time.monotonic()
        self.process.send_signal(how)
        self.process.wait(timeout=30)
        return time.monotonic() - begin

    def left(self) -> list[str]:
        """Return what is still there of it: processes, sockets, temporary files."""
        running = [f"{pid} {command_of(pid)}" for pid in sorted(self.seen) if is_running(pid)]
        return running + [str(path) for path in self.scratch.rglob("*")]

    def finish(self) -> None:
        """End it if it still runs, and check that nothing is left."""
        try:
            if self.process is not None and self.process.poll() is None:
                self.interrupt()
            left = self.left()
            assert left == [], f"left behind: {left}\n{self.log}"
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.finish()
