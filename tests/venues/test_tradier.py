"""Tradier's words: numbers here and texts there, a tape, a session a line, and answers of one or many."""

import json
from typing import Any

import pytest
from hypothesis import given

from feeds.board import Board
from feeds.errors import FeedError
from feeds.market import Cancel, Quote, Trade, replace
from feeds.venues.base import Event, Keys, Notice
from feeds.venues.tradier import Tradier
from tests.venues.mutation import assert_believable, mutations

NOW = 1_790_010_000_000
venue = Tradier()
venue.keys = Keys("token-of-a-test")
QUOTE = {
    "type": "quote",
    "symbol": "SPY",
    "bid": 573.44,
    "bidsz": 9,
    "bidexch": "P",
    "biddate": str(NOW - 1000),
    "ask": 573.45,
    "asksz": 6,
    "askexch": "Q",
    "askdate": str(NOW),
}
TRADE = {
    "type": "trade",
    "symbol": "SPY",
    "exch": "Q",
    "price": "573.45",
    "size": "100",
    "cvol": "38311315",
    "date": str(NOW + 18),
    "last": "573.45",
}
SALE = {
    "type": "timesale",
    "symbol": "SPY",
    "exch": "X",
    "bid": "573.44",
    "ask": "573.45",
    "last": "573.45",
    "size": "110",
    "date": str(NOW + 18),
    "seq": 172047,
    "flag": "@",
    "cancel": False,
    "correction": False,
    "session": "normal",
}
SUMMARY = {
    "type": "summary",
    "symbol": "SPY",
    "open": "571.0",
    "high": "575.1",
    "low": "570.2",
    "prevClose": "569.5",
}


def parsed(**line: Any) -> list[Event]:
    return venue.parse(json.dumps(line), NOW)


# --------------------------------------------------------------------------- the stream
def test_a_quote_has_its_sizes_in_hundreds() -> None:  # fidelity 50, 53
    assert parsed(**QUOTE) == [
        Quote(
            symbol="TRADIER:SPY",
            time=NOW,
            received=NOW,
            bid=573.44,
            bid_size=900.0,
            ask=573.45,
            ask_size=600.0,
        )
    ]


def test_a_line_of_the_tape_is_a_trade() -> None:
    assert parsed(**SALE) == [
        Trade(
            symbol="TRADIER:SPY", id=f"{NOW + 18}-172047", time=NOW + 18, price=573.45, size=110.0, side=None
        )
    ]


def test_a_trade_is_the_last_price_and_the_volume_of_the_day() -> None:
    assert parsed(**TRADE) == [
        Quote(symbol="TRADIER:SPY", received=NOW, last=573.45, size=100.0, volume=38311315.0)
    ]
    assert parsed(**SUMMARY) == [Quote(symbol="TRADIER:SPY", received=NOW, open=569.5, high=575.1, low=570.2)]


def test_a_quote_of_whole_seconds_is_not_late_after_a_trade_of_that_second() -> None:  # fidelity 30
    board = Board()
    board.add("TRADIER:SPY")
    for line in (QUOTE, TRADE, QUOTE | {"bid": 573.4, "biddate": str(NOW)}):
        for event in parsed(**line):
            assert isinstance(event, Quote) and board.quote(event)
    [(quote, _)] = board.take()
    assert (quote.bid, quote.last, quote.time) == (573.4, 573.45, NOW) and board.late == 0


def test_a_trade_that_is_taken_back_or_of_no_size_is_none() -> None:  # fidelity 55
    assert parsed(**SALE | {"size": "0"})[0].kind == "ignored"
    [trade] = parsed(**SALE)
    assert isinstance(trade, Trade)
    taken_back = Cancel(symbol=trade.symbol, id=trade.id, time=trade.time)
    assert parsed(**SALE | {"cancel": True}) == [taken_back]
    right = replace(trade, price=573.4)
    assert parsed(**SALE | {"correction": True, "last": "573.40"}) == [replace(taken_back, instead=right)]
    [quote] = parsed(**TRADE | {"size": "0"})
    assert isinstance(quote, Quote) and (quote.last, quote.size) == (573.45, 0.0)


@pytest.mark.parametrize(("field", "wrong"), [("last", "x"), ("size", "-1"), ("date", "soon"), ("seq", None)])
def test_a_trade_that_can_not_be_believed_is_bad(field: str, wrong: object) -> None:  # fidelity 47
    [notice] = parsed(**SALE | {field: wrong})
    assert isinstance(notice, Notice) and notice.reason.startswith(f"bad timesale {field}: SPY")


def test_other_lines() -> None:  # fidelity 88
    assert parsed(type="tradex", symbol="SPY")[0] == Notice(kind="ignored", reason="unknown type tradex")
    assert parsed(type="quote", symbol="SPY") == [Notice(kind="ignored", reason="empty quote")]
    assert parsed(type="quote", symbol="S P Y")[0].kind == "bad"
    assert parsed(error="1234 is not a valid symbol") == [
        Notice(kind="refused", symbol="TRADIER:1234", reason="Tradier: 1234 is not a valid symbol")
    ]
    assert parsed(error="too many sessions requested")[0].kind == "maintenance"


# --------------------------------------------------------------------------- the session
def test_each_line_has_a_session_of_its_own() -> None:  # fidelity 14
    login = venue.login()
    assert login is not None and (login.method, login.path) == ("POST", "/v1/markets/events/session")
    answer = {"stream": {"url": "https://stream.tradier.com/v1/markets/events", "sessionid": "c8638963-a6d4"}}
    assert venue.read_login(json.dumps(answer).encode()) == "c8638963-a6d4"
    stream = venue.lines(["SPY", "QQQ"], "c8638963-a6d4")
    assert stream.host == "https://stream.tradier.com" and stream.params == {
        "sessionid": "c8638963-a6d4",
        "symbols": "SPY,QQQ",
        "filter": "quote,trade,timesale,summary",
        "linebreak": "true",
        "validOnly": "true",
    }


