"""The feed worker's own: what it needs of its event loop."""

import asyncio
import socket
import threading

from feeds.venues import REGISTRY
from feeds.worker import have_room


async def test_names_that_nobody_answers_for_hold_up_nothing_else(monkeypatch) -> None:
    answered = threading.Event()
    loop = asyncio.get_running_loop()
    have_room(loop)

    def silent(*_: object, **__: object) -> list[object]:
        assert answered.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    lookups = [asyncio.create_task(loop.getaddrinfo("venue.example", 443)) for _ in range(2 * len(REGISTRY))]
    try:
        async with asyncio.timeout(10):
            await asyncio.sleep(0)
            assert await asyncio.to_thread(lambda: "written") == "written"
        assert not any(lookup.done() for lookup in lookups)
    finally:
        answered.set()
        await asyncio.gather(*lookups)
