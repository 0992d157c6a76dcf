"""Binance's REST answers: the catalogue, bars, trades, the newest price, and its refusals."""

import json
from typing import Any

import pytest

from feeds.errors import FeedError
from feeds.market import Quote, Trade
from feeds.venues.binance import Binance

NOW = 1_790_000_000_000
BTC = "BINANCE:BTC-USDT"
venue = Binance()

ROW = [
    1789999860000, "80650.00000000", "80700.10000000", "80640.00000000", "80690.50000000", "12.34500000",
    1789999919999, "996000.00000000", 321, "6.00000000", "484000.00000000", "0",
]  # fmt: skip


def body(value: Any) -> bytes:
    return json.dumps(value).encode()


def product(symbol: str, base: str, quote: str, status: str = "TRADING", **more: Any) -> dict[str, Any]:
    filters = [{"filterType": "PRICE_FILTER", "tickSize": "0.01000000"}, {"filterType": "LOT_SIZE"}]
    return {
        "symbol": symbol, "status": status, "baseAsset": base, "quoteAsset": quote, "filters": filters
    } | more  # fmt: skip


def test_the_catalogue_has_names_ticks_and_what_is_delisted() -> None:  # fidelity 22, 89
    rows = [
        product("BTCUSDT", "BTC", "USDT"),
        product("LUNAUSDT", "LUNA", "USDT", "BREAK"),
        product("ETHUSDT", "ETH", "USDT", "HALT", filters=[]),
        product("币安人生USDT", "币安人生", "USDT"),
        {"symbol": 5},
        "odd",
    ]
    listed = venue.read_instruments(body({"timezone": "UTC", "symbols": rows}))
    assert [(each.symbol, each.native, each.tick_size, each.status) for each in listed] == [
        (BTC, "BTCUSDT", 0.01, "online"),
        ("BINANCE:LUNA-USDT", "LUNAUSDT", 0.01, "delisted"),
        ("BINANCE:ETH-USDT", "ETHUSDT", None, "halt"),
    ]


def test_a_break_of_everything_is_a_maintenance() -> None:  # fidelity 81
    listed = venue.read_instruments(body({"symbols": [product("BTCUSDT", "BTC", "USDT", "BREAK")]}))
    assert [each.status for each in listed] == ["break"]


def test_bars_are_asked_for_with_both_ends_inside() -> None:
    request = venue.bars("BTCUSDT", "1h", 3_600_000, 7_200_000)
    assert request is not None and request.path == "/api/v3/klines" and request.weight == 2
    assert request.params == {
        "symbol": "BTCUSDT", "interval": "1h", "startTime": "3600000", "endTime": "7199999", "limit": "1000"
    }  # fmt: skip
    assert venue.bars("BTCUSDT", "5s", 0, 1) is None


def test_rows_become_bars_and_the_last_is_forming() -> None:  # fidelity 64, 65, 67, 70
    quiet = [ROW[0] + 60_000, *["80690.5"] * 4, "0.00000000", ROW[6] + 60_000, "0", 0, "0", "0", "0"]
    forming = [ROW[0] + 120_000, *ROW[1:]]
    odd = [[5], "x", None, [ROW[0] + 1, *ROW[1:]], [ROW[0] + 180_000, "NaN", *ROW[2:]], ["5", *ROW[1:]]]
    bars = venue.read_bars(body([ROW, quiet, forming, *odd]), BTC, "1m", NOW)
    assert [(bar.time, bar.closed, bar.trades) for bar in bars] == [
        (1789999860000, True, 321),
        (1789999980000, False, 321),
    ]
    assert (bars[0].open, bars[0].high, bars[0].low, bars[0].close) == (80650.0, 80700.1, 80640.0, 80690.5)
    assert bars[0].volume == 12.345 and bars[0].source == "backfill"
    assert venue.read_bars(b"[]", BTC, "1m", NOW) == []  # fidelity 72


