"""Formula symbols through the whole program: streamed like a symbol, over the socket and over HTTP."""

import time
from collections.abc import Iterator
from urllib.parse import quote as encoded

import httpx
import pytest

from feeds.market import INTERVALS
from tests.integration.client import Client
from tests.integration.conftest import Desk
from tests.program import LiveProgram
from tests.support import wait_for, wait_until

pytestmark = pytest.mark.live
ETH, BTC = "SIM:ETH-USD", "SIM:BTC-USD"
RATIO, SPREAD = f"=({ETH} / {BTC})", f"={ETH} - {BTC}"


@pytest.fixture(scope="module")
def program() -> Iterator[LiveProgram]:
    with LiveProgram(VENUES="SIM", SIM_RATE="20", WATCH=f"={ETH} ÷ 2") as running:
        wait_until(lambda: running.status("/readyz") == 200, 20, "a ready program")
        yield running


@pytest.fixture(scope="module")
def http(program: LiveProgram) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=program.url, trust_env=False, timeout=20) as client:
        yield client


async def test_it_is_streamed_like_a_symbol_and_its_venue_is_told(program):
    async with Client(program) as client:
        await client.say("subscribe", id=1, symbols=["=( sim:eth-usd ÷ sim:btc-usd )"])
        assert (await client.frame("subscribed", id=1))["symbols"] == [RATIO]
        await client.frame("snapshot", symbol=RATIO)
        price = await client.prices(RATIO, 5)
        assert price["state"] == "live" and abs(price["time"] - time.time() * 1000) < 5_000
        assert price["bid"] <= price["last"] <= price["ask"] and price["bid"] < price["ask"]
        assert (await client.status("FORMULA", "live"))["reason"] == ""
        await wait_for(lambda: formulas_of(program)["ticks_per_second"] > 0, 10, "a rate of values")
        assert formulas_of(program)["state"] == "live" and formulas_of(program)["symbols"] >= 1


def formulas_of(program: LiveProgram) -> dict:
    venues = httpx.get(f"{program.url}/api/venues", trust_env=False).json()["venues"]
    return next(each for each in venues if each["venue"] == "FORMULA")


def lasts_of(client: Client, symbol: str) -> list[float]:
    """Return every last price told of a symbol, the snapshot's first."""
    snapshots = [frame["quote"] for frame in client.of("snapshot") if frame["symbol"] == symbol]
    told = [each for each in client.told("quotes") if each["symbol"] == symbol]
    return [each["last"] for each in snapshots + told if each and each.get("last") is not None]


async def test_each_value_is_that_of_its_legs(program):
    """The legs go on while we look, so each value must be one that two of their prices make."""
    async with Client(program) as client:
        await client.say("rate", max=20)
        await client.subscribe(ETH, BTC, SPREAD)

        def right() -> int:
            possible = {a - b for a in lasts_of(client, ETH) for b in lasts_of(client, BTC)}
            made = {value for value in lasts_of(client, SPREAD) if value < 0}
            return sum(
                any(value == pytest.approx(each, abs=1e-6, rel=0) for each in possible) for value in made
            )

        await client.wait_for(lambda: right() >= 10, 20, "ten values made of the legs' prices")


async def test_it_has_bars_and_no_trades(program):
    async with Client(program) as client:
        await client.subscribe(SPREAD, streams=("quote", "trades", "bars:1s", "bars:1m", "bars:5m"))
        closed = await client.wait_for(
            lambda: [bar for bar in client.bars.get((SPREAD, "1s"), {}).values() if bar["closed"]][1:],
            10,
            "bars",
        )
        for bar in closed:
            assert (
                bar["low"]
                <= min(bar["open"], bar["close"])
                <= max(bar["open"], bar["close"])
                <= bar["high"]
                < 0
            )
            assert (bar["volume"], bar["trades"]) == (0.0, 0)
        for interval in ("1m", "5m"):
            bars = await client.wait_for(lambda i=interval: client.bars.get((SPREAD, i)), 10, interval)
            assert bars[max(bars)]["low"] <= client.quotes[SPREAD]["last"] * 0.99
        assert client.told("trades") == [] and client.trades[SPREAD] == {}


