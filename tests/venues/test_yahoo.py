"""Yahoo's words: the chart's answer, with its nulls, its dust, its sessions, and all it says instead."""

import json
import struct
from typing import Any

import pytest
from hypothesis import given

from feeds.errors import FeedError
from feeds.market import Quote
from feeds.venues.base import Notice
from feeds.venues.yahoo import Yahoo
from tests.venues.mutation import assert_believable, mutations

SESSION = {"start": 1_790_001_000, "end": 1_790_024_400}
OPEN = 1_790_010_000_000
venue = Yahoo()

META: dict[str, Any] = {
    "currency": "USD", "symbol": "AAPL", "instrumentType": "EQUITY", "regularMarketTime": 1_790_009_993,
    "regularMarketPrice": 220.003, "regularMarketDayHigh": 221.02099609375, "regularMarketDayLow": 218.58,
    "regularMarketVolume": 5800260, "chartPreviousClose": 216.5, "previousClose": 217.9, "priceHint": 2,
    "gmtoffset": -14400, "currentTradingPeriod": {"regular": SESSION}, "dataGranularity": "1m",
}  # fmt: skip


def answer(
    timestamps: list[Any] | None = None, meta: dict[str, Any] | None = None, **columns: list[Any]
) -> bytes:
    result: dict[str, Any] = {"meta": META | (meta or {}), "indicators": {"quote": [columns]}}
    if timestamps is not None:
        result["timestamp"] = timestamps
    return json.dumps({"chart": {"result": [result], "error": None}}).encode()


def polled(received: int = OPEN, **meta: Any) -> Quote:
    [quote] = venue.read_poll(answer(meta=meta), "YAHOO:AAPL", received)
    assert isinstance(quote, Quote)
    return quote


def flat(*closes: float | None) -> dict[str, list[Any]]:
    """Return columns in which open, high, low and close are the same."""
    values = list(closes)
    return {"open": values, "high": values, "low": values, "close": values, "volume": [10] * len(values)}


# --------------------------------------------------------------------------- the price
def test_a_poll_is_a_quote_and_its_open_is_the_previous_close() -> None:
    assert polled() == Quote(
        symbol="YAHOO:AAPL", time=1_790_009_993_000, received=OPEN, last=220.003, open=217.9, high=221.021,
        low=218.58, volume=5800260.0, state="delayed",
    )  # fmt: skip
    assert polled(previousClose=None).open == 216.5


@pytest.mark.parametrize("meant", [232.35, 97208.17, 0.5123, 1.1220826, 42740.42])
def test_a_float32_is_told_as_what_it_was(meant: float) -> None:  # fidelity 46
    assert polled(regularMarketPrice=struct.unpack("f", struct.pack("f", meant))[0]).last == meant


@pytest.mark.parametrize("wrong", [None, "", "0.-1", -5, 0, "NaN", [], 1e300])
def test_a_price_that_is_none_is_said_so(wrong: object) -> None:  # fidelity 43, 47
    [notice] = venue.read_poll(answer(meta={"regularMarketPrice": wrong}), "YAHOO:AAPL", OPEN)
    assert isinstance(notice, Notice) and notice.kind == "bad"
    assert notice.reason.startswith("bad chart regularMarketPrice: AAPL")


def test_one_bad_field_costs_only_itself() -> None:
    quote, notice = venue.read_poll(answer(meta={"regularMarketDayLow": "x"}), "YAHOO:AAPL", OPEN)
    assert isinstance(quote, Quote) and quote.last == 220.003 and isinstance(notice, Notice)


@pytest.mark.parametrize(
    ("second", "state"),
    [(-1, "closed"), (0, "delayed"), (23_399, "delayed"), (23_460, "closed"), (200_000, "closed")],
)
def test_outside_its_session_a_market_is_closed(second: int, state: str) -> None:  # fidelity 83
    assert polled(received=(SESSION["start"] + second) * 1000).state == state


@pytest.mark.parametrize(
    ("meta", "state"),
    [
        ({"instrumentType": "INDEX"}, "delayed"),
        ({"instrumentType": "CURRENCY"}, "live"),
        ({"instrumentType": "CRYPTOCURRENCY"}, "live"),
        ({"exchangeDataDelayedBy": 0}, "live"),
        ({"exchangeDataDelayedBy": 15}, "delayed"),
        ({"currentTradingPeriod": None}, "delayed"),
        ({"currentTradingPeriod": {}}, "delayed"),
    ],
)
def test_a_delayed_price_is_said_to_be(meta: dict[str, Any], state: str) -> None:
    assert polled(**meta).state == state


def test_a_coin_never_closes_and_a_currency_has_no_gap_at_midnight() -> None:
    assert polled(received=OPEN * 2, instrumentType="CRYPTOCURRENCY").state == "live"
    assert polled(received=(SESSION["end"] + 59) * 1000, instrumentType="CURRENCY").state == "live"


def test_volume_is_in_base_units() -> None:  # fidelity 50
    assert polled(instrumentType="CURRENCY", regularMarketVolume=0).volume is None
    coin = polled(instrumentType="CRYPTOCURRENCY", regularMarketVolume=2_000_000, regularMarketPrice=50_000)
    assert coin.volume == 40.0


def test_pence_are_not_called_pounds() -> None:  # fidelity 48
    shell = next(each for each in venue.featured if each.symbol == "YAHOO:SHEL.L")
    assert shell.quote == "GBX" and not any(each.quote == "GBp" for each in venue.featured)
    assert polled(currency="GBp", regularMarketPrice=2654.5).last == 2654.5


