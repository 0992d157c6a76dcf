"""Floor 3. A session of a venue that is reached through ccxt: each symbol's ticker and trades, listened to
side by side until the line ends, or is silent for too long."""

import asyncio
import time
from typing import Any

from feeds.ccxt_line import CcxtRest, channels_of, let_go
from feeds.clock import wall
from feeds.errors import BadSymbol, FeedError
from feeds.feed import Feed
from feeds.leg import watch
from feeds.together import first_of

SLACK = 5_000  # ms that an exchange's clock may be behind ours: older trades were before we listened


async def ccxt(feed: Feed) -> None:
    """Run one session; returns when nothing is wanted. Raises FeedError when it ends."""
    rest = feed.rest
    assert isinstance(rest, CcxtRest)
    exchange = await rest.streaming()
    try:
        channels = channels_of(exchange)
        if not channels:
            raise FeedError(f"ccxt streams no prices of {feed.venue.title}", terminal=True)
        if feed.tap:
            feed.tap("open", f"ccxt:{exchange.id}", "")
        await feed.may_connect()
        feed.last_life = time.monotonic()
        await first_of(follow(feed, exchange, channels), watch(feed))
    finally:
        await let_go(exchange)


async def follow(feed: Feed, exchange: Any, channels: list[str]) -> None:
    """Listen to every served symbol; returns when nothing is. Raises FeedError when one of them says that the
    line is lost."""
    tasks: dict[str, asyncio.Task[None]] = {}
    try:
        while feed.served:
            revision = feed.revision
            for symbol in tasks.keys() - feed.served:
                await ended(tasks.pop(symbol))
                await give_back(feed, exchange, channels, symbol)
            for symbol in sorted(feed.served - tasks.keys()):
                tasks[symbol] = asyncio.create_task(listen(feed, exchange, channels, symbol), name=symbol)
            await first_done(asyncio.create_task(feed.changed_after(revision)), *tasks.values())
    finally:
        await ended(*tasks.values())


async def first_done(changed: asyncio.Task[None], *tasks: asyncio.Task[None]) -> None:
    """Wait until the demand has changed or a task has ended. Raises what it raised."""
    try:
        done, _ = await asyncio.wait([changed, *tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        changed.cancel()


async def ended(*tasks: asyncio.Task[None]) -> None:
    """End tasks."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def listen(feed: Feed, exchange: Any, channels: list[str], symbol: str) -> None:
    """Listen to one symbol, for ever; one that there isn't is refused, and the others go on."""
    try:
        native = feed.venue.learn(symbol)
        await first_of(*(hear(feed, exchange, kind, native) for kind in channels))
    except BadSymbol as error:
        feed.refuse(symbol, str(error))
    except FeedError as error:
        if not error.terminal:
            raise
        feed.refuse(symbol, error.reason)


async def hear(feed: Feed, exchange: Any, kind: str, native: str) -> None:
    """Pass on one channel of a symbol, for ever."""
    assert isinstance(feed.rest, CcxtRest)
    since = wall() - SLACK
    while True:
        raw = await feed.rest.heard(exchange, kind, native, since)
        received = wall()
        if feed.tap:
            feed.tap("recv", "", raw)
        feed.hear(feed.venue.parse(raw, received), received)


async def give_back(feed: Feed, exchange: Any, channels: list[str], symbol: str) -> None:
    """Have an exchange stop telling of a symbol, where ccxt can; what fails is counted, for it is only more
    than we need."""
    assert isinstance(feed.rest, CcxtRest)
    if symbol in feed.refused:
        return
    try:
        for kind in channels:
            await feed.rest.give_back(exchange, kind, feed.venue.code(symbol))
    except FeedError as error:
        feed.count(error.reason)
