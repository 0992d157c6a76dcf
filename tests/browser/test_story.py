"""What a trader does with the desk, in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from feeds.market import INTERVALS
from tests.browser.desk import Desk
from tests.fakes.background import Background
from tests.program import LiveProgram

OpenDesk = Callable[..., Desk]


def test_first_visit_shows_every_venue_and_a_moving_chart(open_desk: OpenDesk) -> None:
    desk = open_desk()
    desk.expect_connection("live", 5)
    venues = [symbol.partition(":")[0] for symbol in desk.symbols()]
    assert list(dict.fromkeys(venues)) == ["COINBASE", "KRAKEN", "YAHOO", "SIM"]
    expect(desk.chart).to_have_attribute("data-symbol", desk.symbols()[0])
    desk.wait_bars(500)
    desk.wait_moving("COINBASE:BTC-USD")
    desk.wait_moving("KRAKEN:BTC-USD")
    desk.wait_moving("SIM:BTC-USD")
    for name in ("COINBASE", "KRAKEN", "YAHOO", "SIM"):
        expect(desk.venue(name)).to_have_attribute("data-state", "live")
    expect(desk.row("SIM:BTC-USD")).to_contain_text("SIMULATED")


def test_the_chart_moves_with_every_price(open_desk: OpenDesk) -> None:
    desk = open_desk("/?symbol=COINBASE:BTC-USD&interval=1m")
    desk.wait_bars(500)
    shown = int(desk.chart.get_attribute("data-time") or 0)
    desk.page.wait_for_function(
        "shown => Number(document.querySelector('[data-chart]').dataset.time) > shown + 1000", arg=shown
    )


def test_typing_opens_a_symbol_and_adds_it(open_desk: OpenDesk) -> None:
    desk = open_desk()
    desk.wait_moving("SIM:BTC-USD")
    desk.page.keyboard.press("k")
    expect(desk.symbol_box).to_be_focused()
    expect(desk.symbol_box).to_have_value("k")
    desk.page.keyboard.type("raken:doge-usd")
    desk.page.keyboard.press("Enter")
    expect(desk.chart).to_have_attribute("data-symbol", "KRAKEN:DOGE-USD")
    expect(desk.row("KRAKEN:DOGE-USD")).to_have_attribute("data-state", "live")
    desk.wait_bars(500)
    desk.row("KRAKEN:DOGE-USD").hover()
    desk.page.get_by_role("button", name="Remove KRAKEN:DOGE-USD").click()
    expect(desk.row("KRAKEN:DOGE-USD")).to_have_count(0)
    assert desk.page.evaluate("performance.getEntriesByType('navigation').length") == 1


def test_escape_leaves_the_symbol_box(open_desk: OpenDesk) -> None:
    desk = open_desk()
    desk.page.keyboard.press("b")
    expect(desk.symbol_box).to_be_focused()
    desk.page.keyboard.press("Escape")
    expect(desk.symbol_box).not_to_be_focused()


def test_a_symbol_that_is_none_says_why_and_can_be_removed(open_desk: OpenDesk) -> None:
    desk = open_desk()
    desk.expect_connection("live", 5)
    desk.expected.append("status of 404")
    desk.page.keyboard.type("coinbase:nosuch-usd")
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_text("no such instrument").first).to_be_visible()
    desk.wait_moving("SIM:BTC-USD")


def test_hostile_words_stay_words(open_desk: OpenDesk) -> None:
    desk = open_desk()
    desk.expect_connection("live", 5)
    desk.page.keyboard.press("x")
    desk.symbol_box.fill('SIM:<img src=x onerror="document.title=1">')
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("img[src=x]")).to_have_count(0)
    desk.wait_moving("SIM:BTC-USD")


@pytest.mark.parametrize("interval", list(INTERVALS))
def test_every_interval_draws_bars(open_desk: OpenDesk, interval: str) -> None:
    desk = open_desk("/?symbol=SIM:BTC-USD&interval=1m")
    desk.wait_bars(500)
    button = desk.page.get_by_role("button", name=interval, exact=True)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(desk.chart).to_have_attribute("data-interval", interval)
    desk.wait_bars(50)


def test_data_never_moves_the_view_and_back_to_live_does(open_desk: OpenDesk) -> None:
    desk = open_desk("/?symbol=COINBASE:BTC-USD&interval=1s")
    desk.page.get_by_role("button", name="1m", exact=True).click()
    desk.wait_bars(500)
    box = desk.chart.bounding_box()
    assert box
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 3)
    desk.page.mouse.move(*middle)
    desk.page.mouse.down()
    desk.page.mouse.move(middle[0] + 300, middle[1], steps=8)
    desk.page.mouse.up()
    back = desk.page.get_by_role("button", name="Back to live")
    expect(back).to_be_visible()
    before = desk.chart_range()
    desk.wait_moving("COINBASE:BTC-USD", 10)
    assert desk.chart_range() == before
    back.click()
    expect(back).to_be_hidden()
    assert desk.chart_range() != before


def test_scrolling_back_loads_older_bars(open_desk: OpenDesk) -> None:
    desk = open_desk("/?symbol=COINBASE:ETH-USD&interval=1m")
    desk.wait_bars(500)
    first = int(desk.chart.get_attribute("data-bars") or 0)
    box = desk.chart.bounding_box()
    assert box
    y = box["y"] + box["height"] / 3
    for _ in range(12):
        desk.page.mouse.move(box["x"] + 60, y)
        desk.page.mouse.down()
        desk.page.mouse.move(box["x"] + box["width"] - 150, y, steps=5)
        desk.page.mouse.up()
    desk.wait_bars(first + 200)


def test_on_a_phone_nothing_is_cut_off(open_desk: OpenDesk) -> None:
    desk = open_desk(width=390, height=844)
    desk.wait_bars(500)
    desk.wait_moving("COINBASE:BTC-USD")
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(desk.chart).to_be_visible()
    expect(desk.symbol_box).to_be_visible()
    desk.page.keyboard.type("btc")
    expect(desk.page.get_by_role("option").first).to_be_visible()
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_venue_that_falls_silent_is_said_so_and_the_others_go_on(
    open_desk: OpenDesk, venues: Background
) -> None:
    desk = open_desk()
    desk.wait_moving("COINBASE:BTC-USD")
    coinbase = venues.venues[0]
    coinbase.stall()
    desk.expect_not_live("COINBASE:BTC-USD", 11)
    expect(desk.venue("COINBASE")).not_to_have_attribute("data-state", "live")
    desk.wait_moving("KRAKEN:BTC-USD", 3)
    coinbase.resume()
    desk.expect_state("COINBASE:BTC-USD", "live", 14)


@pytest.mark.parametrize("part", ["worker", "valkey"])
def test_a_part_that_is_killed_is_noticed_and_prices_run_again(
    open_desk: OpenDesk, program: LiveProgram, part: str
) -> None:
    desk = open_desk()
    desk.wait_moving("COINBASE:BTC-USD")
    program.kill(part)
    desk.wait_moving("COINBASE:BTC-USD", 3)
    desk.wait_moving("SIM:BTC-USD", 3)
    desk.expect_state("COINBASE:BTC-USD", "live", 14)


def test_a_web_process_that_is_killed_is_noticed_and_comes_back_by_itself(
    open_desk: OpenDesk, program: LiveProgram
) -> None:
    desk = open_desk()
    desk.wait_moving("SIM:BTC-USD")
    program.kill("web")
    desk.expect_connection("reconnecting", 8)
    desk.expect_not_live("SIM:BTC-USD", 3)
    expect(desk.page.get_by_role("alert")).to_be_visible()
    desk.expect_connection("live", 14)
    desk.wait_moving("SIM:BTC-USD")
    expect(desk.page.get_by_role("alert")).to_be_hidden()
    assert desk.page.evaluate("performance.getEntriesByType('navigation').length") == 1
