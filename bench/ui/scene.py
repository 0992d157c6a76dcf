"""The busy desk: four charts of 500 candles, 50 rows, 500 ticks a second through worker and web."""

from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page

from bench.figures import middle, percentile
from bench.ui.chromium import Meter, opened
from bench.ui.stand import SYMBOLS, WATCHED, Stand, document, show, wait, wait_drawn

CHARTS = 4
ZOOMED = 12  # turns of the wheel that bring 500 candles into sight


class Seen(NamedTuple):
    """What was seen of the scene in a window."""

    frames: float  # a second
    longest: float  # ms between two frames
    busy: float  # part of a core
    ages: list[float]  # ms from the venue's time to the change in the page
    ticks: float  # a second
    drawn: float  # prices a second that rows and charts showed
    rows: int
    parts: dict[str, float]
    dearest: list[str]


def four(symbols: list[str]) -> list[dict[str, Any]]:
    return [{"symbol": symbol, "interval": "1m", "volume": True} for symbol in symbols]


def set_up(page: Page, stand: Stand, ticks: float) -> None:
    """Open the desk of the scene, and bring all candles into sight."""
    stand.rate(ticks)
    show(page, stand.url, document(four(SYMBOLS[:CHARTS]), SYMBOLS[:WATCHED]))
    wait_drawn(page, CHARTS)
    for chart in page.locator("[data-chart] [data-part=plot]").all():
        zoom_out(page, chart.bounding_box())


def zoom_out(page: Page, box: Any) -> None:
    """Turn the wheel at the right end of a chart until about 500 candles are in sight."""
    page.mouse.move(box["x"] + box["width"] - 90, box["y"] + box["height"] / 3)
    for _ in range(ZOOMED):
        page.mouse.wheel(0, 100)
        page.evaluate("new Promise(requestAnimationFrame)")


def seen(
    browser: Browser, stand: Stand, ticks: float, window: float, height: int = 1080, profile: bool = False
) -> Seen:
    """Measure the scene for `window` seconds."""
    with opened(browser, 1920, height, "watch.js") as page:
        set_up(page, stand, ticks)
        page.mouse.move(5, 5)
        wait(2.0)
        meter = Meter(page)
        if profile:
            meter.profile()
        before = stand.ticks()
        page.evaluate("() => { watched.start(); }")
        meter.start()
        wait(window)
        spent = meter.stop()
        found = page.evaluate("() => watched.stop()")
        ticked = stand.ticks() - before
        rows = page.locator("[role=table] [data-symbol]").count()
        functions = meter.dearest() if profile else []
    gaps = [later - earlier for earlier, later in zip(found["frames"], found["frames"][1:], strict=False)]
    took = spent["elapsed"]
    parts = {part: spent[part] / took for part in ("script", "style", "layout")}
    ages = [float(age) for kind in found["ages"].values() for age in kind]
    return Seen(
        len(gaps) / (sum(gaps) / 1000),
        max(gaps),
        spent["tasks"] / took,
        ages,
        ticked / took,
        found["drawn"] / took,
        rows,
        parts,
        functions,
    )


def ends(values: list[float]) -> tuple[float, float]:
    """Return median and 99th percentile."""
    return middle(values), percentile(values, 0.99)
