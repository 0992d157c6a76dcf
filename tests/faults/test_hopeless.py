"""W7: a worker whose Redis and whose database are both gone keeps its market for a while, and then ends."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.figures import resident_kib
from tests.faults.crew import TROUBLED, Redis
from tests.integration.worker import Worker
from tests.support import wait_until
from ticker.embedded import private_folder

pytestmark = pytest.mark.live
HOPELESS = 3.0  # seconds in place of 55: what grows by then would be seen
MUTE = 5.0  # seconds after which a worker that publishes nothing is called mute
SLACK = 5.0
GROWS = 30 * 1024  # KiB


@pytest.fixture
def server() -> Iterator[Redis]:
    running = Redis(private_folder())
    running.start()
    yield running
    running.stop()


def lose_database(worker: Worker) -> None:
    """Leave nothing at its place that could be opened."""
    for path in worker.folder.glob("ticker.sqlite3*"):
        path.unlink()
    worker.database.mkdir()


def rss(worker: Worker) -> int:
    """Return its memory in KiB, 0 when it has ended."""
    try:
        return resident_kib(Path(f"/proc/{worker.process.pid}/status").read_text())
    except (OSError, ValueError):
        return 0


def test_without_redis_and_database_it_runs_on_for_a_while_and_ends(server, tmp_path, figure):
    trouble = tmp_path / "trouble"
    trouble.write_text(f"despair {HOPELESS}")
    environ = {"VENUES": "SIM", "WATCH": "SIM:BTC-USD", "SIM_RATE": "50", "REDIS_URL": server.url}
    with Worker(**environ, DJANGO_SETTINGS_MODULE=TROUBLED, TROUBLE=str(trouble)) as worker:
        worker.says("leading ", 30)
        os.kill(worker.process.pid, signal.SIGUSR1)
        began, before = time.monotonic(), rss(worker)
        server.stop()
        worker.says("leases not renewed", 20)
        lose_database(worker)
        worker.says("the bar store cannot write", 30)
        grown = 0

        def has_ended() -> bool:
            nonlocal grown
            grown = max(grown, rss(worker) - before)
            return worker.process.poll() is not None

        wait_until(has_ended, 60, "its end")
        seconds = time.monotonic() - began
        worker.says("neither Redis nor the database", 5)
    figure(f"exit {worker.process.returncode} after {seconds:.1f} s, {grown} KiB more")
    assert worker.process.returncode == 75 and grown <= GROWS
    assert HOPELESS + MUTE - 1 <= seconds <= HOPELESS + MUTE + 3.0 + SLACK
    assert not any("Traceback" in line for line in worker.lines)
