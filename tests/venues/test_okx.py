"""OKX's words: WebSocket v5 as documented and as recorded, and a REST service whose errors are HTTP 200."""

import json
from typing import Any

import pytest
from hypothesis import given

from feeds.errors import FeedError
from feeds.market import Quote, Trade
from feeds.venues.base import Event, Notice
from feeds.venues.okx import Okx
from tests.venues.mutation import assert_believable, mutations

NOW = 1_790_000_000_000
BTC = "OKX:BTC-USDT"
venue = Okx()

ENTRY = {
    "instType": "SPOT", "instId": "BTC-USDT", "last": "83766.8", "lastSz": "0.0000102", "askPx": "83774.2",
    "askSz": "0.25", "bidPx": "83774.1", "bidSz": "0.65", "open24h": "84180.1", "high24h": "85258.8",
    "low24h": "83174.7", "sodUtc0": "84409.9", "sodUtc8": "83800", "volCcy24h": "458903124.05",
    "vol24h": "5449.95415651", "ts": "1789999999077",
}  # fmt: skip
TICKER = {"arg": {"channel": "tickers", "instId": "BTC-USDT"}, "data": [ENTRY]}
DONE = {
    "instId": "BTC-USDT", "tradeId": "1062992715", "px": "83772.6", "sz": "0.0000178", "side": "buy",
    "ts": "1789999999298", "count": "3", "source": "1", "seqId": 81625379835,
}  # fmt: skip
TRADES = {"arg": {"channel": "trades", "instId": "BTC-USDT"}, "data": [DONE]}
BOOK = {
    "arg": {"channel": "bbo-tbt", "instId": "BTC-USDT"},
    "data": [{"asks": [["31774.7", "0.14", "0", "3"]], "bids": [["31774.6", "0.33", "0", "3"]],
              "ts": "1789999999947"}],
}  # fmt: skip
DEEP = {"arg": {"channel": "books", "instId": "BTC-USDT"}, "action": "update", "data": BOOK["data"]}
ACK = {"event": "subscribe", "arg": {"channel": "tickers", "instId": "BTC-USDT"}, "connId": "76defc81"}
REFUSAL = {
    "event": "error", "code": "60018", "connId": "0d0c61a5",
    "msg": "Wrong URL or channel:tickers,instId:NMR-USDT doesn't exist. Please use the correct URL.",
}  # fmt: skip
NOTICE = {"event": "notice", "msg": "The connection will soon be closed.", "code": "64008", "connId": "7"}


def parse(message: Any) -> list[Event]:
    return venue.parse(message if isinstance(message, str) else json.dumps(message), NOW)


def ticker(**fields: Any) -> dict[str, Any]:
    return TICKER | {"data": [ENTRY | fields]}


# --------------------------------------------------------------------------- prices
def test_a_ticker_is_a_quote_with_its_volume_in_base_units() -> None:  # fidelity 50, 71, 90
    assert parse(TICKER) == [
        Quote(
            symbol=BTC, time=1789999999077, received=NOW, last=83766.8, size=0.0000102, bid=83774.1,
            bid_size=0.65, ask=83774.2, ask_size=0.25, open=84180.1, high=85258.8, low=83174.7,
            volume=5449.95415651,
        )
    ]  # fmt: skip


def test_a_side_without_orders_is_an_empty_text() -> None:  # fidelity 41
    [quote] = parse(ticker(askPx="", askSz=""))
    assert (quote.ask, quote.ask_size, quote.bid) == (None, None, 83774.1)
    empty = dict.fromkeys(("last", "lastSz", "askPx", "bidPx", "open24h"), "")
    assert parse(ticker(**empty)) == [Notice(kind="ignored", reason="ticker without a price")]


def test_tiny_prices_are_exact() -> None:  # fidelity 44, 45
    [quote] = parse(ticker(last="0.000000000001", bidPx="1e-12"))
    assert quote.last == quote.bid == 1e-12


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"bidPx": "0.-1"}, "bid"), ({"vol24h": "-5"}, "volume"), ({"last": "nan"}, "last"),
        ({"high24h": []}, "high"), ({"ts": "1789999999077000"}, "time"), ({"askSz": {}}, "ask_size"),
    ],
)  # fmt: skip
def test_a_bad_field_costs_only_itself(wrong: dict[str, Any], field: str) -> None:  # fidelity 47, 58
    quote, notice = parse(ticker(**wrong))
    assert isinstance(quote, Quote) and notice.reason.startswith(f"bad ticker {field}: {BTC} ")


