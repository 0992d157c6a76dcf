"""What several tests need: waiting without fixed sleeps, a Valkey of one's own, the whole program."""

import asyncio
import inspect
import os
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ticker.embedded import SOCKET_NAME, server_command, server_url

REPO = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("TICKER_SHARED") or REPO.parent / "shared")
LOOK_EVERY = 0.02  # seconds


async def wait_for(predicate: Callable[[], Any], timeout: float = 10.0, what: str = "") -> Any:
    """Return the first true value of `predicate` (a function or a coroutine function).

    Raises AssertionError that says `what` was awaited when none came in `timeout` seconds.
    """
    end = time.monotonic() + timeout
    while True:
        result = predicate()
        if inspect.isawaitable(result):
            result = await result
        if result:
            return result
        assert time.monotonic() < end, f"waited {timeout:g} s for {what or predicate}"
        await asyncio.sleep(LOOK_EVERY)


def wait_until(predicate: Callable[[], Any], timeout: float = 10.0, what: str = "") -> Any:
    """Return the first true value of `predicate`, like `wait_for` where no loop runs."""
    end = time.monotonic() + timeout
    while True:
        if result := predicate():
            return result
        assert time.monotonic() < end, f"waited {timeout:g} s for {what or predicate}"
        time.sleep(LOOK_EVERY)


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_running(pid: int) -> bool:
    """Tell whether a process runs; one that is dead and not yet collected doesn't."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return state.stdout.strip()[:1] not in ("", "Z", "X")


def children_of(pid: int) -> list[int]:
    """Return the processes that a process started and that still run."""
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    pairs = [line.split() for line in listing.stdout.splitlines()]
    return [int(child) for child, parent in pairs if int(parent) == pid and is_running(int(child))]


def command_of(pid: int) -> str:
    """Return the command line of a process as `ps` shows it, empty when it is gone."""
    return subprocess.run(
        ["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()


class ValkeyServer:
    """An embedded Valkey in a private folder, which a test may stop, kill and start again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = server_url(folder)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.process = subprocess.Popen(server_command(self.folder), stdout=subprocess.DEVNULL)
        wait_until(self.answers, what="an answer of Valkey")

    def answers(self) -> bool:
        """Tell whether it takes commands now."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            try:
                client.connect(str(self.folder / SOCKET_NAME))
                client.sendall(b"PING\r\n")
                return client.recv(16) == b"+PONG\r\n"
            except OSError:
                return False

    def stop(self) -> None:
        """End it, and every connection to it, at once."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
