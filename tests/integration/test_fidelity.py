"""How real feeds misbehave, played to the engine over real sockets; tests/fidelity.md has the whole list."""

import asyncio
import itertools
import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from feeds import refusals
from feeds.backoff import HIGH
from feeds.budget import Budget
from feeds.clock import wall
from feeds.errors import FeedError
from feeds.feed import DOWN_AFTER
from feeds.transport import CLOSED_FOR, Rest, open_line
from feeds.venues import numbered
from feeds.venues.base import Request
from feeds.venues.binance import Binance
from feeds.venues.bitstamp import Bitstamp
from feeds.venues.coinbase import Coinbase
from feeds.venues.coinbase_adv import CoinbaseAdvanced
from feeds.venues.okx import Okx
from tests.fakes.coinbase import FakeCoinbase
from tests.fakes.venue import QUIET
from tests.integration.played import Desk, played
from tests.integration.test_played import BINANCE_TICKER, NOW, aggregate, done, okx
from tests.support import wait_for

BTC = "BINANCE:BTC-USDT"


def states(desk: Desk) -> list[str]:
    """Return every state of the line that was told, with its reason."""
    told = [
        f"{each.state} {each.reason}".strip() for _, sync in desk.said.syncs for each in sync.statuses[:1]
    ]
    return [state for number, state in enumerate(told) if not number or told[number - 1] != state]


async def told(desk: Desk, beginning: str) -> str:
    """Return the first told state that begins so."""

    def found() -> str:
        return next((state for state in states(desk) if state.startswith(beginning)), "")

    return str(await wait_for(found, 8, f"{beginning!r}, not only {states(desk)}"))


ACK = {"result": None, "id": 1}
TICKER = {"stream": "btcusdt@ticker", "data": BINANCE_TICKER}


# --------------------------------------------------------------------------- a connection's life
async def test_an_ack_alone_is_no_life() -> None:  # fidelity 2, 17, 26
    async with played(Binance, [ACK, ACK], silence=0.6) as desk:
        desk.watch(BTC)
        assert "silent for" in await told(desk, "stale")
        await desk.player.until(lambda: desk.player.connects >= 2)
        assert "live" not in states(desk)


async def test_pongs_do_not_hide_a_dead_feed() -> None:  # fidelity 1, 3
    book = {"microtimestamp": f"{NOW}000", "bids": [["9", "1"]], "asks": [["10", "1"]]}
    frame = {"event": "data", "channel": "order_book_btcusd", "data": book}
    async with played(Bitstamp, [frame], silence=0.9, ping_every=0.2) as desk:
        desk.watch("BITSTAMP:BTC-USD")
        await told(desk, "live")

        async def answer_pings() -> None:
            pong = {"event": "bts:heartbeat", "channel": "", "data": {"status": "success"}}
            for count in itertools.count(len(desk.player.heard) + 1):
                await desk.player.until(lambda count=count: len(desk.player.heard) >= count)
                await desk.player.say(pong)

        answering = asyncio.create_task(answer_pings())
        assert "silent for" in await told(desk, "stale")
        answering.cancel()
        assert sum("heartbeat" in text for text in desk.player.heard) >= 2
        await desk.player.until(lambda: desk.player.connects >= 2)


async def test_a_quiet_market_is_not_a_dead_line() -> None:  # fidelity 4
    async with played(Okx, [okx("trades", done(1, "80000", "buy"))], silence=0.8) as desk:
        desk.watch("OKX:BTC-USDT")
        await desk.trades("OKX:BTC-USDT", 1)
        pulse = {"arg": {"channel": "index-tickers", "instId": "BTC-USDT"}, "data": [{"idxPx": "1"}]}
        began = time.monotonic()
        while time.monotonic() - began < 2.0:  # more than twice the silence that a dead line may have
            await desk.player.say(pulse)
            await asyncio.sleep(0.1)
        assert desk.player.connects == 1 and desk.feed.state == "live"


async def test_a_line_that_will_be_cut_is_replaced_before_without_a_gap() -> None:  # fidelity 5
    async with played(Binance, [TICKER, aggregate(101, "80001", False)], handover_after=0.5) as desk:
        desk.watch(BTC)
        await desk.player.until(lambda: desk.player.connects >= 2)
        await desk.player.until(lambda: desk.player.connects >= 3)
        await desk.player.say(aggregate(102, "80002", False))
        assert [number for number, *_ in await desk.trades(BTC, 2)] == ["101", "102"]
        assert desk.feed.reconnects == 0 and states(desk)[-1] == "live"


