"""Recorded frames of Binance, Binance.US, OKX and Bybit through the real adapters, counted again here with
nothing but json. The recordings are not part of the project; without them these tests are skipped."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from feeds.errors import FeedError
from feeds.market import Quote, Trade
from feeds.venues.base import Notice, Venue
from feeds.venues.binance import Binance
from feeds.venues.binance_us import BinanceUs
from feeds.venues.bybit import Bybit
from feeds.venues.okx import Okx
from tests.support import SHARED

SAMPLES = SHARED / "venues" / "samples"
NOW = 1_790_000_000_000
SIDES = {True: "sell", False: "buy", None: None}  # some of the recordings have lost their `m`
KINDS = {"binance": Binance, "binance_us": BinanceUs, "okx": Okx, "bybit": Bybit}

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"no recordings in {SHARED.name}/")


def received(path: Path) -> Iterator[str]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        for frame in map(json.loads, lines):
            if frame["dir"] == "recv":
                yield frame["raw"]


def files() -> list[Path]:
    return [path for folder in KINDS for path in sorted((SAMPLES / folder).glob("ws*/*.frames.jsonl*"))]


def fresh(path: Path) -> Venue:
    return KINDS[path.parent.parent.name]()


def said(text: str | None) -> float | None:
    """Return the number of a text, None for none and for zero, which stands for none in a price."""
    return float(text) or None if text else None


@pytest.mark.parametrize("path", files(), ids=lambda path: f"{path.parent.parent.name}-{path.name[:24]}")
def test_every_recorded_frame_is_understood(path: Path) -> None:  # fidelity 6, 16, 34
    venue = fresh(path)
    for raw in received(path):
        events = venue.parse(raw, NOW)
        assert events
        if any(isinstance(event, Notice) and event.kind == "bad" for event in events):
            answer = json.loads(raw)  # a REST answer among the frames, and nothing else
            assert answer.keys() & {"openInterest", "code"} and not answer.keys() & {"stream", "event", "arg"}


def recount(venue: str, raw: str) -> list[tuple[Any, ...]]:
    """Return (symbol's letters, time, id, price, size, side) of each spot trade of a frame, and (letters,
    time, last, bid, ask, volume) of each quote, as the venue's own words have them."""
    frame = json.loads(raw) if raw != "pong" else {}
    if venue.startswith("binance"):
        return of_binance(frame.get("data", frame))
    return of_okx(frame) if venue == "okx" else of_bybit(frame)


def of_binance(told: Any) -> list[tuple[Any, ...]]:
    if not isinstance(told, dict) or not told.get("s", "_").isalnum():
        return []
    kind, code = told.get("e", ""), told["s"]
    if kind in ("aggTrade", "trade"):
        number = told["a"] if kind == "aggTrade" else told["t"]
        side = "sell" if told["m"] else "buy"
        return [(code, told["T"], str(number), float(told["p"]), float(told["q"]), side)]
    if kind in ("24hrTicker", "24hrMiniTicker"):
        time = told.get("C", told["E"])
        return [(code, time, *(said(told.get(key)) for key in "cba"), float(told["v"]))]
    if kind == "bookTicker" or (not kind and "u" in told):
        return [(code, told.get("T"), None, said(told["b"]), said(told["a"]), None)]
    return []


def of_okx(frame: dict[str, Any]) -> list[tuple[Any, ...]]:
    arg = frame.get("arg", {})
    channel, code = arg.get("channel"), arg.get("instId", "").replace("-", "")
    if "event" in frame or arg.get("instId", "").count("-") != 1:
        return []
    if channel in ("trades", "trades-all"):
        return [
            (code, int(each["ts"]), each["tradeId"], float(each["px"]), float(each["sz"]), each["side"])
            for each in frame["data"]
        ]
    if channel == "tickers":
        return [
            (code, int(each["ts"]), *(said(each[key]) for key in ("last", "bidPx", "askPx")),
             float(each["vol24h"]))
            for each in frame["data"]
        ]  # fmt: skip
    if channel in ("bbo-tbt", "books5"):
        return [
            (code, int(each["ts"]), None, float(each["bids"][0][0]), float(each["asks"][0][0]), None)
            for each in frame["data"]
        ]
    return []