def test_trades_are_lines_with_the_numbers_of_the_stream() -> None:  # fidelity 29, 35
    line = {"a": 26129, "p": "0.01633102", "q": "4.70443515", "f": 27781, "l": 27781, "T": 1790000000003}
    rows = [line | {"a": 100000, "m": True}, line | {"m": False}, line | {"f": -1, "p": "0"}, {"a": 5}, 7]
    trades = venue.read_trades(body(rows), BTC)
    common = {"symbol": BTC, "time": 1790000000003, "price": 0.01633102, "size": 4.70443515}
    assert trades == [Trade(id="26129", side="buy", **common), Trade(id="100000", side="sell", **common)]
    assert venue.trades("BTCUSDT").path == "/api/v3/aggTrades"


def test_the_newest_price_can_be_polled() -> None:
    told = {
        "symbol": "BTCUSDT", "lastPrice": "80690.50", "lastQty": "0.1", "bidPrice": "80690.49", "bidQty": "1",
        "askPrice": "80690.50", "askQty": "2", "openPrice": "80000", "highPrice": "81000",
        "lowPrice": "79000", "volume": "9.5",
        "quoteVolume": "1", "openTime": 1, "closeTime": 1789999999000, "count": 5,
    }  # fmt: skip
    assert venue.poll("BTCUSDT").params == {"symbol": "BTCUSDT"}
    assert venue.read_poll(body(told), BTC, NOW) == [
        Quote(
            symbol=BTC, received=NOW, time=1789999999000, last=80690.5, size=0.1, bid=80690.49, bid_size=1.0,
            ask=80690.5, ask_size=2.0, open=80000.0, high=81000.0, low=79000.0, volume=9.5,
        )
    ]  # fmt: skip
    quote, notice = venue.read_poll(body(told | {"bidPrice": "x"}), BTC, NOW)
    assert quote.bid is None and notice.reason.startswith("bad poll bid")


BANNED = "Way too many requests; IP banned until 1790000000441. Please use the websocket."


@pytest.mark.parametrize(
    ("status", "answer", "retry_after", "terminal"),
    [
        (400, {"code": -1121, "msg": "Invalid symbol."}, None, True),
        (429, {"code": -1003, "msg": "Too much request weight used."}, 60.0, False),
        (418, {"code": -1003, "msg": BANNED}, 900.0, False),
        (400, {"code": -1000, "msg": "An unknown error occurred."}, None, False),
    ],
)
def test_refusals_are_explained(
    status: int, answer: Any, retry_after: float | None, terminal: bool
) -> None:  # fidelity 74, 80
    error = venue.explain(status, body(answer))
    assert error is not None and answer["msg"][:20] in error.reason
    assert (error.retry_after, error.terminal) == (retry_after, terminal)
    for read in (
        venue.read_instruments,
        lambda told: venue.read_bars(told, BTC, "1m", NOW),
        lambda told: venue.read_trades(told, BTC),
        lambda told: venue.read_poll(told, BTC, NOW),
    ):
        with pytest.raises(FeedError, match="Binance: ") as raised:
            read(body(answer))
        assert raised.value.terminal == terminal


def test_a_block_by_country_is_final_and_other_pages_are_not() -> None:  # fidelity 75, 77, 79
    page = b"<HTML>The distribution is configured to block access from your country.</HTML>"
    blocked = venue.explain(403, page)
    assert blocked is not None and blocked.terminal and "country" in blocked.reason
    assert venue.explain(403, b"<html>") is None
    assert venue.explain(451, body({"code": 0, "msg": "Service unavailable"})) is None  # the usual meaning
    assert venue.explain(503, body({"code": -1001, "msg": "Internal error"})) is None


@pytest.mark.parametrize("told", [b"", b"<!DOCTYPE html>", b"{}", b"null", b"5", b"\xff"])
def test_an_answer_that_is_none_is_an_error(told: bytes) -> None:  # fidelity 77
    for read in (venue.read_instruments, lambda told: venue.read_bars(told, BTC, "1m", NOW)):
        with pytest.raises(FeedError):
            read(told)
    with pytest.raises(FeedError):
        venue.read_poll(told, BTC, NOW)
