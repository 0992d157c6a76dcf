"""`python -m bench`: prints the project's figures, and writes them to docs/benchmarks.md."""

import argparse
import asyncio
import time

from bench.fanout import Sample, Shape, memory, sample, window_of
from bench.figures import middle, paired_ratios, percentile
from bench.latency import Tap, first_bars, snapshots
from bench.report import Report
from bench.stacks import Ours, Stack, Tutorial
from bench.venue import QUIET, TICKING, symbols

SHAPES = [Shape(100, 10, 50, 100), Shape(20, 50, 50, 100)]
FULL = Shape(200, 10, 50, 1000)
SHARES = "BTC ETH SOL XRP DOGE"


class Length:
    """How long everything is measured: pairs, seconds of warm-up and window, sockets that idle."""

    def __init__(self, quick: bool) -> None:
        self.pairs = 1 if quick else 3
        self.warm = 1.5 if quick else 3.0
        self.window = 4.0 if quick else 10.0
        self.idle = 200 if quick else 500
        self.shapes = SHAPES[:1] if quick else SHAPES


async def compare(report: Report, shape: Shape, ours: Stack, other: Stack, length: Length) -> None:
    """Measure both under one load, turn by turn."""
    samples: dict[str, list[Sample]] = {"tutorial": [], "ours": []}
    for _ in range(length.pairs):
        for stack in (other, ours):
            samples[stack.way].append(await sample(stack, shape, length.warm, length.window))
    mine, theirs = samples["ours"], samples["tutorial"]
    for name, field in (("offered", "per_offered"), ("delivered", "per_delivered")):
        values = [[getattr(each, field) for each in side] for side in (mine, theirs)]
        report.against(f"web CPU per price {name}, {shape}", "µs", *values, paired_ratios(*values))
    for side, way in ((mine, "ours"), (theirs, "the tutorial way")):
        core, offered, delivered, frames = (
            middle([getattr(each, field) for each in side])
            for field in ("core", "offered", "delivered", "frames")
        )
        p50, p99 = middle([each.p50 for each in side]), middle([each.p99 for each in side])
        ages = f"age p50 {p50:.0f}, p99 {p99:.0f} ms"
        report.note(f"{way}, {shape}: {loads(core, offered, delivered, frames)}; {ages}")


def loads(core: float, offered: float, delivered: float, frames: float) -> str:
    """Return a load in words."""
    return (
        f"{core:.0%} of a core for {offered:.0f} prices/s offered, {delivered:.0f} delivered "
        f"in {frames:.0f} frames/s"
    )


async def full_load(report: Report, ours: Ours, length: Length) -> None:
    """Measure ages and snapshots at a rate that the tutorial way can't hold, and the worker at two rates."""
    tap = Tap(ours)
    async with ours.readers(FULL.sockets, FULL.each, symbols(TICKING)) as readers:
        await ours.venue.ask("rate", FULL.ticks)
        await asyncio.sleep(length.warm)
        got = await window_of(ours, FULL, readers, length.window)
        report.figure(f"age of a price on arrival, {FULL}", "ms", got.p50, got.p99)
        costs = f"{got.per_offered:.1f} µs per price offered, {got.per_delivered:.1f} per price delivered"
        said = loads(got.core, got.offered, got.delivered, got.frames)
        report.note(f"ours, {FULL}: {said}: {costs}")
        waits = await snapshots(ours, 5 if length.pairs == 1 else 20)
        report.figure("subscribe → snapshot, symbol already streamed, under that load", "ms", *ends(waits))
        ages = await tap.ages(length.window / 2)
        report.figure(f"venue's tick → published by the worker, {FULL.ticks:g} ticks/s", "ms", *ends(ages))
        await ours.venue.ask("rate", 10)
        await asyncio.sleep(0.5)
        ages = await tap.ages(length.window / 2)
        report.figure("venue's tick → published by the worker, 10 ticks/s", "ms", *ends(ages))
        await ours.venue.ask("rate", 0)


def ends(values: list[float]) -> tuple[float, float]:
    """Return median and 99th percentile."""
    return middle(values), percentile(values, 0.99)


async def opening(report: Report, ours: Ours) -> None:
    """Measure how long a chart of a symbol takes that nobody has watched."""
    new = {"Coinbase": symbols(QUIET[-5:]), "SIM": [f"SIM:{base}-USD" for base in SHARES.split()]}
    for venue, names in new.items():
        waits = await first_bars(ours, names)
        title = f"new symbol of {venue} → 500 bars by /api/bars, beyond the venue's own answer"
        report.figure(title, "ms", *ends(waits))


async def run(length: Length, layer: str, report: Report) -> None:
    """Measure everything."""
    async with Ours() as ours, Tutorial(layer) as tutorial:
        idle = [[await memory(stack, length.idle, 10)] for stack in (ours, tutorial)]
        report.against(
            f"web memory per idle socket, {length.idle} sockets × 10", "KiB", *idle, paired_ratios(*idle)
        )
        await opening(report, ours)
        for shape in length.shapes:
            await compare(report, shape, ours, tutorial, length)
        await full_load(report, ours, length)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="within a minute; writes no page")
    parser.add_argument("--layer", choices=("core", "pubsub"), default="core", help="the tutorial's layer")
    chosen = parser.parse_args()
    began = time.monotonic()
    report = Report(f"python -m bench --layer {chosen.layer}" + (" --quick" if chosen.quick else ""))
    asyncio.run(run(Length(chosen.quick), chosen.layer, report))
    print(report.text(time.monotonic() - began))
    if not chosen.quick:
        report.write(time.monotonic() - began)


if __name__ == "__main__":
    main()
