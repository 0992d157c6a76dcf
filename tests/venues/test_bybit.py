"""Bybit's words: WebSocket v5 as documented and as recorded, and a REST service whose errors are HTTP 200."""

import json
from typing import Any

import pytest
from hypothesis import given

from feeds.errors import FeedError
from feeds.market import Quote, Trade
from feeds.venues.base import Event, Notice
from feeds.venues.bybit import Bybit
from tests.venues.mutation import assert_believable, mutations

NOW = 1_790_000_000_000
BTC = "BYBIT:BTC-USDT"
venue = Bybit()

FIGURES = {
    "symbol": "BTCUSDT", "lastPrice": "102742.6", "highPrice24h": "105920.1", "lowPrice24h": "100403.7",
    "prevPrice24h": "105221.8", "volume24h": "12061.295487", "turnover24h": "1242160016.20538339",
    "price24hPcnt": "-0.0236", "usdIndexPrice": "",
}  # fmt: skip
TICKER = {
    "topic": "tickers.BTCUSDT", "ts": 1789999999881, "type": "snapshot", "cs": 76067784435, "data": FIGURES
}  # fmt: skip
BOOK = {
    "topic": "orderbook.1.BTCUSDT", "ts": 1789999999839, "type": "snapshot",
    "data": {"s": "BTCUSDT", "b": [["80694.3", "0.186713"]], "a": [["80694.4", "0.584259"]], "u": 91124997,
             "seq": 113596275717},
    "cts": 1789999999833,
}  # fmt: skip
DONE = {
    "i": "2280000001753657947", "T": 1789999999264, "p": "2500.19", "v": "0.002", "S": "Sell",
    "seq": 180571360162, "s": "ETHUSDT", "BT": False, "RPI": False,
}  # fmt: skip
TRADES = {
    "topic": "publicTrade.ETHUSDT", "ts": 1789999999265, "type": "snapshot",
    "data": [DONE, DONE | {"i": "2280000001753657959", "S": "Buy"}],
}  # fmt: skip
BAR = {"topic": "kline.1.BTCUSDT", "ts": 1, "type": "snapshot", "data": [{"start": 1, "confirm": False}]}
ACK = {"success": True, "ret_msg": "subscribe", "conn_id": "d9avs", "req_id": "BTCUSDT", "op": "subscribe"}
NO_TOPIC = "error:handler not found,topic:publicTrade.NOPEUSDT"
REFUSAL = ACK | {"success": False, "ret_msg": NO_TOPIC, "req_id": "NOPEUSDT"}
PONG = {"success": True, "ret_msg": "pong", "conn_id": "d9avs", "op": "ping"}


def parse(message: Any, by: Bybit = venue) -> list[Event]:
    return by.parse(message if isinstance(message, str) else json.dumps(message), NOW)


# --------------------------------------------------------------------------- prices
def test_a_ticker_has_neither_bid_nor_ask() -> None:  # fidelity 42, 50, 52
    assert parse(TICKER) == [
        Quote(
            symbol=BTC, time=1789999999881, received=NOW, last=102742.6, open=105221.8, high=105920.1,
            low=100403.7, volume=12061.295487,
        )
    ]  # fmt: skip


def test_the_best_bid_and_ask_come_without_a_time_of_their_own() -> None:  # fidelity 30, 38, 59
    quote = Quote(
        symbol=BTC, received=NOW, bid=80694.3, bid_size=0.186713, ask=80694.4, ask_size=0.584259
    )  # fmt: skip
    assert parse(BOOK) == [quote]
    assert parse(BOOK | {"ts": BOOK["ts"] + 3000}) == [quote]  # told again: no news
    one_side = BOOK | {"data": BOOK["data"] | {"a": []}}
    assert [(each.bid, each.ask) for each in parse(one_side)] == [(80694.3, None)]  # fidelity 41
    restarted = BOOK | {"data": BOOK["data"] | {"b": [], "a": [], "u": 1}}  # fidelity 37
    assert parse(restarted) == [Notice(kind="ignored", reason="an empty book")]


def test_every_trade_of_a_frame_has_the_takers_side() -> None:  # fidelity 34, 36, 51, 86
    common = {"symbol": "BYBIT:ETH-USDT", "time": 1789999999264, "price": 2500.19, "size": 0.002}
    assert parse(TRADES) == [
        Trade(id="2280000001753657947", side="sell", **common),
        Trade(id="2280000001753657959", side="buy", **common),
    ]


