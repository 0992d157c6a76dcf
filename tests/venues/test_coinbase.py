"""Coinbase's words: every documented message, and the ones that real sessions had and documents don't."""

import json
from typing import Any

import pytest
from hypothesis import given

from feeds.market import Quote, Trade
from feeds.venues.base import Event, Notice
from feeds.venues.coinbase import Coinbase
from tests.venues.mutation import assert_believable, mutations

NOW = 1_790_000_000_000
venue = Coinbase()

TICKER = {
    "type": "ticker",
    "sequence": 137212619516,
    "product_id": "BTC-USD",
    "price": "84737.58",
    "open_24h": "84430.55",
    "volume_24h": "1836.96781750",
    "low_24h": "84400",
    "high_24h": "85021.57",
    "volume_30d": "175984.53012145",
    "best_bid": "84737.58",
    "best_bid_size": "0.19921154",
    "best_ask": "84737.59",
    "best_ask_size": "0.05223077",
    "side": "sell",
    "time": "2026-10-03T20:58:31.127510Z",
    "trade_id": 1102042811,
    "last_size": "0.00000025",
}
MATCH = {
    "type": "match",
    "trade_id": 1088490717,
    "maker_order_id": "a",
    "taker_order_id": "b",
    "side": "sell",
    "size": "0.00609388",
    "price": "81222.94",
    "product_id": "BTC-USD",
    "sequence": 135557036119,
    "time": "2026-09-04T00:21:03.878125Z",
}
HEARTBEAT = {"type": "heartbeat", "sequence": 90, "last_trade_id": 20, "product_id": "BTC-USD", "time": "x"}
ACK = {
    "type": "subscriptions",
    "channels": [
        {"name": "ticker_1000", "product_ids": ["BTC-USD", "ETH-USD"], "account_ids": None},
        {"name": "matches", "product_ids": ["ETH-USD"]},
        {"name": "heartbeat", "product_ids": ["XRP-USD"]},
    ],
}
ERROR = {"type": "error", "message": "Failed to subscribe", "reason": "ETH-USD is not a valid product"}


def parse(message: Any) -> list[Event]:
    return venue.parse(message if isinstance(message, str) else json.dumps(message), NOW)


# --------------------------------------------------------------------------- prices
def test_a_ticker_is_a_quote() -> None:
    assert parse(TICKER) == [
        Quote(
            symbol="COINBASE:BTC-USD",
            time=1791061111127,
            received=NOW,
            last=84737.58,
            size=2.5e-07,
            bid=84737.58,
            bid_size=0.19921154,
            ask=84737.59,
            ask_size=0.05223077,
            open=84430.55,
            high=85021.57,
            low=84400.0,
            volume=1836.9678175,
        )
    ]


def test_a_first_ticker_may_lack_trade_and_sizes() -> None:  # fidelity 42
    [quote] = parse({"type": "ticker", "product_id": "BTC-USD", "price": "5", "time": "2026-10-03T20:58:31Z"})
    assert (quote.last, quote.size, quote.bid, quote.volume) == (5.0, None, None, None)


@pytest.mark.parametrize("price", [None, "", "0.-10000", "-5", "NaN", "1e400", -1, "five", [], {"a": 1}])
def test_a_ticker_with_a_bad_price_keeps_its_bid_and_ask(price: object) -> None:  # fidelity 47
    quote, notice = parse(TICKER | {"price": price})
    assert quote.last is None and (quote.bid, quote.ask) == (84737.58, 84737.59)
    assert notice.kind == "bad" and notice.reason.startswith("bad ticker price: BTC-USD")


@pytest.mark.parametrize(
    ("field", "ours"),
    [
        ("best_bid_size", "bid_size"), ("last_size", "size"), ("volume_24h", "volume"), ("open_24h", "open"),
        ("time", "time"),
    ],
)  # fmt: skip
def test_one_bad_field_of_a_ticker_costs_only_itself(field: str, ours: str) -> None:
    quote, notice = parse(TICKER | {field: "0.-10000"})
    assert quote.last == 84737.58 and notice.reason.startswith(f"bad ticker {ours}: BTC-USD ")


def test_nothing_believable_in_a_ticker_is_no_quote() -> None:
    events = parse(TICKER | {"price": "", "best_bid": "-1", "best_ask": "x"})
    assert events and all(isinstance(event, Notice) and event.kind == "bad" for event in events)


@pytest.mark.parametrize("number", ["NaN", "1e400", "-1e999", "Infinity"])
def test_a_number_that_json_does_not_have_makes_the_frame_bad(number: str) -> None:
    [notice] = parse(json.dumps(TICKER).replace('"84737.58"', number, 1))
    assert notice.kind == "bad"


def test_a_zero_time_is_missing_and_the_price_is_kept() -> None:  # fidelity 60
    [quote] = parse(TICKER | {"time": "0001-01-01T00:00:00.000000Z"})
    assert quote.time is None and quote.last == 84737.58


