"""Gemini's words: frames without a type, names that differ by case alone, times in nanoseconds."""

import json
from typing import Any

import pytest
from hypothesis import given

from feeds.errors import FeedError
from feeds.market import Quote, Trade
from feeds.venues.base import Event, Notice
from feeds.venues.gemini import Gemini
from tests.venues.mutation import assert_believable, mutations

NOW = 1_790_000_000_000
BTC = "GEMINI:BTC-USD"
venue = Gemini()
venue.learn(BTC)

TRADE = {
    "E": 1783981140085684213,
    "s": "btcusd",
    "t": 2840141014190422,
    "p": "62145.38000",
    "q": "0.0162522200",
    "m": True,
}
TOP = {
    "u": 1764549594389752,
    "E": 1783981140076872201,
    "s": "btcusd",
    "b": "62145.1",
    "B": "2",
    "a": "62145.9",
    "A": "3",
    "c": "62145.5",
    "C": "0.5",
}
DEPTH = {
    "e": "depthUpdate",
    "E": 1783981140076872201,
    "s": "btcusd",
    "U": 1,
    "u": 2,
    "b": [["1", "0"]],
    "a": [],
}
PARTIAL = {"lastUpdateId": 12345678, "bids": [["45000.50", "1.25"]], "asks": [["45001.00", "0.75"]]}
MARK = {"e": "markPrice", "E": 1783981140076872201, "s": "btcgusdperp", "p": "62000.1", "i": "6200010"}
ACK = {"id": "btcusd", "status": 200}
ERROR = {"id": "btcusd", "status": 400, "error": {"code": -1013, "msg": "Invalid stream name: btcusd@trade"}}
OLD_TRADE = {
    "type": "trade",
    "symbol": "BTCUSD",
    "event_id": 8280715334,
    "timestamp": 1569888020080,
    "price": "8325.00",
    "quantity": "0.1",
    "side": "buy",
}
OLD_BOOK = {
    "type": "l2_updates",
    "symbol": "BTCUSD",
    "changes": [["buy", "0.688", "51.5"]],
    "trades": [OLD_TRADE],
}


def parse(message: Any) -> list[Event]:
    return venue.parse(message if isinstance(message, str) else json.dumps(message), NOW)


# --------------------------------------------------------------------------- prices
@pytest.mark.parametrize(("buyer_made", "side"), [(True, "sell"), (False, "buy"), (None, None), ("x", None)])
def test_a_trade_has_no_type_and_says_who_made(buyer_made: object, side: str) -> None:  # fidelity 51, 58, 86
    assert parse(TRADE | {"m": buyer_made}) == [
        Trade(
            symbol=BTC, id="2840141014190422", time=1783981140085, price=62145.38, size=0.01625222, side=side
        )
    ]


@pytest.mark.parametrize("wrong", [{"p": "0.-1"}, {"q": ""}, {"E": 0}, {"E": "soon"}, {"t": {}}])
def test_a_trade_that_cannot_be_is_none(wrong: dict[str, Any]) -> None:  # fidelity 47, 60
    events = parse(TRADE | wrong)
    assert events and all(isinstance(event, Notice) and event.kind == "bad" for event in events)


def test_the_best_prices_come_with_the_last_one_and_names_differ_by_case() -> None:  # fidelity 54
    assert parse(TOP) == [
        Quote(
            symbol=BTC, time=1783981140076, received=NOW, last=62145.5, size=0.5, bid=62145.1, bid_size=2.0,
            ask=62145.9, ask_size=3.0,
        )
    ]  # fmt: skip


def test_a_book_may_have_one_side_and_no_last_price() -> None:  # fidelity 41, 42
    bare = {key: value for key, value in TOP.items() if key not in "cC"}
    [quote] = parse(bare | {"b": "", "B": ""})
    assert (quote.bid, quote.bid_size, quote.ask, quote.last) == (None, None, 62145.9, None)
    assert parse(bare | {"b": "", "a": ""}) == [Notice(kind="ignored", reason="empty bookTicker")]


def test_one_bad_field_costs_only_itself() -> None:  # fidelity 47
    quote, notice = parse(TOP | {"A": "0.-10000"})
    assert quote.ask == 62145.9 and quote.ask_size is None
    assert notice.reason.startswith("bad bookTicker ask_size: btcusd")


# --------------------------------------------------------------------------- the older API, in recordings
def test_a_trade_of_the_older_api() -> None:
    assert parse(OLD_TRADE) == [
        Trade(symbol=BTC, id="8280715334", time=1569888020080, price=8325.0, size=0.1, side="buy")
    ]
    assert parse(OLD_TRADE | {"side": "block"})[0].side is None


