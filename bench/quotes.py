"""What the others tell of a tick: as many fields as a quote of ours has."""

import time
from datetime import datetime
from typing import Any

NUMBERS = {"last": "price", "size": "last_size", "bid": "best_bid", "bid_size": "best_bid_size"}
NUMBERS |= {"ask": "best_ask", "ask_size": "best_ask_size", "open": "open_24h", "high": "high_24h"}
NUMBERS |= {"low": "low_24h", "volume": "volume_24h"}


def quote_of(frame: dict[str, Any]) -> dict[str, Any]:
    """Return a ticker frame as a quote with as many fields as ours has."""
    at = int(datetime.fromisoformat(frame["time"]).timestamp() * 1000)
    numbers = {name: float(frame[theirs]) for name, theirs in NUMBERS.items()}
    told = {"seq": frame["sequence"], "time": at, "received": time.time_ns() // 1_000_000}
    extremes = {"hi": numbers["last"], "lo": numbers["last"], "merged": 1, "state": "live"}
    return {"symbol": f"COINBASE:{frame['product_id']}"} | told | numbers | extremes
