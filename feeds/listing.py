"""Floor 3. The venues' lists of instruments: fetched, stored, and kept true."""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable, Iterable

from feeds import store
from feeds.errors import FeedError
from feeds.feed import Feed
from feeds.market import Instrument, heirs
from feeds.store import BarStore
from feeds.symbols import venue_of
from feeds.venues import desk
from feeds.venues.base import Venue

log = logging.getLogger("feeds.listing")

DAILY = 24 * 3600.0
RETRY = 30.0
LONGEST_RETRY = 3600.0
MANY = 20  # instruments that may go at once
BELIEVED = 3  # times that a list which has lost most comes before it is believed
WRITING = 5.0  # seconds that a list is given to be written


class Listing:
    """What there is to watch. `version` rises with each list that can be read anew; `changed` is told."""

    def __init__(self, bar_store: BarStore, changed: Callable[[], None]) -> None:
        self.version = 0
        self._listed: dict[str, list[Instrument]] = {}
        self._gone: dict[str, dict[str, str]] = {}  # venue → symbol → why
        self._doubts: Counter[str] = Counter()
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
                await self._stand(feed)

    async def _fetch(self, feed: Feed) -> None:
        instruments = list(feed.venue.featured)
        request = feed.venue.instruments()
        if request is not None:
            instruments = feed.venue.read_instruments((await feed.rest.get(request)).body)
        before = await self._before(feed.venue.name) if request is not None and instruments else []
        self._doubt(feed.venue.name, before, instruments)
        feed.venue.know(instruments)
        if request is not None and instruments:
            self._compare(feed.venue, before, instruments)
            self.refuse_gone(feed)
        self._store.put_instruments(feed.venue.name, instruments)
        await self._written()

    def _doubt(self, venue: str, before: list[Instrument], now: list[Instrument]) -> None:
        """Raise FeedError for a list that has lost most of what there was: a bad answer rather than the end
        of a market, until it has come three times."""
        lost = {each.symbol for each in before} - {each.symbol for each in now}
        doubtful = len(lost) >= MANY and 2 * len(lost) > len(before)
        self._doubts[venue] = self._doubts[venue] + 1 if doubtful else 0
        if doubtful and self._doubts[venue] < BELIEVED:
            raise FeedError(f"its list has {len(now)} instruments, and {len(lost)} of {len(before)} are gone")

    def _compare(self, venue: Venue, before: list[Instrument], now: list[Instrument]) -> None:
        """Learn what is not listed any more, and what it is called now."""
        listed = {each.symbol for each in now}
        lost = [each for each in before if each.symbol not in listed]
        renamed = heirs(lost, now)
        gone = self._gone.setdefault(venue.name, {})
        gone |= {each.symbol: f"{venue.title} no longer lists it" for each in lost}
        gone |= {symbol: f"renamed to {heir}" for symbol, heir in renamed.items()}
        self._gone[venue.name] = {symbol: why for symbol, why in gone.items() if symbol not in listed}
        self._listed[venue.name] = now

    async def _before(self, venue: str) -> list[Instrument]:
        """Return the list before this one; the first of a run follows the last one of the run before."""
        if venue in self._listed:
            return self._listed[venue]
        try:
            renamed = await store.aread(store.renamed_symbols)
            self._gone[venue] = {
                old: f"renamed to {new}" for old, new in renamed.items() if venue_of(old) == venue
            }
            return await store.aread(store.instruments_of, venue)
        except Exception as error:  # the database may be away: then nothing is known to have gone
            log.warning("%s: no list of before: %s", venue, error)
            return []

    def refuse_gone(self, feed: Feed) -> None:
        """Have a feed give up what its venue has given up."""
        gone = self._gone.get(feed.venue.name, {})
        for symbol in feed.served & gone.keys():
            feed.refuse(symbol, gone[symbol])

    async def _stand(self, feed: Feed) -> None:
        """Let a list stand for a day; what is wanted meanwhile and has gone is given up, too."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DAILY):
                while True:
                    revision = feed.revision
                    self.refuse_gone(feed)
                    await feed.changed_after(revision)

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
