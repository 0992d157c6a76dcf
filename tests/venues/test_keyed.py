"""Venues with a key: off without it, asking with it, and never telling it to anyone."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from websockets.asyncio.server import serve
from websockets.datastructures import Headers
from websockets.http11 import Response

from feeds.errors import FeedError
from feeds.feed import Feed
from feeds.transport import Rest, open_line
from feeds.venues import REGISTRY
from feeds.venues.base import Event, Keys, Notice, Venue

KEY, SECRET = "PKtop+secret/key=1", "101-the-other-one"
KEYED = [kind for kind in REGISTRY.values() if kind.needs]
NOW = 1_790_010_000_000


def nothing(*_: Any) -> None:
    """Hear and forget."""


@pytest.fixture(params=KEYED, ids=lambda kind: kind.name)
def venue(request: pytest.FixtureRequest) -> Venue:
    made = request.param()
    made.keys = Keys(KEY, SECRET)
    return made


def told(events: list[Event]) -> str:
    return " ".join(event.reason for event in events if isinstance(event, Notice))


def reason(call: Callable[[], object]) -> str:
    """Return what a call's FeedError says, or what it returned."""
    try:
        return str(call())
    except FeedError as error:
        return error.reason


def test_there_are_five_of_them() -> None:
    assert [kind.name for kind in KEYED] == ["FINNHUB", "ALPACA", "TWELVEDATA", "OANDA", "TRADIER"]


def test_without_its_key_a_venue_is_off_and_says_which(venue: Venue) -> None:
    feed = Feed(type(venue)(), nothing, nothing, nothing)
    names = [f"VENUE_{venue.name}_{need}" for need in venue.needs]
    assert feed.missing == f"needs a key: set {' and '.join(names)}"
    assert Feed(venue, nothing, nothing, nothing).missing == ""
    assert type(venue)().instruments() is None


FRAMES = [
    "wrong key {key}",
    '{{"type":"error","msg":"key {key} is wrong"}}',
    '[{{"T":"error","code":402,"msg":"{key} or {secret}"}}]',
    '[{{"T":"{key}"}}]',
    '{{"status":"error","message":"**apikey** {key} is wrong"}}',
    '{{"event":"{key}"}}',
    '{{"errorMessage":"no account {secret} for {key}"}}',
    '{{"error":"{key} is not a valid symbol"}}',
    '{{"type":"quote","symbol":"{key}","bid":"{secret}"}}',
    '{{"fault":{{"faultstring":"{key}"}}}}',
    '{{"message":"{key}"}}',
    '{{"code":401,"status":"error","message":"{key}"}}',
    "{key}",
]


@pytest.mark.parametrize("frame", FRAMES)
def test_a_venue_that_repeats_the_key_is_not_quoted_with_it(venue: Venue, frame: str) -> None:
    raw = frame.format(key=KEY, secret=SECRET)
    body = raw.encode()
    said = [told(venue.parse(raw, NOW)), told(venue.parse(body, NOW))]
    said += [str(venue.explain(status, body)) for status in (200, 400, 401, 403, 404, 429, 500)]
    symbol = venue.featured[0].symbol
    said += [
        reason(lambda: told(venue.read_poll(body, symbol, NOW))),
        reason(lambda: venue.read_bars(body, symbol, "1m", NOW)),
        reason(lambda: venue.read_trades(body, symbol)),
        reason(lambda: venue.read_instruments(body)),
        reason(lambda: venue.read_login(body)),
    ]
    assert "top+secret" not in str(said) and "the-other" not in str(said)


def test_only_where_it_must_be_is_the_key_in_a_url(venue: Venue) -> None:
    native = venue.featured[0].native
    requests = [
        venue.poll(native),
        venue.trades(native),
        venue.bars(native, "1d", NOW, NOW + 1),
        venue.login(),
    ]
    for request in [*requests, venue.instruments(), venue.lines([native], "session")]:
        if request is not None:
            assert KEY not in request.path + str(request.params) + request.host
            assert KEY in str(request.headers)
    url = venue.stream_url()
    assert KEY not in url and SECRET not in url  # written so that a URL can hold it


async def test_a_refused_handshake_is_told_in_plain_words_without_the_key(venue: Venue) -> None:
    bodies = {"TWELVEDATA": {"code": 401, "status": "error", "message": KEY}}
    body = json.dumps(bodies.get(venue.name, {"error": KEY})).encode()

    async def refuse(*_: Any) -> Response:
        return Response(401, "Unauthorized", Headers({"Content-Length": str(len(body))}), body)

    async with serve(nothing, "127.0.0.1", 0, process_request=refuse) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(FeedError) as refused:
            await open_line(venue, f"ws://127.0.0.1:{port}/?token={KEY}")
    assert refused.value.retry_after == 900.0 and not refused.value.terminal
    assert f"VENUE_{venue.name}_KEY" in refused.value.reason and "secret" not in refused.value.reason


async def test_a_url_that_can_not_be_had_is_told_without_the_key(venue: Venue) -> None:
    for url in (f"nonsense://127.0.0.1/{KEY}", f"ws://127.0.0.1:1/{KEY}"):
        with pytest.raises(FeedError) as failed:
            await open_line(venue, url)
        assert "top+secret" not in failed.value.reason


async def test_a_request_to_another_host_of_the_venue_is_moved_with_the_rest() -> None:
    seen: list[str] = []

    async def answer(_: Any, request: Any) -> Response:
        seen.append(request.path)
        return Response(200, "OK", Headers({"Content-Length": "2", "Connection": "close"}), b"{}")

    oanda = REGISTRY["OANDA"]()
    oanda.keys = Keys(KEY, SECRET)
    async with serve(nothing, "127.0.0.1", 0, process_request=answer) as server:
        rest = Rest(oanda, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        request = oanda.lines(["EUR_USD"], "")
        assert request is not None and request.host.startswith("https://stream-fxpractice.")
        with pytest.raises(FeedError, match="ended the stream"):
            assert [line async for line in rest.lines(request)] == ["{}"]
        await rest.close()
    assert seen == [f"/v3/accounts/{SECRET}/pricing/stream?instruments=EUR_USD&snapshot=true"]
