"""A stack for all tests of a file, and the pages that watch it; after each test what they saw is checked."""

import time
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from tests.faults import checker
from tests.faults.fleet import Page
from tests.faults.lag import Lag
from tests.faults.stack import Stack
from tests.support import wait_for

BTC, ETH, SIM = SYMBOLS = ("COINBASE:BTC-USD", "COINBASE:ETH-USD", "SIM:BTC-USD")
BACK = 20.0  # seconds within which all is well again, at the most
STOOD: list[tuple[float, str]] = []  # of each test, how long (s) a frozen price stood as live at the most


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def stack(request: pytest.FixtureRequest) -> AsyncIterator[Stack]:
    """The stack that the file asks for by its `STACK`, the arguments of `Stack`."""
    async with Stack(**getattr(request.module, "STACK", {})) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def lag() -> AsyncIterator[Lag]:
    """By how much the test itself was late."""
    async with Lag() as lag:
        yield lag


@pytest_asyncio.fixture(loop_scope="module")
async def page(stack: Stack, lag: Lag, stood: Callable[[float], None]) -> AsyncIterator[Page]:
    """A page that sees all symbols live, and does so again at the end; it was never shown anything wrong."""
    page = Page("page", stack.url, list(SYMBOLS))
    page.start()
    await live(page)
    try:
        yield page
        await stack.heal()
        await live(page)
    finally:
        await stack.heal()
        await page.stop()
    checker.assert_none(
        checker.i1_numbers_rise(page.seen),
        checker.i2_prices_are_true(page.seen, stack.venue),
        checker.i5_stale_is_not_live([page], SYMBOLS, late=lag.worst),
    )
    stood(checker.longest_frozen([page], SYMBOLS))


async def live(page: Page, *symbols: str, since: float | None = None, timeout: float = BACK) -> float:
    """Wait until each symbol (default: all) has a live price that came after `since` (default: now); return
    when the last of them came."""
    began = time.monotonic() if since is None else since
    wanted = symbols or tuple(page.symbols)

    def last() -> float:
        found = [first_live(page, symbol, began) for symbol in wanted]
        return max(found) if all(found) else 0.0

    return float(await wait_for(last, timeout, f"live prices of {wanted}"))


def first_live(page: Page, symbol: str, since: float) -> float:
    """Return when the first live price of a symbol came after a time, 0 for none."""
    found = (each.at for each in page.seen if each.at > since and each.symbol == symbol)
    states = (each.state for each in page.seen if each.at > since and each.symbol == symbol)
    return next((at for at, state in zip(found, states, strict=True) if state == "live"), 0.0)


async def told(page: Page, venue: str, *states: str, since: float, timeout: float = BACK) -> float:
    """Wait until a page was told one of these states of a venue after `since`; return when that was."""

    def found() -> float:
        return next(
            (at for at, name, state in page.venues if at > since and name == venue and state in states), 0.0
        )

    return float(await wait_for(found, timeout, f"{venue} {' or '.join(states)}"))


async def stale(page: Page, symbol: str, since: float, timeout: float = BACK) -> float:
    """Wait until a page was told after `since` that a symbol is stale; return when that was."""

    def found() -> float:
        told = (each for each in page.seen if each.at > since and each.symbol == symbol)
        return next((each.at for each in told if each.state == "stale"), 0.0)

    return float(await wait_for(found, timeout, f"a stale {symbol}"))


def last_price_before(page: Page, symbol: str, at: float) -> float:
    """Return when the last price of a symbol came before a time."""
    return max(
        each.at for each in page.seen if each.symbol == symbol and each.at < at and each.state == "live"
    )


@pytest.fixture
def figure(
    request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> Callable[[str], None]:
    """A function that notes a figure which a test has seen: printed, and in the report."""

    def note(text: str) -> None:
        print(f"{request.node.name}: {text}")
        record_property("figure", text)

    return note


@pytest.fixture
def stood(request: pytest.FixtureRequest, figure: Callable[[str], None]) -> Callable[[float], None]:
    """A function that notes how long a frozen price stood as live; the longest of all is told at the end."""

    def note(seconds: float) -> None:
        figure(f"a price stood as live for {seconds:.1f} s at most")
        STOOD.append((seconds, request.node.name))

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if STOOD:
        seconds, name = max(STOOD)
        terminalreporter.write_line(
            f"a frozen price stood as live for {seconds:.1f} s at the most, in {name}"
        )
