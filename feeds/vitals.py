"""Floor 3. What a process measures of itself: how late its event loop is, and how long its work takes.

Counted in plain numbers, so that counting costs nothing; made into Prometheus' words only when asked.
"""

import asyncio
import time
from bisect import bisect_left
from collections import deque

from prometheus_client import disable_created_metrics
from prometheus_client.core import HistogramMetricFamily

disable_created_metrics()  # a second series beside each counter, which nobody reads

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
LOOK = 0.25  # seconds between two looks at the loop
KEPT = 5.0  # seconds for which a look is remembered
TOO_LATE = 5.0  # seconds of lateness at which a process can't be called well
LATE = "How late the event loop came to what was due"


class Spread:
    """How often something took how long, in seconds."""

    def __init__(self) -> None:
        self._counts = [0] * (len(BOUNDS) + 1)
        self._sum = 0.0

    def add(self, seconds: float) -> None:
        """Count one."""
        self._counts[bisect_left(BOUNDS, seconds)] += 1
        self._sum += seconds

    def family(self, name: str, words: str) -> HistogramMetricFamily:
        """Return it as a histogram for Prometheus."""
        told, total = [], 0
        for bound, count in zip((*map(str, BOUNDS), "+Inf"), self._counts, strict=True):
            total += count
            told.append((bound, total))
        return HistogramMetricFamily(name, words, buckets=told, sum_value=self._sum)


class Lag:
    """How late the event loop comes to what is due. Times are seconds of a monotonic clock."""

    def __init__(self) -> None:
        self.spread = Spread()
        self._looks: deque[tuple[float, float]] = deque()
        self._due: float | None = None

    async def watch(self) -> None:
        """Look for ever."""
        while True:
            self._due = time.monotonic() + LOOK
            await asyncio.sleep(LOOK)
            self.saw(time.monotonic())

    def saw(self, now: float) -> None:
        """Note that the look that was due came now."""
        late = max(0.0, now - (now if self._due is None else self._due))
        self.spread.add(late)
        self._looks.append((now, late))
        while self._looks and now - self._looks[0][0] > KEPT:
            self._looks.popleft()

    def worst(self, now: float) -> float:
        """Return the greatest lateness of the last seconds; a look that is overdue now counts."""
        overdue = now - self._due if self._due is not None else 0.0
        return max(0.0, overdue, *(late for at, late in self._looks if now - at <= KEPT))
