"""Recorded frames of Bitstamp, Gemini and Coinbase Advanced through their adapters, recounted with json.

The recordings are not part of the project: `shared` next to the repository, or the folder that
TICKER_SHARED names. Without them these tests are skipped.
"""

import gzip
import json
from collections import Counter
from datetime import datetime
from typing import Any

import pytest

from feeds.errors import FeedError
from feeds.market import Quote, Trade
from feeds.venues.base import Event, Notice, Venue
from feeds.venues.bitstamp import Bitstamp
from feeds.venues.coinbase_adv import CoinbaseAdvanced
from feeds.venues.gemini import Gemini
from tests.support import SHARED

SAMPLES = SHARED / "venues" / "samples"
NOW = 1_790_000_000_000

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"no recordings in {SHARED.name}/")


def received(name: str) -> list[str]:
    path = SAMPLES / name
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        return [frame["raw"] for frame in map(json.loads, lines) if frame["dir"] == "recv"]


def files(folder: str) -> list[str]:
    """Return the recordings of a venue, whatever their names: there may be more than we have seen."""
    found = sorted((SAMPLES / folder).glob("*.frames.jsonl*")) if SAMPLES.is_dir() else []
    return [str(path.relative_to(SAMPLES)) for path in found]


def parsed(venue: Venue, frames: list[str]) -> list[Event]:
    return [event for raw in frames for event in venue.parse(raw, NOW)]