def test_the_first_book_of_the_older_api_brings_trades_told_again() -> None:  # fidelity 32
    later = OLD_TRADE | {"event_id": 8280715335}
    told = parse(OLD_BOOK | {"trades": [later, OLD_TRADE, OLD_TRADE | {"price": "x"}]})
    assert [(each.id, each.recap) for each in told[:2]] == [("8280715334", True), ("8280715335", True)]
    assert told[2].reason.startswith("bad l2_updates price")
    assert parse(OLD_BOOK | {"trades": []}) == [Notice(kind="ignored", reason="older l2_updates")]
    assert parse({"type": "heartbeat", "timestamp": 5}) == [Notice(kind="heartbeat")]
    assert parse({"type": "candles_1m_updates", "changes": []})[0].kind == "ignored"


# --------------------------------------------------------------------------- notices
def test_a_partial_book_is_the_pulse_of_the_line() -> None:  # fidelity 4, 38
    assert parse(PARTIAL) == [Notice(kind="heartbeat")]
    [pulse] = map(json.loads, venue.greet())
    assert pulse == {"id": "pulse", "method": "subscribe", "params": ["btcusd@depth5"]}


@pytest.mark.parametrize("frame", [DEPTH, MARK])
def test_what_was_not_asked_for_is_ignored_by_name(frame: dict[str, Any]) -> None:  # fidelity 88
    assert parse(frame) == [Notice(kind="ignored", reason=frame["e"])]


def test_an_answer_is_signed_with_the_code_it_is_about() -> None:  # fidelity 23
    assert parse(ACK) == [Notice(kind="ack", symbol=BTC)]
    assert parse({"id": 1, "status": 200}) == [Notice(kind="ack")]
    assert parse({"id": "ping", "status": 200})[0].kind == "pong"
    assert {parse({"id": name, "status": 200})[0].kind for name in ("pulse", "unsubscribe")} == {"ignored"}


def test_a_bad_stream_has_its_message_refused() -> None:  # fidelity 20
    assert parse(ERROR) == [Notice(kind="refused", symbol=BTC, reason="Invalid stream name: btcusd@trade")]
    assert parse(ERROR | {"id": 4})[0].symbol == BTC
    assert parse(ERROR | {"id": "pulse"})[0].symbol is None
    busy = parse({"id": "btcusd", "status": 429, "error": {"code": -1003, "msg": "Rate limit exceeded"}})
    assert busy == [
        Notice(
            kind="refused", symbol=BTC, reason="Gemini answered 429: Rate limit exceeded", retry_after=10.0
        )
    ]


@pytest.mark.parametrize(
    "raw", ["", "pong", "<html>", "[]", "{}", "7", '{"t":1}', '{"s":"btcusd"}', "[" * 9999]
)
def test_what_is_no_frame_is_bad(raw: str) -> None:  # fidelity 16
    [notice] = parse(raw)
    assert notice.kind == "bad" and len(notice.reason) < 300


@given(raw=mutations([TRADE, TOP, DEPTH, PARTIAL, MARK, ACK, ERROR, OLD_TRADE, OLD_BOOK]))
def test_mutated_frames_never_raise_and_never_make_a_wrong_number(raw: str) -> None:
    assert_believable(venue.parse(raw, NOW))


# --------------------------------------------------------------------------- names, and what we send
@pytest.mark.parametrize(
    ("symbol", "native"),
    [
        (BTC, "btcusd"),
        ("GEMINI:BTC-GUSD", "btcgusd"),
        ("GEMINI:GUSD-USD", "gusdusd"),
        ("GEMINI:PAXG-USD", "paxgusd"),
        ("GEMINI:1INCH-USD", "1inchusd"),
        ("GEMINI:BTC-RLUSD", "btcrlusd"),
        ("GEMINI:BTC-GUSD-PERP", "btcgusdperp"),
    ],
)
def test_codes_and_symbols(symbol: str, native: str) -> None:  # fidelity 25
    assert (venue.native(symbol), venue.symbol(native), venue.symbol(native.upper())) == (
        native,
        symbol,
        symbol,
    )


def test_what_was_asked_for_is_known_where_the_end_misleads() -> None:  # fidelity 25
    asked = Gemini()
    assert asked.symbol("omgusd") == "GEMINI:OM-GUSD"
    asked.learn("GEMINI:OMG-USD")
    assert asked.symbol("omgusd") == "GEMINI:OMG-USD"


def test_each_code_has_a_message_of_its_own() -> None:  # fidelity 20, 28
    first, second = map(json.loads, venue.subscribe(["btcusd", "ethusd"]))
    assert first == {"id": "btcusd", "method": "subscribe", "params": ["btcusd@bookTicker", "btcusd@trade"]}
    assert second["id"] == "ethusd"
    [gone] = map(json.loads, venue.unsubscribe(["btcusd"]))
    assert gone == first | {"id": "unsubscribe", "method": "unsubscribe"}


