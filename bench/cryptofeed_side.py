"""The other side of `bench/decode.py`: cryptofeed's own message handlers, in a virtual environment that has
it and nothing of ours. Answers each line of JSON on standard input with one.

    {"venue", "frames", "natives"} → {"version", "told"}: what it told of each frame, null where it raised
    {"run": [numbers of frames], "passes"} → {"seconds"}: of CPU
"""

import asyncio
import gc
import json
import logging
import sys
import time
from importlib.metadata import version
from typing import Any

from cryptofeed.defines import TICKER, TRADES
from cryptofeed.exchanges import EXCHANGE_MAP
from cryptofeed.symbols import Symbols
from cryptofeed.types import OrderBook

EXCHANGES = {"COINBASE_ADV": "COINBASE"}  # it speaks the Advanced protocol where it says Coinbase


class Side:
    """One of its feeds with callbacks that count, and the frames it is to handle."""

    def __init__(self, venue: str, frames: list[str], natives: list[str]) -> None:
        kind = EXCHANGE_MAP[EXCHANGES.get(venue, venue)]
        Symbols.set(kind.id, {native: native for native in natives}, {"instrument_type": {}})
        self.feed = kind(callbacks={TRADES: self.hear, TICKER: self.hear})
        if hasattr(self.feed, "_check_update_id"):  # recordings have gaps, after which it would ask the venue
            self.feed._check_update_id = lambda pair, message: False
        self.frames = frames
        self.natives = natives
        self.heard = 0

    async def hear(self, told: Any, received: float) -> None:
        self.heard += 1

    def begin(self) -> None:
        """Give it empty books, as if each had just been opened, so that changes of them can be handled."""
        self.feed._l2_book = {native: OrderBook(self.feed.id, native) for native in self.natives}
        self.feed.last_update_id = dict.fromkeys(self.natives, 0) if self.feed.id == "BINANCE" else {}

    async def told(self) -> list[int | None]:
        """Return how many prices and trades it tells of each frame."""
        self.begin()
        told: list[int | None] = []
        for frame in self.frames:
            self.heard = 0
            try:
                await self.feed.message_handler(frame, None, 0.0)
            except Exception:
                told.append(None)  # what it raises on is left out for both
            else:
                told.append(self.heard)
        return told

    async def run(self, numbers: list[int], passes: int) -> float:
        """Return the seconds of CPU that it takes to handle these frames so often."""
        frames = [self.frames[number] for number in numbers]
        handle = self.feed.message_handler
        spent = 0.0
        for _ in range(passes):
            self.begin()
            began = time.process_time()
            for frame in frames:
                await handle(frame, None, 0.0)
            spent += time.process_time() - began
        return spent


async def main() -> None:
    logging.disable(logging.CRITICAL)
    side: Side | None = None
    print(json.dumps({"version": version("cryptofeed")}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        if "venue" in asked:
            side = Side(asked["venue"], asked["frames"], asked["natives"])
            answer: dict[str, Any] = {"told": await side.told()}
        else:
            assert side is not None
            gc.collect()
            answer = {"seconds": await side.run(asked["run"], asked["passes"])}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