def test_a_missing_price_is_told() -> None:
    gone = {key: value for key, value in ENTRY.items() if key != "last"}
    quote, notice = parse(TICKER | {"data": [gone]})
    assert quote.bid == 83774.1 and notice.reason == f"bad ticker last: {BTC} has none"


@pytest.mark.parametrize("channel", ["trades", "trades-all"])
def test_a_trade_has_the_takers_side(channel: str) -> None:  # fidelity 34, 51
    frame = TRADES | {"arg": {"channel": channel, "instId": "BTC-USDT"}}
    assert parse(frame) == [
        Trade(symbol=BTC, id="1062992715", time=1789999999298, price=83772.6, size=0.0000178, side="buy")
    ]


def test_trades_of_one_frame_come_oldest_first_and_all() -> None:  # fidelity 29, 36
    later = DONE | {"tradeId": "1000", "ts": "1789999999299", "side": "sell"}
    events = parse(TRADES | {"data": [later, DONE | {"tradeId": "999"}, DONE | {"tradeId": "98"}]})
    assert [(trade.id, trade.side) for trade in events] == [("98", "buy"), ("999", "buy"), ("1000", "sell")]


@pytest.mark.parametrize(
    "wrong", [{"px": None}, {"px": ""}, {"sz": "-1"}, {"ts": "0"}, {"tradeId": ""}, {"tradeId": None}]
)
def test_a_bad_trade_costs_only_itself(wrong: dict[str, Any]) -> None:  # fidelity 47, 60
    trade, notice = parse(TRADES | {"data": [DONE | wrong, DONE]})
    assert isinstance(trade, Trade) and notice.reason.startswith("bad trade ")


def test_a_small_book_tells_the_best_of_each_side_whatever_its_order() -> None:  # fidelity 56
    levels = {"bids": [["99.5", "1"], ["99.9", "2"]], "asks": [["100.5", "3"], ["100.1", "4"]]}
    [quote] = parse(BOOK | {"data": [levels | {"ts": "1789999999947"}]})
    assert (quote.bid, quote.bid_size, quote.ask, quote.ask_size) == (99.9, 2.0, 100.1, 4.0)
    [quote] = parse(BOOK)
    assert (quote.last, quote.bid, quote.ask, quote.time) == (None, 31774.6, 31774.7, 1789999999947)
    empty = BOOK | {"data": [{"bids": [], "asks": [], "ts": "1789999999947"}]}
    assert parse(empty) == [Notice(kind="ignored", reason="an empty book")]


@pytest.mark.parametrize("code", ["BTC-USD-220527", "UNI-USD-SWAP", "BTC-USD-220325-40000-C", "X", "-USDT"])
def test_contracts_are_not_ours(code: str) -> None:  # fidelity 50, 90
    for frame in (TICKER, TRADES):
        assert parse(frame | {"arg": frame["arg"] | {"instId": code}}) == [
            Notice(kind="ignored", reason=f"no spot symbol: {code}")
        ]


def test_who_asks_for_a_contract_is_told() -> None:
    [notice] = parse(ACK | {"arg": {"channel": "trades", "instId": "BTC-USD-SWAP"}})
    assert (notice.kind, notice.symbol) == ("refused", "OKX:BTC-USD-SWAP") and "spot" in notice.reason


# --------------------------------------------------------------------------- notices
def test_each_code_and_channel_is_acked() -> None:  # fidelity 23
    assert parse(ACK) == [Notice(kind="ack", symbol=BTC)]
    assert parse(ACK | {"event": "unsubscribe"}) == [Notice(kind="ignored", reason="unsubscribe")]


@pytest.mark.parametrize("beginning", ["Wrong URL or ", "Subscribe failed, wrong URL or "])
def test_a_refusal_names_its_code_in_words(beginning: str) -> None:  # fidelity 19, 22, 26
    message = REFUSAL["msg"].replace("Wrong URL or ", beginning)
    [notice] = parse(REFUSAL | {"msg": message})
    assert (notice.kind, notice.symbol) == ("refused", "OKX:NMR-USDT") and "60018" in notice.reason


