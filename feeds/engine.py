"""Floor 3. The engine: runs every feed, owns the market's last state, and has the hubs told what changed.

One per worker.
"""

import asyncio
import logging
import random
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from feeds import wire
from feeds.board import Board
from feeds.ccxt_feed import ccxt
from feeds.charts import Charts
from feeds.clock import wall
from feeds.demand import Demand
from feeds.fallback import stream_or_poll
from feeds.feed import Feed, supervise
from feeds.formula_feed import Formulas, with_legs
from feeds.freshness import Freshness
from feeds.hearing import Hearer
from feeds.history import Filler
from feeds.lease import Leases, Sole
from feeds.lines import lines
from feeds.listing import Listing
from feeds.made import made
from feeds.market import Bar
from feeds.pasts import Pasts
from feeds.poll import look_beside, poll
from feeds.pushed import Pushed
from feeds.store import BarStore
from feeds.symbols import FORMULA, is_formula, venue_of
from feeds.telling import Publisher, Teller
from feeds.venues import desk, formula
from feeds.venues.base import Event, Venue

log = logging.getLogger("feeds.engine")

TURN = 0.25
NEVER = 10**15  # ms: bars that are made of quotes were never heard whole
SESSIONS: dict[str, Callable[[Feed], Awaitable[None]]] = {
    "stream": stream_or_poll,
    "lines": lines,
    "poll": poll,
    "made": made,
    "ccxt": ccxt,
}


def mono() -> int:
    """Return the ms of a clock that no one sets, whatever is played: demand is counted with it."""
    return time.monotonic_ns() // 1_000_000


