"""Floor 3. A session of a streamed venue: connect, subscribe, read; until it is silent, or closes."""

import asyncio
import random
import time
from collections.abc import Callable, Iterable

from feeds.clock import wall
from feeds.errors import FeedError
from feeds.feed import Feed
from feeds.transport import Line, moved_to, open_line
from feeds.venues.base import Event, Notice

LOOK = 0.25  # seconds between two looks at the silence clock
JITTER = 0.04  # of the time after which a line is replaced, so that not all lines are at once
OVERLAP = 10.0  # seconds that a new line is given to bring data before the old one is let go

Share = Callable[[], set[str]]


class Leg:
    """One WebSocket of a feed with the tasks that serve it: the symbols of `share()`, which may change.

    A feed has one, two while one replaces the other, and more where a line takes a limited number of symbols.
    With `lasting` it goes on when its share is empty.
    """

    def __init__(self, feed: Feed, line: Line, share: Share, lasting: bool) -> None:
        self._feed, self._line, self._share, self._lasting = feed, line, share, lasting
        self._ready = asyncio.Event()
        self._last_life = time.monotonic()
        self.alive = asyncio.Event()
        self.leave = asyncio.Event()
        if not feed.venue.waits_for_ready:
            self._ready.set()
        self.tasks = [
            asyncio.create_task(part, name=f"{feed.venue.name} {name}")
            for name, part in (("read", self._read()), ("ask", self._ask()), ("watch", self._watch()))
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
            if self._feed.hear(events, received):
                self._last_life = time.monotonic()

    def _heed(self, events: Iterable[Event]) -> None:
        for event in events:
            if not isinstance(event, Notice):
                self.alive.set()
            elif event.kind == "ready":
                self._ready.set()
            elif event.kind == "reconnect":
                self.leave.set()

    async def _ask(self) -> None:
        """Keep what the venue sends equal to the share; returns when that is empty."""
        feed, venue = self._feed, self._feed.venue
        for message in venue.greet():
            await self._line.send(message)
        await self._ready.wait()
        asked: set[str] = set()
        while self._lasting or self._share():
            revision, share = feed.revision, self._share()
            await self._send(sorted(asked - share - feed.refused.keys()), gone=True)
            await self._send(sorted(share - asked), gone=False)
            asked = share
            try:
                async with asyncio.timeout(venue.ping_every if venue.ping() else None):
                    await feed.changed_after(revision)
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

    async def _watch(self) -> None:
        """Raise FeedError once the line was silent (no price, no heartbeat; a pong is neither) too long."""
        while True:
            await asyncio.sleep(LOOK)
            if not self._share():
                self._last_life = time.monotonic()
            check_silence(self._feed, self._last_life)


def check_silence(feed: Feed, last_life: float) -> None:
    """Raise FeedError when the last sign of life is too long ago."""
    silent = time.monotonic() - last_life
    if silent > feed.venue.silence:
        feed.set_state("stale", f"silent for {silent:.0f} s")
        raise FeedError(f"silent for {silent:.0f} s")


async def watch(feed: Feed) -> None:
    """Raise FeedError once a feed of one line has been silent for too long."""
    while True:
        await asyncio.sleep(LOOK)
        check_silence(feed, feed.last_life)


async def open_leg(feed: Feed, share: Share, lasting: bool = False) -> Leg:
    """Open a new line and begin to serve it. Raises FeedError when it can't be had."""
    url = feed.venue.stream_url()
    line = await open_line(feed.venue, moved_to(url, feed.ws_origin))
    if feed.tap:
        line.tap = feed.tap
        feed.tap("open", url, "")
    return Leg(feed, line, share, lasting)


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
    leg = await open_leg(feed, share, lasting)
    try:
        while True:
            handover = asyncio.create_task(due(feed, leg))
            try:
                done, _ = await asyncio.wait([*leg.tasks, handover], return_when=asyncio.FIRST_COMPLETED)
            finally:
                handover.cancel()
            if handover not in done:
                for task in done:
                    task.result()
                return
            leg = await hand_over(feed, leg, share, lasting)
    finally:
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
    await asyncio.wait([brings, *new.tasks], timeout=OVERLAP, return_when=asyncio.FIRST_COMPLETED)
    brings.cancel()
    await old.end()
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
                if number:
                    await asyncio.sleep(feed.venue.connect_every)
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
