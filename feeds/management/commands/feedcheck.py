"""Floor 4. `manage.py feedcheck VENUE [SYMBOL…]`: the first thing to run when a venue misbehaves."""

import asyncio
import logging
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser

from feeds.check import GOOD, NOTHING, VERDICTS, Check, Line, span
from feeds.clock import wall
from feeds.feed import Feed
from feeds.market import FeedState
from feeds.probe import USAGE, feed_of, given_up, run_feed, seconds, stopping, symbols_of
from feeds.venues.base import Event, Notice

PARTS = 6  # lines that are printed on the way
TROUBLES = 10  # kinds of trouble that are printed as they come; all of them are counted


class Command(BaseCommand):
    help = "Listens to a venue and says how it is: exit code 0 good, 1 poor, 2 nothing came."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Add what to listen to, and for how long."""
        parser.add_argument("venue", help="a venue, like COINBASE")
        parser.add_argument(
            "symbols", nargs="*", metavar="symbol", help="like BTC-USD; without: its first ones"
        )
        parser.add_argument("--seconds", type=seconds, default=30.0, help="how long (30)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Listen; the exit code is the verdict's."""
        logging.getLogger("feeds").setLevel(logging.CRITICAL)  # all of it is told here, in its place
        code = asyncio.run(Listening(self).run(options["venue"], options["symbols"], options["seconds"]))
        if code != GOOD:
            raise SystemExit(code)


class Listening:
    """One check as it goes on."""

    def __init__(self, command: Command) -> None:
        self._out = command.stdout
        self._began = wall()
        self._state: tuple[FeedState, str] = ("off", "")
        self._went_stale = False
        self._told: set[str] = set()
        self._stop = asyncio.Event()

    async def run(self, venue: str, texts: list[str], seconds: float) -> int:
        """Listen, print, and return the exit code."""
        feed = feed_of(venue, on_events=self._hear, on_status=self._on_status)
        symbols = await symbols_of(feed, texts) or [each.symbol for each in feed.venue.featured]
        if not symbols:
            raise CommandError(f"name a symbol: {feed.venue.name} has no first ones", returncode=USAGE)
        self._check = Check(symbols, counts_ids=feed.venue.mode != "made")
        self._began = wall()
        where = feed.ws_origin or feed.venue.ws_url or feed.venue.rest_url or "made here"
        self._say(f"{feed.venue.title}, {where}: {len(symbols)} symbols for {seconds:g} s")
        feed.want(set(symbols))
        with stopping(self._stop.set):
            telling = asyncio.create_task(self._tell(feed, seconds / PARTS))
            try:
                await run_feed(feed, self._stop, seconds)
            finally:
                telling.cancel()
        return self._end(feed)

    def _say(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()

    def _since(self) -> str:
        return f"{(wall() - self._began) / 1000:6.1f} s  "

    def _hear(self, feed: Feed, events: list[Event], received: int) -> None:
        self._check.hear(events, received)
        for event in events:
            if isinstance(event, Notice) and event.kind in ("bad", "refused", "maintenance", "reconnect"):
                self._trouble(event.kind, event.reason)

    def _trouble(self, kind: str, reason: str) -> None:
        known = f"{kind}: {reason.partition(':')[0]}"
        if known not in self._told and len(self._told) < TROUBLES:
            self._told.add(known)
            self._say(f"{self._since()}{kind}: {reason[:200]}")

    def _on_status(self, feed: Feed) -> None:
        if (feed.state, feed.reason) != self._state:
            self._state = (feed.state, feed.reason)
            self._went_stale |= feed.state == "stale"
            self._say(f"{self._since()}{feed.state}{f': {feed.reason}' if feed.reason else ''}")
        for symbol, reason in feed.refused.items():
            self._trouble(f"refused {symbol}", reason)
        if given_up(feed):
            self._stop.set()

    async def _tell(self, feed: Feed, every: float) -> None:
        """Print the rates now and then."""
        quotes = trades = 0
        while True:
            await asyncio.sleep(every)
            check = self._check
            newest = check.newest()
            ago = "nothing yet" if newest is None else f"newest {span(max(0, wall() - newest))} ago"
            rates = ((check.quotes - quotes) / every, (check.trades - trades) / every)
            words = f"{rates[0]:8.1f} quotes/s {rates[1]:8.1f} trades/s   {ago}"
            self._say(f"{self._since()}{feed.state:<12} {words}")
            quotes, trades = check.quotes, check.trades

    def _end(self, feed: Feed) -> int:
        line = Line(
            reason=feed.reason,
            refused=feed.refused,
            errors=feed.errors,
            offset=feed.skew.offset,
            went_stale=self._went_stale,
            on_time=feed.venue.mode not in ("poll", "made")
            and not feed.venue.delay_minutes
            and not feed.polled,
        )
        code, wrong = self._check.verdict(line)
        if code != NOTHING:
            self._say("\n" + "\n".join(self._check.table()))
            self._say(f"reconnects {feed.reconnects}, its time to ours {span(line.offset)} at the quickest")
        seconds = (wall() - self._began) / 1000
        rate = (self._check.quotes + self._check.trades) / max(seconds, 0.001)
        words = "; ".join(wrong) or f"{len(self._check.symbols)} symbols, {rate:.1f} prices a second"
        self._say(f"\n{VERDICTS[code]}: {words}")
        return code