def test_the_refusal_of_another_channel_refuses_no_symbol() -> None:  # fidelity 26
    moved = REFUSAL | {"msg": "Wrong URL or channel:index-tickers,instId:BTC-USDT doesn't exist."}
    assert [(each.kind, each.symbol) for each in parse(moved)] == [("refused", None)]
    [notice] = parse({"event": "error", "code": "60014", "msg": "Requests too frequent."})
    assert notice == Notice(kind="refused", reason="OKX: Requests too frequent. (60014)")


def test_an_announced_end_asks_to_come_again() -> None:  # fidelity 6
    assert parse(NOTICE) == [Notice(kind="reconnect", reason="The connection will soon be closed.")]


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        ({"event": "channel-conn-count", "channel": "tickers", "connCount": "1"}, "channel-conn-count"),
        (NOTICE | {"code": "64999"}, "notice 64999"),
        ({"event": "something new"}, "something new"),
        (DEEP, "books"),
        (DEEP | {"arg": {"channel": "books-l2-tbt", "instId": "BTC-USDT"}}, "books-l2-tbt"),
        ({"arg": {"channel": "candle1m", "instId": "BTC-USDT"}, "data": [["1", "2"]]}, "candle1m"),
        ({"table": "spot/trade", "data": [{"instrument_id": "BCH-USDT"}]}, "v3 spot/trade"),
    ],
)
def test_what_is_not_read_is_ignored_by_name(frame: Any, reason: str) -> None:  # fidelity 87, 88
    assert parse(frame) == [Notice(kind="ignored", reason=reason)]


def test_a_pong_is_no_json_and_proves_no_data() -> None:  # fidelity 3, 16
    assert parse("pong") == venue.parse(b"pong", NOW) == [Notice(kind="pong")]
    assert venue.ping() == "ping" and venue.ping_every < 30


def test_a_market_that_never_rests_keeps_quiet_ones_alive() -> None:  # fidelity 1, 4
    [message] = venue.greet()
    assert json.loads(message)["args"] == [{"channel": "index-tickers", "instId": "BTC-USDT"}]
    index = {"arg": json.loads(message)["args"][0], "data": [{"instId": "BTC-USDT", "idxPx": "1", "ts": "5"}]}
    assert parse(index) == [Notice(kind="heartbeat")]
    assert parse(ACK | {"arg": index["arg"]}) == [Notice(kind="ignored", reason="subscribe")]


@pytest.mark.parametrize(
    "raw", ["", "ping", "<html>", "{}", "null", "[]", '{"arg":5}', '{"event":5}', "[" * 9999, "{" * 9999]
)
def test_what_is_no_frame_is_bad_and_quoted(raw: str) -> None:  # fidelity 77
    [notice] = parse(raw)
    assert notice.kind == "bad" and len(notice.reason) < 300
    assert parse(TICKER | {"data": []})[0].kind == "bad"


@given(raw=mutations([TICKER, TRADES, BOOK, DEEP, ACK, REFUSAL, NOTICE]))
def test_mutated_frames_never_raise_and_never_make_a_wrong_number(raw: str) -> None:
    events = venue.parse(raw, NOW)
    assert events
    assert_believable(events)


def test_two_channels_a_symbol_in_one_message() -> None:
    [message] = venue.subscribe(["BTC-USDT"])
    assert json.loads(message) == {
        "op": "subscribe",
        "args": [{"channel": "tickers", "instId": "BTC-USDT"}, {"channel": "trades", "instId": "BTC-USDT"}],
    }
    assert json.loads(venue.unsubscribe(["BTC-USDT"])[0])["op"] == "unsubscribe"
    assert len(venue.subscribe([f"COIN{number:04d}-USDT" for number in range(venue.chunk)])[0]) < 65536


# --------------------------------------------------------------------------- REST
def answer(*rows: Any, code: str = "0", msg: str = "") -> bytes:
    return json.dumps({"code": code, "msg": msg, "data": rows}).encode()


ROW = ["1789999860000", "80650.1", "80700", "80640", "80690.5", "12.345", "995000", "995000", "1"]


