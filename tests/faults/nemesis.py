"""A nemesis: kicks the parts of a stack by a plan that a seed makes, so that a bad day can be had again."""

import asyncio
import os
import random
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

import redis.asyncio

from tests.faults.stack import Part, Stack

Fault = Callable[[], Awaitable[None]]
SEED = "NEMESIS_SEED"  # the environment variable that has a day happen again


class Kick(NamedTuple):
    """One fault of a plan: how long after the one before, which, and for how long (s)."""

    wait: float
    name: str
    length: float


def chosen_seed() -> int:
    """Return the seed that was asked for, else a new one."""
    return int(os.environ.get(SEED) or random.randrange(2**31))


def planned(seed: int, names: list[str], count: int, wait: float = 1.0, length: float = 1.0) -> list[Kick]:
    """Return a plan of so many kicks; `wait` and `length` are their means, none is over three times that."""
    chance = random.Random(seed)

    def about(mean: float) -> float:
        return min(3 * mean, chance.expovariate(1 / mean))

    return [Kick(about(wait), chance.choice(sorted(names)), about(length)) for _ in range(count)]


class Nemesis:
    """Runs a plan: `faults` are by name what begins each and what ends it. It says its seed at once, and
    what it does; `done` are the kicks with the time (monotonic s) at which each began."""

    def __init__(self, faults: Mapping[str, tuple[Fault, Fault]], seed: int | None = None) -> None:
        self.faults = faults
        self.seed = chosen_seed() if seed is None else seed
        self.done: list[tuple[float, Kick]] = []
        print(f"nemesis: {SEED}={self.seed}", flush=True)

    async def run(
        self,
        count: int,
        wait: float = 1.0,
        length: float = 1.0,
        then: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Kick so many times, one after the other; every fault is taken back, whatever happens, and `then`
        is awaited."""
        for number, kick in enumerate(planned(self.seed, list(self.faults), count, wait, length), 1):
            await asyncio.sleep(kick.wait)
            begin, end = self.faults[kick.name]
            print(f"nemesis: {number} {kick.name} for {kick.length:.2f} s", flush=True)
            self.done.append((time.monotonic(), kick))
            try:
                await begin()
                await asyncio.sleep(kick.length)
            finally:
                await end()
            if then:
                await then()


async def nothing() -> None:
    """Do nothing: what a fault needs that ends by itself."""


def of_links(stack: Stack) -> dict[str, tuple[Fault, Fault]]:
    """Return the faults of a stack's links and of its venue's line."""
    faults: dict[str, tuple[Fault, Fault]] = {}
    for name, link in stack.links.items():
        for kind, how in (("latency", {"ms": 150.0, "jitter": 100.0}), ("timeout", {}), ("down", {})):
            begin = lambda link=link, kind=kind, how=how: link.add(kind, **how)  # noqa: E731
            faults[f"{name} {kind}"] = (begin, lambda link=link, kind=kind: link.remove(kind))
        faults[f"{name} reset"] = (link.cut, nothing)
    return faults


def of_venue(stack: Stack) -> dict[str, tuple[Fault, Fault]]:
    """Return the faults of a stack's venue."""

    def fault(begin: Callable[[], object]) -> tuple[Fault, Fault]:
        async def on() -> None:
            begin()

        async def off() -> None:
            stack.venue.well()

        return on, off

    return {
        "venue stall": fault(stack.venue.stall),
        "venue dup": fault(lambda: stack.venue.dup(0.3)),
        "venue swap": fault(lambda: stack.venue.swap(0.3)),
        "venue closes": (lambda: stack.venue.drop(1012), nothing),
        "venue talks nonsense": (lambda: stack.venue.bad_price("BTC-USD", "NaN"), nothing),
        "venue loses trades": fault(lambda: stack.venue.lose_trades(20)),
        "venue refuses": fault(lambda: stack.venue.refuse_connects(seconds=1)),
    }


def of_processes(parts: list[Part]) -> dict[str, tuple[Fault, Fault]]:
    """Return the faults of processes: one that is stopped goes on, one that is killed is started again."""
    faults: dict[str, tuple[Fault, Fault]] = {}
    for part in parts:

        async def stop(part: Part = part) -> None:
            part.send(signal.SIGSTOP)

        async def go_on(part: Part = part) -> None:
            part.send(signal.SIGCONT)

        async def kill(part: Part = part) -> None:
            part.send(signal.SIGKILL)
            await part.ended()

        async def start(part: Part = part) -> None:
            part.start()

        faults[f"{part.name} stopped"] = (stop, go_on)

        async def end(part: Part = part) -> None:
            part.send(signal.SIGTERM)
            await part.ended()

        faults[f"{part.name} killed"] = (kill, start)
        faults[f"{part.name} ended"] = (end, start)
    return faults


def of_redis(stack: Stack) -> dict[str, tuple[Fault, Fault]]:
    """Return the faults of a stack's Redis."""

    async def stop() -> None:
        stack.valkey.stop()

    async def start() -> None:
        await asyncio.to_thread(stack.valkey.start)

    def tell(*command: str) -> Fault:
        async def told() -> None:
            async with redis.asyncio.Redis.from_url(stack.valkey.url) as line:
                await line.execute_command(*command)

        return told

    def send(number: signal.Signals) -> Fault:
        async def sent() -> None:
            assert stack.valkey.process
            stack.valkey.process.send_signal(number)

        return sent

    return {
        "redis restarted": (stop, start),
        "redis hangs": (send(signal.SIGSTOP), send(signal.SIGCONT)),
        "redis pauses": (tell("CLIENT", "PAUSE", "2000"), nothing),
        "redis forgets": (tell("FLUSHALL"), nothing),
        "redis cuts off": (tell("CLIENT", "KILL", "TYPE", "pubsub"), nothing),
    }
