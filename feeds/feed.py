"""Floor 3. A feed: our live line to one venue, supervised. How it runs is in stream.py, poll.py, made.py."""

import asyncio
import logging
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable

from feeds.backoff import Backoff
from feeds.budget import Limiter
from feeds.ccxt_line import CcxtRest
from feeds.clock import steady, wall
from feeds.errors import FeedError
from feeds.market import Bar, FeedState, FeedStatus, Quote, Trade
from feeds.serving import Serving
from feeds.skew import Skew
from feeds.transport import Rest, Tap
from feeds.venues.base import Event, Notice, Venue
from feeds.venues.ccxt import Ccxt

log = logging.getLogger("feeds")

DOWN_AFTER = 60.0  # seconds without data after which "reconnecting" is called "down"
BAD_FRAMES = 5  # unreadable frames within ten seconds that a line may have
RATE_FADE = 0.8
REMARKS = 3  # troubles with single symbols that its status tells of
SAYS = "the venue says: "
LONG = 15.0  # seconds of waiting for a venue's limit that are worth a word

OnEvents = Callable[["Feed", list[Event], int], None]
OnBars = Callable[["Feed", str, list[Bar], int], None]
OnStatus = Callable[["Feed"], None]


def rest_of(venue: Venue, rest_origin: str | None, ws_origin: str | None) -> Rest:
    """Return where a venue is asked: its own REST host, or ccxt, which knows the hosts itself."""
    return CcxtRest(venue, rest_origin, ws_origin) if isinstance(venue, Ccxt) else Rest(venue, rest_origin)


