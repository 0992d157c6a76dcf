"""`manage.py runworker feeds` by itself, in a folder of its own."""

import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.program import clean_environ
from tests.support import REPO, wait_until


class Worker:
    """A feed worker with the variables given and its own database; killed at the end if it still runs."""

    def __init__(self, **environ: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="worker-"))
        self.database = self.folder / "ticker.sqlite3"
        self.lines: list[str] = []
        self.environ = clean_environ() | {
            "SECRET_KEY": "for-the-tests-only-" + "x" * 40,
            "DATABASE_URL": f"sqlite:///{self.database}",
            "PYTHONUNBUFFERED": "1",
            **environ,
        }
        self.process: subprocess.Popen[str]

    def __enter__(self) -> Self:
        migrate = [sys.executable, "manage.py", "migrate", "-v", "0"]
        subprocess.run(migrate, cwd=REPO, env=self.environ, check=True, timeout=60)
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "runworker", "feeds"],
            cwd=REPO,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def says(self, text: str, timeout: float = 20.0) -> str:
        """Return the first line of its log that contains `text`."""
        wait_until(lambda: any(text in line for line in self.lines), timeout, f"{text!r} in the log")
        return next(line for line in self.lines if text in line)

    def end(self, how: int) -> tuple[int, float]:
        """Send a signal; return the exit code and the seconds that it took."""
        began = time.monotonic()
        self.process.send_signal(how)
        code = self.process.wait(15)
        return code, time.monotonic() - began
