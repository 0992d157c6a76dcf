"""Every path of the HTTP side over a real socket: answers, errors in their one form, and never a page."""

import json
import os
import signal
import time
from collections.abc import Iterator

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from feeds.market import INTERVALS
from tests.integration.client import Client
from tests.integration.conftest import Desk
from tests.support import wait_until

pytestmark = pytest.mark.live
BTC, SIM = "COINBASE:BTC-USD", "SIM:BTC-USD"
FORM = {400, 401, 403, 404, 405, 422, 429, 503}
CHECKS = ("database", "channel_layer", "worker", "prices", "loop")


@pytest.fixture(scope="module")
def desk(start_desk) -> Desk:
    running = start_desk(rate=10, SIM_RATE="20")
    wait_until(lambda: running.program.status("/readyz") == 200, 20, "a ready program")
    return running


@pytest.fixture(scope="module")
def http(desk: Desk) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=desk.program.url, trust_env=False, timeout=20) as client:
        yield client


def body(answer: httpx.Response) -> dict:
    """Return the body of a success, which is strict JSON."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return json.loads(answer.text, parse_constant=pytest.fail)


# ------------------------------------------------------------------------- answers
def test_symbols_by_the_beginning_of_their_name(http):
    found = body(http.get("/api/symbols", params={"q": "coinbase:b", "limit": 5}))["symbols"]
    assert [each["symbol"] for each in found] == [BTC]
    fields = {"symbol", "venue", "name", "base", "quote", "kind", "tick_size", "status"}
    assert fields <= set(found[0])
    assert (found[0]["base"], found[0]["quote"], found[0]["tick_size"]) == ("BTC", "USD", 0.01)
    btc = body(http.get("/api/symbols", params={"q": "btc"}))["symbols"]
    assert {each["venue"] for each in btc} == {"COINBASE", "KRAKEN", "SIM"}
    only = body(http.get("/api/symbols", params={"venue": "kraken"}))["symbols"]
    assert {each["venue"] for each in only} == {"KRAKEN"} and len(only) > 5
    assert len(body(http.get("/api/symbols", params={"limit": 2}))["symbols"]) == 2
    for nothing in ("%", "_", "no-such", "';--", "🚀"):
        assert body(http.get("/api/symbols", params={"q": nothing})) == {"symbols": []}
    assert body(http.get("/api/symbols?q=%00&limit=1"))["symbols"]
    assert http.get("/api/symbols?q=%ff").status_code == 200


def test_what_this_browser_used_lately_comes_first(desk):
    def first(client: httpx.Client, **query: str) -> list[str]:
        return [each["symbol"] for each in body(client.get("/api/symbols", params=query))["symbols"]][:2]

    with httpx.Client(base_url=desk.program.url, trust_env=False, timeout=20) as browser:
        assert (
            browser.get("/api/symbols").cookies == browser.get("/api/bars?symbol=SIM:ETH-USD").cookies == {}
        )
        assert "HttpOnly" in browser.get("/").headers["set-cookie"]
        assert "SIM:ETH-USD" not in first(browser)  # what was used before it was known is nobody's
        for symbol in ("SIM:ETH-USD", "KRAKEN:ETH-USD"):
            body(browser.get("/api/bars", params={"symbol": symbol, "limit": 1}))
            wait_until(lambda symbol=symbol: first(browser)[0] == symbol, 20, f"{symbol} at the top")
        assert first(browser, q="eth") == ["KRAKEN:ETH-USD", "SIM:ETH-USD"]
        assert first(browser, q="eth", venue="sim")[0] == "SIM:ETH-USD"
        assert not {"KRAKEN:ETH-USD", "SIM:ETH-USD"} & set(first(browser, q="btc"))
    with httpx.Client(base_url=desk.program.url, trust_env=False, timeout=20) as another:
        another.get("/")
        assert "SIM:ETH-USD" not in first(another)


def test_quotes_of_several_symbols(http):
    quotes = body(http.get("/api/quotes", params={"symbols": f"{SIM.lower()},{BTC},{BTC}"}))["quotes"]
    assert {quote["symbol"] for quote in quotes} == {SIM, BTC}
    for quote in quotes:
        assert quote["last"] is not None and quote["bid"] <= quote["last"] * 1.001
        assert abs(quote["time"] - time.time() * 1000) < 10_000


def bars_once_told(http, **params):
    """Return bars when the venue's history is told: a busy machine may take longer than one answer waits."""

    def told():
        answer = body(http.get("/api/bars", params=params))
        return None if answer["trouble"] else answer

    return wait_until(told, 30, "the venue's history")