class Engine:
    """All venues of a worker. `run` is its life; the commands are called by the consumer."""

    filler: type[Filler] = Filler

    def __init__(
        self,
        venues: Mapping[str, Venue],
        publisher: Publisher,
        bar_store: BarStore,
        always: tuple[str, ...] = (),
        ws_origins: Mapping[str, str] | None = None,
        rest_origins: Mapping[str, str] | None = None,
        leases: Leases | None = None,
    ) -> None:
        self.leases = leases or Sole([*venues, FORMULA])
        self.store = bar_store
        self.board = Board()
        self.charts = Charts()
        self.freshness = Freshness()
        self.demand = Demand({symbol: {wire.QUOTE_STREAM} for symbol in always})
        self.streams: dict[str, set[str]] = {}
        self.feeds = {
            name: Feed(
                venue,
                self._on_events,
                self._on_polled_bars,
                self._on_status,
                (ws_origins or {}).get(name),
                (rest_origins or {}).get(name),
                random.Random(),
            )
            for name, venue in venues.items()
        }
        self.feeds[FORMULA] = Feed(formula.Formulas(), self._on_values, self._on_polled_bars, self._on_status)
        self.formulas = Formulas(self.feeds[FORMULA], self.board, self._trouble_of)
        self.pushed = Pushed()
        self.pasts = Pasts(
            self.feeds,
            self.streams,
            self.board,
            self.charts,
            bar_store,
            self.formulas,
            self._tell_past,
            self.filler,
        )
        self.listing = Listing(bar_store, self._listed)
        self.teller = Teller(
            self.feeds,
            self.streams,
            self.board,
            self.charts,
            self.pasts,
            self.listing,
            self.formulas,
            bar_store,
            self.leases,
            publisher,
        )
        self.hearer = Hearer(self.board, self.charts, self.freshness, self.formulas, self.pasts, self.teller)
        self._tasks: set[asyncio.Task[None]] = set()

    # --------------------------------------------------------------------- life
    async def run(self) -> None:
        """Run until cancelled. Each venue is on its own: one that fails costs the others nothing."""
        try:
            async with asyncio.TaskGroup() as group:
                telling = [self.teller.tell_changes(), self.teller.tell_syncs()]
                for part in [*telling, self._turn_loop(), *self.sources()]:
                    group.create_task(part)
        finally:
            self._keep_closed()
            self.pasts.stop()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*(feed.rest.close() for feed in self.feeds.values()), return_exceptions=True)

    def sources(self) -> list[Coroutine[Any, Any, None]]:
        """Return what brings prices, past and instruments of the venues, each to be run for ever."""
        parts: list[Coroutine[Any, Any, None]] = []
        for name, feed in self.feeds.items():
            parts += [self.pasts.fillers[name].run(), self.listing.run(feed)]
            if feed.venue.mode in SESSIONS:  # the others have no line: what they say is made or brought here
                parts.append(supervise(feed, SESSIONS[feed.venue.mode]))
            if feed.venue.poll_beside:
                parts.append(look_beside(feed))
        return parts

    def _keep_closed(self) -> None:
        """Give the store what the clock has closed since the last flush, and the seconds that aren't over:
        there won't be another."""
        now = wall()
        for symbol in self.streams:
            chart = self.charts.get(symbol)
            if chart is not None and not is_formula(symbol):
                self.store.put_bars(chart.take((), now)[1] + chart.unfinished())

    def _spawn(self, part: Awaitable[None]) -> None:
        task = asyncio.ensure_future(part)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ----------------------------------------------------------------- commands
    def watch(self, said: wire.Watch) -> None:
        """Take a hub's whole demand."""
        if self.demand.watch(said.hub, said.demand, mono()):
            self.teller.status.set()  # a hub that is new hears at once how the venues are
        self._follow_demand()

    def unwatch(self, said: wire.Unwatch) -> None:
        """Take back what a hub no longer needs; it lingers for a minute."""
        self.demand.unwatch(said.hub, said.symbols, mono())

    async def snapshot(self, said: wire.Ask) -> None:
        """Send the whole state of symbols."""
        await self.teller.tell_states(said.symbols, said.reply)

    def older(self, said: wire.Older) -> None:
        """Have older bars of a venue that we lead fetched; a Past tells when they are in the store."""
        if venue_of(said.symbol) not in self.leases.epochs():
            return
        self.pasts.older(said.symbol, said.interval, said.end, said.count)

    def ticks(self, said: wire.Ticks) -> None:
        """Publish prices that were pushed; from the first one on their symbols are kept live for a day."""
        feed = self.feeds.get(desk.Desk.name)
        ticks = [tick for tick in said.ticks if feed is not None and venue_of(tick.symbol) == feed.venue.name]
        if feed is None or not ticks:
            return
        if self.pushed.saw((tick.symbol for tick in ticks), mono()) and self.leases.serves(feed.venue.name):
            self._follow_demand()
            self._spawn(self.listing.add_pushed(feed.venue.name, self.pushed.kept(mono())))
        now = wall()
        feed.hear([event for tick in ticks for event in desk.events_of(tick, now)], now)

    # ------------------------------------------------------------------- demand
    def _follow_demand(self) -> None:
        """Make the feeds serve what is wanted now of the venues that are ours: begin what is new, drop what
        has lapsed. The legs of our formulas are served whoever leads their venues."""
        asked = self.demand.wanted(mono())
        for symbol in self.pushed.kept(mono()):
            asked.setdefault(symbol, set()).add(wire.QUOTE_STREAM)
        ours = {symbol: streams for symbol, streams in asked.items() if self.leases.serves(venue_of(symbol))}
        demand = with_legs(ours)
        wanted = {symbol: streams for symbol, streams in demand.items() if venue_of(symbol) in self.feeds}
        for symbol in self.streams.keys() - wanted.keys():
            self._drop(symbol)
        for symbol, streams in wanted.items():
            if symbol not in self.streams:
                self.board.add(symbol)
                venue = self.feeds[venue_of(symbol)].venue
                self.charts.add(symbol, NEVER if venue.quotes_make_bars else wall(), venue.takes_back)
            if self.streams.get(symbol) != streams:
                self.streams[symbol] = streams
                self.pasts.open(symbol, streams)
        of_venue: dict[str, set[str]] = defaultdict(set)
        for symbol in wanted:
            of_venue[venue_of(symbol)].add(symbol)
        for name, feed in self.feeds.items():
            feed.want(of_venue[name])
        self.formulas.follow(wall())

    def _drop(self, symbol: str) -> None:
        del self.streams[symbol]
        self.board.drop(symbol)
        self.charts.drop(symbol)
        self.freshness.forget(symbol)
        self.pasts.drop(symbol)

    # ---------------------------------------------------------------- from feeds
    def _on_events(self, feed: Feed, events: list[Event], received: int) -> None:
        self.hearer.events(feed, events, received)

    def _on_values(self, feed: Feed, events: list[Event], received: int) -> None:
        self.hearer.values(feed, events, received)

    def _on_polled_bars(self, feed: Feed, symbol: str, bars: list[Bar], as_of: int) -> None:
        self.hearer.polled_bars(feed, symbol, bars, as_of)

    def _on_status(self, feed: Feed) -> None:
        self.hearer.status(feed)

    def _trouble_of(self, symbol: str) -> str:
        """Return why a symbol can't be had, "" when nothing is known against it."""
        feed = self.feeds.get(venue_of(symbol))
        return f"{venue_of(symbol)} is not on" if feed is None else feed.refused.get(symbol, "")

    async def _tell_past(self, symbol: str, interval: str, history: wire.History) -> None:
        await self.teller.past(symbol, interval, history)

    def _listed(self) -> None:
        self.teller.status.set()

    # -------------------------------------------------------------------- turns
    def leases_changed(self) -> None:
        """Serve what is ours now, and say at once what we lead."""
        self._follow_demand()
        self.teller.status.set()

    async def _turn_loop(self) -> None:
        """Four times a second: what the clock closes, what has gone stale, what nobody wants any more."""
        turn = 0
        while True:
            await asyncio.sleep(TURN)
            turn += 1
            now = wall()
            for symbol in self.charts.closing(now):
                self.board.touch(symbol)
            self.hearer.look(self.feeds)
            if turn % 4 == 0:
                for name, feed in self.feeds.items():
                    feed.second()
                    log.debug("%s: %s", name, feed.errors)
                self._follow_demand()
            self.formulas.look(now)
            if self.board.dirty:
                self.teller.changed.set()
