"""A tab that was hidden, and is seen again: one frame, right at once, no backlog."""

from typing import NamedTuple

from playwright.sync_api import Browser, Page

from bench.ui.chromium import Meter, opened
from bench.ui.scene import four
from bench.ui.stand import SYMBOLS, WATCHED, Stand, document, show, wait, wait_drawn

MINUTES = 10.0


class Shown(NamedTuple):
    """What came when the tab was shown: ticks that it had slept through, updates (while it was hidden, until
    all rows were right, of the past after that), ms until all rows were right, and of the main thread."""

    slept: int
    while_hidden: int
    needed: int
    backlog: int
    right: float
    busy: float


def hidden(browser: Browser, stand: Stand, ticks: float, faster: float) -> Shown:
    """Hide the desk for as many ticks as there are in ten minutes, which come `faster` times as fast."""
    with opened(browser, 1920, 1080, "hiding.js") as page:
        stand.rate(ticks)
        show(page, stand.url, document(four(SYMBOLS[:4]), SYMBOLS[:WATCHED]))
        wait_drawn(page, 4)
        wait(2.0)
        page.evaluate("hiding.hide()")
        wait(0.5)
        slept = sleep(page, stand, ticks, faster)
        last = {f"COINBASE:{native}": text for native, text in stand.ask("last")["last"].items()}
        meter = Meter(page)
        meter.start()
        while_hidden, needed, backlog, right = page.evaluate("last => hiding.show(last)", last)
        return Shown(slept, while_hidden, needed, backlog, right, 1000 * meter.stop()["tasks"])


def sleep(page: Page, stand: Stand, ticks: float, faster: float) -> int:
    """Let the ticks of ten minutes go by, then stop them; return how many there were."""
    before = stand.ticks()
    page.evaluate("hiding.count()")
    stand.rate(ticks * faster)
    while stand.ticks() - before < ticks * 60 * MINUTES:
        wait(0.5)
    stand.rate(0)
    wait(1.0)
    return stand.ticks() - before
