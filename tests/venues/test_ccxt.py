"""ccxt's unified words: tickers, trades, candles and markets as its Manual shows them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import BadSymbol, FeedError
from feeds.market import Quote, Trade
from feeds.venues import REGISTRY, is_venue, venue_class
from feeds.venues.base import Event, Notice
from feeds.venues.ccxt import Ccxt
from tests.venues.mutation import assert_believable, mutations

NOW = 1_790_000_000_000
BTC = "CCXT.KUCOIN:BTC-USDT"
kind = venue_class("CCXT.KUCOIN")
venue = kind()

TICKER = {
    "timestamp": NOW - 40,
    "last": 62145.3,
    "bid": 62145.1,
    "bidVolume": 0.5,
    "ask": 62145.4,
    "askVolume": 0.0,
    "open": 61000.0,
    "high": 63000.0,
    "low": 60500.5,
    "baseVolume": 1234.5,
}
SOLD = {"id": "7", "timestamp": NOW - 30, "price": 62145.1, "amount": 0.25, "side": "sell"}


def frame(kind: str, told: Any, native: str = "BTC/USDT", **more: Any) -> str:
    return json.dumps({"kind": kind, "symbol": native, "told": told, **more})


def heard(kind: str, told: Any, **more: Any) -> list[Event]:
    return venue.parse(frame(kind, told, **more), NOW)


# ------------------------------------------------------------------------------- names
def test_an_exchange_is_a_venue_by_its_prefix() -> None:
    assert (kind.name, kind.title, kind.mode) == ("CCXT.KUCOIN", "Kucoin (ccxt)", "ccxt")
    assert issubclass(kind, Ccxt) and kind.exchange == "kucoin"
    assert venue_class("CCXT.KUCOIN") is kind and venue_class("CCXT.OKX") is not kind
    assert venue_class("SIM") is REGISTRY["SIM"]
    assert [each.symbol for each in kind.featured] == [BTC]
    assert not any(name.startswith("CCXT") for name in REGISTRY)


@pytest.mark.parametrize(
    "name",
    ["KUCOIN", "CCXT", "CCXT.", "CCXT.kucoin", "CCXT.KU_COIN", "CCXT.A.B", "ccxt.OKX", "CCXT." + "A" * 20],
)
def test_no_other_name_is(name: str) -> None:
    assert not is_venue(name)
    with pytest.raises(KeyError):
        venue_class(name)


def test_pairs_are_named_both_ways() -> None:
    for symbol, native in ((BTC, "BTC/USDT"), ("CCXT.KUCOIN:1INCH-BTC", "1INCH/BTC")):
        assert (venue.native(symbol), venue.symbol(native)) == (native, symbol)
    learning = kind()
    learning.know(learning.read_instruments(json.dumps([{"symbol": "kPEPE/USDC", "spot": True}]).encode()))
    assert learning.learn("CCXT.KUCOIN:KPEPE-USDC") == "kPEPE/USDC"
    assert learning.symbol("kPEPE/USDC") == "CCXT.KUCOIN:KPEPE-USDC"


@pytest.mark.parametrize("native", ["BTC", "BTC/", "/USDT", "BTC/USDT:USDT", "B C/USDT", "币/USDT", ""])
def test_what_is_no_spot_pair_has_no_symbol(native: str) -> None:
    with pytest.raises(BadSymbol):
        venue.symbol(native)


@pytest.mark.parametrize("name", ["BTC", "-USDT", "BTC-"])
def test_what_is_no_pair_has_no_name_there(name: str) -> None:
    with pytest.raises(BadSymbol, match="BASE-QUOTE"):
        venue.native(f"CCXT.KUCOIN:{name}")


# ------------------------------------------------------------------------------ stream
def test_a_ticker_is_a_quote() -> None:
    assert heard("ticker", TICKER) == [
        Quote(
            symbol=BTC, time=NOW - 40, received=NOW, last=62145.3, bid=62145.1, bid_size=0.5, ask=62145.4,
            ask_size=0.0, open=61000.0, high=63000.0, low=60500.5, volume=1234.5,
        )
    ]  # fmt: skip


def test_what_a_ticker_leaves_out_is_unknown() -> None:
    (quote,) = heard("ticker", {"last": 5.0, "bid": None, "ask": 0, "timestamp": None})
    assert quote == Quote(symbol=BTC, received=NOW, last=5.0)
    assert heard("ticker", {"high": 5.0}) == []


def test_a_field_that_cannot_be_believed_costs_only_itself() -> None:
    quote, *notices = heard(
        "ticker", TICKER | {"bid": -1.0, "ask": 1e300, "timestamp": 10**19, "high": "soon"}
    )
    assert isinstance(quote, Quote) and quote.last == 62145.3
    assert (quote.bid, quote.ask, quote.time, quote.high) == (None, None, None, None)
    reasons = [each.reason for each in notices if isinstance(each, Notice) and each.kind == "bad"]
    fields = ["timestamp", "bid", "ask", "high"]
    assert [each.split(":")[0] for each in reasons] == [f"bad ticker {field}" for field in fields]


def test_the_side_of_a_trade_is_the_takers() -> None:
    told = [
        SOLD,
        SOLD | {"id": 8, "side": "buy"},
        SOLD | {"id": "9", "side": None},
        SOLD | {"id": "a", "side": []},
    ]
    trades = heard("trades", told)
    assert [(each.id, each.side) for each in trades if isinstance(each, Trade)] == [
        ("7", "sell"), ("8", "buy"), ("9", None), ("a", None),
    ]  # fmt: skip
    assert trades[0] == Trade(symbol=BTC, id="7", time=NOW - 30, price=62145.1, size=0.25, side="sell")


def test_a_trade_from_before_we_listened_is_only_shown() -> None:
    told = [SOLD | {"timestamp": NOW - 100}, SOLD | {"timestamp": NOW - 99}]
    trades = heard("trades", told, since=NOW - 99)
    assert [each.recap for each in trades if isinstance(each, Trade)] == [True, False]


def test_trades_without_an_id_are_told_apart() -> None:
    bare = {key: value for key, value in SOLD.items() if key != "id"}
    first = [
        each.id for each in heard("trades", [bare, bare, bare | {"price": 5.0}]) if isinstance(each, Trade)
    ]
    again = [each.id for each in heard("trades", [bare]) if isinstance(each, Trade)]
    assert len(set(first)) == 3 and again == first[:1]


def test_a_trade_without_a_time_happened_when_it_came_and_one_without_a_price_never() -> None:
    (trade,) = heard("trades", [SOLD | {"timestamp": None}])
    assert isinstance(trade, Trade) and trade.time == NOW
    (notice,) = heard("trades", [SOLD | {"price": None}])
    assert isinstance(notice, Notice) and notice.reason.startswith("bad trade price: BTC/USDT has none")


@pytest.mark.parametrize(
    "raw", ["", "[]", frame("book", {}), frame("ticker", []), frame("trades", {"id": 1})]
)
def test_a_frame_that_is_none_is_noted(raw: str) -> None:
    (notice,) = venue.parse(raw, NOW)
    assert (
        isinstance(notice, Notice) and notice.kind == "bad" and notice.reason.startswith("unreadable frame")
    )


def test_a_pair_that_is_none_is_noted() -> None:
    (notice,) = venue.parse(frame("ticker", TICKER, "BTC/USDT:USDT"), NOW)
    assert isinstance(notice, Notice) and notice.kind == "bad"


@given(mutations([json.loads(frame("ticker", TICKER)), json.loads(frame("trades", [SOLD], since=NOW))]))
def test_no_mutated_frame_raises_or_tells_what_cannot_be(raw: str) -> None:
    assert_believable(venue.parse(raw, NOW))


@given(
    st.recursive(st.none() | st.floats() | st.integers() | st.text(), lambda each: st.lists(each, max_size=4))
)
def test_no_list_of_candles_raises_but_a_feed_error(value: Any) -> None:
    try:
        venue.read_bars(json.dumps(value).encode(), BTC, "1m", NOW)
    except FeedError as error:
        assert error.reason.startswith("unreadable candles")


# -------------------------------------------------------------------------------- REST
def test_candles_are_asked_for_from_their_beginning() -> None:
    request = venue.bars("BTC/USDT", "1h", NOW, NOW + 1)
    asked = {"symbol": "BTC/USDT", "timeframe": "1h", "since": str(NOW), "limit": "100"}
    assert request is not None and request.params == asked
    assert venue.bars("BTC/USDT", "5s", NOW, NOW + 1) is None


def test_candles_are_bars_oldest_first() -> None:
    minute = NOW - NOW % 60_000
    rows = [
        [minute, 5.0, 6.0, 4.0, 5.5, 2.0],
        [minute - 60_000, 4.0, 5.5, 3.0, 5.0, None],
        [minute - 120_001, 1.0, 1.0, 1.0, 1.0, 1.0],
        [minute - 180_000, 1.0, None, 1.0, 1.0, 1.0],
        [None, 1.0, 1.0, 1.0, 1.0, 1.0],
        [minute - 240_000, 1.0],
    ]
    bars = venue.read_bars(json.dumps(rows).encode(), BTC, "1m", NOW)
    assert [(each.time, each.close, each.volume, each.closed) for each in bars] == [
        (minute - 60_000, 5.0, 0.0, True),
        (minute, 5.5, 2.0, False),
    ]
    assert {each.source for each in bars} == {"backfill"}


def test_the_list_holds_the_spot_pairs_that_are_traded() -> None:
    markets = [
        {"symbol": "BTC/USDT", "spot": True, "active": True, "tick": 0.1},
        {"symbol": "ETH/BTC", "spot": True, "tick": -1.0},
        {"symbol": "eth/btc", "spot": True},
        {"symbol": "OLD/USDT", "spot": True, "active": False},
        {"symbol": "BTC/USDT:USDT", "spot": False},
        {"symbol": "BTC/USD:BTC", "spot": True},
        {"symbol": "币/USDT", "spot": True},
    ]
    listed = venue.read_instruments(json.dumps(markets).encode())
    assert [(each.symbol, each.native, each.tick_size) for each in listed] == [
        (BTC, "BTC/USDT", 0.1),
        ("CCXT.KUCOIN:ETH-BTC", "ETH/BTC", None),
    ]


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'[{"symbol":"A/B","spot":false}]'])
def test_a_list_without_a_pair_is_none(body: bytes) -> None:
    with pytest.raises(FeedError):
        venue.read_instruments(body)