def test_trades_of_one_frame_come_oldest_first() -> None:  # fidelity 29
    data = [DONE | {"i": "30"}, DONE | {"i": "4"}, DONE | {"i": "5", "T": 1789999999000}]
    assert [trade.id for trade in parse(TRADES | {"data": data})] == ["5", "4", "30"]


@pytest.mark.parametrize(
    "wrong", [{"p": "0"}, {"p": "x"}, {"v": "-1"}, {"T": 0}, {"T": 1789999999264000}, {"i": ""}, {"i": None}]
)
def test_a_bad_trade_costs_only_itself(wrong: dict[str, Any]) -> None:  # fidelity 47, 58, 60
    trade, notice = parse(TRADES | {"data": [DONE | wrong, DONE]})
    assert isinstance(trade, Trade) and notice.reason.startswith("bad trade ")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"highPrice24h": "0.-1"}, "high"), ({"volume24h": "-5"}, "volume"), ({"lastPrice": None}, "last")],
)
def test_a_bad_field_costs_only_itself(wrong: dict[str, Any], field: str) -> None:
    quote, *notices = parse(TICKER | {"data": FIGURES | {"lowPrice24h": "1"} | wrong})
    if isinstance(quote, Quote):
        assert quote.low == 1.0
    else:
        notices = [quote]
    assert [notice.reason.startswith(f"bad ticker {field}: {BTC} ") for notice in notices] == [True]


def test_what_was_never_traded_is_no_trouble() -> None:  # fidelity 33
    nothing = dict.fromkeys(("lastPrice", "prevPrice24h", "highPrice24h", "lowPrice24h", "volume24h"), "0")
    assert parse(TICKER | {"data": FIGURES | nothing}) == [
        Notice(kind="ignored", reason="ticker without a price")
    ]


# --------------------------------------------------------------------------- notices
def test_an_answer_names_its_symbol_by_the_id_that_was_sent() -> None:  # fidelity 20, 23
    assert parse(ACK) == [Notice(kind="ack", symbol=BTC)]
    assert parse({key: value for key, value in ACK.items() if key != "req_id"}) == [Notice(kind="ack")]
    asked = Bybit()
    asked.learn("BYBIT:NOPE-USDT")
    [notice] = parse(REFUSAL, asked)
    assert (notice.kind, notice.symbol) == ("refused", "BYBIT:NOPE-USDT") and NO_TOPIC in notice.reason


def test_a_refusal_without_an_id_names_its_topic() -> None:  # fidelity 22
    assert [notice.symbol for notice in parse(REFUSAL | {"req_id": ""})] == ["BYBIT:NOPE-USDT"]
    [notice] = parse({"success": False, "ret_msg": "args size >10", "conn_id": "0", "op": "subscribe"})
    assert notice == Notice(kind="refused", reason="Bybit: args size >10")


@pytest.mark.parametrize("id", ["t1", "100001", "BTC-PERP"])
def test_an_id_that_is_no_code_names_nobody(id: str) -> None:  # fidelity 23
    assert parse(ACK | {"req_id": id}) == [Notice(kind="ack")]
    [refusal] = parse(REFUSAL | {"req_id": id})
    assert (refusal.kind, refusal.symbol) == ("refused", "BYBIT:NOPE-USDT")
    [refusal] = parse(REFUSAL | {"req_id": id, "ret_msg": "Invalid symbol :[tickers.XYZXYZ]"})
    assert (refusal.kind, refusal.symbol) == ("refused", None)


def test_a_delta_leaves_out_what_is_unchanged() -> None:  # fidelity 42
    told = {"symbol": "BTCUSDT", "highPrice24h": "105930"}
    assert parse(TICKER | {"type": "delta", "data": told}) == [
        Notice(kind="ignored", reason="ticker without a price")
    ]
    [notice] = parse(TICKER | {"data": told})
    assert notice.reason == f"bad ticker last: {BTC} has none"


def test_a_stablecoins_name_is_not_taken_apart() -> None:  # fidelity 25
    [quote] = parse(TICKER | {"topic": "tickers.XRPRLUSD"})
    assert quote.symbol == "BYBIT:XRP-RLUSD"


def test_already_subscribed_is_as_good_as_an_ack() -> None:  # fidelity 28
    again = ACK | {"success": False, "ret_msg": "error:already subscribed,topic:tickers.BTCUSDT"}
    assert parse(again) == [Notice(kind="ack", symbol=BTC)]