@pytest.mark.parametrize("code", [1000, 1001, 1012])
async def test_however_a_line_is_closed_it_is_opened_again(code: int) -> None:  # fidelity 7
    async with played(Binance, [TICKER]) as desk:
        desk.watch(BTC)
        await told(desk, "live")
        await desk.player.close(code, "Market data unavailable")
        assert await told(desk, "reconnecting") == (
            f"reconnecting closed by the venue ({code} Market data unavailable)"
        )
        await desk.player.until(lambda: desk.player.connects == 2)
        await wait_for(lambda: states(desk)[-1] == "live", what="the line")


async def test_who_says_to_come_later_is_left_alone_for_longer() -> None:  # fidelity 8
    async with played(Binance, [TICKER]) as desk:
        desk.watch(BTC)
        await told(desk, "live")
        waits: list[float] = []
        failed = desk.feed.failed
        desk.feed.failed = lambda *args: waits.append(failed(*args)) or 0.0  # type: ignore[method-assign]
        await desk.player.close(1013, "Market data unavailable")
        await desk.player.until(lambda: desk.player.connects == 2)
        assert waits == [CLOSED_FOR[1013]] == [60.0]
        assert await told(desk, "reconnecting") == (
            "reconnecting closed by the venue (1013 Market data unavailable)"
        )


async def test_a_venue_that_stays_away_is_called_down() -> None:  # fidelity 8
    async with played(Binance, [TICKER]) as desk:
        desk.watch(BTC)
        await told(desk, "live")
        feed = desk.feed
        for tries in range(12):
            wait = feed.failed(FeedError("closed by the venue (1013)"), 0.0)
            assert 0.0 <= wait <= min(HIGH, 0.5 * 2**tries)
        feed._failing_since = time.monotonic() - DOWN_AFTER
        feed.failed(FeedError("closed by the venue (1013)"), 0.0)
        assert feed.state == "down"


async def test_a_venue_that_cuts_each_line_is_not_stormed() -> None:  # fidelity 9
    opened: list[float] = []

    async def cut(ws: ServerConnection) -> None:
        opened.append(time.monotonic())
        await ws.close(1008, "too many")

    async with serve(cut, "127.0.0.1", 0, logger=QUIET) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with played(Coinbase, connects=(Budget(1, 0.6),)) as desk:
            desk.feed.ws_origin = f"ws://127.0.0.1:{port}"
            desk.watch("COINBASE:BTC-USD")
            await wait_for(lambda: len(opened) >= 4, 20, "four tries")
    assert opened[3] - opened[0] > 3 * 0.6 * 0.8  # a handshake takes its time, too


@pytest.mark.parametrize(("status", "wait"), [(429, 90.0), (418, 120.0)])
async def test_a_handshake_that_is_limited_says_how_long(status: int, wait: float) -> None:  # fidelity 10, 74
    async with await FakeCoinbase().start() as fake:
        fake.status(status, retry_after=wait)
        with pytest.raises(FeedError) as refused:
            await open_line(Coinbase(), fake.ws_url)
        assert refused.value.reason == f"rate limited (HTTP {status})" and refused.value.retry_after == wait
        async with played(Coinbase) as desk:
            desk.feed.ws_origin = fake.ws_url
            desk.watch("COINBASE:BTC-USD")
            assert await told(desk, "reconnecting") == f"reconnecting rate limited (HTTP {status})"
            tries = fake.requests["WS /"]
            await asyncio.sleep(1.2)  # nothing can be awaited: the point is that nothing comes
            assert fake.requests["WS /"] == tries


async def test_a_frame_of_four_megabytes_is_read_and_a_larger_one_ends_the_line() -> None:  # fidelity 12
    large = {"stream": "btcusdt@depth", "data": {"e": "depthUpdate", "b": "9" * 3_900_000}}
    async with played(Binance, [large, TICKER]) as desk:
        desk.watch(BTC)
        await desk.quote(BTC, last=80000.0)
        await desk.player.say("9" * (Binance.max_frame + 1))
        assert await told(desk, "reconnecting") == f"reconnecting frame larger than {Binance.max_frame} bytes"
        await desk.player.until(lambda: desk.player.connects == 2)
        await wait_for(lambda: states(desk)[-1] == "live", what="the line")