@pytest.mark.parametrize("interval", INTERVALS)
def test_bars_of_every_interval_oldest_first_without_a_hole(http, desk, interval):
    answer = bars_once_told(http, symbol="sim:btc-usd", interval=interval, limit=50)
    assert (answer["symbol"], answer["interval"]) == (SIM, interval)
    times = [bar[0] for bar in answer["bars"]]
    step = INTERVALS[interval]
    assert times == sorted(set(times))
    if step >= 60_000:
        assert times == list(range(times[0], times[0] + 50 * step, step))
    assert times[-1] > time.time() * 1000 - 2 * max(step, 5_000)
    for _, opened, high, low, closed, volume in answer["bars"]:
        assert low <= min(opened, closed) and max(opened, closed) <= high and volume >= 0


def test_bars_of_a_venue_are_those_the_venue_has(http, desk):
    now = int(time.time() * 1000)
    start = now - now % 60_000 - 60 * 60_000
    params = {"symbol": BTC, "interval": "1m", "start": start, "end": start + 30 * 60_000}
    bars = body(http.get("/api/bars", params=params))["bars"]
    theirs = desk.coinbase.market.bars("BTC-USD", "1m", start, start + 30 * 60_000, now)
    wanted = [[b.time, b.open, b.high, b.low, b.close, b.volume] for b in theirs]
    assert bars == [pytest.approx(bar, rel=1e-9) for bar in wanted]
    first = body(http.get("/api/bars", params=params | {"limit": 3}))["bars"]
    assert first == bars[:3]  # with a start, the first from there
    newest = body(http.get("/api/bars", params={"symbol": BTC, "end": start + 30 * 60_000, "limit": 3}))
    assert newest["bars"] == bars[-3:]
    nothing = body(http.get("/api/bars", params=params | {"end": start}))
    assert nothing["bars"] == []


async def test_between_history_and_stream_no_bar_can_fall(http, desk):
    async with Client(desk.program) as client:
        await client.subscribe(BTC, streams=("quote", "bars:1s", "bars:1m"))
        await client.wait_for(lambda: client.bars[BTC, "1s"], what="a first bar")  # nobody has older seconds
        history = {}
        async with httpx.AsyncClient(base_url=desk.program.url, trust_env=False) as asking:
            for interval in ("1s", "1m"):
                params = {"symbol": BTC, "interval": interval, "limit": 20}
                history[interval] = body(await asking.get("/api/bars", params=params))["bars"]
        await client.wait_for(lambda: len(client.bars[BTC, "1s"]) >= 5, what="five bars of the stream")
        for interval, bars in history.items():
            streamed = client.bars.get((BTC, interval), {})
            assert min(streamed) <= bars[-1][0] + INTERVALS[interval]
            held = {bar[0] for bar in bars} | set(streamed)
            first, last = min(bar[0] for bar in bars), max(held)
            if interval == "1m":
                assert held == set(range(first, last + 1, INTERVALS[interval]))
            closed = {time for time, bar in streamed.items() if bar["closed"]}
            params = {"symbol": BTC, "interval": interval, "start": min(closed or {last})}
            async with httpx.AsyncClient(base_url=desk.program.url, trust_env=False) as asking:
                again = body(await asking.get("/api/bars", params=params))["bars"]
            told = {bar[0]: bar[1:] for bar in again}
            for at in closed:
                bar = streamed[at]
                assert told[at] == [bar[key] for key in ("open", "high", "low", "close", "volume")]


