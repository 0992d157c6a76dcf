"""Finnhub's words: trades without numbers, in no order, and told more than once."""

import json

import pytest
from hypothesis import given

from feeds.board import Board
from feeds.errors import FeedError
from feeds.market import Quote, Trade
from feeds.venues.base import Event, Keys, Notice
from feeds.venues.finnhub import Finnhub
from tests.venues.mutation import assert_believable, mutations

NOW = 1_790_010_000_000
venue = Finnhub()
venue.keys = Keys("sandbox-key")


def trade(time: int, price: float = 220.5, size: float = 10, symbol: str = "AAPL", **more: object) -> dict:
    return {"s": symbol, "p": price, "t": time, "v": size, "c": ["1", "12"]} | more


def frame(*data: object) -> str:
    return json.dumps({"data": data, "type": "trade"})


def trades(raw: str) -> list[Trade]:
    events = venue.parse(raw, NOW)
    assert all(isinstance(event, Trade) for event in events)
    return [event for event in events if isinstance(event, Trade)]


# --------------------------------------------------------------------------- the stream
def test_a_frame_of_several_symbols_is_its_trades_by_time() -> None:  # fidelity 29, 36
    found = trades(frame(trade(NOW + 24), trade(NOW, 220.4, 3), trade(NOW + 1, 1.1, 5, "TSLA")))
    assert [(each.symbol, each.time, each.price, each.size, each.side) for each in found] == [
        ("FINNHUB:AAPL", NOW, 220.4, 3.0, None),
        ("FINNHUB:TSLA", NOW + 1, 1.1, 5.0, None),
        ("FINNHUB:AAPL", NOW + 24, 220.5, 10.0, None),
    ]


def test_a_frame_that_comes_three_times_counts_once_and_equal_trades_in_it_apart() -> None:  # fidelity 31
    board = Board()
    board.add("FINNHUB:AAPL")
    raw = frame(trade(NOW), trade(NOW), trade(NOW, size=11), trade(NOW, c=None))
    new = [board.trade(each, NOW) for _ in range(3) for each in trades(raw)]
    assert new == [True] * 4 + [False] * 8


@pytest.mark.parametrize("conditions", [None, [], ["1"]])
def test_conditions_may_be_absent(conditions: object) -> None:  # fidelity 91
    assert trades(frame(trade(NOW, c=conditions)))[0].price == 220.5
    assert trades(frame({"s": "AAPL", "p": 1.5, "t": NOW, "v": 0.5}))[0].size == 0.5


def test_a_ping_is_a_sign_of_life() -> None:  # fidelity 4
    assert venue.parse('{"type":"ping"}', NOW) == [Notice(kind="heartbeat")]


def test_one_bad_trade_costs_only_itself() -> None:  # fidelity 47
    good, *bad = venue.parse(
        frame(trade(NOW), trade(NOW, p="0.-1"), trade(NOW, t=0), "x", trade(NOW, s="")), NOW
    )
    assert isinstance(good, Trade) and all(
        isinstance(notice, Notice) and notice.kind == "bad" and notice.reason.startswith("bad trade ")
        for notice in bad
    )
    assert len(bad) == 4


def test_unknown_types_are_ignored_and_a_refused_key_is_told() -> None:  # fidelity 27, 88
    [unknown] = venue.parse('{"type":"news","data":{"a":1}}', NOW)
    assert unknown == Notice(kind="ignored", reason="unknown type news")
    [refused] = venue.parse('{"type":"error","msg":"Invalid API key"}', NOW)
    assert refused == Notice(kind="denied", reason="Finnhub: Invalid API key", retry_after=900.0)
    [other] = venue.parse('{"type":"error","msg":"Subscribing to too many symbols"}', NOW)
    assert isinstance(other, Notice) and other.kind == "bad"
    for empty in ("null", "[]"):
        [nothing] = venue.parse(f'{{"type":"trade","data":{empty}}}', NOW)
        assert nothing == Notice(kind="ignored", reason="a frame without trades")


