"""Alpaca's words: arrays of messages, a login, round lots, and what its errors mean."""

import json
from typing import Any

import pytest
from hypothesis import given

from feeds.errors import FeedError
from feeds.market import Cancel, Quote, Trade
from feeds.venues.alpaca import Alpaca
from feeds.venues.base import Event, Keys, Notice
from tests.venues.mutation import assert_believable, mutations

NOW = 1_790_010_000_000
AT = "2026-09-21T17:00:00.123456789Z"
AT_MS = 1_790_010_000_123
venue = Alpaca()
venue.keys = Keys("PKTESTKEY123", "secret-of-a-test")

TRADE = {"T": "t", "S": "AAPL", "i": 52983525029461, "x": "V", "p": 220.51, "s": 40, "c": ["@", "I"], "t": AT,
         "z": "C"}  # fmt: skip
QUOTE = {"T": "q", "S": "AAPL", "bx": "V", "bp": 220.5, "bs": 4, "ax": "V", "ap": 220.53, "as": 2, "c": ["R"],
         "t": AT, "z": "C"}  # fmt: skip
DAY = {"T": "d", "S": "AAPL", "o": 219, "h": 222.5, "l": 218.1, "c": 220.5, "v": 812345,
       "t": "2026-09-21T04:00:00Z", "n": 9000, "vw": 220.1}  # fmt: skip
MINUTE = DAY | {"T": "b"}


def parsed(*messages: Any) -> list[Event]:
    return venue.parse(json.dumps(messages), NOW)


# --------------------------------------------------------------------------- the stream
def test_a_trade_is_told_with_its_id_and_no_side() -> None:  # fidelity 54, 61
    assert parsed(TRADE) == [
        Trade(symbol="ALPACA:AAPL", id="52983525029461", time=AT_MS, price=220.51, size=40.0, side=None)
    ]


def test_sizes_of_quotes_are_round_lots() -> None:  # fidelity 50
    assert parsed(QUOTE) == [
        Quote(
            symbol="ALPACA:AAPL",
            time=AT_MS,
            received=NOW,
            bid=220.5,
            bid_size=400.0,
            ask=220.53,
            ask_size=200.0,
        )
    ]


def test_a_side_that_nobody_is_on_is_none() -> None:  # fidelity 41
    [quote] = parsed(QUOTE | {"bp": 0, "bs": 0})
    assert isinstance(quote, Quote) and (quote.bid, quote.ask) == (None, 220.53)


def test_the_day_is_high_low_and_volume_without_a_time() -> None:
    assert parsed(DAY) == [Quote(symbol="ALPACA:AAPL", received=NOW, high=222.5, low=218.1, volume=812345.0)]


def test_several_messages_of_a_frame_and_the_ones_of_no_use() -> None:  # fidelity 36, 55, 69, 88
    events = parsed(TRADE, MINUTE, {"T": "s", "S": "AAPL", "sc": "2"}, {"T": "new"}, QUOTE, 5, {"T": 7})
    kinds = [event.kind if isinstance(event, Notice) else type(event).__name__ for event in events]
    assert kinds == ["Trade", "ignored", "ignored", "ignored", "Quote", "bad", "bad"]
    assert [event.reason for event in events if isinstance(event, Notice)][:3] == [
        "minute bar", "status", "unknown type new"
    ]  # fmt: skip


def test_a_cancelled_trade_is_taken_back() -> None:  # fidelity 55
    told = {
        "T": "x",
        "S": "AAPL",
        "i": 52983525029461,
        "x": "V",
        "p": 220.51,
        "s": 40,
        "a": "C",
        "z": "C",
        "t": AT,
    }
    gone = Cancel(symbol="ALPACA:AAPL", id="52983525029461", time=AT_MS)
    assert parsed(told) == [gone]
    assert parsed(told | {"t": None}) == [Cancel(symbol="ALPACA:AAPL", id="52983525029461")]
    assert parsed(told | {"i": None})[0].kind == "bad"


def test_a_corrected_trade_is_taken_back_and_comes_anew() -> None:  # fidelity 55
    told = {"T": "c", "S": "AAPL", "x": "V", "oi": 11, "op": 220.51, "os": 40, "oc": ["@"], "ci": 12,
            "cp": 220.15, "cs": 45, "cc": ["@"], "z": "C", "t": AT}  # fmt: skip
    right = Trade(symbol="ALPACA:AAPL", id="12", time=AT_MS, price=220.15, size=45.0, side=None)
    assert parsed(told) == [Cancel(symbol="ALPACA:AAPL", id="11", time=AT_MS, instead=right)]
    assert [event.kind for event in parsed(told | {"cp": "x"})] == ["bad"]