def test_trades_newest_first(http):
    trades = body(http.get("/api/trades", params={"symbol": SIM, "limit": 5}))["trades"]
    wait_until(
        lambda: len(body(http.get(f"/api/trades?symbol={SIM}&limit=5"))["trades"]) == 5, 10, "5 trades"
    )
    trades = body(http.get("/api/trades", params={"symbol": SIM, "limit": 5}))["trades"]
    times = [trade["time"] for trade in trades]
    assert times == sorted(times, reverse=True)
    assert {"symbol", "id", "time", "price", "size", "side"} <= set(trades[0])


def test_venues_with_their_counters(http):
    venues = {each["venue"]: each for each in body(http.get("/api/venues"))["venues"]}
    assert list(venues) == ["COINBASE", "KRAKEN", "SIM"]
    counters = {"symbols", "ticks_per_second", "last_tick", "reconnects", "errors"}
    assert set(venues["SIM"]) >= {"venue", "state", "since", "reason"} | counters
    assert venues["SIM"]["state"] == "live" and venues["SIM"]["symbols"] >= 1


def test_the_document_lists_every_path(http):
    spec = body(http.get("/api/docs"))
    assert spec["openapi"].startswith("3.")
    read = ("symbols", "quotes", "bars", "trades", "venues", "sparks", "elsewhere", "desk")
    paths = {f"/api/{name}" for name in read}
    assert set(spec["paths"]) == paths | {"/api/ticks", "/api/portrait"}
    sent = [spec["paths"]["/api/desk"]["put"], spec["paths"]["/api/portrait"]["post"]]
    assert all("schema" in each["requestBody"]["content"]["application/json"] for each in sent)
    assert {"403", "409", "413", "429"} <= set(sent[0]["responses"])
    for path in paths:
        answers = spec["paths"][path]["get"]["responses"]
        assert {"200", "401", "404", "422", "503"} <= set(answers)
        assert "schema" in answers["200"]["content"]["application/json"]
    names = {each["name"] for each in spec["paths"]["/api/bars"]["get"]["parameters"]}
    assert names == {"symbol", "interval", "start", "end", "limit"}


def test_metrics_are_prometheus_text(http):
    text = http.get("/metrics").text
    families = {family.name: family for family in text_string_to_metric_families(text)}
    samples = [sample for family in families.values() for sample in family.samples]
    assert any(sample.labels.get("venue") == "SIM" and sample.value == 1.0 for sample in samples)


def test_the_page_and_the_word_that_it_is_alive(http):
    page = http.get("/")
    assert page.status_code == 200 and "text/html" in page.headers["content-type"]
    assert http.get("/?symbol=COINBASE:BTC-USD&interval=5m").status_code == 200
    assert http.get("/healthz").json() == {"status": "ok"}
    assert http.get("/readyz").json()["checks"] == dict.fromkeys(CHECKS, True)


