"""Bitstamp's words: no ticker, sizes with a text beside the number, errors that don't say what about."""

import json
from typing import Any

import pytest
from hypothesis import given

from feeds.errors import FeedError
from feeds.market import Quote, Trade
from feeds.venues.base import Event, Notice
from feeds.venues.bitstamp import Bitstamp
from tests.venues.mutation import assert_believable, mutations

NOW = 1_790_000_000_000
BTC = "BITSTAMP:BTC-USD"
venue = Bitstamp()

TOLD = {
    "id": 700000001,
    "timestamp": "1788481329",
    "amount": 0.25,
    "amount_str": "0.25000000",
    "price": 81263.98,
    "price_str": "81263.98",
    "type": 0,
    "microtimestamp": "1788481329090123",
    "buy_order_id": 2046551467757570,
    "sell_order_id": 2046551452086274,
}
TRADE = {"data": TOLD, "channel": "live_trades_btcusd", "event": "trade"}
LEVELS = {
    "timestamp": "1788481330",
    "microtimestamp": "1788481330500000",
    "bids": [["100.5", "1.5"], ["100.4", "2"]],
    "asks": [["100.7", "0.5"], ["100.8", "3"]],
}
BOOK = {"data": LEVELS, "channel": "order_book_btcusd", "event": "data"}
DIFF = BOOK | {"channel": "diff_order_book_btcusd"}
ACK = {"event": "bts:subscription_succeeded", "channel": "live_trades_btcusd", "data": {}}
ERROR = {"event": "bts:error", "channel": "", "data": {"code": None, "message": "Bad subscription string."}}
BEAT = {"event": "bts:heartbeat", "channel": "", "data": {"status": "success"}}
AGAIN = {"event": "bts:request_reconnect", "channel": "", "data": ""}


def parse(message: Any) -> list[Event]:
    return venue.parse(message if isinstance(message, str) else json.dumps(message), NOW)


def traded(**changes: Any) -> list[Event]:
    return parse(TRADE | {"data": TOLD | changes})


def booked(**changes: Any) -> list[Event]:
    return parse(BOOK | {"data": LEVELS | changes})


# --------------------------------------------------------------------------- prices
@pytest.mark.parametrize(("kind", "side"), [(0, "buy"), (1, "sell"), ("1", "sell"), (None, None), (2, None)])
def test_a_trade_has_the_takers_side_and_the_finest_time(kind: object, side: str) -> None:  # fidelity 51, 58
    assert traded(type=kind, timestamp="1788481329090") == [
        Trade(symbol=BTC, id="700000001", time=1788481329090, price=81263.98, size=0.25, side=side)
    ]


def test_the_text_of_a_size_is_read_before_its_number() -> None:  # fidelity 44, 53
    [tiny] = traded(amount=1e-08, amount_str="1E-8")
    [bare] = traded(amount_str=None)
    assert (tiny.size, bare.size) == (1e-08, 0.25)


def test_an_id_may_be_larger_than_a_double() -> None:  # fidelity 86
    assert traded(id=2001939623936278528)[0].id == "2001939623936278528"


@pytest.mark.parametrize(
    "wrong", [{"price_str": "0.-1"}, {"amount_str": "-1"}, {"microtimestamp": "0"}, {"id": None}]
)
def test_a_trade_that_cannot_be_is_none(wrong: dict[str, Any]) -> None:  # fidelity 47, 60
    [notice] = traded(**wrong)
    field = next(iter(wrong)).removesuffix("_str").replace("amount", "size")
    assert notice.kind == "bad" and notice.reason.startswith(f"bad trade {field}: btcusd")


def test_a_book_gives_its_best_prices() -> None:
    assert parse(BOOK) == [
        Quote(symbol=BTC, time=1788481330500, received=NOW, bid=100.5, bid_size=1.5, ask=100.7, ask_size=0.5)
    ]


def test_the_best_level_need_not_be_the_first() -> None:  # fidelity 56
    [quote] = booked(bids=LEVELS["bids"][::-1], asks=LEVELS["asks"][::-1])
    assert (quote.bid, quote.ask) == (100.5, 100.7)


def test_a_side_may_be_empty_and_a_book_crossed() -> None:  # fidelity 39, 41
    [quote] = booked(asks=[])
    assert (quote.bid, quote.ask, quote.ask_size) == (100.5, None, None)
    [crossed] = booked(asks=[["99", "1"]])
    assert crossed.bid > crossed.ask
    [notice] = booked(asks=[], bids=[])
    assert notice == Notice(kind="ignored", reason="empty book")


