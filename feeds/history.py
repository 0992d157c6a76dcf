"""Floor 3. Fetches the past: a venue's stored bars for what is watched, politely, the most wanted first."""

import asyncio
import itertools
import logging
import time
from collections.abc import Callable

from feeds import store
from feeds.clock import wall
from feeds.errors import FeedError
from feeds.feed import Feed
from feeds.market import INTERVALS, Bar, Trade, floor_time

log = logging.getLogger("feeds.history")

OPENING = 500  # bars that a chart opens with
FURTHEST = 7 * 86_400_000  # ms of a gap that is filled without being asked for
EMPTY = 3  # answers without a bar after which there is nothing older
RETRY = 20.0
SLOW = 2.0  # seconds after which an answer that is none tells that nobody is there: the others needn't ask
TRADES = "trades"  # in the place of a job's interval

# priority, number, symbol, interval, end (None: up to now), count of bars, ms at which it was asked for
Job = tuple[int, int, str, str, int | None, int, int]

OnBars = Callable[[str, str, list[Bar], int], None]
OnState = Callable[[str, str, str, str], None]
OnTrades = Callable[[str, list[Trade], int, int], None]


class Filler:
    """One venue's history jobs. `on_bars(symbol, interval, bars, as_of)` gets what comes, `on_state(symbol,
    interval, state, reason)` hears `ready` once the newest bars are there, or `failed` and why, `on_older`
    the same of older bars, `on_trades(symbol, trades, since, until)` gets what was traded while a line was
    lost, oldest first."""

    def __init__(self, feed: Feed, on_bars: OnBars, on_state: OnState, on_trades: OnTrades) -> None:
        self._feed = feed
        self._on_bars = on_bars
        self._on_state = on_state
        self.on_older = on_state
        self._on_trades = on_trades
        self._queue: asyncio.PriorityQueue[Job] = asyncio.PriorityQueue()
        self._count = itertools.count()
        self._waiting: dict[tuple[str, str], Job] = {}  # for newest bars: of several for the same, the last
        self._away_until = 0.0  # of the monotonic clock
        self._trouble = ""

    def open(self, symbol: str, interval: str, urgent: bool) -> None:
        """Fetch what a chart opens with: the newest bars, and what is missing since the last stored one."""
        self._queue.put_nowait(self._newest(0 if urgent else 1, symbol, interval, wall()))

    def older(self, symbol: str, interval: str, end: int, count: int) -> None:
        """Fetch `count` intervals that open before `end` ms."""
        self._queue.put_nowait((0, next(self._count), symbol, interval, end, count, wall()))

    def missed(self, symbol: str, since: int) -> None:
        """Fetch the trades since `since` ms, while the line was lost."""
        self._queue.put_nowait((0, next(self._count), symbol, TRADES, since, 0, wall()))

    async def run(self) -> None:
        """Do one job after the other, for ever; what fails for now is tried again while it is wanted."""
        while True:
            job = await self._queue.get()
            symbol, interval, end = job[2:5]
            if end is None and (not self._counts(job) or symbol not in self._feed.served):
                continue
            if interval == TRADES:
                await self._fetch_trades(symbol, end or 0)
            elif time.monotonic() < self._away_until:
                self._put_off(job)
            else:
                await self._do(job)

    def _newest(self, priority: int, symbol: str, interval: str, asked: int) -> Job:
        """Return a job for newest bars, which does what the one that still waits for them was to do, too."""
        if before := self._waiting.get((symbol, interval)):
            priority, asked = min(priority, before[0]), min(asked, before[6])
        job = (priority, next(self._count), symbol, interval, None, OPENING, asked)
        self._waiting[(symbol, interval)] = job
        return job

    def _counts(self, job: Job) -> bool:
        """Tell whether a job for newest bars has none after it, and let it wait no longer."""
        key = job[2:4]
        if self._waiting.get(key) is not job:
            return False
        del self._waiting[key]
        return True

    async def _do(self, job: Job) -> None:
        began = time.monotonic()
        try:
            await self._fill(job)
        except FeedError as error:
            self._failed(error, began)
            self._tell(job, "failed", error.reason)
            if not error.terminal and job[4] is None:
                self._later(job)
        except Exception as error:
            log.exception("history of %s %s", job[2], job[3])
            self._tell(job, "failed", f"internal error ({type(error).__name__})")

    def _failed(self, error: FeedError, began: float) -> None:
        """Count a failure. While a venue stays away, or hangs, nobody waits for it: all are told at once."""
        self._feed.count(error.reason)
        now = time.monotonic()
        hangs = RETRY if now - began > SLOW and not error.terminal else 0.0
        self._away_until = max(self._away_until, now + max(error.retry_after or 0.0, hangs))
        self._trouble = error.reason

    def _put_off(self, job: Job) -> None:
        """Say that a job can't be done while the venue is away, and have it done after that, where it is for
        those who watch."""
        self._tell(job, "failed", self._trouble)
        if job[4] is None:
            self._later(job)

    async def _fetch_trades(self, symbol: str, since: int) -> None:
        """Fetch what was missed; where that can't be had, say that nothing was."""
        try:
            self._on_trades(symbol, await self._missed_trades(symbol), since, wall())
        except Exception:
            log.exception("trades of %s", symbol)

    async def _missed_trades(self, symbol: str) -> list[Trade]:
        venue = self._feed.venue
        request = venue.trades(venue.code(symbol))
        began = time.monotonic()
        try:
            if request is not None and began >= self._away_until:
                return venue.read_trades((await self._feed.rest.get(request)).body, symbol)
        except FeedError as error:
            self._failed(error, began)
        except Exception:
            log.exception("trades of %s", symbol)
        return []

    def _later(self, job: Job) -> None:
        """Do a job again: once the venue lets us come back, else after a while."""
        away = self._away_until - time.monotonic()
        again = self._newest(job[0] + 1, job[2], job[3], job[6])
        asyncio.get_running_loop().call_later(away if away > 0.0 else RETRY, self._queue.put_nowait, again)

    def _tell(self, job: Job, state: str, reason: str = "") -> None:
        tell = self._on_state if job[4] is None else self.on_older
        tell(job[2], job[3], state, reason)

    async def _fill(self, job: Job) -> None:
        _, _, symbol, interval, end, count, asked = job
        rows = self._feed.venue.bar_rows.get(interval, 0)
        if self._feed.venue.mode != "made" and not rows:
            self._tell(job, "ready")
            return
        length = INTERVALS[interval]
        newest = (floor_time(wall(), interval) + length) if end is None else end
        goal = newest - (count + 1) * length
        day = floor_time(wall(), "1d") if end is None and interval == "1m" else goal
        furthest = min(goal, day)
        stored = await self._stored(symbol, interval, furthest, asked) if end is None else None
        start = furthest if stored is None else stored
        known = start > goal  # the store reaches far enough: only the gap is missing
        got = empty = 0
        told = False
        cursor = newest
        while cursor > start or (end is None and not known and got < count and empty < EMPTY):
            since = cursor - (rows or count) * length
            if cursor > start:
                since = max(since, start)
            bars = await self._fetch(symbol, interval, since, cursor)
            got += len(bars)
            empty = 0 if bars else empty + 1
            cursor = min(since, bars[0].time) if bars else since
            # A gap is closed as a whole or not: what fails in its midst must be shown as missing.
            if end is None and stored is None and not told and (got >= count or cursor <= goal):
                told = True
                self._tell(job, "ready")
            if empty >= EMPTY:
                break
        if not told:
            self._tell(job, "ready")

    async def _stored(self, symbol: str, interval: str, goal: int, asked: int) -> int | None:
        """Return from where on bars are missing: the last one before the first hole; None where the store
        doesn't reach far enough."""
        first = await store.aread(store.first_time, symbol, interval)
        known = await store.aread(store.known_until, symbol, interval, asked, wall() - FURTHEST)
        if first is None or known is None or first > goal:
            return None
        return max(known[0], wall() - FURTHEST)

    async def _fetch(self, symbol: str, interval: str, start: int, end: int) -> list[Bar]:
        asked = wall()
        bars = await fetch(self._feed, symbol, interval, start, end)
        bars = [bar for bar in bars if bar.time < end]  # what comes from before `start` is welcome
        if bars:
            self._on_bars(symbol, interval, bars, asked)
        return bars


async def fetch(feed: Feed, symbol: str, interval: str, start: int, end: int) -> list[Bar]:
    """Return what a venue answers when asked for the bars that open in [start, end) ms, oldest first; some
    give others, too. Raises FeedError."""
    venue = feed.venue
    if venue.mode == "made":
        bars = await asyncio.to_thread(venue.made_bars, symbol, interval, start, end, wall())
        return [bar for bar in bars if bar.closed]
    request = venue.bars(venue.code(symbol), interval, start, end)
    if request is None:
        raise FeedError(f"{venue.title} has no {interval} history", terminal=True)
    answer = await feed.rest.get(request)
    return venue.read_bars(answer.body, symbol, interval, wall())
