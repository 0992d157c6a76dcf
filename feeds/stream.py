"""Floor 3. A session of a streamed venue: connect, subscribe, read; until it is silent, or closes."""

import asyncio
import random
import time
from collections.abc import Iterable

from feeds.clock import wall
from feeds.errors import FeedError
from feeds.feed import Feed
from feeds.transport import Line, moved_to, open_line
from feeds.venues.base import Event, Notice

LOOK = 0.25  # seconds between two looks at the silence clock
JITTER = 0.04  # of the time after which a line is replaced, so that not all lines are at once
OVERLAP = 10.0  # seconds that a new line is given to bring data before the old one is let go


class Leg:
    """One WebSocket of a feed with the tasks that serve it. A feed has one, and two during a handover."""

    def __init__(self, feed: Feed, line: Line) -> None:
        self._feed = feed
        self._line = line
        self._ready = asyncio.Event()
        self.alive = asyncio.Event()
        self.leave = asyncio.Event()
        if not feed.venue.waits_for_ready:
            self._ready.set()
        name = feed.venue.name
        self.tasks = [
            asyncio.create_task(self._read(), name=f"{name} read"),
            asyncio.create_task(self._ask(), name=f"{name} ask"),
        ]

    async def end(self) -> None:
        """Stop serving the line and close it."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self._line.close()

    async def _read(self) -> None:
        """Hand every frame to the venue's parser and on."""
        async for raw in self._line.frames():
            received = wall()
            events = self._feed.venue.parse(raw, received)
            self._heed(events)
            self._feed.hear(events, received)

    def _heed(self, events: Iterable[Event]) -> None:
        for event in events:
            if not isinstance(event, Notice):
                self.alive.set()
            elif event.kind == "ready":
                self._ready.set()
            elif event.kind == "reconnect":
                self.leave.set()

    async def _ask(self) -> None:
        """Keep what the venue sends equal to what is wanted; returns when that is nothing."""
        feed, venue = self._feed, self._feed.venue
        for message in venue.greet():
            await self._line.send(message)
        await self._ready.wait()
        asked: set[str] = set()
        while feed.served:
            feed.changed.clear()
            gone, new = asked - feed.wanted, feed.served - asked
            await self._send(sorted(gone), gone=True)
            await self._send(sorted(new), gone=False)
            asked = (asked - gone) | new
            if asked - feed.wanted or feed.served - asked:
                continue  # it changed while we said so; a second leg may have cleared the sign of it
            try:
                async with asyncio.timeout(venue.ping_every if venue.ping() else None):
                    await feed.changed.wait()
            except TimeoutError:
                await self._line.send(venue.ping() or "")

    async def _send(self, symbols: list[str], gone: bool) -> None:
        """Send the messages that subscribe (or give back) these symbols, as slowly as the venue likes."""
        venue = self._feed.venue
        for first in range(0, len(symbols), venue.chunk):
            natives = [venue.learn(symbol) for symbol in symbols[first : first + venue.chunk]]
            for message in venue.unsubscribe(natives) if gone else venue.subscribe(natives):
                await self._line.send(message)
                await asyncio.sleep(venue.send_every)


async def open_leg(feed: Feed) -> Leg:
    """Open a new line and begin to serve it. Raises FeedError when it can't be had."""
    url = feed.venue.stream_url()
    line = await open_line(feed.venue, moved_to(url, feed.ws_origin))
    if feed.tap:
        line.tap = feed.tap
        feed.tap("open", url, "")
    return Leg(feed, line)


async def stream(feed: Feed) -> None:
    """Run one session over WebSockets; returns when nothing is wanted. Raises FeedError when it ends.

    A venue that cuts its lines after a time, or announces that it will, gets a new line before the old one
    ends: both bring the same for a moment, and ids and times keep it from being counted twice.
    """
    leg = await open_leg(feed)
    feed.last_life = time.monotonic()
    silence = asyncio.create_task(watch(feed), name=f"{feed.venue.name} watch")
    try:
        while True:
            handover = asyncio.create_task(due(feed, leg))
            done, _ = await asyncio.wait([*leg.tasks, silence, handover], return_when=asyncio.FIRST_COMPLETED)
            handover.cancel()
            if handover not in done:
                for task in done:
                    task.result()
                return
            leg = await hand_over(feed, leg)
    finally:
        silence.cancel()
        await asyncio.gather(silence, return_exceptions=True)
        await leg.end()


async def due(feed: Feed, leg: Leg) -> None:
    """Wait until a line must be replaced: by its age, or because the venue says so."""
    limit = feed.venue.handover_after
    if limit is not None:
        limit *= 1.0 + random.uniform(-JITTER, JITTER)
    try:
        async with asyncio.timeout(limit):
            await leg.leave.wait()
    except TimeoutError:
        return


async def hand_over(feed: Feed, old: Leg) -> Leg:
    """Return a new line that brings data, the old one let go; the old one when no new one can be had."""
    try:
        new = await open_leg(feed)
    except FeedError as error:
        if old.leave.is_set():
            raise
        feed.count(error.reason)
        return old
    brings = asyncio.create_task(new.alive.wait())
    await asyncio.wait([brings, *new.tasks], timeout=OVERLAP, return_when=asyncio.FIRST_COMPLETED)
    brings.cancel()
    await old.end()
    return new


async def watch(feed: Feed) -> None:
    """Raise FeedError once the line has been silent (no price, no heartbeat; a pong is neither) too long."""
    while True:
        await asyncio.sleep(LOOK)
        silent = time.monotonic() - feed.last_life
        if silent > feed.venue.silence:
            feed.set_state("stale", f"silent for {silent:.0f} s")
            raise FeedError(f"silent for {silent:.0f} s")
