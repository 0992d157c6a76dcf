"""The yardstick's worker: reads the venue, and sends each tick to the group of its symbol."""

import asyncio
import json
import os
import signal
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.tutorial.settings")

import django

django.setup()

import websockets  # noqa: E402
from channels.layers import get_channel_layer  # noqa: E402

from bench.quotes import quote_of  # noqa: E402
from bench.tutorial.consumers import group_of  # noqa: E402
from bench.venue import SOME  # noqa: E402


async def main(url: str) -> None:
    """Send on what the venue says until told to stop."""
    task = asyncio.current_task()
    assert task
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    layer = get_channel_layer()
    async with websockets.connect(url, proxy=None, compression=None) as ws:
        order = {"type": "subscribe", "product_ids": SOME, "channels": ["ticker", "heartbeat"]}
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
