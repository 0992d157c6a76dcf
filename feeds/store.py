"""Floor 3. The bar store: one writer thread off the event loop (`BarStore`), and the reading side.

Read with `read_bars`, `parts`, `search_instruments` and so on where a thread may wait, and with
`await aread(read_bars, …)` on an event loop.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from django.db import DEFAULT_DB_ALIAS, Error, connections

from feeds.catalogue import (
    catalogue_symbols,
    instruments_of,
    renamed_symbols,
    search_instruments,
    used_instruments,
)
from feeds.closes import read_closes
from feeds.elsewhere import same_asset
from feeds.formula_series import first_time, parts, read_bars
from feeds.making import outranks
from feeds.market import Bar, Instrument, replace
from feeds.query import aread
from feeds.recents import forget_unused, note_used
from feeds.rollup import bases_of
from feeds.rows import clear_holes, doubt, note_asked, prune_seconds, storable, write_bars, write_instruments
from feeds.series import asked_before, known_until, stored_times

__all__ = [
    "BarStore",
    "aread",
    "asked_before",
    "bases_of",
    "catalogue_symbols",
    "first_time",
    "forget_unused",
    "instruments_of",
    "known_until",
    "note_used",
    "parts",
    "read_bars",
    "read_closes",
    "renamed_symbols",
    "same_asset",
    "search_instruments",
    "stored_times",
    "used_instruments",
]

log = logging.getLogger(__name__)

ROWS_HELD = 10_000
ROWS_AT_ONCE = 500  # that many waiting are written without waiting for the second to pass
WRITE_EVERY = 1.0  # s
FIRST_RETRY, LAST_RETRY = 0.1, 5.0  # s
PRUNE_EVERY = 3600.0  # s
SECONDS_KEPT = 24 * 3_600_000  # ms of 1s bars

Key = tuple[str, str, int]


def now_ms() -> int:
    """Return the time in ms UTC."""
    return time.time_ns() // 1_000_000


class BarStore:
    """Writes bars and catalogues to the database in a thread of its own; a put never waits and never raises.

    What waits is bounded: beyond `held` bars the oldest are dropped and counted in `dropped`. `refused`
    counts closed bars that are none (unknown interval, off its grid, no numbers). A write that fails is
    told in `error` ("" while all is well), counted in `failures`, and tried again until it succeeds.
    `changed` is notified after each attempt.
    """

    def __init__(
        self,
        using: str = DEFAULT_DB_ALIAS,
        clock: Callable[[], int] = now_ms,
        held: int = ROWS_HELD,
        every: float = WRITE_EVERY,
    ) -> None:
        self.error = ""
        self.dropped = self.refused = self.written = self.failures = 0
        self.changed = threading.Condition()
        self._using, self._clock, self._held, self._every = using, clock, held, every
        self._bars: OrderedDict[Key, Bar] = OrderedDict()
        self._catalogues: dict[str, Sequence[Instrument]] = {}
        self._filled: dict[tuple[str, int, int], bool] = {}
        self._doubted: dict[tuple[str, int, int], bool] = {}
        self._asked: dict[tuple[str, str, int, int], bool] = {}
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._flushing = 0
        self._next_write = 0.0  # of the monotonic clock, as the next two
        self._retry_at, self._retry_after = 0.0, FIRST_RETRY
        self._prune_at = 0.0
        self._seen = 0

    def start(self) -> None:
        """Start the writer."""
        if self._thread is None:
            self._stopping = False
            self._thread = threading.Thread(target=self._run, name="bar-store", daemon=True)
            self._thread.start()

    def close(self, timeout: float = 5.0) -> bool:
        """Write what waits and end the writer; False when that took longer than `timeout` seconds."""
        deadline = time.monotonic() + timeout
        flushed = self.flush(timeout)
        with self.changed:
            self._stopping = True
            self.changed.notify_all()
        if self._thread:
            self._thread.join(max(0.0, deadline - time.monotonic()) + 0.1)
            self._thread = None
        return flushed

    def flush(self, timeout: float) -> bool:
        """Wait until everything put is written; False when it is not after `timeout` seconds."""
        with self.changed:
            self._flushing += 1
            self.changed.notify_all()
            try:
                return self.changed.wait_for(lambda: not self.waiting, timeout)
            finally:
                self._flushing -= 1

    @property
    def waiting(self) -> int:
        """How many bars and catalogues wait to be written."""
        return (
            len(self._bars)
            + len(self._catalogues)
            + len(self._filled)
            + len(self._doubted)
            + len(self._asked)
        )

    def put_bars(self, bars: Iterable[Bar]) -> None:
        """Have the closed ones of these bars written; the latest of one symbol, interval and time counts."""
        with self.changed:
            for bar in bars:
                if storable(bar):
                    self._hold(bar)
                elif bar.closed:
                    self.refused += 1
            while len(self._bars) > self._held:
                self._bars.popitem(last=False)
                self.dropped += 1
            self.changed.notify_all()

    def put_instruments(self, venue: str, instruments: Sequence[Instrument]) -> None:
        """Have a venue's whole catalogue written; what it held before and no longer does is marked delisted.

        An empty one is a venue's bad day and changes nothing.
        """
        if instruments:
            with self.changed:
                self._catalogues[venue] = instruments
                self.changed.notify_all()

    def doubt(self, symbol: str, start: int, end: int) -> None:
        """Have it noted that a part of [start, end) ms was not heard: bars stored as whole are not."""
        with self.changed:
            for key, bar in self._bars.items():
                if key[0] == symbol and bar.source == "live" and start <= bar.time < end:
                    self._bars[key] = replace(bar, source="mixed")
            self._doubted[(symbol, start, end)] = True
            self.changed.notify_all()

    def no_holes(self, symbol: str, start: int, end: int) -> None:
        """Have it forgotten that minutes of [start, end) ms are missing: the venue's history is there, and
        what it doesn't hold was quiet."""
        with self.changed:
            self._bars = OrderedDict(
                (key, bar)
                for key, bar in self._bars.items()
                if bar.source != "hole" or key[:2] != (symbol, "1m") or not start <= bar.time < end
            )
            self._filled[(symbol, start, end)] = True
            self.changed.notify_all()

    def note_asked(self, symbol: str, interval: str, since: int, until: int) -> None:
        """Have it noted, after the bars put before, that the venue has told all of [since, until) ms."""
        with self.changed:
            self._asked[(symbol, interval, since, until)] = True
            self.changed.notify_all()

    def prune(self, now: int) -> int:
        """Delete the 1s bars older than a day, as the writer does hourly; return how many."""
        return prune_seconds(connections[self._using], now - SECONDS_KEPT)

    def _hold(self, bar: Bar) -> None:
        key = (bar.symbol, bar.interval, bar.time)
        held = self._bars.get(key)
        if held is None or outranks(bar, held):
            self._bars[key] = bar

    # --------------------------------------------------------------- the writer
    def _run(self) -> None:
        while self._wait_for_work():
            self._attempt()
        connections[self._using].close()

    def _wait_for_work(self) -> bool:
        """Wait until there is something to write and it is time to; False at the end."""
        with self.changed:
            while not self._stopping:
                delay = self._delay()
                if delay is not None and delay <= 0:
                    return True
                self.changed.wait(delay)
            return False

    def _delay(self) -> float | None:
        """Return the seconds until the next write is due, None while nothing waits."""
        if not self.waiting:
            return None
        now = time.monotonic()
        hurry = self._flushing or len(self._bars) >= ROWS_AT_ONCE
        return max(self._retry_at, 0.0 if hurry else self._next_write) - now

    def _attempt(self) -> None:
        connection = connections[self._using]
        try:
            connection.close_if_unusable_or_obsolete()
            self._write()
        except (
            Exception
        ) as error:  # the writer's supervisor: whatever it is, the bars wait and the thread lives
            with suppress(Error):
                connection.close()
            self._failed(error)
        else:
            self._succeeded()

    def _write(self) -> None:
        """Write what waits: bars in one transaction, each catalogue in its own."""
        connection = connections[self._using]
        with self.changed:
            bars, catalogues = list(self._bars.items()), list(self._catalogues.items())
            filled, doubted = list(self._filled.items()), list(self._doubted.items())
            asked = list(self._asked.items())
        for stretch, _ in doubted:
            doubt(connection, *stretch)
        self._forget(self._doubted, doubted)
        for stretch, _ in filled:
            clear_holes(connection, *stretch)
        self._forget(self._filled, filled)
        if bars:
            write_bars(connection, [bar for _, bar in bars])
            self._forget(self._bars, bars)
            self.written += len(bars)
        for stretch_asked, _ in asked:
            note_asked(connection, *stretch_asked)
        self._forget(self._asked, asked)
        for venue, instruments in catalogues:
            self._seen = max(self._clock(), self._seen + 1)
            write_instruments(connection, venue, instruments, self._seen)
            self._forget(self._catalogues, [(venue, instruments)])
        if bars and time.monotonic() >= self._prune_at:
            self.prune(self._clock())
            self._prune_at = time.monotonic() + PRUNE_EVERY

    def _forget(self, waiting: dict, written: list) -> None:
        """Take what was written off the waiting, unless it was replaced meanwhile."""
        with self.changed:
            for key, value in written:
                if waiting.get(key) is value:
                    del waiting[key]

    def _succeeded(self) -> None:
        if self.error:
            log.info("the bar store writes again")
        with self.changed:
            self.error = ""
            self._retry_at, self._retry_after = 0.0, FIRST_RETRY
            self._next_write = time.monotonic() + self._every
            self.changed.notify_all()

    def _failed(self, error: Exception) -> None:
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        if not self.error:
            log.warning("the bar store cannot write, %d wait: %s", self.waiting, reason)
        self.failures += 1
        with self.changed:
            self.error = reason
            self._retry_at = time.monotonic() + self._retry_after
            self._retry_after = min(self._retry_after * 2, LAST_RETRY)
            self.changed.notify_all()
