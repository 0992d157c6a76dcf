"""A desk in a real browser, through the whole program, beside fake venues."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.desk import Desk
from tests.fakes.background import Background
from tests.fakes.coinbase import FakeCoinbase
from tests.fakes.kraken import FakeKraken
from tests.fakes.yahoo import FakeYahoo
from tests.program import LiveProgram

PUSH_TOKEN = "a-token-for-the-tests-only-" + "x" * 20
FLAGS = """
    --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync
"""


@pytest.fixture(scope="module")
def venues() -> Iterator[Background]:
    """Fake Coinbase, Kraken and Yahoo whose prices walk: three trades a second and product."""
    with Background(FakeCoinbase, FakeKraken, FakeYahoo, rate=3.0, ticking=True) as running:
        yield running


@pytest.fixture(scope="module")
def program(venues: Background) -> Iterator[LiveProgram]:
    """The whole program on those venues, the pushed and the simulated one."""
    running = LiveProgram(
        VENUES="COINBASE,KRAKEN,YAHOO,DESK,SIM", PUSH_TOKEN=PUSH_TOKEN, **venues.environment
    )
    running.start()
    yield running
    running.finish()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Headless Chromium."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS.split())
        yield running
        running.close()


@pytest.fixture
def open_desk(browser: Browser, program: LiveProgram) -> Iterator[Callable[..., Desk]]:
    """A function that opens a desk; at the end none of them may have had an error or asked elsewhere."""
    opened: list[Desk] = []

    def open_one(path: str = "/", width: int = 1440, height: int = 900, url: str = program.url) -> Desk:
        opened.append(Desk(browser, url, path, width, height))
        return opened[-1]

    yield open_one
    for desk in opened:
        desk.close()
