"""Floor 4. A symbol's bars for the API: the stored ones, completed by the venue where some are missing, with
the hub's newest over them."""

from collections.abc import Iterable
from time import monotonic

from msgspec import Struct

from dashboard.clock import wall
from dashboard.held import Held
from dashboard.hub import Hub
from feeds import store, wire
from feeds.market import INTERVALS, Bar
from feeds.store import bases_of

PATIENCE = 8.0  # seconds that an answer waits for a venue's history
FETCH = 5_000  # bars fetched at the most for one answer
TROUBLE = 10.0  # seconds after a failure in which a venue isn't asked for the same again
SILENT = "the venue takes too long to answer"


class Past(Struct, frozen=True):
    """Bars oldest first, and why more of them can't be had now ("": nothing is missing, or nobody has it)."""

    bars: list[Bar]
    trouble: str = ""


async def bars(hub: Hub, symbol: str, interval: str, start: int | None, end: int | None, limit: int) -> Past:
    """Return bars: the newest `limit` that open before `end`, or the first from `start`."""
    held = await hub.look(symbol, frozenset({wire.QUOTE_STREAM, f"bars:{interval}"}), 1.0)
    bases = bases_of(interval)
    hopeful = hub.statuses.worker_answers and not troubled(held, bases)
    if hopeful and not await hub.mirror.heard(symbol, lambda: held.is_past_here(bases), PATIENCE):
        give_up(held, bases)
    found = await read(symbol, interval, start, end, limit)
    missing = await missing_before(symbol, interval, start, end, limit, found)
    if missing is not None and hub.statuses.worker_answers and await fetch(hub, held, interval, *missing):
        found = await read(symbol, interval, start, end, limit)
    trouble = troubled(held, bases) if missing is not None else ""
    return Past(with_newest(found, held.bars.get(interval, {}), start, end, limit), trouble)


def troubled(held: Held, bases: Iterable[str]) -> str:
    """Return why the venue, which was asked for some of these a moment ago, couldn't tell them; else ""."""
    since = monotonic() - TROUBLE
    reasons = [
        held.troubles[base][1] for base in bases if base in held.troubles and held.troubles[base][0] > since
    ]
    return next(iter(reasons), "")


def give_up(held: Held, bases: Iterable[str]) -> None:
    """Note that these were waited for in vain, so that the next one to ask needn't wait, too."""
    held.troubles |= dict.fromkeys(bases, (monotonic(), SILENT))


async def read(symbol: str, interval: str, start: int | None, end: int | None, limit: int) -> list[Bar]:
    """Return stored bars."""
    return await store.aread(store.read_bars, symbol, interval, start, end, limit, wall())


async def missing_before(
    symbol: str, interval: str, start: int | None, end: int | None, limit: int, found: list[Bar]
) -> tuple[str, int, int] | None:
    """Return what to fetch as (stored interval, end, count) when the store doesn't reach back far enough."""
    if len(found) >= limit:
        return None
    base = coarsest(interval)
    length = INTERVALS[interval]
    first = await store.aread(store.first_time, symbol, base)
    until = min(each for each in (first, end, wall()) if each is not None)
    since = start if start is not None else until - (limit - len(found)) * length
    count = min((until - since) // INTERVALS[base], FETCH)
    return (base, until, count) if count > 0 else None


def coarsest(interval: str) -> str:
    """Return the coarsest stored interval that a series is read from: the one that reaches furthest back."""
    return max(bases_of(interval), key=lambda base: INTERVALS[base])


async def fetch(hub: Hub, held: Held, interval: str, base: str, end: int, count: int) -> bool:
    """Have the worker fetch older bars; False when its venue has none, or takes too long."""
    if end <= held.exhausted.get(base, -1) or troubled(held, (base,)):
        return False
    before = held.pasts.get(base, 0)
    await hub.uplink.older(held.symbol, base, end, count)
    if not await hub.mirror.heard(held.symbol, lambda: held.pasts.get(base, 0) > before, PATIENCE):
        give_up(held, (base,))
        return False
    first = await store.aread(store.first_time, held.symbol, base)
    if held.history[base].state == "ready" and (first is None or first >= end):
        held.exhausted[base] = end
        return False
    return True


def with_newest(
    found: list[Bar], newest: dict[int, Bar], start: int | None, end: int | None, limit: int
) -> list[Bar]:
    """Return stored bars with the stream's over them: where both have one, the stream's wins."""
    merged = {bar.time: bar for bar in found}
    full = start is not None and len(found) >= limit
    oldest = found[0].time if found else -1
    for time, bar in newest.items():
        inside = (start is None or time >= start) and (end is None or time < end) and time >= oldest
        if time in merged or (inside and not full):
            merged[time] = bar
    times = sorted(merged)
    return [merged[time] for time in (times[-limit:] if start is None else times[:limit])]
