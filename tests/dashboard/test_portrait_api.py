"""/api/portrait: who may have one, what may be asked for, and the file that comes."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient

from dashboard import portrait_api
from dashboard.answers import Trouble
from dashboard.past import Past
from dashboard.recents import COOKIE, know_again, named
from dashboard.writes import Allowances
from tests.dashboard.portraits import START, bars

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/api/portrait"
END = START + 3_600_000
CHART = {"symbol": "sim:btc-usd", "interval": "1m", "start": START, "end": END}
MANY = [[1, 1]] * 4_000


@pytest.fixture(autouse=True)
def market(monkeypatch) -> list[tuple]:
    """SIM:BTC-USD and SIM:ETH-USD have an hour of bars; returns what is asked of them."""
    asked = []

    async def read(hub: Any, symbol: str, *rest: Any) -> Past:
        asked.append((symbol, *rest))
        return Past(bars() if symbol != "SIM:NONE" else [])

    def known(text: str) -> str:
        if not text.lower().startswith("sim:"):
            raise Trouble(422, "unknown_symbol", f"unknown venue in {text}")
        return text.upper()

    monkeypatch.setattr(portrait_api, "hub", lambda: SimpleNamespace())
    monkeypatch.setattr(portrait_api, "known", known)
    monkeypatch.setattr(portrait_api.past, "bars", read)
    monkeypatch.setattr(portrait_api, "allowances", Allowances(rate=0.2, burst=6.0))
    monkeypatch.setattr(portrait_api, "everybodys", Allowances(rate=1.0, burst=10.0))
    return asked


@pytest.fixture
def client() -> AsyncClient:
    """A browser that has opened the page, and enforces what it has to show."""
    client, page = AsyncClient(enforce_csrf_checks=True), HttpResponse()
    know_again(named(HttpRequest()), page)
    client.cookies[COOKIE] = page.cookies[COOKIE].value
    return client


async def ask(client: AsyncClient, token: str | None = None, **more: Any) -> Any:
    """Ask for a portrait as the page does."""
    token = (await client.get("/api/desk")).json()["token"] if token is None else token
    body = json.dumps(CHART | more)
    return await client.post(PATH, body, content_type="application/json", headers={"X-CSRFToken": token})


def refusal(answer: Any, status: int, code: str) -> str:
    """Return the message of an error in the form that errors have."""
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.content[:300]
    return answer.json()["error"]["message"]


async def test_a_file_comes_with_the_bars_we_have(client, market) -> None:
    answer = await ask(
        client, studies=[{"name": "SMA 20", "colour": "#6ea8fe", "values": [[START, 1], [END, None]]}]
    )
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert answer["Content-Disposition"] == 'attachment; filename="SIM_BTC-USD_1m_2025-11-19.html"'
    assert market == [("SIM:BTC-USD", "1m", START, END, 5_000)]
    text = answer.content.decode()
    assert text.startswith("<!doctype html>") and "2025-11-19 14:10:00" in text and "SMA 20" in text


async def test_everything_that_a_chart_can_be_is_taken(client, market) -> None:
    point = {"time": START, "price": 100.5}
    drawings = [
        {"id": "1", "kind": kind, "points": [point] * many, "text": "note", "colour": "up"}
        for kind, many in {"level": 1, "trend": 2, "ray": 2, "box": 2, "fib": 2, "note": 1}.items()
    ]
    own = {"name": "RSI", "colour": "#aabbcc", "values": [], "pane": "rsi:2", "style": "dots", "levels": [30]}
    own |= {"range": [0, 100], "filled": True}
    answer = await ask(
        client,
        type="heikin",
        scale="percent",
        zone="America/New_York",
        theme="light",
        colours={"up": "#0000ff", "down": "#ff8800"},
        volume=False,
        title="Mine",
        studies=[own],
        compare=["SIM:ETH-USD", "SIM:BTC-USD", "SIM:NONE"],
        drawings=drawings,
        profile={"rows": [[99, 100.5, 3, 1]], "part": 0.25},
    )
    assert answer.status_code == 200, answer.content[:300]
    assert [symbol for symbol, *_ in market] == ["SIM:BTC-USD", "SIM:ETH-USD", "SIM:NONE"]
    text = answer.content.decode()
    assert "#0000ff" in text and "<title>Mine · Ticker</title>" in text and "America" in text


WRONG = [
    ({"interval": "2m"}, 422, "bad_interval"),
    ({"symbol": "NYSE:IBM"}, 422, "unknown_symbol"),
    ({"compare": ["NYSE:IBM"]}, 422, "unknown_symbol"),
    ({"compare": ["SIM:A"] * 7}, 422, "bad_body"),
    ({"symbol": "SIM:NONE"}, 404, "no_bars"),
    ({"start": END}, 422, "bad_parameter"),
    ({"start": END - 5_001 * 60_000}, 422, "bad_parameter"),
    ({"end": 10**15}, 422, "bad_body"),
    ({"start": -1}, 422, "bad_body"),
    ({"type": "kagi"}, 422, "bad_body"),
    ({"zone": "../../etc/passwd"}, 422, "bad_parameter"),
    ({"zone": "Mars/Base"}, 422, "bad_parameter"),
    ({"zone": ""}, 422, "bad_parameter"),
    ({"title": "x" * 121}, 422, "bad_body"),
    ({"colours": {"up": "red", "down": "#000000"}}, 422, "bad_body"),
    ({"profile": {"rows": [[1, 2, -1, 1]]}}, 422, "bad_body"),
    ({"profile": {"rows": [[1, 2, 1, 1]] * 201}}, 422, "bad_body"),
    ({"profile": {"rows": [], "part": 1.5}}, 422, "bad_body"),
    ({"studies": [{"name": "a", "colour": "url(x)", "values": []}]}, 422, "bad_body"),
    ({"studies": [{"name": "a", "colour": "#000000", "values": [], "pane": "a b"}]}, 422, "bad_body"),
    ({"studies": [{"name": "a", "colour": "#000000", "values": [["x", 1]]}]}, 422, "bad_body"),
    ({"studies": [{"name": "a", "colour": "#000000", "values": []}] * 41}, 422, "bad_body"),
    ({"studies": [{"name": "a", "colour": "#000000", "values": MANY}] * 16}, 422, "bad_parameter"),
    ({"drawings": [{"kind": "trend", "points": [{"time": 1, "price": 1}]}]}, 422, "bad_parameter"),
    ({"drawings": [{"kind": "circle", "points": [{"time": 1, "price": 1}]}]}, 422, "bad_body"),
    ({"drawings": [{"kind": "level", "points": [{"time": 1, "price": 1}]}] * 201}, 422, "bad_body"),
    ({"title": "x" * 1_100_000}, 413, "too_long"),
]


@pytest.mark.parametrize(("more", "status", "code"), WRONG, ids=[str(more)[:50] for more, _, _ in WRONG])
async def test_what_can_not_be_shown_is_refused_with_the_reason(client, more, status, code) -> None:
    assert len(refusal(await ask(client, **more), status, code)) > 5


async def test_only_the_page_of_somebody_known_may_ask(client) -> None:
    refusal(await ask(client, token="x" * 64), 403, "bad_token")
    stranger = await AsyncClient().post(PATH, json.dumps(CHART), content_type="application/json")
    refusal(stranger, 403, "not_known")
    token = (await client.get("/api/desk")).json()["token"]
    form = await client.post(PATH, {"csrfmiddlewaretoken": token, "symbol": "SIM:BTC-USD"})
    refusal(form, 422, "bad_body")
    assert (await client.get(PATH)).status_code in (404, 405)


async def test_where_one_must_log_in_nobody_else_has_one(client, settings) -> None:
    settings.LOGIN_REQUIRED = True
    refusal(await ask(client, token=""), 401, "login_required")


async def test_nobody_has_many_in_a_row(client) -> None:
    token = (await client.get("/api/desk")).json()["token"]
    statuses = [(await ask(client, token=token, interval="2m")).status_code for _ in range(8)]
    assert statuses == [422] * 6 + [429] * 2
