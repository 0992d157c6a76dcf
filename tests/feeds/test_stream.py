"""When a line is replaced, before its venue cuts it."""

import asyncio
from types import SimpleNamespace
from typing import Any

from feeds import stream
from feeds.errors import FeedError
from feeds.stream import keep_line


async def test_a_line_that_could_not_be_replaced_is_soon_due_again(monkeypatch) -> None:
    venue = SimpleNamespace(handover_after=0.01)  # its first line's; those of the second are an hour's
    feed: Any = SimpleNamespace(venue=venue, count=lambda reason: None)
    opened: list[str] = []
    third = asyncio.Event()

    async def end() -> None:
        return None

    async def open_leg(*_: object) -> Any:
        opened.append("line")
        if len(opened) == 2:
            venue.handover_after = 3600.0
            raise FeedError("can't connect: for now")
        if len(opened) == 3:
            third.set()
        alive = asyncio.Event()
        alive.set()
        return SimpleNamespace(
            tasks=[asyncio.create_task(third.wait())], leave=asyncio.Event(), alive=alive, end=end
        )

    monkeypatch.setattr(stream, "open_leg", open_leg)
    monkeypatch.setattr(stream, "AGAIN", 0.01)
    async with asyncio.timeout(20):
        await keep_line(feed, set)
    assert len(opened) == 3
