"""Floor 4. A symbol's bars for the API: the stored ones, completed by the venue where some are missing, with
the hub's newest over them."""

from dashboard.clock import wall
from dashboard.held import Held
from dashboard.hub import Hub
from feeds import store, wire
from feeds.market import INTERVALS, Bar
from feeds.store import bases_of

PATIENCE = 8.0  # seconds that an answer waits for a venue's history
FETCH = 5_000  # bars fetched at the most for one answer


async def bars(
    hub: Hub, symbol: str, interval: str, start: int | None, end: int | None, limit: int
) -> list[Bar]:
    """Return bars oldest first: the newest `limit` that open before `end`, or the first from `start`."""
    held = await hub.look(symbol, frozenset({wire.QUOTE_STREAM, f"bars:{interval}"}), 1.0)
    bases = bases_of(interval)
    if hub.statuses.worker_answers:
        await hub.mirror.heard(symbol, lambda: held.is_past_here(bases), PATIENCE)
    found = await read(symbol, interval, start, end, limit)
    missing = await missing_before(symbol, interval, start, end, limit, found)
    if missing is not None and hub.statuses.worker_answers and await fetch(hub, held, interval, *missing):
        found = await read(symbol, interval, start, end, limit)
    return with_newest(found, held.bars.get(interval, {}), start, end, limit)


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
    if end <= held.exhausted.get(base, -1):
        return False
    before = held.pasts.get(base, 0)
    await hub.uplink.older(held.symbol, base, end, count)
    if not await hub.mirror.heard(held.symbol, lambda: held.pasts.get(base, 0) > before, PATIENCE):
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
