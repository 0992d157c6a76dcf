"""The fake streamer over a real socket, read by the venue's own words."""

import asyncio
import json

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed, InvalidStatus

from feeds.fallback import PATIENCE, stream_or_poll
from feeds.feed import Feed
from feeds.market import Quote
from feeds.venues.base import Event
from feeds.venues.yahoo import Yahoo
from tests.fakes.market import wall
from tests.fakes.yahoo import FakeYahoo

PATH = Yahoo.ws_url.partition(".com")[2]


async def quote_of(ws: ClientConnection, venue: Yahoo) -> Quote:
    async with asyncio.timeout(5):
        [quote] = venue.parse(await ws.recv(), wall())
    assert isinstance(quote, Quote)
    return quote


async def test_the_last_price_comes_first_and_then_each_trade() -> None:  # fidelity 33, 46
    venue = Yahoo()
    async with await FakeYahoo().start() as fake, connect(fake.ws_url + PATH) as ws:
        [message] = venue.subscribe([venue.learn("YAHOO:USD-JPY")])
        await ws.send(message)
        first = await quote_of(ws, venue)
        assert first.symbol == "YAHOO:USD-JPY" and first.last
        await fake.send_trade("JPY=X", 159.355, 1.0)
        told = await quote_of(ws, venue)
        assert (told.last, told.bid, told.ask) == (159.355, None, None) and (told.time or 0) >= first.time


async def test_a_closed_market_is_said_to_be_but_a_coin_never_closes() -> None:
    venue = Yahoo()
    async with await FakeYahoo().start() as fake, connect(fake.ws_url + PATH) as ws:
        fake.closed = True
        await ws.send(venue.subscribe(["AAPL", "BTC-USD"])[0])
        assert [(await quote_of(ws, venue)).state for _ in range(2)] == ["closed", "live"]


@pytest.mark.parametrize("wrong", ['{"subscribe":"BTC-USD"}', '{"subscribe":[null]}', "ping", "[]"])
async def test_a_bad_message_ends_the_connection(wrong: str) -> None:  # fidelity 13
    async with await FakeYahoo().start() as fake, connect(fake.ws_url + PATH) as ws:
        await ws.send(wrong)
        with pytest.raises(ConnectionClosed):
            await ws.recv()


async def test_the_hundred_and_first_symbol_is_dropped_without_a_word() -> None:  # fidelity 17, 21
    venue = Yahoo()
    async with await FakeYahoo().start() as fake, connect(fake.ws_url + PATH) as ws:
        await ws.send(venue.subscribe([f"NONE{n}" for n in range(venue.chunk)])[0])
        await ws.send(venue.subscribe(["AAPL"])[0])
        await fake.until(lambda: len(fake.heard) == 2)
        assert len(fake.lines[0].streams) == 100 and ("pricing", "AAPL") not in fake.lines[0].streams
        await ws.send(venue.unsubscribe(["NONE7"])[0])
        await ws.send(venue.subscribe(["AAPL"])[0])
        assert (await quote_of(ws, venue)).symbol == "YAHOO:AAPL"


async def test_a_refused_streamer_leaves_the_chart() -> None:
    async with await FakeYahoo().start() as fake:
        fake.streams = False
        for _ in range(3):
            with pytest.raises(InvalidStatus):
                await connect(fake.ws_url + PATH)
        assert fake.refused == 3 and fake.connects == 0
        answer = await fake.answer(
            "/v8/finance/chart/AAPL", {"interval": "1m"}, Headers({"User-Agent": "Mozilla/5.0"})
        )
        assert json.loads(answer.body)["chart"]["result"]
        fake.streams = True
        await (await connect(fake.ws_url + PATH)).close()


class Streamed(Yahoo):
    """Yahoo as a streamed venue, which it is ready to be."""

    mode = "stream"


@pytest.mark.parametrize("streams", [True, False])
async def test_a_streamed_yahoo_would_be_polled_where_its_socket_is_refused(streams: bool) -> None:
    heard: asyncio.Queue[Quote] = asyncio.Queue()

    def hear(feed: Feed, events: list[Event], received: int) -> None:
        for event in events:
            if isinstance(event, Quote):
                heard.put_nowait(event)

    async with await FakeYahoo().start() as fake:
        fake.streams = streams
        feed = Feed(Streamed(), hear, lambda *_: None, lambda _: None, fake.ws_url, fake.rest_url)
        feed.want({"YAHOO:AAPL"})
        feed.failures = 0 if streams else PATIENCE
        session = asyncio.create_task(stream_or_poll(feed))
        quote = await asyncio.wait_for(heard.get(), 5)
        assert quote.last and quote.open and feed.state == ("live" if streams else "polling")
        assert (quote.high is None) == streams  # what only the chart tells
        session.cancel()
        await asyncio.gather(session, return_exceptions=True)
        await feed.rest.close()
