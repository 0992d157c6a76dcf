"""Sessions of venues, played to the real engine over real sockets: what comes out at its other end.

A venue's session here is a list of frames written to its documented shapes. Add another's with `played`,
which gives the running engine, what it has published, and the player.
"""

import json
import time
from typing import Any

from feeds.venues.binance import Binance
from feeds.venues.okx import Okx
from tests.fakes.player import Player
from tests.integration.played import played
from tests.support import wait_for


def asked_for(player: Player, key: str) -> list[Any]:
    return [each for text in player.heard if text.startswith("{") for each in json.loads(text)[key]]


NOW = time.time_ns() // 1_000_000 - 60_000


# --------------------------------------------------------------------------- Binance
def aggregate(number: int, price: str, maker: bool, code: str = "BTCUSDT") -> dict[str, Any]:
    told = {
        "e": "aggTrade", "E": NOW + number, "s": code, "a": number, "p": price, "q": "0.25000000",
        "f": number, "l": number, "T": NOW + number, "m": maker, "M": True,
    }  # fmt: skip
    return {"stream": f"{code.lower()}@aggTrade", "data": told}


BINANCE_TICKER = {
    "e": "24hrTicker", "E": NOW + 5, "s": "BTCUSDT", "c": "80000.00000000", "Q": "0.10000000",
    "b": "79999.00000000", "B": "1.00000000", "a": "80001.00000000", "A": "2.00000000",
    "o": "79000.00000000", "h": "81000.00000000", "l": "78000.00000000", "v": "1234.50000000", "C": NOW,
}  # fmt: skip
BINANCE_BOOK = {"u": 7, "s": "BTCUSDT", "b": "80001.50", "B": "3.5", "a": "80002.50", "A": "4.5"}
BINANCE = [
    {"result": None, "id": 1},
    {"stream": "btcusdt@ticker", "data": BINANCE_TICKER},
    aggregate(101, "80001.00000000", False),
    aggregate(102, "80002.00000000", True),
    aggregate(102, "80002.00000000", True),  # told twice
    aggregate(9, "4.50000000", True, "BNBETH"),
    {"e": "depthUpdate", "E": NOW, "s": "BTCUSDT", "U": 1, "u": 2, "b": [["1", "2"]], "a": []},
    aggregate(103, "-5", True),
    "not json",
    json.dumps(BINANCE_BOOK).encode(),  # bare, and as bytes
]
LISTED = {
    "symbols": [
        {"symbol": "BTCUSDT", "status": "TRADING", "baseAsset": "BTC", "quoteAsset": "USDT",
         "filters": [{"filterType": "PRICE_FILTER", "tickSize": "0.01000000"}]},
        {"symbol": "BNBETH", "status": "TRADING", "baseAsset": "BNB", "quoteAsset": "ETH", "filters": []},
        {"symbol": "OLDUSDT", "status": "BREAK", "baseAsset": "OLD", "quoteAsset": "USDT", "filters": []},
    ]
}  # fmt: skip


async def test_a_session_of_binance() -> None:  # fidelity 31, 51
    rest = {"/api/v3/exchangeInfo": json.dumps(LISTED).encode()}
    async with played(Binance, BINANCE, rest) as made:
        made.watch("BINANCE:BTC-USDT", "BINANCE:BNB-ETH")
        assert await made.trades("BINANCE:BTC-USDT", 2) == [
            ("101", 80001.0, 0.25, "buy"), ("102", 80002.0, 0.25, "sell")
        ]  # fmt: skip
        assert await made.trades("BINANCE:BNB-ETH", 1) == [("9", 4.5, 0.25, "sell")]
        quote = await made.quote("BINANCE:BTC-USDT", bid=80001.5)
        assert (quote.last, quote.size, quote.time) == (80002.0, 0.25, NOW + 102)
        assert (quote.bid_size, quote.ask, quote.ask_size) == (3.5, 80002.5, 4.5)
        assert (quote.open, quote.high, quote.low, quote.volume) == (79000.0, 81000.0, 78000.0, 1234.5)
        await made.player.until(lambda: len(made.player.heard) >= 2)
        wanted = [f"{code}@{stream}" for code in ("bnbeth", "btcusdt")
                  for stream in ("ticker", "bookTicker", "aggTrade")]  # fmt: skip
        assert asked_for(made.player, "params") == ["btcusdt@miniTicker", *wanted]
        assert made.player.paths == ["/stream"] and made.feed.state == "live"
        assert sorted(made.feed.errors) == ["bad trade price", "unreadable frame"]
        await wait_for(lambda: "BINANCE" in made.store.listed, what="the catalogue")
        assert [each.status for each in made.store.listed["BINANCE"]] == ["online", "online", "delisted"]


