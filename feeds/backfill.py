"""Floor 3. Fills the store with a venue's history between two times, a window at a time, the oldest first.

What is stored or was told before is not asked for again, so one that was ended goes on where it stopped, and
one that was done asks nothing: a minute in which nothing was traded has no bar anywhere.
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
MOST = 5_000  # bars asked for at once: the store holds more than that until they are written
WRITING = 30.0  # seconds that they are given to be written
SETTLED = 600_000  # ms after which a venue's answer on a time is its last word


class Progress(Struct, frozen=True):
    """How far a backfill is: up to `time` (ms); `bars` are new, `asked` the answers of the venue, `begins`
    the first bar of its history when it is later than what was asked for."""

    time: int
    bars: int = 0
    asked: int = 0
    begins: int | None = None


async def fill(
    feed: Feed, bars: BarStore, symbol: str, interval: str, start: int, end: int, again: bool = False
) -> AsyncIterator[Progress]:
    """Fetch and store the bars that open in [start, end) ms and are not stored; yield how far it is.

    What the venue has told before is left out, unless it is asked `again`. Raises FeedError for a venue that
    has no history of this interval, or doesn't answer, and for bars that can't be stored.
    """
    length = INTERVALS[interval]
    rows = feed.venue.bar_rows.get(interval, MADE_ROWS if feed.venue.mode == "made" else 0)
    if not rows:
        raise FeedError(f"{feed.venue.title} has no {interval} history", terminal=True)
    rows = min(rows, MOST)
    start = -(-start // length) * length
    end = min(end, wall() // length * length)  # a bar that still forms is none of ours
    new: set[int] = set()
    asked = 0
    begins = None
    for since, until in await _untold(symbol, interval, start, end, again):
        cursor = since
        while cursor < until:
            upto = min(cursor + rows * length, until)
            stored = await store.aread(store.stored_times, symbol, interval, cursor, upto)
            if missing := [time for time in range(cursor, upto, length) if time not in stored]:
                found = await fetch(feed, symbol, interval, missing[0], missing[-1] + length)
                asked += 1
                inside = [bar for bar in found if start <= bar.time < end and bar.closed]
                bars.put_bars(inside)
                new |= {bar.time for bar in inside} - stored
                if found and found[0].time >= upto:  # its history begins later
                    begins = found[0].time
                    upto = min(begins, until)
            settled = min(upto, wall() - SETTLED)
            if settled > cursor:
                bars.note_asked(symbol, interval, cursor, settled)
            if not await asyncio.to_thread(bars.flush, WRITING):
                raise FeedError(f"its bars can't be stored: {bars.error}")
            cursor = upto
            yield Progress(cursor, len(new), asked, begins)
    yield Progress(max(start, end), len(new), asked, begins)


async def _untold(symbol: str, interval: str, start: int, end: int, again: bool) -> list[tuple[int, int]]:
    """Return the stretches of [start, end) ms that the venue has not told before, in order, on the grid."""
    length = INTERVALS[interval]
    told = [] if again else await store.aread(store.asked_before, symbol, interval, start, end)
    stretches, cursor = [], start
    for since, until in told:
        stretches.append((cursor, since))
        cursor = max(cursor, until // length * length)
    stretches.append((cursor, end))
    return [(since, -(-until // length) * length) for since, until in stretches if since < until]
