"""Floor 3. A session of a venue that streams over a long HTTP answer, a message a line."""

import asyncio
import re
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing

from feeds.clock import wall
from feeds.errors import FeedError
from feeds.feed import Feed
from feeds.leg import watch
from feeds.together import first_of
from feeds.transport import own_url

TRIAL = 10.0  # seconds after which an answer that was not refused is taken for a stream
OF_SYMBOLS = re.compile("instrument|symbol", re.IGNORECASE)


async def lines(feed: Feed) -> None:
    """Run one session; returns when other symbols are wanted, since those need another request. Raises
    FeedError when the answer ends, or is silent for too long.

    Where one unknown symbol has the whole request refused, it is found and refused, and the session returns.
    """
    revision, symbols = feed.revision, sorted(feed.served)
    await feed.may_connect()
    feed.last_life = time.monotonic()
    try:
        await first_of(read(feed, symbols), watch(feed), feed.changed_after(revision))
    except FeedError as error:
        if not of_symbols(feed, symbols, error):
            raise
        feed.set_state(feed.state, f"looks for what is refused: {error.reason}")
        found = await culprits(feed, symbols, error)
        if not found:
            raise
        for symbol, reason in found.items():
            feed.refuse(symbol, reason)


async def read(feed: Feed, symbols: list[str]) -> None:
    """Hand every line to the venue's parser and on."""
    async with aclosing(opened(feed, symbols)) as stream:
        async for line in stream:
            received = wall()
            if feed.tap:
                feed.tap("recv", "", line)
            feed.hear(feed.venue.parse(line, received), received)


async def opened(feed: Feed, symbols: list[str]) -> AsyncGenerator[str, None]:
    """Yield each line of a new answer for these symbols, which has a session of its own. Raises FeedError."""
    venue = feed.venue
    natives = [venue.learn(symbol) for symbol in symbols]
    login = venue.login()
    session = venue.read_login((await feed.rest.get(login)).body) if login else ""
    request = venue.lines(natives, session)
    if request is None:
        return
    if feed.tap:
        feed.tap("open", own_url(venue, request), "")
    async with aclosing(feed.rest.lines(request)) as stream:
        async for line in stream:
            yield line


# ------------------------------------------------------------------------------- one that spoils all
def named(feed: Feed, symbols: list[str], error: FeedError) -> list[str]:
    """Return the symbols whose codes are in a refusal."""
    words = set(re.findall(r"[^\s,;:'\"()\[\]]+", error.reason))
    return [symbol for symbol in symbols if feed.venue.code(symbol) in words]


def of_symbols(feed: Feed, symbols: list[str], error: FeedError) -> bool:
    """Tell whether a refusal is of what was asked for, rather than of us."""
    return error.terminal and bool(OF_SYMBOLS.search(error.reason) or named(feed, symbols, error))


async def culprits(feed: Feed, symbols: list[str], error: FeedError) -> dict[str, str]:
    """Return which of these symbols have a request refused, each with the reason: those that the refusal
    names, else those that are found by asking for one half and then the other. Raises FeedError."""
    found = named(feed, symbols, error) or (symbols if len(symbols) == 1 else [])
    if found:
        return dict.fromkeys(found, error.reason)
    half = len(symbols) // 2
    reasons: dict[str, str] = {}
    for part in (symbols[:half], symbols[half:]):
        refusal = await refusal_of(feed, part)
        if refusal is not None:
            reasons |= await culprits(feed, part, refusal)
    return reasons


async def refusal_of(feed: Feed, symbols: list[str]) -> FeedError | None:
    """Return why the venue streams nothing for these symbols, None when it does. Raises FeedError for what
    has nothing to do with them."""
    await feed.may_connect()
    try:
        async with asyncio.timeout(TRIAL), aclosing(opened(feed, symbols)) as stream:
            async for _ in stream:
                break
    except TimeoutError:
        return None
    except FeedError as error:
        if not of_symbols(feed, symbols, error):
            raise
        return error
    return None
