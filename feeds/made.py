"""Floor 3. A session of a venue that is made here: its prices come from a formula over time."""

import asyncio

from feeds.clock import wall
from feeds.feed import Feed

STEP = 0.02  # seconds between two looks at the clock


async def made(feed: Feed) -> None:
    """Play the made market by the clock; returns when nothing is wanted. A symbol that is new begins with
    the current minute, so that its first bars are whole."""
    told: dict[str, int] = {}
    while feed.served:
        now = wall()
        told = {symbol: told.get(symbol, now - now % 60_000 - 1) for symbol in feed.served}
        for symbol, since in told.items():
            if symbol not in feed.venue.made_symbols():
                feed.refuse(symbol, f"{symbol} is not a symbol of {feed.venue.title}")
            elif now > since:
                feed.hear(feed.venue.made(symbol, since, now), now)
                told[symbol] = now
        await asyncio.sleep(STEP)
