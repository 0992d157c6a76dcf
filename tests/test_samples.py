"""Recorded sessions through the real adapters, counted again here with nothing but json.

The recordings are not part of the project: `shared` next to the repository, or the folder that
TICKER_SHARED names. Without them these tests are skipped.
"""

import asyncio
import gzip
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect

from feeds.errors import FeedError
from feeds.market import Quote, Trade
from feeds.venues.base import Event, Notice, Venue
from feeds.venues.coinbase import Coinbase
from feeds.venues.kraken import Kraken
from feeds.venues.yahoo import Yahoo
from tests.fakes.coinbase import FakeCoinbase
from tests.fakes.recording import Recording

SHARED = Path(os.environ.get("TICKER_SHARED") or Path(__file__).resolve().parents[2] / "shared")
SAMPLES = SHARED / "venues" / "samples"
SESSION = SAMPLES / "coinbase_exchange/ws/cryptofeed_2021-04-17.frames.jsonl.gz"
CHARTS = SAMPLES / "yahoo/rest/node-yahoo-finance2"
NOW = 1_790_000_000_000

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"no recordings in {SHARED.name}/")


def received(path: Path) -> list[str]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        return [frame["raw"] for frame in map(json.loads, lines) if frame["dir"] == "recv"]


def parsed(venue: Venue, frames: list[str]) -> list[Event]:
    return [event for raw in frames for event in venue.parse(raw, NOW)]


def kinds(events: list[Event]) -> Counter[str]:
    return Counter(event.kind if isinstance(event, Notice) else type(event).__name__ for event in events)


# --------------------------------------------------------------------------- Coinbase
def test_every_frame_of_the_coinbase_session_is_understood() -> None:  # fidelity 32, 51
    frames = received(SESSION)
    events = parsed(Coinbase(), frames)
    told = Counter(json.loads(raw)["type"] for raw in frames)
    assert len(frames) == 9946
    assert kinds(events) == {
        "Quote": told["ticker"], "Trade": told["match"] + told["last_match"], "ack": 20,
        "ignored": told["l2update"] + told["snapshot"] + 1,  # one ack came before ticker and matches
    }  # fmt: skip
    assert sum(isinstance(event, Trade) and not event.recap for event in events) == told["match"] == 97


def test_the_coinbase_trades_are_the_recorded_ones_with_the_aggressors_side() -> None:  # fidelity 51
    frames = [json.loads(raw) for raw in received(SESSION)]
    matches = [frame for frame in frames if frame["type"] in ("match", "last_match")]
    takers = {
        (frame["product_id"], frame["trade_id"]): frame["side"]
        for frame in frames
        if frame["type"] == "ticker"
    }
    trades = [event for event in parsed(Coinbase(), received(SESSION)) if isinstance(event, Trade)]
    assert len({(trade.symbol, trade.id) for trade in trades}) == len(
        {(m["product_id"], m["trade_id"]) for m in matches}
    )
    for trade, match in zip(trades, matches, strict=True):
        assert trade.symbol == f"COINBASE:{match['product_id']}" and trade.id == str(match["trade_id"])
        assert (trade.price, trade.size) == (float(match["price"]), float(match["size"]))
        assert trade.side == takers[match["product_id"], match["trade_id"]] != match["side"]


def test_the_last_price_of_each_coinbase_product_is_right() -> None:
    last: dict[str, float] = {}
    recounted: dict[str, float] = {}
    for raw in received(SESSION):
        frame = json.loads(raw)
        if frame["type"] in ("ticker", "match"):
            recounted[f"COINBASE:{frame['product_id']}"] = float(frame["price"])
        for event in Coinbase().parse(raw, NOW):
            if isinstance(event, Quote) and event.last is not None:
                last[event.symbol] = event.last
            elif isinstance(event, Trade) and not event.recap:
                last[event.symbol] = event.price
    assert last == recounted and len(last) == 10


async def test_the_coinbase_session_comes_over_a_real_socket_as_it_was_recorded() -> None:
    recording = Recording(SESSION)
    async with await FakeCoinbase(recording=recording).start() as fake, connect(fake.ws_url) as ws:
        for message in Coinbase().subscribe(sorted(recording.products)):
            await ws.send(message)
        frames, last = [""], received(SESSION)[-1]
        while frames[-1] != last:
            frames.append(await asyncio.wait_for(ws.recv(), 10))
    wanted = [raw for raw in received(SESSION) if '"match"' in raw]
    assert [raw for raw in frames if '"match"' in raw] == wanted