# --------------------------------------------------------------------------- bars
def test_minutes_are_bars_without_the_null_ones_and_the_live_row() -> None:  # fidelity 43, 67, 73
    body = answer([60, 120, 180, 240, 299], **flat(1.0, None, 3.0, 4.0, 5.0))
    bars = venue.read_bars(body, "YAHOO:AAPL", "1m", 299_000)
    assert [(bar.time, bar.close, bar.closed) for bar in bars] == [
        (60_000, 1.0, True), (180_000, 3.0, True), (240_000, 4.0, False)
    ]  # fmt: skip
    assert bars[0].volume == 10.0 and bars[0].source == "backfill" and bars[0].trades is None


def test_a_row_with_one_null_is_none_and_a_null_volume_is_nothing() -> None:
    columns = flat(1.0, 2.0) | {"low": [None, 2.0], "volume": [10, None]}
    [bar] = venue.read_bars(answer([60, 120], **columns), "YAHOO:AAPL", "1m", 10**9)
    assert (bar.time, bar.volume) == (120_000, 0.0)


def test_an_empty_window_is_no_bars() -> None:  # fidelity 72
    assert venue.read_bars(answer(), "YAHOO:AAPL", "1m", OPEN) == []
    body = json.dumps(
        {"chart": {"result": [{"meta": META, "indicators": {"quote": []}}], "error": None}}
    ).encode()
    assert venue.read_bars(body, "YAHOO:AAPL", "1m", OPEN) == []


def test_an_hour_is_made_of_its_quarters() -> None:
    start = 1_790_001_000 - 1_790_001_000 % 3600 + 1800  # a market that opens at half past
    body = answer([start + quarter * 900 for quarter in range(4)], **flat(4.0, 9.0, 1.0, 5.0))
    first, second = venue.read_bars(body, "YAHOO:AAPL", "1h", (start + 3600) * 1000)
    assert (first.time, first.open, first.high, first.low, first.close, first.volume, first.closed) == (
        (start - 1800) * 1000, 4.0, 9.0, 4.0, 9.0, 20.0, True
    )  # fmt: skip
    assert (second.time, second.open, second.low, second.closed) == ((start + 1800) * 1000, 1.0, 1.0, False)


@pytest.mark.parametrize(
    ("stamp", "offset", "date"),
    [
        (1645540200, -14400, 1645488000),  # AAPL, New York 9:30
        (1577952000, 0, 1577923200),  # London 8:00
        (1751324400, 0, 1751328000),  # a summer's day in London from midnight, read in winter
        (1577923200, 32400, 1577923200),  # Tokyo 9:00
        (1577941200, -18000, 1577923200),  # New York midnight
        (1577836800, 0, 1577836800),
    ],
)
def test_a_day_is_the_date_at_the_exchange(stamp: int, offset: int, date: int) -> None:
    body = answer([stamp], meta={"gmtoffset": offset}, **flat(1.0))
    assert venue.read_bars(body, "YAHOO:X", "1d", 10**14)[0].time == date * 1000


def test_the_live_row_of_a_day_is_that_day() -> None:  # fidelity 73
    columns = {
        "open": [1.0, 3.0],
        "high": [2.0, 3.0],
        "low": [0.5, 3.0],
        "close": [1.5, 3.0],
        "volume": [500, 0],
    }
    [bar] = venue.read_bars(answer([1645540200, 1645560003], **columns), "YAHOO:AAPL", "1d", 10**14)
    assert (bar.open, bar.high, bar.low, bar.close, bar.volume) == (1.0, 3.0, 0.5, 3.0, 500.0)


# --------------------------------------------------------------------------- errors
ERROR = {"code": "Not Found", "description": "No data found, symbol may be delisted"}


@pytest.mark.parametrize("status", [200, 404])
def test_an_unknown_name_is_final(status: int) -> None:  # fidelity 80
    body = json.dumps({"chart": {"result": None, "error": ERROR}}).encode()
    with pytest.raises(FeedError) as raised:
        venue.read_poll(body, "YAHOO:NO", OPEN)
    assert raised.value.terminal and "No data found, symbol may be delisted" in raised.value.reason
    explained = venue.explain(status, body)
    assert explained is not None and explained.terminal


@pytest.mark.parametrize("text", [b"Too Many Requests", b"Edge: Too Many Requests", b""])
def test_too_many_requests_is_plain_text(text: bytes) -> None:  # fidelity 76
    explained = venue.explain(429, text)
    assert explained is not None and explained.retry_after == 60.0 and not explained.terminal
    with pytest.raises(FeedError):
        venue.read_poll(text, "YAHOO:AAPL", OPEN)


def test_a_page_is_not_a_chart() -> None:  # fidelity 77, 78, 85
    for body in (
        b"<!DOCTYPE html><title>Yahoo</title>",
        b"  <html>",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"chart":{}}',
    ):
        for read in (venue.read_poll, lambda *given: venue.read_bars(given[0], given[1], "1m", given[2])):
            with pytest.raises(FeedError):
                read(body, "YAHOO:AAPL", OPEN)
    consent = venue.explain(302, b"")
    assert consent is not None and "consent" in consent.reason and not consent.terminal
    assert "web page" in str(venue.explain(503, b"<html>"))


@given(raw=mutations([json.loads(answer([60, 120], **flat(1.0, 2.0)))]))
def test_mutated_answers_are_read_or_are_a_feed_error(raw: str) -> None:
    try:
        events = venue.read_poll(raw.encode(), "YAHOO:AAPL", OPEN)
        bars = [
            bar
            for each in ("1m", "1h", "1d")
            for bar in venue.read_bars(raw.encode(), "YAHOO:AAPL", each, OPEN)
        ]
    except FeedError:
        return
    assert_believable(events)
    assert all(
        0 < bar.low <= min(bar.open, bar.close) <= max(bar.open, bar.close) <= bar.high for bar in bars
    )
