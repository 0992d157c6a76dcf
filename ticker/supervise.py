"""Floor 5. Child processes: each kept running under its own name, and ended together."""

import asyncio
import ctypes
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any

from ticker.log import Log

FIRST_DELAY = 0.2  # seconds before the first restart, doubled with each one that follows
LONGEST_DELAY = 10.0
STEADY = 60.0  # seconds alive after which a death counts as the first again
LAST_WORDS = 0.2  # seconds in which a dead child's last lines are read
PR_SET_PDEATHSIG = 1


class Child:
    """One program that is started again, later each time, whenever it ends by itself."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environ: Mapping[str, str],
        log: Log,
        unsaid: Sequence[str] = (),
    ) -> None:
        self.name = name
        self.command = command
        self.environ = environ
        self.log = log
        self.unsaid = unsaid  # lines of its log that are nobody's concern contain one of these
        self.starts = 0
        self._ending = asyncio.Event()
        self._process: Process | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to keep the program running."""
        self._task = asyncio.create_task(self._keep(), name=self.name)

    @property
    def running(self) -> bool:
        """Tell whether its process is there now."""
        return self._process is not None and self._process.returncode is None

    def end(self, number: signal.Signals) -> None:
        """Send a signal to the program and whatever it started; from now on it isn't started again."""
        self._ending.set()
        if self._process is not None and self.running:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    async def ended(self) -> None:
        """Wait until it has ended for good."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _keep(self) -> None:
        delay = FIRST_DELAY
        while not self._ending.is_set():
            born = monotonic()
            how = await self._run_once()
            if self._ending.is_set():
                return
            delay = FIRST_DELAY if monotonic() - born >= STEADY else delay
            self.log.say("live", f"{self.name} ended ({how}); again in {delay:g} s")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), delay)
            delay = min(delay * 2, LONGEST_DELAY)

    async def _run_once(self) -> str:
        """Run the program until it ends; return how it did."""
        self.starts += 1
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self.command,
                env=self.environ,
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=STDOUT,
                process_group=0,  # Ctrl-C in the terminal is for us; we tell the children
                preexec_fn=die_with_parent(),
            )
        except OSError as error:
            return f"can't be started: {error}"
        if self._ending.is_set():  # we were told while it was being started
            self.end(signal.SIGTERM)
        assert self._process.stdout is not None
        reading = asyncio.create_task(self.log.follow(self.name, self._process.stdout, self.unsaid))
        code = await self._process.wait()
        await asyncio.wait([reading], timeout=LAST_WORDS)
        reading.cancel()
        return f"exit {code}" if code >= 0 else signal.Signals(-code).name


async def end(children: Sequence[Child], patience: float, hurry: asyncio.Event) -> None:
    """End programs: by SIGTERM, and by SIGKILL those left after `patience` seconds or when `hurry` is set."""
    for child in children:
        child.end(signal.SIGTERM)
    all_ended = asyncio.gather(*(child.ended() for child in children))
    hurried = asyncio.create_task(hurry.wait())
    either: list[asyncio.Future[Any]] = [all_ended, hurried]
    await asyncio.wait(either, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
    hurried.cancel()
    for child in children:
        child.end(signal.SIGKILL)
    await all_ended


def die_with_parent() -> Callable[[], None] | None:
    """Return what a child runs before its program, so that it dies when we are killed; None but on Linux."""
    if not sys.platform.startswith("linux"):
        return None
    prctl, parent = ctypes.CDLL(None, use_errno=True).prctl, os.getpid()

    def ask_the_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # we died between the fork and the line above
            os._exit(1)

    return ask_the_kernel
