"""The desk as somebody uses it: what is on the page, found by the names that the page promises."""

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Request, expect

PATIENCE = 15_000
HARMLESS = (
    "WebSocket connection to",
    "net::ERR_CONNECTION_REFUSED",
)  # what a browser says of a server that is away


class Desk:
    """One open page, and everything that was wrong with it."""

    def __init__(self, browser: Browser, url: str, path: str, width: int, height: int) -> None:
        self.url = url
        self.troubles: list[str] = []
        self.expected: list[str] = list(HARMLESS)  # what the console may say
        self.context = browser.new_context(viewport={"width": width, "height": height})
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        self.page.on("request", self._request)
        self.page.goto(url + path)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(text in message.text for text in self.expected):
            self.troubles.append(f"console {message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != urlsplit(self.url).netloc:
            self.troubles.append(f"asked elsewhere: {request.url}")

    def close(self) -> None:
        """Close it; it must have had no error, no CSP violation and no request to elsewhere."""
        self.context.close()
        assert not self.troubles, "\n".join(self.troubles)

    # ------------------------------------------------------------ what is there
    @property
    def symbol_box(self) -> Locator:
        return self.page.get_by_role("combobox", name="Symbol")

    @property
    def chart(self) -> Locator:
        return self.page.locator("[data-chart]")

    @property
    def watchlist(self) -> Locator:
        return self.page.get_by_role("table", name="Watchlist")

    def row(self, symbol: str) -> Locator:
        return self.watchlist.locator(f'[data-symbol="{symbol}"]')

    def symbols(self) -> list[str]:
        """The watchlist's symbols in their order."""
        rows = self.watchlist.locator("[data-symbol]")
        return [str(row.get_attribute("data-symbol")) for row in rows.all()]

    def venue(self, name: str) -> Locator:
        return self.page.get_by_role("status", name="Venues").locator(f'[data-venue="{name}"]')

    def chart_range(self) -> Any:
        """The chart's visible range, as the drawn axis has it."""
        return self.page.evaluate(
            "document.querySelector('[data-chart] .js-plotly-plot')._fullLayout.xaxis.range"
        )

    # -------------------------------------------------------------- what happens
    def wait_bars(self, least: int) -> None:
        """Wait until the chart has drawn that many bars."""
        self.page.wait_for_function(
            "least => Number(document.querySelector('[data-chart]').dataset.bars) >= least", arg=least
        )

    def wait_moving(self, symbol: str, moves: int = 2) -> None:
        """Wait until a row has shown some newer prices than the one it shows now."""
        self.page.wait_for_function(
            """async ([symbol, moves]) => {
                const row = document.querySelector(`[role=table] [data-symbol="${symbol}"]`);
                for (let seen = 0, time = row.dataset.time; seen < moves; ) {
                    await new Promise(requestAnimationFrame);
                    if (row.dataset.time !== time) { time = row.dataset.time; seen += 1; }
                }
                return true;
            }""",
            arg=[symbol, moves],
        )

    def expect_state(self, symbol: str, state: str, within: float) -> None:
        """Wait until a row has a state."""
        expect(self.row(symbol)).to_have_attribute("data-state", state, timeout=within * 1000)

    def expect_not_live(self, symbol: str, within: float) -> None:
        """Wait until a row no longer says that its price is live."""
        expect(self.row(symbol)).not_to_have_attribute("data-state", "live", timeout=within * 1000)

    def expect_connection(self, state: str, within: float) -> None:
        """Wait until the page says how its line to the server is."""
        expect(self.page.locator("html")).to_have_attribute("data-connection", state, timeout=within * 1000)
