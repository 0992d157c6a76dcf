"""What a price costs the web process, and how old it is on arrival."""

import asyncio
import time
from typing import NamedTuple

from bench.stacks import Stack, cpu_of, memory_of
from bench.venue import QUIET, TICKING, symbols


class Shape(NamedTuple):
    """A load: sockets, symbols of each out of `symbols`, and ticks a second over all of them."""

    sockets: int
    each: int
    symbols: int
    ticks: float

    def __str__(self) -> str:
        return f"{self.sockets} sockets × {self.each} of {self.symbols} symbols, {self.ticks:g} ticks/s"


class Sample(NamedTuple):
    """One window: CPU as a share of a core, µs of it per price offered and delivered, prices a second of
    either kind, frames a second, ages in ms."""

    core: float
    per_offered: float
    per_delivered: float
    offered: float
    delivered: float
    frames: float
    p50: float
    p99: float


async def sample(stack: Stack, shape: Shape, warm: float, window: float) -> Sample:
    """Load a stack, measure it for `window` seconds, and let it rest again."""
    names = symbols(TICKING)[: shape.symbols]
    async with stack.readers(shape.sockets, shape.each, names) as readers:
        await stack.venue.ask("rate", shape.ticks, shape.symbols)
        await asyncio.sleep(warm)
        result = await window_of(stack, shape, readers, window)
        await stack.venue.ask("rate", 0)
    return result


async def window_of(stack: Stack, shape: Shape, readers, window: float) -> Sample:
    """Measure a stack under a load that runs."""
    before = await stack.venue.ask("count")
    await readers.ask("start")
    began, cpu = time.perf_counter(), cpu_of(stack.web)
    await asyncio.sleep(window)
    spent, seconds = cpu_of(stack.web) - cpu, time.perf_counter() - began
    got = await readers.ask("stop")
    after = await stack.venue.ask("count")
    if got["alive"] != shape.sockets or not got["delivered"]:
        raise RuntimeError(f"{stack.way}: {got['alive']} of {shape.sockets} sockets alive at the end: {got}")
    offered = (after["ticks"] - before["ticks"]) * shape.sockets * shape.each / shape.symbols
    return Sample(
        core=spent / seconds,
        per_offered=1e6 * spent / offered,
        per_delivered=1e6 * spent / got["delivered"],
        offered=offered / seconds,
        delivered=got["delivered"] / seconds,
        frames=got["frames"] / seconds,
        p50=got["p50"],
        p99=got["p99"],
    )


async def memory(stack: Stack, sockets: int, each: int) -> float:
    """Return the KiB that an idle socket with `each` subscriptions adds to the web process."""
    names = symbols(QUIET)
    async with stack.readers(20, each, names):  # what the first sockets load stays out of the figure
        await asyncio.sleep(1)
        before = memory_of(stack.web)
        async with stack.readers(sockets, each, names):
            await asyncio.sleep(1)
            return (memory_of(stack.web) - before) / sockets
