"""Kraken's words: WebSocket v2 as documented and as recorded, and a REST service whose errors are 200."""

import json
from typing import Any

import pytest
from hypothesis import given

from feeds.market import Quote, Trade
from feeds.venues.base import Event, Notice
from feeds.venues.kraken import Kraken
from feeds.venues.values import rfc3339
from tests.venues.mutation import assert_believable, mutations

NOW = 1_790_000_000_000
venue = Kraken()

TICKER = {
    "channel": "ticker",
    "type": "update",
    "data": [
        {
            "symbol": "BTC/USD",
            "bid": 83744.2,
            "bid_qty": 0.56251979,
            "ask": 83744.3,
            "ask_qty": 0.0004478,
            "last": 83744.3,
            "volume": 3156.8478211,
            "vwap": 84174.6,
            "low": 83163.6,
            "high": 85247.4,
            "change": -429.3,
            "change_pct": -0.51,
            "trades": 135262,
            "timestamp": "2026-09-25T17:48:26.844359Z",
        }
    ],
}
ENTRY = {
    "symbol": "BTC/USD",
    "side": "buy",
    "price": 81205.1,
    "qty": 3.63e-05,
    "ord_type": "limit",
    "trade_id": 106799953,
    "timestamp": "2026-09-04T00:21:20.564568Z",
}
TRADE = {"channel": "trade", "type": "update", "data": [ENTRY, ENTRY | {"trade_id": 106799954, "qty": 0.002}]}
ONLINE = {"version": "2.0.10", "system": "online", "api_version": "v2", "connection_id": 18125794168470749634}
STATUS = {"channel": "status", "type": "update", "data": [ONLINE]}
PLAN = {
    "expected_start_utc": "2026-10-05T09:00:00.000000Z",
    "expected_end_utc": "2026-10-05T10:00:00.000000Z",
    "title": "Order Entry System Maintenance",
    "phase": "announced",
}
ACK = {
    "method": "subscribe",
    "result": {"channel": "trade", "snapshot": False, "symbol": "BTC/USD"},
    "success": True,
    "time_in": "2026-09-25T17:48:24.745996Z",
    "time_out": "2026-09-25T17:48:24.746032Z",
}
REFUSAL = {
    "error": "Currency pair not supported FOO/USD",
    "method": "subscribe",
    "success": False,
    "symbol": "FOO/USD",
}


def parse(message: Any) -> list[Event]:
    return venue.parse(message if isinstance(message, str) else json.dumps(message), NOW)


def ticker(**fields: Any) -> dict[str, Any]:
    return TICKER | {"data": [TICKER["data"][0] | fields]}


# --------------------------------------------------------------------------- prices
def test_a_ticker_is_a_quote_and_its_change_tells_the_open() -> None:  # fidelity 52
    assert parse(TICKER) == [
        Quote(
            symbol="KRAKEN:BTC-USD",
            time=1790358506844,
            received=NOW,
            last=83744.3,
            bid=83744.2,
            bid_size=0.56251979,
            ask=83744.3,
            ask_size=0.0004478,
            open=84173.6,
            high=85247.4,
            low=83163.6,
            volume=3156.8478211,
        )
    ]


def test_an_older_ticker_has_no_time() -> None:  # fidelity 59, 87
    older = {key: value for key, value in TICKER["data"][0].items() if key not in ("timestamp", "trades")}
    [quote] = parse(TICKER | {"data": [older]})
    assert quote.time is None and quote.last == 83744.3


def test_a_pair_that_was_never_traded_has_no_values() -> None:  # fidelity 33
    never = {"last": 0, "change": 0, "timestamp": "1970-01-01T00:00:00Z", "low": 0, "high": 0}
    [quote] = parse(ticker(bid=0, **never))  # nothing bad: so it is with each change of its best bid and ask
    assert (quote.bid, quote.last, quote.time, quote.ask) == (None, None, None, 83744.3)
    [notice] = parse(ticker(bid=0, ask=0, **never))
    assert notice == Notice(kind="ignored", reason="ticker without a price")


