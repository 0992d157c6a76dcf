"""Floor 3. A session of a polled venue: one symbol after the other, as often as the venue has news."""

import asyncio
import time

from feeds.clock import wall
from feeds.errors import FeedError
from feeds.feed import Feed
from feeds.transport import own_url

NEWEST = 5


async def poll(feed: Feed) -> None:
    """Look at each wanted symbol in turn; returns when nothing is wanted. Raises FeedError when the venue
    as a whole doesn't answer; a symbol that it doesn't know is refused, and the others go on."""
    due: dict[str, float] = {}
    while feed.served:
        feed.changed.clear()
        due = {symbol: due.get(symbol, 0.0) for symbol in feed.served}
        symbol = min(due, key=lambda each: due[each])
        wait = due[symbol] - time.monotonic()
        if wait > 0:
            await until_due(feed, wait)
            continue
        due[symbol] = time.monotonic() + feed.venue.poll_every
        await look(feed, symbol)


async def until_due(feed: Feed, wait: float) -> None:
    """Sleep until the next look is due, or the demand has changed."""
    try:
        async with asyncio.timeout(wait):
            await feed.changed.wait()
    except TimeoutError:
        return


async def look(feed: Feed, symbol: str) -> None:
    """Fetch and pass on one symbol's price, and its newest bars where the same answer tells them."""
    venue = feed.venue
    request = venue.poll(venue.native(symbol))
    if request is None:
        raise FeedError("this venue can't be polled", terminal=True)
    try:
        answer = await feed.rest.get(request)
        received = wall()
        if feed.tap:
            feed.tap("recv", own_url(venue, request), answer.body)
        events = venue.read_poll(answer.body, symbol, received)
    except FeedError as error:
        if not error.terminal:
            raise
        feed.refuse(symbol, error.reason)
        return
    feed.hear(events, received)
    if venue.poll_tells_bars:
        bars = venue.read_bars(answer.body, symbol, "1m", received)
        feed.on_bars(feed, symbol, bars[-NEWEST:], received)  # the older ones are the history's business
