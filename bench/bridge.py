"""The writer beside a broker: reads the venue, and publishes each tick to its subject, over plain TCP."""

import asyncio
import sys

import msgspec
import websockets

from bench.brokers import BROKERS
from bench.helper import answer
from bench.quotes import quote_of
from bench.venue import SOME


async def main(way: str, broker: int, venue: str) -> None:
    """Send on what the venue says until the broker ends."""
    speaks = BROKERS[way]
    heard, said = await asyncio.open_connection("127.0.0.1", broker)
    said.write(speaks.connect())
    draining = asyncio.create_task(heard.read(-1))
    async with websockets.connect(venue, proxy=None, compression=None) as ws:
        order = {"type": "subscribe", "product_ids": SOME, "channels": ["ticker"]}
        await ws.send(msgspec.json.encode(order).decode())
        answer({"ready": True})
        async for raw in ws:
            frame = msgspec.json.decode(raw)
            if frame["type"] == "ticker":
                quote = quote_of(frame)
                said.write(speaks.publish(quote["symbol"], msgspec.json.encode(quote)))
    draining.cancel()


if __name__ == "__main__":
    try:
        asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
    except (KeyboardInterrupt, websockets.ConnectionClosed):
        sys.exit(0)
