"""Floor 3. Fills the store with a venue's history between two times, a window at a time, the oldest first.

What is stored already is not asked for again, so one that was ended goes on where it stopped. A minute in
which nothing was traded has no bar anywhere: its window is asked for again, and it stays without one.
"""

import asyncio
from collections.abc import AsyncIterator

from msgspec import Struct

from feeds import store
from feeds.clock import wall
from feeds.errors import FeedError
from feeds.feed import Feed
from feeds.history import fetch
from feeds.market import INTERVALS
from feeds.store import BarStore

MADE_ROWS = 1_000


class Progress(Struct, frozen=True):
    """How far a backfill is: up to `time` (ms); `bars` are new, `asked` the answers of the venue, `begins`
    the first bar of its history when it is later than what was asked for."""

    time: int
    bars: int = 0
    asked: int = 0
    begins: int | None = None


async def fill(
    feed: Feed, bars: BarStore, symbol: str, interval: str, start: int, end: int
) -> AsyncIterator[Progress]:
    """Fetch and store the bars that open in [start, end) ms and are not stored; yield how far it is.

    Raises FeedError for a venue that has no history of this interval, or doesn't answer.
    """
    length = INTERVALS[interval]
    rows = feed.venue.bar_rows.get(interval, MADE_ROWS if feed.venue.mode == "made" else 0)
    if not rows:
        raise FeedError(f"{feed.venue.title} has no {interval} history", terminal=True)
    cursor = -(-start // length) * length
    end = min(end, wall() // length * length)  # a bar that still forms is none of ours
    new: set[int] = set()
    asked = 0
    begins = None
    while cursor < end:
        until = min(cursor + rows * length, end)
        stored = await store.aread(store.stored_times, symbol, interval, cursor, until)
        if missing := [time for time in range(cursor, until, length) if time not in stored]:
            found = await fetch(feed, symbol, interval, missing[0], missing[-1] + length)
            asked += 1
            inside = [bar for bar in found if start <= bar.time < end and bar.closed]
            bars.put_bars(inside)
            await asyncio.to_thread(bars.flush, 30.0)
            new |= {bar.time for bar in inside} - stored
            if found and found[0].time >= until:  # its history begins later
                begins = found[0].time
                until = min(begins, end)
        cursor = until
        yield Progress(cursor, len(new), asked, begins)
