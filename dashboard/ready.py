"""Floor 4. Whether this process serves prices now, and if not, what is missing: the answer of /readyz."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import NamedTuple
from weakref import WeakKeyDictionary

from django.conf import settings

from dashboard import metrics
from dashboard.clock import wall
from dashboard.hub import Hub
from feeds import store
from feeds.market import FeedStatus, Quote
from feeds.symbols import legs_of, venue_of
from feeds.vitals import TOO_LATE

PATIENCE = 1.0  # seconds in which everything that is asked has answered, or is called not reachable
FIRST_WORD = 2.0  # seconds that a process which has just begun waits for the worker's first word
GRACE = 10_000  # ms that a line may be without prices before it counts: a line that comes again takes some
OLD = 60_000  # ms after which the newest price of a venue is old


class Readiness(NamedTuple):
    """What was checked, what is wrong in words, and how the line to each venue is that somebody wants."""

    checks: dict[str, bool]
    wrong: list[str]
    venues: dict[str, str]


class Probe:
    """A question that may hang: it is asked once at a time, and who asks meanwhile shares its answer."""

    def __init__(self, ask: Callable[[], Awaitable[bool]]) -> None:
        self._ask = ask
        self._asking: asyncio.Future[bool] | None = None

    async def well(self, patience: float) -> bool:
        """Return the answer, False when there is none within `patience` seconds."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.ensure_future(self._ask())
        done, _ = await asyncio.wait([self._asking], timeout=patience)
        return bool(done) and not self._asking.cancelled() and self._asking.result()


class Watch:
    """The probes of one hub."""

    def __init__(self, running: Hub) -> None:
        self.database = Probe(database_answers)
        self.layer = Probe(running.uplink.reachable)


_watches: WeakKeyDictionary[Hub, Watch] = WeakKeyDictionary()


async def look(running: Hub) -> Readiness:
    """Return how things are, within 2 s whatever hangs."""
    watch = _watches.setdefault(running, Watch(running))
    begun = time.monotonic() - running.uplink.began
    database, layer, _ = await asyncio.gather(
        watch.database.well(PATIENCE),
        watch.layer.well(PATIENCE),
        running.statuses.first_word(max(0.0, FIRST_WORD - begun)),
    )
    reached = {
        "database": database,
        "channel_layer": layer,
        "worker": running.statuses.worker_answers,
    }
    venues = venues_wanted(running)
    late = metrics.lateness()
    checks = reached | {
        "prices": not venues or not all(venues.values()),
        "loop": late < TOO_LATE,
    }
    missing = [name for name, well in reached.items() if not well]
    wrong = [f"not reachable: {', '.join(missing)}"] if missing else []
    if not checks["prices"]:
        wrong.append("no prices: " + "; ".join(f"{venue} {trouble}" for venue, trouble in venues.items()))
    if not checks["loop"]:
        wrong.append(f"the event loop is {late:.1f} s late")
    return Readiness(checks, wrong, {venue: trouble or "ok" for venue, trouble in venues.items()})


async def database_answers() -> bool:
    """Tell whether the database can be read."""
    try:
        await store.aread(store.first_time, "SIM:BTC-USD", "1m")
    except Exception:  # any failure is the answer
        return False
    return True


def venues_wanted(running: Hub) -> dict[str, str]:
    """Return what is wrong with each venue that somebody wants prices of, "" while they flow. A recording
    ends, and its market stands still then: nothing is wanted of it here."""
    if settings.FEEDS["replay"]:
        return {}
    of_venue: dict[str, set[str]] = {}
    for symbol in symbols_wanted(running):
        of_venue.setdefault(venue_of(symbol), set()).add(symbol)
    statuses = {status.venue: status for status in running.statuses.all()}
    held = running.mirror.held
    return {
        venue: trouble_of(statuses[venue], (held[each].quote for each in symbols if each in held), wall())
        for venue, symbols in sorted(of_venue.items())
        if venue in statuses and statuses[venue].state != "off"  # off is as it should be, and it says why
    }


def symbols_wanted(running: Hub) -> set[str]:
    """Return the symbols that sockets of this process read and those that are kept live anyway; of formulas
    their legs."""
    sessions = [reader.session for reader in running.readers]
    wanted = {symbol for session in sessions for symbol in session.streams.keys() - session.refused}
    return {leg for symbol in wanted.union(settings.FEEDS["watch"]) for leg in legs_of(symbol)}


def trouble_of(status: FeedStatus, quotes: Iterable[Quote | None], now: int) -> str:
    """Return why no prices come of a venue, "" when they do: its line is up, and of the wanted symbols one
    has a price that is not stale, or the newest of the venue is not old. A quiet symbol is no trouble."""
    if status.state not in ("live", "polling"):
        lasting = now - status.since
        said = f" ({status.reason})" if status.reason else ""
        return f"is {status.state} for {lasting / 1000:.0f} s{said}" if lasting > GRACE else ""
    known = [quote for quote in quotes if quote is not None]
    age = now - (status.last_tick or status.since)
    if status.state == "polling" or not known or age <= OLD or any(each.state != "stale" for each in known):
        return ""
    return f"has told no price for {age / 1000:.0f} s"
