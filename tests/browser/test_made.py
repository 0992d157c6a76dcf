"""Prices that no venue streams, in a real browser: formulas, pushed ones, a recording, bars with holes."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import PUSH_TOKEN
from tests.browser.desk import Desk
from tests.feeds.sessions import session, written
from tests.program import LiveProgram

OpenDesk = Callable[..., Desk]
RATIO = "=SIM:ETH-USD / SIM:BTC-USD"


@pytest.fixture
def replay(tmp_path: Path) -> Iterator[LiveProgram]:
    """The whole program on a recording of ten minutes of Coinbase."""
    path = written(tmp_path / "own.frames.jsonl", session(2_000))
    running = LiveProgram("--replay", str(path), "--speed", "4")
    running.start()
    yield running
    running.finish()


def push(program: LiveProgram, symbol: str, price: float) -> None:
    """Push one price."""
    body = json.dumps({"ticks": [{"symbol": symbol, "price": price}]}).encode()
    headers = {"Authorization": f"Bearer {PUSH_TOKEN}", "Content-Type": "application/json"}
    with urlopen(Request(f"{program.url}/api/ticks", body, headers), timeout=10) as answer:
        assert json.load(answer) == {"accepted": 1}


def test_a_formula_is_typed_opens_under_the_servers_name_and_moves(open_desk: OpenDesk) -> None:
    desk = open_desk()
    desk.wait_moving("SIM:BTC-USD")
    desk.page.keyboard.type("=sim:eth-usd /sim:btc-usd")
    desk.page.keyboard.press("Enter")
    expect(desk.chart).to_have_attribute("data-symbol", RATIO)
    desk.wait_bars(500)
    desk.wait_moving(RATIO)
    expect(desk.row(RATIO)).to_contain_text("FORMULA")
    expect(desk.row(RATIO)).to_contain_text("SIMULATED")
    desk.expect_state(RATIO, "live", 5)
    expect(desk.page).to_have_title(re.compile(rf"^[\d.\u2009]+ {re.escape(RATIO)} · Ticker$"))
    assert len([symbol for symbol in desk.symbols() if symbol.startswith("=")]) == 1
    address = desk.page.url.removeprefix(desk.url)
    again = open_desk(address)
    expect(again.chart).to_have_attribute("data-symbol", RATIO)
    again.wait_bars(500)


def test_a_formula_below_zero_is_drawn_from_its_address_and_from_other_words(open_desk: OpenDesk) -> None:
    desk = open_desk(f"/?symbol={quote('=sim:eth-usd -sim:btc-usd')}&interval=5m")
    expect(desk.chart).to_have_attribute("data-symbol", "=SIM:ETH-USD - SIM:BTC-USD")
    desk.wait_bars(500)
    expect(desk.page.locator(".price-tag b")).to_contain_text("-")
    low, high = desk.page.evaluate(
        "document.querySelector('[data-chart] .js-plotly-plot')._fullLayout.yaxis.range"
    )
    assert low < high < 0


def test_a_formula_that_is_none_says_where(open_desk: OpenDesk) -> None:
    desk = open_desk()
    desk.expect_connection("live", 5)
    desk.expected.append("status of 422")
    desk.page.keyboard.type("=(sim:btc-usd")
    desk.page.keyboard.press("Enter")
    expect(desk.row("=(SIM:BTC-USD")).to_contain_text("is never closed")
    desk.wait_moving("SIM:BTC-USD")


def test_pushed_prices_move_their_row_and_chart(open_desk: OpenDesk, program: LiveProgram) -> None:
    desk = open_desk()
    desk.expect_connection("live", 5)
    desk.page.keyboard.type("desk:my-index")
    desk.page.keyboard.press("Enter")
    last = desk.row("DESK:MY-INDEX").locator('[data-field="last"]')
    push(program, "DESK:MY-INDEX", 100.5)
    expect(last).to_have_text("100.50")
    desk.expect_state("DESK:MY-INDEX", "live", 5)
    push(program, "DESK:MY-INDEX", 99.25)
    expect(last).to_have_text("99.25")
    desk.wait_bars(1)
    expect(desk.venue("DESK")).to_have_attribute("data-state", "live")


def test_a_replay_says_so_and_goes_by_the_recordings_clock(open_desk: OpenDesk, replay: LiveProgram) -> None:
    desk = open_desk("/?interval=1s", url=replay.url)
    desk.wait_moving("COINBASE:BTC-USD")
    expect(desk.row("COINBASE:BTC-USD")).to_contain_text("REPLAY")
    expect(desk.chart).to_contain_text("REPLAY")
    expect(desk.venue("COINBASE")).to_contain_text("REPLAY")
    expect(desk.page.locator("footer")).to_contain_text("REPLAY")
    age = desk.row("COINBASE:BTC-USD").locator('[data-field="age"]')
    expect(age).to_have_text(re.compile(r" s$"))  # not the years between the recording and us


def test_bars_without_data_say_so_under_the_pointer(open_desk: OpenDesk) -> None:
    desk = open_desk("/?symbol=COINBASE:BTC-USD&interval=1m")
    desk.wait_bars(500)

    def with_holes(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        body["sources"] = {"hole": [bar[0] for bar in body["bars"][:-1]]}
        route.fulfill(response=answer, json=body)

    desk.page.route("**/api/bars?*", with_holes)
    desk.page.get_by_role("button", name="1h", exact=True).click()
    expect(desk.chart).to_have_attribute("data-interval", "1h")
    desk.wait_bars(100)
    box = desk.chart.bounding_box()
    assert box
    desk.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(desk.chart).to_contain_text("no data")
    desk.page.unroute_all(behavior="wait")  # older bars may be on their way


def test_many_words_of_the_server_at_once_stay_a_few(open_desk: OpenDesk) -> None:
    desk = open_desk()
    desk.expect_connection("live", 5)
    for venue in ("COINBASE", "KRAKEN", "YAHOO", "DESK", "SIM"):
        desk.venue(venue).click()
    expect(desk.page.locator(".toast:not(.more)")).to_have_count(3)
    expect(desk.page.get_by_text("and 2 more")).to_be_visible()