@pytest.mark.parametrize("symbol", ["", "?"])
def test_a_ticker_of_nothing_is_bad(symbol: str) -> None:
    assert [event.kind for event in parse(ticker(symbol=symbol))] == ["bad"]


def test_a_refused_code_without_a_slash_is_known_again() -> None:  # fidelity 17
    said = {
        "method": "subscribe",
        "success": False,
        "error": "Currency pair not supported FOO",
        "symbol": "FOO",
    }
    assert venue.native("KRAKEN:FOO") == "FOO" and venue.canonical("KRAKEN:BTC-") == "KRAKEN:BTC-"
    assert [event.symbol for event in parse(said)] == ["KRAKEN:FOO"]


def test_a_ticker_without_a_last_price_is_no_whole_one() -> None:  # fidelity 42
    quote, notice = parse(ticker(last=None))
    assert quote.ask == 83744.3 and notice.reason == "bad ticker last: BTC/USD has none"


def test_a_crossed_quote_is_passed_on() -> None:  # fidelity 39
    [quote] = parse(ticker(bid=100.0, ask=99.0))
    assert quote.bid > quote.ask


def test_trades_have_the_takers_side_and_are_all_kept() -> None:  # fidelity 36, 51
    assert parse(TRADE) == [
        Trade(
            symbol="KRAKEN:BTC-USD",
            id="106799953",
            time=1788481280564,
            price=81205.1,
            size=3.63e-05,
            side="buy",
        ),
        Trade(
            symbol="KRAKEN:BTC-USD", id="106799954", time=1788481280564, price=81205.1, size=0.002, side="buy"
        ),
    ]


def test_trades_of_one_frame_come_oldest_first() -> None:  # fidelity 29
    later = ENTRY | {"trade_id": 5, "timestamp": "2026-09-04T00:21:21Z"}
    events = parse(TRADE | {"data": [later, ENTRY | {"trade_id": 4}, ENTRY | {"trade_id": 3}]})
    assert [trade.id for trade in events] == ["3", "4", "5"]


def test_the_trades_of_a_snapshot_are_told_again() -> None:  # fidelity 32
    assert all(trade.recap for trade in parse(TRADE | {"type": "snapshot"}))
    assert not any(trade.recap for trade in parse(TRADE))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"price": None}, "price"), ({"price": -1}, "price"), ({"qty": "0.-1"}, "size"),
        ({"timestamp": "x"}, "timestamp"), ({"trade_id": None}, "id"),
    ],
)  # fmt: skip
def test_a_bad_trade_costs_only_itself(wrong: dict[str, Any], field: str) -> None:  # fidelity 47
    trade, notice = parse(TRADE | {"data": [ENTRY | wrong, ENTRY]})
    assert isinstance(trade, Trade) and notice.kind == "bad"
    assert notice.reason.startswith(f"bad trade {field}: BTC/USD ")


# --------------------------------------------------------------------------- notices
def test_each_symbol_is_acked_by_itself_and_warnings_are_no_trouble() -> None:  # fidelity 23
    assert parse(ACK) == [Notice(kind="ack", symbol="KRAKEN:BTC-USD")]
    warned = ACK["result"] | {"warnings": ["timestamp is deprecated, use interval_begin"]}
    assert parse(ACK | {"result": warned}) == parse(ACK)


def test_a_refused_symbol_is_named_in_our_words() -> None:  # fidelity 25
    assert parse(REFUSAL) == [
        Notice(kind="refused", symbol="KRAKEN:FOO-USD", reason="Currency pair not supported FOO/USD")
    ]
    assert parse(REFUSAL | {"symbol": "XBT/USD"})[0].symbol == "KRAKEN:BTC-USD"


def test_already_subscribed_is_as_good_as_an_ack() -> None:  # fidelity 28
    again = REFUSAL | {"error": "Already subscribed", "symbol": "BTC/USD"}
    assert parse(again) == [Notice(kind="ack", symbol="KRAKEN:BTC-USD")]


