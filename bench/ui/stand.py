"""The program that the page is served by, its made-up venue, and the desk that the page is to show."""

import subprocess
import sys
import time
from typing import Any, Self

import msgspec
from playwright.sync_api import Page

from bench.helper import REPO
from bench.ui.market import NATIVES
from tests.program import LiveProgram

SYMBOLS = [f"COINBASE:{native}" for native in NATIVES]
WATCHED = 50


class Stand:
    """`manage.py live` on a venue of ours whose rate is set at will; SIM ticks `sim_rate` times a second."""

    def __init__(self, port: str = "", sim_rate: float = 2.0) -> None:
        self.venue = subprocess.Popen(
            [sys.executable, "-m", "bench.ui.market"],
            cwd=REPO,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        where = f"127.0.0.1:{self._answer()['port']}"
        urls = {"VENUE_COINBASE_WS_URL": f"ws://{where}", "VENUE_COINBASE_REST_URL": f"http://{where}"}
        more = {"PORT": port} if port else {}
        self.program = LiveProgram(VENUES="COINBASE,SIM", SIM_RATE=f"{sim_rate:g}", **urls, **more)

    def __enter__(self) -> Self:
        self.program.start()
        self.url = self.program.url
        return self

    def __exit__(self, *error: object) -> None:
        try:
            self.program.finish()
        finally:
            self.venue.terminate()
            self.venue.wait(timeout=5)

    def ask(self, *words: object) -> Any:
        """Return the venue's answer to a command."""
        assert self.venue.stdin
        self.venue.stdin.write(" ".join(map(str, words)) + "\n")
        self.venue.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self.venue.stdout
        line = self.venue.stdout.readline()
        if not line:
            raise RuntimeError("the venue has ended")
        return msgspec.json.decode(line)

    def rate(self, ticks: float, symbols: int = WATCHED) -> None:
        """Have so many ticks a second over so many symbols."""
        self.ask("rate", ticks, symbols)

    def ticks(self) -> int:
        """Return how many ticks there have been."""
        return int(self.ask("count")["ticks"])


def document(charts: list[dict[str, Any]], watched: list[str], **more: Any) -> dict[str, Any]:
    """Return a desk with these charts and this one list; what is left out is as at first."""
    grid = len(charts)
    return {
        "version": 1,
        "desk": "Main",
        "desks": [{"name": "Main", "grid": grid, "charts": charts, "active": 0, **more.pop("desk", {})}],
        "lists": [{"name": "Watchlist", "symbols": [{"symbol": symbol} for symbol in watched]}],
        **more,
    }


def show(page: Page, url: str, kept: dict[str, Any], path: str = "/") -> None:
    """Open the page with a desk that was kept."""
    page.goto(f"{url}/healthz")
    status = page.evaluate(
        """async (document) => {
            await fetch("/");
            const { revision, owner, token } = await (await fetch("/api/desk")).json();
            const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
            const body = JSON.stringify({ revision, owner, document });
            return (await fetch("/api/desk", { method: "PUT", headers, body })).status;
        }""",
        kept,
    )
    if status != 200:
        raise RuntimeError(f"the desk was not kept: {status}")
    page.goto(url + path)


def wait_drawn(page: Page, charts: int = 1, bars: int = 500) -> None:
    """Wait until so many charts have drawn so many bars."""
    page.wait_for_function(
        """([charts, bars]) => [...document.querySelectorAll("[data-chart]")]
            .filter((each) => Number(each.dataset.bars) >= bars).length >= charts""",
        arg=[charts, bars],
    )


def wait(seconds: float) -> None:
    """Let the page and the program run; the window of a measurement, not a hope."""
    time.sleep(seconds)
