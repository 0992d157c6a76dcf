"""Floor 3. A recording played through the engine: its venue's own adapter, the same path, no line, no past.

The recording drives the clock, so what comes of it (every stored bar) is the same each time, at any speed.
A line that was opened again in the middle is a gap, as it was when it happened.
"""

import asyncio
import logging
import time
from collections.abc import Coroutine
from typing import Any

from feeds import clock
from feeds.engine import Engine
from feeds.errors import FeedError
from feeds.feed import Feed
from feeds.history import Filler
from feeds.recording import instrument_of
from feeds.store import BarStore
from feeds.tape import Arrival, Tape, with_breaks
from feeds.telling import Publisher
from feeds.venues.base import Venue

log = logging.getLogger("feeds.replay")

LOOK = 0.05  # seconds between two looks at the clock while the recording is silent
QUIET = 3_600_000  # ms of silence that nobody sits through, at any speed
SETTLE = 1_000  # ms of the recording after which what it brought is published and stored
BREATH = 100  # frames after which others have a turn
HELD = 2_000  # bars that may wait for the database
OVER = "the recording has ended"


class Pace:
    """The clock of a replay: `speed` times as fast as ours, or (None) as fast as can be."""

    def __init__(self, begin: int, speed: float | None) -> None:
        self._speed = speed
        self._began = time.monotonic()
        self._begin = self._now = begin

    async def until(self, moment: int) -> None:
        """Wait until the recording has come to a moment; the clock moves on meanwhile."""
        if self._speed is not None:
            if moment - self._now > QUIET:
                self._began, self._begin = time.monotonic(), moment
            while (ahead := self._due(moment)) > 0:
                clock.play(max(self._now, moment - round(ahead * 1000 * self._speed)))
                await asyncio.sleep(min(ahead, LOOK))
        self._now = moment
        clock.play(moment)

    def _due(self, moment: int) -> float:
        """Return the seconds until a moment of the recording."""
        assert self._speed is not None
        return self._began + (moment - self._begin) / 1000 / self._speed - time.monotonic()


class NoPast(Filler):
    """The history of a recording: there is none but itself, which is known at once."""

    def open(self, symbol: str, interval: str, urgent: bool) -> None:
        self._on_state(symbol, interval, "ready", "")

    def older(self, symbol: str, interval: str, end: int, count: int) -> None:
        self._on_state(symbol, interval, "ready", "")

    def missed(self, symbol: str, since: int) -> None:
        self._on_trades(symbol, [], since, clock.wall())


class Replay(Engine):
    """The engine of a worker that plays a recording instead of running its venue's feed. `symbols` are
    served from the first frame on, whoever looks; `begin` is the recording's first moment (ms)."""

    filler = NoPast

    def __init__(
        self,
        tape: Tape,
        venue: Venue,
        symbols: list[str],
        speed: float | None,
        publisher: Publisher,
        bar_store: BarStore,
    ) -> None:
        self._tape = tape
        self._speed = speed
        self._symbols = symbols
        self.begin = tape.begin()
        clock.play(self.begin)
        super().__init__({venue.name: venue}, publisher, bar_store, always=tuple(symbols))
        self._feed = self.feeds[venue.name]
        self._feed.note = f"REPLAY of {tape.path.name}"

    async def run(self) -> None:
        """Play the recording, and serve what came of it until cancelled; then the clock is ours again."""
        try:
            await super().run()
        finally:
            clock.play(None)

    def sources(self) -> list[Coroutine[Any, Any, None]]:
        return [self._play()]

    async def _play(self) -> None:
        feed = self._feed
        self._follow_demand()
        self.store.put_instruments(
            feed.venue.name, [instrument_of(feed.venue, each) for each in self._symbols]
        )
        feed.set_state("connecting", feed.note)
        pace = Pace(self.begin, self._speed)
        settle = self.begin + SETTLE
        for number, (arrival, broke) in enumerate(with_breaks(self._tape.arrivals())):
            await pace.until(arrival.time)
            if arrival.time >= settle:  # before this frame counts: it belongs to the next second
                await self._settle()
                settle = arrival.time + SETTLE
            self._arrive(feed, arrival)
            if broke and feed.last_tick is not None:
                feed.reconnects += 1
                feed.set_state("reconnecting", "the recorded line was opened again")
            if number % BREATH == 0:
                await asyncio.sleep(0)
        await self._settle()
        await self._end(feed)

    def _arrive(self, feed: Feed, arrival: Arrival) -> None:
        try:
            feed.hear(list(arrival.events), arrival.time)
        except FeedError as error:
            feed.count(error.reason)
        for symbol, bars in arrival.bars:
            feed.on_bars(feed, symbol, bars, arrival.time)

    async def _settle(self) -> None:
        """Publish and store what the clock has closed by now."""
        for symbol in self.charts.closing(clock.wall()):
            self.board.touch(symbol)
        await self.teller.flush()
        if self.store.waiting > HELD:
            await asyncio.to_thread(self.store.flush, 30.0)
        if self.listing.version == 0:
            await asyncio.to_thread(self.store.flush, 5.0)
            self.listing.version = 1

    async def _end(self, feed: Feed) -> None:
        await asyncio.to_thread(self.store.flush, 30.0)
        feed.set_state("off", OVER)
        log.info("%s, at %d ms", OVER, clock.wall())
        await asyncio.Event().wait()  # what came of it stays to be looked at
