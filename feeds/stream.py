"""Floor 3. A session of a streamed venue: connect, subscribe, read; until it is silent, or closes."""

import asyncio
import time

from feeds.errors import FeedError
from feeds.feed import Feed, wall
from feeds.transport import Line, moved_to, open_line

LOOK = 0.25  # seconds between two looks at the silence clock


async def stream(feed: Feed) -> None:
    """Run one session over a WebSocket; returns when nothing is wanted. Raises FeedError when it ends."""
    line = await open_line(feed.venue, moved_to(feed.venue.ws_url, feed.ws_origin))
    feed.last_life = time.monotonic()
    tasks = [
        asyncio.create_task(part, name=f"{feed.venue.name} {name}")
        for name, part in (("read", read(feed, line)), ("ask", ask(feed, line)), ("watch", watch(feed)))
    ]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await line.close()


async def read(feed: Feed, line: Line) -> None:
    """Hand every frame to the venue's parser and on."""
    async for raw in line.frames():
        received = wall()
        feed.hear(feed.venue.parse(raw, received), received)


async def ask(feed: Feed, line: Line) -> None:
    """Keep what the venue sends equal to what is wanted; returns when that is nothing."""
    asked: set[str] = set()
    pinged = time.monotonic()
    while feed.served:
        feed.changed.clear()
        wanted = feed.served
        await send_chunks(feed, line, sorted(asked - feed.wanted), gone=True)
        await send_chunks(feed, line, sorted(wanted - asked), gone=False)
        asked = (asked & feed.wanted) | wanted
        ping = feed.venue.ping()
        try:
            async with asyncio.timeout(feed.venue.ping_every if ping else None):
                await feed.changed.wait()
        except TimeoutError:
            if ping and time.monotonic() - pinged >= (feed.venue.ping_every or 0.0):
                await line.send(ping)
                pinged = time.monotonic()


async def send_chunks(feed: Feed, line: Line, symbols: list[str], gone: bool) -> None:
    """Send the messages that subscribe (or give back) these symbols, as slowly as the venue likes."""
    venue = feed.venue
    for first in range(0, len(symbols), venue.chunk):
        natives = [venue.native(symbol) for symbol in symbols[first : first + venue.chunk]]
        for message in venue.unsubscribe(natives) if gone else venue.subscribe(natives):
            await line.send(message)
            await asyncio.sleep(venue.send_every)


async def watch(feed: Feed) -> None:
    """Raise FeedError once the line has been silent (no price, no heartbeat; a pong is neither) too long."""
    while True:
        await asyncio.sleep(LOOK)
        silent = time.monotonic() - feed.last_life
        if silent > feed.venue.silence:
            feed.set_state("stale", f"silent for {silent:.0f} s")
            raise FeedError(f"silent for {silent:.0f} s")