def test_instruments_have_ticks_and_states() -> None:  # fidelity 22, 45
    row = {"instId": "BTC-USDT", "baseCcy": "BTC", "quoteCcy": "USDT", "tickSz": "0.1", "state": "live"}
    rows = [
        row,
        row | {"instId": "XX-USDT", "baseCcy": "XX", "tickSz": "0.000000000001", "state": "suspend"},
        row | {"instId": "BTC-USD-SWAP"},
        {"instId": 5},
        "odd",
    ]
    listed = venue.read_instruments(answer(*rows))
    assert [(each.symbol, each.tick_size, each.status, each.native) for each in listed] == [
        (BTC, 0.1, "online", "BTC-USDT"),
        ("OKX:XX-USDT", 1e-12, "suspend", "XX-USDT"),
    ]


def test_rows_become_bars_unless_quiet_and_the_unconfirmed_is_forming() -> None:  # fidelity 64, 65, 67, 70
    quiet = ["1789999920000", *["80690.5"] * 4, "0", "0", "0", "1"]
    forming = ["1789999980000", *ROW[1:8], "0"]
    odd = [[], "x", None, ["x", *ROW[1:]], ["1789999800000", "NaN", *ROW[2:]], ["9" * 30, *ROW[1:]]]
    bars = Okx().read_bars(answer(forming, quiet, ROW, *odd), BTC, "1m", NOW * 2)
    assert [(bar.time, bar.closed) for bar in bars] == [(1789999860000, True), (1789999980000, False)]
    assert (bars[0].open, bars[0].high, bars[0].low, bars[0].close) == (80650.1, 80700.0, 80640.0, 80690.5)
    assert bars[0].volume == 12.345 and bars[0].trades is None
    assert Okx().read_bars(answer(), BTC, "1m", NOW) == []


def test_old_bars_are_asked_for_elsewhere_and_days_begin_in_utc() -> None:  # fidelity 63, 70
    okx = Okx()
    request = okx.bars("BTC-USDT", "1d", 86_400_000, 172_800_000)
    assert request is not None and request.path == "/api/v5/market/candles"
    assert request.params == {
        "instId": "BTC-USDT", "bar": "1Dutc", "after": "172800000", "before": "86399999", "limit": "100"
    }  # fmt: skip
    okx.read_bars(answer(ROW), BTC, "1m", NOW)
    for ago, path in ((1400, "candles"), (1401, "history-candles")):
        request = okx.bars("BTC-USDT", "1m", 1789999860000 - ago * 60_000, 1789999860000)
        assert request is not None and request.path == f"/api/v5/market/{path}"
    assert okx.bars("BTC-USDT", "5s", 0, 1) is None


def test_the_newest_price_can_be_polled() -> None:
    assert venue.poll("BTC-USDT").params == {"instId": "BTC-USDT"}
    assert venue.read_poll(answer(ENTRY), BTC, NOW) == parse(TICKER)
    with pytest.raises(FeedError):
        venue.read_poll(answer(5), BTC, NOW)


@pytest.mark.parametrize(
    ("code", "retry_after", "terminal"),
    [("51001", None, True), ("50011", 2.0, False), ("50013", None, False), ("51000", None, True)],
)
def test_an_error_comes_with_status_200(
    code: str, retry_after: float | None, terminal: bool
) -> None:  # fidelity 75, 80
    told = answer(code=code, msg="what was wrong")
    for read in (
        venue.read_instruments,
        lambda body: venue.read_bars(body, BTC, "1m", NOW),
        lambda body: venue.read_poll(body, BTC, NOW),
    ):
        with pytest.raises(FeedError, match="what was wrong") as raised:
            read(told)
        assert (raised.value.retry_after, raised.value.terminal) == (retry_after, terminal)
    explained = venue.explain(429, told)
    assert explained is not None and code in explained.reason
    assert venue.explain(403, b"<html>") is None and venue.explain(500, answer()) is None


@pytest.mark.parametrize("told", [b"", b"<!DOCTYPE html>", b"{}", b"[]", b'{"code":0}', b"\xff"])
def test_an_answer_that_is_none_is_an_error(told: bytes) -> None:  # fidelity 77
    with pytest.raises(FeedError):
        venue.read_bars(told, BTC, "1m", NOW)
