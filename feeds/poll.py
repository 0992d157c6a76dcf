"""Floor 3. A session of a polled venue: one symbol after the other, as often as the venue has news."""

import asyncio
import contextlib
import logging
import time

from feeds.clock import wall
from feeds.errors import FeedError
from feeds.feed import Feed
from feeds.market import Bar, Figures, Quote
from feeds.together import first_of
from feeds.transport import own_url
from feeds.venues.base import Event, Notice

log = logging.getLogger("feeds.poll")

NEWEST = 5
VOUCH = 4.0  # seconds between two signs of life: less than half of what makes a symbol stale
WORTH = 2.0  # of the time to the next look: that long a look proves a price, so that one may fail


async def poll(feed: Feed) -> None:
    """Look at each wanted symbol in turn; returns when nothing is wanted. Raises FeedError when the venue
    as a whole doesn't answer; a symbol that it doesn't know is refused, and the others go on."""
    due: dict[str, float] = {}
    while feed.served:
        revision = feed.revision
        symbol, wait = next_due(feed, due)
        if wait > 0:
            await until_due(feed, revision, wait)
            continue
        due[symbol] = time.monotonic() + feed.venue.poll_every
        await look(feed, symbol)


def next_due(feed: Feed, due: dict[str, float]) -> tuple[str, float]:
    """Return the symbol to look at next and the seconds until then; one that is new comes at once."""
    for gone in due.keys() - feed.served:
        del due[gone]
    for symbol in feed.served - due.keys():
        due[symbol] = 0.0
    symbol = min(due, key=lambda each: due[each])
    return symbol, due[symbol] - time.monotonic()


async def until_due(feed: Feed, revision: int, wait: float) -> None:
    """Sleep until the next look is due, or the demand has changed."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(wait):
            await feed.changed_after(revision)


async def ask(feed: Feed, symbol: str) -> tuple[list[Event], list[Bar], int]:
    """Fetch one symbol's price; return what was said, the newest bars where the same answer tells them, and
    when it came. Raises FeedError."""
    venue = feed.venue
    request = venue.poll(venue.code(symbol))
    if request is None:
        raise FeedError("this venue can't be polled", terminal=True)
    answer = await feed.rest.get(request)
    received = wall()
    if feed.tap:
        feed.tap("recv", own_url(venue, request), answer.body)
    events = venue.read_poll(answer.body, symbol, received)
    bars = venue.read_bars(answer.body, symbol, "1m", received) if venue.poll_tells_bars else []
    return events, bars[-NEWEST:], received  # the older bars are the history's business


async def look(feed: Feed, symbol: str) -> None:
    """Fetch and pass on one symbol's price and newest bars; a symbol that there isn't is refused."""
    try:
        events, bars, received = await ask(feed, symbol)
    except FeedError as error:
        if not error.terminal or error.retry_after is not None:  # the latter is of us, not of a symbol
            raise
        feed.refuse(symbol, error.reason)
        return
    feed.hear(events, received)
    if bars:
        feed.on_bars(feed, symbol, bars, received)


async def look_beside(feed: Feed) -> None:
    """Fetch, now and then and for ever, what a stream doesn't tell of each symbol: the day's figures, bars,
    the first price of a quiet one. It is a comfort: what fails is counted, and the stream goes on."""
    proven: dict[str, float] = {}
    if feed.venue.beside_proves:
        await first_of(look_in_turn(feed, proven), vouch(feed, proven))
    else:
        await look_in_turn(feed, proven)


async def look_in_turn(feed: Feed, proven: dict[str, float]) -> None:
    """Look at one symbol after the other, for ever; `proven` is told until when each good look counts."""
    every = feed.venue.poll_beside or feed.venue.poll_every
    due: dict[str, float] = {}
    while True:
        revision = feed.revision
        if feed.polled or feed.missing or not feed.served:
            await until_due(feed, revision, every)
            continue
        symbol, wait = next_due(feed, due)
        if wait > 0:
            await until_due(feed, revision, wait)
            continue
        now = time.monotonic()
        due[symbol] = now + every
        for gone in proven.keys() - due.keys():
            del proven[gone]
        if await look_aside(feed, symbol):
            proven[symbol] = time.monotonic() + WORTH * every


async def vouch(feed: Feed, proven: dict[str, float]) -> None:
    """Give a sign of life, now and then and for ever, of each symbol whose price a look has just proven: its
    stream may rest for longer than a symbol is silent before it is called stale."""
    while True:
        await asyncio.sleep(VOUCH)
        if signs := vouched(feed, proven, time.monotonic()):
            feed.on_events(feed, signs, wall())


def vouched(feed: Feed, proven: dict[str, float], now: float) -> list[Event]:
    """Return a sign of life for each served symbol that is proven for now, while the line itself lives. One
    that is new is given the time of its first look."""
    if feed.state != "live":
        return []
    until = now + WORTH * (feed.venue.poll_beside or feed.venue.poll_every)
    return [
        Notice(kind="heartbeat", symbol=symbol)
        for symbol in sorted(feed.served)
        if proven.setdefault(symbol, until) > now
    ]


async def look_aside(feed: Feed, symbol: str) -> bool:
    """Fetch and pass on the figures of one symbol; True when they came."""
    try:
        events, bars, received = await ask(feed, symbol)
        feed.aside([figures(event) for event in events], received)
        if bars:
            feed.on_bars(feed, symbol, bars, received)
        return True
    except FeedError as error:
        feed.count(error.reason)
    except Exception as error:  # ours, not the venue's: the engine's other venues must not end with it
        log.exception("%s: the figures of %s", feed.venue.name, symbol)
        feed.count(f"internal error ({type(error).__name__})")
    return False


def figures(event: Event) -> Event:
    """Return of a polled quote what doesn't age with the next price."""
    if not isinstance(event, Quote):
        return event
    return Figures(
        symbol=event.symbol,
        open=event.open,
        high=event.high,
        low=event.low,
        volume=event.volume,
        otherwise=event,
    )