def test_a_refusal_of_everything_names_nobody() -> None:  # fidelity 26
    reason = "Public market data subscriptions are unavailable on this endpoint. Try ws.kraken.com"
    assert parse({"error": reason, "method": "subscribe", "success": False}) == [
        Notice(kind="refused", reason=reason)
    ]


def test_too_many_messages_is_told_with_a_capital_e() -> None:
    assert parse({"Error": "Exceeded msg rate"}) == [Notice(kind="refused", reason="Exceeded msg rate")]


def test_a_heartbeat_is_life_and_a_pong_is_not() -> None:  # fidelity 3
    assert parse({"channel": "heartbeat"}) == [Notice(kind="heartbeat")]
    assert parse({"method": "pong", "req_id": 101, "success": True}) == [Notice(kind="pong")]
    assert json.loads(venue.ping()) == {"method": "ping"}


def test_a_connection_id_above_63_bits_is_nothing_special() -> None:  # fidelity 86
    assert parse(STATUS) == [Notice(kind="open")]


@pytest.mark.parametrize("system", ["maintenance", "cancel_only", "post_only", None, 5])
def test_a_system_that_is_not_online_is_maintenance(system: object) -> None:  # fidelity 81
    [notice] = parse(STATUS | {"data": [ONLINE | {"system": system}]})
    assert notice.kind == "maintenance" and str(system) in notice.reason


@pytest.mark.parametrize(
    ("now", "kind"),
    [
        ("2026-10-05T08:59:59", "ignored"),
        ("2026-10-05T09:00:00", "maintenance"),
        ("2026-10-05T10:00:00", "ignored"),
    ],
)
def test_announced_maintenance_counts_while_it_lasts(now: str, kind: str) -> None:  # fidelity 6
    frame = STATUS | {"data": [ONLINE | {"upcoming_maintenance": [PLAN], "emergency": []}]}
    [notice] = venue.parse(json.dumps(frame), rfc3339(f"{now}Z") or 0)
    assert notice.kind == kind and "Order Entry" in notice.reason


def test_of_several_announcements_the_one_that_has_begun_counts() -> None:
    later = PLAN | {"expected_start_utc": "2099-01-01T00:00:00Z", "expected_end_utc": None}
    now = PLAN | {"expected_start_utc": "2020-01-01T00:00:00Z", "expected_end_utc": None, "title": "now"}
    [notice] = parse(STATUS | {"data": [ONLINE | {"upcoming_maintenance": [later, now]}]})
    assert notice.kind == "maintenance" and notice.reason.endswith("now")


def test_an_unsubscribe_is_no_ack_of_a_subscription() -> None:
    assert parse(ACK | {"method": "unsubscribe"})[0].kind == "ignored"
    assert parse(REFUSAL | {"method": "unsubscribe", "error": "Subscription Not Found"})[0].kind == "bad"


@pytest.mark.parametrize("channel", ["ohlc", "book", "instrument", "level3", "something new"])
def test_other_channels_are_ignored_by_name(channel: str) -> None:  # fidelity 88
    for data in ([{"symbol": "BTC/USD"}], {"pairs": []}, None):
        assert parse({"channel": channel, "type": "update", "data": data}) == [
            Notice(kind="ignored", reason=channel)
        ]


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "pong",
        "<html>",
        "{}",
        "null",
        '[0,[],"ticker","XBT/USD"]',
        '{"channel":5}',
        '{"channel":"ticker","data":{}}',
        '{"channel":"status","data":[1]}',
        "[" * 9999,
    ],
)
def test_what_is_no_frame_is_bad_and_quoted(raw: str) -> None:  # fidelity 77
    [notice] = parse(raw)
    assert notice.kind == "bad" and len(notice.reason) < 300


@given(
    raw=mutations(
        [TICKER, TRADE, STATUS, ACK, REFUSAL, {"channel": "heartbeat"}, {"Error": "Exceeded msg rate"}]
    )
)
def test_mutated_frames_never_raise_and_never_make_a_wrong_number(raw: str) -> None:
    assert_believable(venue.parse(raw, NOW))
