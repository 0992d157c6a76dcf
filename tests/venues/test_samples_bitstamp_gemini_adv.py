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

from feeds.market import Quote, Trade
from feeds.venues.base import Event, Notice, Venue
from feeds.venues.coinbase_adv import CoinbaseAdvanced
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
