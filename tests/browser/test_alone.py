"""A machine without a network: no venue can be reached, and the desk opens the simulated market by itself."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.desk import Desk
from tests.program import LiveProgram
from tests.support import free_port

AWAY = ("COINBASE", "KRAKEN", "BINANCE", "BINANCE_US", "BITSTAMP", "OKX", "BYBIT", "GEMINI", "COINBASE_ADV",
        "BITFINEX", "YAHOO", "ECB")  # fmt: skip


@pytest.fixture
def alone() -> Iterator[LiveProgram]:
    """The whole program with all venues that need no key; where they should be, nobody answers."""
    nobody = f"127.0.0.1:{free_port()}"
    urls = {
        f"VENUE_{venue}_{kind}_URL": f"{scheme}://{nobody}"
        for venue in AWAY
        for kind, scheme in (("WS", "ws"), ("REST", "http"))
    }
    running = LiveProgram(VENUES=",".join((*AWAY, "SIM")), **urls)
    running.start()
    yield running
    running.finish()


def test_the_simulated_market_opens_though_it_is_the_last_of_a_long_list(
    browser: Browser, alone: LiveProgram
) -> None:
    desk = Desk(browser, alone.url, "/", 1440, 600)
    expect(desk.chart).to_have_attribute("data-symbol", "SIM:BTC-USD", timeout=30_000)
    desk.wait_bars(400)
    desk.wait_moving("SIM:BTC-USD")
    assert desk.symbols()[0] == "COINBASE:BTC-USD"
    desk.expect_not_live("COINBASE:BTC-USD", 5)
    desk.close()
