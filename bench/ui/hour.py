"""An hour of the desk, faster: whether heap, nodes and listeners stay flat."""

from typing import NamedTuple

from playwright.sync_api import Browser, Page

from bench.figures import middle
from bench.ui.chromium import Meter, opened
from bench.ui.scene import four
from bench.ui.stand import SYMBOLS, WATCHED, Stand, document, show, wait_drawn

COUNTS = {"heap": "JSHeapUsedSize", "nodes": "Nodes", "listeners": "JSEventListeners"}
CHARTS = 4


class Hour(NamedTuple):
    """What was in use after each part of the hour, all garbage gone; ticks of all of it; the bytes of the
    page's own objects at the beginning and at the end."""

    ticks: int
    used: dict[str, list[float]]
    objects: tuple[int, int]

    def growth(self, what: str) -> float:
        """Return by what part the last third is above the first, the median of each."""
        values = self.used[what]
        third = max(1, len(values) // 3)
        return middle(values[-third:]) / middle(values[:third]) - 1


def hour(browser: Browser, stand: Stand, minutes: float, ticks: float, faster: float, parts: int) -> Hour:
    """Run the desk for so many minutes of its clock, after a tenth of that in which it takes its size."""
    with opened(browser, 1440, 900, "hour.js") as page:
        show(page, stand.url, document(four(SYMBOLS[:CHARTS]), SYMBOLS[:WATCHED]))
        wait_drawn(page, CHARTS)
        page.set_default_timeout(600_000)
        meter = Meter(page)
        used: dict[str, list[float]] = {what: [] for what in COUNTS}
        run(page, minutes / 10, ticks, faster)
        seen, objects = 0, meter.objects()
        for _ in range(parts):
            seen = run(page, minutes / parts, ticks, faster)
            now = meter.settled()
            for what, name in COUNTS.items():
                used[what].append(now[name])
        return Hour(seen, used, (objects, meter.objects()))


def run(page: Page, minutes: float, ticks: float, faster: float) -> int:
    return int(page.evaluate("([s, t, f]) => hour.run(s, t, f)", [60 * minutes, ticks, faster]))
