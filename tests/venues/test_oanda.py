"""OANDA's words: prices with levels in any order, weekends, and candles of the middle."""

import json
from typing import Any

import pytest
from hypothesis import given

from feeds.errors import FeedError
from feeds.market import Quote
from feeds.venues.base import Event, Keys, Notice
from feeds.venues.oanda import Oanda
from tests.venues.mutation import assert_believable, mutations

NOW = 1_790_010_000_000
PRACTICE = Keys("token-of-a-test", "101-004-1234567-001")
LIVE = Keys("token-of-a-test", "001-004-1234567-001")
venue = Oanda()
venue.keys = PRACTICE
PRICE = {
    "type": "PRICE", "time": "2026-09-21T17:00:00.123456789Z",
    "bids": [{"price": "1.17195", "liquidity": 10000000}, {"price": "1.17197", "liquidity": 500000}],
    "asks": [{"price": "1.17218", "liquidity": 10000000}, {"price": "1.17216", "liquidity": 500000}],
    "closeoutBid": "1.17180", "closeoutAsk": "1.17233", "status": "tradeable", "tradeable": True,
    "instrument": "EUR_USD",
}  # fmt: skip


def parsed(**line: Any) -> list[Event]:
    return venue.parse(json.dumps(line), NOW)


# --------------------------------------------------------------------------- the stream
def test_the_best_levels_are_the_quote_and_their_middle_the_price() -> None:  # fidelity 56, 61
    assert parsed(**PRICE) == [
        Quote(
            symbol="OANDA:EUR-USD", time=NOW + 123, received=NOW, last=1.172065, bid=1.17197,
            bid_size=500000.0, ask=1.17216, ask_size=500000.0,
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "state"),
    [({}, "live"), ({"tradeable": False}, "closed"), ({"status": "non-tradeable"}, "closed"),
     ({"status": "invalid"}, "closed")],
)  # fmt: skip
def test_at_the_weekend_the_market_is_closed(more: dict[str, Any], state: str) -> None:  # fidelity 83
    [quote] = parsed(**PRICE | more)
    assert isinstance(quote, Quote) and quote.state == state


def test_an_old_line_has_no_tradeable_and_another_order() -> None:  # fidelity 87
    old = {key: PRICE[key] for key in reversed(PRICE) if key != "tradeable"}
    assert parsed(**old) == parsed(**PRICE)


def test_a_side_may_be_empty() -> None:  # fidelity 41
    [quote] = parsed(**PRICE | {"asks": []})
    assert isinstance(quote, Quote) and (quote.bid, quote.ask, quote.last) == (1.17197, None, None)
    assert parsed(**PRICE | {"asks": [], "bids": []})[0].kind == "ignored"


def test_one_bad_level_costs_only_itself() -> None:  # fidelity 47
    bids = [{"price": "1.9.9", "liquidity": 1}, {"price": "1.17", "liquidity": 5}]
    quote, notice = parsed(**PRICE | {"bids": bids})
    assert isinstance(quote, Quote) and (quote.bid, quote.bid_size) == (1.17, 5.0)
    assert isinstance(notice, Notice) and notice.reason.startswith("bad price bids: EUR_USD")


def test_other_lines() -> None:  # fidelity 4, 88
    assert parsed(type="HEARTBEAT", time="2026-09-21T17:00:05.1Z") == [Notice(kind="heartbeat")]
    assert parsed(type="NEWS")[0].kind == "ignored"
    assert parsed(type="NEWS", bids=5)[0].kind == "ignored"
    assert parsed(errorMessage="Insufficient authorization")[0] == Notice(
        kind="maintenance", reason="OANDA: Insufficient authorization"
    )
    assert parsed(**PRICE | {"bids": 5})[0].kind == "bad"
    assert parsed(**PRICE | {"instrument": ""})[0].kind == "bad"


# --------------------------------------------------------------------------- requests
@pytest.mark.parametrize(("keys", "kind"), [(PRACTICE, "fxpractice"), (LIVE, "fxtrade")])
def test_the_account_says_which_hosts(keys: Keys, kind: str) -> None:
    oanda = Oanda()
    oanda.keys = keys
    stream = oanda.lines(["EUR_USD", "USD_JPY"], "")
    assert stream.host == f"https://stream-{kind}.oanda.com"
    assert stream.path == f"/v3/accounts/{keys.secret}/pricing/stream"
    assert stream.params["instruments"] == "EUR_USD,USD_JPY"
    assert stream.headers == {"Authorization": "Bearer token-of-a-test"}
    assert oanda.poll("EUR_USD").host == f"https://api-{kind}.oanda.com"
    assert oanda.instruments() is not None and Oanda().instruments() is None