@pytest.mark.parametrize("name", ["tardis_mapper_fixtures", "crypto_msg_parser_2021_2022"])
def test_single_coinbase_frames_are_understood(name: str) -> None:  # fidelity 47, 60
    frames = received(SAMPLES / f"coinbase_exchange/ws/{name}.frames.jsonl")
    bad = [raw for raw in frames if kinds(Coinbase().parse(raw, NOW))["bad"]]
    assert all("type" not in json.loads(raw) for raw in bad) and len(bad) <= 1  # one is a REST body


def test_coinbase_products_and_candles() -> None:  # fidelity 46
    folder = SAMPLES / "coinbase_exchange/rest"
    rows = json.loads((folder / "cryptofeed_2021-04-17/products.json").read_text())
    listed = Coinbase().read_instruments((folder / "cryptofeed_2021-04-17/products.json").read_bytes())
    assert {each.native: each.tick_size for each in listed} == {
        row["id"]: float(row["quote_increment"]) for row in rows
    }
    body = (folder / "xchange/example-historical-candles.json").read_bytes()
    bars = Coinbase().read_bars(body, "COINBASE:BTC-USD", "1m", NOW)
    assert len(bars) == 10 and bars[0].time == 1517443200_000 and bars[-1].time == 1517443740_000
    assert bars[-2].volume == 4.72752152 and (bars[-2].low, bars[-2].high) == (10106.01, 10130.0)


# --------------------------------------------------------------------------- Kraken
def test_every_collected_kraken_frame_is_understood() -> None:  # fidelity 25, 86
    frames = received(SAMPLES / "kraken/ws_v2/collected_2024_2026.frames.jsonl")
    events = parsed(Kraken(), frames)
    decoded = [json.loads(raw) for raw in frames]
    entries = Counter(each.get("channel") for each in decoded for _ in each.get("data", []))
    subscribes = [each for each in decoded if each.get("method") == "subscribe"]
    refused = [each for each in subscribes if not each["success"] and each["error"] != "Already subscribed"]
    states = [each["data"][0] for each in decoded if each.get("channel") == "status"]
    announced = [each for each in states if each.get("upcoming_maintenance")]
    assert kinds(events) == {
        "Quote": entries["ticker"], "Trade": entries["trade"], "heartbeat": 1,
        "ack": len(subscribes) - len(refused), "refused": len(refused),
        "ignored": sum(each.get("channel") == "ohlc" for each in decoded) + len(announced),
        "open": len(states) - len(announced),
    }  # fmt: skip


def test_kraken_quotes_hold_what_was_sent() -> None:
    for raw in received(SAMPLES / "kraken/ws_v2/collected_2024_2026.frames.jsonl"):
        frame = json.loads(raw)
        if frame.get("channel") == "ticker":
            [quote], [entry] = Kraken().parse(raw, NOW), frame["data"]
            assert (quote.last, quote.bid, quote.ask) == (entry["last"], entry["bid"], entry["ask"])
            assert quote.open == pytest.approx(entry["last"] - entry["change"])


