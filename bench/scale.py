"""How the cost grows with the work: more sockets, more symbols, more ticks; a crowd; a flood of symbols."""

import asyncio
import time

from bench.fanout import Sample, Shape, sample
from bench.helper import PATIENCE
from bench.latency import Tap
from bench.report import Report
from bench.stacks import Ours, cpu_of
from bench.venue import TICKING, symbols

CROWD = Shape(1000, 20, 500, 2000)
FEW = 100  # ticks a second
FLOOD = 1000  # symbols, each changing ten times a second
GROWTH = {
    "sockets": [Shape(sockets, 10, 50, 1000) for sockets in (50, 100, 200, 400)],
    "symbols of a socket": [Shape(100, each, each, 1000) for each in (10, 30, 100)],
    "ticks a second": [Shape(200, 10, 50, ticks) for ticks in (100, 500, 1000, 2000, 4000)],
}
HEAD = ("what grows", "load", "web", "web CPU per offered price", "frames/s", "age p50", "p99")


async def growth(report: Report, ours: Ours, warm: float, window: float) -> None:
    """Measure each step of what grows, the others standing still."""
    for what, shapes in GROWTH.items():
        for shape in shapes:
            got = await sample(ours, shape, warm, window)
            cells = [f"{got.core:.1%} of a core", f"{got.per_offered:.2f} µs", f"{got.frames:.0f}"]
            cells += [f"{got.p50:.0f} ms", f"{got.p99:.0f} ms"]
            report.row("As the work grows", HEAD, what, str(shape), *cells)


async def crowd(report: Report, ours: Ours, warm: float, window: float) -> Sample:
    """Measure a thousand sockets in one web process; `sample` raises when one of them was closed."""
    got = await sample(ours, CROWD, 2 * warm, window)
    report.figure(f"age of a price on arrival, {CROWD}", "ms", got.p50, got.p99)
    report.note(f"{CROWD}: {got.core:.0%} of a core for {got.offered:.0f} prices/s offered; no socket closed")
    report.ask(f"age p99, {CROWD}, no socket closed", 400, "ms", got.p99)
    return got


async def flood(report: Report, ours: Ours, warm: float, window: float) -> None:
    """Measure worker and hub when 1,000 symbols change ten times a second and nobody is sent anything: all
    who read them are hidden tabs."""
    names = symbols(TICKING[:FLOOD])
    worker = ours.program.children()["worker"]
    async with ours.readers(FLOOD // 100, 100, names) as readers:
        await readers.ask("pause")
        await ours.venue.ask("rate", 10 * FLOOD, FLOOD)
        await asyncio.sleep(warm)
        told = (await ours.venue.ask("count"))["ticks"]
        began, before = time.perf_counter(), [cpu_of(pid) for pid in (worker, ours.web)]
        await asyncio.sleep(window)
        spent = [cpu_of(pid) - was for pid, was in zip((worker, ours.web), before, strict=True)]
        seconds = time.perf_counter() - began
        ticks = ((await ours.venue.ask("count"))["ticks"] - told) / seconds
        await ours.venue.ask("rate", 0)
    shares = [each / seconds for each in spent]
    report.note(
        f"{FLOOD} symbols, {ticks:.0f} ticks/s: worker {shares[0]:.0%}, web {shares[1]:.0%} of a core"
    )
    for name, limit, share in zip(("worker", "hub"), (0.6, 0.3), shares, strict=True):
        report.ask(f"{name}, {FLOOD} symbols changing 10 times a second", limit, "core", share)


async def published(report: Report, ours: Ours, tap: Tap, ticks: float, window: float, limit: float) -> None:
    """Measure how long a tick takes through the worker, with nobody but one hub listening. The way of a frame
    from the venue to whoever hears it is taken off where it counts, and can be measured beside it: at few."""
    async with ours.readers(5, 10, symbols(TICKING[:50])):
        await ours.venue.ask("rate", ticks, 50)
        await asyncio.sleep(min(1.0, PATIENCE))
        ages = sorted(await tap.ages(window))
        hop = 1000 * await asyncio.to_thread(tap.hop) if ticks <= FEW else 0.0
        await ours.venue.ask("rate", 0)
    p50, p99 = ages[len(ages) // 2], ages[int(len(ages) * 0.99)]
    report.figure(f"venue's tick → published by the worker, {ticks:g} ticks/s", "ms", p50, p99)
    if hop:
        report.note(f"a frame's way from the venue to a client that does nothing: {hop:.2f} ms (median)")
    report.ask(f"worker: frame → published, median, {ticks:g} frames/s", limit, "ms", p50 - hop)
