"""Floor 4. How the venues are, as this process knows it."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable

from dashboard.clock import wall
from feeds import wire
from feeds.market import FeedStatus, replace

SILENT = 5.0  # seconds without a word after which the worker is called silent
CATCH_UP = 2.0  # seconds that prices are given to come before a venue that was silent is called live again
WAITING = "waiting for the feed worker"
NO_ANSWER = "the feed worker does not answer"


class Statuses:
    """The last status of each venue. While the worker that leads it is silent it can't be called live."""

    def __init__(self, venues: Iterable[str]) -> None:
        self._known = {
            venue: FeedStatus(venue=venue, state="connecting", since=wall(), reason=WAITING)
            for venue in venues
        }
        self._heard = time.monotonic()
        self._heard_of = dict.fromkeys(self._known, self._heard)
        self._back: dict[str, tuple[float, FeedStatus]] = {}
        self.answered = False
        self._first = asyncio.Event()

    def all(self) -> list[FeedStatus]:
        """Return every venue's status."""
        return list(self._known.values())

    def texts(self) -> list[str]:
        """Return every venue's status frame."""
        return [status_text(status) for status in self._known.values()]

    @property
    def worker_answers(self) -> bool:
        """Whether the feed worker was heard of lately."""
        return self.answered and time.monotonic() - self._heard < SILENT

    def silence(self, venue: str = "") -> float:
        """Return the seconds since a worker last spoke of a venue, or at all; before, since our start."""
        return time.monotonic() - self._heard_of.get(venue, self._heard)

    async def first_word(self, timeout: float) -> None:
        """Wait until the worker was heard for the first time, `timeout` s at the most."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._first.wait()

    def take(
        self, statuses: Iterable[FeedStatus], led: Iterable[str], is_behind: Callable[[str], bool]
    ) -> list[str]:
        """Take a worker's word on the venues that it leads; return the frames of those whose state or reason
        has changed. A venue that was silent, and of which `is_behind`, is called live when its prices are
        there: the old ones would pass for live ones."""
        self._heard = time.monotonic()
        self._heard_of |= dict.fromkeys(led, self._heard)
        self.answered = True
        self._first.set()
        now_told = []
        for status in statuses:
            if self._was_silent(status.venue) and is_behind(status.venue):
                since, _ = self._back.get(status.venue, (self._heard, status))
                self._back[status.venue] = since, status
            elif status.venue in self._heard_of:
                self._back.pop(status.venue, None)
                now_told.append(status)
        return self._change(now_told)

    def caught_up(self, is_behind: Callable[[str], bool]) -> list[str]:
        """Return the frames of venues that were silent and whose prices are here now, or take too long."""
        oldest = time.monotonic() - CATCH_UP
        here = [venue for venue, (at, _) in self._back.items() if at < oldest or not is_behind(venue)]
        return self._change([self._back.pop(venue)[1] for venue in here])

    def _was_silent(self, venue: str) -> bool:
        status = self._known.get(venue)
        return status is not None and status.reason == NO_ANSWER

    def check(self) -> list[str]:
        """Return the frames to send now of venues of which nothing has been heard for too long."""
        oldest = time.monotonic() - SILENT
        return self._change(
            replace(status, state="stale", since=wall(), reason=NO_ANSWER)
            for status in self.all()
            if status.state != "off"
            and status.reason != NO_ANSWER
            and self._heard_of.get(status.venue, self._heard) < oldest
        )

    def _change(self, statuses: Iterable[FeedStatus]) -> list[str]:
        changed = []
        for status in statuses:
            before = self._known.get(status.venue)
            self._known[status.venue] = status
            if before is None or (before.state, before.reason) != (status.state, status.reason):
                changed.append(status_text(status))
        return changed


def status_text(status: FeedStatus) -> str:
    """Return a status frame."""
    return wire.to_text(wire.Status(status.venue, status.state, status.since, status.reason))
