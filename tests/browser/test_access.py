"""Everybody can use the desk: what axe-core finds in it, and all of it by keyboard."""

from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import Desk

OpenDesk = Callable[..., Desk]

AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
GRAVE = ("serious", "critical")
SIZES = {"desktop": (1440, 900), "tablet": (820, 900), "phone": (390, 844)}
MOST_TABS = 120

DIALOGS = {"the command line": "Control+k", "the indicators": "/", "the keys": "?"}
WHERE_IT_IS = """() => {
    const at = document.activeElement;
    return at.getAttribute("aria-label") || at.textContent.trim() || at.dataset.symbol || at.tagName;
}"""

BOXES = """() => [...document.querySelectorAll(".top > *, .turn")]
    .map((each) => each.getBoundingClientRect()).filter(({width}) => width)
    .map(({left, right, top, bottom}) => [left, right, top, bottom])"""
SMALL = """() => [...document.querySelectorAll(".top button, .turn, .watch .lists button")]
    .map((each) => [each.getAttribute("aria-label") || each.textContent, each.getBoundingClientRect()])
    .filter(([, {width, height}]) => width && (width < 40 || height < 40)).map(([name]) => name)"""

# The element that had the focus before, if it looked the same with it as it looks without.
LEFT_BEHIND = """() => {
    const PARTS = [null, "::before", "::after"];
    const KINDS = ["outlineStyle", "borderTopColor", "borderTopWidth", "backgroundColor", "height"];
    const look = (element) => PARTS.map((part) => {
        const style = getComputedStyle(element, part);
        return KINDS.map((kind) => style[kind]).join(" ");
    }).join(" ");
    const last = globalThis.last;
    const element = document.activeElement;
    globalThis.last = {element, look: look(element)};
    const there = last?.element.isConnected && last.element !== document.body;
    const same = there && look(last.element) === last.look;
    return same ? last.element.outerHTML.slice(0, 200) : null;
}"""


def findings(page: Page) -> list[str]:
    """What is seriously or critically wrong with the page as it is now, a line each."""
    if not page.evaluate("() => 'axe' in globalThis"):
        page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate(
        "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
    )
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found
        if each["impact"] in GRAVE
        for node in each["nodes"]
    ]


def command(desk: Desk, line: str) -> None:
    """Have the command line do something."""
    desk.page.keyboard.press("Control+k")
    box = desk.page.get_by_role("combobox", name="Command")
    box.fill(line)
    box.press("Enter")
    expect(box).to_be_hidden()


def ready(open_desk: OpenDesk, size: str, theme: str = "dark", pair: str = "green") -> Desk:
    """A desk that moves, with these looks and an indicator."""
    width, height = SIZES[size]
    desk = open_desk("/?symbol=COINBASE:BTC-USD&interval=1m", width=width, height=height)
    desk.wait_bars(500)
    command(desk, f"theme {theme}")
    command(desk, f"pair {pair}")
    command(desk, "ema20")
    expect(desk.page.locator("html")).to_have_attribute("data-theme", theme)
    expect(desk.page.locator("html")).to_have_attribute("data-pair", pair)
    return desk


@pytest.mark.parametrize("pair", ["green", "blue"])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_nothing_on_the_desk_and_in_what_opens_over_it(
    open_desk: OpenDesk, theme: str, pair: str
) -> None:
    desk = ready(open_desk, "desktop", theme, pair)
    assert findings(desk.page) == []
    desk.page.get_by_role("button", name="Chart type, scale and time").click()
    expect(desk.page.get_by_role("menu")).to_be_visible()
    assert findings(desk.page) == []
    desk.page.keyboard.press("Escape")
    for key in DIALOGS.values():
        desk.page.keyboard.press(key)
        expect(desk.page.get_by_role("dialog")).to_be_visible()
        assert findings(desk.page) == []
        desk.page.keyboard.press("Escape")
        expect(desk.page.get_by_role("dialog")).to_be_hidden()
    desk.symbol_box.fill("btc")
    expect(desk.page.get_by_role("option").first).to_be_visible()
    assert findings(desk.page) == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_nothing_on_a_phone(open_desk: OpenDesk, theme: str) -> None:
    desk = ready(open_desk, "phone", theme)
    for part in ("Chart", "Watchlist", "Trades", "Details"):
        desk.page.get_by_role("button", name=part, exact=True).click()
        assert findings(desk.page) == [], part
    desk.page.get_by_role("button", name="Export and desk").click()
    expect(desk.page.get_by_role("menu")).to_be_visible()
    assert findings(desk.page) == []


