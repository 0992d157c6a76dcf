"""A server that can't be reached: the page says so, since when, and is back by itself; no more is kept."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.program import LiveProgram
from tests.support import free_port

pytestmark = pytest.mark.browser
INSTALLED = """async () => {
    (await import('/static/js/install.js')).install();
    await navigator.serviceWorker.ready;
}"""
KEPT = """async () => {
    const names = await caches.keys();
    const each = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys())));
    return each.flat().map((request) => new URL(request.url).pathname).sort();
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def test_a_server_that_is_away_is_said_to_be_away_and_is_found_again(page: Page) -> None:
    port = str(free_port())
    refused = []
    page.on(
        "console",
        lambda message: refused.append(message.text) if "Content Security" in message.text else None,
    )
    with LiveProgram(PORT=port) as program:
        page.goto(f"{program.url}/login/")
        page.evaluate(INSTALLED)
        page.goto(f"{program.url}/?symbol=SIM:BTC-USD")
        expect(page.get_by_role("table", name="Watchlist")).to_be_visible()
        assert page.evaluate(KEPT) == ["/offline/", "/static/css/offline.css"]
    address = page.url
    page.reload()
    heading = page.get_by_role("heading", name="Ticker can’t be reached")
    expect(heading).to_be_visible()
    since = page.locator("time").inner_text()
    assert len(since) == 8 and since.count(":") == 2
    assert page.evaluate("getComputedStyle(document.body).display") == "grid"  # its style is there
    assert page.url == address
    page.get_by_role("link", name="Try now").click()
    expect(page.locator("time")).to_have_text(since)
    with LiveProgram(PORT=port):
        expect(page.get_by_role("table", name="Watchlist")).to_be_visible(timeout=20_000)
        page.wait_for_function(f"({KEPT})().then((kept) => kept.length === 2)")
    assert refused == []
