"""The desk as somebody uses it: what is on the page, found by the names that the page promises."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Dialog, Locator, Request, expect

from tests.support import wait_until

PATIENCE = 15_000
expect.set_options(timeout=PATIENCE)
HARMLESS = (
    "WebSocket connection to",
    "net::ERR_CONNECTION_REFUSED",
)  # what a browser says of a server that is away

PAINTED = """async () => {
    const frame = () => new Promise(requestAnimationFrame);
    await frame();
    await frame();
    while (!document.querySelector("[data-chart] .js-plotly-plot")?._fullLayout?.xaxis) await frame();
}"""
PASTE = """(text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    const event = { clipboardData: data, bubbles: true, cancelable: true };
    document.activeElement.dispatchEvent(new ClipboardEvent("paste", event));
}"""
REPLACE = """async (document) => {
    const { revision, owner, token } = await (await fetch("/api/desk")).json();
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
    const body = JSON.stringify({ revision, owner, document });
    return (await fetch("/api/desk", { method: "PUT", headers, body })).status;
}"""


class Desk:
    """One open page, and everything that was wrong with it."""

    def __init__(
        self, browser: Browser, url: str, path: str, width: int, height: int, cookies: Sequence[Any] = ()
    ) -> None:
        self.browser = browser
        self.url = url
        self.troubles: list[str] = []
        self.expected: list[str] = list(HARMLESS)  # what the console may say
        self.context = browser.new_context(viewport={"width": width, "height": height})
        self.context.add_cookies(list(cookies))
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("dialog", self._dialog)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        self.page.on("request", self._request)
        self.page.goto(url + path)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(text in message.text for text in self.expected):
            self.troubles.append(f"console {message.type}: {message.text}")

    def _dialog(self, dialog: Dialog) -> None:
        self.troubles.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != urlsplit(self.url).netloc:
            self.troubles.append(f"asked elsewhere: {request.url}")

    def close(self) -> None:
        """Close it; it must have had no error, no CSP violation and no request to elsewhere."""
        self.context.close()
        assert not self.troubles, "\n".join(self.troubles)

    @contextmanager
    def elsewhere(self, path: str = "/") -> "Iterator[Desk]":
        """The desk of the same person in another browser, which has its cookies and nothing else."""
        other = Desk(self.browser, self.url, path, 1440, 900, self.context.cookies())
        yield other
        other.close()

    # ------------------------------------------------------------ what is there
    @property
    def symbol_box(self) -> Locator:
        return self.page.get_by_role("combobox", name="Symbol")

    @property
    def chart(self) -> Locator:
        return self.page.locator("[data-chart]")

    @property
    def used(self) -> Locator:
        """The chart that is used."""
        return self.page.locator("[data-chart][aria-current=true]")

    @property
    def watchlist(self) -> Locator:
        return self.page.get_by_role("table", name="Watchlist")

    def row(self, symbol: str) -> Locator:
        return self.watchlist.locator(f'[data-symbol="{symbol}"]')

    def symbols(self) -> list[str]:
        """The watchlist's symbols in their order."""
        rows = self.watchlist.locator("[data-symbol]")
        return list(rows.evaluate_all("(rows) => rows.map((row) => row.dataset.symbol)"))

    def venue(self, name: str) -> Locator:
        return self.page.get_by_role("status", name="Venues").locator(f'[data-venue="{name}"]')

    def chart_range(self) -> Any:
        """The chart's visible range, as the drawn axis has it."""
        return self.page.evaluate(
            "document.querySelector('[data-chart] .js-plotly-plot')._fullLayout.xaxis.range"
        )

    def settled_range(self) -> Any:
        """The chart's visible range once what was done is painted."""
        self.page.evaluate(PAINTED)
        return self.chart_range()

    def middle(self, part: float = 0.4) -> tuple[float, float]:
        """A point in the plot of the used chart: its middle, `part` of the height down."""
        box = self.used.locator("[data-part=plot]").bounding_box()
        assert box
        return box["x"] + (box["width"] - 80) / 2, box["y"] + box["height"] * part

    def kept(self) -> Any:
        """The desk's document as the server keeps it."""
        return self.page.evaluate("fetch('/api/desk').then((answer) => answer.json())")["document"]

    def bars(self, symbol: str, interval: str, limit: int) -> list[Any]:
        """The newest bars that the server has of a symbol, oldest first."""
        query = urlencode({"symbol": symbol, "interval": interval, "limit": limit})
        answer = self.page.evaluate("(path) => fetch(path).then((each) => each.json())", f"/api/bars?{query}")
        return list(answer["bars"])

    # -------------------------------------------------------------- what happens
    def command(self, text: str) -> None:
        """Type a line into the command line."""
        expect(self.used).to_be_visible()
        self.page.keyboard.press("Control+k")
        line = self.page.get_by_role("combobox", name="Command")
        expect(line).to_be_focused()
        line.fill(text)
        line.press("Enter")
        expect(line).to_be_hidden()

    def paste(self, text: str) -> None:
        """Paste a text where the focus is."""
        self.page.evaluate(PASTE, text)

    def drag(self, start: tuple[float, float], by: tuple[float, float]) -> None:
        """Press the mouse, move it, let it go."""
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move(start[0] + by[0], start[1] + by[1], steps=6)
        self.page.mouse.up()

    def replace(self, document: Any) -> None:
        """Put another document in the place of the one that the server keeps, and open it."""
        self.page.goto(f"{self.url}/login/")
        status = self.page.evaluate(REPLACE, document)
        assert status == 200, status
        self.page.goto(self.url)

    def wait_kept(self, holds: Any, what: str) -> None:
        """Wait until the server keeps a document that `holds`."""
        wait_until(lambda: bool(holds(self.kept())), PATIENCE / 1000, what)

    def wait_closes(self, closes: int, chart: int = 0) -> None:
        """Wait until so many bars have closed on a chart."""
        self.page.wait_for_function(
            """async ([chart, closes]) => {
                const { dataset } = document.querySelectorAll("[data-chart]")[chart];
                for (const begin = Number(dataset.bars); Number(dataset.bars) < begin + closes; ) {
                    await new Promise(requestAnimationFrame);
                }
                return true;
            }""",
            arg=[chart, closes],
        )

    def wait_bars(self, least: int) -> None:
        """Wait until the chart has drawn that many bars."""
        self.page.wait_for_function(
            "least => Number(document.querySelector('[data-chart]')?.dataset.bars) >= least", arg=least
        )

    def wait_moving(self, symbol: str, moves: int = 2) -> None:
        """Wait until a row has shown some newer prices than the one it shows now."""
        self.page.wait_for_function(
            """async ([symbol, moves]) => {
                const row = `[role=table] [data-symbol="${symbol}"]`;
                const shown = () => document.querySelector(row)?.dataset.time;
                for (let seen = 0, time = shown(); seen < moves; ) {
                    await new Promise(requestAnimationFrame);
                    if (shown() !== time) { time = shown(); seen += 1; }
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