async def test_a_frame_of_ours_that_is_too_large_for_them_is_their_close() -> None:  # fidelity 12
    async with played(Binance, [TICKER]) as desk:
        desk.watch(BTC)
        await told(desk, "live")
        await desk.player.close(1009, "read limited at 513 bytes")
        assert await told(desk, "reconnecting") == (
            "reconnecting closed by the venue (1009 read limited at 513 bytes)"
        )


async def test_the_venues_pings_are_answered_with_their_own_payload() -> None:  # fidelity 15
    async with played(Binance, [TICKER]) as desk:
        desk.watch(BTC)
        await told(desk, "live")
        [ws] = desk.player.lines
        async with asyncio.timeout(5):
            await (await ws.ping(b"1790000000000"))  # resolves only with the same payload
        assert not any("ping" in text.lower() for text in desk.player.heard)  # and none of our own


# --------------------------------------------------------------------------- order, gaps, time
async def test_what_was_missed_is_fetched_and_counted_once() -> None:  # fidelity 31, 35
    async with played(Binance, [TICKER]) as desk:
        desk.watch(BTC)
        await told(desk, "live")
        await desk.player.say(stamped(101))
        await desk.trades(BTC, 1)
        past = [stamped(number)["data"] for number in (101, 102, 103)]
        desk.player.rest["/api/v3/aggTrades"] = json.dumps(past).encode()
        await desk.player.close(1001)
        assert [number for number, *_ in await desk.trades(BTC, 3)] == ["101", "102", "103"]
        assert desk.player.asked["/api/v3/aggTrades"] == 1
        for number in (103, 104):
            await desk.player.say(stamped(number))
        assert [number for number, *_ in await desk.trades(BTC, 4)] == ["101", "102", "103", "104"]


