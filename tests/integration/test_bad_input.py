"""Whatever a client sends: an error that says what is right, an open socket, and nobody else harmed."""

import json
from collections.abc import AsyncIterator

import pytest
import redis

from tests.integration.client import Client
from tests.program import LiveProgram
from tests.support import ValkeyServer, wait_until

pytestmark = pytest.mark.live
BTC = "SIM:BTC-USD"

UNREADABLE = {
    "no JSON": ("{", "bad_json"),
    "words": ("hello", "bad_json"),
    "empty": ("", "bad_json"),
    "blank": (" \n", "bad_json"),
    "binary": (b'{"type":"ping"}', "bad_message"),
    "binary junk": (b"\x00\xff\xfe", "bad_message"),
    "a list": ("[]", "bad_message"),
    "null": ("null", "bad_message"),
    "a number": ("7", "bad_message"),
    "a text": ('"ping"', "bad_message"),
    "nested": ("[" * 30_000, "bad_json"),
    "nested and closed": ("[" * 30_000 + "]" * 30_000, "bad_json"),
    "nested objects": ('{"type":' * 10_000, "bad_json"),
    "NaN": ('{"type":"rate","max":NaN}', "bad_json"),
    "Infinity": ('{"type":"rate","max":Infinity}', "bad_json"),
    "100 kB": (json.dumps({"type": "ping", "x": "y" * 100_000}), "bad_message"),
    "400 kB": (json.dumps({"type": "ping", "x": "y" * 400_000}), "bad_message"),
    "half a surrogate": ('{"type":"subscribe","symbols":["\\ud800"]}', "bad_json"),
}
UNSERVED = {
    "no type": ({"symbols": [BTC]}, "unknown_type"),
    "unknown type": ({"type": "buy"}, "unknown_type"),
    "a type of Channels": ({"type": "websocket.disconnect"}, "unknown_type"),
    "a method's name": ({"type": "__class__"}, "unknown_type"),
    "a type that is a list": ({"type": ["ping"]}, "unknown_type"),
    "no symbols": ({"type": "subscribe"}, "bad_message"),
    "symbols as a text": ({"type": "subscribe", "symbols": BTC}, "bad_message"),
    "symbols as numbers": ({"type": "subscribe", "symbols": [1, 2]}, "bad_message"),
    "a symbol that is null": ({"type": "subscribe", "symbols": [None]}, "bad_message"),
    "unknown stream": ({"type": "subscribe", "symbols": [BTC], "streams": ["book"]}, "bad_message"),
    "no streams": ({"type": "subscribe", "symbols": [BTC], "streams": []}, "bad_message"),
    "streams as a text": ({"type": "subscribe", "symbols": [BTC], "streams": "quote"}, "bad_message"),
    "ack of a text": ({"type": "ack", "n": "1"}, "bad_message"),
    "ack of none": ({"type": "ack"}, "bad_message"),
    "ack below nothing": ({"type": "ack", "n": -1}, "bad_message"),
    "ack of what was never sent": ({"type": "ack", "n": 10**9}, "bad_message"),
    "ack beyond 64 bits": ({"type": "ack", "n": 2**70}, "bad_message"),
    "rate of none": ({"type": "rate", "max": 0}, "bad_message"),
    "rate below nothing": ({"type": "rate", "max": -5}, "bad_message"),
    "rate too high": ({"type": "rate", "max": 21}, "bad_message"),
    "rate of a text": ({"type": "rate", "max": "fast"}, "bad_message"),
    "ping of a text": ({"type": "ping", "time": "x" * 60_000}, "bad_message"),
    "10,000 symbols": (
        {"type": "subscribe", "symbols": [f"SIM:S{n}" for n in range(10_000)]},
        "too_many_symbols",
    ),
    "201 symbols": ({"type": "subscribe", "symbols": [f"SIM:S{n}" for n in range(201)]}, "too_many_symbols"),
}
MALICIOUS = [
    "user_42", "market.control", "SIM:t.1\n", "../../etc/passwd", "SIM:BTC٣", "SIM:" + "A" * 1_000,
    "SIM:\u202eUSD", "SIM:'; DROP TABLE feeds_bar;--", "SIM:<img src=x onerror=alert(1)>", "SIM:*",
    "asgi__group__x", "ticker__group__market.control", "SIM:", ":BTC-USD", "", "NYSE:IBM", "SIM:NO-SUCH",
]  # fmt: skip


@pytest.fixture(scope="module")
def program(_valkey_server: ValkeyServer) -> LiveProgram:
    with LiveProgram(VENUES="SIM", SIM_RATE="60", REDIS_URL=_valkey_server.url) as running:
        wait_until(lambda: running.status("/readyz") == 200, 20, "a ready program")
        yield running


def subscriptions(server: ValkeyServer) -> dict[bytes, int]:
    """Return every pub/sub channel of the server with its subscribers."""
    with redis.Redis.from_url(server.url) as line:
        names = line.pubsub_channels()
        assert isinstance(names, list)
        return dict(line.pubsub_numsub(*names))


