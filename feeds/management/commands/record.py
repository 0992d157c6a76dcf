"""Floor 4. `manage.py record VENUE SYMBOL… --out FILE`: what a venue says, kept frame by frame."""

import asyncio
import logging
from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser

from feeds.feed import Feed
from feeds.probe import USAGE, feed_of, given_up, run_feed, seconds, stopping, symbols_of
from feeds.recording import Recorder

TELL_EVERY = 10.0  # s


class Command(BaseCommand):
    help = "Records the raw frames of a venue's feed with their receive times, until Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Add what to record, where to, and for how long."""
        parser.add_argument("venue", help="a venue, like COINBASE")
        parser.add_argument("symbols", nargs="+", metavar="symbol", help="like BTC-USD or COINBASE:BTC-USD")
        parser.add_argument("--out", required=True, type=Path, help="a new file, *.frames.jsonl[.gz]")
        parser.add_argument("--seconds", type=seconds, help="how long; without it until Ctrl-C")

    def handle(self, *args: Any, **options: Any) -> None:
        """Record; exit with 1 and one line when nothing came, with 2 when it can't be begun."""
        logging.getLogger("feeds").setLevel(logging.INFO)
        asyncio.run(self._record(**{key: options[key] for key in ("venue", "symbols", "out", "seconds")}))

    async def _record(self, venue: str, symbols: list[str], out: Path, seconds: float | None) -> None:
        stop = asyncio.Event()
        feed = feed_of(venue, on_status=lambda feed: stop.set() if given_up(feed) else None)
        if feed.venue.mode == "made":
            raise CommandError(
                f"{feed.venue.name} is made here: no frame comes over a line", returncode=USAGE
            )
        wanted = await symbols_of(feed, symbols)
        recorder = recorder_of(out, feed, wanted)
        feed.tap = recorder.heard
        feed.want(set(wanted))
        try:
            with stopping(stop.set):
                telling = asyncio.create_task(self._tell(feed, recorder))
                try:
                    await run_feed(feed, stop, seconds)
                finally:
                    telling.cancel()
        finally:
            recorder.close()
        self._end(feed, recorder)

    async def _tell(self, feed: Feed, recorder: Recorder) -> None:
        """Print the counts every ten seconds."""
        while True:
            await asyncio.sleep(TELL_EVERY)
            self.stdout.write(f"{feed.venue.name} is {feed.state}: {counted(recorder)}")
            self.stdout.flush()

    def _end(self, feed: Feed, recorder: Recorder) -> None:
        if not recorder.count["recv"]:
            recorder.path.unlink()
            raise CommandError(f"nothing came from {feed.venue.name}: {feed.reason or feed.state}")
        self.stdout.write(f"{counted(recorder)}, {recorder.path.stat().st_size:,} bytes in {recorder.path}")
        for symbol, reason in feed.refused.items():
            self.stdout.write(f"refused: {symbol}: {reason}")


def recorder_of(out: Path, feed: Feed, symbols: list[str]) -> Recorder:
    """Return a recorder to a new file. Raises CommandError when there is one, or none can be made."""
    try:
        return Recorder(out, feed.venue, symbols)
    except FileExistsError:
        raise CommandError(f"{out} exists; recordings are never overwritten", returncode=USAGE) from None
    except OSError as error:
        raise CommandError(f"{out} can't be written: {error.strerror}", returncode=USAGE) from None


def counted(recorder: Recorder) -> str:
    """Return the counts in words."""
    count = recorder.count
    return f"{count['recv']:,} received, {count['send']} sent, {count['open']} opened"
