"""What fingers do with the desk, and that a phone's small screen hides nothing of it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.desk import Desk

OpenDesk = Callable[..., Desk]
Points = list[tuple[float, float]]

PHONE, SMALL = (390, 844), (320, 640)
NEAR = 0.5  # bars that a range may be off, of what closes in the meantime
POINTED = re.compile(r"\bread\b")
WHOLE = """(element) => {
    const box = element.getBoundingClientRect();
    let [left, right, top, bottom] = [0, innerWidth, 0, innerHeight];
    for (let each = element; each; each = each.parentElement) {
        if (getComputedStyle(each).overflow === "visible") continue;
        const outer = each.getBoundingClientRect();
        [left, right] = [Math.max(left, outer.left), Math.min(right, outer.right)];
        [top, bottom] = [Math.max(top, outer.top), Math.min(bottom, outer.bottom)];
    }
    const across = box.left >= left - 1 && box.right <= right + 1;
    const within = across && box.top >= top - 1 && box.bottom <= bottom + 1;
    return within && element.scrollWidth <= element.clientWidth + 1;
}"""


class Fingers:
    """One or two fingers on a page."""

    def __init__(self, desk: Desk) -> None:
        self.line = desk.page.context.new_cdp_session(desk.page)

    def _are(self, kind: str, points: Points) -> None:
        places = [{"x": x, "y": y, "id": each} for each, (x, y) in enumerate(points)]
        self.line.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    def press(self, *points: tuple[float, float]) -> None:
        """Put them down; those that were down stay there."""
        self._are("touchStart", list(points))

    def move(self, *points: tuple[float, float]) -> None:
        """Move them."""
        self._are("touchMove", list(points))

    def lift(self) -> None:
        """Lift all of them."""
        self._are("touchEnd", [])

    def tap(self, point: tuple[float, float]) -> None:
        """Touch and lift."""
        self.press(point)
        self.lift()


def phone(open_desk: OpenDesk, size: tuple[int, int] = PHONE) -> Desk:
    """A desk on a phone whose chart is drawn."""
    desk = open_desk("/?symbol=COINBASE:BTC-USD&interval=1d", width=size[0], height=size[1])
    desk.wait_bars(100)
    desk.settled_range()
    return desk


def whole(element: Locator) -> bool:
    """Tell whether all of an element is seen, with all its words."""
    return bool(element.evaluate(WHOLE))


@pytest.mark.parametrize("size", [PHONE, SMALL], ids=["phone", "small"])
def test_a_finger_that_rests_reads_a_bar_and_moves_nothing(
    open_desk: OpenDesk, size: tuple[int, int]
) -> None:
    desk = phone(open_desk, size)
    hand, stage = Fingers(desk), desk.used.locator("[data-part=stage]")
    cross = desk.used.locator(".over .cross:not(.shared)")
    opening = desk.used.locator('[data-figure="O"]')
    before = desk.settled_range()
    x, y = desk.middle()
    hand.press((x, y))
    expect(stage).to_have_class(POINTED)
    for figure in "OHLC":
        expect(desk.used.locator(f'[data-figure="{figure}"]')).to_be_visible()
    desk.settled_range()
    first = opening.inner_text()
    hand.move((x - 80, y + 30))
    desk.settled_range()
    expect(opening).not_to_have_text(first)
    read = opening.inner_text()
    hand.lift()
    assert desk.settled_range() == before
    expect(stage).to_have_class(POINTED)
    assert opening.inner_text() == read
    expect(cross).to_have_attribute("d", re.compile("V"))
    hand.tap((x, y + 40))
    expect(stage).not_to_have_class(POINTED)
    expect(cross).not_to_have_attribute("d", re.compile("V"))
    assert desk.settled_range() == before


def test_a_second_finger_ends_the_reading_and_pinches(open_desk: OpenDesk) -> None:
    desk = phone(open_desk)
    hand, stage = Fingers(desk), desk.used.locator("[data-part=stage]")
    start, end = desk.settled_range()
    x, y = desk.middle()
    hand.press((x, y))
    expect(stage).to_have_class(POINTED)
    hand.press((x, y), (x + 60, y))
    expect(stage).not_to_have_class(POINTED)
    hand.move((x - 20, y), (x + 80, y))
    hand.lift()
    closer = desk.settled_range()
    assert closer[1] - closer[0] < (end - start) * 0.8


def test_two_taps_show_the_chart_as_at_first(open_desk: OpenDesk) -> None:
    desk = phone(open_desk)
    hand = Fingers(desk)
    first = desk.settled_range()
    x, y = desk.middle()
    hand.press((x, y))
    hand.move((x + 60, y))
    hand.move((x + 120, y))
    hand.lift()
    expect(desk.page.get_by_role("button", name="Back to live")).to_be_visible()
    hand.tap((x, y))
    hand.tap((x, y))
    expect(desk.page.get_by_role("button", name="Back to live")).to_be_hidden()
    assert desk.settled_range() == pytest.approx(first, abs=NEAR)


def test_the_tool_that_is_held_is_seen_and_can_be_put_down(open_desk: OpenDesk) -> None:
    desk = phone(open_desk)
    desk.page.get_by_role("button", name="Export and desk").click()
    desk.page.get_by_role("menuitem", name="Trend line").click()
    chip = desk.page.get_by_role("button", name="Trend line: put it down")
    expect(chip).to_be_visible()
    box = chip.bounding_box()
    assert box and box["height"] >= 40 and whole(chip)
    chip.click()
    expect(chip).to_be_hidden()
    expect(desk.used.locator("[data-part=stage]")).not_to_have_class(re.compile("with-tool"))


def test_desks_indicators_and_the_spread_are_reached_on_a_small_phone(open_desk: OpenDesk) -> None:
    desk = phone(open_desk, SMALL)
    desk.page.get_by_role("button", name="Export and desk").click()
    expect(desk.page.get_by_role("menuitemradio", name="Main")).to_be_visible()
    desk.page.keyboard.press("Escape")
    desk.page.get_by_role("button", name="Indicators", exact=True).click()
    options = desk.page.get_by_role("listbox", name="Indicators to add").get_by_role("option")
    expect(options).to_have_count(10)
    assert all(whole(each) for each in options.all())
    desk.page.keyboard.press("Escape")
    desk.page.get_by_role("button", name="Details", exact=True).click()
    desk.page.get_by_role("tab", name="Same asset elsewhere").click()
    spread = desk.page.locator(".offer-spread")
    expect(spread).to_contain_text(re.compile("spread|CROSSED"))
    assert whole(spread)
    assert whole(desk.page.get_by_role("tab", name="Venues"))


def test_an_empty_symbol_box_offers_what_was_open_before(open_desk: OpenDesk) -> None:
    desk = phone(open_desk)
    desk.symbol_box.click()
    expect(desk.page.locator("[data-note]")).to_be_visible()
    desk.page.keyboard.press("Escape")
    desk.page.get_by_role("button", name="Watchlist", exact=True).click()
    desk.row("COINBASE:ETH-USD").click()
    expect(desk.used).to_have_attribute("data-symbol", "COINBASE:ETH-USD")
    desk.symbol_box.click()
    offers = desk.page.get_by_role("listbox", name="Symbols found").get_by_role("option")
    expect(offers).to_have_count(1)
    offers.first.click()
    expect(desk.used).to_have_attribute("data-symbol", "COINBASE:BTC-USD")