async def test_binance_announces_its_end_and_the_next_line_is_there_before() -> None:  # fidelity 5, 6, 31
    async with played(Binance, BINANCE) as made:
        made.watch("BINANCE:BTC-USDT")
        await made.trades("BINANCE:BTC-USDT", 2)
        await made.player.say({"e": "serverShutdown", "E": NOW})
        await made.player.until(lambda: made.player.connects == 2 and len(made.player.lines) == 1)
        await made.player.say(aggregate(103, "80003.00000000", False))
        told = await made.trades("BINANCE:BTC-USDT", 3)
        assert [number for number, *_ in told] == ["101", "102", "103"]  # the second line's repeats are none
        assert made.feed.reconnects == 0 and made.feed.state == "live"


# --------------------------------------------------------------------------- OKX
def okx(channel: str, *entries: dict[str, Any], code: str = "BTC-USDT") -> dict[str, Any]:
    return {
        "arg": {"channel": channel, "instId": code},
        "data": [{"instId": code} | each for each in entries],
    }


def done(number: int, price: str, side: str) -> dict[str, Any]:
    told = {"tradeId": str(number), "px": price, "sz": "0.5", "side": side, "ts": str(NOW + number)}
    return told | {"count": "2"}


FIGURES = {
    "instType": "SPOT", "last": "80000.1", "lastSz": "0.1", "askPx": "80000.2", "askSz": "1",
    "bidPx": "80000.1", "bidSz": "2", "open24h": "79000",
    "high24h": "81000", "low24h": "78000", "volCcy24h": "99999999",
    "vol24h": "1234.5", "ts": str(NOW),
}  # fmt: skip
GONE = "Wrong URL or channel:tickers,instId:NMR-USDT doesn't exist. Please use the correct URL."
OKX = [
    {"event": "subscribe", "arg": {"channel": "tickers", "instId": "BTC-USDT"}, "connId": "76defc81"},
    {"event": "error", "msg": GONE, "code": "60018", "connId": "76defc81"},
    okx("tickers", FIGURES),
    okx("trades", done(33, "80001.5", "sell"), done(30, "80001.4", "buy")),
    okx("trades", done(33, "80001.5", "sell")),
    "pong",
    okx("tickers", FIGURES | {"last": "80001.5", "askPx": "", "bidPx": "80001.3", "ts": str(NOW + 40)}),
    okx("trades", done(7, "5", "buy"), code="BTC-USD-SWAP"),
    {"event": "channel-conn-count", "channel": "tickers", "connCount": "1", "connId": "76defc81"},
]


async def test_a_session_of_okx() -> None:  # fidelity 16, 19, 22, 29, 31, 41
    async with played(Okx, OKX) as made:
        made.watch("OKX:BTC-USDT", "OKX:NMR-USDT")
        assert await made.trades("OKX:BTC-USDT", 2) == [
            ("30", 80001.4, 0.5, "buy"), ("33", 80001.5, 0.5, "sell")
        ]  # fmt: skip
        quote = await made.quote("OKX:BTC-USDT", bid=80001.3)
        assert (quote.last, quote.ask, quote.volume, quote.time) == (80001.5, 80000.2, 1234.5, NOW + 40)
        assert (quote.open, quote.high, quote.low) == (79000.0, 81000.0, 78000.0)
        await wait_for(lambda: made.feed.refused, what="a refusal")
        assert list(made.feed.refused) == ["OKX:NMR-USDT"] and "60018" in made.feed.refused["OKX:NMR-USDT"]
        assert made.feed.state == "live" and made.player.paths == ["/ws/v5/public"]
        assert asked_for(made.player, "args")[:1] == [{"channel": "index-tickers", "instId": "BTC-USDT"}]


async def test_okx_announces_its_end_and_the_next_line_is_there_before() -> None:  # fidelity 6
    async with played(Okx, OKX) as made:
        made.watch("OKX:BTC-USDT")
        await made.trades("OKX:BTC-USDT", 2)
        await made.player.say({"event": "notice", "msg": "Please reconnect.", "code": "64008", "connId": "7"})
        await made.player.until(lambda: made.player.connects == 2 and len(made.player.lines) == 1)
        await made.player.say(okx("trades", done(40, "80002", "buy")))
        assert [number for number, *_ in await made.trades("OKX:BTC-USDT", 3)] == ["30", "33", "40"]
        assert made.feed.reconnects == 0 and made.feed.state == "live"