def of_bybit(frame: dict[str, Any]) -> list[tuple[Any, ...]]:
    topic, data = frame.get("topic", ""), frame.get("data", {})
    if topic.startswith("publicTrade."):
        return [
            (each["s"], each["T"], each["i"], float(each["p"]), float(each["v"]), each["S"].lower())
            for each in data
        ]
    if topic.startswith("tickers."):
        volume = float(data["volume24h"])
        return [(data["symbol"], frame["ts"], float(data["lastPrice"]), None, None, volume)]
    if topic.startswith("orderbook.1."):
        bid, ask = (float(data[key][0][0]) if data[key] else None for key in "ba")
        return [(data["s"], None, None, bid, ask, None)]
    return []


def told_by(venue: Venue, raw: str) -> list[tuple[Any, ...]]:
    told: list[tuple[Any, ...]] = []
    for event in venue.parse(raw, NOW):
        if isinstance(event, Trade):
            told.append((letters(event), event.time, event.id, event.price, event.size, event.side))
        elif isinstance(event, Quote):
            told.append((letters(event), event.time, event.last, event.bid, event.ask, event.volume))
    return told


def letters(event: Quote | Trade) -> str:
    return event.symbol.partition(":")[2].replace("-", "")


@pytest.mark.parametrize("path", files(), ids=lambda path: f"{path.parent.parent.name}-{path.name[:24]}")
def test_prices_sides_and_times_equal_a_recount(path: Path) -> None:  # fidelity 20, 30, 36, 51, 57
    venue, counted = fresh(path), 0
    for raw in received(path):
        expected = recount(path.parent.parent.name, raw)
        if "trade" in raw.lower():
            expected.sort(key=lambda each: (each[1] or 0, len(str(each[2])), str(each[2])))
        assert told_by(venue, raw) == expected, raw[:300]
        counted += len(expected)
    assert counted or "legacy" in path.name


# --------------------------------------------------------------------------- REST
def body(name: str) -> bytes:
    path = SAMPLES / name
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


@pytest.mark.parametrize(
    ("venue", "name"),
    [
        (Binance(), "binance/rest/cryptofeed_2021-10-12/api_v3_exchangeInfo.json.gz"),
        (Binance(), "binance/rest/gocryptotrader_mock/api_v3_exchangeInfo_0.json"),
        (BinanceUs(), "binance_us/rest/cryptofeed_2021-10-12/api_v3_exchangeInfo.json"),
    ],
    ids=["2021", "2025", "us"],
)
def test_binances_catalogue(venue: Binance, name: str) -> None:  # fidelity 22, 25, 45
    rows = json.loads(body(name))["symbols"]
    listed = venue.read_instruments(body(name))
    assert [(each.native, each.base, each.quote, each.tick_size) for each in listed] == [
        (row["symbol"], row["baseAsset"], row["quoteAsset"],
         next(float(each["tickSize"]) for each in row["filters"] if each["filterType"] == "PRICE_FILTER"))
        for row in rows
    ]  # fmt: skip
    gone = sum(row["status"] == "BREAK" for row in rows)
    assert sum(each.status == "delisted" for each in listed) == gone
    for each in listed:
        if each.status == "online" and each.quote != "BUSD" and each.native != "BNBUSD":
            assert venue.symbol(each.native) == each.symbol


def klines() -> list[Path]:
    return sorted((SAMPLES / "binance/rest/gocryptotrader_mock").glob("api_v3_klines_*.json"))


