"""The toxics of a proxied link: what is wrong with it now, named as in Toxiproxy."""

import asyncio
import random
from collections.abc import Callable
from typing import Literal, NamedTuple

Way = Literal["up", "down"]
KINDS = ("latency", "bandwidth", "timeout", "reset_peer", "slow_close", "limit_data", "down")
CHUNK = 65_536
PARTS = 20  # chunks a second over a link of limited bandwidth


class Toxic(NamedTuple):
    """One thing that is wrong: `ms` and `jitter` of latency, timeout, reset_peer and slow_close; `rate`
    (KB/s) of bandwidth; `bytes` of limit_data; `ways` it holds for."""

    kind: str
    ways: tuple[Way, ...] = ("up", "down")
    ms: float = 0.0
    jitter: float = 0.0
    rate: float = 0.0
    bytes: int = 0


class Toxics:
    """What is wrong with a link; `until` waits for another state of it."""

    def __init__(self, seed: int = 7) -> None:
        self._on: dict[str, Toxic] = {}
        self._changed = asyncio.Event()
        self._random = random.Random(seed)

    def put(self, toxic: Toxic) -> None:
        """Switch a toxic on; it replaces one of its kind."""
        assert toxic.kind in KINDS, toxic.kind
        self._on[toxic.kind] = toxic
        self._change()

    def take(self, kind: str) -> None:
        """Switch it off."""
        self._on.pop(kind, None)
        self._change()

    def clear(self) -> None:
        """Switch all off."""
        self._on.clear()
        self._change()

    def _change(self) -> None:
        before, self._changed = self._changed, asyncio.Event()
        before.set()

    def of(self, kind: str, way: Way) -> Toxic | None:
        """Return a toxic that is on for a way, None for none."""
        toxic = self._on.get(kind)
        return toxic if toxic and way in toxic.ways else None

    @property
    def names(self) -> list[str]:
        """The kinds that are on."""
        return sorted(self._on)

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until what is on makes something true."""
        while not true():
            await self._changed.wait()

    def chunk(self, way: Way) -> int:
        """Return how many bytes to take from a stream at once."""
        slow = self.of("bandwidth", way)
        return max(1, int(slow.rate * 1000 / PARTS)) if slow else CHUNK

    def delay(self, way: Way) -> float:
        """Return the seconds that a chunk is late."""
        late = self.of("latency", way)
        return max(0.0, late.ms + self._random.uniform(-late.jitter, late.jitter)) / 1000 if late else 0.0
