"""Twelve Data's words: prices, acks that refuse some, and errors with HTTP 200."""

import json
from typing import Any

import pytest
from hypothesis import given

from feeds.errors import FeedError
from feeds.market import Quote
from feeds.venues.base import Event, Keys, Notice
from feeds.venues.twelvedata import TwelveData
from tests.venues.mutation import assert_believable, mutations

NOW = 1_790_010_000_000
venue = TwelveData()
venue.keys = Keys("sandbox-key")
PRICE = {
    "event": "price",
    "symbol": "AAPL",
    "currency": "USD",
    "exchange": "NASDAQ",
    "type": "Common Stock",
    "timestamp": NOW // 1000,
    "price": 220.51,
    "day_volume": 812345,
}
QUOTE = {
    "symbol": "AAPL",
    "name": "Apple Inc",
    "datetime": "2026-09-21",
    "timestamp": NOW // 1000,
    "open": "219.1",
    "high": "222.5",
    "low": "218.1",
    "close": "220.51",
    "volume": "812345",
    "previous_close": "217.9",
    "is_market_open": True,
}


def parsed(**message: Any) -> list[Event]:
    return venue.parse(json.dumps(message), NOW)


# --------------------------------------------------------------------------- the stream
def test_a_price_is_a_quote() -> None:
    assert parsed(**PRICE) == [
        Quote(symbol="TWELVEDATA:AAPL", time=NOW, received=NOW, last=220.51, volume=812345.0)
    ]
    [quote] = parsed(**PRICE | {"bid": 220.5, "ask": 220.6})
    assert isinstance(quote, Quote) and (quote.bid, quote.ask) == (220.5, 220.6)


def test_the_volume_of_a_currency_is_not_zero_but_not_counted() -> None:  # fidelity 50
    [quote] = parsed(**PRICE | {"symbol": "EUR/USD", "type": "Physical Currency", "day_volume": 0})
    assert isinstance(quote, Quote) and quote.symbol == "TWELVEDATA:EUR-USD" and quote.volume is None


def test_an_ack_may_take_some_and_refuse_others() -> None:  # fidelity 19, 91
    told = {"event": "subscribe-status", "status": "error"}
    reason = "unknown, or not in this plan"
    assert parsed(**told, success=[{"symbol": "EUR/USD", "exchange": "X"}], fails=[{"symbol": "NO"}]) == [
        Notice(kind="ack", symbol="TWELVEDATA:EUR-USD"),
        Notice(kind="refused", symbol="TWELVEDATA:NO", reason=reason),
    ]
    assert parsed(**told, success=None, fails=[{"symbol": "BTC"}]) == [
        Notice(kind="refused", symbol="TWELVEDATA:BTC", reason=reason)
    ]
    assert [event.kind for event in parsed(**told, success=[5, {}, {"symbol": "a b"}])] == ["bad"] * 3
    assert parsed(**told)[0].kind == "ignored"


def test_a_heartbeat_is_a_sign_of_life() -> None:  # fidelity 4
    assert parsed(event="heartbeat", status="ok") == [Notice(kind="heartbeat")]
    assert venue.ping() == '{"action":"heartbeat"}' and venue.ping_every == 10.0


def test_other_events_are_ignored_and_errors_of_the_line_told() -> None:  # fidelity 88
    assert parsed(event="reset-status", status="ok")[0].kind == "ignored"
    assert parsed(event="news") == [Notice(kind="ignored", reason="unknown event news")]
    assert parsed(status="error", code=401, message="no such key") == [
        Notice(kind="denied", reason="Twelve Data: no such key", retry_after=900.0)
    ]


@pytest.mark.parametrize(("field", "wrong"), [("price", "0.-1"), ("price", None), ("symbol", 5)])
def test_a_price_that_is_none_is_bad(field: str, wrong: object) -> None:  # fidelity 47
    [notice] = parsed(**PRICE | {field: wrong})
    assert isinstance(notice, Notice) and notice.reason.startswith(f"bad price {field}: ")


def test_orders_are_lists_with_commas() -> None:
    assert json.loads(venue.subscribe(["AAPL", "EUR/USD"])[0]) == {
        "action": "subscribe",
        "params": {"symbols": "AAPL,EUR/USD"},
    }
    assert json.loads(venue.unsubscribe(["AAPL"])[0])["action"] == "unsubscribe"


def test_names_are_written_both_ways() -> None:  # fidelity 24
    for symbol, native in (("TWELVEDATA:EUR-USD", "EUR/USD"), ("TWELVEDATA:BRK.B", "BRK.B")):
        assert venue.native(symbol) == native and venue.symbol(native) == symbol
    assert venue.canonical("TWELVEDATA:EUR/USD") == "TWELVEDATA:EUR-USD"


