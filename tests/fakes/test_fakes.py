"""The fakes themselves, through the venues' own words over real sockets."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from feeds.errors import FeedError
from feeds.market import INTERVALS, Quote, Trade, floor_time
from feeds.venues import REGISTRY
from feeds.venues.base import Event, Notice, Request, Venue
from tests.fakes.background import Background
from tests.fakes.coinbase import FakeCoinbase, match
from tests.fakes.kraken import FakeKraken
from tests.fakes.market import wall
from tests.fakes.recording import Recording
from tests.fakes.venue import FakeVenue
from tests.fakes.yahoo import FakeYahoo

STREAMED = [FakeCoinbase, FakeKraken]


class Client:
    """A client that speaks the venue's words and keeps what it heard."""

    def __init__(self, venue: Venue, ws: ClientConnection) -> None:
        self.venue, self.ws, self.events = venue, ws, list[Event]()

    async def ask(self, *symbols: str) -> None:
        for message in self.venue.subscribe([self.venue.native(symbol) for symbol in symbols]):
            await self.ws.send(message)

    async def until(self, true, timeout: float = 5.0) -> Event:
        """Read on until an event is such."""
        async with asyncio.timeout(timeout):
            while True:
                events = self.venue.parse(await self.ws.recv(), wall())
                self.events += events
                if found := [event for event in events if true(event)]:
                    return found[0]


def venue_of(fake: FakeVenue) -> Venue:
    return REGISTRY[fake.name]()


async def get(fake: FakeVenue, request: Request | None) -> bytes:
    """Return the answer to a request, or raise as the transport does."""
    assert request is not None
    async with httpx.AsyncClient(headers=venue_of(fake).headers, trust_env=False) as client:
        answer = await client.get(fake.rest_url + request.path, params=request.params)
    if answer.status_code != 200:
        raise venue_of(fake).explain(answer.status_code, answer.content) or FeedError(str(answer.status_code))
    return answer.content


@pytest.fixture(params=STREAMED)
async def fake(request: pytest.FixtureRequest) -> AsyncIterator[FakeVenue]:
    async with await request.param().start() as running:
        yield running


@pytest.fixture
async def client(fake: FakeVenue) -> AsyncIterator[Client]:
    venue = venue_of(fake)
    async with connect(fake.ws_url + venue.ws_url.partition(".com")[2], ping_interval=None) as ws:
        yield Client(venue, ws)


def is_trade(event: Event) -> bool:
    return isinstance(event, Trade) and not event.recap


async def test_a_subscriber_is_acked_gets_the_state_and_then_each_trade(
    fake: FakeVenue, client: Client
) -> None:
    symbol = client.venue.featured[0].symbol
    await client.ask(symbol)
    await client.until(lambda event: event == Notice(kind="ack", symbol=symbol))
    await fake.subscribed(client.venue.native(symbol))
    told = await fake.send_trade(client.venue.native(symbol), 81234.5, 0.25, side="sell")
    heard = await client.until(is_trade)
    assert (heard.price, heard.size, heard.side, heard.id) == (81234.5, 0.25, "sell", told.id)
    quote = await client.until(lambda event: isinstance(event, Quote) and event.last == 81234.5)
    assert quote.bid < quote.last < quote.ask


async def test_a_bad_product_is_refused_by_name_the_others_not(fake: FakeVenue, client: Client) -> None:
    await client.ask(f"{fake.name}:NO-SUCH", client.venue.featured[0].symbol)
    await client.until(lambda event: event == Notice(kind="ack", symbol=client.venue.featured[0].symbol))
    refused = [event for event in client.events if isinstance(event, Notice) and event.kind == "refused"]
    assert {notice.symbol for notice in refused} == {f"{fake.name}:NO-SUCH"}


async def test_heartbeats_come_while_nothing_else_does(fake: FakeVenue, client: Client) -> None:
    await client.ask(client.venue.featured[0].symbol)
    await client.until(lambda event: isinstance(event, Notice) and event.kind == "heartbeat")


async def test_a_stalled_venue_says_nothing_and_keeps_the_socket(fake: FakeVenue, client: Client) -> None:
    await client.ask(client.venue.featured[0].symbol)
    await client.until(lambda event: isinstance(event, Notice) and event.kind == "ack")
    await fake.subscribed(client.venue.featured[0].native)
    fake.stall()
    already = len(fake.sent)
    await fake.send_trade(client.venue.featured[0].native, 5.0, 1.0)
    await (await client.ws.ping())
    assert len(fake.sent) == already
    fake.resume()
    await fake.send_trade(client.venue.featured[0].native, 6.0, 1.0)
    assert (await client.until(is_trade)).price == 6.0


@pytest.mark.parametrize("code", [None, 1001, 1013])
async def test_sockets_drop(fake: FakeVenue, client: Client, code: int | None) -> None:
    await fake.until(lambda: len(fake.lines) == 1)
    await fake.drop(code)
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            await client.ws.recv()
    assert (closed.value.rcvd.code if closed.value.rcvd else None) == code
    await fake.until(lambda: not fake.lines)


async def test_handshakes_and_requests_are_refused_as_asked(fake: FakeVenue) -> None:
    fake.refuse_connects(times=1)
    with pytest.raises(InvalidStatus):
        await connect(fake.ws_url)
    await (await connect(fake.ws_url)).close()
    fake.html()
    with pytest.raises(InvalidStatus):
        await connect(fake.ws_url)
    body = await get(fake, venue_of(fake).instruments())
    with pytest.raises(FeedError):
        venue_of(fake).read_instruments(body)
    fake.healthy()
    assert venue_of(fake).read_instruments(await get(fake, venue_of(fake).instruments()))
    assert (fake.connects, fake.refused) == (1, 1)