@pytest.mark.parametrize("path", klines(), ids=lambda path: path.stem)
def test_binances_bars_are_its_rows_with_trades(path: Path) -> None:  # fidelity 64, 67
    rows = [row for row in json.loads(path.read_bytes()) if row[8] and row[0] % 60_000 == 0]
    bars = Binance().read_bars(path.read_bytes(), "BINANCE:X-Y", "1m", NOW)
    assert [(bar.time, bar.open, bar.high, bar.low, bar.close, bar.trades) for bar in bars] == [
        (row[0], *map(float, row[1:5]), row[8]) for row in rows
    ]
    assert [bar.volume for bar in bars] == pytest.approx([float(row[5]) for row in rows])


def aggregates() -> list[Path]:
    return sorted((SAMPLES / "binance/rest/gocryptotrader_mock").glob("api_v3_aggTrades_*.json"))


@pytest.mark.parametrize("path", aggregates(), ids=lambda path: path.stem)
def test_binances_trades_are_its_rows(path: Path) -> None:  # fidelity 51
    rows = json.loads(path.read_bytes())
    trades = Binance().read_trades(path.read_bytes(), "BINANCE:X-Y")
    assert [(each.time, each.id, each.price, each.size, each.side) for each in trades] == [
        (row["T"], str(row["a"]), float(row["p"]), float(row["q"]), SIDES[row.get("m")]) for row in rows
    ]


def test_binances_state_of_a_day() -> None:
    name = "binance/rest/gocryptotrader_mock/api_v3_ticker_24hr_0.json"
    row = json.loads(body(name))
    [quote] = Binance().read_poll(body(name), "BINANCE:ETH-BTC", NOW)
    assert (quote.last, quote.bid, quote.ask, quote.volume, quote.time) == (
        *(float(row[key]) for key in ("lastPrice", "bidPrice", "askPrice", "volume")),
        row["closeTime"],
    )


def test_okxs_instruments_and_states() -> None:  # fidelity 45
    name = "okx/rest/cryptofeed_2022-05-13/api_v5_public_instruments_instType_SPOT.json"
    rows = json.loads(body(name))["data"]
    listed = Okx().read_instruments(body(name))
    assert [(each.native, each.tick_size) for each in listed] == [
        (row["instId"], float(row["tickSz"])) for row in rows
    ]
    assert len(listed) == 513 and min(each.tick_size or 1.0 for each in listed) == 1e-12
    for name in ("ticker_BTC-USDT_2023-01-04.json", "ticker_BTC-USDT_2026-08-22.json"):
        [row] = json.loads(body(f"okx/rest/captured_2026/{name}"))["data"]
        [quote] = Okx().read_poll(body(f"okx/rest/captured_2026/{name}"), "OKX:BTC-USDT", NOW)
        assert (quote.last, quote.time, quote.volume) == (
            float(row["last"]), int(row["ts"]), float(row["vol24h"])
        )  # fmt: skip


def test_errors_and_refusals() -> None:  # fidelity 74, 77, 79, 80
    banned = Binance().explain(418, body("binance/rest/error_bodies/http418_ip_banned.json"))
    assert banned is not None and "banned" in banned.reason and banned.retry_after
    assert Binance().explain(451, body("binance/rest/error_bodies/http451_restricted_location.json")) is None
    unknown = Binance().explain(400, body("binance/rest/captured_2026/invalid_symbol_http400.json"))
    assert unknown is not None and unknown.terminal
    page = BinanceUs().explain(403, body("binance_us/rest/error_bodies/http403_cloudfront.html"))
    assert page is not None and page.terminal and "country" in page.reason
    for venue, name in (
        (Okx(), "okx/rest/captured_2026/unknown_instrument_http200.json"),
        (Bybit(), "bybit/rest_v5/unknown_spot_symbol_http200.json"),
        (Bybit(), "bybit/rest_v5/unknown_linear_symbol.json"),
    ):
        with pytest.raises(FeedError) as raised:
            venue.read_poll(body(name), f"{venue.name}:NO-SUCH", NOW)
        assert raised.value.terminal