# --------------------------------------------------------------------------- REST
def test_candles_are_newest_first_and_a_flat_row_is_none() -> None:  # fidelity 64, 65, 67, 70
    rows = [
        [1790000160000, 2, 4, 1, 3, 0.5],
        [1790000100000, 3, 3, 3, 3, 0],
        [1790000040000, 2, 4, 1, 3, 0.5],
        [1],
        "x",
    ]
    bars = venue.read_bars(json.dumps(rows).encode(), BTC, "1m", 1790000180000)
    assert [(bar.time, bar.open, bar.high, bar.low, bar.close, bar.closed) for bar in bars] == [
        (1790000040000, 2.0, 4.0, 1.0, 3.0, True),
        (1790000160000, 2.0, 4.0, 1.0, 3.0, False),
    ]


def test_candles_are_asked_for_without_times() -> None:
    paths = {interval: venue.bars("btcusd", interval, 0, NOW) for interval in ("1m", "1h", "1d", "5m")}
    assert [request and request.path for request in paths.values()] == [
        "/v2/candles/btcusd/1m",
        "/v2/candles/btcusd/1hr",
        "/v2/candles/btcusd/1day",
        None,
    ]
    request = venue.bars("btcgusdperp", "1m", 0, NOW)
    assert request is not None and request.path == "/v2/derivatives/candles/btcgusdperp/1m"
    assert venue.bars("btcgusdperp", "1h", 0, NOW) is None


def test_details_are_instruments_and_the_tick_is_the_prices() -> None:  # fidelity 22, 81
    spot = {
        "symbol": "BTCUSD", "base_currency": "BTC", "quote_currency": "USD", "tick_size": 1e-8,
        "quote_increment": 0.01, "status": "open", "product_type": "spot",
    }  # fmt: skip
    perp = spot | {"symbol": "BTCGUSDPERP", "quote_currency": "GUSD", "product_type": "swap"}
    shy = spot | {"symbol": "OXTBTC", "base_currency": "OXT", "quote_currency": "BTC", "status": "limit_only"}
    made = venue.read_instruments(
        json.dumps([spot, perp, shy, {}, 7, spot | {"quote_increment": "x"}]).encode()
    )
    assert [(each.symbol, each.native, each.kind, each.tick_size, each.status) for each in made] == [
        (BTC, "btcusd", "crypto", 0.01, "online"),
        ("GEMINI:BTC-GUSD-PERP", "btcgusdperp", "future", 0.01, "online"),
        ("GEMINI:OXT-BTC", "oxtbtc", "crypto", 0.01, "limit_only"),
    ]
    assert all(venue.native(each.symbol) == each.native for each in made)


def test_a_poll_tells_price_and_day() -> None:
    told = {"symbol": "BTCUSD", "open": "10", "high": "12", "low": "8", "close": "11", "bid": "10.9",
            "ask": "11.1", "changes": ["1"]}  # fmt: skip
    assert venue.read_poll(json.dumps(told).encode(), BTC, NOW) == [
        Quote(symbol=BTC, received=NOW, last=11.0, bid=10.9, ask=11.1, open=10.0, high=12.0, low=8.0)
    ]


def test_past_trades_come_newest_first_with_the_takers_side() -> None:  # fidelity 35
    row = {"timestamp": 5, "timestampms": NOW, "tid": 11, "price": "5", "amount": "0.5", "type": "sell"}
    rows = [row, row | {"tid": 9, "type": "auction"}, row | {"price": "x"}, 7]
    trades = venue.read_trades(json.dumps(rows).encode(), BTC)
    assert [(trade.id, trade.side, trade.time) for trade in trades] == [("9", None, NOW), ("11", "sell", NOW)]


@pytest.mark.parametrize("body", [b"", b"<!DOCTYPE html>", b"{}", b'{"result":"error"}', b"\xff"])
def test_an_answer_that_is_something_else_is_an_error(body: bytes) -> None:  # fidelity 77, 80
    for read in (
        venue.read_instruments,
        lambda it: venue.read_bars(it, BTC, "1m", NOW),
        lambda it: venue.read_trades(it, BTC),
    ):
        with pytest.raises(FeedError):
            read(body)


def test_errors_are_explained() -> None:  # fidelity 74
    body = (
        b'{"result":"error","reason":"Bad Request","message":"Supplied value \'x\' is not a valid symbol."}'
    )
    unknown = venue.explain(400, body)
    assert unknown is not None and unknown.terminal
    with pytest.raises(FeedError) as busy:
        venue.read_poll(b'{"result":"error","reason":"RateLimit","message":"slow down"}', BTC, NOW)
    assert busy.value.retry_after == 60.0
    assert venue.explain(429, body) is None and venue.explain(502, b"<html>") is None
