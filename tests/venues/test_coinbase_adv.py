"""Coinbase Advanced's words: acks after data, batches newest first, tickers without a time, USDC."""

import json
from typing import Any

import pytest
from hypothesis import given

from feeds.errors import FeedError
from feeds.market import Quote, Trade
from feeds.venues.base import Event, Notice, Venue
from feeds.venues.coinbase_adv import CoinbaseAdvanced
from tests.venues.mutation import assert_believable, mutations

NOW = 1_790_000_000_000
BTC = "COINBASE_ADV:BTC-USD"
venue = CoinbaseAdvanced()

ENTRY = {
    "type": "ticker",
    "product_id": "BTC-USD",
    "price": "50500",
    "volume_24_h": "3210.5",
    "low_24_h": "49000",
    "high_24_h": "51000.5",
    "low_52_w": "30000",
    "high_52_w": "90000",
    "price_percent_chg_24_h": "1",
    "best_bid": "50499.99",
    "best_ask": "50500.01",
    "best_bid_quantity": "0.5",
    "best_ask_quantity": "0.25",
}
SOLD = {
    "product_id": "BTC-USD",
    "trade_id": "9",
    "price": "50500.5",
    "size": "0.125",
    "time": "2026-06-14T05:54:17.799285Z",
    "side": "SELL",
}
BOUGHT = SOLD | {"trade_id": "10", "side": "BUY", "time": "2026-06-14T05:54:17.899Z", "price": "50500.4"}


def frame(channel: str, *events: Any) -> dict[str, Any]:
    stamp = "2026-06-14T05:35:45.43581353Z"
    return {"channel": channel, "timestamp": stamp, "sequence_num": 3, "events": list(events)}


TICKER = frame("ticker", {"type": "update", "tickers": [ENTRY]})
TRADES = frame("market_trades", {"type": "update", "trades": [BOUGHT, SOLD]})
ACK = frame(
    "subscriptions", {"subscriptions": {"heartbeats": ["heartbeats"], "ticker": ["BTC-USD", "ETH-USD"]}}
)
BEAT = frame("heartbeats", {"current_time": "2026-09-05 22:10:30.2 +0000 UTC m=+1.2", "heartbeat_counter": 7})
ERROR = {"type": "error", "message": "authentication failure"}


def parse(message: Any, by: Venue = venue) -> list[Event]:
    return by.parse(message if isinstance(message, str) else json.dumps(message), NOW)


# --------------------------------------------------------------------------- prices
@pytest.mark.parametrize("none", ["0", ""])
def test_a_product_that_was_never_traded_has_no_last_price(none: str) -> None:  # fidelity 33
    never = ENTRY | {"price": none, "price_percent_chg_24_h": none, "low_24_h": none, "high_24_h": none}
    [quote] = parse(frame("ticker", {"type": "update", "tickers": [never]}))
    assert (quote.last, quote.bid, quote.ask) == (None, 50499.99, 50500.01)


def test_a_ticker_is_a_quote_without_a_time() -> None:  # fidelity 52, 59
    assert parse(TICKER) == [
        Quote(
            symbol=BTC,
            time=None,
            received=NOW,
            last=50500.0,
            bid=50499.99,
            bid_size=0.5,
            ask=50500.01,
            ask_size=0.25,
            open=50000.0,
            high=51000.5,
            low=49000.0,
            volume=3210.5,
        )
    ]


def test_a_batch_of_tickers_has_no_bid_and_ask() -> None:  # fidelity 42
    short = {key: value for key, value in ENTRY.items() if not key.startswith("best")}
    [quote] = parse(frame("ticker_batch", {"type": "update", "tickers": [short]}))
    assert (quote.last, quote.bid, quote.ask) == (50500.0, None, None)


def test_several_products_share_a_frame_and_a_bad_one_costs_only_itself() -> None:  # fidelity 36, 47
    entries = [ENTRY, ENTRY | {"product_id": "é"}, ENTRY | {"product_id": "ETH-USD", "price": "0.-1"}]
    events = parse(frame("ticker", {"type": "snapshot", "tickers": entries}))
    first, other = (event for event in events if isinstance(event, Quote))
    bad = [event for event in events if isinstance(event, Notice)]
    assert (first.symbol, other.symbol, other.last) == (BTC, "COINBASE_ADV:ETH-USD", None)
    assert other.bid == 50499.99
    assert [notice.reason.split(":")[0] for notice in bad] == ["bad ticker product_id", "bad ticker price"]


