"""Recorded frames of Yahoo's streamer, the ECB and the venues with a key, counted again with plain json.

The recordings are not part of the project; without them these tests are skipped.
"""

import json
import os
import re
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from feeds.board import Board
from feeds.errors import FeedError
from feeds.market import Quote, Trade
from feeds.venues.alpaca import Alpaca
from feeds.venues.base import Event, Notice, Venue
from feeds.venues.ecb import Ecb
from feeds.venues.finnhub import Finnhub
from feeds.venues.oanda import Oanda
from feeds.venues.tradier import Tradier
from feeds.venues.twelvedata import TwelveData
from feeds.venues.yahoo import Yahoo

SHARED = Path(os.environ.get("TICKER_SHARED") or Path(__file__).resolve().parents[3] / "shared")
SAMPLES = SHARED / "venues" / "samples"
NOW = 1_790_000_000_000

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"no recordings in {SHARED.name}/")


def received(name: str) -> list[str]:
    lines = (SAMPLES / name).read_text().splitlines()
    return [frame["raw"] for frame in map(json.loads, lines) if frame["dir"] == "recv"]


def parsed(venue: Venue, frames: list[str]) -> list[Event]:
    return [event for raw in frames for event in venue.parse(raw, NOW)]


def kinds(events: list[Event]) -> Counter[str]:
    return Counter(event.kind if isinstance(event, Notice) else type(event).__name__ for event in events)


def millis(text: str) -> int:
    """Return the ms of an RFC 3339 text, of which Python reads six decimals."""
    return int(datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text)).timestamp() * 1000 + 0.0005)


# --------------------------------------------------------------------------- Yahoo's streamer
def test_every_payload_of_yahoos_streamer_is_what_another_reader_made_of_it() -> None:  # fidelity 46, 62
    frames = received("yahoo/streamer/collected_2020_2026.frames.jsonl")
    decoded = json.loads((SAMPLES / "yahoo/streamer/collected_decoded.json").read_text())
    by_message = {entry["message"]: entry["decoded"] for entry in decoded}
    assert len(frames) == len(decoded) == 11
    for raw in frames:
        meant = by_message[json.loads(raw)["message"] if raw.startswith("{") else raw]
        [quote] = Yahoo().parse(raw, NOW)
        assert isinstance(quote, Quote) and quote.symbol == Yahoo().symbol(meant["id"])
        assert (quote.last, quote.time) == (meant["price"], int(meant["time"]))
        assert (quote.high, quote.low) == (meant.get("day_high"), meant.get("day_low"))
        if meant["quote_type"] == 8 and "day_volume" in meant:
            assert quote.volume == int(meant["day_volume"])
        if meant["quote_type"] == 41:
            assert quote.volume == pytest.approx(int(meant["day_volume"]) / meant["price"])
        assert quote.open == pytest.approx(meant["price"] - meant["change"], abs=0.006)
        assert (quote.state == "closed") == (meant.get("market_hours", 0) != 1)


def test_the_payload_of_another_projects_test() -> None:
    line = (SAMPLES / "yahoo/streamer/yfinance_test_live_btc_usd.frames.jsonl").read_text()
    [quote] = Yahoo().parse(json.loads(line)["raw_base64_payload"], NOW)
    assert isinstance(quote, Quote) and (quote.symbol, quote.last) == ("YAHOO:BTC-USD", 94745.08)


# --------------------------------------------------------------------------- ECB
ECB_FILES = [
    "rubymoney_spec/exchange_rates.xml",
    "rubymoney_spec/exchange_rates_90_day.xml",
    "exchanger_fixtures/success.xml",
    "exchanger_fixtures/historical-90d.xml",
    "exchanger_fixtures/historical.xml",
]


@pytest.mark.parametrize("name", ECB_FILES)
def test_every_rate_of_the_ecbs_files_is_a_bar_and_the_newest_the_quote(name: str) -> None:
    body = (SAMPLES / "ecb" / name).read_bytes()
    days: dict[str, dict[str, str]] = {}
    for day, cubes in re.findall(r"<Cube time=['\"]([\d-]+)['\"]>(.*?)</Cube>", body.decode(), re.S):
        days[day] = dict(re.findall(r"currency=['\"](\w+)['\"]\s+rate=['\"]([\d.]+)['\"]", cubes))
    assert days
    newest = max(days)
    for code in ("USD", "JPY", "GBP", "ISK", "BGN"):
        bars = Ecb().read_bars(body, f"ECB:EUR-{code}", "1d", NOW)
        assert [(bar.time, bar.close) for bar in bars] == [
            (millis(f"{day}T00:00:00+00:00"), float(days[day][code]))
            for day in sorted(days)
            if code in days[day]
        ]
        if code in days[newest]:
            [quote] = Ecb().read_poll(body, f"ECB:EUR-{code}", NOW)
            assert isinstance(quote, Quote) and quote.last == float(days[newest][code])
            assert quote.time is not None and quote.time - millis(f"{newest}T15:00:00+00:00") in (
                0,
                -3_600_000,
            )
            assert quote.state == "closed"


