"""Recorded sessions made for a test, and what their trades add up to: counted without the program's code."""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from feeds.market import Quote, Trade
from tests.fakes.coinbase import match, ticker

BEGIN = 1_700_000_042_500
LENGTHS = {"1s": 1_000, "1m": 60_000}
Row = tuple[float, float, float, float, float, int]


def said(number: int, time: int, native: str = "BTC-USD") -> list[dict[str, Any]]:
    """Return the match and the ticker of one trade; its price and size follow from its number."""
    price = round(100 + (number * 7 % 31) / 8, 3)
    side = "buy" if number % 3 else "sell"
    trade = Trade(
        symbol=native, id=str(500 + number), time=time, price=price, size=0.1 + number % 4, side=side
    )
    return [match(native, trade, "match"), ticker(native, trade, Quote(symbol=native, last=price, open=99.0))]


def session(count: int = 900, every: int = 333) -> list[dict[str, Any]]:
    """Return the lines of a Coinbase session of two products: five minutes, some trades late or twice."""
    lines: list[dict[str, Any]] = [
        {"t": BEGIN / 1000, "dir": "open", "url": "wss://ws-feed.exchange.coinbase.com"},
        {"t": BEGIN / 1000, "dir": "send", "raw": '{"type":"subscribe"}'},
    ]
    for number in range(count):
        arrived = BEGIN + 400 + number * every
        native = "BTC-USD" if number % 3 else "ETH-EUR"
        late = 1_700 if number % 50 == 7 else 80
        told = said(number, arrived - late, native)
        for frame in told + (told[:1] if number % 40 == 5 else []):
            lines.append({"t": arrived / 1000, "dir": "recv", "raw": json.dumps(frame)})
    return lines


def written(path: Path, lines: Iterable[dict[str, Any]]) -> Path:
    """Write lines as a recording and return its path."""
    text = "".join(json.dumps(line) + "\n" for line in lines).encode()
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return path


def recount(path: Path) -> dict[tuple[str, str, int], Row]:
    """Return (symbol, interval, time) → open, high, low, close, volume, trades of a Coinbase session."""
    opened = gzip.open if path.suffix == ".gz" else open
    trades: dict[tuple[str, int], dict[str, Any]] = {}
    with opened(path, "rt") as lines:
        for line in map(json.loads, lines):
            frame = json.loads(line["raw"]) if line["dir"] == "recv" else {}
            if frame.get("type") == "match":
                trades.setdefault((frame["product_id"], frame["trade_id"]), frame)
    parts: dict[tuple[str, str, int], list[tuple[int, dict[str, Any]]]] = defaultdict(list)
    for frame in trades.values():
        time = milliseconds(frame["time"])
        for interval, length in LENGTHS.items():
            parts[f"COINBASE:{frame['product_id']}", interval, time // length * length].append((time, frame))
    return {key: bar(found) for key, found in parts.items()}


def milliseconds(text: str) -> int:
    """Return an ISO time with any number of decimals in ms, cut."""
    whole, _, fraction = text.rstrip("Z").partition(".")
    seconds = int(datetime.fromisoformat(whole).replace(tzinfo=UTC).timestamp())
    return seconds * 1000 + int((fraction + "000")[:3])


def bar(found: list[tuple[int, dict[str, Any]]]) -> Row:
    in_order = sorted(found, key=lambda each: each[0])  # stable: of one millisecond in the order of coming
    prices = [float(frame["price"]) for _, frame in in_order]
    volume = float(sum((Decimal(frame["size"]) for _, frame in in_order), Decimal(0)))
    return prices[0], max(prices), min(prices), prices[-1], volume, len(prices)
