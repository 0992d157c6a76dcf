"""A recorded session of a venue, played again."""

import asyncio
import gzip
import json
from itertools import pairwise
from pathlib import Path

from tests.fakes.line import Line


class Recording:
    """The received frames of a recorded session; `speed` 1 is its own pace, 0 as fast as can be."""

    def __init__(self, path: Path, speed: float = 0.0) -> None:
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8") as lines:
            frames = [json.loads(line) for line in lines]
        self.frames: list[tuple[float, str]] = [
            (frame["t"] or 0.0, frame["raw"]) for frame in frames if frame["dir"] == "recv"
        ]
        self.products = {
            decoded["product_id"]
            for _, raw in self.frames
            if (decoded := json.loads(raw)).get("type") in ("ticker", "match", "last_match")
        }
        self.speed = speed
        self.played = asyncio.Event()

    async def play(self, line: Line) -> None:
        pauses = [0.0, *(after[0] - before[0] for before, after in pairwise(self.frames))]
        for pause, (_, raw) in zip(pauses, self.frames, strict=True):
            if self.speed and pause > 0:
                await asyncio.sleep(pause / self.speed)
            await line.send(raw)
        self.played.set()