def test_an_empty_frame_is_ignored() -> None:
    assert parsed() == [Notice(kind="ignored", reason="a frame without messages")]


def test_the_login_comes_first_and_subscribing_after_it() -> None:
    assert venue.waits_for_ready and [json.loads(each) for each in venue.greet()] == [
        {"action": "auth", "key": "PKTESTKEY123", "secret": "secret-of-a-test"}
    ]
    assert parsed({"T": "success", "msg": "connected"})[0].kind == "ignored"
    assert parsed({"T": "success", "msg": "authenticated"})[0].kind == "ready"
    assert json.loads(venue.subscribe(["AAPL"])[0]) == {
        "action": "subscribe", "trades": ["AAPL"], "quotes": ["AAPL"], "dailyBars": ["AAPL"]
    }  # fmt: skip


def test_the_list_of_subscriptions_is_an_ack_of_each_and_proof_of_life() -> None:  # fidelity 4, 23
    told = {"T": "subscription", "trades": ["AAPL", "SPY"], "quotes": ["AAPL", "SPY"], "bars": [],
            "corrections": ["AAPL", "SPY"]}  # fmt: skip
    assert parsed(told) == [
        Notice(kind="heartbeat"),
        Notice(kind="ack", symbol="ALPACA:AAPL"),
        Notice(kind="ack", symbol="ALPACA:SPY"),
    ]


def test_a_quiet_line_is_asked_again_for_what_it_has() -> None:
    line = Alpaca()
    assert line.ping() is None
    line.subscribe(["AAPL", "SPY"])
    line.unsubscribe(["AAPL"])
    assert json.loads(line.ping() or "")["trades"] == ["SPY"]
    line.greet()
    assert line.ping() is None


@pytest.mark.parametrize(
    ("code", "kind"),
    [(402, "denied"), (406, "denied"), (409, "denied"), (405, "refused"), (400, "refused"),
     (403, "ready"), (407, "bad"), (500, "bad")],
)  # fmt: skip
def test_errors_say_what_they_are(code: int, kind: str) -> None:  # fidelity 10, 11
    [notice] = parsed({"T": "error", "code": code, "msg": "so it is"})
    assert (notice.kind, notice.reason) == (kind, f"Alpaca: so it is ({code})")
    assert notice.retry_after == ({406: 90.0}.get(code, 900.0) if kind == "denied" else None)


@pytest.mark.parametrize("field", ["p", "s", "t", "i"])
@pytest.mark.parametrize("wrong", [None, "", [], -1.5])
def test_a_trade_that_can_not_be_believed_is_bad(field: str, wrong: object) -> None:
    [notice] = parsed(TRADE | {field: wrong})[:1]
    assert isinstance(notice, Notice) and notice.reason.startswith(f"bad trade {field}: AAPL")


# --------------------------------------------------------------------------- REST
SNAPSHOT = {
    "symbol": "AAPL",
    "latestTrade": {"t": AT, "x": "V", "p": 220.51, "s": 40, "c": ["@"], "i": 1, "z": "C"},
    "latestQuote": {"t": AT, "bp": 220.5, "bs": 4, "ap": 0, "as": 0},
    "minuteBar": None,
    "dailyBar": {"t": "2026-09-21T04:00:00Z", "o": 219, "h": 222.5, "l": 218.1, "c": 220.5, "v": 812345},
    "prevDailyBar": {"t": "2026-09-18T04:00:00Z", "o": 1, "h": 2, "l": 1, "c": 217.9, "v": 1},
}


def test_a_snapshot_is_a_quote_from_the_previous_close() -> None:
    assert venue.read_poll(json.dumps(SNAPSHOT).encode(), "ALPACA:AAPL", NOW + 500) == [
        Quote(
            symbol="ALPACA:AAPL", time=AT_MS, received=NOW + 500, last=220.51, size=40.0, bid=220.5,
            bid_size=400.0, ask_size=0.0, open=217.9, high=222.5, low=218.1, volume=812345.0,
        )
    ]  # fmt: skip
    [late] = venue.read_poll(json.dumps(SNAPSHOT).encode(), "ALPACA:AAPL", NOW + 3_700_000)
    assert isinstance(late, Quote) and late.state == "closed"


