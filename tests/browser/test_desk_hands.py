"""What hands do with the desk in a real browser: keys, commands, drawings, lists; and texts stay texts."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import Page, Route, WebSocket, expect

from tests.browser.desk import Desk
from tests.support import wait_until

OpenDesk = Callable[..., Desk]
EVIL = "<img src=x onerror=alert(1)>"
MARK = "/static/icons/mark.svg"  # the one picture of the page


def test_keys_do_what_they_do_elsewhere(open_desk: OpenDesk) -> None:
    desk = open_desk("/?symbol=SIM:BTC-USD&interval=1m")
    desk.wait_bars(500)
    keys = desk.page.keyboard
    keys.press("4")
    expect(desk.page.get_by_role("textbox", name="Interval")).to_have_value("4")
    keys.type("h")
    keys.press("Enter")
    expect(desk.chart).to_have_attribute("data-interval", "4h")
    desk.wait_bars(200)
    start, end = desk.settled_range()
    for _ in range(3):
        keys.press("ArrowLeft")
    keys.press("Control+ArrowLeft")
    assert desk.settled_range() == [start - 13, end - 13]
    keys.press("Control+ArrowUp")
    low, high = desk.settled_range()
    assert high - low < end - start
    keys.press("End")
    expect(desk.page.get_by_role("button", name="Back to live")).to_be_hidden()
    keys.press("Alt+l")
    axis = "() => document.querySelector('[data-chart] .js-plotly-plot')._fullLayout.yaxis.type"
    desk.page.wait_for_function(f"{axis} === 'log'")
    keys.press("Alt+l")
    desk.page.wait_for_function(f"{axis} === 'linear'")
    keys.press("/")
    finder = desk.page.get_by_role("combobox", name="Search indicators")
    expect(finder).to_be_focused()
    keys.type("macd")
    keys.press("Enter")
    keys.press("Escape")
    expect(finder).to_be_hidden()
    expect(desk.chart).to_contain_text("MACD")
    keys.press("?")
    expect(desk.page.get_by_role("dialog")).to_contain_text("All keys")
    keys.press("Escape")
    expect(desk.page.get_by_role("dialog")).to_have_count(0)


def test_the_command_line_understands_what_traders_type(open_desk: OpenDesk) -> None:
    desk = open_desk("/?symbol=SIM:ETH-USD&interval=1m")
    desk.wait_bars(500)
    desk.command("btc-usd 5m ema20")
    expect(desk.used).to_have_attribute("data-symbol", "SIM:BTC-USD")
    expect(desk.used).to_have_attribute("data-interval", "5m")
    expect(desk.used).to_contain_text("EMA 20")
    desk.command("compare eth-usd")
    expect(desk.used).to_contain_text("ETH-USD SIM")
    expect(desk.used.locator(".under .labels text", has_text="%").first).to_be_visible()
    desk.page.get_by_role("button", name="Remove ETH-USD SIM").click()
    expect(desk.used.locator(".under .labels text:not(.gone)", has_text="%")).to_have_count(0)
    desk.command("grid 4")
    expect(desk.page.locator("[data-chart]:visible")).to_have_count(4)
    desk.page.keyboard.press("Alt+Enter")
    expect(desk.page.locator("[data-chart]:visible")).to_have_count(1)
    desk.page.keyboard.press("Alt+Enter")
    expect(desk.page.locator("[data-chart]:visible")).to_have_count(4)


def test_what_is_typed_before_a_dialog_is_there_is_for_it(open_desk: OpenDesk) -> None:
    desk = open_desk("/?symbol=SIM:BTC-USD&interval=1m")
    held: list[Route] = []
    desk.page.route("**/desk/boxes*.js", lambda route: held.append(route))
    desk.page.reload()
    desk.wait_bars(500)
    for line in ("ema 20", "sma 5m"):
        desk.page.keyboard.press("Control+k")
        desk.page.keyboard.type(f"{line}x")
        desk.page.keyboard.press("Backspace")
        desk.page.keyboard.press("Enter")
    desk.page.keyboard.press("/")
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.type("eth")
    expect(desk.symbol_box).to_have_value("eth")
    for route in held:
        route.continue_()
    expect(desk.used).to_contain_text("EMA 20")
    expect(desk.used).to_contain_text("SMA")
    expect(desk.used).to_have_attribute("data-interval", "5m")
    expect(desk.page.locator("dialog[open]")).to_have_count(0)


def test_a_right_click_offers_what_can_be_done_there(open_desk: OpenDesk) -> None:
    desk = open_desk("/?symbol=SIM:BTC-USD&interval=1h")
    desk.wait_bars(500)
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    menu = desk.page.get_by_role("menu", name="Chart", exact=True)
    x, y = desk.middle()
    desk.page.mouse.click(x, y, button="right")
    line = menu.get_by_role("menuitem", name="Horizontal line at")
    price = line.inner_text().split(" at ")[1].split("\n")[0]
    desk.page.mouse.move(x - 200, y)
    desk.page.mouse.wheel(0, -240)
    desk.settled_range()
    line.click()
    expect(menu).to_be_hidden()
    expect(desk.page.locator(".sketch.draw-level")).to_have_count(1)
    expect(desk.page.locator(".draw-tag:visible")).to_have_text(price)
    tag = desk.page.locator(".draw-tag:visible").bounding_box()
    assert tag
    y = tag["y"] + tag["height"] / 2
    desk.page.mouse.click(x + 80, y, button="right")
    copied = menu.get_by_role("menuitem", name="Copy").first
    figure = copied.inner_text().removeprefix("Copy ").replace("\u2009", "")
    copied.click()
    expect(desk.page.locator("#toasts")).to_contain_text("copied")
    assert desk.page.evaluate("navigator.clipboard.readText()") == figure
    desk.page.mouse.click(x + 80, y, button="right")
    menu.get_by_role("menuitem", name="Delete it").click()
    expect(desk.page.locator(".sketch.draw-level:not(.gone)")).to_have_count(0)
    desk.used.focus()
    desk.page.keyboard.press("Shift+F10")
    expect(menu.get_by_role("menuitem").first).to_be_focused()
    expect(menu).not_to_contain_text("This price")
    desk.page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(desk.used).to_be_focused()


def test_charts_that_were_not_shown_when_drawing_came_can_be_drawn_on(open_desk: OpenDesk) -> None:
    desk = open_desk("/?symbol=SIM:BTC-USD&interval=1h")
    desk.wait_bars(500)
    level = {"id": "1", "kind": "level", "points": [{"time": 0, "price": 1}], "colour": "up"}
    desk.command("log")
    desk.wait_kept(lambda kept: kept, "a kept desk")
    document = desk.kept()
    document["drawings"] = {"=SIM:BTC-USD  -  SIM:ETH-USD": [level]}
    document["desks"][0]["charts"][0]["symbol"] = "=SIM:BTC-USD  -  SIM:ETH-USD"
    held: list[Route] = []
    desk.page.route("**/desk/drawing*.js", lambda route: held.append(route))
    desk.replace(document)
    desk.wait_bars(100)
    for count in (4, 1):
        desk.command(f"grid {count}")
        expect(desk.page.locator("[data-chart]:visible")).to_have_count(count)
    for route in held:
        route.continue_()
    expect(desk.page.locator(".sketch.draw-level")).to_have_count(1)
    desk.command("grid 4")
    expect(desk.page.locator("[data-chart]:visible svg.drawings")).to_have_count(4)


LINE = """() => {
    const chart = document.querySelector("[data-chart]");
    const { xaxis, yaxis } = chart.querySelector(".js-plotly-plot")._fullLayout;
    const [line] = chart.querySelectorAll(".sketch.draw-trend line:not(.guide)");
    const end = (x, y) => [Number(line.getAttribute(x)), Number(line.getAttribute(y))];
    return { ends: [end("x1", "y1"), end("x2", "y2")], bar: xaxis._length / (xaxis.range[1] - xaxis.range[0]),
        low: yaxis.range[0], high: yaxis.range[1], height: yaxis._length, top: yaxis._offset };
}"""


def prices(line: Any) -> list[float]:
    """The prices at the ends of a drawn line, by the axis that is drawn beside it."""
    size = (line["high"] - line["low"]) / line["height"]
    return [line["high"] - (end[1] - line["top"]) * size for end in line["ends"]]


def bars_between(line: Any) -> float:
    """The bars from one end of a drawn line to the other."""
    (left, _), (right, _) = line["ends"]
    return float((right - left) / line["bar"])


def test_a_drawing_stays_at_its_time_and_price_and_can_be_taken_back(open_desk: OpenDesk) -> None:
    desk = open_desk("/?symbol=SIM:BTC-USD&interval=1h")
    desk.wait_bars(500)
    x, y = desk.middle()
    desk.page.keyboard.press("Alt+t")
    expect(desk.page.get_by_role("button", name="Trend line")).to_have_attribute("aria-pressed", "true")
    desk.page.mouse.click(x - 200, y)
    desk.page.mouse.click(x, y + 60)
    sketch = desk.page.locator(".sketch.draw-trend")
    expect(sketch).to_have_count(1)
    desk.settled_range()
    before = desk.page.evaluate(LINE)
    desk.page.mouse.move(x, y + 60)
    desk.page.mouse.wheel(0, -240)
    desk.settled_range()
    after = desk.page.evaluate(LINE)
    assert after["bar"] > before["bar"] * 1.1
    assert abs(after["ends"][1][0] - before["ends"][1][0]) < 1, "what is under the cursor stays there"
    assert abs(bars_between(after) - bars_between(before)) < 0.01
    for one, other in zip(prices(before), prices(after), strict=True):
        assert abs(one - other) < 1e-6 * other
    desk.page.keyboard.press("Delete")
    expect(sketch).to_have_count(0)
    desk.page.keyboard.press("Control+z")
    expect(sketch).to_have_count(1)
    desk.page.keyboard.down("Shift")
    desk.drag((x - 100, y + 150), (80, -100))
    desk.page.keyboard.up("Shift")
    expect(desk.page.locator(".ruler-label")).to_contain_text("%")
    expect(desk.page.locator(".ruler-label")).to_contain_text("bars")
    desk.wait_kept(lambda kept: kept and len(kept["drawings"].get("SIM:BTC-USD", [])) == 1, "the kept line")


def test_bars_that_close_move_nothing_while_something_is_measured(open_desk: OpenDesk) -> None:
    desk = open_desk("/?symbol=SIM:BTC-USD&interval=1s")
    desk.wait_bars(100)
    expect(desk.page.get_by_role("button", name="Measure")).to_be_visible()
    x, y = desk.middle()
    desk.page.keyboard.down("Shift")
    desk.page.mouse.move(x - 100, y)
    desk.page.mouse.down()
    desk.page.mouse.move(x + 60, y + 40, steps=4)
    before = desk.settled_range()
    desk.wait_closes(3)
    assert desk.settled_range() == before
    desk.page.mouse.up()
    desk.page.keyboard.up("Shift")


def test_a_date_is_gone_to_also_where_it_is_not_loaded_yet(open_desk: OpenDesk) -> None:
    desk = open_desk("/?symbol=SIM:BTC-USD&interval=1m")
    desk.wait_bars(500)
    [time, *_] = desk.bars("SIM:BTC-USD", "1m", 1)[-1]
    wanted_day = datetime.fromtimestamp(time / 1000 - 86_400, UTC)
    desk.command(f"go {wanted_day:%Y-%m-%d %H:%M}")
    desk.wait_bars(1440)
    label = desk.page.locator(".labels.times text:not(.gone)")
    expect(label.filter(has_text=f"{wanted_day:%H}:").first).to_be_visible()


def wanted(page: Page) -> set[str]:
    """Fill a set with the symbols that the page is subscribed to, from its frames."""
    symbols: set[str] = set()

    def sent(frame: str | bytes) -> None:
        message = json.loads(frame)
        if message["type"] == "subscribe":
            symbols.update(message["symbols"])
        elif message["type"] == "unsubscribe" and not message.get("streams"):
            symbols.difference_update(message["symbols"])

    def opened(socket: WebSocket) -> None:
        socket.on("framesent", sent)

    page.on("websocket", opened)
    return symbols


def test_lists_are_pasted_moved_sorted_and_only_what_is_seen_is_subscribed(open_desk: OpenDesk) -> None:
    desk = open_desk("/?symbol=SIM:BTC-USD&interval=1m")
    desk.wait_moving("SIM:BTC-USD")
    subscribed = wanted(desk.page)
    desk.page.get_by_role("button", name="New list").click()
    desk.page.keyboard.press("Enter")
    names = [f"COINBASE:X{each}-USD" for each in range(197)]
    desk.paste(", ".join(["SIM:BTC-USD", "SIM:ETH-USD", "SIM:AAPL", *names]))
    expect(desk.watchlist).to_have_attribute("aria-rowcount", "201")
    desk.wait_kept(lambda kept: kept and len(kept["lists"][-1]["symbols"]) == 200, "a kept list")
    desk.page.reload()
    expect(desk.watchlist).to_have_attribute("aria-rowcount", "201")
    desk.wait_moving("SIM:BTC-USD")
    assert len(desk.symbols()) < 60
    assert len(subscribed) < 70
    assert "SIM:ETH-USD" in subscribed
    desk.row("SIM:BTC-USD").focus()
    desk.page.keyboard.press("Alt+ArrowDown")
    moved = ["SIM:ETH-USD", "SIM:BTC-USD", "SIM:AAPL"]
    wait_until(lambda: desk.symbols()[:3] == moved, what="the moved row")
    head = desk.watchlist.get_by_role("columnheader", name="Last")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    by_price = ["SIM:AAPL", "SIM:ETH-USD", "SIM:BTC-USD"]
    wait_until(lambda: desk.symbols()[:3] == by_price, what="the sorted rows")
    desk.page.get_by_role("tab", name="Watchlist").click()
    expect(desk.row("SIM:AAPL")).to_have_count(0)


def test_hostile_names_are_words(open_desk: OpenDesk) -> None:
    desk = open_desk("/?symbol=SIM:BTC-USD&interval=1h")
    desk.expected.append("status of 422")
    desk.wait_bars(500)
    desk.command("rename desk Mine")
    desk.wait_kept(lambda kept: kept and kept["desk"] == "Mine", "a kept desk")
    document = desk.kept()
    [kept] = document["desks"]
    kept["name"] = document["desk"] = EVIL
    kept["charts"][0]["compare"] = [f"=SIM:BTC-USD + {EVIL}"]
    kept["charts"][0]["studies"] = [
        {"kind": EVIL},
        {"kind": "ema", "params": {"length": EVIL}, "colours": {"line": EVIL}},
    ]
    document["lists"] = [
        {"name": EVIL, "symbols": [{"symbol": "SIM:BTC-USD", "name": EVIL, "base": EVIL, "title": EVIL}]}
    ]
    [time, _, high, *_] = desk.bars("SIM:BTC-USD", "1h", 20)[0]
    note = {
        "id": EVIL,
        "kind": "note",
        "points": [{"time": time, "price": high}],
        "text": EVIL,
        "colour": EVIL,
    }
    document["drawings"] = {"SIM:BTC-USD": [note]}
    document["looks"] = {"theme": EVIL, "pair": EVIL, "density": EVIL}
    document["columns"] = [EVIL, "last"]
    desk.replace(document)
    desk.wait_bars(500)
    expect(desk.page.get_by_role("button", name="Desks")).to_contain_text(EVIL)
    expect(desk.page.get_by_role("tab", name=EVIL)).to_be_visible()
    expect(desk.chart).to_contain_text("EMA 20")
    assert EVIL in (desk.chart.locator(".sketch text").text_content() or "")
    desk.page.keyboard.press(".")
    expect(desk.page.get_by_role("menuitemradio", name=EVIL)).to_be_visible()
    assert desk.page.evaluate("() => [...document.images].map((each) => each.getAttribute('src'))") == [MARK]