def test_orders_name_one_symbol_each() -> None:
    assert [json.loads(each) for each in venue.subscribe(["AAPL", "BINANCE:BTCUSDT"])] == [
        {"type": "subscribe", "symbol": "AAPL"}, {"type": "subscribe", "symbol": "BINANCE:BTCUSDT"}
    ]  # fmt: skip
    assert json.loads(venue.unsubscribe(["AAPL"])[0]) == {"type": "unsubscribe", "symbol": "AAPL"}


# --------------------------------------------------------------------------- names
@pytest.mark.parametrize(
    ("symbol", "native"),
    [
        ("FINNHUB:AAPL", "AAPL"),
        ("FINNHUB:BRK.B", "BRK.B"),
        ("FINNHUB:EUR-USD", "OANDA:EUR_USD"),
        ("FINNHUB:BTC-USDT", "BINANCE:BTCUSDT"),
        ("FINNHUB:ETH-BTC", "BINANCE:ETHBTC"),
    ],
)
def test_names_are_written_both_ways(symbol: str, native: str) -> None:  # fidelity 25
    assert Finnhub().learn(symbol) == native and Finnhub().symbol(native) == symbol
    assert Finnhub().parse(frame(trade(NOW, symbol=native)), NOW)[0].symbol == symbol


# --------------------------------------------------------------------------- REST
def polled(**answer: object) -> list[Event]:
    return venue.read_poll(json.dumps(answer).encode(), "FINNHUB:AAPL", NOW)


def test_a_poll_is_a_quote_from_the_previous_close() -> None:
    assert polled(c=261.74, d=1.2, dp=0.4, h=263.31, l=260.68, o=261.07, pc=259.45, t=NOW // 1000) == [
        Quote(
            symbol="FINNHUB:AAPL", time=NOW, received=NOW, last=261.74, open=259.45, high=263.31, low=260.68
        )
    ]


def test_an_unknown_symbol_is_all_zeros_with_200() -> None:  # fidelity 80
    for nothing in (0, None):
        with pytest.raises(FeedError) as unknown:
            polled(c=nothing, d=None, dp=None, h=nothing, l=nothing, o=nothing, pc=nothing, t=nothing)
        assert unknown.value.terminal
    for body in (b"<html>", b"[]", b'{"error":"You don\'t have access to this resource."}'):
        with pytest.raises(FeedError):
            venue.read_poll(body, "FINNHUB:AAPL", NOW)


def test_the_list_is_shares_and_funds() -> None:
    rows = [
        {"symbol": "AAPL", "description": "APPLE INC", "currency": "USD", "type": "Common Stock"},
        {"symbol": "SPY", "description": "SPDR S&P 500 ETF", "currency": "USD", "type": "ETP"},
        {"symbol": "NOT OURS"}, {}, None,
    ]  # fmt: skip
    listed = {each.symbol: each for each in venue.read_instruments(json.dumps(rows).encode())}
    assert listed["FINNHUB:AAPL"].kind == "share" and listed["FINNHUB:AAPL"].title == "Apple Inc"
    assert listed["FINNHUB:SPY"].kind == "fund" and "FINNHUB:EUR-USD" in listed and len(listed) == 4
    with pytest.raises(FeedError):
        venue.read_instruments(b'{"error":"x"}')
    assert venue.read_instruments(b"[]") == []  # a bad day: nothing has gone from its list


def test_statuses_are_explained() -> None:
    refused = venue.explain(401, b'{"error":"Invalid API key"}')
    assert refused is not None and not refused.terminal and "VENUE_FINNHUB_KEY" in refused.reason
    plan = venue.explain(403, b'{"error":"You don\'t have access to this resource."}')
    assert plan is not None and plan.terminal
    assert venue.explain(429, b'{"error":"API limit reached."}') is None


@given(
    raw=mutations(
        [json.loads(frame(trade(NOW), trade(NOW + 1))), {"type": "ping"}, {"type": "error", "msg": "x"}]
    )
)
def test_mutated_frames_raise_nothing(raw: str) -> None:
    assert_believable(venue.parse(raw, NOW))
