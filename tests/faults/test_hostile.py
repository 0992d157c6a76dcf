"""S9 to S13, S17 and S20 to S23: clients that break the protocol, ask too much, or come too often. What they
get is an answer or an end; nobody else notices, and nothing is left of them."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from channels_redis.pubsub import RedisPubSubChannelLayer

from feeds import wire
from tests.faults.checker import gaps
from tests.faults.conftest import live
from tests.faults.fleet import Page
from tests.faults.raw import Raw, close_code, frame
from tests.integration.client import Client
from tests.support import wait_for

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="module")]
BTC = "SIM:BTC-USD"
MOST = 40
STACK = {"SIM_RATE": "20", "VENUES": "SIM", "MOST_SOCKETS": str(MOST)}
AT_ONCE = 2.0  # seconds: 0.1 s, and what a busy machine adds
MIB = 2**20
TEXT, LAST, CLOSE, PING, BINARY = 0x01, 0x80, 0x88, 0x89, 0x02

NO_CODES = (0, 999, 1004, 1005, 1006, 1015)
BREACHES = {  # S13, S9, S10, S11
    "text that is no UTF-8": frame(b"\xff\xfe\xfd"),
    "half a UTF-8 sequence": frame(b"\xe2\x82"),
    "a surrogate in UTF-8": frame(b"\xed\xa0\x80"),
    "reserved bit 1": frame(b"{}", 0xC1),
    "reserved bit 2": frame(b"{}", 0xA1),
    "reserved bit 3": frame(b"{}", 0x91),
    **{f"opcode {code}": frame(b"{}", LAST | code) for code in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)},
    "an unmasked frame": frame(b"{}", masked=False),
    "a ping that is too long": frame(b"x" * 126, PING),
    "a ping in fragments": frame(b"x", PING & 0x7F),
    "a close in fragments": frame(b"", CLOSE & 0x7F),
    "a close of one byte": frame(b"x", CLOSE),
    **{f"a close with {code}": frame(code.to_bytes(2, "big"), CLOSE) for code in NO_CODES},
    "a close with a reason that is no UTF-8": frame((1000).to_bytes(2, "big") + b"\xff", CLOSE),
    "a continuation of nothing": frame(b"{}", LAST),
    "a message within a message": frame(b"{", TEXT) + frame(b"}", LAST | TEXT),
    "2 MB": frame(b"x" * (2 * MIB)),
    "a length of 2^62": frame(b"", length=2**62),
    "a length of 2^63": frame(b"", length=2**63),
    "a short length said long": b"\x81\xfe\x00\x05" + frame(b"hello")[2:],
    "2 MB in fragments": frame(b"x" * 1_000, TEXT) + frame(b"x" * 1_000, 0) * 2_200,
}  # fmt: skip


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def neighbour(stack) -> AsyncIterator[Page]:
    """A page beside all of it, which notices nothing from the first test to the last."""
    page = Page("neighbour", stack.url, [BTC])
    page.start()
    await live(page)
    yield page
    await live(page)
    assert page.ended == [] and max(gaps(page.seen, BTC)) < 5.0
    await page.stop()


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def _unharmed(stack, neighbour) -> AsyncIterator[None]:
    """The neighbour goes on, and Redis has the same subscriptions and the web the same sockets as before."""
    channels = await stack.channels()
    yield
    await live(neighbour)

    async def alone() -> bool:
        return await stack.webs[0].metric("ticker_sockets") == 1

    await wait_for(alone, 20, "the end of all other sockets")
    assert await stack.channels() == channels


# --------------------------------------------------------------------------- below messages
@pytest.mark.parametrize("name", BREACHES)
async def test_a_breach_of_the_protocol_ends_the_socket_at_once(stack, name):  # S9, S10, S11, S13
    async with Raw(stack.webs[0].ws_url) as raw:
        await raw.shake()
        sending = asyncio.create_task(sent(raw, BREACHES[name]))
        seconds, _ = await raw.gone(20)
        await sending
        assert seconds <= AT_ONCE


async def sent(raw: Raw, data: bytes) -> None:
    """Send bytes to somebody who may hang up meanwhile."""
    try:
        await raw.send(data)
    except OSError:
        return


async def test_ten_thousand_fragments_are_one_message(stack, figure):  # S11
    text = json.dumps({"type": "ping", "time": 7, "x": "y" * 10_000}).encode()
    parts = [text[place : place + 1] for place in range(len(text))]
    data = frame(parts[0], TEXT) + b"".join(frame(part, 0) for part in parts[1:-1]) + frame(parts[-1], LAST)
    async with Raw(stack.webs[0].ws_url) as raw:
        await raw.shake()
        await raw.send(data)
        heard = b""
        async with asyncio.timeout(20):
            while b'"pong"' not in heard:
                heard += await raw.read()
    figure(f"{len(parts)} fragments, one answer")


async def test_what_breaks_off_costs_nothing(stack, figure):  # S9, S10, S11
    [web] = stack.webs
    memory = web.rss
    for _ in range(8):
        async with Raw(web.ws_url) as raw:
            await raw.shake()
            await sent(raw, frame(b"x" * 900_000, TEXT))  # of a message that never ends
    for _ in range(30):
        async with Raw(web.ws_url) as raw:
            await raw.shake()
            await sent(raw, frame(b"", length=2**62))
    grown = web.rss - memory
    figure(f"{grown} KiB for 38 that broke off")
    assert grown <= 16 * 1024


# --------------------------------------------------------------------------- too often, too many
async def test_a_churn_of_subscriptions_is_limited_and_ends(stack, figure):  # S17
    said = [{"type": kind, "symbols": [BTC, "SIM:ETH-USD"]} for kind in ("subscribe", "unsubscribe")]
    data = b"".join(frame(json.dumps(each).encode()) for each in said)
    async with Raw(stack.webs[0].ws_url) as raw:
        await raw.shake()
        sending = asyncio.create_task(sent(raw, data * 500))
        seconds, heard = await raw.gone(20)
        await sending
    served = heard.count(b'"subscribed"') + heard.count(b'"unsubscribed"')
    figure(f"of 1,000 messages {served} were served; ended after {seconds:.1f} s")
    assert close_code(heard) == 4429
    assert served <= 40 + 20 * (seconds + 1) and heard.count(b'"rate_limited"') <= 101


async def test_a_handshake_that_is_never_finished_is_given_up(stack, figure):  # S20
    async def held(said: bytes, again: bytes = b"") -> float:
        """Return for how long a client is held that says so much, and some more each second."""
        async with Raw(stack.webs[0].ws_url) as raw:
            await sent(raw, said)
            talking = asyncio.create_task(trickle(raw, again))
            seconds, _ = await raw.gone(90)
            talking.cancel()
            await asyncio.gather(talking, return_exceptions=True)
            return seconds

    half = b"GET /ws/market/ HTTP/1.1\r\nHost: a\r\nUpgr"
    seconds = await asyncio.gather(held(b""), held(half), held(half, b"a"))
    figure("given up after " + ", ".join(f"{each:.1f}" for each in seconds) + " s")
    assert max(seconds) <= 5.0 + AT_ONCE


async def trickle(raw: Raw, again: bytes) -> None:
    """Send something each second, until the other side is gone."""
    while again:
        await asyncio.sleep(1.0)
        await sent(raw, again)


async def test_one_socket_more_than_there_may_be_is_sent_away(stack, figure):  # S21
    async with asyncio.TaskGroup() as group:
        crowd = [Raw(stack.webs[0].ws_url) for _ in range(MOST - 1)]
        for each in crowd:
            group.create_task(each.__aenter__())
    for each in crowd:
        await each.shake()
    for _ in range(5):
        async with Raw(stack.webs[0].ws_url) as late:
            await late.shake()
            seconds, heard = await late.gone(20)
            assert close_code(heard) == 4429 and b'"snapshot"' not in heard and seconds <= AT_ONCE
    figure(f"{MOST} stay, each more is closed with 4429")
    for each in crowd:
        await each.__aexit__()


# --------------------------------------------------------------------------- from behind
FORGED = [
    {"type": "websocket.disconnect", "code": 1000},
    {"type": "websocket.close"},
    {"type": "dispatch"},
    {"type": ""},
    {"body": b"\x93"},
    {"type": wire.FRAME, "body": b"\xc1"},
    {"type": wire.SYNC},
    {"type": wire.STATES, "body": 7},
    {"type": wire.SESSION_OVER, "body": b""},
]


async def test_a_message_of_the_layer_that_is_none_is_dropped(stack, neighbour, figure):  # S22
    layer = RedisPubSubChannelLayer(hosts=[stack.valkey.url], prefix="ticker")
    groups = (wire.CONTROL_GROUP, wire.group_of(BTC))
    async with Client(stack.webs[0]) as client:
        await client.subscribe(BTC)
        for message in FORGED:
            for group in groups:
                await layer.group_send(group, message)
            await layer.send(wire.FEEDS_CHANNEL, message)
        await client.prices(BTC, 5)
        assert client.close_code is None
    await layer.flush()
    figure(f"{len(FORGED) * 3} forged messages, nobody harmed")


async def test_a_whole_state_fits_into_a_frame(stack, figure):  # S23
    """Autobahn's limit holds for what is sent as well: a frame over 1 MiB would end the socket."""
    streams = ("quote", "trades", *sorted(wire.BAR_STREAMS))
    async with Client(stack.webs[0]) as client:
        await client.subscribe(BTC, streams=streams)
        await client.wait_for(lambda: len(client.told("bars")) > 10, what="bars")
        sizes = [len(json.dumps(each)) for each in client.of("snapshot")]
        bars = sum(len(bars) for each in client.of("snapshot") for bars in each["bars"].values())
        figure(f"{len(streams)} streams with {bars} bars: {max(sizes)} bytes")
        assert max(sizes) < MIB // 2 and client.close_code is None
