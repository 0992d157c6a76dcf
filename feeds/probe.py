"""Floor 4. One venue on its own, outside the worker: for the commands that look at one."""

import asyncio
import contextlib
import signal
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator, Sequence

from django.conf import settings
from django.core.management import CommandError

from feeds.ccxt_line import trouble_with
from feeds.engine import SESSIONS
from feeds.errors import BadSymbol, FeedError
from feeds.feed import Feed, OnBars, OnEvents, OnStatus, supervise
from feeds.market import Instrument
from feeds.symbols import parse_symbol, shown, venue_of
from feeds.venues import REGISTRY, is_venue
from feeds.worker import made_venue

USAGE = 2  # exit code of a command that was asked for something that there isn't


def seconds(text: str) -> float:
    """Return an option's seconds. Raises ArgumentTypeError."""
    try:
        result = float(text)
    except ValueError:
        result = 0.0
    if not 0 < result < 1e7:
        raise ArgumentTypeError(f"{shown(text)} is no number of seconds")
    return result


def nothing(*_: object) -> None:
    """Heed nothing."""


def feed_of(
    name: str, on_events: OnEvents = nothing, on_bars: OnBars = nothing, on_status: OnStatus = nothing
) -> Feed:
    """Return the feed of a venue as the settings say. Raises CommandError for a venue that there isn't, and
    for one that can't be asked: without its key, or without a line."""
    known = name.upper()
    if not is_venue(known):
        raise CommandError(f"{shown(name)} is no venue; there are {', '.join(REGISTRY)}", returncode=USAGE)
    if trouble := trouble_with(known):
        raise CommandError("; it takes ".join(trouble), returncode=USAGE)
    feed = Feed(
        made_venue(known),
        on_events,
        on_bars,
        on_status,
        settings.FEEDS["ws_urls"].get(known),
        settings.FEEDS["rest_urls"].get(known),
    )
    if feed.missing:
        raise CommandError(f"{known} {feed.missing}", returncode=USAGE)
    return feed


async def symbols_of(feed: Feed, texts: Sequence[str]) -> list[str]:
    """Return canonical symbols of a feed's venue for names or symbols as people type them, each once.

    Raises CommandError for one that the venue's own list doesn't have; where the list can't be had, the
    venue itself will say.
    """
    venue = feed.venue
    try:
        asked = [
            venue.canonical(parse_symbol(each if ":" in each else f"{venue.name}:{each}")) for each in texts
        ]
    except BadSymbol as error:
        raise CommandError(str(error), returncode=USAGE) from None
    for symbol in asked:
        if venue_of(symbol) != venue.name:
            raise CommandError(f"{symbol} is not of {venue.name}", returncode=USAGE)
    listed = await instruments_of(feed)
    for symbol in asked:
        if listed and symbol not in listed:
            raise CommandError(f"{venue.name} has no {symbol}", returncode=USAGE)
    return list(dict.fromkeys(asked))


async def instruments_of(feed: Feed) -> dict[str, Instrument]:
    """Return a venue's whole list by symbol; empty where there is none, or it can't be had now."""
    venue = feed.venue
    if venue.open_catalogue:
        return {}
    if venue.mode == "made":
        return {instrument.symbol: instrument for instrument in venue.featured}
    request = venue.instruments()
    if request is None:
        return {}
    try:
        listed = venue.read_instruments((await feed.rest.get(request)).body)
    except FeedError as error:
        feed.count(error.reason)
        return {}
    venue.know(listed)
    return {instrument.symbol: instrument for instrument in listed}


def given_up(feed: Feed) -> bool:
    """Tell whether there is nothing more to come: the venue refuses everything."""
    return bool(feed.wanted) and not feed.served


async def run_feed(feed: Feed, until: asyncio.Event, seconds: float | None) -> None:
    """Run a feed's sessions, supervised as in the worker, until told to stop or the seconds are over."""
    session = asyncio.create_task(supervise(feed, SESSIONS[feed.venue.mode]), name=feed.venue.name)
    stop = asyncio.create_task(until.wait())
    try:
        await asyncio.wait([session, stop], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (session, stop):
            task.cancel()
        await asyncio.gather(session, stop, return_exceptions=True)
        await feed.rest.close()


@contextlib.contextmanager
def stopping(stop: Callable[[], object]) -> Iterator[None]:
    """Call `stop` on Ctrl-C and SIGTERM while in here, instead of ending in the middle."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
