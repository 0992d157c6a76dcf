"""Every kind of frame we know, recorded or made up, gone wrong at random: no adapter raises, nothing that
can't be is published, and no frame is dropped without being counted.

A few of each kind in the suite. TICKER_MUTATIONS=1000 changes each recorded frame that often (half an hour);
TICKER_MUTATIONS_ONLY is a word that the names of the files must hold, to do it in slices.
"""

import gzip
import json
import os
import random
import time
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from feeds.market import Quote, Trade, is_price, is_size
from feeds.venues import REGISTRY
from feeds.venues.base import Event, Notice, Venue
from tests.support import SHARED
from tests.venues import (
    test_alpaca,
    test_binance,
    test_bitfinex,
    test_bitstamp,
    test_bybit,
    test_coinbase,
    test_coinbase_adv,
    test_finnhub,
    test_gemini,
    test_kraken,
    test_oanda,
    test_okx,
    test_tradier,
    test_twelvedata,
    test_yahoo_stream,
)
from tests.venues.scramble import Scrambler, repacked

SAMPLES = SHARED / "venues" / "samples"
FOLDERS = {"coinbase_exchange": "COINBASE", "coinbase_advanced": "COINBASE_ADV"}
NOW = 1_790_000_000_000
EARLIEST, LATEST = 365 * 86_400_000, 7_258_118_400_000  # ms: the years 1971 and 2199
MUTATIONS = int(os.environ.get("TICKER_MUTATIONS", "0"))
ONLY = os.environ.get("TICKER_MUTATIONS_ONLY", "")
FEW = 40  # of each kind of frame, while nobody asks for more
DEAREST = 2_000_000  # ns that a frame may cost at the most
MADE_UP = {
    "ALPACA": test_alpaca,
    "BINANCE": test_binance,
    "BINANCE_US": test_binance,
    "BITFINEX": test_bitfinex,
    "BITSTAMP": test_bitstamp,
    "BYBIT": test_bybit,
    "COINBASE": test_coinbase,
    "COINBASE_ADV": test_coinbase_adv,
    "FINNHUB": test_finnhub,
    "GEMINI": test_gemini,
    "KRAKEN": test_kraken,
    "OANDA": test_oanda,
    "OKX": test_okx,
    "TRADIER": test_tradier,
    "TWELVEDATA": test_twelvedata,
    "YAHOO": test_yahoo_stream,
}
MORE = {
    "FINNHUB": [test_finnhub.frame(test_finnhub.trade(NOW)), '{"type":"ping"}', '{"type":"error","msg":"x"}'],
    "YAHOO": [test_yahoo_stream.enveloped(test_yahoo_stream.SHARE)],
    "OKX": ["pong"],
}


def made_up(venue: str) -> list[str]:
    """Return the messages that a venue's own tests are written with, each in its constant."""
    found = [
        json.dumps(value)
        for name, value in vars(MADE_UP[venue]).items()
        if name.isupper() and isinstance(value, dict | list)
    ]
    return found + MORE.get(venue, [])


def files() -> list[Path]:
    return sorted(SAMPLES.glob("*/*/*.frames.jsonl*")) if SAMPLES.is_dir() else []


def of_venue(path: Path) -> str:
    folder = path.relative_to(SAMPLES).parts[0]
    return FOLDERS.get(folder, folder.upper())


def recorded(path: Path) -> Iterator[str]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        for frame in map(json.loads, lines):
            if frame["dir"] == "recv":
                yield frame.get("raw") or frame["raw_base64_payload"]


def shape(value: Any) -> Any:
    """Return what kind of message it is: its keys, the types of its values, and the short words in it."""
    if isinstance(value, dict):
        return tuple(sorted((key, shape(part)) for key, part in value.items()))
    if isinstance(value, list):
        return ("list", shape(value[0]) if value else None)
    return str(value)[:2] if isinstance(value, str) and value.isalpha() else type(value).__name__


@cache
def one_of_each(path: Path) -> list[str]:
    """Return the first recorded frame of each kind."""
    found: dict[str, str] = {}
    for raw in recorded(path):
        try:
            kind = repr(shape(json.loads(raw)))
        except ValueError:
            kind = "no JSON"
        found.setdefault(kind, raw)
    return list(found.values())


def primed(venue: str) -> Venue:
    """Return an adapter that has been told what its line says before data comes."""
    adapter = REGISTRY[venue]()
    if venue == "BITFINEX":
        for said in (test_bitfinex.PRICES, test_bitfinex.TRADES):
            adapter.parse(json.dumps(said), NOW)
    return adapter


def is_time(time: int | None) -> bool:
    return time is None or EARLIEST < time < LATEST


def trouble(events: list[Event]) -> str:
    """Return what is wrong with what was made of a frame, "" for nothing."""
    if not events:
        return "dropped without being counted"
    for event in events:
        if isinstance(event, Notice):
            if event.kind in ("bad", "refused", "ignored", "maintenance", "reconnect") and not event.reason:
                return f"no reason: {event}"
        elif isinstance(event, Trade):
            if not (is_price(event.price) and is_size(event.size) and is_time(event.time) and event.id):
                return f"not believable: {event}"
        elif isinstance(event, Quote):
            prices = (event.last, event.bid, event.ask, event.open, event.high, event.low)
            sizes = (event.size, event.bid_size, event.ask_size, event.volume)
            fine = all(value is None or is_price(value) for value in prices)
            if not (fine and all(value is None or is_size(value) for value in sizes) and is_time(event.time)):
                return f"not believable: {event}"
    return ""


def scrambled(venue: str, raw: str, count: int) -> None:
    """Change a frame that often, in each run the same ways, and look at what comes of it."""
    rng = random.Random(zlib.crc32(raw.encode()))
    changes = Scrambler(raw, rng)
    adapter = primed(venue)
    for number in range(count):
        if number % 100 == 99:
            adapter = primed(venue)  # a changed ack may have changed what it takes the rest for
        packed = venue == "YAHOO" and number % 2
        changed = repacked(raw, rng) if packed else changes.text()
        wrong = trouble(adapter.parse(changed, NOW))
        assert not wrong, f"{wrong}: {changed[:2000]!r}"


@pytest.mark.parametrize("venue", sorted(MADE_UP))
def test_made_up_frames_gone_wrong(venue: str) -> None:
    for raw in made_up(venue):
        scrambled(venue, raw, MUTATIONS or FEW)


@pytest.mark.parametrize("path", files(), ids=lambda path: f"{path.relative_to(SAMPLES)}".partition(".")[0])
def test_recorded_frames_gone_wrong(path: Path) -> None:
    if ONLY not in str(path):
        pytest.skip(f"its name doesn't hold {ONLY}")
    for raw in recorded(path) if MUTATIONS else one_of_each(path):
        scrambled(of_venue(path), raw, MUTATIONS or FEW)


@pytest.mark.parametrize("path", files(), ids=lambda path: f"{path.relative_to(SAMPLES)}".partition(".")[0])
def test_no_recorded_frame_holds_up_the_loop(path: Path) -> None:
    adapter = primed(of_venue(path))
    for raw in one_of_each(path):
        assert min(cost(adapter, raw) for _ in range(5)) < DEAREST, raw[:200]


def cost(adapter: Venue, raw: str) -> int:
    """Return the ns that a frame takes to be read."""
    began = time.perf_counter_ns()
    adapter.parse(raw, NOW)
    return time.perf_counter_ns() - began