def of(kind: Any, events: list[Event]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def kinds(events: list[Event]) -> Counter[str]:
    return Counter(event.kind if isinstance(event, Notice) else type(event).__name__ for event in events)


def body(path: str) -> bytes:
    return (SAMPLES / path).read_bytes()


def millis(text: str) -> int:
    """Return the time of an ISO text in ms, by the standard library."""
    when = datetime.fromisoformat(text[:26].rstrip("Z") + "+00:00")
    return int(when.timestamp()) * 1000 + when.microsecond // 1000


# --------------------------------------------------------------------------- Coinbase Advanced
@pytest.mark.parametrize("name", files("coinbase_advanced/ws"))
def test_every_frame_of_coinbase_advanced_is_understood(name: str) -> None:  # fidelity 23, 24, 51, 59, 61
    frames = received(name)
    events = parsed(CoinbaseAdvanced(), frames)
    assert "bad" not in kinds(events)
    told = [(each["channel"], part) for each in map(json.loads, frames) if "channel" in each
            for part in each["events"]]  # fmt: skip
    tickers = [entry for channel, part in told if channel == "ticker" for entry in part["tickers"]]
    assert [(q.symbol, q.last, q.bid, q.ask, q.bid_size, q.volume, q.time) for q in of(Quote, events)] == [
        (
            f"COINBASE_ADV:{t['product_id']}", float(t["price"]), float(t["best_bid"]), float(t["best_ask"]),
            float(t["best_bid_quantity"]), float(t["volume_24_h"]), None,
        )
        for t in tickers
    ]  # fmt: skip
    trades = [
        (
            f"COINBASE_ADV:{t['product_id']}", t["trade_id"], millis(t["time"]), float(t["price"]),
            float(t["size"]), {"BUY": "sell", "SELL": "buy"}[t["side"]], part["type"] == "snapshot",
        )
        for channel, part in told if channel == "market_trades" for t in reversed(part["trades"])
    ]  # fmt: skip
    assert trades == [(t.symbol, t.id, t.time, t.price, t.size, t.side, t.recap) for t in of(Trade, events)]
    assert kinds(events)["heartbeat"] == sum(channel == "heartbeats" for channel, _ in told)


def test_the_rest_answers_of_coinbase_advanced() -> None:  # fidelity 70
    folder, venue, btc = (
        "coinbase_advanced/rest/nautilus_2026-04-07",
        CoinbaseAdvanced(),
        "COINBASE_ADV:BTC-USD",
    )
    rows = json.loads(body(f"{folder}/http_candles.json"))["candles"]
    bars = venue.read_bars(body(f"{folder}/http_candles.json"), btc, "1h", NOW)
    assert [(bar.time // 1000, bar.open, bar.low, bar.volume) for bar in bars] == [
        (int(r["start"]), float(r["open"]), float(r["low"]), float(r["volume"])) for r in reversed(rows)
    ]
    for name, kind in (("http_products", "crypto"), ("http_products_future", "future")):
        listed = json.loads(body(f"{folder}/{name}.json"))["products"]
        made = venue.read_instruments(body(f"{folder}/{name}.json"))
        assert [(each.native, each.tick_size, each.kind, each.status) for each in made] == [
            (row["product_id"], float(row["price_increment"]), kind, "online") for row in listed
        ]
    told = json.loads(body(f"{folder}/http_ticker.json"))
    [quote] = venue.read_poll(body(f"{folder}/http_ticker.json"), btc, NOW)
    newest = told["trades"][0]
    assert (quote.last, quote.bid, quote.ask) == (
        float(newest["price"]), float(told["best_bid"]), float(told["best_ask"]),
    )  # fmt: skip
    assert quote.time == millis(newest["time"])
    # the price was at the best ask: a buyer took it, and the side said is the maker's
    assert venue.read_trades(body(f"{folder}/http_ticker.json"), btc)[-1].side == "buy"


# --------------------------------------------------------------------------- Bitstamp
@pytest.mark.parametrize("name", files("bitstamp/ws"))
def test_every_frame_of_bitstamp_is_understood(name: str) -> None:  # fidelity 41, 44, 51, 53, 57
    frames = received(name)
    decoded = [json.loads(raw) for raw in frames]
    events = parsed(Bitstamp(), frames)
    rest_bodies = [each for each in decoded if "event" not in each]
    assert kinds(events)["bad"] == len(rest_bodies) <= 1
    trades = [each for each in decoded if each.get("event") == "trade"]
    assert [(t.symbol, t.id, t.time, t.price, t.size, t.side) for t in of(Trade, events)] == [
        (
            bitstamp_symbol(each["channel"]), str(each["data"]["id"]),
            int(each["data"]["microtimestamp"]) // 1000, float(each["data"]["price_str"]),
            float(each["data"]["amount_str"]), ("buy", "sell")[each["data"]["type"]],
        )
        for each in trades
    ]  # fmt: skip
    books = [each for each in decoded if each.get("channel", "").startswith("order_book_")]
    assert [(q.symbol, q.bid, q.ask, q.time) for q in of(Quote, events)] == [
        (
            bitstamp_symbol(each["channel"]), max(float(level[0]) for level in each["data"]["bids"]),
            min(float(level[0]) for level in each["data"]["asks"]),
            int(each["data"]["microtimestamp"]) // 1000,
        )
        for each in books if each["event"] == "data"
    ]  # fmt: skip
    told = Counter(each.get("event") for each in decoded)
    diffs = sum(each.get("channel", "").startswith("diff_order_book_") and each["event"] == "data"
                for each in decoded)  # fmt: skip
    acked = [each for each in decoded if each.get("event") == "bts:subscription_succeeded"]
    of_diffs = sum(each["channel"].startswith("diff_") for each in acked)
    assert kinds(events)["ack"] == len(acked) - of_diffs
    assert kinds(events)["ignored"] >= diffs + of_diffs + told["order_created"]


def bitstamp_symbol(channel: str) -> str:
    code = channel.rpartition("_")[2].upper()
    currency = next(end for end in ("USDT", "USDC", "USD", "EUR", "GBP", "BTC", "ETH") if code.endswith(end))
    return f"BITSTAMP:{code.removesuffix(currency)}-{currency}"


def test_the_rest_answers_of_bitstamp() -> None:  # fidelity 50, 73, 92
    venue, btc, folder = Bitstamp(), "BITSTAMP:BTC-USD", "bitstamp/rest"
    for name in (
        "cryptofeed_2022-01-05/api_v2_trading_pairs_info",
        "gocryptotrader_mock/api_v2_trading_pairs_info_0",
    ):
        rows = json.loads(body(f"{folder}/{name}.json"))
        made = venue.read_instruments(body(f"{folder}/{name}.json"))
        assert {each.native: each.tick_size for each in made} == {
            row["url_symbol"]: pytest.approx(10.0 ** -row["counter_decimals"]) for row in rows
        }
        assert all(venue.native(each.symbol) == each.native for each in made)
        assert all(Bitstamp().symbol(each.native) == each.symbol for each in made)
    for number, interval in ((0, "1m"), (1, "1m"), (2, "1d"), (3, "1d")):
        answer = body(f"{folder}/gocryptotrader_mock/api_v2_ohlc_btcusd_{number}.json")
        told = [row for row in json.loads(answer)["data"]["ohlc"] if float(row["volume"])]
        rows = {
            row["timestamp"]: row for row in told
        }.values()  # one day is told twice, the second time whole
        assert [
            (bar.time // 1000, bar.open, bar.close) for bar in venue.read_bars(answer, btc, interval, NOW)
        ] == [(int(row["timestamp"]), float(row["open"]), float(row["close"])) for row in rows]
    for name in (
        "gocryptotrader_mock/api_v2_ticker_btcusd_0",
        "ccxt_static/ticker",
        "xchange/example-ticker-data",
    ):
        told = json.loads(body(f"{folder}/{name}.json"))
        [quote] = venue.read_poll(body(f"{folder}/{name}.json"), btc, NOW)
        assert (quote.last, quote.volume) == (float(told["last"]), float(told["volume"]))
        assert quote.open == (float(told["open_24"]) if "open_24" in told else None)
    answer = body(f"{folder}/gocryptotrader_mock/api_v2_transactions_btcusd_0.json")
    assert [(t.id, t.price, t.side) for t in venue.read_trades(answer, btc)] == [
        (row["tid"], float(row["price"]), ("buy", "sell")[int(row["type"])])
        for row in sorted(json.loads(answer), key=lambda row: (int(row["date"]), int(row["tid"])))
    ]


# --------------------------------------------------------------------------- Gemini
@pytest.mark.parametrize("name", files("gemini/ws"))
def test_every_frame_of_gemini_is_understood(name: str) -> None:  # fidelity 23, 51, 54, 58, 86
    frames = received(name)
    decoded = [json.loads(raw) for raw in frames]
    events = parsed(Gemini(), frames)
    assert "bad" not in kinds(events)
    trades = [
        (str(each["t"]), each["E"] // 10**6, float(each["p"]), float(each["q"]), ("buy", "sell")[each["m"]])
        if "t" in each
        else (
            str(each["event_id"]), each["timestamp"], float(each["price"]), float(each["quantity"]),
            each["side"] if each["side"] in ("buy", "sell") else None,
        )
        for each in decoded if "t" in each or each.get("type") == "trade"
    ]  # fmt: skip
    told = [t for t in of(Trade, events) if not t.recap]
    assert [(t.id, t.time, t.price, t.size, t.side) for t in told] == trades
    tops = [each for each in decoded if "B" in each]
    assert [(q.bid, q.bid_size, q.ask, q.ask_size, q.last, q.time) for q in of(Quote, events)] == [
        (*(float(each[key]) for key in "bBaAc"), each["E"] // 10**6) for each in tops
    ]
    books = sum(each.get("e") == "depthUpdate" for each in decoded)
    assert kinds(events)["ignored"] >= books


def test_the_symbols_of_gemini_in_its_frames() -> None:  # fidelity 25
    events = parsed(Gemini(), received("gemini/ws/tardis_mapper_fixtures_v3_2026.frames.jsonl"))
    named = {event.symbol for event in events if not isinstance(event, Notice)}
    assert named == {"GEMINI:BTC-RLUSD", "GEMINI:XRP-GUSD"}


def test_the_rest_answers_of_gemini() -> None:  # fidelity 25, 50
    venue, btc, mock = Gemini(), "GEMINI:BTC-USD", "gemini/rest/gocryptotrader_mock"
    single = sorted((SAMPLES / "gemini/rest/cryptofeed_2021-06-24").glob("v1_symbols_details_*.json"))
    rows = [
        *json.loads(body(f"{mock}/v1_symbols_details_all_0.json")),
        *(json.loads(p.read_bytes()) for p in single),
    ]
    made = venue.read_instruments(json.dumps(rows).encode())
    assert [(each.native, each.base, each.quote, each.tick_size) for each in made] == [
        (row["symbol"].lower(), row["base_currency"], row["quote_currency"], row["quote_increment"])
        for row in rows
    ]
    assert all(venue.native(each.symbol) == each.native for each in made)
    answer = body(f"{mock}/v1_trades_BTCUSD_0.json")
    assert [(t.id, t.time, t.price, t.size, t.side) for t in venue.read_trades(answer, btc)] == [
        (str(row["tid"]), row["timestampms"], float(row["price"]), float(row["amount"]), row["type"])
        for row in sorted(json.loads(answer), key=lambda row: (row["timestampms"], row["tid"]))
    ]
    told = json.loads(body(f"{mock}/v2_ticker_BTCUSD_0.json"))
    [quote] = venue.read_poll(body(f"{mock}/v2_ticker_BTCUSD_0.json"), btc, NOW)
    assert (quote.last, quote.open) == (float(told["close"]), float(told["open"]))
    with pytest.raises(FeedError) as unknown:
        venue.read_poll(body(f"{mock}/v2_ticker_bla_0.json"), btc, NOW)
    assert unknown.value.terminal