def test_a_bad_level_costs_only_itself() -> None:  # fidelity 47
    quote, *bad = booked(bids=[["x", "1"], [], ["100.4", "0.-10000"], [None]])
    assert (quote.bid, quote.bid_size, quote.ask) == (100.4, None, 100.7)
    assert [each.reason.split(" ")[2] for each in bad] == ["bids:", "bid_size:"]


@pytest.mark.parametrize("channel", ["diff_order_book_btcusd", "detail_order_book_btcusd"])
def test_other_books_are_ignored_whatever_they_hold(channel: str) -> None:
    assert parse(DIFF | {"channel": channel}) == [
        Notice(kind="ignored", reason=f"data {channel.removesuffix('_btcusd')}")
    ]


# --------------------------------------------------------------------------- notices
def test_an_ack_names_its_market_and_proves_nothing() -> None:  # fidelity 2, 17
    assert parse(ACK) == [Notice(kind="ack", symbol=BTC)]
    assert parse(ACK | {"channel": "order_book_btcusd"}) == [Notice(kind="ack", symbol=BTC)]


def test_an_error_does_not_say_what_it_is_about() -> None:  # fidelity 23
    [notice] = parse(ERROR)
    assert (notice.kind, notice.symbol) == ("refused", None) and "Bad subscription string." in notice.reason


def test_the_answer_to_our_heartbeat_is_a_pong() -> None:  # fidelity 3
    assert parse(BEAT) == [Notice(kind="pong")]
    assert venue.ping() == '{"event":"bts:heartbeat"}' and venue.silence > 49.0  # fidelity 4


@pytest.mark.parametrize("data", ["", None, {}])
def test_it_asks_for_a_new_connection(data: object) -> None:  # fidelity 6
    assert parse(AGAIN | {"data": data})[0].kind == "reconnect"


def test_unknown_events_are_ignored_by_name() -> None:  # fidelity 88
    event = {"event": "order_created", "channel": "live_orders_btcusd", "data": {"id": 1}}
    assert parse(event) == [Notice(kind="ignored", reason="order_created live_orders")]
    assert parse({"event": "bts:novelty", "channel": ""})[0].kind == "ignored"


@pytest.mark.parametrize("raw", ["", "pong", "<html>", "[]", "{}", "7", '{"event":7}', "[" * 9999])
def test_what_is_no_frame_is_bad(raw: str) -> None:  # fidelity 16
    [notice] = parse(raw)
    assert notice.kind == "bad" and len(notice.reason) < 300


@given(raw=mutations([TRADE, BOOK, DIFF, ACK, ERROR, BEAT, AGAIN]))
def test_mutated_frames_never_raise_and_never_make_a_wrong_number(raw: str) -> None:
    assert_believable(venue.parse(raw, NOW))


# --------------------------------------------------------------------------- names, and what we send
@pytest.mark.parametrize(
    ("symbol", "native"),
    [
        (BTC, "btcusd"),
        ("BITSTAMP:USDT-USD", "usdtusd"),
        ("BITSTAMP:XRP-RLUSD", "xrprlusd"),
        ("BITSTAMP:1INCH-USD", "1inchusd"),
        ("BITSTAMP:BTC-USD-PERP", "btcusd-perp"),
    ],
)
def test_codes_and_symbols(symbol: str, native: str) -> None:  # fidelity 25
    assert (venue.native(symbol), venue.symbol(native)) == (native, symbol)


def test_what_was_asked_for_is_known_whatever_its_currency() -> None:  # fidelity 25
    asked = Bitstamp()
    with pytest.raises(ValueError):
        asked.symbol("abcxyz")
    asked.learn("BITSTAMP:ABC-XYZ")
    assert asked.symbol("abcxyz") == "BITSTAMP:ABC-XYZ"


def test_a_message_asks_for_one_channel_and_is_short() -> None:  # fidelity 12
    messages = venue.subscribe(["btcusd", "ethusd"]) + venue.unsubscribe(["btcusd"])
    channels = [json.loads(text)["data"]["channel"] for text in messages]
    books = [
        f"{kind}_{native}"
        for native in ("btcusd", "ethusd", "btcusd")
        for kind in ("live_trades", "order_book")
    ]
    assert channels == books and max(map(len, messages)) < 512