# --------------------------------------------------------------------------- REST
def test_a_poll_is_a_quote_from_the_previous_close() -> None:  # fidelity 53
    [quote] = venue.read_poll(json.dumps(QUOTE).encode(), "TWELVEDATA:AAPL", NOW)
    assert quote == Quote(
        symbol="TWELVEDATA:AAPL",
        time=NOW,
        received=NOW,
        last=220.51,
        open=217.9,
        high=222.5,
        low=218.1,
        volume=812345.0,
    )
    [closed] = venue.read_poll(json.dumps(QUOTE | {"is_market_open": False}).encode(), "TWELVEDATA:AAPL", NOW)
    assert isinstance(closed, Quote) and closed.state == "closed"


def rows(*rows: dict[str, Any]) -> bytes:
    return json.dumps({"meta": {"symbol": "AAPL"}, "values": rows, "status": "ok"}).encode()


def row(at: str, close: str = "2.0") -> dict[str, Any]:
    return {"datetime": at, "open": "1.0", "high": "3.0", "low": "1.0", "close": close, "volume": "10"}


def test_bars_come_newest_first_in_utc() -> None:  # fidelity 63, 67, 70
    found = venue.read_bars(
        rows(row("2026-09-21 17:00:00"), row("2026-09-21 16:59:00")), "TWELVEDATA:AAPL", "1m", NOW
    )
    assert [(bar.time, bar.close, bar.closed) for bar in found] == [
        (NOW - 60_000, 2.0, True),
        (NOW, 2.0, False),
    ]
    [day] = venue.read_bars(rows(row("2026-09-18")), "TWELVEDATA:AAPL", "1d", NOW)
    assert day.time == 1_789_689_600_000
    assert venue.read_bars(rows(row("soon"), {}), "TWELVEDATA:AAPL", "1m", NOW) == []


def test_an_hour_is_made_of_its_quarters() -> None:
    found = venue.read_bars(
        rows(
            row("2026-09-21 16:00:00", "2.5"), row("2026-09-21 15:45:00", "2.2"), row("2026-09-21 15:30:00")
        ),
        "TWELVEDATA:AAPL",
        "1h",
        NOW,
    )
    assert [(bar.time, bar.interval, bar.close, bar.volume, bar.closed) for bar in found] == [
        (NOW - 7_200_000, "1h", 2.2, 20.0, True),
        (NOW - 3_600_000, "1h", 2.5, 10.0, True),
    ]


def test_requests_ask_for_utc_and_carry_the_key_in_a_header() -> None:
    request = venue.bars("EUR/USD", "1h", NOW - 7_200_000, NOW)
    assert request is not None and request.params["interval"] == "15min"
    assert (request.params["start_date"], request.params["end_date"], request.params["timezone"]) == (
        "2026-09-21 15:00:00",
        "2026-09-21 16:59:59",
        "UTC",
    )
    for each in (request, venue.poll("AAPL")):
        assert each.headers == {"Authorization": "apikey sandbox-key"} and "sandbox" not in str(each.params)


@pytest.mark.parametrize(
    ("code", "retry", "terminal"),
    [(429, 60.0, False), (401, 900.0, False), (404, None, True), (500, None, False)],
)
def test_an_error_is_one_with_any_status(
    code: int, retry: float | None, terminal: bool
) -> None:  # fidelity 75, 80
    body = json.dumps({"code": code, "message": "so it is", "status": "error"}).encode()
    with pytest.raises(FeedError) as told:
        venue.read_poll(body, "TWELVEDATA:AAPL", NOW)
    explained = venue.explain(code, body)
    assert explained is not None
    for error in (told.value, explained):
        assert (error.retry_after, error.terminal) == (retry, terminal) and "so it is" in error.reason


def test_a_page_is_no_answer() -> None:  # fidelity 77
    for body in (b"<html>", b"[]", b""):
        with pytest.raises(FeedError):
            venue.read_bars(body, "TWELVEDATA:AAPL", "1m", NOW)
        assert venue.explain(502, body) is None


ACK = {
    "event": "subscribe-status",
    "status": "ok",
    "success": [{"symbol": "AAPL"}],
    "fails": [{"symbol": "X"}],
}


@given(raw=mutations([PRICE, ACK]))
def test_mutated_frames_raise_nothing(raw: str) -> None:
    assert_believable(venue.parse(raw, NOW))


@given(raw=mutations([QUOTE, json.loads(rows(row("2026-09-21 17:00:00")))]))
def test_mutated_answers_are_read_or_are_a_feed_error(raw: str) -> None:
    try:
        assert_believable(venue.read_poll(raw.encode(), "TWELVEDATA:AAPL", NOW))
        found = venue.read_bars(raw.encode(), "TWELVEDATA:AAPL", "1h", NOW)
    except FeedError:
        return
    assert all(0 < bar.low <= bar.high for bar in found)