# --------------------------------------------------------------------------- Finnhub
def test_every_finnhub_frame_is_its_trades_by_time() -> None:  # fidelity 29, 31, 91
    frames = received("finnhub/ws/collected_2022_2024.frames.jsonl")
    events = parsed(Finnhub(), frames)
    entries = [each for raw in frames for each in json.loads(raw).get("data", [])]
    assert kinds(events) == {"Trade": len(entries), "heartbeat": 1}
    for raw in frames:
        rows = sorted(json.loads(raw).get("data", []), key=lambda each: each["t"])
        found = [event for event in Finnhub().parse(raw, NOW) if isinstance(event, Trade)]
        assert [(each.symbol, each.time, each.price, each.size, each.side) for each in found] == [
            (f"FINNHUB:{row['s']}", row["t"], float(row["p"]), float(row["v"]), None) for row in rows
        ]


def test_finnhubs_frames_that_came_three_times_count_once() -> None:  # fidelity 31
    frames = received("finnhub/ws/collected_2022_2024.frames.jsonl")
    board = Board()
    for symbol in ("FINNHUB:AAPL", "FINNHUB:TSLA"):
        board.add(symbol)
    taken = [board.trade(each, NOW) for each in parsed(Finnhub(), frames) if isinstance(each, Trade)]
    unique = {raw: len(json.loads(raw).get("data", [])) for raw in frames}
    assert taken.count(True) == sum(unique.values()) and taken.count(False) == 6


# --------------------------------------------------------------------------- Alpaca
def test_every_frame_of_the_alpaca_session_is_understood() -> None:
    frames = received("alpaca/ws/vendor_docs_wscat_test_stream_2024-07-24.frames.jsonl")
    events = parsed(Alpaca(), frames)
    assert kinds(events) == {"ignored": 2, "ready": 1, "heartbeat": 1, "Quote": 2}
    sent = [each for raw in frames for each in json.loads(raw) if each["T"] == "q"]
    quotes = [event for event in events if isinstance(event, Quote)]
    for quote, row in zip(quotes, sent, strict=True):
        assert (quote.bid, quote.ask, quote.bid_size, quote.ask_size, quote.time) == (
            row["bp"], row["ap"], row["bs"] * 100, row["as"] * 100, millis(row["t"])
        )  # fmt: skip


def alpaca_bodies() -> list[Path]:
    folder = SAMPLES / "alpaca/rest/alpaca_go_sdk_tests"
    return sorted(folder.glob("*.json")) if folder.is_dir() else []


