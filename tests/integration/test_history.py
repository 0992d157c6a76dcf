"""A venue's past when its REST service is in trouble: prices don't care, and bars come when they can."""

import time
from typing import Any

import httpx
import pytest

from tests.integration.client import Client
from tests.integration.conftest import Desk
from tests.support import wait_for, wait_until

pytestmark = pytest.mark.live
AWAY = 4  # seconds


@pytest.fixture(scope="module")
def desk(start_desk) -> Desk:
    running = start_desk(rate=20)
    wait_until(lambda: running.program.status("/readyz") == 200, 20, "a ready program")
    return running


async def asked(desk: Desk, symbol: str) -> dict[str, Any]:
    """Return the API's newest minutes of a symbol; it must answer within 12 s whatever its venue does."""
    async with httpx.AsyncClient(base_url=desk.program.url, trust_env=False, timeout=12) as http:
        answer = await http.get("/api/bars", params={"symbol": symbol, "limit": 30})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def bars(desk: Desk, symbol: str) -> list[Any]:
    """Return the newest minutes alone."""
    return list((await asked(desk, symbol))["bars"])


async def is_told(desk: Desk, symbol: str) -> bool:
    """Tell whether all minutes are there."""
    return len(await bars(desk, symbol)) == 30


async def test_a_rest_service_that_is_asked_too_often_is_left_in_peace(desk):
    async with Client(desk.program) as client:
        await client.subscribe("COINBASE:BTC-USD", "KRAKEN:BTC-USD")
        await client.prices("COINBASE:BTC-USD", 2)
        await wait_for(lambda: desk.coinbase.requests["/products/BTC-USD/candles"] > 0)
        before, since = desk.coinbase.requests.total(), len(client.frames)
        desk.coinbase.status(429, retry_after=AWAY, body="slow down")
        await client.subscribe("COINBASE:ETH-USD", streams=("quote", "bars:1m"))
        await wait_for(lambda: desk.coinbase.requests.total() > before, what="a request for its past")
        told, before = time.monotonic(), desk.coinbase.requests.total()
        desk.coinbase.healthy()
        missing = await asked(
            desk, "COINBASE:ETH-USD"
        )  # it doesn't wait for a venue that is known to be away
        assert len(missing["bars"]) < 30 and missing["trouble"] == "rate limited (HTTP 429)"
        assert len(await bars(desk, "KRAKEN:ETH-USD")) == 30  # another venue's past is not held up
        assert time.monotonic() - told < AWAY
        await wait_for(lambda: desk.coinbase.requests.total() > before, 14, "the next request")
        assert time.monotonic() - told > AWAY - 0.2
        await wait_for(lambda: is_told(desk, "COINBASE:ETH-USD"), 20, "its past")
        await client.prices("COINBASE:ETH-USD", 2)
        assert client.of("status", since) == []  # the line itself was well all the time
        assert desk.coinbase.connects == 1


async def test_a_web_page_for_an_answer_is_no_history_and_no_harm(desk):
    async with Client(desk.program) as client:
        await client.subscribe("KRAKEN:BTC-USD")
        await client.prices("KRAKEN:BTC-USD", 2)
        since = len(client.frames)
        desk.kraken.html()
        found = await bars(desk, "KRAKEN:SOL-USD")
        assert all(len(bar) == 6 and all(isinstance(value, int | float) for value in bar) for bar in found)
        await client.prices("KRAKEN:BTC-USD", 3)
        assert client.of("status", since) == []
        desk.kraken.healthy()