def test_a_pong_proves_no_data() -> None:  # fidelity 3
    assert parse(PONG) == parse({"op": "pong", "args": ["1"], "conn_id": "d"}) == [Notice(kind="pong")]
    assert json.loads(venue.ping()) == {"op": "ping"} and venue.ping_every <= 20


@pytest.mark.parametrize(
    ("frame", "kind", "reason"),
    [
        (BAR, "ignored", "kline.1"),
        (BOOK | {"topic": "orderbook.200.BTCUSDT"}, "ignored", "orderbook.200"),
        ({"topic": "something.new", "data": {"a": 5}}, "ignored", "something"),
        ({"topic": "system.status", "data": [{"id": "x"}]}, "ignored", "system"),
        (TRADES | {"topic": "publicTrade.BTC-26JUN26"}, "ignored", "no spot symbol: BTC-26JUN26"),
        (ACK | {"op": "unsubscribe", "ret_msg": ""}, "ignored", "unsubscribe: done"),
        (ACK | {"op": "nope", "success": False, "ret_msg": "error:invalid op"},
         "bad", "nope: error:invalid op"),
    ],
)  # fmt: skip
def test_what_is_not_read_is_named(frame: Any, kind: str, reason: str) -> None:  # fidelity 87, 88
    assert parse(frame) == [Notice(kind=kind, reason=reason)]


@pytest.mark.parametrize(
    "raw", ["", "pong", "<html>", "{}", "null", "[]", '{"topic":5}', '{"op":5}', "[" * 9999]
)
def test_what_is_no_frame_is_bad_and_quoted(raw: str) -> None:  # fidelity 77
    [notice] = parse(raw)
    assert notice.kind == "bad" and len(notice.reason) < 300
    assert parse(TRADES | {"data": []})[0].kind == "bad"


@given(raw=mutations([TICKER, BOOK, TRADES, BAR, ACK, REFUSAL, PONG]))
def test_mutated_frames_never_raise_and_never_make_a_wrong_number(raw: str) -> None:
    events = venue.parse(raw, NOW)
    assert events
    assert_believable(events)


def test_a_message_a_symbol_of_at_most_ten_topics() -> None:  # fidelity 20
    messages = [json.loads(message) for message in venue.subscribe(["BTCUSDT", "ETHUSDT"])]
    assert [message["req_id"] for message in messages] == ["BTCUSDT", "ETHUSDT"]
    assert messages[0]["args"] == ["tickers.BTCUSDT", "publicTrade.BTCUSDT", "orderbook.1.BTCUSDT"]
    assert [json.loads(message)["op"] for message in venue.unsubscribe(["BTCUSDT"])] == ["unsubscribe"]


# --------------------------------------------------------------------------- REST
def answer(*rows: Any, code: int = 0, msg: str = "OK") -> bytes:
    result = {"category": "spot", "list": rows}
    return json.dumps({"retCode": code, "retMsg": msg, "result": result, "time": NOW - 5}).encode()


ROW = ["1789999860000", "80650.1", "80700", "80640", "80690.5", "12.345", "995000"]


def test_instruments_have_ticks_states_and_kinds() -> None:  # fidelity 22, 25
    row = {
        "symbol": "BTCUSDT", "baseCoin": "BTC", "quoteCoin": "USDT", "status": "Trading",
        "priceFilter": {"tickSize": "0.1"}, "symbolType": "",
    }  # fmt: skip
    rows = [
        row,
        row | {"symbol": "AAPLXUSDT", "baseCoin": "AAPLX", "symbolType": "xstocks", "status": "PreLaunch"},
        {"symbol": 5},
        "odd",
    ]
    listed = venue.read_instruments(answer(*rows))
    assert [(each.symbol, each.tick_size, each.status, each.kind, each.native) for each in listed] == [
        (BTC, 0.1, "online", "crypto", "BTCUSDT"),
        ("BYBIT:AAPLX-USDT", 0.1, "prelaunch", "share", "AAPLXUSDT"),
    ]
    assert venue.instruments().params == {"category": "spot"}


