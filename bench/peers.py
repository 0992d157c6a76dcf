"""Ours beside brokers that are made for this, and our app under other servers: the same ticks in turn."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack

from bench.fanout import Sample, Shape, sample
from bench.figures import middle, paired_ratios
from bench.helper import REPO
from bench.report import Report, times
from bench.stacks import Beside, Broker, Ours, Stack

BROKERS = {
    "NATS": ("nats", "nats-server", "apt-get install nats-server"),
    "Mosquitto": ("mosquitto", "mosquitto", "apt-get install mosquitto"),
}
UVICORN = REPO / "var" / "bench" / "uvicorn"
HEAD = ("who", "CPU per offered price", "per delivered", "ours is so many times less", "age p50", "p99")
DAPHNE = ["-m", "daphne", "-v", "0", "-b", "127.0.0.1", "-p", "PORT", "--websocket_timeout", "-1"]
SERVERS = {
    "our app under Daphne without the short way (`ticker/shortcut.py`)": [*DAPHNE, "bench.plain:application"],
    "our app under uvicorn": [
        *("-m", "uvicorn", "--log-level", "warning", "--host", "127.0.0.1", "--port", "PORT"),
        "ticker.asgi:application",
    ],
}


def found_program(name: str) -> str | None:
    """Return where a program is; servers are often outside a user's PATH."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


async def beside_brokers(
    report: Report, ours: Ours, shape: Shape, pairs: int, warm: float, window: float
) -> None:
    """Measure ours and each broker that is installed; name the others, and how to install them."""
    peers: dict[str, Stack] = {}
    async with AsyncExitStack() as stack:
        for name, (way, program, install) in BROKERS.items():
            path = found_program(program)
            if path is None:
                report.note(f"{name} is not installed, and was left out: {install}")
            else:
                peers[name] = await stack.enter_async_context(Broker(way, path))
        samples = await in_turn({"ours": ours, **peers}, shape, pairs, warm, window)
    tell(report, f"Beside brokers, {shape}", samples)
    full = samples["ours"]
    for name in peers:
        least = min(each.per_offered for each in samples[name])
        report.ask(f"web CPU per offered price, no more than {name}", least, "µs", cost(full))
    report.ask(f"age p50, {shape}", 60, "ms", middle([each.p50 for each in full]))
    report.ask(f"age p99, {shape}", 150, "ms", middle([each.p99 for each in full]))


async def beside_servers(
    report: Report, ours: Ours, shape: Shape, pairs: int, warm: float, window: float
) -> None:
    """Measure our app under the servers it can be run by, each in a process of its own beside `live`'s."""
    got_uvicorn = has_uvicorn()
    stacks: dict[str, Stack] = {"our app under Daphne, as `live` runs it": ours}
    async with AsyncExitStack() as stack:
        for name, words in SERVERS.items():
            if "uvicorn" not in words or got_uvicorn:
                stacks[name] = await stack.enter_async_context(Beside(ours, words, str(UVICORN)))
        samples = await in_turn(stacks, shape, pairs, warm, window)
    tell(report, f"What the server costs, {shape}", samples)
    if not got_uvicorn:
        report.note(
            f"uvicorn could not be installed, and was left out: pip install --target {UVICORN} uvicorn"
        )


def has_uvicorn() -> bool:
    """Install uvicorn for the benchmark alone, once; False where that can't be done."""
    if (UVICORN / "uvicorn").exists():
        return True
    print("installing uvicorn (once) …", flush=True)
    command = [sys.executable, "-m", "pip", "install", "-qq", "--target", str(UVICORN), "uvicorn"]
    return subprocess.run(command, check=False).returncode == 0


async def in_turn(
    stacks: dict[str, Stack], shape: Shape, pairs: int, warm: float, window: float
) -> dict[str, list[Sample]]:
    """Return the samples of each stack, taken turn by turn."""
    samples: dict[str, list[Sample]] = {name: [] for name in stacks}
    for _ in range(pairs):
        for name, stack in stacks.items():
            samples[name].append(await sample(stack, shape, warm, window))
    return samples


def cost(found: Sequence[Sample]) -> float:
    return middle([each.per_offered for each in found])


def tell(report: Report, heading: str, samples: dict[str, list[Sample]]) -> None:
    """Report who needs how much for the same; the first is the one that the others stand beside."""
    first = next(iter(samples.values()))
    for name, found in samples.items():
        ratios = paired_ratios(*[[each.per_offered for each in side] for side in (first, found)])
        delivered, p50, p99 = (middle([each[place] for each in found]) for place in (2, 6, 7))
        cells = [f"{cost(found):.2f} µs", f"{delivered:.2f} µs", "" if found is first else times(ratios)]
        report.row(heading, HEAD, name, *cells, f"{p50:.0f} ms", f"{p99:.0f} ms")
        report.note(f"{name}: {loads(found)}")


def loads(found: Sequence[Sample]) -> str:
    """Return what a load came to, in words: the median of each figure."""
    names = ("core", "offered", "delivered", "frames", "p50", "p99")
    core, offered, delivered, frames, p50, p99 = (
        middle([getattr(each, name) for each in found]) for name in names
    )
    return (
        f"{core:.0%} of a core for {offered:.0f} prices/s offered, {delivered:.0f} delivered "
        f"in {frames:.0f} frames/s; age p50 {p50:.0f}, p99 {p99:.0f} ms"
    )
