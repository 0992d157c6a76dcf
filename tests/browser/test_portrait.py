"""A portrait in a browser, opened from a file: drawn, silent, asking nobody, and its texts are texts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from dashboard.portrait import page as portrait
from dashboard.scene import LOOKS, Drawing
from tests.dashboard.portraits import EVIL, START, bars, line, scene

pytestmark = pytest.mark.browser


@pytest.fixture
def open_file(browser: Browser, tmp_path: Path) -> Iterator[Any]:
    """A function that opens a portrait from a file; at the end it has said nothing and asked nobody."""
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    said, asked = [], []

    def open_one(**more: Any) -> Page:
        file = tmp_path / "chart.html"
        file.write_text(portrait(scene(**more)), encoding="utf-8")
        page = context.new_page()
        page.set_default_timeout(8_000)
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        page.wait_for_selector("#chart .main-svg .xtick", state="attached")
        return page

    yield open_one
    context.close()
    elsewhere = [url for url in asked if not url.startswith(("file:", "data:", "blob:"))]
    assert (said, elsewhere) == ([], [])


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_candles_are_drawn(open_file, theme) -> None:
    some = bars()
    lines = [line(some), line(some, name="RSI 14", pane="rsi", levels=[98, 106])]
    page = open_file(look=LOOKS[theme], lines=lines)
    boxes = page.locator(".boxlayer .trace.boxes")
    assert [boxes.nth(place).locator("path.box").count() for place in range(3)] == [58, 1, 1]
    assert page.locator(".barlayer .point").count() == 60
    assert page.locator(".scatterlayer .js-line").count() == 2
    height = page.locator(".boxlayer path.box").first.bounding_box()
    assert height and height["width"] > 3


@pytest.mark.parametrize("type", ["bars", "line", "area", "heikin"])
@pytest.mark.parametrize("scale", ["linear", "log", "percent"])
def test_every_type_is_drawn_on_every_scale(open_file, type, scale) -> None:
    page = open_file(type=type, scale=scale)
    drawn = {"bars": ".ohlclayer path", "heikin": ".boxlayer path.box"}.get(type, ".scatterlayer .js-line")
    assert page.locator(drawn).count() > 0


def test_no_text_of_anybody_is_read_as_markup(open_file) -> None:
    some = bars()
    page = open_file(
        symbol=f"=SIM:A {EVIL}",
        title=EVIL,
        lines=[line(some, name=EVIL), line(some, name=EVIL, pane="x")],
        compared={EVIL: some},
        drawings=[Drawing("note", [(START, 100.0)], EVIL, "up")],
    )
    page.mouse.move(600, 300)
    page.wait_for_selector(".hoverlayer .legend", state="attached")
    assert page.locator("img, iframe, #chart a[href*=evil], #chart a[*|href*=evil]").count() == 0
    assert page.locator("script").count() == 3
    for place in (".gtitle", ".textpoint text", ".legend .legendtext", ".hoverlayer .legendtext"):
        assert "<img src=x" in page.locator(place).all_text_contents()[-1], place
    assert page.title() == f"{EVIL} · Ticker"