def test_candles_are_asked_for_by_their_number() -> None:
    request = venue.bars("EUR_USD", "1d", NOW - NOW % 86_400_000 - 3 * 86_400_000, NOW - NOW % 86_400_000)
    assert request is not None and request.params == {
        "granularity": "D", "price": "M", "from": "2026-09-18T00:00:00Z", "count": "3",
        "dailyAlignment": "0", "alignmentTimezone": "UTC",
    }  # fmt: skip
    hours = venue.bars("EUR_USD", "1h", 0, NOW)
    assert hours is not None and hours.params["count"] == "5000"


# --------------------------------------------------------------------------- answers
def candles(*rows: Any) -> bytes:
    return json.dumps({"instrument": "EUR_USD", "granularity": "M1", "candles": rows}).encode()


def test_candles_are_bars_without_a_volume() -> None:  # fidelity 50, 67
    mid = {"o": "1.1", "h": "1.3", "l": "1.0", "c": "1.2"}
    found = venue.read_bars(
        candles(
            {"complete": True, "volume": 12, "time": "2026-09-21T16:58:00.000000000Z", "mid": mid},
            {"complete": False, "volume": 3, "time": "2026-09-21T16:59:00.000000000Z", "mid": mid},
            {"complete": True, "time": "x", "mid": mid}, {"complete": True, "time": "2026-09-21T16:57:00Z"},
        ),
        "OANDA:EUR-USD", "1m", NOW,
    )  # fmt: skip
    assert [(bar.time, bar.close, bar.volume, bar.trades, bar.closed) for bar in found] == [
        (NOW - 120_000, 1.2, 0.0, None, True), (NOW - 60_000, 1.2, 0.0, None, False)
    ]  # fmt: skip


def test_a_poll_is_the_same_price() -> None:
    body = json.dumps({"prices": [PRICE], "time": PRICE["time"]}).encode()
    assert venue.read_poll(body, "OANDA:EUR-USD", NOW) == parsed(**PRICE)
    assert venue.read_poll(b'{"prices":[]}', "OANDA:EUR-USD", NOW) == []


def test_instruments_have_the_tick_of_their_decimals() -> None:
    rows = [
        {"name": "EUR_USD", "displayName": "EUR/USD", "displayPrecision": 5, "type": "CURRENCY"},
        {"name": "EU50_EUR", "displayName": "Europe 50", "displayPrecision": 1, "type": "CFD"},
        {"name": "BAD"}, None, {"name": "A_B", "displayPrecision": "x"},
    ]  # fmt: skip
    listed = venue.read_instruments(json.dumps({"instruments": rows}).encode())
    assert [(each.symbol, each.tick_size, each.kind) for each in listed] == [
        ("OANDA:EUR-USD", 1e-05, "fx"), ("OANDA:EU50-EUR", 0.1, "other")
    ]  # fmt: skip


def test_errors_are_explained() -> None:  # fidelity 81
    refused = venue.explain(401, b'{"errorMessage":"Insufficient authorization to perform request."}')
    assert refused is not None and not refused.terminal and "VENUE_OANDA_KEY" in refused.reason
    wrong = venue.explain(400, b'{"errorMessage":"Invalid value specified for \'instruments\'"}')
    assert wrong is not None and wrong.terminal
    weekend = venue.explain(504, b'{"errorMessage":"Timeout waiting for response."}')
    assert weekend is not None and not weekend.terminal and "Timeout waiting" in weekend.reason
    assert venue.explain(502, b"<html>") is None
    with pytest.raises(FeedError):
        venue.read_poll(b"<html>", "OANDA:EUR-USD", NOW)


@given(raw=mutations([PRICE, {"type": "HEARTBEAT", "time": "2026-09-21T17:00:00Z"}]))
def test_mutated_lines_raise_nothing(raw: str) -> None:
    assert_believable(venue.parse(raw, NOW))


@given(raw=mutations([json.loads(candles({"complete": True, "time": "2026-09-21T16:58:00Z",
                                          "mid": {"o": "1", "h": "2", "l": "1", "c": "2"}}))]))  # fmt: skip
def test_mutated_candles_are_read_or_are_a_feed_error(raw: str) -> None:
    try:
        found = venue.read_bars(raw.encode(), "OANDA:EUR-USD", "1m", NOW)
    except FeedError:
        return
    assert all(0 < bar.low <= bar.high for bar in found)
