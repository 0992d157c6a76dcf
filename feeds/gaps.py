"""Floor 3. What nobody heard of a symbol's minutes: shown while its venue can't tell of it, forgotten once it
has, for what it then didn't tell was quiet."""

import asyncio
import logging

from msgspec import Struct

from feeds import store
from feeds.board import Board
from feeds.charts import Charts
from feeds.history import FURTHEST
from feeds.market import INTERVALS, floor_time
from feeds.store import BarStore

log = logging.getLogger("feeds.gaps")

MINUTE = INTERVALS["1m"]
SECONDS = 600_000  # ms of a silence whose seconds are shown; of a longer one its minutes are
SETTLE = 3.0  # seconds in which a worker has stored what it heard


class Gap(Struct, frozen=True):
    """A stretch in ms that nobody heard, and the close that is stored of the time before it."""

    since: int
    until: int
    close: float | None = None


class Gaps:
    """The gaps of every watched symbol: that of a line that was lost, and that since a former run."""

    def __init__(self, board: Board, charts: Charts, bar_store: BarStore) -> None:
        self._board, self._charts, self._store = board, charts, bar_store
        self._gaps: dict[str, Gap] = {}
        self._opened: dict[str, int] = {}

    def open(self, symbol: str, now: int) -> None:
        """Note that a symbol's minutes are asked for the first time, at `now` ms."""
        self._opened[symbol] = now

    def note(self, symbol: str, since: int, until: int) -> None:
        """Note that [since, until) ms was not heard."""
        known = self._gaps.get(symbol, Gap(since, until))
        self._gaps[symbol] = Gap(min(since, known.since), max(until, known.until), known.close)

    def show_seconds(self, symbol: str, since: int, until: int) -> None:
        """Show the seconds of [since, until) ms of which there is nothing: no venue's history has them."""
        if chart := self._charts.get(symbol):
            self._store.put_bars(chart.show_holes(since, until, interval="1s"))
            self._board.touch(symbol)

    async def judge_seconds(self, symbol: str, at: int) -> None:
        """Show the seconds between the last one stored, by us or by a worker before us, and `at` ms, when the
        symbol's line said its first word."""
        await asyncio.sleep(SETTLE)  # the other one may have heard them, and is about to store them
        first = floor_time(at, "1s")
        known = await self._known(symbol, "1s", first, first)
        chart = self._charts.get(symbol)
        if known is not None and chart is not None and known[0] >= first - SECONDS:
            self._store.put_bars(chart.show_holes(known[0] + INTERVALS["1s"], first, known[1], "1s"))
            self._board.touch(symbol)

    def drop(self, symbol: str) -> None:
        """Forget a symbol."""
        self._gaps.pop(symbol, None)
        self._opened.pop(symbol, None)

    def judge(self, symbol: str, state: str) -> None:
        """Hear that the venue was asked for what is missing, and whether it could tell (`ready`)."""
        gap = self._gaps.get(symbol)
        if gap is None:
            return
        if state == "ready":
            self._store.no_holes(symbol, gap.since, gap.until)
            del self._gaps[symbol]
        elif chart := self._charts.get(symbol):
            self._store.put_bars(chart.show_holes(gap.since, gap.until, gap.close))
            self._board.touch(symbol)

    async def judge_first(self, symbol: str, state: str) -> None:
        """With the first answer on a symbol, judge the time since what is stored of former runs, too."""
        if symbol not in self._opened:
            return
        began = floor_time(self._opened.pop(symbol), "1m")  # the minute of the start is ours
        known = await self._known(symbol, "1m", began, began - FURTHEST)
        if known is None or known[0] + MINUTE >= began or self._charts.get(symbol) is None:
            return
        later = self._gaps.get(symbol, Gap(began, began))
        self._gaps[symbol] = Gap(known[0] + MINUTE, max(began, later.until), known[1])
        self.judge(symbol, state)

    async def _known(self, symbol: str, interval: str, before: int, since: int) -> tuple[int, float] | None:
        """Return opening time and close of what is stored last, as `store.known_until` does."""
        try:
            return await store.aread(store.known_until, symbol, interval, before, since)
        except Exception as error:  # the database may be away: then nothing is known of a time before
            log.warning("nothing known of %s before: %s", symbol, error)
            return None
