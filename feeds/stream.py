"""Floor 3. A session of a streamed venue: the lines it needs, each replaced before it is cut."""

import asyncio
import random
import time

from feeds.errors import FeedError
from feeds.feed import Feed
from feeds.leg import Leg, Share, open_leg

JITTER = 0.007  # of the time after which a line is replaced, so that not all lines are at once
AGAIN = 60.0  # seconds until a line that is due is tried to be replaced again, when no new one could be had
OVERLAP = 10.0  # seconds that a new line is given to bring data before the old one is let go


async def stream(feed: Feed) -> None:
    """Run one session over WebSockets; returns when nothing is wanted. Raises FeedError when it ends."""
    feed.last_life = time.monotonic()
    if feed.venue.line_symbols is None:
        await keep_line(feed, lambda: feed.served)
    else:
        await keep_lines(feed, feed.venue.line_symbols)


async def keep_line(feed: Feed, share: Share, lasting: bool = False) -> None:
    """Keep one line, until its share is empty. Raises FeedError when it ends.

    A venue that cuts its lines after a time, or announces that it will, gets a new line before the old one
    ends: both bring the same for a moment, and ids and times keep it from being counted twice.
    """
    leg, overdue = await open_leg(feed, share, lasting), False
    try:
        while True:
            handover = asyncio.create_task(due(feed, leg, overdue))
            try:
                done, _ = await asyncio.wait([*leg.tasks, handover], return_when=asyncio.FIRST_COMPLETED)
            finally:
                handover.cancel()
            if handover not in done:
                for task in done:
                    task.result()
                return
            before, leg = leg, await hand_over(feed, leg, share, lasting)
            overdue = leg is before
    finally:
        await leg.end()


async def due(feed: Feed, leg: Leg, overdue: bool) -> None:
    """Wait until a line must be replaced: by its age, or because the venue says so. With `overdue` it could
    not be when it was due."""
    limit = AGAIN if overdue else feed.venue.handover_after
    if limit is not None:
        limit *= 1.0 + random.uniform(-JITTER, JITTER)
    try:
        async with asyncio.timeout(limit):
            await leg.leave.wait()
    except TimeoutError:
        return


async def hand_over(feed: Feed, old: Leg, share: Share, lasting: bool) -> Leg:
    """Return a new line that brings data, the old one let go; the old one when no new one can be had."""
    try:
        new = await open_leg(feed, share, lasting)
    except FeedError as error:
        if old.leave.is_set():
            raise
        feed.count(error.reason)
        return old
    brings = asyncio.create_task(new.alive.wait())
    try:
        await asyncio.wait([brings, *new.tasks], timeout=OVERLAP, return_when=asyncio.FIRST_COMPLETED)
        await old.end()
    except asyncio.CancelledError:  # nobody else knows of it yet
        await new.end()
        raise
    finally:
        brings.cancel()
    return new


class Shares:
    """Which line serves which symbol, where a line takes `most` of them; a symbol stays on its line."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lines: list[set[str]] = []

    def assign(self, symbols: set[str]) -> int:
        """Give each new symbol to the first line with room; return the number of lines."""
        for line in self._lines:
            line &= symbols
        held = set().union(*self._lines)
        for symbol in sorted(symbols - held):
            room = next((line for line in self._lines if len(line) < self._most), None)
            if room is None:
                self._lines.append(room := set())
            room.add(symbol)
        return len(self._lines)

    def of(self, number: int) -> set[str]:
        """Return the symbols of one line."""
        return set(self._lines[number])


async def keep_lines(feed: Feed, most: int) -> None:
    """Keep as many lines as the symbols need; returns when nothing is wanted. One that ends, ends all: they
    are the same venue's, and come again together."""
    shares = Shares(most)
    tasks: list[asyncio.Task[None]] = []
    try:
        while feed.served:
            revision = feed.revision
            for number in range(len(tasks), shares.assign(feed.served)):
                share = lambda number=number: shares.of(number) & feed.served  # noqa: E731
                tasks.append(asyncio.create_task(keep_line(feed, share, lasting=True)))
            changed = asyncio.create_task(feed.changed_after(revision))
            try:
                done, _ = await asyncio.wait([*tasks, changed], return_when=asyncio.FIRST_COMPLETED)
            finally:
                changed.cancel()
            for task in done - {changed}:
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
