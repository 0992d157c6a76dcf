"""Floor 2. Hours made of quarters, for venues whose own hours begin when a market opens, say at 9:30."""

from collections.abc import Iterable

from feeds.market import INTERVALS, Bar, floor_time, replace


def as_hours(quarters: Iterable[Bar], now: int) -> list[Bar]:
    """Return the hours that quarters, oldest first, add up to; one that ends after `now` is open."""
    hours: dict[int, Bar] = {}
    for quarter in quarters:
        time = floor_time(quarter.time, "1h")
        before = hours.get(time)
        if before is None:
            closed = time + INTERVALS["1h"] <= now
            hours[time] = replace(quarter, interval="1h", time=time, closed=closed)
        else:
            hours[time] = replace(
                before,
                high=max(before.high, quarter.high),
                low=min(before.low, quarter.low),
                close=quarter.close,
                volume=before.volume + quarter.volume,
            )
    return list(hours.values())