async def test_lost_frames_of_a_numbered_line_have_it_opened_anew(  # fidelity 35
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(numbered, "BEGINNING", -1)
    symbol = "COINBASE_ADV:BTC-USD"
    async with played(CoinbaseAdvanced, [advanced(0, 100)]) as desk:
        desk.watch(symbol)
        await desk.trades(symbol, 1)
        past = [advanced(0, number)["events"][0]["trades"][0] for number in (103, 102, 101, 100)]
        path = "/api/v3/brokerage/market/products/BTC-USD/ticker"
        desk.player.rest[path] = json.dumps({"trades": past}).encode()
        await desk.player.say(advanced(4, 104))
        assert await told(desk, "reconnecting") == "reconnecting frames were lost: 3"
        await desk.player.until(lambda: desk.player.connects == 2)
        assert [number for number, *_ in await desk.trades(symbol, 4)] == ["100", "101", "102", "103"]
        await desk.player.say(advanced(1, 104))
        await desk.trades(symbol, 5)
        assert desk.player.connects == 2 and desk.feed.errors["frames were lost"] == 1


def advanced(frame: int, number: int) -> dict[str, Any]:
    """Return a frame of Coinbase Advanced with a trade of this moment."""
    moment = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    trade = {"product_id": "BTC-USD", "trade_id": str(number), "price": "80000", "size": "1", "side": "SELL"}
    event = {"type": "update", "trades": [trade | {"time": moment}]}
    return {"channel": "market_trades", "timestamp": moment, "sequence_num": frame, "events": [event]}


def stamped(number: int) -> dict[str, Any]:
    """Return a trade of this moment."""
    frame = aggregate(number, f"{80_000 + number}", False)
    frame["data"]["T"] = time.time_ns() // 1_000_000
    return frame


async def test_a_trade_of_the_future_is_taken_and_opens_no_bar_there() -> None:  # fidelity 57
    ahead = aggregate(101, "80101", False)
    ahead["data"]["T"] = NOW + 3_600_000
    async with played(Binance, [TICKER, ahead]) as desk:
        desk.watch(BTC)
        await desk.trades(BTC, 1)
        bars = desk.engine.charts.get(BTC).recent(["1m"]).get("1m", [])
        assert bars and all(bar.time <= time.time() * 1000 for bar in bars)
        await desk.player.say(aggregate(102, "80102", False))
        assert [number for number, *_ in await desk.trades(BTC, 2)] == ["101", "102"]


async def test_one_quote_of_the_future_does_not_freeze_the_price() -> None:  # fidelity 57
    ahead = {"stream": "btcusdt@ticker", "data": BINANCE_TICKER | {"C": NOW + 86_400_000, "c": "70000"}}
    async with played(Binance, [TICKER, ahead]) as desk:
        desk.watch(BTC)
        await desk.quote(BTC, last=70000.0)
        later = {"stream": "btcusdt@ticker", "data": BINANCE_TICKER | {"C": wall(), "c": "80090"}}
        await desk.player.say(later)
        await wait_for(lambda: desk.said.quotes(BTC)[-1].last == 80090.0, 1.0)


async def test_ages_are_never_negative_though_the_venues_clock_is_ahead() -> None:  # fidelity 57
    ahead = {"stream": "btcusdt@ticker", "data": BINANCE_TICKER | {"C": NOW + 61_500}}
    async with played(Binance, [ahead]) as desk:
        desk.watch(BTC)
        await desk.quote(BTC, last=80000.0)
        assert desk.feed.status().clock_offset is not None and desk.feed.skew.ahead >= 0


# --------------------------------------------------------------------------- a long HTTP answer
async def lines_of(*chunks: bytes | None) -> list[str]:
    """Return the lines that come of an answer sent in these chunks; None resets the connection."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for chunk in chunks:
            if chunk is None:
                writer.transport.abort()
                return
            writer.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            await writer.drain()
            await asyncio.sleep(0.01)
        writer.write(b"0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    rest = Rest(Coinbase(), f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    found: list[str] = []
    try:
        with pytest.raises(FeedError) as ended:
            async for each in rest.lines(Request("/stream")):
                found.append(each)
        return [*found, ended.value.reason]
    finally:
        await rest.close()
        server.close()


async def test_lines_are_whole_however_they_are_cut_into_chunks() -> None:  # fidelity 82
    chunks = (b'{"a"', b":1}\n", b'{"b":2}\n{"c":3}\n\n{"d":', b'"\xc3', b'\xa9"}\r\n', b'{"e":5}')
    whole = ['{"a":1}', '{"b":2}', '{"c":3}', '{"d":"é"}', '{"e":5}']
    assert await lines_of(*chunks) == [*whole, "the venue ended the stream"]


async def test_a_reset_in_the_middle_of_a_line_is_a_lost_stream() -> None:  # fidelity 82
    *found, reason = await lines_of(b'{"a":1}\n{"b"', None)
    assert found == ['{"a":1}'] and reason.startswith("stream lost")


# --------------------------------------------------------------------------- subscribing
async def test_many_symbols_are_asked_for_in_messages_of_the_venues_size() -> None:  # fidelity 12, 20
    symbols = [f"BINANCE:A{number:03d}-USDT" for number in range(120)]
    async with played(Binance) as desk:
        desk.watch(*symbols)
        await desk.player.until(lambda: len(desk.player.heard) >= 4)  # the pulse, and three times fifty
        asked = [json.loads(text)["params"] for text in desk.player.heard[1:]]
        assert [len(streams) for streams in asked] == [150, 150, 60]
        assert sorted(name.partition("@")[0] for names in asked for name in names[::3]) == sorted(
            symbol[8:].replace("-", "").lower() for symbol in symbols
        )


async def test_no_line_is_given_more_symbols_than_count() -> None:  # fidelity 21
    symbols = [f"COINBASE:A{number}-USD" for number in range(5)]
    async with played(Coinbase, line_symbols=2) as desk:
        desk.watch(*symbols)
        await desk.player.until(lambda: len(desk.player.heard) >= 3)
        asked = [json.loads(text)["product_ids"] for text in desk.player.heard]
        assert desk.player.connects == 3 and all(len(each) <= 2 for each in asked)
        assert sorted(name for each in asked for name in each) == [f"A{number}-USD" for number in range(5)]


async def test_a_delisted_symbol_is_not_asked_for_again_and_the_others_are() -> None:  # fidelity 19, 22
    why = "Wrong URL or channel:tickers,instId:NMR-USDT doesn't exist. Please use the correct URL."
    refusal = {"event": "error", "msg": why, "code": "60018", "connId": "7"}
    async with played(Okx, [refusal, okx("trades", done(1, "80000", "buy"))]) as desk:
        desk.watch("OKX:BTC-USDT", "OKX:NMR-USDT")
        await desk.trades("OKX:BTC-USDT", 1)
        await wait_for(lambda: desk.feed.refused, what="the refusal")
        before = len(desk.player.heard)
        await desk.player.close(1001)
        await desk.player.until(lambda: len(desk.player.heard) >= before + 2)
        again = [
            arg["instId"] for text in desk.player.heard[before + 1 :] for arg in json.loads(text)["args"]
        ]
        assert set(again) == {"BTC-USDT"}


async def test_acks_may_come_after_data_twice_or_never() -> None:  # fidelity 18, 23, 28
    async with played(Binance, [aggregate(101, "80101", False), ACK, ACK]) as desk:
        desk.watch(BTC)
        assert [number for number, *_ in await desk.trades(BTC, 1)] == ["101"]
        await desk.player.say(aggregate(102, "80102", False))
        assert [number for number, *_ in await desk.trades(BTC, 2)] == ["101", "102"]
        assert desk.feed.state == "live" and not desk.feed.refused and desk.player.connects == 1


async def test_what_a_venue_says_in_an_error_is_no_reason_to_give_up() -> None:  # fidelity 26, 27
    error = {"type": "error", "message": "authentication failure"}
    async with played(CoinbaseAdvanced, [error], silence=0.6) as desk:
        desk.watch("COINBASE_ADV:BTC-USD")
        assert "silent for" in await told(desk, "stale")
        await desk.player.until(lambda: desk.player.connects >= 2)
        assert "authentication failure" in " ".join(desk.feed.errors) and not desk.feed.refused


# --------------------------------------------------------------------------- HTTP
@pytest.mark.parametrize(
    ("status", "body", "kind", "reason", "wait"),
    [
        (429, "slow down", "text/plain", "rate limited (HTTP 429)", 7.0),
        (418, '{"code":-1003,"msg":"banned"}', "application/json", "-1003", 7.0),
        (403, "<html>403 Forbidden</html>", "text/html", "refused (HTTP 403)", 7.0),
        (451, "<html>no</html>", "text/html", "not served to this country (HTTP 451)", None),
        (520, "<!DOCTYPE html>", "text/html", "venue out of order (HTTP 520)", 7.0),
        (200, "<!DOCTYPE html><p>Checking your browser", "text/html", "a web page instead of data", None),
        (200, "Edge: Too Many Requests", "text/plain", "no symbols: Edge: Too Many Requests", None),
    ],
)
async def test_what_a_rest_service_says_instead_of_data_is_one_plain_reason(  # fidelity 74 to 79
    status: int, body: str, kind: str, reason: str, wait: float | None
) -> None:
    venue = Binance()
    async with await FakeCoinbase().start() as fake:
        fake.status(status, retry_after=7.0 if wait else None, body=body, kind=kind)
        rest = Rest(venue, fake.rest_url)
        with pytest.raises(FeedError) as refused:
            venue.read_instruments((await rest.get(venue.instruments())).body)
        await rest.close()
    assert reason in refused.value.reason and "\n" not in refused.value.reason
    assert wait is None or refused.value.retry_after == wait
    assert refused.value.terminal == (status == 451)


async def test_who_says_too_often_and_not_until_when_is_left_alone_ever_longer(  # fidelity 74
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(refusals, "AWAY", 0.05)

    async def asked(rest: Rest) -> float | None:
        with pytest.raises(FeedError) as refused:
            await rest.get(Coinbase().instruments())
        return refused.value.retry_after

    async with await FakeCoinbase().start() as fake:
        rest = Rest(Coinbase(), fake.rest_url)
        fake.status(429)
        assert [await asked(rest) for _ in range(3)] == [0.05, 0.1, 0.2]
        fake.status(429, retry_after=0.3)
        assert await asked(rest) == 0.3
        fake.healthy()
        await rest.get(Coinbase().instruments())
        fake.status(418)
        assert await asked(rest) == 0.05
        await rest.close()


async def test_a_poll_that_says_the_same_again_is_told_once() -> None:  # fidelity 38, 84
    async with played(Binance, [TICKER, TICKER, TICKER]) as desk:
        desk.watch(BTC)
        await desk.quote(BTC, last=80000.0)
        await desk.player.until(lambda: desk.player.played == 1)
        await desk.player.say(aggregate(101, "80101", False))
        await desk.trades(BTC, 1)
        quotes = desk.said.quotes(BTC)
        assert [quote.seq for quote in quotes if quote.last == 80000.0] == [quotes[0].seq]
