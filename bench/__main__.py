"""`python -m bench`: prints the project's figures, and writes them to docs/benchmarks.md. `python -m bench
decode` measures nothing but how fast frames become prices, beside cryptofeed."""

import argparse
import asyncio
import time

from bench.decode import decoded
from bench.fanout import Sample, Shape, memory, sample
from bench.figures import middle, paired_ratios, percentile
from bench.latency import Tap, first_bars, snapshots
from bench.peers import beside_brokers, beside_servers, loads
from bench.report import Report, write_decoded
from bench.scale import crowd, flood, growth, published
from bench.stacks import Ours, Stack, Tutorial
from bench.venue import QUIET, SOME, symbols

NAMES = {"ours": "ours", "tutorial": "the tutorial way"}
SMALL = Shape(100, 10, 50, 60)
WIDE = Shape(20, 50, 50, 120)
FULL = Shape(200, 10, 50, 1000)
SHARES = "BTC ETH SOL XRP DOGE"
PER = {"offered": "per_offered", "delivered": "per_delivered"}


class Length:
    """How long everything is measured: pairs, seconds of warm-up and window, sockets that idle."""

    def __init__(self, quick: bool) -> None:
        self.pairs = 1 if quick else 2
        self.warm = 1.0 if quick else 1.5
        self.window = 3.0 if quick else 5.0
        self.step = 2.0 if quick else 3.0
        self.idle = 200 if quick else 400


async def compare(report: Report, ours: Stack, other: Stack, length: Length) -> None:
    """Measure ours and the tutorial way, turn by turn: under the same loads, and ours under one that the
    other can't hold."""
    runs = [(other, SMALL), (ours, SMALL), (ours, FULL), (other, WIDE), (ours, WIDE)]
    samples: list[list[Sample]] = [[] for _ in runs]
    for _ in range(length.pairs):
        for (stack, shape), found in zip(runs, samples, strict=True):
            found.append(await sample(stack, shape, length.warm, length.window))
    small_other, small, full, wide_other, wide = samples
    for name in PER:
        ratio(report, name, f"both {SMALL}", small, small_other)
        ratio(report, name, f"both {WIDE}", wide, wide_other)
        ratio(report, name, f"ours {FULL}; the other {SMALL}", full, small_other)
    for (stack, shape), found in zip(runs, samples, strict=True):
        report.note(f"{NAMES[stack.way]}, {shape}: {loads(found)}")
    many = paired_ratios(*[[each.per_offered for each in side] for side in (full, small_other)])
    asked = "times less than the tutorial way (it at 60 ticks/s, the most of these that it holds)"
    report.ask(f"web CPU per offered price: {asked}", 25, "times", middle(many), at_least=True)


def ratio(report: Report, name: str, load: str, ours: list[Sample], other: list[Sample]) -> None:
    """Report what a price costs both."""
    costs = [[getattr(each, PER[name]) for each in side] for side in (ours, other)]
    report.against(f"web CPU per price {name}; {load}", "µs", *costs, paired_ratios(*costs))


async def full_load(report: Report, ours: Ours, length: Length) -> None:
    """Measure snapshots at a rate that the tutorial way can't hold, and the worker idle and at full rate."""
    tap = Tap(ours)
    async with ours.readers(FULL.sockets, FULL.each, symbols(SOME)):
        await ours.venue.ask("rate", FULL.ticks, FULL.symbols)
        await asyncio.sleep(length.warm)
        waits = await snapshots(ours, 5 if length.pairs == 1 else 20)
        report.figure("subscribe → snapshot, symbol already streamed, under that load", "ms", *ends(waits))
        ages = await tap.ages(length.step)
        report.figure(f"venue's tick → published by the worker, {FULL.ticks:g} ticks/s", "ms", *ends(ages))
        await ours.venue.ask("rate", 0)
    await published(report, ours, tap, 10, length.window, 1)
    await published(report, ours, tap, 5000, length.step, 20)


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
    """Measure everything; each way is up only while it is measured, for they share the machine."""
    async with Ours() as ours:
        async with Tutorial(layer) as tutorial:
            idle = [[await memory(stack, length.idle, 10)] for stack in (ours, tutorial)]
            what = f"web memory per idle socket, {length.idle} sockets × 10"
            report.against(what, "KiB", *idle, paired_ratios(*idle))
            report.ask(what, 60, "KiB", idle[0][0])
            await compare(report, ours, tutorial, length)
        await beside_brokers(report, ours, FULL, length.pairs, length.warm, length.window)
        await beside_servers(report, ours, FULL, length.pairs, length.warm, length.window)
        await opening(report, ours)
        await full_load(report, ours, length)
        await flood(report, ours, length.warm, length.window)
        await growth(report, ours, length.warm, length.step)
        await crowd(report, ours, length.warm, length.window)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("part", nargs="?", choices=("all", "decode"), default="all")
    parser.add_argument("--quick", action="store_true", help="within a minute; writes no page")
    parser.add_argument("--layer", choices=("core", "pubsub"), default="core", help="the tutorial's layer")
    chosen = parser.parse_args()
    if chosen.part == "all":
        everything(chosen)
    if not chosen.quick and (part := decoded()):
        write_decoded(part)


def everything(chosen: argparse.Namespace) -> None:
    """Measure what runs: the program, beside the tutorial way."""
    began = time.monotonic()
    report = Report(f"python -m bench --layer {chosen.layer}" + (" --quick" if chosen.quick else ""))
    asyncio.run(run(Length(chosen.quick), chosen.layer, report))
    print(report.text(time.monotonic() - began))
    if not chosen.quick:
        report.write(time.monotonic() - began)


if __name__ == "__main__":
    main()
