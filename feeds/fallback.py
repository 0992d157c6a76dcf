"""Floor 3. What a streamed venue does when its socket can't be had, but its REST answers."""

import asyncio
import logging

from feeds.errors import FeedError
from feeds.feed import Feed
from feeds.leg import open_leg
from feeds.poll import poll
from feeds.stream import stream
from feeds.together import first_of

log = logging.getLogger("feeds.fallback")

PATIENCE = 3  # sessions without data after which the venue is polled
TRY_AGAIN = 30.0  # seconds between two tries to stream while it is polled


def can_be_polled(feed: Feed) -> bool:
    """Tell whether the venue's REST tells prices."""
    return any(feed.venue.poll(feed.venue.code(symbol)) is not None for symbol in list(feed.served)[:1])


async def stream_or_poll(feed: Feed) -> None:
    """Run one session of a streamed venue, by polling once its socket has failed three times in a row: then
    the venue says so, and goes back to streaming by itself."""
    if feed.failures < PATIENCE or not can_be_polled(feed):
        await stream(feed)
        return
    feed.polled = True
    try:
        await first_of(poll(feed), until_streamed(feed))
    finally:
        feed.polled = False


async def until_streamed(feed: Feed) -> None:
    """Return once the venue's socket can be opened again."""
    while True:
        await asyncio.sleep(TRY_AGAIN)
        try:
            leg = await open_leg(feed, lambda: feed.served)
        except FeedError as error:
            log.debug("%s: still no stream: %s", feed.venue.name, error.reason)
            continue
        await leg.end()
        return
