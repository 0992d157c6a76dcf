"""Fake venues in a thread of their own, for tests that don't run in a loop."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, Self, TypeVar

from tests.fakes.venue import FakeVenue

Result = TypeVar("Result")


class Background:
    """Starts fake venues on entering and stops them on leaving; `do` runs one of their coroutines.

    with Background(FakeCoinbase, FakeKraken) as (coinbase, kraken, do): do(coinbase.send_trade(…))
    """

    def __init__(self, *kinds: type[FakeVenue], **settings: Any) -> None:
        self.kinds = kinds
        self.settings = settings
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, name="fake venues", daemon=True)
        self.venues: list[FakeVenue] = []

    def __enter__(self) -> Self:
        self.thread.start()
        self.venues = [self.do(self._start(kind)) for kind in self.kinds]
        return self

    async def _start(self, kind: type[FakeVenue]) -> FakeVenue:
        return await kind(**self.settings).start()

    def do(self, work: Coroutine[Any, Any, Result], timeout: float = 30.0) -> Result:
        """Run a coroutine in the venues' loop and return what it returns."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead the program to all of them."""
        return {key: value for venue in self.venues for key, value in venue.environment.items()}

    def __exit__(self, *_: object) -> None:
        for venue in self.venues:
            self.do(venue.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()