@pytest.mark.parametrize("percent", ["-100", "-250", "x", {}, None, ""])
def test_a_change_that_cannot_be_gives_no_opening_price(percent: object) -> None:
    quote, *_ = parse(frame("ticker", {"tickers": [ENTRY | {"price_percent_chg_24_h": percent}]}))
    assert quote.open is None and quote.last == 50500.0


def test_trades_come_newest_first_and_leave_oldest_first() -> None:  # fidelity 29, 36, 51
    assert parse(TRADES) == [
        Trade(symbol=BTC, id="9", time=1781416457799, price=50500.5, size=0.125, side="buy"),
        Trade(symbol=BTC, id="10", time=1781416457899, price=50500.4, size=0.125, side="sell"),
    ]


def test_ids_of_one_moment_are_ordered_as_numbers() -> None:  # fidelity 29
    twins = [SOLD | {"trade_id": "10"}, SOLD | {"trade_id": "9"}]
    assert [trade.id for trade in parse(frame("market_trades", {"trades": twins}))] == ["9", "10"]


def test_the_trades_of_a_snapshot_are_told_again() -> None:  # fidelity 32
    [trade] = parse(frame("market_trades", {"type": "snapshot", "trades": [SOLD]}))
    assert trade.recap


@pytest.mark.parametrize("wrong", [{"price": None}, {"size": "1e999"}, {"time": "0001-01-01T00:00:00Z"}])
def test_a_bad_trade_costs_only_itself(wrong: dict[str, Any]) -> None:  # fidelity 47, 60
    trade, notice = parse(frame("market_trades", {"trades": [SOLD | wrong, BOUGHT]}))
    assert trade.id == "10" and notice.reason.startswith(f"bad market_trades {next(iter(wrong))}")


def test_what_was_asked_for_in_usdc_is_answered_in_dollars() -> None:  # fidelity 24
    asked = CoinbaseAdvanced()
    asked.learn("COINBASE_ADV:BTC-USDC")
    assert {event.symbol for event in parse(TICKER, asked)} == {"COINBASE_ADV:BTC-USDC"}
    asked.learn(BTC)
    for message in (TICKER, ACK, TRADES):
        symbols = {event.symbol for event in parse(message, asked)}
        assert symbols - {"COINBASE_ADV:ETH-USD"} == {BTC, "COINBASE_ADV:BTC-USDC"}


# --------------------------------------------------------------------------- notices
def test_an_ack_may_come_after_data_and_names_all_that_is_subscribed() -> None:  # fidelity 18, 23
    assert parse(ACK) == [
        Notice(kind="ack", symbol=BTC),
        Notice(kind="ack", symbol="COINBASE_ADV:ETH-USD"),
    ]
    assert parse(frame("subscriptions", {"subscriptions": {}}))[0].kind == "ignored"


def test_a_heartbeat_is_of_the_whole_line_and_its_odd_time_is_not_read() -> None:  # fidelity 61
    assert parse(BEAT) == [Notice(kind="heartbeat")]


def test_an_error_is_a_refusal_of_nobody() -> None:  # fidelity 27
    assert parse(ERROR) == [Notice(kind="refused", reason="authentication failure")]


@pytest.mark.parametrize("channel", ["l2_data", "candles", "status", "novelty"])
def test_other_channels_are_ignored_by_name(channel: str) -> None:  # fidelity 88
    [notice] = parse(frame(channel, {"updates": [{"side": "bid"}]}))
    assert notice.kind == "ignored" and notice.reason.endswith(channel)


@pytest.mark.parametrize("channel", ["ticker", "market_trades"])
def test_a_frame_with_nothing_in_it_is_counted(channel: str) -> None:
    assert parse(frame(channel)) == [Notice(kind="ignored", reason=f"empty {channel}")]


def test_new_and_old_keys_do_no_harm() -> None:  # fidelity 87
    assert parse(TICKER | {"client_id": "", "novelty": {"deep": [1]}}) == parse(TICKER)


@pytest.mark.parametrize(
    "raw", ["", "pong", "<html>", "[]", "{}", '{"channel":"ticker","events":7}', "[" * 9999]
)
def test_what_is_no_frame_is_bad(raw: str) -> None:  # fidelity 16
    [notice] = parse(raw)
    assert notice.kind == "bad" and len(notice.reason) < 300


@given(raw=mutations([TICKER, TRADES, ACK, BEAT, ERROR]))
def test_mutated_frames_never_raise_and_never_make_a_wrong_number(raw: str) -> None:
    assert_believable(venue.parse(raw, NOW))


