"""Floor 4. `manage.py backfill SYMBOL --from ISO --to ISO`: a venue's history into the store."""

import asyncio
import logging
import sys
from argparse import ArgumentTypeError
from datetime import UTC, datetime
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser

from feeds.backfill import Progress, fill
from feeds.clock import wall
from feeds.errors import BadSymbol, FeedError
from feeds.market import floor_time
from feeds.probe import USAGE, feed_of, stopping, symbols_of
from feeds.store import BarStore
from feeds.symbols import parse_symbol, shown, venue_of

KEPT = ("1m", "1h", "1d")  # what the store keeps for good, and the others are made of
ASKED = ("symbol", "start", "end", "interval", "again")
WIDTH = 30  # characters of the progress bar
STOPPED = 130  # exit code after Ctrl-C


class Command(BaseCommand):
    help = "Fills the stored bars of a symbol from its venue; what was told before is not asked for again."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Add what to fill, between which times."""
        parser.add_argument("symbol", help="like COINBASE:BTC-USD")
        parser.add_argument(
            "--from", dest="start", required=True, type=moment, help="2025-01-31[T12:00], UTC"
        )
        parser.add_argument("--to", dest="end", required=True, type=moment, help="the end, not included")
        parser.add_argument("--interval", choices=KEPT, default="1m", help="of the bars (1m)")
        parser.add_argument("--again", action="store_true", help="ask also for what the venue told before")

    def handle(self, *args: Any, **options: Any) -> None:
        """Fill; exit with 1 and one line when the venue doesn't give it, with 130 after Ctrl-C."""
        logging.getLogger("feeds").setLevel(logging.ERROR)
        if options["start"] >= options["end"]:
            raise CommandError("--from has to be before --to", returncode=USAGE)
        store = BarStore()
        store.start()
        try:
            asyncio.run(self._fill(store, **{key: options[key] for key in ASKED}))
        finally:
            store.close(30.0)

    async def _fill(
        self, store: BarStore, symbol: str, start: int, end: int, interval: str, again: bool
    ) -> None:
        try:
            feed = feed_of(venue_of(parse_symbol(symbol)))
        except BadSymbol as error:
            raise CommandError(str(error), returncode=USAGE) from None
        (symbol,) = await symbols_of(feed, [symbol])
        bar = ProgressBar(f"{symbol} {interval}", start, min(end, floor_time(wall(), interval)))
        task = asyncio.current_task()
        assert task is not None
        done = Progress(start)
        try:
            with stopping(task.cancel):
                async for done in fill(feed, store, symbol, interval, start, end, again):
                    bar.show(done)
        except FeedError as error:
            bar.end()
            raise CommandError(f"{feed.venue.name}: {error.reason}; {told(done)}") from None
        except asyncio.CancelledError:
            bar.end()
            raise CommandError(f"stopped; {told(done)}; run it again to go on", returncode=STOPPED) from None
        finally:
            await feed.rest.close()
        bar.end()
        since = f"; its history begins {said(done.begins)}" if done.begins is not None else ""
        self.stdout.write(f"{symbol} {interval}: {told(done)}{since}")


def told(done: Progress) -> str:
    """Return what was done in words."""
    answers = "1 answer" if done.asked == 1 else f"{done.asked:,} answers"
    return f"{done.bars:,} bars stored, {answers} of the venue"


def said(time: int) -> str:
    """Return a time in ms as people write it, UTC."""
    return datetime.fromtimestamp(time / 1000, UTC).strftime("%Y-%m-%d %H:%M")


class ProgressBar:
    """A line on stderr that fills; where stderr is no terminal, a line each tenth."""

    def __init__(self, title: str, start: int, end: int) -> None:
        self._title, self._start, self._end = title, start, end
        self._tenth = 0
        self._moving = sys.stderr.isatty()

    def show(self, done: Progress) -> None:
        """Show how far it is."""
        part = min(1.0, max(0.0, (done.time - self._start) / max(1, self._end - self._start)))
        tenth = int(part * 10)
        if not self._moving and tenth == self._tenth:
            return
        self._tenth = tenth
        filled = "#" * int(part * WIDTH)
        text = f"{self._title} [{filled:<{WIDTH}}] {part:4.0%}  {done.bars:,} bars  to {said(done.time)}"
        print(
            f"\r{text}\033[K" if self._moving else text,
            end="" if self._moving else "\n",
            file=sys.stderr,
            flush=True,
        )

    def end(self) -> None:
        """Leave the line."""
        if self._moving:
            print(file=sys.stderr)


def moment(text: str) -> int:
    """Return the ms of an ISO time, UTC where it names no zone. Raises ArgumentTypeError."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{shown(text)} is no time: write 2025-01-31 or 2025-01-31T12:00") from None
    return int((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp() * 1000)
