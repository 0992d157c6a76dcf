"""What a price costs the main thread on a chart of 500 candles, beside lightweight-charts."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, Route
from plotly.offline import get_plotlyjs

from bench.figures import middle
from bench.helper import REPO
from bench.ui import peer
from bench.ui.chromium import PAGES, Meter, opened
from dashboard.figure import first_figure

HOST = "http://chart.test"
SIZE = (1200, 700)
TYPES = {".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".svg": "image/svg+xml"}
SHEETS = ("desk", "chart", "studies")
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>one chart</title>{head}
<style>body {{ margin: 0 }}
#place {{ position: absolute; left: 0; top: 0; width: {width}px; height: {height}px; display: grid }}
#place > .chart {{ width: 100%; height: 100% }}</style></head>
<body><div id="place"></div><script type="module" src="/pages/{script}"></script></body></html>"""


class Cost(NamedTuple):
    """Milliseconds of the main thread for a price: all of it, less what a frame without a price takes."""

    price: float
    frame: float
    script: float
    layout: float


def head_of(way: str) -> str:
    if way == "theirs":
        return '<script src="/peer.js"></script>'
    sheets = "".join(f'<link rel="stylesheet" href="/static/css/{name}.css">' for name in SHEETS)
    return f'{sheets}<script src="/static/plotly/plotly.min.js"></script>'


def server(way: str, library: str) -> Callable[[Route], None]:
    """Return what answers the page's requests: nothing of it goes over a network."""
    width, height = SIZE
    page = PAGE.format(head=head_of(way), width=width, height=height, script=f"{way}.js")
    made = {"/": page, "/peer.js": library, "/figure.json": json.dumps(first_figure())}
    made["/static/plotly/plotly.min.js"] = get_plotlyjs() if way == "ours" else ""
    folders = {"/pages/": PAGES, "/static/": REPO / "static"}

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(HOST)
        kind = TYPES.get(Path(path).suffix, "text/html")
        found = [
            folder / path.removeprefix(start) for start, folder in folders.items() if path.startswith(start)
        ]
        if path in made:
            route.fulfill(body=made[path], content_type=kind)
        elif found and found[0].is_file():
            route.fulfill(body=found[0].read_bytes(), content_type=kind)
        else:
            route.fulfill(status=404)

    return answer


def cost(browser: Browser, way: str, library: str, prices: int, closing: int, how: str) -> Cost:
    """Return what each of so many prices costs a chart, one in each frame; a bar closes after `closing`."""
    with opened(browser, *SIZE) as page:
        page.route("**/*", server(way, library))
        page.goto(f"{HOST}/")
        page.wait_for_function("globalThis.chart !== undefined")
        page.evaluate("() => chart.ready()")
        page.evaluate("([count, closing, how]) => chart.prepare(count, closing, how)", [prices, closing, how])
        meter = Meter(page)
        still = spent(meter, page, prices // 2, False)
        moving = spent(meter, page, prices, True)
        proven(page, prices, closing)
    parts = {part: 1000 * (moving[part] / prices - still[part] / (prices // 2)) for part in moving}
    return Cost(
        parts["tasks"],
        1000 * still["tasks"] / (prices // 2),
        parts["script"],
        parts["style"] + parts["layout"],
    )


def spent(meter: Meter, page: Page, count: int, moving: bool) -> dict[str, float]:
    meter.start()
    page.evaluate("([count, moving]) => chart.play(count, moving)", [count, moving])
    return meter.stop()


def proven(page: Page, prices: int, closing: int) -> None:
    """Raise RuntimeError unless the chart has all bars and shows the last price."""
    shown = page.evaluate("() => chart.shown()")
    bars = 500 + -(-prices // closing)
    if shown["bars"] != bars or not shown["text"]:
        raise RuntimeError(f"the chart shows {shown} instead of {bars} bars")


class Compared(NamedTuple):
    """What both cost, the median of the rounds."""

    ours: list[Cost]
    theirs: list[Cost]

    @property
    def times(self) -> float:
        """How many times less ours costs, the median of the pairs."""
        return middle([b.price / a.price for a, b in zip(self.ours, self.theirs, strict=True)])


def compared(browser: Browser, prices: int, closing: int, how: str, rounds: int) -> Compared | None:
    """Measure both turn by turn; None when the other one can't be had. `how` prices go: "walk" or "rise"."""
    library = peer.script()
    if library is None:
        return None
    found = Compared([], [])
    for _ in range(rounds):
        found.ours.append(cost(browser, "ours", "", prices, closing, how))
        found.theirs.append(cost(browser, "theirs", library, prices, closing, how))
    return found