async def test_every_featured_instrument_is_in_the_catalogue(fake: FakeVenue) -> None:
    venue = venue_of(fake)
    catalogue = {each.symbol: each for each in venue.read_instruments(await get(fake, venue.instruments()))}
    for featured in venue.featured:
        listed = catalogue[featured.symbol]
        assert (listed.native, listed.tick_size) == (featured.native, featured.tick_size)


@pytest.mark.parametrize("kind", [FakeCoinbase, FakeKraken, FakeYahoo])
@pytest.mark.parametrize("interval", ["1m", "1h", "1d"])
async def test_bars_are_what_the_path_adds_up_to(kind: type[FakeVenue], interval: str) -> None:
    async with await kind(ticking=True, rate=20.0).start() as fake:
        venue = venue_of(fake)
        symbol = next(each.symbol for each in venue.featured if each.name in ("BTC-USD", "AAPL"))
        native, length, now = venue.native(symbol), INTERVALS[interval], wall()
        opening = floor_time(now, interval)
        request = venue.bars(native, interval, opening - 99 * length, opening + length)
        bars = venue.read_bars(await get(fake, request), symbol, interval, now)
        wanted = {bar.time: bar for bar in fake.market.bars(native, interval, bars[0].time, now, now)}
        complete = [bar for bar in bars if bar.closed]
        assert bars[-1].time >= opening - length and len(complete) > 90
        for bar in complete:
            same = wanted[bar.time]
            heard = (bar.open, bar.high, bar.low, bar.close, bar.volume)
            assert heard == pytest.approx((same.open, same.high, same.low, same.close, same.volume), rel=1e-6)


async def test_the_walk_is_streamed_and_is_what_the_candles_say() -> None:
    async with await FakeCoinbase().start() as fake:
        fake.ticking(60.0)
        venue = venue_of(fake)
        async with connect(fake.ws_url) as ws:
            client = Client(venue, ws)
            await client.ask("COINBASE:ETH-USD")
            for _ in range(40):
                await client.until(is_trade)
        heard = [event for event in client.events if is_trade(event)]
        assert [(trade.time, trade.price, trade.size) for trade in heard] == [
            (trade.time, trade.price, trade.size)
            for trade, _ in fake.market.events("ETH-USD", heard[0].time - 1, heard[-1].time)
        ][: len(heard)]


async def test_yahoo_says_closed_delayed_unknown_and_slow_down() -> None:
    async with await FakeYahoo(ticking=True).start() as fake:
        venue = venue_of(fake)
        [quote] = venue.read_poll(await get(fake, venue.poll("AAPL")), "YAHOO:AAPL", wall())
        assert quote.state == "delayed" and quote.last and quote.open
        fake.closed = True
        [quote] = venue.read_poll(await get(fake, venue.poll("^GSPC")), "YAHOO:^GSPC", wall())
        assert quote.state == "closed"
        with pytest.raises(FeedError) as unknown:
            await get(fake, venue.poll("NOSUCH"))
        assert unknown.value.terminal and "delisted" in unknown.value.reason
        fake.status(429, body="Too Many Requests")
        with pytest.raises(FeedError) as slow:
            await get(fake, venue.poll("AAPL"))
        assert slow.value.retry_after == 60.0


async def test_a_recording_is_played_to_who_subscribes_to_all_of_it(tmp_path: Path) -> None:
    frames = [
        match("A-B", Trade(symbol="A-B", id=f"{n}", time=wall(), price=n, size=1.0, side="buy"), "match")
        for n in range(1, 6)
    ]
    lines = [{"t": 1.0 + n / 100, "dir": "recv", "raw": json.dumps(frame)} for n, frame in enumerate(frames)]
    path = tmp_path / "session.frames.jsonl"
    path.write_text(
        "\n".join(json.dumps(line) for line in [{"t": 0.0, "dir": "open", "url": "wss://x"}, *lines])
    )
    recording = Recording(path, speed=10.0)
    async with await FakeCoinbase(recording=recording).start() as fake, connect(fake.ws_url) as ws:
        client = Client(venue_of(fake), ws)
        await client.ask("COINBASE:A-B")
        heard = [(await client.until(is_trade)).price for _ in frames]
        assert heard == [1.0, 2.0, 3.0, 4.0, 5.0]
        await asyncio.wait_for(recording.played.wait(), 5)


def test_fakes_run_in_the_background_of_a_test_without_a_loop() -> None:
    with Background(FakeCoinbase, FakeYahoo) as background:
        coinbase, _ = background.venues
        assert background.environment["VENUE_COINBASE_REST_URL"] == coinbase.rest_url
        assert httpx.get(f"{coinbase.rest_url}/products", trust_env=False).json()
        assert background.do(coinbase.send_trade("BTC-USD", 1.0, 1.0)).price == 1.0


def test_the_program_prints_its_ports_and_ends_on_sigterm() -> None:
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "tests.fakes", "--rate", "5"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True, env=os.environ) as process:
        said = json.loads(process.stdout.readline())
        assert said["env"]["VENUE_KRAKEN_WS_URL"] == f"ws://127.0.0.1:{said['kraken']}"
        assert httpx.get(f"http://127.0.0.1:{said['coinbase']}/products", trust_env=False).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
