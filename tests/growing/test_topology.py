"""What compose starts, without containers: three webs behind a balancer and two workers, on a server that
takes only TLS and gives each of them no more rights than it needs."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import quote

import pytest
import redis

from feeds import wire
from feeds.groups import in_redis
from tests.fakes.background import Background
from tests.fakes.coinbase import FakeCoinbase
from tests.growing.desk import Desk
from tests.growing.servers import HOST, Server, TlsFront
from tests.integration.client import Client
from tests.support import REPO, wait_for

pytestmark = pytest.mark.live
SIM, BTC = "SIM:BTC-USD", "COINBASE:BTC-USD"
LONG = 30.0  # seconds that anything may take on a busy machine
HARMLESS = ("client|setinfo", "client|maint_notifications")  # tried by redis-py, which does without
RULES = (REPO / "ops" / "valkey.acl").read_text()


class Firm:
    """The desk, its server, and the way to it for each user."""

    def __init__(self, server: Server, front: TlsFront) -> None:
        self.server, self.front = server, front
        self.desk: Desk

    def url(self, user: str) -> str:
        """Return what a program with this user's rights is given as `REDIS_URL`."""
        authority = quote(str(self.front.authority))
        return f"rediss://{user}:{user}-secret@{HOST}:{self.front.port}?ssl_ca_certs={authority}"

    def denied(self) -> list[str]:
        """Return what was asked for without the right to it."""
        with self.server.client() as line:
            log = line.acl_log()
        return [f"{entry['username']} {entry['object']}" for entry in log if entry["object"] not in HARMLESS]


def rules_for(folder: Path) -> Path:
    """Write the rules as an operator does, with passwords, and with a user of this test's own."""
    text = RULES
    for user in ("WEB", "WORKER", "HEALTH"):
        assert f">{user}_PASSWORD" in text
        text = text.replace(f">{user}_PASSWORD", f">{user.lower()}-secret")
    path = folder / "users.acl"
    path.write_text(f"{text}user test on >test-secret +@all ~* &*\n")
    return path


@pytest.fixture
async def firm() -> AsyncIterator[Firm]:
    async with AsyncExitStack() as stack:
        server = Server(user="test:test-secret")
        server.options = ["--aclfile", str(rules_for(server.folder))]
        stack.enter_context(server)
        firm = Firm(server, await stack.enter_async_context(TlsFront(server.port, server.folder)))
        fakes = stack.enter_context(Background(FakeCoinbase, rate=20.0, ticking=True))
        environ = {"VENUES": "SIM,COINBASE"} | fakes.environment
        desk = Desk(firm.url("web"), firm.url("worker"), webs=3, workers=2, **environ)
        firm.desk = await stack.enter_async_context(desk)
        yield firm


def told(client: Client) -> dict[tuple[str, str, int], tuple[float | None, int | None]]:
    """Return each state that a socket held: symbol, epoch, seq → price and the venue's time."""
    states: dict[tuple[str, str, int], tuple[float | None, int | None]] = {}
    held: dict[str, dict] = {}
    epochs: dict[str, str] = {}
    for frame in client.frames:
        if frame["type"] == "snapshot":
            epochs[frame["symbol"]] = frame["epoch"]
            held[frame["symbol"]] = frame["quote"] or {}  # before the first price
        for each in frame.get("quotes", []) if frame["type"] == "update" else ():
            symbol = each["symbol"]
            held[symbol] = now = held[symbol] | each
            states[symbol, epochs[symbol], now["seq"]] = now.get("last"), now.get("time")
    return states


def agree(one: Client, other: Client) -> int:
    """Return how many states two sockets were both told; they were told the same."""
    first, second = told(one), told(other)
    both = first.keys() & second.keys()
    assert [key for key in both if first[key] != second[key]] == []
    return len(both)


async def test_all_webs_tell_the_same_and_a_killed_web_and_a_killed_worker_are_made_up_for(firm):
    desk = firm.desk
    async with Client(desk) as one, Client(desk) as two, Client(desk) as three:
        clients = one, two, three
        for client in clients:
            await client.subscribe(SIM, BTC, streams=("quote", "trades", "bars:1s"))
        for client in clients:
            for symbol in SIM, BTC:
                await client.prices(symbol, 3, LONG)
        for other in two, three:
            await wait_for(lambda other=other: agree(one, other) >= 10, LONG, "states told to both")

        desk.webs[0].send(signal.SIGKILL)
        gone = await wait_for(lambda: [each for each in clients if each.close_code], LONG, "a closed socket")
        assert len(gone) == 1  # the balancer gave each web one
        left = [each for each in clients if each not in gone]
        async with Client(desk) as again:
            await again.subscribe(SIM, BTC)
            before = {symbol: again.epochs[symbol] for symbol in (SIM, BTC)}
            name = before[BTC].partition("-")[2]
            leader = next(
                each for each in desk.workers if any(line.endswith(f" as {name}") for line in each.lines)
            )
            leader.send(signal.SIGKILL)
            for client in (again, *left):
                await client.wait_for(
                    lambda client=client: any(client.epochs[each] > before[each] for each in before),
                    LONG,
                    "a reign of the other worker",
                )
                for symbol in SIM, BTC:
                    await client.prices(symbol, 3, LONG)
                assert client.close_code is None
    assert firm.denied() == []
    assert "Traceback" not in desk.log, desk.log
    await asyncio.to_thread(prices_cannot_be_forged, firm)


def prices_cannot_be_forged(firm: Firm) -> None:
    """Try with the rights of a web, and with those of nobody, what only a worker may, and the like."""
    market = in_redis(wire.MARKET_GROUPS[0])
    with redis.Redis.from_url(firm.url("web")) as web, redis.Redis.from_url(firm.url("worker")) as worker:
        for group in (*wire.MARKET_GROUPS, wire.CONTROL_GROUP, wire.reply_group()):
            assert worker.publish(in_redis(group), "") >= 0
            with pytest.raises(redis.exceptions.NoPermissionError):
                web.publish(in_redis(group), "a price")
        for words in ("GET", "ticker:lease:SIM"), ("FLUSHALL",), ("CONFIG", "GET", "*"), ("KEYS", "*"):
            with pytest.raises(redis.exceptions.NoPermissionError):
                web.execute_command(*words)
        for words in ("SET", "other", "1"), ("FLUSHALL",), ("PUBLISH", in_redis(wire.SESSIONS_GROUP), ""):
            with pytest.raises(redis.exceptions.NoPermissionError):
                worker.execute_command(*words)
    nobody = firm.url("web").replace("web:web-secret@", "")
    with redis.Redis.from_url(nobody) as line, pytest.raises(redis.exceptions.AuthenticationError):
        line.publish(market, "a price")