# ------------------------------------------------------------------------- errors
WRONG = [
    ("/api/", 404),
    ("/api/nothing", 404),
    ("/api/bars/", 404),
    ("/api/..%2fetc/passwd", 404),
    ("/api/%00", 404),
    ("/api/<script>alert(1)</script>", 404),
    ("/api/symbols?limit=0", 422),
    ("/api/symbols?limit=501", 422),
    ("/api/symbols?limit=ten", 422),
    ("/api/symbols?limit=1e3", 422),
    ("/api/symbols?venue=NYSE", 404),
    ("/api/quotes", 422),
    ("/api/quotes?symbols=", 422),
    ("/api/quotes?symbols=,,", 422),
    ("/api/quotes?symbols=BTC-USD", 422),
    ("/api/quotes?symbols=NYSE:IBM", 404),
    ("/api/quotes?symbols=SIM:NO-SUCH", 404),
    (f"/api/quotes?symbols={','.join(f'SIM:S{n}' for n in range(201))}", 422),
    ("/api/bars", 422),
    ("/api/bars?symbol=", 422),
    ("/api/bars?symbol=SIM", 422),
    ("/api/bars?symbol=SIM:<img src=x>", 422),
    ("/api/bars?symbol=SIM:%00", 422),
    ("/api/bars?symbol=SIM:%ff%fe", 422),
    ("/api/bars?symbol=SIM:BTC٣", 422),
    ("/api/bars?symbol=NYSE:IBM", 404),
    ("/api/bars?symbol=COINBASE:NO-SUCH", 404),
    ("/api/bars?symbol=SIM:BTC-USD&interval=2m", 422),
    ("/api/bars?symbol=SIM:BTC-USD&interval=", 422),
    ("/api/bars?symbol=SIM:BTC-USD&limit=0", 422),
    ("/api/bars?symbol=SIM:BTC-USD&limit=5001", 422),
    ("/api/bars?symbol=SIM:BTC-USD&limit=-1", 422),
    ("/api/bars?symbol=SIM:BTC-USD&limit=NaN", 422),
    ("/api/bars?symbol=SIM:BTC-USD&start=-1", 422),
    ("/api/bars?symbol=SIM:BTC-USD&start=yesterday", 422),
    ("/api/bars?symbol=SIM:BTC-USD&end=1e999", 422),
    (f"/api/bars?symbol=SIM:BTC-USD&end={10**30}", 422),
    ("/api/trades", 422),
    ("/api/trades?symbol=SIM:BTC-USD&limit=0", 422),
    ("/api/trades?symbol=SIM:BTC-USD&limit=1001", 422),
    ("/api/trades?symbol=NYSE:IBM", 404),
]


def error_of(answer: httpx.Response) -> dict:
    """Return the error of an answer that has the one form of errors."""
    assert answer.status_code in FORM
    assert answer.headers["content-type"] == "application/json", answer.text[:200]
    assert set(answer.json()) == {"error"} and set(answer.json()["error"]) == {"code", "message"}
    error = answer.json()["error"]
    assert error["code"].replace("_", "").isalpha() and len(error["message"]) > 5
    assert "Traceback" not in answer.text and len(answer.text) < 1_000
    return error


@pytest.mark.parametrize(("path", "status"), WRONG, ids=[path[:60] for path, _ in WRONG])
def test_what_is_asked_wrongly_is_answered_in_the_form_of_errors(http, path, status):
    answer = http.get(path)
    assert answer.status_code == status, answer.text[:300]
    error_of(answer)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/api/bars?symbol=SIM:BTC-USD", "/api/nothing"])
def test_nothing_is_changed_over_the_api(http, method, path):
    answer = http.request(method, path, json={"symbol": SIM})
    assert answer.status_code in (404, 405)
    error_of(answer)


def test_another_hosts_name_is_an_error_of_the_form_too(http):
    answer = http.get("/api/venues", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    error_of(answer)


def test_an_error_says_what_is_right(http):
    assert "1m" in error_of(http.get(f"/api/bars?symbol={SIM}&interval=2m"))["message"]
    assert "5000" in error_of(http.get(f"/api/bars?symbol={SIM}&limit=9999"))["message"]
    assert "COINBASE KRAKEN SIM" in error_of(http.get("/api/trades?symbol=NYSE:IBM"))["message"]
    assert "symbols" in error_of(http.get("/api/quotes"))["message"]


# ------------------------------------------------------------------------- readiness
@pytest.mark.parametrize(("process", "part"), [("worker", "worker"), ("valkey", "channel_layer")])
def test_what_can_not_be_reached_is_named(http, desk, process, part):
    wait_until(lambda: http.get("/readyz").status_code == 200, 20, "a ready program")
    pid = desk.program.children()[process]
    os.kill(pid, signal.SIGSTOP)
    try:
        answer = wait_until(lambda: (a := http.get("/readyz")).status_code == 503 and a, 15, "503")
        assert part in answer.json()["error"]["message"]
        assert answer.json()["checks"][part] is False
        assert http.get("/healthz").status_code == 200
    finally:
        os.kill(pid, signal.SIGCONT)
    wait_until(lambda: http.get("/readyz").status_code == 200, 20, "a ready program")
