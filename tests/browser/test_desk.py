"""The desk in a real browser: only a hand moves the view, what is done is kept, charts go together."""

import json
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, WebSocket, expect

from tests.browser.desk import PAINTED, Desk

OpenDesk = Callable[..., Desk]
AWAY = "ERR_INTERNET_DISCONNECTED"  # what a browser says of requests while it is offline


def test_nothing_moves_the_view_but_the_hand(open_desk: OpenDesk) -> None:
    desk = open_desk("/?symbol=SIM:BTC-USD&interval=1s")
    desk.expected.append(AWAY)
    desk.wait_bars(300)
    desk.drag(desk.middle(), (400, 0))
    expect(desk.page.get_by_role("button", name="Back to live")).to_be_visible()
    seen = desk.settled_range()
    desk.wait_closes(2)
    assert desk.chart_range() == seen, "bars closed"
    desk.command("rsi 14")
    expect(desk.chart).to_contain_text("RSI 14")
    desk.wait_closes(1)
    assert desk.settled_range() == seen, "an indicator came"
    desk.context.set_offline(True)
    expect(desk.page.locator("html")).to_have_attribute("data-connection", re.compile("reconnecting|down"))
    desk.context.set_offline(False)
    desk.expect_connection("live", 15)
    desk.wait_closes(1)
    assert desk.settled_range() == seen, "the line came back"
    desk.page.mouse.down()
    desk.wait_closes(1)
    assert desk.settled_range() == seen, "held"
    desk.page.mouse.up()


def test_the_view_stays_while_the_newest_bars_are_held_and_while_older_ones_come(open_desk: OpenDesk) -> None:
    desk = open_desk("/?symbol=SIM:ETH-USD&interval=1s")
    desk.wait_bars(300)
    desk.wait_closes(1)
    desk.page.mouse.move(*desk.middle())
    desk.page.mouse.down()
    seen = desk.settled_range()
    desk.wait_closes(2)
    assert desk.settled_range() == seen
    desk.page.mouse.up()
    desk.wait_closes(1)
    assert desk.settled_range() != seen, "let go, it goes along again"
    bars = int(desk.chart.get_attribute("data-bars") or 0)
    desk.page.keyboard.press("Home")
    seen = desk.settled_range()
    desk.wait_bars(bars + 200)
    assert desk.settled_range() == seen, "older bars came"


GLIDED = """async (turn) => {
    const plot = document.querySelector("[data-chart] .js-plotly-plot");
    const frame = () => new Promise(requestAnimationFrame);
    const { left, right } = plot.getBoundingClientRect();
    const bodies = () => [...plot.querySelectorAll(".boxlayer path.box")]
        .map((path) => path.getBoundingClientRect())
        .filter((box) => box.width && box.left > left && box.right < right - 80)
        .map((box) => [box.left, box.right, box.top, box.bottom]).sort((one, other) => one[0] - other[0]);
    const drawn = new Promise((done) => plot.once("plotly_afterplot", done));
    const { x, y, width, height } = plot.getBoundingClientRect();
    const at = { clientX: x + width / 3, clientY: y + height / 3, bubbles: true, cancelable: true };
    plot.dispatchEvent(new WheelEvent("wheel", { deltaY: turn, ...at }));
    await frame();
    await frame();
    const glided = bodies();
    await drawn;
    await frame();
    return [glided, bodies()];
}"""


def test_what_is_moved_while_zooming_lies_where_it_is_drawn_afterwards(open_desk: OpenDesk) -> None:
    desk = open_desk("/?symbol=SIM:BTC-USD&interval=1h")
    desk.wait_bars(500)
    desk.drag(desk.middle(), (300, 0))
    for turn in (-200, 150):
        glided, drawn = desk.page.evaluate(GLIDED, turn)
        assert len(drawn) > 20
        assert len(glided) == len(drawn)
        far = max(
            abs(a - b) for one, two in zip(glided, drawn, strict=True) for a, b in zip(one, two, strict=True)
        )
        assert far <= 1, f"{far} px"


