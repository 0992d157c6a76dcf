"""The yardstick's worker: reads the venue, and sends each tick to the group of its symbol."""

import asyncio
import json
import os
import signal
import sys
import time
from datetime import datetime
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.tutorial.settings")

import django

django.setup()

import websockets  # noqa: E402
from channels.layers import get_channel_layer  # noqa: E402

from bench.tutorial.consumers import group_of  # noqa: E402
from bench.venue import TICKING  # noqa: E402

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


async def main(url: str) -> None:
    """Send on what the venue says until told to stop."""
    task = asyncio.current_task()
    assert task
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    layer = get_channel_layer()
    async with websockets.connect(url, proxy=None, compression=None) as ws:
        order = {"type": "subscribe", "product_ids": TICKING, "channels": ["ticker", "heartbeat"]}
        await ws.send(json.dumps(order))
        async for raw in ws:
            frame = json.loads(raw)
            if frame["type"] == "ticker":
                quote = quote_of(frame)
                await layer.group_send(group_of(quote["symbol"]), {"type": "price", "quote": quote})


if __name__ == "__main__":
    try:
        asyncio.run(main(sys.argv[1]))
    except asyncio.CancelledError:
        sys.exit(0)