# --------------------------------------------------------------------------- what we send
def test_a_message_asks_for_one_channel_of_many_products() -> None:
    messages = [json.loads(text) for text in venue.subscribe(["BTC-USD", "ETH-USD"])]
    assert [message["channel"] for message in messages] == ["ticker", "market_trades"]
    assert all(message["product_ids"] == ["BTC-USD", "ETH-USD"] for message in messages)
    assert json.loads(venue.greet()[0]) == {"type": "subscribe", "channel": "heartbeats"}
    assert {json.loads(text)["type"] for text in venue.unsubscribe(["BTC-USD"])} == {"unsubscribe"}


# --------------------------------------------------------------------------- REST
def test_candles_are_newest_first_with_times_as_texts() -> None:  # fidelity 64, 67, 70
    row = {"start": "1790000100", "low": "1", "high": "4", "open": "2", "close": "3", "volume": "0.5"}
    rows = [row | {"start": "1790000160"}, row, row | {"start": "x"}, row | {"open": None}, "x"]
    bars = venue.read_bars(json.dumps({"candles": rows}).encode(), BTC, "1m", 1790000180000)
    assert [(bar.time, bar.open, bar.high, bar.closed) for bar in bars] == [
        (1790000100000, 2.0, 4.0, True),
        (1790000160000, 2.0, 4.0, False),
    ]


def test_300_candles_are_asked_for_with_both_ends_included() -> None:
    request = venue.bars("BTC-USD", "1m", 1_790_000_040_000, 1_790_000_040_000 + 300 * 60_000)
    assert request is not None and request.path == "/api/v3/brokerage/market/products/BTC-USD/candles"
    assert request.params == {"granularity": "ONE_MINUTE", "start": "1790000040", "end": "1790017980"}


def test_products_are_instruments_with_kind_tick_and_status() -> None:  # fidelity 22, 81
    spot = {
        "product_id": "BTC-USD", "base_currency_id": "BTC", "quote_currency_id": "USD",
        "base_name": "Bitcoin", "price_increment": "0.01", "product_type": "SPOT", "status": "online",
    }  # fmt: skip
    future = {
        "product_id": "BIP-20DEC30-CDE", "base_currency_id": "", "quote_currency_id": "USD", "status": "",
        "price_increment": "5", "product_type": "FUTURE", "display_name": "BTC PERP",
        "future_product_details": {"contract_root_unit": "BTC"},
    }  # fmt: skip
    rows = [
        spot,
        future,
        spot | {"product_id": "X-USD", "cancel_only": True},
        spot | {"status": "delisted"},
        {},
        7,
    ]
    made = venue.read_instruments(json.dumps({"products": rows}).encode())
    assert [(each.native, each.kind, each.base, each.tick_size, each.status) for each in made] == [
        ("BTC-USD", "crypto", "BTC", 0.01, "online"),
        ("BIP-20DEC30-CDE", "future", "BTC", 5.0, "online"),
        ("X-USD", "crypto", "BTC", 0.01, "cancel_only"),
        ("BTC-USD", "crypto", "BTC", 0.01, "delisted"),
    ]
    assert [each.title for each in made[:2]] == ["Bitcoin", "BTC PERP"]


def test_a_poll_tells_the_newest_trade_and_the_best_prices() -> None:
    answer = {"trades": [BOUGHT, SOLD, {"price": "1"}], "best_bid": "50500.3", "best_ask": ""}
    [quote] = venue.read_poll(json.dumps(answer).encode(), BTC, NOW)
    assert (quote.last, quote.time, quote.bid, quote.ask) == (50500.4, 1781416457899, 50500.3, None)
    assert [trade.id for trade in venue.read_trades(json.dumps(answer).encode(), BTC)] == ["9", "10"]
    assert venue.read_poll(b'{"trades":[]}', BTC, NOW) == []


@pytest.mark.parametrize("body", [b"", b"<!DOCTYPE html>", b"[]", b'{"errors":[]}', b"\xff"])
def test_an_answer_without_rows_is_an_error(body: bytes) -> None:  # fidelity 77, 80
    for read in (
        venue.read_instruments,
        lambda it: venue.read_bars(it, BTC, "1m", NOW),
        lambda it: venue.read_trades(it, BTC),
        lambda it: venue.read_poll(it, BTC, NOW),
    ):
        with pytest.raises(FeedError):
            read(body)


def test_http_errors_are_explained() -> None:  # fidelity 74
    body = b'{"error":"NOT_FOUND","error_details":"valid product_id is required","message":""}'
    missing = venue.explain(404, body)
    assert missing is not None and missing.terminal and "valid product_id" in missing.reason
    assert venue.explain(429, b'{"errors":[{"id":"rate_limit_exceeded"}]}') is None
    assert venue.explain(502, b"<html>") is None
