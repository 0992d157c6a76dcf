"""Floor 3. One WebSocket of a feed: it asks for its share of the symbols, reads, and notices silence."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from feeds.asked import Asked
from feeds.budget import Limiter
from feeds.clock import wall
from feeds.errors import FeedError
from feeds.feed import Feed
from feeds.transport import Line, moved_to, open_line
from feeds.venues.base import Event, Notice

LOOK = 0.25  # seconds between two looks at the silence clock
LOOK_AGAIN = 1.0  # seconds between two looks at who has to be asked for again
LONG = 60.0  # seconds that a message may wait for the venue's limit; a new line has one of its own

Share = Callable[[], set[str]]


class Leg:
    """One WebSocket of a feed with the tasks that serve it: the symbols of `share()`, which may change.

    A feed has one, two while one replaces the other, and more where a line takes a limited number of symbols.
    With `lasting` it goes on when its share is empty.
    """

    def __init__(self, feed: Feed, line: Line, share: Share, lasting: bool) -> None:
        self._feed, self._line, self._share, self._lasting = feed, line, share, lasting
        self._parse = feed.venue.reader()
        self._asked = Asked(feed.venue.acks, feed.venue.first_within)
        self._messages = Limiter(feed.venue.messages)
        self._ready = asyncio.Event()
        self._last_life = time.monotonic()
        self.alive = asyncio.Event()
        self.leave = asyncio.Event()
        if not feed.venue.waits_for_ready:
            self._ready.set()
        parts = {"read": self._read(), "ask": self._ask(), "watch": self._watch()}
        if feed.venue.ping_every is not None:
            parts["ping"] = self._ping(feed.venue.ping_every)
        self.tasks = [self._task(name, part) for name, part in parts.items()]

    def _task(self, name: str, part: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        return asyncio.create_task(part, name=f"{self._feed.venue.name} {name}")

    async def end(self) -> None:
        """Stop serving the line and close it."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self._feed.remark(self._asked.symbols, {})
        await self._line.close()

    # -------------------------------------------------------------------- reading
    async def _read(self) -> None:
        """Hand every frame to the venue's parser and on."""
        async for raw in self._line.frames():
            received = wall()
            events = self._parse(raw, received)
            self._heed(events)
            if self._feed.hear(events, received):
                self._last_life = time.monotonic()

    def _heed(self, events: Iterable[Event]) -> None:
        for event in events:
            if isinstance(event, Notice):
                self._notice(event)
            else:
                self.alive.set()
                self._asked.heard.add(event.symbol)

    def _notice(self, notice: Notice) -> None:
        match notice.kind:
            case "ready":
                self._ready.set()
            case "reconnect":
                self.leave.set()
            case "heartbeat" if notice.symbol:
                self._asked.heard.add(notice.symbol)
            case "ack" if notice.symbol:
                self._asked.acked(notice.symbol)
            case "refused" if not notice.symbol:
                self._asked.refused(notice.reason, time.monotonic())
            case "refused" if notice.symbol and notice.retry_after is not None:
                self._asked.later(notice.symbol, notice.reason, notice.retry_after, time.monotonic())

    # -------------------------------------------------------------------- asking
    async def _ask(self) -> None:
        """Keep what the venue sends equal to the share; returns when that is empty."""
        feed, asked = self._feed, self._asked
        for message in feed.venue.greet():
            await self._say(message)
        await self._ready.wait()
        while self._lasting or self._share():
            revision, share = feed.revision, self._share()
            left = asked.symbols - share
            asked.gone(left)
            feed.remark(left, {})
            await self._send(sorted(left - feed.refused.keys()), gone=True)
            await self._send(sorted(share - asked.symbols), gone=False)
            await self._ask_again()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AGAIN):
                    await feed.changed_after(revision)

    async def _ask_again(self) -> None:
        """Ask once more for what was refused for now, was not taken, or has fallen silent; and say so."""
        now = time.monotonic()
        self._asked.look(now)
        single, untaken, silent = self._asked.again(now)
        self._feed.remark(self._asked.symbols, self._asked.troubles(now))
        await self._send(silent, gone=True)
        await self._send([*untaken, *silent], gone=False)
        await self._send(single, gone=False)

    async def _send(self, symbols: list[str], gone: bool) -> None:
        """Send the messages that subscribe (or give back) these symbols, as slowly as the venue likes."""
        venue = self._feed.venue
        for first in range(0, len(symbols), venue.chunk):
            some = symbols[first : first + venue.chunk]
            natives = [venue.learn(symbol) for symbol in some]
            if not gone:
                self._asked.sent(some, time.monotonic())
            for message in venue.unsubscribe(natives) if gone else venue.subscribe(natives):
                await self._say(message)

    async def _say(self, message: str) -> None:
        """Send one message as soon as the venue's limit lets us; where that is long, get a new line."""
        wait = self._messages.book(now := time.monotonic()) - now
        if wait > LONG:
            self.leave.set()
        await asyncio.sleep(wait)
        await self._line.send(message)

    async def _ping(self, every: float) -> None:
        """Send the venue's own ping, now and then and for ever."""
        await self._ready.wait()
        while True:
            await asyncio.sleep(every)
            if message := self._feed.venue.ping():
                await self._line.send(message)

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
    """Open a new line, when the venue's limit lets us, and begin to serve it. Raises FeedError when it can't
    be had."""
    await feed.may_connect()
    url = feed.venue.stream_url()
    line = await open_line(feed.venue, moved_to(url, feed.ws_origin))
    if feed.tap:
        line.tap = feed.tap
        feed.tap("open", url, "")
    return Leg(feed, line, share, lasting)