def test_rows_become_bars_unless_quiet_and_the_last_is_forming() -> None:  # fidelity 64, 65, 67, 70
    quiet = ["1789999920000", *["80690.5"] * 4, "0", "0"]
    odd = [[], "x", None, ["x", *ROW[1:]], ["1789999800000", "NaN", *ROW[2:]], ["9" * 30, *ROW[1:]]]
    bars = venue.read_bars(answer(["1789999980000", *ROW[1:]], quiet, ROW, *odd), BTC, "1m", NOW)
    assert [(bar.time, bar.closed) for bar in bars] == [(1789999860000, True), (1789999980000, False)]
    assert (bars[0].open, bars[0].high, bars[0].low, bars[0].close) == (80650.1, 80700.0, 80640.0, 80690.5)
    assert bars[0].volume == 12.345
    request = venue.bars("BTCUSDT", "1d", 86_400_000, 172_800_000)
    assert request is not None and request.params == {
        "category": "spot", "symbol": "BTCUSDT", "interval": "D", "start": "86400000", "end": "172799999",
        "limit": "1000",
    }  # fmt: skip
    assert venue.bars("BTCUSDT", "5s", 0, 1) is None


def test_trades_of_rest_are_those_of_the_stream() -> None:  # fidelity 35
    row = {"execId": "2280000001753657947", "symbol": "ETHUSDT", "price": "2500.19", "size": "0.002",
           "side": "Sell", "time": "1789999999264", "isBlockTrade": False}  # fmt: skip
    rows = [row | {"execId": "2280000001753657948", "side": "Buy"}, row, row | {"price": "x"}, {}, 5]
    trades = venue.read_trades(answer(*rows), "BYBIT:ETH-USDT")
    told = parse(TRADES)[0]
    assert trades[0] == told and [trade.side for trade in trades] == ["sell", "buy"]
    assert venue.trades("ETHUSDT").params["category"] == "spot"


def test_the_newest_price_can_be_polled_and_nothing_is_an_unknown_symbol() -> None:  # fidelity 80
    row = FIGURES | {"bid1Price": "102742.5", "bid1Size": "1", "ask1Price": "102742.6", "ask1Size": ""}
    [quote] = venue.read_poll(answer(row), BTC, NOW)
    assert (quote.last, quote.bid, quote.bid_size, quote.ask, quote.ask_size) == (
        102742.6, 102742.5, 1.0, 102742.6, None
    )  # fmt: skip
    assert (quote.time, quote.volume, quote.open) == (NOW - 5, 12061.295487, 105221.8)
    with pytest.raises(FeedError, match="no such symbol") as raised:
        venue.read_poll(answer(), BTC, NOW)
    assert raised.value.terminal
    with pytest.raises(FeedError):
        venue.read_poll(answer(5), BTC, NOW)


@pytest.mark.parametrize(
    ("code", "retry_after", "terminal"),
    [(10001, None, True), (10006, 5.0, False), (10016, None, False)],
)
def test_an_error_comes_with_status_200(
    code: int, retry_after: float | None, terminal: bool
) -> None:  # fidelity 75, 80
    told = json.dumps({"retCode": code, "retMsg": "what was wrong", "result": {"list": 5}}).encode()
    for read in (
        venue.read_instruments,
        lambda body: venue.read_bars(body, BTC, "1m", NOW),
        lambda body: venue.read_trades(body, BTC),
        lambda body: venue.read_poll(body, BTC, NOW),
    ):
        with pytest.raises(FeedError, match="what was wrong") as raised:
            read(told)
        assert (raised.value.retry_after, raised.value.terminal) == (retry_after, terminal)


def test_403_is_the_limit_unless_it_is_the_country() -> None:  # fidelity 75, 77, 79
    busy = venue.explain(403, b'{"retCode":403,"retMsg":"access too frequent, wait"}')
    assert busy is not None and busy.retry_after == 600.0 and not busy.terminal
    page = b"<html>configured to block access from your country</html>"
    blocked = venue.explain(403, page)
    assert blocked is not None and blocked.terminal
    assert venue.explain(502, b"<html>") is None
    explained = venue.explain(400, b'{"retCode":10001,"retMsg":"params error"}')
    assert explained is not None and explained.terminal


@pytest.mark.parametrize("told", [b"", b"<!DOCTYPE html>", b"{}", b"[]", b'{"retCode":"0"}', b"\xff"])
def test_an_answer_that_is_none_is_an_error(told: bytes) -> None:  # fidelity 77
    with pytest.raises(FeedError):
        venue.read_bars(told, BTC, "1m", NOW)
