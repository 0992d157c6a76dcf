"""Floor 3. The venues' lists of instruments: fetched, stored, and kept true."""

import asyncio
import logging
from collections.abc import Callable, Iterable

from feeds import store
from feeds.feed import Feed
from feeds.market import Instrument, heirs
from feeds.store import BarStore
from feeds.venues import desk

log = logging.getLogger("feeds.listing")

DAILY = 24 * 3600.0
RETRY = 30.0
LONGEST_RETRY = 3600.0
WRITING = 5.0  # seconds that a list is given to be written


class Listing:
    """What there is to watch. `version` rises with each list that can be read anew; `changed` is told."""

    def __init__(self, bar_store: BarStore, changed: Callable[[], None]) -> None:
        self.version = 0
        self._listed: dict[str, list[Instrument]] = {}
        self._store = bar_store
        self._changed = changed

    async def run(self, feed: Feed) -> None:
        """Fetch and store a venue's instruments at the start and daily, for ever."""
        wait = RETRY
        while True:
            try:
                await self._fetch(feed)
            except Exception as error:  # a list is a comfort: prices go on without it
                level = logging.WARNING if wait == RETRY else logging.DEBUG
                log.log(level, "%s: no list of instruments: %s", feed.venue.name, error)
                feed.count("no list of instruments")
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_RETRY)
            else:
                wait = RETRY
                await asyncio.sleep(DAILY)

    async def _fetch(self, feed: Feed) -> None:
        instruments = list(feed.venue.featured)
        request = feed.venue.instruments()
        if request is not None:
            instruments = feed.venue.read_instruments((await feed.rest.get(request)).body)
        feed.venue.know(instruments)
        if request is not None and instruments:
            self._refuse_gone(feed, await self._before(feed), instruments)
        self._listed[feed.venue.name] = instruments
        self._store.put_instruments(feed.venue.name, instruments)
        await self._written()

    async def _before(self, feed: Feed) -> list[Instrument]:
        """Return the list before this one; the first of a run follows the last one of the run before."""
        known = self._listed.get(feed.venue.name)
        if known is not None:
            return known
        try:
            return await store.aread(store.instruments_of, feed.venue.name)
        except Exception as error:  # the database may be away: then nothing is known to have gone
            log.warning("%s: no list of before: %s", feed.venue.name, error)
            return []

    def _refuse_gone(self, feed: Feed, before: list[Instrument], now: list[Instrument]) -> None:
        """Have the feed give up what is not listed any more, and say what it is called now."""
        listed = {each.symbol for each in now}
        gone = [each for each in before if each.symbol not in listed]
        renamed = heirs(gone, now)
        for each in gone:
            heir = renamed.get(each.symbol)
            lost = f"{feed.venue.title} no longer lists it"
            feed.refuse(each.symbol, f"renamed to {heir}" if heir else lost)

    async def add_pushed(self, venue: str, symbols: Iterable[str]) -> None:
        """Add symbols that were pushed to those that were pushed in former runs."""
        try:
            known = await store.aread(store.instruments_of, venue)
        except Exception as error:  # as in run
            log.warning("%s: no list of instruments: %s", venue, error)
            return
        listed = {each.symbol: each for each in known}
        listed |= {symbol: desk.instrument_of(symbol) for symbol in symbols}
        self._store.put_instruments(venue, list(listed.values()))
        await self._written()

    async def _written(self) -> None:
        await asyncio.to_thread(self._store.flush, WRITING)
        self.version += 1
        self._changed()
