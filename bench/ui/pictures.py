"""`python -m bench.ui.pictures` (`make screenshots`): the pictures in docs/images, on simulated prices.

`--replay FILE` adds one of a recorded session that is played; it is as real as the recording.
"""

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page

from bench.helper import REPO
from bench.ui.chromium import browsing
from bench.ui.png import save
from bench.ui.stand import document, show, wait, wait_drawn
from tests.program import LiveProgram

FOLDER = REPO / "docs" / "images"
MOST = 120_000  # bytes of one picture
DESK = (1440, 900)
PHONE = {"width": 390, "height": 844}
CHART = "[data-chart]"
BAR, TURN = 8.0, 1.2  # px of a bar at first; what a turn of the wheel makes of that
SETTLE = 6.0  # s in which the tape fills and the lines of the day come
LIST = "BTC-USD ETH-USD SOL-USD XRP-USD DOGE-USD AAPL MSFT NVDA TSLA AMZN EUR-USD GBP-USD USD-JPY USD-CHF"
WATCHED = [f"SIM:{name}" for name in LIST.split()]


def study(kind: str, **params: float) -> dict[str, Any]:
    return {"kind": kind, "params": params, "colours": {}}


def chart(name: str, interval: str, **more: Any) -> dict[str, Any]:
    return {"symbol": f"SIM:{name}", "interval": interval, **more}


def looks(theme: str) -> dict[str, str]:
    return {"theme": theme, "pair": "green", "density": "normal"}


ONE = [chart("BTC-USD", "5m", studies=[study("ema", length=20), study("bollinger"), study("rsi")])]
TWO = [
    chart("EUR-USD", "15m", link="blue", studies=[study("sma", length=50)]),
    chart("NVDA", "1h", studies=[study("macd")], link="amber"),
]
SIX = [
    chart("BTC-USD", "1m", studies=[study("vwap")]),
    chart("ETH-USD", "5m", type="heikin"),
    chart("SOL-USD", "15m", type="bars"),
    chart("AAPL", "5m", type="area"),
    chart("EUR-USD", "1h", studies=[study("donchian")]),
    chart("USD-JPY", "1m", type="line", compare=["SIM:EUR-USD"]),
]


def desk_picture(browser: Browser, url: str, kept: dict[str, Any], ready: Callable[[Page], None]) -> bytes:
    """Return a picture of the desk on a screen."""
    context = browser.new_context(viewport={"width": DESK[0], "height": DESK[1]})
    try:
        page = context.new_page()
        show(page, url, kept)
        ready(page)
        return page.screenshot()
    finally:
        context.close()


def phone_picture(browser: Browser, url: str) -> bytes:
    """Return a picture of the desk on a phone."""
    context = browser.new_context(viewport=PHONE, device_scale_factor=2, has_touch=True, is_mobile=True)  # type: ignore[arg-type]
    try:
        page = context.new_page()
        show(page, url, document([chart("BTC-USD", "5m", studies=[study("ema", length=20)])], WATCHED))
        settled(1)(page)
        return page.screenshot()
    finally:
        context.close()


def settled(charts: int) -> Callable[[Page], None]:
    """Return what waits until so many charts are drawn and the panels have something in them."""

    def ready(page: Page) -> None:
        wait_drawn(page, charts, 300)
        wait(SETTLE)

    return ready


def pointed(page: Page) -> None:
    """Wait, and point at a bar of the first chart."""
    settled(1)(page)
    box = page.locator("[data-chart] [data-part=plot]").first.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.55, box["y"] + box["height"] * 0.35)
    wait(0.5)


def of_the_desk(browser: Browser, url: str) -> dict[str, bytes]:
    """Return the pictures on simulated prices by their names."""
    return {
        "desk-dark": desk_picture(browser, url, document(ONE, WATCHED, looks=looks("dark")), pointed),
        "desk-light": desk_picture(browser, url, document(TWO, WATCHED, looks=looks("light")), settled(2)),
        "desk-six": desk_picture(browser, url, document(SIX, WATCHED, looks=looks("dark")), settled(6)),
        "desk-phone": phone_picture(browser, url),
    }


def zoom_to(page: Page, chart: str) -> None:
    """Turn the wheel until the few bars that there are fill the chart, the newest at its right."""
    box = page.locator(f"{chart} [data-part=plot]").bounding_box()
    bars = int(page.locator(chart).get_attribute("data-bars") or 0)
    if not box or not bars:
        return
    page.mouse.move(box["x"] + (box["width"] - 80) * 0.95, box["y"] + box["height"] / 3)
    for _ in range(max(0, round(math.log(box["width"] / BAR / (bars * 1.5), TURN)))):
        page.mouse.wheel(0, -100)
        wait(0.1)
    page.keyboard.press("End")
    page.mouse.move(5, 5)
    wait(1.0)


def of_a_replay(browser: Browser, chosen: argparse.Namespace) -> bytes:
    """Return a picture of the desk while a recording is played."""
    words = ["--replay", str(Path(chosen.replay).resolve()), "--speed", chosen.speed]
    words += ["--venue", chosen.venue] if chosen.venue else []
    where = urlencode({"interval": "1s"} | ({"symbol": chosen.symbol} if chosen.symbol else {}))
    with LiveProgram(*words, VENUES="") as program:
        context = browser.new_context(viewport={"width": DESK[0], "height": DESK[1]})
        try:
            page = context.new_page()
            page.goto(f"{program.url}/?{where}")
            wait(chosen.after)
            zoom_to(page, CHART)
            return page.screenshot()
        finally:
            context.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.ui.pictures", description=__doc__)
    parser.add_argument("--replay", metavar="FILE", help="a recording, as `manage.py record` writes it")
    parser.add_argument("--only", action="store_true", help="the picture of the replay alone")
    parser.add_argument("--speed", default="1", help="of the replay")
    parser.add_argument("--venue", default="", help="of the replay, where the recording doesn't say")
    parser.add_argument("--symbol", default="", help="that is shown of the replay; the page's choice without")
    parser.add_argument("--after", type=float, default=25, help="seconds of the replay (25)")
    parser.add_argument("--port", default="", help="of the desk; any free one without")
    chosen = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with browsing() as browser:
        blank = browser.new_page()
        found: dict[str, bytes] = {}
        if not chosen.only:
            with LiveProgram(VENUES="SIM", **({"PORT": chosen.port} if chosen.port else {})) as program:
                found = of_the_desk(browser, program.url)
        if chosen.replay:
            found["desk-replay"] = of_a_replay(browser, chosen)
        for name, picture in found.items():
            size = save(blank, picture, FOLDER / f"{name}.png")
            print(
                f"{FOLDER.name}/{name}.png: {size / 1000:.0f} kB{' TOO LARGE' if size > MOST else ''}",
                flush=True,
            )


if __name__ == "__main__":
    main()