class Feed(Serving):
    """One venue's line: what is wanted of it, how it is, and what it has said.

    `on_events` hears quotes and trades, `on_bars` bars that come beside a polled price, `on_status` each
    change of state. None of them may block.
    """

    def __init__(
        self,
        venue: Venue,
        on_events: OnEvents,
        on_bars: OnBars,
        on_status: OnStatus,
        ws_origin: str | None = None,
        rest_origin: str | None = None,
        rng: random.Random | None = None,
    ) -> None:
        super().__init__()
        self.venue = venue
        self.on_events = on_events
        self.on_bars = on_bars
        self.on_status = on_status
        self.ws_origin = ws_origin
        self.rest = rest_of(venue, rest_origin, ws_origin)
        self.backoff = Backoff(rng or random.Random())
        self.connects = Limiter(venue.connects)
        self.remarks: dict[str, str] = {}  # what is wrong with symbols that are asked for again and again
        self.state: FeedState = "off"
        self.reason = venue.idle
        self.since = wall()
        self.last_life = time.monotonic()
        self.last_tick: int | None = None
        self.reconnects = 0
        self.errors: dict[str, int] = {}
        self.polled = venue.mode == "poll"
        self.tap: Tap | None = None
        self.note = ""  # what its status says while all is well
        self.failures = 0  # sessions in a row that ended without data
        self.skew = Skew()
        self.ticks = 0  # quotes and trades heard since the start
        self._counted = 0
        self._rate = 0.0
        self._failing_since: float | None = None
        self._bad: deque[int] = deque(maxlen=BAD_FRAMES + 1)

    # ------------------------------------------------------------------ demand
    @property
    def missing(self) -> str:
        """What the venue asks for and was not given, as the variables that would give it; "" for nothing."""
        given = {"KEY": self.venue.keys.key, "SECRET": self.venue.keys.secret}
        names = [f"VENUE_{self.venue.name}_{need}" for need in self.venue.needs if not given[need]]
        return f"needs a key: set {' and '.join(names)}" if names else ""

    async def until_wanted(self) -> None:
        """Wait until there is something to serve; meanwhile the feed is off, and says why."""
        while self.missing or not self.served:
            why = self.missing or "; ".join(list(self.refused.values())[:3])
            self.set_state("off", why or self.venue.idle)
            await self.changed_after(self.revision)

    # -------------------------------------------------------------------- words
    def hear(self, events: list[Event], received: int) -> bool:
        """Pass on what the venue said: counts, refuses, hands prices to the engine; True when it proved that
        the line lives.

        Raises FeedError when the venue won't have us, or says too much that can't be read.
        """
        alive = False
        for event in events:
            if isinstance(event, (Quote, Trade)):
                self.ticks += 1
                self.last_tick = received
                if event.time is not None and not (isinstance(event, Trade) and event.recap):
                    self.skew.heard(event.time, received)
                alive = True
            elif isinstance(event, Notice):
                alive = self._notice(event) or alive
        if alive:
            self.last_life = time.monotonic()
            self.failures = 0
            self._failing_since = None
            state: FeedState = "polling" if self.polled else "live"
            if self.state != state:
                self.set_state(state, self._told())
        if events:
            self.on_events(self, events, received)
        return alive

    def _notice(self, notice: Notice) -> bool:
        match notice.kind:
            case "heartbeat":
                return True
            case "refused" if notice.symbol and notice.retry_after is None:
                self.refuse(notice.symbol, notice.reason)
            case "refused":
                self.count(notice.reason)
            case "bad":
                self.count(notice.reason)
                self._too_many_bad(notice)
            case "denied" | "lost":
                raise FeedError(notice.reason, retry_after=notice.retry_after)
            case "maintenance":
                self.set_state(self.state, f"{SAYS}{notice.reason}")
            case "open" if self.reason.startswith(SAYS):
                self.set_state(self.state, self._told())
            case "reconnect":
                log.info("%s asks to come again: %s", self.venue.name, notice.reason)
        return False

    def _too_many_bad(self, notice: Notice) -> None:
        now = steady()
        self._bad.append(now)
        if len(self._bad) > BAD_FRAMES and now - self._bad[0] < 10_000:
            self._bad.clear()
            raise FeedError(f"too many bad frames: {notice.reason}")

    def aside(self, events: list[Event], received: int) -> None:
        """Pass on what was asked for apart from the line: it is news, but proves no life of the line."""
        prices = [event for event in events if not isinstance(event, Notice)]
        for event in events:
            if isinstance(event, Notice) and event.kind == "bad":
                self.count(event.reason)
        if prices:
            self.on_events(self, list(prices), received)

    def missed(self, symbol: str, trades: list[Trade], received: int) -> None:
        """Pass on trades that were told apart from the line: they are counted, but prove no life of it."""
        if trades and symbol in self.wanted:
            self.on_events(self, list(trades), received)

    def refuse(self, symbol: str, reason: str) -> None:
        """Note that the venue won't serve a symbol; it is asked again only when wanted anew."""
        if self.turn_away(symbol, reason):
            self.count("refused symbol")
            log.warning("%s refuses %s: %s", self.venue.name, symbol, reason)
            self.on_status(self)

    def remark(self, symbols: set[str], wrong: dict[str, str]) -> None:
        """Say what is wrong with some of these symbols, which are asked for all the same; no word for one
        takes back what was said of it."""
        now = {symbol: why for symbol, why in self.remarks.items() if symbol not in symbols} | wrong
        if now == self.remarks:
            return
        for symbol in wrong.keys() - self.remarks.keys():
            self.count("trouble with a symbol")
            log.warning("%s: %s", self.venue.name, wrong[symbol])
        self.remarks = now
        if self.state in ("live", "polling"):
            self.set_state(self.state, self._told())

    def _told(self) -> str:
        return "; ".join(part for part in (self.note, *list(self.remarks.values())[:REMARKS]) if part)

    def count(self, reason: str) -> None:
        """Count a trouble by its reason, cut so that the kinds stay few."""
        kind = reason.partition(":")[0][:60]
        self.errors[kind] = self.errors.get(kind, 0) + 1

    # -------------------------------------------------------------------- state
    async def may_connect(self) -> None:
        """Wait until the venue's limit lets us open one more line, and say so where that takes long."""
        wait = self.connects.book(now := time.monotonic()) - now
        if wait > LONG and self.state not in ("live", "polling"):
            limits = " and ".join(str(budget) for budget in self.venue.connects)
            why = f"waits {wait:.0f} s, it takes no more connects than {limits}"
            self.set_state(self.state, f"{self.reason}; {why}" if self.reason else why)
        await asyncio.sleep(wait)

    def set_state(self, state: FeedState, reason: str) -> None:
        """Take on a state and say so when it is new."""
        if (state, reason) == (self.state, self.reason):
            return
        if state != self.state:
            self.since = wall()
            log.info("%s is %s%s", self.venue.name, state, f": {reason}" if reason else "")
        self.state, self.reason = state, reason
        self.on_status(self)

    def failed(self, error: FeedError, seconds_of_data: float) -> float:
        """Take note of a line that ended; return the seconds to wait before the next try."""
        now = time.monotonic()
        self.backoff.ended(seconds_of_data)
        self._failing_since = self._failing_since or now
        self.reconnects += 1
        self.failures += 1
        self.count(error.reason)
        wait = max(self.backoff.wait(), error.retry_after or 0.0)
        level = logging.DEBUG if error.reason == self.reason else logging.INFO  # the same again is no news
        log.log(level, "%s: %s; next try in %.1f s", self.venue.name, error.reason, wait)
        lasting = now - self._failing_since >= DOWN_AFTER
        self.set_state("down" if lasting or error.terminal else "reconnecting", error.reason)
        return wait

    def second(self) -> None:
        """Be told that a second has passed, for the rate."""
        self._rate = self._rate * RATE_FADE + (self.ticks - self._counted) * (1.0 - RATE_FADE)
        self._counted = self.ticks

    def status(self) -> FeedStatus:
        """Return how the line is."""
        return FeedStatus(
            venue=self.venue.name,
            state=self.state,
            since=self.since,
            reason=self.reason,
            symbols=len(self.served),
            ticks_per_second=round(self._rate, 1),
            last_tick=self.last_tick,
            reconnects=self.reconnects,
            errors=sum(self.errors.values()),
            clock_offset=self.skew.offset,
        )


async def supervise(feed: Feed, session: Callable[[Feed], Awaitable[None]]) -> None:
    """Run a feed for ever: each session until it fails, then again after a wait.

    A session returns when nothing is wanted any more. An error that is not the venue's is ours: it is
    logged whole, and costs this venue a reconnect and the others nothing.
    """
    while True:
        await feed.until_wanted()
        began = time.monotonic()
        feed.set_state(
            "reconnecting" if feed.reconnects else "connecting", feed.reason if feed.reconnects else ""
        )
        try:
            await session(feed)
        except FeedError as error:
            trouble = error
        except Exception as error:
            log.exception("%s: the feed failed", feed.venue.name)
            trouble = FeedError(f"internal error ({type(error).__name__})")
        else:
            continue
        lived = max(0.0, feed.last_life - began)
        await asyncio.sleep(feed.failed(trouble, lived))