def check_desk(desk: Desk) -> None:
    """All that test_the_desk_is_kept makes is there."""
    expect(desk.page.locator("[data-chart]:visible")).to_have_count(4)
    expect(desk.used).to_have_attribute("data-symbol", "SIM:ETH-USD")
    expect(desk.used).to_have_attribute("data-interval", "5m")
    expect(desk.used).to_contain_text("EMA 21")
    expect(desk.used.locator(".sketch.draw-level")).to_have_count(1)
    expect(desk.page.get_by_role("button", name="Chart type, scale and time")).to_contain_text("Area")
    expect(desk.page.get_by_role("tab", name="Night", exact=True)).to_have_attribute("aria-selected", "true")
    expect(desk.watchlist.get_by_role("columnheader", name="Spread")).to_be_visible()
    expect(desk.page.locator("html")).to_have_attribute("data-theme", "light")


def test_the_desk_is_kept_and_is_there_on_another_machine(open_desk: OpenDesk) -> None:
    desk = open_desk("/?symbol=SIM:BTC-USD&interval=1m")
    desk.wait_bars(500)
    desk.command("grid 4")
    expect(desk.page.locator("[data-chart]:visible")).to_have_count(4)
    desk.page.locator("[data-chart]").nth(2).click(position={"x": 200, "y": 150})
    for line in ("sim:eth-usd 5m ema 21", "area", "light"):
        desk.command(line)
    expect(desk.used).to_contain_text("EMA 21")
    expect(desk.used).to_have_attribute("data-bars", re.compile(r"^[5-9]\d\d$"))
    desk.page.keyboard.press("Alt+h")
    desk.page.mouse.click(*desk.middle())
    expect(desk.used.locator(".sketch.draw-level")).to_have_count(1)
    desk.page.get_by_role("button", name="New list").click()
    desk.page.get_by_role("textbox", name="Name of the list").fill("Night")
    desk.page.keyboard.press("Enter")
    desk.paste("SIM:AAPL")
    desk.page.get_by_role("button", name="Columns and list").click()
    desk.page.get_by_role("checkbox", name="Spread").check()
    desk.wait_kept(lambda kept: kept and "spread" in kept["columns"] and kept["drawings"], "the kept desk")
    desk.page.goto(desk.url)
    check_desk(desk)
    with desk.elsewhere() as other:
        check_desk(other)


def test_desks_have_names_and_are_gone_back_to(open_desk: OpenDesk) -> None:
    desk = open_desk("/?symbol=SIM:BTC-USD&interval=1m")
    for line in ("new desk Scalping", "grid 2", "sim:eth-usd 1s"):
        desk.command(line)
    shown = desk.page.locator("[data-chart]:visible")
    expect(shown).to_have_count(2)
    expect(desk.used).to_have_attribute("data-symbol", "SIM:ETH-USD")
    expect(desk.used).to_have_attribute("data-interval", "1s")
    desk.command("desk main")
    expect(shown).to_have_count(1)
    expect(desk.used).to_have_attribute("data-symbol", "SIM:BTC-USD")
    desk.page.keyboard.press(".")
    desk.page.get_by_role("menuitemradio", name="Scalping").click()
    expect(shown).to_have_count(2)
    expect(desk.used).to_have_attribute("data-interval", "1s")
    desk.wait_kept(lambda kept: kept and kept["desk"] == "Scalping" and len(kept["desks"]) == 2, "two desks")


