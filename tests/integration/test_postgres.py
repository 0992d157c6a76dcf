"""The whole program on PostgreSQL: it stores and serves bars, and lives through the database's absence."""

import time
from collections.abc import Iterator

import httpx
import psycopg
import pytest

from feeds.market import INTERVALS
from tests.fakes.background import Background
from tests.fakes.coinbase import FakeCoinbase
from tests.integration.client import Client
from tests.postgres import ROLE, Postgres, throwaway_postgres
from tests.program import LiveProgram
from tests.support import wait_for, wait_until

pytestmark = pytest.mark.live
BTC = "COINBASE:BTC-USD"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with throwaway_postgres() as server:
        if server is None:
            pytest.skip("no PostgreSQL on this machine")
        server.create("whole")
        yield server


def count(server: Postgres, interval: str) -> int:
    with psycopg.connect(host=str(server.folder), user=ROLE, dbname="whole") as line:
        row = line.execute("SELECT count(*) FROM feeds_bar WHERE interval = %s", [interval]).fetchone()
        return int(row[0]) if row else 0


async def test_bars_are_stored_and_served_and_the_database_may_go_and_come(postgres):
    with (
        Background(FakeCoinbase, ticking=True, rate=20.0) as fakes,
        LiveProgram(VENUES="COINBASE", DATABASE_URL=postgres.url("whole"), **fakes.environment) as program,
        httpx.Client(base_url=program.url, trust_env=False, timeout=15) as http,
    ):
        (coinbase,) = fakes.venues
        async with Client(program) as client:
            await client.subscribe(BTC, streams=("quote", "bars:1s", "bars:1m"))
            for interval in ("1m", "1h", "1d", "4h"):
                answer = http.get("/api/bars", params={"symbol": BTC, "interval": interval, "limit": 60})
                bars = answer.json()["bars"]
                assert len(bars) == 60 and bars[-1][0] % INTERVALS[interval] == 0
                if interval in ("1m", "1h"):
                    now = int(time.time() * 1000)
                    theirs = coinbase.market.bars("BTC-USD", interval, bars[0][0], bars[-2][0], now)
                    assert [bar[4] for bar in bars[:-2]] == [bar.close for bar in theirs]
            wait_until(lambda: count(postgres, "1m") >= 60, 10, "stored minutes")
            wait_until(lambda: count(postgres, "1s") >= 2, 10, "stored seconds")
            found = http.get("/api/symbols", params={"q": "BTC\0-"}).json()["symbols"]
            assert [each["symbol"] for each in found] == [BTC]

            postgres.stop()
            answer = http.get("/api/bars", params={"symbol": BTC})
            assert answer.status_code == 503 and answer.json()["error"]["code"] == "unavailable"
            assert "database" in http.get("/readyz").json()["error"]["message"]
            await client.prices(BTC, 5)  # live prices need no database
            seconds = [
                bar["time"] for bar in client.told("bars") if bar["interval"] == "1s" and bar["closed"]
            ]
            postgres.start()
            await wait_for(lambda: http.get("/readyz").status_code == 200, 15, "a ready program")
            written = count(postgres, "1s")
            await wait_for(lambda: count(postgres, "1s") > written, 15, "seconds written again")
            answer = http.get("/api/bars", params={"symbol": BTC, "interval": "1s", "limit": 5000})
            assert set(seconds) <= {bar[0] for bar in answer.json()["bars"]}  # what waited was written
            assert client.close_code is None
