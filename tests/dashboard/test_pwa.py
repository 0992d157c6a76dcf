"""What an installed desk is made of: the manifest, the worker and its page. Its behaviour: tests/browser."""

import re
import struct
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import AsyncClient

from dashboard import pwa
from dashboard.modules import indicators
from dashboard.views import boot

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def client() -> AsyncClient:
    return AsyncClient()


def size_of(path: str) -> tuple[int, int]:
    """Return width and height of a PNG, as its header says."""
    head = Path(str(finders.find(path))).read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", head[16:24])


async def test_the_manifest_names_what_there_is(client) -> None:
    answer = await client.get("/manifest.webmanifest")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/manifest+json")
    told = answer.json()
    assert (told["name"], told["display"], told["start_url"], told["scope"]) == (
        "Ticker",
        "standalone",
        "/",
        "/",
    )
    for icon in told["icons"]:
        width, height = size_of(icon["src"].removeprefix("/static/"))
        assert icon["sizes"] == f"{width}x{height}"
    kinds = {(icon["sizes"], icon["purpose"]) for icon in told["icons"]}
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} <= kinds
    assert size_of("icons/apple-touch-icon.png") == (180, 180)
    page = (ROOT / "dashboard" / "templates" / "dashboard" / "index.html").read_text()
    assert "{% url 'manifest' %}" in page and "icons/apple-touch-icon.png" in page


async def test_the_worker_may_speak_for_all_and_is_asked_for_each_time(client) -> None:
    answer = await client.get("/sw.js")
    assert answer["Content-Type"].startswith("text/javascript") and answer["Cache-Control"] == "no-cache"
    assert pwa.text_of(pwa.WORKER) in answer.content.decode()


async def test_another_page_makes_another_worker(client, monkeypatch) -> None:
    before = (await client.get("/sw.js")).content
    assert (await client.get("/sw.js")).content == before
    monkeypatch.setattr(pwa, "STYLE", "css/login.css")
    assert (await client.get("/sw.js")).content != before


async def test_the_page_needs_nothing_but_its_style(client) -> None:
    answer = await client.get("/offline/")
    text = answer.content.decode()
    assert answer.status_code == 200 and not answer.cookies
    assert re.findall(r'(?:src|href)="([^"]+)"', text) == ["/static/css/offline.css"]
    assert "<script" not in text and "style=" not in text
    assert not re.search(r"url\(|@import", pwa.text_of(pwa.STYLE))


async def test_who_opens_the_page_by_hand_is_led_to_the_desk(client) -> None:
    answer = await client.get("/offline/", headers={"Sec-Fetch-Mode": "navigate"})
    assert (answer.status_code, answer["Location"]) == (302, "/")


# --------------------------------------------------------------------------- what the page is told at first
def test_the_page_is_told_of_every_indicator_in_the_folder() -> None:
    names = sorted(path.name for path in (ROOT / "static" / "js" / "indicators").glob("*.js"))
    assert names and indicators() == [f"/static/js/indicators/{name}" for name in names]
    assert boot(None, "a-token")["indicators"] == indicators()
    assert boot(None, "a-token")["csrf"] == "a-token"


def test_without_the_folder_there_is_no_indicator(monkeypatch) -> None:
    monkeypatch.setattr("dashboard.modules.INDICATORS", "js/nothing")
    assert indicators() == []