def bars(rows: object, interval: str = "1m") -> list[tuple[int, float, int | None, bool]]:
    body = json.dumps({"bars": rows, "symbol": "AAPL", "next_page_token": None}).encode()
    found = venue.read_bars(body, "ALPACA:AAPL", interval, NOW)
    return [(bar.time, bar.close, bar.trades, bar.closed) for bar in found]


def test_bars_of_minutes_and_days() -> None:  # fidelity 64, 91
    row = {"o": 1, "h": 3, "l": 1, "c": 2, "v": 10, "n": 7, "vw": 1.5}
    assert bars([row | {"t": "2026-09-21T16:59:00Z"}, row | {"t": "2026-09-21T17:00:00Z"}]) == [
        (NOW - 60_000, 2.0, 7, True), (NOW, 2.0, 7, False)
    ]  # fmt: skip
    assert bars([row | {"t": "2026-09-18T04:00:00Z"}], "1d") == [(1_789_689_600_000, 2.0, 7, True)]
    assert bars({"AAPL": [row | {"t": "2026-09-21T16:59:00Z"}], "SPY": []})
    assert bars(None) == bars({}) == bars([5, {"t": "x"}, row]) == []


def test_trades_are_told_oldest_first_without_the_cancelled() -> None:  # fidelity 55
    rows = [
        {"t": AT, "p": 2.5, "s": 5, "i": 12, "x": "V"},
        {"t": AT, "p": 2.4, "s": 5, "i": 9, "x": "V"},
        {"t": AT, "p": 9.0, "s": 5, "i": 11, "u": "canceled"},
        {"t": AT, "p": "x", "s": 5, "i": 13},
    ]
    found = venue.read_trades(json.dumps({"trades": rows}).encode(), "ALPACA:AAPL")
    assert [(each.id, each.price) for each in found] == [("9", 2.4), ("12", 2.5)]
    assert venue.read_trades(b'{"trades":{},"next_page_token":null}', "ALPACA:AAPL") == []


def test_requests_name_iex_and_carry_the_keys_in_headers_only() -> None:
    requests = [venue.poll("BRK.B"), venue.trades("AAPL"), venue.bars("AAPL", "1h", NOW, NOW + 7_200_000)]
    for request in requests:
        assert request is not None and request.params["feed"] == "iex"
        assert request.headers["APCA-API-KEY-ID"] == "PKTESTKEY123"
        assert "PKTEST" not in request.path + str(request.params)
    assert requests[2] is not None and requests[2].params["end"] == "2026-09-21T18:59:59Z"
    assert venue.instruments() is not None and venue.instruments().host == "https://paper-api.alpaca.markets"
    assert Alpaca().instruments() is None


def test_assets_are_instruments() -> None:
    rows = [
        {"symbol": "AAPL", "name": "Apple Inc. Common Stock", "tradable": True, "status": "active"},
        {"symbol": "OLD", "name": "Old", "tradable": False}, {"symbol": "a b"}, {}, None,
    ]  # fmt: skip
    listed = venue.read_instruments(json.dumps(rows).encode())
    assert [(each.symbol, each.status) for each in listed] == [
        ("ALPACA:AAPL", "online"), ("ALPACA:OLD", "halted")
    ]  # fmt: skip


def test_statuses_are_explained() -> None:
    refused = venue.explain(403, b'{"message":"forbidden."}')
    assert refused is not None and "VENUE_ALPACA_KEY and VENUE_ALPACA_SECRET" in refused.reason
    assert not refused.terminal and venue.explain(429, b"too many requests") is None
    unknown = venue.explain(404, b'{"message":"asset not found for NO"}')
    assert unknown is not None and unknown.terminal
    for read in (venue.read_poll, lambda *given: venue.read_bars(given[0], given[1], "1m", given[2])):
        with pytest.raises(FeedError):
            read(b"<html>", "ALPACA:AAPL", NOW)


@given(raw=mutations([[TRADE, QUOTE, DAY], [{"T": "subscription", "trades": ["AAPL"]}]]))
def test_mutated_frames_raise_nothing(raw: str) -> None:
    assert_believable(venue.parse(raw, NOW))


@given(raw=mutations([SNAPSHOT, {"bars": [DAY], "trades": [TRADE]}]))
def test_mutated_answers_are_read_or_are_a_feed_error(raw: str) -> None:
    body = raw.encode()
    try:
        assert_believable(venue.read_poll(body, "ALPACA:AAPL", NOW))
        assert_believable(list(venue.read_trades(body, "ALPACA:AAPL")))
        found = venue.read_bars(body, "ALPACA:AAPL", "1d", NOW)
    except FeedError:
        return
    assert all(0 < bar.low <= bar.high for bar in found)
