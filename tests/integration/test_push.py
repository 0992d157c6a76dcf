"""Prices of one's own, pushed through the whole program: live, stored, counted once, all or none."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.integration.client import Client
from tests.program import LiveProgram, clean_environ
from tests.support import wait_until

pytestmark = pytest.mark.live
TOKEN = "a-secret.of~the_tests"
DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "push.md").read_text()


@pytest.fixture(scope="module")
def program() -> Iterator[LiveProgram]:
    with LiveProgram(VENUES="DESK,SIM", PUSH_TOKEN=TOKEN) as running:
        wait_until(lambda: running.status("/readyz") == 200, 20, "a ready program")
        yield running


@pytest.fixture(scope="module")
def http(program: LiveProgram) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=program.url, trust_env=False, timeout=20, headers=headers) as client:
        yield client


def push(http: httpx.Client, *ticks: dict) -> httpx.Response:
    return http.post("/api/ticks", json={"ticks": list(ticks)})


def refusal(answer: httpx.Response, status: int, code: str) -> str:
    assert answer.status_code == status, answer.text
    assert set(answer.json()) == {"error"} and answer.json()["error"]["code"] == code
    return answer.json()["error"]["message"]


# ------------------------------------------------------------------------- accepted
async def test_what_is_pushed_arrives_live_with_its_trades_and_bars(program, http):
    async with Client(program) as client:
        assert (await client.status("DESK", "off"))["reason"] == "nothing pushed yet"
        await client.subscribe("desk:my-index", streams=("quote", "trades", "bars:1m", "bars:1s"))
        at = int(time.time() * 1000)
        ticks = [
            {"symbol": "DESK:MY-INDEX", "price": 100.0, "size": 2.0, "time": at},
            {"symbol": "desk:my-index", "price": 103, "time": at},
            {"symbol": "DESK:MY-INDEX", "price": 101.5, "size": 0.5},
        ]
        answer = push(http, *ticks)
        assert (answer.status_code, answer.json()) == (200, {"accepted": 3})
        await client.wait_for(
            lambda: client.quotes.get("DESK:MY-INDEX", {}).get("last") == 101.5, what="101.5"
        )
        quote = client.quotes["DESK:MY-INDEX"]
        assert quote["state"] == "live" and at <= quote["time"] <= int(time.time() * 1000)
        told = client.told("quotes")
        assert max(each["hi"] for each in told if each["hi"] is not None) == 103.0
        await client.wait_for(lambda: len(client.told("trades")) == 2, what="both trades")
        assert [trade["price"] for trade in client.told("trades")] == [100.0, 101.5]
        await client.wait_for(
            lambda: bars_add_up(client.bars.get(("DESK:MY-INDEX", "1m"), {})), what="bars of all three"
        )
        assert (await client.status("DESK", "live"))["reason"] == ""


def bars_add_up(bars: dict[int, dict]) -> bool:
    """Tell whether the bars hold both trades and the price between; a minute may end among them."""
    return bool(bars) and (
        sum(bar["trades"] for bar in bars.values()) == 2
        and sum(bar["volume"] for bar in bars.values()) == 2.5
        and max(bar["high"] for bar in bars.values()) == 103.0
        and bars[max(bars)]["close"] == 101.5
    )


def test_it_is_kept_though_nobody_looks_and_found_by_its_name(http):
    assert push(http, {"symbol": "DESK:ALONE", "price": 7.25, "size": 1}).status_code == 200
    quote = wait_until(
        lambda: http.get("/api/quotes", params={"symbols": "DESK:ALONE"}).json()["quotes"], 10, "a quote"
    )[0]
    assert (quote["last"], quote["size"]) == (7.25, 1.0)
    wait_until(lambda: seconds_of(http, "DESK:ALONE"), 10, "a stored bar")
    assert seconds_of(http, "DESK:ALONE")[0][1:] == [7.25, 7.25, 7.25, 7.25, 1.0]
    found = wait_until(
        lambda: http.get("/api/symbols", params={"q": "alone"}).json()["symbols"], 10, "the symbol"
    )
    assert [each["symbol"] for each in found] == ["DESK:ALONE"]
    trades = http.get("/api/trades", params={"symbol": "DESK:ALONE"}).json()["trades"]
    assert [(trade["price"], trade["size"], trade["side"]) for trade in trades] == [(7.25, 1.0, None)]


def seconds_of(http: httpx.Client, symbol: str) -> list:
    return http.get("/api/bars", params={"symbol": symbol, "interval": "1s"}).json()["bars"]


async def test_a_formula_over_a_pushed_symbol_follows_it(program, http):
    formula = "=DESK:LEG * 2 - 50"
    async with Client(program) as client:
        await client.subscribe(formula)
        push(http, {"symbol": "DESK:LEG", "price": 20})
        await client.wait_for(
            lambda: client.quotes.get(formula, {}).get("last") == -10.0, what="a negative value"
        )


async def test_silence_makes_it_stale(program, http):
    async with Client(program) as client:
        await client.subscribe("DESK:SILENT")
        push(http, {"symbol": "DESK:SILENT", "price": 5})
        await client.prices("DESK:SILENT")
        await client.wait_for(lambda: client.quotes["DESK:SILENT"]["state"] == "stale", 20, "a stale price")


def test_the_client_of_the_document_pushes(program, http, tmp_path):
    client = re.findall(r"```python\n(.*?)```", DOCUMENT, re.S)[0]
    assert len(client.splitlines()) < 30
    script = tmp_path / "client.py"
    script.write_text(client)
    run = subprocess.run(
        [sys.executable, str(script), f"{program.url}/api/ticks"],
        input="DESK:FROM-CLIENT 12.5\nDESK:FROM-CLIENT 13.5 4\n",
        env=clean_environ() | {"PUSH_TOKEN": TOKEN},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (run.returncode, run.stdout) == (0, "accepted 1\naccepted 1\n"), run.stderr
    wait_until(lambda: last_of(http, "DESK:FROM-CLIENT") == 13.5, 10, "the last price")


def test_the_curl_line_of_the_document_pushes(program, http):
    line = re.findall(r"^curl .*$", DOCUMENT, re.M)[0].replace("http://127.0.0.1:8000", program.url)
    environ = clean_environ() | {"PUSH_TOKEN": TOKEN, "no_proxy": "*"}
    run = subprocess.run(
        ["sh", "-c", line], env=environ, capture_output=True, text=True, timeout=30, check=False
    )
    if run.returncode == 127:
        pytest.skip("no curl here")
    assert json.loads(run.stdout) == {"accepted": 1}


def last_of(http: httpx.Client, symbol: str) -> float | None:
    quotes = http.get("/api/quotes", params={"symbols": symbol}).json()["quotes"]
    return quotes[0]["last"] if quotes else None


# ------------------------------------------------------------------------- refused
def test_all_or_none_and_the_wrong_one_is_named(http):
    good = {"symbol": "DESK:NONE", "price": 1}
    for wrong, said in (
        ({"symbol": "DESK:NONE", "price": -1}, "ticks[1].price"),
        ({"symbol": "DESK:NONE", "price": 0}, "ticks[1].price"),
        ({"symbol": "DESK:NONE", "price": "1"}, "$.ticks[1].price"),
        ({"symbol": "DESK:NONE", "price": True}, "$.ticks[1].price"),
        ({"symbol": "DESK:NONE"}, "$.ticks[1]"),
        ({"price": 1}, "$.ticks[1]"),
        ({"symbol": "SIM:BTC-USD", "price": 1}, "ticks[1].symbol"),
        ({"symbol": "=DESK:NONE + 1", "price": 1}, "ticks[1].symbol"),
        ({"symbol": "DESK:NO NE", "price": 1}, "ticks[1].symbol"),
        ({"symbol": "DESK:NONE", "price": 1, "size": -0.5}, "ticks[1].size"),
        ({"symbol": "DESK:NONE", "price": 1, "time": int(time.time())}, "ticks[1].time"),
        ({"symbol": "DESK:NONE", "price": 1, "time": int(time.time() * 1000) + 60_000}, "ticks[1].time"),
        (7, "$.ticks[1]"),
    ):
        assert said in refusal(push(http, good, wrong, good), 422, "bad_tick"), wrong
    assert last_of(http, "DESK:NONE") is None


def test_what_is_no_body(http):
    for body, status, code in (
        ("", 400, "bad_json"),
        ("{", 400, "bad_json"),
        ('{"ticks":[{"symbol":"DESK:A","price":NaN}]}', 400, "bad_json"),
        ('{"other":' + "[" * 5_000, 400, "bad_json"),
        (b'{"ticks":[{"symbol":"DESK:\xff","price":1}]}', 400, "bad_json"),
        ("[" * 5_000, 422, "bad_tick"),
        ("[]", 422, "bad_tick"),
        ('{"ticks":[]}', 422, "bad_tick"),
        (json.dumps({"ticks": [{"symbol": "DESK:A", "price": 1}] * 1001}), 422, "bad_tick"),
        ('{"ticks":[]}' + " " * 65_536, 422, "too_long"),
    ):
        refusal(http.post("/api/ticks", content=body), status, code)
    assert push(http, *[{"symbol": "DESK:A", "price": 1}] * 1000).json() == {"accepted": 1000}


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer wrong", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x"]
)
def test_without_the_token_nothing_is_published(http, header):
    answer = http.post("/api/ticks", content="{", headers={"Authorization": header})
    assert TOKEN not in refusal(answer, 401, "bad_token")


def test_a_token_comes_in_a_header_only_and_nothing_is_read(http):
    assert http.get("/api/ticks").status_code == 405
    refusal(http.get("/api/ticks"), 405, "method_not_allowed")


def test_too_many_requests_are_refused_and_later_served(http):
    answers = [push(http, {"symbol": "DESK:FAST", "price": 1}).status_code for _ in range(60)]
    assert set(answers) == {200}, "as fast as one client is, within the burst"
    wait_until(lambda: 429 in flood(http), 20, "a refusal")
    wait_until(lambda: push(http, {"symbol": "DESK:FAST", "price": 2}).status_code == 200, 10, "served again")


def flood(http: httpx.Client) -> set[int]:
    """Send wrong bodies, which cost the server least, and return the statuses."""
    return {http.post("/api/ticks", content="{").status_code for _ in range(300)}


# ------------------------------------------------------------------------- elsewhere
def test_without_a_token_or_its_venue_nothing_can_be_pushed(live_program):
    program = live_program(VENUES="DESK,SIM")
    with httpx.Client(base_url=program.url, trust_env=False, headers={"Authorization": "Bearer x"}) as http:
        assert "PUSH_TOKEN is not set" in refusal(push(http), 403, "not_allowed")
    program = live_program(VENUES="SIM", PUSH_TOKEN=TOKEN)
    with httpx.Client(
        base_url=program.url, trust_env=False, headers={"Authorization": f"Bearer {TOKEN}"}
    ) as http:
        assert "not among VENUES" in refusal(push(http), 403, "not_allowed")


def test_a_login_is_not_asked_for_where_there_is_a_token_and_a_worker_is(live_program):
    program = live_program(VENUES="DESK,SIM", PUSH_TOKEN=TOKEN, LOGIN_REQUIRED="1")
    wait_until(lambda: program.status("/readyz") == 200, 20, "a ready program")
    with httpx.Client(
        base_url=program.url, trust_env=False, timeout=20, headers={"Authorization": f"Bearer {TOKEN}"}
    ) as http:
        assert push(http, {"symbol": "DESK:A", "price": 1}).json() == {"accepted": 1}
        wait_until(lambda: gone(program, http), 25, "503 without a worker")


def gone(program: LiveProgram, http: httpx.Client) -> bool:
    """Kill the worker, which is started again and again; tell whether a push says that it isn't there."""
    if "worker" in program.children():
        program.kill("worker")
    answer = push(http, {"symbol": "DESK:A", "price": 2})
    if answer.status_code == 200:
        return False
    return "worker" in refusal(answer, 503, "unavailable")