@pytest.mark.parametrize("interval", ["1m", "5m", "1h", "1d"])
def test_its_past_is_made_of_that_of_its_legs(http, interval):
    answers = {
        symbol: http.get(f"/api/bars?symbol={encoded(symbol, safe='')}&interval={interval}&limit=40").json()
        for symbol in (ETH, BTC, RATIO)
    }
    assert answers[RATIO]["symbol"] == RATIO
    legs = {symbol: {bar[0]: bar for bar in answers[symbol]["bars"]} for symbol in (ETH, BTC)}
    bars = answers[RATIO]["bars"]
    step, last = INTERVALS[interval], bars[-1][0]
    assert [bar[0] for bar in bars] == list(range(last - 39 * step, last + step, step))
    assert last >= max(legs[ETH]) - step  # where nobody watched it, its forming bar may have to begin yet
    for at, opened, high, low, closed, volume in bars[1:-2]:  # the newest goes on while we ask
        first, second = legs[ETH][at], legs[BTC][at]
        assert (opened, closed) == pytest.approx((first[1] / second[1], first[4] / second[4]))
        assert (high, low, volume) == (max(opened, closed), min(opened, closed), 0.0)
    at, opened, high, low, closed, _ = bars[-1]
    assert opened == pytest.approx(legs[ETH][at][1] / legs[BTC][at][1], rel=1e-3)
    assert low <= min(opened, closed) and max(opened, closed) <= high


def test_a_window_of_the_past(http):
    end = int(time.time() // 60 - 30) * 60_000
    params = {"symbol": SPREAD, "interval": "1m", "start": end - 600_000, "end": end}
    bars = http.get("/api/bars", params=params).json()["bars"]
    assert [bar[0] for bar in bars] == list(range(end - 600_000, end, 60_000))
    assert http.get("/api/bars", params=params | {"limit": 3}).json()["bars"] == bars[:3]
    older = end - 5 * 86_400_000  # older than what was fetched so far
    bars = http.get(
        "/api/bars", params={"symbol": SPREAD, "interval": "1m", "end": older, "limit": 20}
    ).json()["bars"]
    assert len(bars) == 20 and bars[-1][0] == older - 60_000


def test_quotes_of_it_beside_a_symbol(http):
    url = f"/api/quotes?symbols={encoded(SPREAD)},{BTC},{encoded(f'={BTC}+1')}"
    quotes = {each["symbol"]: each for each in http.get(url).json()["quotes"]}
    assert set(quotes) == {SPREAD, BTC, f"={BTC} + 1"}
    assert quotes[SPREAD]["last"] < 0 and quotes[SPREAD]["size"] is None


def test_what_is_no_formula_and_what_no_leg_can_be(http):
    for symbol, status, said in (
        (f"={BTC} -", 422, f"at character {len(BTC) + 4}"),
        ("=1 + 1", 422, "no symbol in it"),
        (f"={BTC} - SIM:NO-SUCH", 404, "unknown symbol SIM:NO-SUCH"),
        (f"={BTC} - KRAKEN:BTC-USD", 404, "unknown venue KRAKEN; on here: SIM"),
    ):
        answer = http.get("/api/bars", params={"symbol": symbol})
        assert answer.status_code == status and said in answer.json()["error"]["message"]
    assert "FORMULA" not in {each["venue"] for each in http.get("/api/symbols").json()["symbols"]}


async def test_a_bad_one_is_rejected_with_its_reason_and_costs_the_others_nothing(program):
    async with Client(program) as client:
        await client.say("subscribe", id=9, symbols=["=SIM:A +", f"={BTC} - SIM:NO-SUCH", BTC])
        answer = await client.frame("subscribed", id=9)
        assert answer["symbols"] == [BTC]
        assert "missing at the end" in answer["rejected"]["=SIM:A +"]
        assert "SIM:NO-SUCH" in answer["rejected"][f"={BTC} - SIM:NO-SUCH"]


async def test_it_is_as_stale_as_its_worst_leg(start_desk):
    desk: Desk = start_desk(rate=10)
    program = desk.program
    wait_until(lambda: program.status("/readyz") == 200, 20, "a ready program")
    formula = f"=COINBASE:BTC-USD - KRAKEN:BTC-USD + {BTC} * 0"
    async with Client(program) as client:
        await client.subscribe(formula, "COINBASE:BTC-USD", "KRAKEN:BTC-USD")
        await client.prices(formula, 3)
        desk.kraken.stall()
        await client.wait_for(lambda: client.quotes[formula]["state"] == "stale", 20, "a stale formula")
        assert client.quotes["COINBASE:BTC-USD"]["state"] == "live"
        assert client.quotes["KRAKEN:BTC-USD"]["state"] == "stale"
        desk.kraken.resume()
        await client.wait_for(lambda: client.quotes[formula]["state"] == "live", 30, "a live formula")