@pytest.fixture
async def neighbour(program: LiveProgram, _valkey_server: ValkeyServer) -> AsyncIterator[Client]:
    """A socket next to the one of the test: it must go on getting prices, and nothing of Redis may change."""
    async with Client(program) as client:
        await client.say("rate", max=20)
        await client.subscribe(BTC)
        await client.status("SIM", "live")
        before = subscriptions(_valkey_server)
        since = len(client.frames)
        yield client
        await client.prices(BTC)
        assert {frame["type"] for frame in client.frames[since:]} <= {"update", "heartbeat"}
        assert subscriptions(_valkey_server) == before


async def is_alive(client: Client) -> None:
    since = len(client.frames)
    await client.say("ping", time=since)
    await client.frame("pong", since, time=since)


async def refused(client: Client, code: str) -> dict:
    """Return the error that a bad message was answered with; the socket is well after it."""
    error = await client.frame("error")
    assert error["code"] == code, error
    assert 10 < len(error["message"]) < 600
    await is_alive(client)
    assert len(client.of("error")) == 1
    return error


@pytest.mark.parametrize("name", UNREADABLE)
async def test_what_can_not_be_read_is_answered_and_the_socket_lives(program, neighbour, name):
    frame, code = UNREADABLE[name]
    async with Client(program) as client:
        await client.raw(frame)
        await refused(client, code)


@pytest.mark.parametrize("name", UNSERVED)
async def test_what_can_not_be_served_is_answered_with_its_number(program, neighbour, name):
    message, code = UNSERVED[name]
    async with Client(program) as client:
        await client.raw(json.dumps({"id": "request-7", **message}))
        assert (await refused(client, code))["id"] == "request-7"
        assert client.of("subscribed") == []


@pytest.mark.parametrize("symbol", MALICIOUS)
async def test_a_symbol_that_is_none_goes_no_further(program, neighbour, symbol):
    async with Client(program) as client:
        await client.say("subscribe", id=1, symbols=[symbol])
        answer = await client.frame("subscribed", id=1)
        assert answer["symbols"] == []
        [(shown, reason)] = answer["rejected"].items()
        assert len(shown) <= 64 and shown.removesuffix("…").isascii() and shown.isprintable() and reason
        await refused(client, "unknown_symbol")


async def test_what_is_unknown_beside_what_is_known_does_no_harm(program, neighbour):
    async with Client(program) as client:
        await client.say("subscribe", id=3, symbols=["sim:eth-usd", *MALICIOUS], colour="red")
        answer = await client.frame("subscribed", id=3)
        assert answer["symbols"] == ["SIM:ETH-USD"]
        await client.frame("snapshot", symbol="SIM:ETH-USD")
        assert client.of("error") == []


async def test_the_same_twice_is_told_once(program, neighbour):
    async with Client(program) as client:
        for number in range(3):
            await client.say("subscribe", id=number, symbols=[BTC, "sim:btc-usd", BTC])
        await client.frame("subscribed", id=2, symbols=[BTC])
        await client.say("unsubscribe", id=9, symbols=["SIM:SOL-USD", "FOO:BAR"])
        await client.frame("unsubscribed", id=9)
        await client.prices(BTC, 3)  # the client notes a seq that is told twice


async def test_many_messages_are_limited_and_very_many_end_the_socket(program, neighbour):
    async with Client(program) as client:
        await client.frame("hello")
        for number in range(80):
            await client.say("ping", time=number)
        limited = await client.frame("error", code="rate_limited")
        assert "20 a second" in limited["message"]
        assert client.close_code is None
        for number in range(200):
            await client.say("ping", time=number)
        await client.wait_for(lambda: client.close_code, what="the end of the socket")
        assert client.close_code == 4429
        assert len(client.of("pong")) < 80


async def test_many_bad_messages_end_the_socket(program, neighbour):
    async with Client(program) as client:
        for _ in range(50):
            await client.raw("{")
            await neighbour.prices(BTC)  # twenty a second: not too many messages, only bad ones
        assert {error["code"] for error in client.of("error")} == {"bad_json"}
        await is_alive(client)
        await client.raw("{")
        await client.wait_for(lambda: client.close_code, what="the end of the socket")
        assert client.close_code == 4400


async def test_more_than_its_symbols_over_several_messages_is_refused(program, neighbour):
    async with Client(program) as client:
        await client.subscribe(BTC)
        await client.say("subscribe", id=1, symbols=[f"SIM:S{n}" for n in range(200)])
        await client.frame("subscribed", id=1, symbols=[])  # none of them exists, so none counts
        await client.prices(BTC)


async def test_the_close_of_a_socket_in_the_middle_of_everything_is_nobodys_trouble(program, neighbour):
    for _ in range(5):
        async with Client(program) as client:
            await client.say("subscribe", symbols=[BTC, "SIM:ETH-USD"], streams=["quote", "trades"])
            client.ws.transport.abort()
    async with Client(program) as client:
        await client.subscribe(BTC)
        await client.prices(BTC)