@pytest.mark.parametrize(("maker", "aggressor"), [("sell", "buy"), ("buy", "sell"), ("", None), ("?", None)])
def test_the_side_of_a_match_is_the_makers(maker: str, aggressor: str | None) -> None:  # fidelity 51
    [trade] = parse(MATCH | {"side": maker})
    assert trade == Trade(
        symbol="COINBASE:BTC-USD",
        id="1088490717",
        time=1788481263878,
        price=81222.94,
        size=0.00609388,
        side=aggressor,
    )


def test_the_last_match_is_told_again_and_perhaps_old() -> None:  # fidelity 32
    [trade] = parse(MATCH | {"type": "last_match"})
    assert trade.recap and trade.price == 81222.94


@pytest.mark.parametrize(
    "wrong",
    [{"price": None}, {"price": "0"}, {"size": "0.-10000"}, {"time": "0001-01-01T00:00:00Z"}, {"size": None}],
)
def test_a_match_needs_price_size_and_time(wrong: dict[str, Any]) -> None:
    [notice] = parse(MATCH | wrong)
    assert notice.kind == "bad" and f"bad match {next(iter(wrong))}" in notice.reason


def test_a_price_in_scientific_notation_is_a_price() -> None:  # fidelity 44
    [trade] = parse(MATCH | {"size": "1E-8", "price": 9.1e-07})
    assert (trade.size, trade.price) == (1e-08, 9.1e-07)


# --------------------------------------------------------------------------- notices
def test_a_heartbeat_proves_its_product_alive() -> None:
    assert parse(HEARTBEAT) == [Notice(kind="heartbeat", symbol="COINBASE:BTC-USD")]


def test_an_ack_names_what_is_subscribed_whatever_the_channel_is_called_now() -> None:  # fidelity 18, 24
    assert [notice.symbol for notice in parse(ACK)] == ["COINBASE:BTC-USD", "COINBASE:ETH-USD"]
    assert parse({"type": "subscriptions", "channels": []})[0].kind == "ignored"


@pytest.mark.parametrize("reason", ["ETH-USD is not a valid product", "ETH-USD is delisted"])
def test_one_product_is_refused_and_named(reason: str) -> None:  # fidelity 19, 22
    assert parse(ERROR | {"reason": reason}) == [
        Notice(kind="refused", symbol="COINBASE:ETH-USD", reason=reason)
    ]


def test_other_errors_are_refusals_of_nobody_or_bad() -> None:  # fidelity 27
    assert parse(ERROR | {"reason": "level2 requires authentication"})[0].kind == "refused"
    assert parse(ERROR | {"reason": "é is delisted"}) == [
        Notice(kind="refused", reason="Failed to subscribe: é is delisted")
    ]
    assert parse({"type": "error", "message": "Malformed JSON"}) == [
        Notice(kind="bad", reason="Malformed JSON")
    ]


@pytest.mark.parametrize(
    "kind", ["snapshot", "l2update", "open", "received", "done", "change", "status", "activate"]
)
def test_what_was_not_asked_for_is_known_and_ignored(kind: str) -> None:
    assert parse({"type": kind, "product_id": "BTC-USD", "changes": [["buy", "1", "0.-10000"]]}) == [
        Notice(kind="ignored", reason=kind)
    ]


def test_a_new_kind_of_frame_is_ignored_by_name() -> None:  # fidelity 88
    assert parse({"type": "rfq_done", "x": 1}) == [Notice(kind="ignored", reason="unknown type rfq_done")]


def test_new_keys_do_no_harm() -> None:  # fidelity 87
    assert parse(TICKER | {"novelty": {"deep": [1]}}) == parse(TICKER)


@pytest.mark.parametrize(
    "raw", ["", "pong", "<html>", "[]", "{}", "null", '{"type":7}', '{"type":"ticker"}', "[" * 9999]
)
def test_what_is_no_frame_is_bad_and_quoted(raw: str) -> None:  # fidelity 16, 77
    [notice] = parse(raw)
    assert notice.kind == "bad" and len(notice.reason) < 300


@given(raw=mutations([TICKER, MATCH, MATCH | {"type": "last_match"}, HEARTBEAT, ACK, ERROR]))
def test_mutated_frames_never_raise_and_never_make_a_wrong_number(raw: str) -> None:
    assert_believable(venue.parse(raw, NOW))


# --------------------------------------------------------------------------- what we send
def test_one_message_subscribes_all_three_channels() -> None:
    [message] = venue.subscribe(["BTC-USD", "ETH-USD"])
    assert json.loads(message) == {
        "type": "subscribe",
        "product_ids": ["BTC-USD", "ETH-USD"],
        "channels": ["ticker", "matches", "heartbeat"],
    }
    assert json.loads(venue.unsubscribe(["BTC-USD"])[0])["type"] == "unsubscribe"
    assert venue.ping() is None


def test_at_most_300_candles_are_asked_for_with_both_ends_included() -> None:
    request = venue.bars("BTC-USD", "1m", 1_790_000_040_000, 1_790_000_040_000 + 300 * 60_000)
    assert request is not None and request.path == "/products/BTC-USD/candles"
    assert request.params == {
        "granularity": "60",
        "start": "2026-09-21T14:14:00Z",
        "end": "2026-09-21T19:13:00Z",
    }
