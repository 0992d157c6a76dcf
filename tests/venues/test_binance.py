"""Binance's words, as documented and as recorded, and those of Binance.US, which are the same."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.budget import pace
from feeds.market import Quote, Trade
from feeds.venues.base import Event, Notice
from feeds.venues.binance import Binance
from feeds.venues.binance_us import BinanceUs
from tests.venues.mutation import assert_believable, mutations

NOW = 1_790_000_000_000
venue = Binance()

TICKER = {
    "e": "24hrTicker", "E": 1790000000105, "s": "BTCUSDT", "p": "-120.50000000", "P": "-0.149",
    "w": "80650.11000000", "x": "80900.00000000", "c": "80728.58000000", "Q": "0.00420000",
    "b": "80728.57000000", "B": "2.50000000", "a": "80728.58000000", "A": "1.25000000",
    "o": "80849.08000000", "h": "81500.00000000", "l": "79900.10000000", "v": "15250.25000000",
    "q": "1230000000.00000000", "O": 1789913600100, "C": 1790000000100, "F": 6653000000, "L": 6653827044,
    "n": 827045,
}  # fmt: skip
MINI = {"e": "24hrMiniTicker"} | {key: TICKER[key] for key in "Escohlvq"}
BOOK = {"u": 99667600014, "s": "ETHUSDT", "b": "2499.99000000", "B": "7.1", "a": "2500.00000000", "A": "0.5"}
AGGREGATE = {
    "e": "aggTrade", "E": 1790000000004, "s": "BTCUSDT", "a": 4054712213, "p": "80728.59000000",
    "q": "0.00618000", "f": 6653827044, "l": 6653827046, "T": 1790000000003, "m": False, "M": True,
}  # fmt: skip
TRADE = {
    "e": "trade", "E": 1790000000966, "s": "BTCUSDT", "t": 6653570805, "p": "81207.45000000",
    "q": "0.00016000", "b": 133829535, "a": 133829504, "T": 1790000000964, "m": True, "M": True,
}  # fmt: skip
DEPTH = {
    "e": "depthUpdate", "E": 1790000000068, "s": "NKNUSDT", "U": 499869750, "u": 499869752,
    "b": [["0.35130000", "6195.00000000"]], "a": [],
}  # fmt: skip
BAR = {"e": "kline", "E": 1790000000963, "s": "BTCUSDT", "k": {"t": 1789999980000, "o": "1", "x": False}}


def wrapped(payload: Any, stream: str = "btcusdt@ticker") -> dict[str, Any]:
    return {"stream": stream, "data": payload}


def parse(message: Any, by: Binance = venue) -> list[Event]:
    return by.parse(message if isinstance(message, str) else json.dumps(message), NOW)


# --------------------------------------------------------------------------- prices
@pytest.mark.parametrize("frame", [TICKER, wrapped(TICKER)])
def test_a_ticker_is_the_whole_quote_as_of_its_closing_time(frame: Any) -> None:  # fidelity 54, 71
    assert parse(frame) == [
        Quote(
            symbol="BINANCE:BTC-USDT", time=1790000000100, received=NOW, last=80728.58, size=0.0042,
            bid=80728.57, bid_size=2.5, ask=80728.58, ask_size=1.25, open=80849.08, high=81500.0,
            low=79900.1, volume=15250.25,
        )
    ]  # fmt: skip


def test_the_small_ticker_has_neither_bid_nor_ask() -> None:  # fidelity 42
    [quote] = parse(wrapped(MINI, "btcusdt@miniTicker"))
    assert (quote.last, quote.volume, quote.time) == (80728.58, 15250.25, 1790000000105)
    assert (quote.bid, quote.ask, quote.size) == (None, None, None)


@pytest.mark.parametrize("frame", [BOOK, wrapped(BOOK, "ethusdt@bookTicker"), BOOK | {"e": "bookTicker"}])
def test_the_best_bid_and_ask_come_without_a_time(frame: Any) -> None:  # fidelity 59
    assert parse(frame) == [
        Quote(
            symbol="BINANCE:ETH-USDT", received=NOW, bid=2499.99, bid_size=7.1, ask=2500.0, ask_size=0.5
        )
    ]  # fmt: skip


def test_a_crossed_book_is_passed_on_and_an_empty_side_is_none() -> None:  # fidelity 39, 41
    [quote] = parse(BOOK | {"b": "101", "a": "100"})
    assert quote.bid > quote.ask
    [quote] = parse(BOOK | {"b": "0.00000000", "B": "0.00000000"})
    assert (quote.bid, quote.bid_size, quote.ask) == (None, 0.0, 2500.0)


def test_what_was_never_traded_is_no_trouble() -> None:  # fidelity 33
    nothing = dict.fromkeys("cbaohl", "0.00000000")
    assert parse(TICKER | nothing) == [Notice(kind="ignored", reason="ticker without a price")]
    [quote] = parse(TICKER | {"c": "0.00000000"})
    assert (quote.last, quote.bid) == (None, 80728.57)


@pytest.mark.parametrize(("maker", "side"), [(True, "sell"), (False, "buy")])
def test_the_aggressor_sold_when_the_buyer_is_the_maker(maker: bool, side: str) -> None:  # fidelity 51
    assert parse(wrapped(AGGREGATE | {"m": maker})) == [
        Trade(
            symbol="BINANCE:BTC-USDT", id="4054712213", time=1790000000003, price=80728.59, size=0.00618,
            side=side,
        )
    ]  # fmt: skip
    [trade] = parse(TRADE | {"m": maker})
    assert (trade.side, trade.id, trade.time) == (side, "6653570805", 1790000000964)


def test_a_line_that_was_taken_back_is_no_trade() -> None:  # fidelity 55
    gone = AGGREGATE | {"p": "0.00000000", "q": "0.00000000", "f": -1, "l": -1}
    assert parse(gone) == [Notice(kind="ignored", reason="a trade without trades")]


@pytest.mark.parametrize(
    ("frame", "wrong", "field"),
    [
        (TICKER, {"b": "0.-10000"}, "ticker bid"),
        (TICKER, {"v": "-1"}, "ticker volume"),
        (TICKER, {"C": 1790000000100000}, "ticker time"),  # µs, which were not asked for
        (TICKER, {"h": [1]}, "ticker high"),
        (TICKER, {"l": "NaN"}, "ticker low"),
        (BOOK, {"A": "nan"}, "book ask_size"),
        (BOOK, {"a": {"x": 1}}, "book ask"),
    ],
)
def test_a_bad_field_costs_only_itself(
    frame: dict[str, Any], wrong: dict[str, Any], field: str
) -> None:  # fidelity 47, 58
    quote, notice = parse(wrapped(frame | wrong))
    assert notice.kind == "bad" and notice.reason.startswith(f"bad {field}: {frame['s']} ")
    assert isinstance(quote, Quote) and (quote.bid or quote.ask)


def test_a_ticker_without_its_price_is_bad() -> None:
    quote, notice = parse({key: value for key, value in TICKER.items() if key != "c"})
    assert quote.last is None and notice.reason == "bad ticker last: BTCUSDT has none"


@pytest.mark.parametrize(
    "wrong", [{"p": None}, {"p": "-1"}, {"q": "x"}, {"T": 0}, {"T": "soon"}, {"a": None}, {"p": "0"}]
)
def test_a_bad_trade_is_none(wrong: dict[str, Any]) -> None:
    [notice] = parse(AGGREGATE | wrong)
    assert notice.kind == "bad" and notice.reason.startswith("bad trade ")


@given(st.decimals(min_value="0.00000001", max_value=10**9, places=8))
def test_prices_are_the_floats_of_their_texts(value: Any) -> None:  # fidelity 44, 45, 46
    [quote] = parse(BOOK | {"b": f"{value:f}", "a": f"{value:E}"})
    assert quote.bid == float(f"{value:f}") == quote.ask


# --------------------------------------------------------------------------- notices
@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (DEPTH, "depthUpdate"),
        (wrapped(DEPTH, "nknusdt@depth@100ms"), "depthUpdate"),
        (wrapped({"lastUpdateId": 5, "bids": [["1", "2"]], "asks": []}, "nknusdt@depth5"), "depth"),
        ({"lastUpdateId": 5, "bids": [["1", "2"]], "asks": []}, "depth"),
        (BAR, "kline"),
        (wrapped(BAR), "kline"),
        ({"e": "something new", "s": 5}, "something new"),
        (wrapped({"e": "referencePrice", "s": "BTCUSDT", "r": None}), "referencePrice"),
        (wrapped([MINI], "!miniTicker@arr"), "a list of !miniTicker@arr"),
        ([MINI], "a list of 24hrMiniTicker"),
        (AGGREGATE | {"s": "BTCUSD_PERP"}, "no spot symbol: BTCUSD_PERP"),
        (BOOK | {"s": "BTC-210430-68000-C"}, "no spot symbol: BTC-210430-68000-C"),
        (TICKER | {"s": "币安人生XYZ"}, "no spot symbol: 币安人生XYZ"),  # fidelity 89
    ],
)
def test_what_is_not_read_is_ignored_by_name(frame: Any, reason: str) -> None:  # fidelity 43, 87, 88
    assert parse(frame) == [Notice(kind="ignored", reason=reason)]


def test_an_answer_names_nobody() -> None:  # fidelity 17, 23
    assert parse({"result": None, "id": 1}) == [Notice(kind="ack")]
    assert parse({"result": ["btcusdt@aggTrade"], "id": 3}) == [Notice(kind="ignored", reason="an answer")]


@pytest.mark.parametrize(
    "frame",
    [
        {"code": 2, "msg": "Invalid request: unknown variant", "id": 1},
        {"error": {"code": 2, "msg": "Invalid request: unknown variant"}, "id": 1},
    ],
)
def test_an_error_comes_bare_or_nested(frame: Any) -> None:  # fidelity 92
    assert parse(frame) == [Notice(kind="refused", reason="Binance: Invalid request: unknown variant (2)")]


@pytest.mark.parametrize("stream", ["!serverShutdown", None])
def test_an_announced_end_asks_to_come_again(stream: str | None) -> None:  # fidelity 6
    frame = {"e": "serverShutdown", "E": 1790000000000}
    assert parse(wrapped(frame, stream) if stream else frame) == [
        Notice(kind="reconnect", reason="serverShutdown")
    ]


@pytest.mark.parametrize("raw", ["", "pong", "<html>", "{}", "null", "[]", "5", '{"e":5}', "[" * 9999, '"x"'])
def test_what_is_no_frame_is_bad_and_quoted(raw: str) -> None:  # fidelity 77
    [notice] = parse(raw)
    assert notice.kind == "bad" and len(notice.reason) < 300


FRAMES = [TICKER, MINI, BOOK, AGGREGATE, TRADE, DEPTH, BAR, wrapped(TICKER), wrapped(BOOK), wrapped(TRADE)]


@given(raw=mutations([*FRAMES, {"result": None, "id": 1}, {"code": 2, "msg": "no", "id": 1}]))
def test_mutated_frames_never_raise_and_never_make_a_wrong_number(raw: str) -> None:
    events = venue.parse(raw, NOW)
    assert events
    assert_believable(events)


# --------------------------------------------------------------------------- names, messages, facts
def test_a_code_is_what_was_asked_for_or_is_split_by_the_longest_currency() -> None:  # fidelity 25
    asked = Binance()
    assert asked.symbol("BTCFDUSD") == "BINANCE:BTC-FDUSD" and asked.symbol("WBTCBTC") == "BINANCE:WBTC-BTC"
    assert asked.symbol("XRPRLUSD") == "BINANCE:XRP-RLUSD"  # not of a dollar
    assert asked.symbol("BTCTUSD") == "BINANCE:BTC-TUSD" and asked.symbol("BTCUSD") == "BINANCE:BTC-USD"
    assert asked.learn("BINANCE:ANT-USD") == "ANTUSD" and asked.symbol("ANTUSD") == "BINANCE:ANT-USD"
    with pytest.raises(ValueError, match="no known currency"):
        asked.symbol("BTCXXX")


def test_three_streams_a_symbol_in_lower_case_and_one_that_never_rests() -> None:  # fidelity 4
    [message] = venue.subscribe(["BTCUSDT", "ETHUSDT"])
    assert json.loads(message) == {
        "method": "SUBSCRIBE",
        "params": [f"{code}@{stream}" for code in ("btcusdt", "ethusdt")
                   for stream in ("ticker", "bookTicker", "aggTrade")],
        "id": 1,
    }  # fmt: skip
    [message] = venue.unsubscribe(["BTCUSDT"])
    assert json.loads(message)["method"] == "UNSUBSCRIBE"
    pulse = [stream for message in venue.greet() for stream in json.loads(message)["params"]]
    assert pulse == ["btcusdt@miniTicker"] and pulse[0] not in json.loads(message)["params"]


def test_the_line_is_replaced_before_a_day_and_not_pinged() -> None:  # fidelity 5, 15
    for each in (Binance(), BinanceUs()):
        assert each.handover_after and 23 * 3600 < each.handover_after < 24 * 3600
        assert each.ping() is None and pace(each.messages) == 5


def test_binance_us_has_the_same_words_and_other_currencies() -> None:  # fidelity 24
    us = BinanceUs()
    [quote] = parse(BOOK | {"s": "ETHUSD"}, us)
    assert quote.symbol == "BINANCE_US:ETH-USD" and us.symbol("BNBUSD") == "BINANCE_US:BNB-USD"
    assert us.silence > 180 and "showPermissionSets" not in us.instruments().params
    assert venue.instruments().params == {"showPermissionSets": "false"}
    assert all(each.venue == "BINANCE_US" for each in us.featured)