def test_on_a_phone_one_part_is_shown_at_a_time(open_desk: OpenDesk) -> None:
    desk = ready(open_desk, "phone")
    shown = {
        "Chart": desk.chart,
        "Watchlist": desk.watchlist,
        "Trades": desk.page.get_by_role("table", name="Time & sales"),
        "Details": desk.page.get_by_role("region", name="Details"),
    }
    for part, element in shown.items():
        button = desk.page.get_by_role("button", name=part, exact=True)
        button.click()
        expect(button).to_have_attribute("aria-current", "true")
        expect(element).to_be_visible()
        for other, hidden in shown.items():
            if other != part:
                expect(hidden).to_be_hidden()
    desk.page.get_by_role("button", name="Watchlist", exact=True).click()
    desk.row("COINBASE:ETH-USD").click()
    expect(desk.chart).to_be_visible()
    expect(desk.chart).to_have_attribute("data-symbol", "COINBASE:ETH-USD")
    desk.wait_bars(500)


def test_on_a_phone_the_charts_of_a_desk_are_shown_in_turn(open_desk: OpenDesk) -> None:
    desk = ready(open_desk, "phone")
    whole = desk.page.locator(".charts").bounding_box()
    command(desk, "grid 4")
    for place in (1, 2, 3, 4, 1):
        button = desk.page.get_by_role("button", name=f"Chart {place} of 4", exact=True)
        expect(button).to_be_visible()
        shown = desk.chart.filter(visible=True)
        expect(shown).to_have_count(1)
        expect(shown).to_have_attribute("aria-label", f"Chart {place}")
        assert shown.bounding_box() == whole
        button.click()


@pytest.mark.parametrize("size", list(SIZES))
def test_fingers_and_eyes_find_everything_at_every_size(open_desk: OpenDesk, size: str) -> None:
    """Nothing of the top bar lies over its neighbour or outside; on a phone a finger fits on each."""
    desk = ready(open_desk, size)
    width, _ = SIZES[size]
    boxes = desk.page.evaluate(BOXES)
    assert len(boxes) >= 5
    for place, (left, right, top, bottom) in enumerate(boxes):
        assert left >= 0 and right <= width
        for other in boxes[place + 1 :]:
            across = other[0] >= right - 1 or other[1] <= left + 1
            beside = across or other[2] >= bottom - 1 or other[3] <= top + 1
            assert beside, (boxes[place], other)
    if size == "phone":
        assert desk.page.evaluate(SMALL) == []


def test_tab_reaches_every_part_of_the_desk(open_desk: OpenDesk) -> None:
    desk = ready(open_desk, "desktop")
    desk.page.evaluate("document.activeElement.blur()")
    reached = []
    for _ in range(MOST_TABS):
        desk.page.keyboard.press("Tab")
        reached.append(str(desk.page.evaluate(WHERE_IT_IS)))
        if reached[-1] == "Venues":
            break
    wanted = ["Symbol", "1m", "Indicators", "4 charts", "Looks", "Chart 1"]
    places = [reached.index(each) for each in wanted]
    assert places == sorted(places)
    assert {"Select", "Time & sales", "Same asset elsewhere", "Venues"} <= set(reached)
    assert any("BTC-USD" in each for each in reached)


def test_what_has_the_focus_is_seen_in_both_themes(open_desk: OpenDesk) -> None:
    desk = ready(open_desk, "desktop")
    for theme in ("dark", "light"):
        command(desk, f"theme {theme}")
        desk.page.evaluate("document.activeElement.blur()")
        desk.page.evaluate("() => { delete globalThis.last; }")
        for _ in range(MOST_TABS):
            desk.page.keyboard.press("Tab")
            assert desk.page.evaluate(LEFT_BEHIND) is None
            if desk.page.evaluate(WHERE_IT_IS) == "Venues":
                break


def test_f6_goes_from_part_to_part_and_comes_round(open_desk: OpenDesk) -> None:
    desk = ready(open_desk, "desktop")
    desk.page.evaluate("document.activeElement.blur()")
    visited = []
    for _ in range(6):
        desk.page.keyboard.press("F6")
        visited.append(
            desk.page.evaluate("document.activeElement.closest('[data-focus]')?.className.split(' ')[0]")
        )
    assert visited == ["top", "drawing", "charts", "watch", "below", "top"]
    assert desk.page.evaluate("document.activeElement.closest('.top') !== null")