def test_a_link_opens_symbol_interval_range_and_indicators(open_desk: OpenDesk) -> None:
    desk = open_desk("/?symbol=SIM:BTC-USD&interval=1h")
    desk.wait_bars(500)
    oldest = desk.bars("SIM:ETH-USD", "1h", 700)[0][0]
    desk.page.goto(
        f"{desk.url}/?symbol=SIM:ETH-USD&interval=1h&type=bars&studies=ema.length-9+bollinger.length-20.width-2.5"
        f"&compare=SIM:BTC-USD&range={oldest}-{oldest + 60 * 3_600_000}"
    )
    desk.wait_bars(600)
    expect(desk.used).to_contain_text("EMA 9")
    expect(desk.used).to_contain_text("2.5")
    expect(desk.used).to_contain_text("BTC-USD SIM")
    expect(desk.page.get_by_role("button", name="Back to live")).to_be_visible()
    desk.page.wait_for_function(
        """() => {
            const { xaxis } = document.querySelector("[data-chart] .js-plotly-plot")._fullLayout;
            const [from, to] = xaxis.range;
            return Math.abs(to - from - 60) < 0.01;
        }"""
    )


def test_linked_charts_go_together_and_show_each_others_crosshair(open_desk: OpenDesk) -> None:
    desk = open_desk("/?symbol=SIM:BTC-USD&interval=1m")
    desk.wait_bars(500)
    desk.command("grid 2")
    two = desk.page.locator("[data-chart]").nth(1)
    for chart in (desk.page.locator("[data-chart]").nth(0), two):
        chart.click(position={"x": 200, "y": 200})
        expect(chart).to_have_attribute("aria-current", "true")
        desk.page.get_by_role("button", name="Link by colour").click()
        desk.page.get_by_role("menuitemradio", name="Amber").click()
    expect(two).to_have_attribute("data-symbol", "SIM:BTC-USD")
    desk.row("SIM:ETH-USD").click()
    for place in (0, 1):
        expect(desk.page.locator("[data-chart]").nth(place)).to_have_attribute("data-symbol", "SIM:ETH-USD")
    desk.page.wait_for_function(
        "() => [...document.querySelectorAll('[data-chart]')].every((each) => each.dataset.bars >= 500)"
    )
    desk.page.mouse.move(*desk.middle())
    shared = desk.page.locator("[data-chart]").nth(0).locator("path.cross.shared")
    desk.page.wait_for_function("(path) => path.getAttribute('d').includes('V')", arg=shared.element_handle())
    desk.page.mouse.move(700, 5)
    desk.page.wait_for_function(
        "(path) => !path.getAttribute('d').includes('V')", arg=shared.element_handle()
    )


HIDE = """(hidden) => {
    const state = { hidden, visibilityState: hidden ? "hidden" : "visible" };
    for (const [name, value] of Object.entries(state)) {
        Object.defineProperty(document, name, { value, configurable: true });
    }
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def told(page: Page) -> list[Any]:
    """Fill a list with the messages that the page receives."""
    messages: list[Any] = []

    def opened(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: messages.append(json.loads(frame)))

    page.on("websocket", opened)
    return messages


def test_a_hidden_page_is_sent_nothing_and_is_right_when_it_is_shown(open_desk: OpenDesk) -> None:
    other = open_desk("/?symbol=COINBASE:BTC-USD&interval=1m")
    desk = open_desk("/login/")
    messages = told(desk.page)
    desk.page.goto(f"{desk.url}/?symbol=COINBASE:BTC-USD&interval=1m")
    desk.wait_moving("COINBASE:BTC-USD")
    desk.page.evaluate(HIDE, True)
    other.wait_moving("COINBASE:BTC-USD", 1)
    desk.page.evaluate(PAINTED)
    messages.clear()
    other.wait_moving("COINBASE:BTC-USD", 5)
    newest = int(other.row("COINBASE:BTC-USD").get_attribute("data-time") or 0)
    other.wait_moving("COINBASE:BTC-USD", 1)
    desk.page.evaluate(PAINTED)
    assert [message for message in messages if message["type"] == "update"] == []
    desk.page.evaluate(HIDE, False)
    desk.wait_moving("COINBASE:BTC-USD", 1)
    quotes = [quote for message in messages for quote in message.get("quotes", [])]
    times = [quote["time"] for quote in quotes if quote["symbol"] == "COINBASE:BTC-USD" and "time" in quote]
    assert times[0] >= newest, "no price of before comes first"
    assert int(desk.row("COINBASE:BTC-USD").get_attribute("data-time") or 0) >= newest
