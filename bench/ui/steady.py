"""Whether data ever moves the view: a candle's pixel while bars close and come, and the line breaks."""

from collections.abc import Callable
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page, Route

from bench.ui.chromium import opened
from bench.ui.stand import Stand, document, show, wait, wait_drawn

SYMBOL = "SIM:BTC-USD"
CLOSES = 3.6  # s of bars of 1 s: three of them close at least
EXACT = 0.01  # px: what the browser's own arithmetic may differ by
CHART = "[data-chart]"


class Held(NamedTuple):
    """How far a candle strayed from its pixel while something happened; frames watched, bars that came."""

    what: str
    strayed: float
    frames: int
    more: int


def steady(browser: Browser, stand: Stand) -> list[Held]:
    """Do it all on a chart of 1 s bars of a symbol that ticks 100 times a second."""
    with opened(browser, 1440, 900, "steady.js") as page:
        show(page, stand.url, document([{"symbol": SYMBOL, "interval": "1s"}], [SYMBOL]))
        wait_drawn(page)
        box = page.locator(f"{CHART} [data-part=plot]").bounding_box()
        assert box
        hand = Hand(page, box["x"], box["y"], box["width"], box["height"])
        going = hand.held("at the right edge", lambda: None)
        if going.strayed < 1:
            raise RuntimeError("the view didn't go along with new bars: this would not see a view that moves")
        return [
            hand.held("held by the hand at the right edge", hand.grab, hand.let_go),
            hand.held("away from the right edge", hand.pan),
            hand.held("zoomed there", hand.zoom_in),
            hand.held("held by the hand there", hand.grab, hand.let_go),
            hand.held("EMA added", hand.add("ema20")),
            hand.held("RSI added, in a pane of its own", hand.add("rsi")),
            hand.held("older history loaded", hand.to_the_past),
            hand.held("line lost and back", hand.break_line),
            hand.zoomed("zoomed at the pointer: the candle under it"),
        ]


class Hand:
    """A hand on the chart at (x, y), and what it sees of one candle."""

    def __init__(self, page: Page, x: float, y: float, width: float, height: float) -> None:
        self.page = page
        self.x, self.y, self.width = x, y + height * 0.4, width

    def held(self, what: str, do: Callable[[], Any], undo: Callable[[], Any] = lambda: None) -> Held:
        """Do something with the chart, and watch in each frame where a candle is drawn while bars close."""
        during = do()
        wait(0.5)
        place = self.page.evaluate("x => steady.choose(x)", self.x + self.width * 0.4)
        before = self.bars()
        self.page.evaluate("steady.begin()")
        if during:
            during()
        wait(CLOSES)
        found = self.page.evaluate("steady.end()")
        more = self.bars() - before
        undo()
        if found["gone"]:
            raise RuntimeError(
                f"{what}: the candle wasn't drawn in {found['gone']} of {found['frames']} frames"
            )
        strayed = max(abs(found["least"] - place), abs(found["most"] - place))
        return Held(what, strayed, found["frames"], more)

    def bars(self) -> int:
        return int(self.page.locator(CHART).get_attribute("data-bars") or 0)

    def grab(self) -> None:
        """Take hold of the chart and draw it 30 px; hold it."""
        self.page.mouse.move(self.x + self.width * 0.5, self.y)
        self.page.mouse.down()
        self.page.mouse.move(self.x + self.width * 0.5 + 30, self.y, steps=6)

    def let_go(self) -> None:
        self.page.mouse.up()

    def pan(self) -> None:
        """Move the newest bar out of sight."""
        self.page.mouse.move(self.x + self.width * 0.2, self.y)
        self.page.mouse.down()
        self.page.mouse.move(self.x + self.width * 0.75, self.y, steps=12)
        self.page.mouse.up()

    def zoom_in(self) -> None:
        self.page.mouse.move(self.x + self.width * 0.4, self.y)
        for _ in range(2):
            self.page.mouse.wheel(0, -100)

    def add(self, words: str) -> Callable[[], Callable[[], None]]:
        """Return what types a command; it is sent while the candle is watched."""

        def type_it() -> Callable[[], None]:
            self.page.keyboard.press("Control+k")
            self.page.keyboard.type(words)
            return lambda: self.page.keyboard.press("Enter")

        return type_it

    def to_the_past(self) -> Callable[[], Any]:
        """Move towards the oldest bars, and return what lets the answer through with those before them."""
        held: list[Route] = []
        self.page.route("**/api/bars*", lambda route: held.append(route))
        for _ in range(8):
            self.page.mouse.wheel(0, 100)
        for _ in range(4):
            self.pan()
        if not held:
            raise RuntimeError("no older bars were asked for")

        def let_through() -> None:
            for route in held:
                route.continue_()
            self.page.unroute_all(behavior="ignoreErrors")

        return let_through

    def break_line(self) -> Callable[[], None]:
        """Return what loses the page's line to the server and opens another."""
        return lambda: self.page.evaluate(
            """async () => {
                dispatchEvent(new Event("offline"));
                await new Promise((done) => setTimeout(done, 300));
                dispatchEvent(new Event("online"));
            }"""
        )

    def zoomed(self, what: str) -> Held:
        """Turn the wheel over the middle of a candle, in and out: it has to stay under the pointer."""
        x = self.page.evaluate("x => steady.choose(x)", self.x + self.width * 0.5)
        pointed = round(x)  # the pointer is at whole pixels only: the candle is at some part of one beside it
        self.page.mouse.move(pointed, self.y)
        before, strayed, frames, wide = self.bars(), 0.0, 0, self.page.evaluate("steady.spacing()")
        for way in (-100, -100, 100, 100, 100):
            self.page.mouse.wheel(0, way)
            wait(0.4)
            place, now = self.page.evaluate("[steady.where(), steady.spacing()]")
            strayed = max(strayed, abs(place - (pointed + (x - pointed) * now / wide)))
            frames += 1
        return Held(what, strayed, frames, self.bars() - before)