@pytest.mark.parametrize(
    "body", [b"{}", b'{"stream":null}', b'{"stream":{"sessionid":""}}', b"too many", b""]
)
def test_without_a_session_there_is_no_line(body: bytes) -> None:
    with pytest.raises(FeedError) as refused:
        venue.read_login(body)
    assert refused.value.retry_after == 30.0 and not refused.value.terminal


# --------------------------------------------------------------------------- REST
ROW = {
    "symbol": "SPY",
    "last": 573.45,
    "last_volume": 100,
    "trade_date": NOW,
    "volume": 38311315,
    "open": 571.0,
    "high": 575.1,
    "low": 570.2,
    "close": None,
    "prevclose": 569.5,
    "bid": 573.44,
    "bidsize": 9,
    "bid_date": NOW,
    "ask": 573.45,
    "asksize": 6,
    "ask_date": NOW,
}


@pytest.mark.parametrize("held", [ROW, [ROW]])
def test_a_poll_is_an_object_or_a_list(held: object) -> None:
    body = json.dumps({"quotes": {"quote": held}}).encode()
    [quote] = venue.read_poll(body, "TRADIER:SPY", NOW + 500)
    assert quote == Quote(
        symbol="TRADIER:SPY",
        time=NOW,
        received=NOW + 500,
        last=573.45,
        size=100.0,
        bid=573.44,
        bid_size=900.0,
        ask=573.45,
        ask_size=600.0,
        open=569.5,
        high=575.1,
        low=570.2,
        volume=38311315.0,
    )
    [late] = venue.read_poll(body, "TRADIER:SPY", NOW + 3_700_000)
    assert isinstance(late, Quote) and late.state == "closed"


def test_an_unknown_symbol_is_final() -> None:  # fidelity 80
    with pytest.raises(FeedError) as unknown:
        venue.read_poll(b'{"quotes":{"unmatched_symbols":{"symbol":"NO"}}}', "TRADIER:NO", NOW)
    assert unknown.value.terminal


def test_minutes_hours_and_days() -> None:  # fidelity 91
    row = {"open": 1.0, "high": 3.0, "low": 1.0, "close": 2.0, "volume": 10, "vwap": 1.5}
    minute = json.dumps(
        {"series": {"data": row | {"time": "2026-09-21T12:59:00", "timestamp": NOW // 1000 - 60}}}
    )
    [bar] = venue.read_bars(minute.encode(), "TRADIER:SPY", "1m", NOW)
    assert (bar.time, bar.close, bar.volume, bar.closed) == (NOW - 60_000, 2.0, 10.0, True)
    quarters = [row | {"timestamp": NOW // 1000 - 900 * n} for n in (2, 1, 0)]
    body = json.dumps({"series": {"data": quarters}}).encode()
    hours = venue.read_bars(body, "TRADIER:SPY", "1h", NOW)
    assert [(bar.time, bar.volume, bar.closed) for bar in hours] == [
        (NOW - 3_600_000, 20.0, True),
        (NOW, 10.0, False),
    ]
    days = json.dumps({"history": {"day": [row | {"date": "2026-09-18"}, row | {"date": "x"}]}}).encode()
    assert [bar.time for bar in venue.read_bars(days, "TRADIER:SPY", "1d", NOW)] == [1_789_689_600_000]
    assert venue.read_bars(b'{"series":null}', "TRADIER:SPY", "1m", NOW) == []
    assert venue.read_bars(b'{"history":null}', "TRADIER:SPY", "1d", NOW) == []


def test_windows_hold_what_is_asked_for_on_summer_and_winter_time() -> None:  # fidelity 63
    request = venue.bars("SPY", "1m", NOW, NOW + 3_600_000)
    assert request is not None and (request.params["start"], request.params["end"]) == (
        "2026-09-21 12:00",
        "2026-09-21 14:00",
    )
    day = venue.bars("SPY", "1d", NOW, NOW + 86_400_000)
    assert day is not None and day.path == "/v1/markets/history" and day.params["start"] == "2026-09-21"


def test_errors_are_explained() -> None:
    refused = venue.explain(401, b'{"fault":{"faultstring":"Invalid Access Token"}}')
    assert refused is not None and not refused.terminal and "VENUE_TRADIER_KEY" in refused.reason
    assert venue.explain(401, b"Invalid access token") is not None
    sessions = venue.explain(400, b"too many sessions requested")
    assert sessions is not None and "too many sessions" in sessions.reason
    assert venue.explain(502, b"<html>") is None
    with pytest.raises(FeedError, match="invalid"):
        venue.read_bars(b'{"errors":{"error":["invalid interval"]}}', "TRADIER:SPY", "1m", NOW)
    with pytest.raises(FeedError):
        venue.read_poll(b"<html>", "TRADIER:SPY", NOW)


@given(raw=mutations([QUOTE, TRADE, SALE, SUMMARY, {"error": "X is not a valid symbol"}]))
def test_mutated_lines_raise_nothing(raw: str) -> None:
    assert_believable(venue.parse(raw, NOW))


@given(raw=mutations([{"quotes": {"quote": ROW}, "series": {"data": [ROW | {"timestamp": NOW // 1000}]}}]))
def test_mutated_answers_are_read_or_are_a_feed_error(raw: str) -> None:
    try:
        assert_believable(venue.read_poll(raw.encode(), "TRADIER:SPY", NOW))
        found = venue.read_bars(raw.encode(), "TRADIER:SPY", "1h", NOW)
    except FeedError:
        return
    assert all(0 < bar.low <= bar.high for bar in found)
