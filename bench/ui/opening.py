"""How long until something is there: the page, and another symbol in it."""

from typing import NamedTuple

from playwright.sync_api import Browser, Page

from bench.ui.chromium import opened
from bench.ui.stand import SYMBOLS, Stand, document, show, wait, wait_drawn

DRAWN = "() => timed.drawn > 0"


class Opened(NamedTuple):
    """Milliseconds to 500 candles on the screen: from the key, and from the end of the answer with them."""

    key: float
    data: float


class Cold(NamedTuple):
    """Milliseconds from the navigation of a browser that has nothing of the page."""

    moving: float
    drawn: float


def openings(browser: Browser, stand: Stand, count: int) -> list[Opened]:
    """Open one symbol after the other that nobody watched before, with the arrow key, while prices come."""
    new = SYMBOLS[-count - 1 :]
    stand.rate(100, len(SYMBOLS))
    with opened(browser, 1440, 900, "opening.js") as page:
        show(page, stand.url, document([{"symbol": new[0], "interval": "1m"}], new))
        wait_drawn(page)
        page.locator(f'[role=table] [data-symbol="{new[0]}"]').focus()
        return [opening(page, symbol) for symbol in new[1:]]


def opening(page: Page, symbol: str) -> Opened:
    page.evaluate("symbol => timed.await(symbol)", symbol)
    page.keyboard.press("ArrowDown")
    page.wait_for_function(DRAWN)
    found = page.evaluate("symbol => [timed.pressed, timed.answered(symbol), timed.drawn]", symbol)
    wait(0.5)
    pressed, answered, drawn = found
    if pressed is None or answered is None:
        raise RuntimeError(f"{symbol} was not opened by its key: {found}")
    return Opened(drawn - pressed, drawn - answered)


def cold(browser: Browser, stand: Stand, count: int) -> list[Cold]:
    """Open the page for the first time, again and again, each time with an empty cache and no desk kept."""
    stand.rate(20, 5)
    return [once(browser, stand.url) for _ in range(count)]


def once(browser: Browser, url: str) -> Cold:
    with opened(browser, 1440, 900, "opening.js") as page:
        page.goto(f"{url}/", wait_until="commit")
        page.wait_for_function("() => timed.drawn > 0 && timed.moving > 0")
        return Cold(*page.evaluate("[timed.moving, timed.drawn]"))