# --------------------------------------------------------------------------- REST
def test_candles_are_rows_of_texts_and_a_quiet_minute_is_none() -> None:  # fidelity 64, 65, 67
    row = {"timestamp": "1790000100", "open": "2", "high": "4", "low": "1", "close": "3", "volume": "0.5"}
    rows = [row, row | {"timestamp": "1790000160"}, row | {"timestamp": "1790000040", "volume": "0"}, "x", {}]
    body = json.dumps({"data": {"pair": "BTC/USD", "ohlc": rows}}).encode()
    bars = venue.read_bars(body, BTC, "1m", 1790000180000)
    assert [(bar.time, bar.open, bar.high, bar.low, bar.close, bar.closed) for bar in bars] == [
        (1790000100000, 2.0, 4.0, 1.0, 3.0, True),
        (1790000160000, 2.0, 4.0, 1.0, 3.0, False),
    ]


def test_a_thousand_candles_are_asked_for_at_the_most() -> None:
    request = venue.bars("btcusd", "1m", 1_790_000_040_000, 1_790_000_040_000 + 10 * 60_000)
    assert request is not None and request.path == "/api/v2/ohlc/btcusd/"
    assert request.params == {"step": "60", "limit": "10", "start": "1790000040", "end": "1790000580"}


def test_markets_are_instruments_old_and_new() -> None:  # fidelity 22, 92
    new = {
        "name": "BTC/USD", "market_symbol": "btcusd", "base_currency": "BTC", "counter_currency": "USD",
        "base_decimals": 8, "counter_decimals": 2, "trading": "Enabled", "market_type": "SPOT",
    }  # fmt: skip
    perp = new | {"name": "BTC/USD-PERP", "market_symbol": "btcusd-perp", "market_type": "PERPETUAL"}
    old = {
        "name": "EUR/USD", "url_symbol": "eurusd", "counter_decimals": 5, "trading": "Disabled",
        "description": "Euro / U.S. dollar",
    }  # fmt: skip
    rows = [new, perp, old, {"name": "X"}, new | {"counter_decimals": "x"}, 7]
    made = venue.read_instruments(json.dumps(rows).encode())
    assert [
        (each.symbol, each.native, each.kind, each.tick_size, each.status, each.title) for each in made
    ] == [
        (BTC, "btcusd", "crypto", 0.01, "online", ""),
        ("BITSTAMP:BTC-USD-PERP", "btcusd-perp", "future", 0.01, "online", ""),
        ("BITSTAMP:EUR-USD", "eurusd", "fx", 0.00001, "disabled", "Euro"),
    ]
    assert all(venue.native(each.symbol) == each.native for each in made)


def test_a_poll_tells_the_day_and_its_volume_in_base() -> None:  # fidelity 50, 71
    told = {"timestamp": "1790000000", "open": "9", "open_24": "10", "high": "12", "low": "8", "last": "11",
            "volume": "135.5", "vwap": "10.5", "bid": "10.9", "ask": "11.1", "side": "0"}  # fmt: skip
    assert venue.read_poll(json.dumps(told).encode(), BTC, NOW) == [
        Quote(symbol=BTC, time=NOW, received=NOW, last=11.0, bid=10.9, ask=11.1, open=10.0, high=12.0,
              low=8.0, volume=135.5)
    ]  # fmt: skip


def test_the_trades_of_the_past_hour_come_newest_first() -> None:  # fidelity 35
    row = {"date": "1790000001", "tid": "11", "price": "5", "type": "1", "amount": "0.5"}
    rows = [row, row | {"tid": "9", "type": "0"}, row | {"price": "x"}, {}, 7]
    trades = venue.read_trades(json.dumps(rows).encode(), BTC)
    assert [(trade.id, trade.side, trade.time) for trade in trades] == [
        ("9", "buy", 1_790_000_001_000),
        ("11", "sell", 1_790_000_001_000),
    ]


@pytest.mark.parametrize("body", [b"", b"<!DOCTYPE html>", b"{}", b'{"error":"Order not found"}', b"\xff"])
def test_an_answer_that_is_something_else_is_an_error(body: bytes) -> None:  # fidelity 77, 80
    for read in (
        venue.read_instruments,
        lambda it: venue.read_bars(it, BTC, "1m", NOW),
        lambda it: venue.read_trades(it, BTC),
    ):
        with pytest.raises(FeedError):
            read(body)


def test_too_many_requests_have_codes_of_their_own() -> None:  # fidelity 75
    body = b'{"status":"error","reason":"Request rate limit exceeded.","code":"400.002"}'
    with pytest.raises(FeedError) as busy:
        venue.read_poll(body, BTC, NOW)
    assert busy.value.retry_after == 60.0
    explained = venue.explain(400, body)
    assert explained is not None and explained.retry_after == 60.0 and not explained.terminal
    missing = venue.explain(404, b'{"status":"error","reason":"Market not found"}')
    assert missing is not None and missing.terminal
    assert venue.explain(503, b"<html>") is None and venue.explain(404, b"[]") is None
