"""The feed worker by itself: it starts its feeds at once, ends cleanly, and outlives its Redis."""

import signal
import sqlite3
from pathlib import Path

import pytest
import redis

from feeds.symbols import name_of
from tests.fakes.background import Background
from tests.fakes.coinbase import FakeCoinbase
from tests.fakes.market import wall
from tests.integration.worker import Worker
from tests.support import ValkeyServer, wait_until
from ticker.embedded import private_folder

pytestmark = pytest.mark.live
BTC = "COINBASE:BTC-USD"
SOON = 9.0  # s: the figure is 3 s; a busy machine takes longer


def bars(database: Path, interval: str) -> list[tuple]:
    with sqlite3.connect(database) as line:
        return line.execute(
            "SELECT symbol, time, close FROM feeds_bar WHERE interval = ? ORDER BY time", [interval]
        ).fetchall()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_soon_lets_its_venue_go_and_writes_what_waits(valkey, how):
    with Background(FakeCoinbase) as fakes:
        (coinbase,) = fakes.venues
        environ = {"VENUES": "COINBASE", "WATCH": BTC, "REDIS_URL": valkey.url} | fakes.environment
        with Worker(**environ) as worker:
            fakes.do(coinbase.subscribed(name_of(BTC), 20))
            line = coinbase.lines[0]
            first = fakes.do(coinbase.send_trade(name_of(BTC), 101.5, 2.0))
            second = first.time - first.time % 1000
            wait_until(lambda: wall() >= second + 1_300, 5, "the end of the second")
            code, seconds = worker.end(how)
            assert (code, worker.lines[-1]) == (0, "INFO feeds.worker: stopped")
            assert seconds < SOON
            fakes.do(coinbase.until(lambda: not coinbase.lines, 5))
            assert line.ws.close_code in (1000, 1001)  # told, not torn
            assert any(at == second and close == 101.5 for _, at, close in bars(worker.database, "1s"))
            assert not any("Traceback" in text for text in worker.lines)


def test_without_its_redis_it_runs_on_and_says_so_and_is_heard_when_that_comes():
    folder = private_folder()
    server = ValkeyServer(folder)
    with Background(FakeCoinbase) as fakes:
        (coinbase,) = fakes.venues
        environ = {"VENUES": "COINBASE", "WATCH": BTC, "REDIS_URL": server.url} | fakes.environment
        with Worker(**environ) as worker:
            worker.says("can't publish: ")
            assert worker.says("channel layer: ").endswith("; listening again until it is heard")
            fakes.do(coinbase.subscribed(name_of(BTC), 20))
            fakes.do(coinbase.send_trade(name_of(BTC), 7.0, 1.0))
            assert worker.process.poll() is None
            server.start()
            try:
                worker.says("publishing again", 15)
                with redis.Redis.from_url(server.url) as client:
                    wait_until(lambda: client.pubsub_channels("*feeds*"), 10, "a listener for commands")
                    heard = client.pubsub()
                    heard.psubscribe("*market.control.*")
                    wait_until(lambda: (m := heard.get_message()) and m["type"] == "pmessage", 10, "a sync")
                assert coinbase.connects == 1  # its venue never knew
                assert len([text for text in worker.lines if "can't publish" in text]) < 5
                assert worker.end(signal.SIGTERM)[0] == 0
            finally:
                server.stop()
    assert not any("Traceback" in text for text in worker.lines), "\n".join(worker.lines)


def test_with_its_redis_gone_it_ends_in_time_too(valkey):
    with Background(FakeCoinbase) as fakes:
        environ = {"VENUES": "COINBASE", "WATCH": BTC, "REDIS_URL": valkey.url} | fakes.environment
        with Worker(**environ) as worker:
            fakes.do(fakes.venues[0].subscribed(name_of(BTC), 20))
            valkey.stop()
            worker.says("can't publish: ")
            code, seconds = worker.end(signal.SIGTERM)
            assert code == 0 and seconds < SOON