@pytest.mark.parametrize("path", alpaca_bodies(), ids=lambda path: path.name)
def test_alpacas_answers_are_read_as_their_rows_say(path: Path) -> None:  # fidelity 55, 73, 91
    body = path.read_bytes()
    try:
        answer: Any = json.loads(body)
    except ValueError:
        with pytest.raises(FeedError):
            Alpaca().read_bars(body, "ALPACA:AAPL", "1d", NOW)
        return
    rows = answer.get("bars") or {}
    for native, found in (rows if isinstance(rows, dict) else {"AAPL": rows}).items():
        last = {millis(row["t"]) // 86_400_000: row["c"] for row in found if isinstance(row, dict)}
        bars = Alpaca().read_bars(body, f"ALPACA:{native}", "1d", NOW)
        assert {bar.time // 86_400_000: bar.close for bar in bars} == last
    rows = answer.get("trades") or {}
    for native, found in (rows if isinstance(rows, dict) else {"AAPL": rows}).items():
        if isinstance(found, list):
            wanted = {(str(row["i"]), row["p"], millis(row["t"])) for row in found if row.get("u") is None}
            trades = Alpaca().read_trades(body, f"ALPACA:{native}")
            assert {(trade.id, trade.price, trade.time) for trade in trades} >= wanted


def test_an_alpaca_snapshot() -> None:
    path = SAMPLES / "alpaca/rest/alpaca_go_sdk_tests/L0797_AAPL.json"
    row = json.loads(path.read_text())
    snapshot = row.get("AAPL") or row
    if "latestTrade" in snapshot:
        [quote] = Alpaca().read_poll(json.dumps(snapshot).encode(), "ALPACA:AAPL", NOW)
        assert isinstance(quote, Quote) and quote.last == snapshot["latestTrade"]["p"]


# --------------------------------------------------------------------------- Twelve Data
def test_every_twelvedata_ack_is_understood() -> None:  # fidelity 19
    events = parsed(TwelveData(), received("twelvedata/ws/collected_2026.frames.jsonl"))
    assert [(event.kind, event.symbol) for event in events if isinstance(event, Notice)] == [
        ("refused", "TWELVEDATA:BTC"), ("ack", "TWELVEDATA:EUR-USD"), ("refused", "TWELVEDATA:GBP-USD")
    ]  # fmt: skip
    with pytest.raises(FeedError, match="symbol"):
        body = (SAMPLES / "twelvedata/rest/missing_symbol_404.json").read_bytes()
        TwelveData().read_poll(body, "TWELVEDATA:AAPL", NOW)


# --------------------------------------------------------------------------- OANDA
def oanda_lines() -> list[str]:
    lines = (SAMPLES / "oanda/stream/hootnot_pricing_stream_2016-10-27.ndjson").read_text().splitlines()
    return [*received("oanda/stream/collected_2017_2023.frames.jsonl"), *filter(str.strip, lines)]


def test_every_oanda_line_is_its_best_prices() -> None:  # fidelity 56, 83
    lines = oanda_lines()
    told = Counter(json.loads(raw)["type"] for raw in lines)
    assert kinds(parsed(Oanda(), lines)) == {"Quote": told["PRICE"], "heartbeat": told["HEARTBEAT"]}
    for raw in lines:
        line = json.loads(raw)
        if line["type"] == "PRICE":
            [quote] = Oanda().parse(raw, NOW)
            assert isinstance(quote, Quote)
            assert quote.symbol == "OANDA:" + line["instrument"].replace("_", "-")
            assert quote.bid == max(float(level["price"]) for level in line["bids"])
            assert quote.ask == min(float(level["price"]) for level in line["asks"])
            assert quote.time == millis(line["time"])
            assert quote.state == ("live" if line["status"] == "tradeable" else "closed")


def test_oandas_answers() -> None:
    folder = SAMPLES / "oanda/rest"
    body = (folder / "hootnot_pricing_2016-10-05.json").read_bytes()
    quotes = Oanda().read_poll(body, "OANDA:EUR-USD", NOW)
    assert [quote.bid for quote in quotes if isinstance(quote, Quote)] == [
        max(float(level["price"]) for level in each["bids"]) for each in json.loads(body)["prices"]
    ]
    body = (folder / "hootnot_v3_instruments_instrument_candles.json").read_bytes()
    bars = Oanda().read_bars(body, "OANDA:DE30-EUR", "5m", NOW)
    assert [(bar.time, bar.close) for bar in bars] == [
        (millis(row["time"]), float(row["mid"]["c"])) for row in json.loads(body)["candles"]
    ]
    body = (folder / "hootnot_v3_account_by_accountID_instruments.json").read_bytes()
    rows = json.loads(body)["instruments"]
    assert {each.native: each.tick_size for each in Oanda().read_instruments(body)} == {
        row["name"]: 10.0 ** -row["displayPrecision"] for row in rows
    }


# --------------------------------------------------------------------------- Tradier
def test_every_tradier_line_is_what_it_says() -> None:  # fidelity 53, 55
    lines = received("tradier/stream/collected_2020_2022.frames.jsonl")
    for raw in lines:
        line = json.loads(raw)
        [event] = Tradier().parse(raw, NOW)
        assert isinstance(event, (Quote, Trade)) and event.symbol == f"TRADIER:{line['symbol']}"
        if isinstance(event, Trade):
            assert line["type"] == "timesale" and event.side is None
            assert (event.price, event.size, event.time) == (
                float(line["last"]), float(line["size"]), int(line["date"])
            )  # fmt: skip
        elif line["type"] == "quote":
            assert (event.bid, event.bid_size, event.ask, event.ask_size) == (
                line["bid"], line["bidsz"] * 100, line["ask"], line["asksz"] * 100
            )  # fmt: skip
            assert event.time == max(int(line["biddate"]), int(line["askdate"]))
        else:
            assert (event.last, event.size, event.volume) == (
                float(line["price"]), float(line["size"]), float(line["cvol"])
            )  # fmt: skip
    refused = (SAMPLES / "tradier/rest/error_bodies/ws_invalid_symbol.json").read_text()
    assert [event.kind for event in parsed(Tradier(), [refused]) if isinstance(event, Notice)] == ["refused"]