@pytest.mark.parametrize(
    ("name", "interval"),
    [
        ("nautilus_2025-11-11/http_ohlc.json", "1m"),
        ("captured_2026-09-25_bytex/OHLC_BTCUSD_60.json", "1h"),
        ("xchange/example-ohlc-data.json", "1m"),
    ],
)
def test_kraken_bars_are_the_rows_with_trades_and_the_last_forms(
    name: str, interval: str
) -> None:  # fidelity 65, 67
    body = (SAMPLES / "kraken/rest" / name).read_bytes()
    result = json.loads(body)["result"]
    rows = next(value for key, value in result.items() if key != "last")
    bars = Kraken().read_bars(body, "KRAKEN:BTC-USD", interval, NOW * 2)
    assert [(bar.time // 1000, bar.close, bar.trades) for bar in bars] == [
        (row[0], float(row[4]), row[7]) for row in rows if row[7]
    ]
    assert [bar.time // 1000 for bar in bars if not bar.closed] == [
        row[0] for row in rows if row[7] and row[0] > result["last"]
    ]


def test_kraken_asset_pairs_are_instruments_but_for_the_dark_ones() -> None:
    body = (SAMPLES / "kraken/rest/cryptofeed_2021-04-17/0_public_AssetPairs.json").read_bytes()
    pairs = json.loads(body)["result"]
    listed = {each.symbol: each for each in Kraken().read_instruments(body)}
    assert len(listed) == sum(not key.endswith(".d") for key in pairs) == 293
    assert listed["KRAKEN:BTC-USD"].tick_size == 0.1 and "KRAKEN:XBT-USD" not in listed
    for key, pair in pairs.items():
        if not key.endswith(".d"):
            request = Kraken().bars(Kraken().native(symbol_of_wsname(pair["wsname"])), "1m", NOW, NOW)
            assert request is not None and request.params["pair"] == pair["altname"]


def symbol_of_wsname(wsname: str) -> str:
    return Kraken().symbol(wsname)


def test_krakens_errors() -> None:  # fidelity 75, 77
    folder = SAMPLES / "kraken/rest/error_bodies"
    with pytest.raises(FeedError) as busy:
        Kraken().read_bars(
            (folder / "http200_too_many_requests.json").read_bytes(), "KRAKEN:BTC-USD", "1m", NOW
        )
    assert busy.value.retry_after
    with pytest.raises(FeedError):
        Kraken().read_bars(
            (folder / "http520_cloudflare_beginning.html").read_bytes(), "KRAKEN:BTC-USD", "1m", NOW
        )


# --------------------------------------------------------------------------- Yahoo
def exchange(path: Path) -> dict[str, Any]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as text:
        return json.load(text)["response"]


def charts() -> list[Path]:
    return (
        sorted([*CHARTS.glob("chart-*"), *CHARTS.glob("historical-via-chart-*")]) if CHARTS.is_dir() else []
    )


@pytest.mark.parametrize("path", charts(), ids=lambda path: path.name[:40])
def test_every_chart_is_a_quote_and_its_complete_rows_are_bars(path: Path) -> None:  # fidelity 46, 72
    body = exchange(path)["bodyJson"]
    result = body["chart"]["result"][0]
    [quote] = Yahoo().read_poll(json.dumps(body).encode(), "YAHOO:X", NOW)
    assert isinstance(quote, Quote) and quote.last == result["meta"]["regularMarketPrice"]
    assert quote.time == result["meta"]["regularMarketTime"] * 1000
    bars = Yahoo().read_bars(json.dumps(body).encode(), "YAHOO:X", "1d", NOW)
    assert len(bars) == len(result.get("timestamp", []))
    closes = result["indicators"]["quote"][0].get("close", [])
    assert [bar.close for bar in bars] == pytest.approx(closes, rel=1e-7)
    assert all(len(repr(bar.close)) <= 11 for bar in bars)


def test_a_weekend_has_no_minutes() -> None:  # fidelity 72
    [path] = CHARTS.glob("chart-AAPL-2025-02-01-to-2025-02-02-*1m.json")
    assert Yahoo().read_bars(json.dumps(exchange(path)["bodyJson"]).encode(), "YAHOO:AAPL", "1m", NOW) == []


@pytest.mark.parametrize(
    "name", ["quoteSummary-assetProfile-ADH.json", "getCrumb-quote-AAPL-consent.html.json"]
)
def test_what_yahoo_says_instead_of_a_chart_is_explained(name: str) -> None:  # fidelity 77, 85
    answer = exchange(CHARTS / name)
    body = answer["bodyText"].encode() if "bodyText" in answer else json.dumps(answer["bodyJson"]).encode()
    explained = Yahoo().explain(answer["status"], body)
    assert explained is not None and explained.reason.startswith("Yahoo")
    with pytest.raises(FeedError):
        Yahoo().read_poll(body, "YAHOO:AAPL", NOW)


def test_yahoos_429_is_plain_text() -> None:  # fidelity 76
    body = (SAMPLES / "yahoo/rest/error_bodies/http429_plain_text.txt").read_bytes()
    explained = Yahoo().explain(429, body)
    assert explained is not None and explained.retry_after == 60.0 and "Too Many Requests" in explained.reason
