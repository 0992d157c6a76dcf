"""Floor 3. A thread that looks whether the event loop still turns: it says where a loop stands that doesn't,
and ends a process whose loop stands for too long, for then nobody can tell it to end. And the end of a worker
that nobody can hear and that can write nothing down."""

import asyncio
import logging
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable

log = logging.getLogger("feeds.watchdog")

LOOK = 0.25  # seconds between two looks
SAID = 1.0  # seconds after which a loop that stands is told of
GIVEN_UP = 10.0
EXIT = 70  # of sysexits.h: an internal error
HOPELESS = 55.0  # seconds without Redis and database after which a worker ends; the first few don't count
EXIT_LATER = 75  # of sysexits.h: a failure that may pass


class Watchdog:
    """Watches the loop that `run` runs in; `end` ends the process.

    Only the thread's own looks count, so a process that was stopped, or a machine that slept, didn't stand.
    """

    def __init__(self, end: Callable[[int], object] = os._exit) -> None:
        self._end = end
        self._turned = True
        self._stood = 0.0
        self._over = threading.Event()
        self._watched = threading.get_ident()

    async def run(self) -> None:
        """Be watched until cancelled."""
        self._watched = threading.get_ident()
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()
        try:
            while True:
                self._turned = True
                await asyncio.sleep(LOOK)
        finally:
            self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(LOOK):
            self.look()

    def look(self) -> None:
        """Take one look."""
        if self._turned:
            self._turned, self._stood = False, 0.0
            return
        before, self._stood = self._stood, self._stood + LOOK
        if before < SAID <= self._stood:
            log.error("the event loop has stood still for %g s in:\n%s", SAID, self._where())
        if self._stood >= GIVEN_UP:
            log.critical("the event loop has stood still for %g s: the process ends", GIVEN_UP)
            self._end(EXIT)

    def _where(self) -> str:
        frame = sys._current_frames().get(self._watched)
        return "".join(traceback.format_stack(frame)).rstrip()


async def hopeless(is_lost: Callable[[], bool]) -> None:
    """Return when `is_lost` was true for a minute on end: a process that is started anew begins with all it
    needs, and says at once what it lacks."""
    since = time.monotonic()
    while time.monotonic() - since < HOPELESS:
        await asyncio.sleep(LOOK)
        since = since if is_lost() else time.monotonic()
    log.critical("neither Redis nor the database for %g s: the process ends", HOPELESS)
