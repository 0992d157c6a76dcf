"""A long bad day: `make soak SEED=… KICKS=…` kicks two workers, two web processes, their Redis, their lines
and their venue at random, and checks the invariants I1 to I9."""

import asyncio
import os
import sys
import time
from collections import Counter
from typing import NamedTuple

import django

from feeds import wire
from tests.faults import checker, nemesis
from tests.faults.crew import Crew
from tests.faults.fleet import Fleet, Page
from tests.faults.nemesis import Nemesis, chosen_seed
from tests.faults.stack import READY
from tests.faults.wiretap import PREFIX, Wiretap
from tests.support import wait_for

COINBASE = ("COINBASE:BTC-USD", "COINBASE:ETH-USD")
SYMBOLS = (*COINBASE, "SIM:BTC-USD")
PAGES = 12
BACK = 40.0  # seconds within which every page is live again, on a busy machine
QUIET_EACH = 10  # kicks between two quiet moments


class Day(NamedTuple):
    """What a day was like: its kicks by name, how many prices were seen, what was wrong, the longest time (s)
    that a frozen price stood as live, and the longest that pages took to be live again after a kick."""

    kicks: Counter[str]
    prices: int
    breaches: list[str]
    frozen: float
    back: float

    def __str__(self) -> str:
        kicks = ", ".join(f"{name} {count}" for name, count in sorted(self.kicks.items()))
        return (
            f"{sum(self.kicks.values())} kicks ({kicks})\n"
            f"{self.prices} prices seen, {len(self.breaches)} breaches\n"
            f"longest time that a frozen price stood as live: {self.frozen:.1f} s\n"
            f"longest time until every page was live again: {self.back:.1f} s"
        )


async def soak(
    seed: int, kicks: int, wait: float = 1.0, length: float = 1.0, pages: int = PAGES, webs: int = 2
) -> Day:
    """Have a bad day; `wait` and `length` are the means (s) of the time between kicks and of a kick."""
    async with Crew(workers=2, webs=webs, SIM_RATE="10") as stack:
        before = await base_of_all(stack)
        async with Wiretap(stack.valkey.url) as tap, Fleet(stack.url, list(SYMBOLS), pages) as fleet:
            course = Course(stack, fleet.pages, tap)
            await course.settled()
            bad = Nemesis(faults_of(stack), seed)
            await bad.run(kicks, wait, length, course.after_a_kick)
            await course.quiet()
            ended = time.monotonic()
        course.breaches += await checker.i9_back_to_base(stack, before)
        course.conclude(ended)
    prices = sum(len(page.seen) for page in fleet.pages)
    frozen = checker.longest_frozen(fleet.pages, SYMBOLS, ended)
    return Day(Counter(kick.name for _, kick in bad.done), prices, course.breaches, frozen, course.back)


async def base_of_all(stack: Crew) -> checker.Base:
    """Return what a stack holds once every worker and web process is there whole."""
    everybody = {"feeds": stack.counts[0], wire.CONTROL_GROUP: stack.counts[1]}

    async def are_there() -> bool:
        heard = {name.removeprefix(PREFIX): count for name, count in (await stack.channels()).items()}
        return all(heard.get(name) == count for name, count in everybody.items())

    await wait_for(are_there, READY, "workers and web processes")
    return await checker.base(stack)


def faults_of(stack: Crew) -> dict[str, tuple[nemesis.Fault, nemesis.Fault]]:
    """Return all that may befall a stack."""
    return (
        nemesis.of_links(stack)
        | nemesis.of_venue(stack)
        | nemesis.of_redis(stack)
        | nemesis.of_processes([*stack.workers, *stack.webs])
    )


class Course:
    """The course of a day: after each kick the pages come back; now and then all is quiet and compared."""

    def __init__(self, stack: Crew, pages: list[Page], tap: Wiretap) -> None:
        self.stack, self.pages, self.tap = stack, pages, tap
        self.breaches: list[str] = []
        self.back = 0.0
        self._kicks = 0
        self._began = int(time.time() * 1000)

    async def after_a_kick(self) -> None:
        """See the pages come back."""
        self._kicks += 1
        self.back = max(self.back, await self.settled())
        if self._kicks % QUIET_EACH == 0:
            await self.quiet()

    async def settled(self) -> float:
        """Wait until each page has a live price of each symbol; return the seconds that took."""
        began = time.monotonic()
        try:
            await wait_for(lambda: all(is_live(page, began) for page in self.pages), BACK, "live pages")
        except AssertionError:
            missing = [page.name for page in self.pages if not is_live(page, began)]
            self.breaches.append(f"not live {BACK:g} s after kick {self._kicks}: {', '.join(missing)}")
        return time.monotonic() - began

    async def quiet(self) -> None:
        """Let no trade happen, and compare what is shown and stored with the truth."""
        for web in self.stack.webs:
            await web.ready()
        self.stack.venue.ticking(0)
        self.breaches += await checker.i3_all_agree(self.stack, self.pages, COINBASE)
        self.stack.venue.ticking()
        await self._bars()
        await self.settled()

    async def _bars(self) -> None:
        """Check the stored bars once what was to be written is."""
        until = int(time.time() * 1000)
        found: list[str] = []

        async def are_true() -> bool:
            found.clear()
            for symbol in COINBASE:
                found.extend(await self._wrong_bars(symbol, until))
            return not found

        try:
            await wait_for(are_true, 10, "true bars")
        except AssertionError:
            self.breaches += found

    async def _wrong_bars(self, symbol: str, until: int) -> list[str]:
        body = (await self.stack.webs[0].get(f"/api/bars?symbol={symbol}&interval=1s&limit=5000")).json()
        if "bars" not in body:  # asked too often, or of a process that has just come back
            await asyncio.sleep(1.0)
            return [f"I7 no bars of {symbol}: {body}"]
        rows = [row for row in body["bars"] if self._began <= row[0] < until]
        told = self.stack.venue.told(symbol)
        holes = {*body.get("sources", {}).get("hole", ()), *checker.after_silence(rows, told)}
        wrong = checker.i4_bars_follow(rows, "1s", holes)
        return wrong + checker.i7_bars_are_true(body, told, self._began + 1000, until)

    def conclude(self, until: float) -> None:
        """Check what was seen all day."""
        for page in self.pages:
            self.breaches += checker.i1_numbers_rise(page.seen)
            self.breaches += checker.i2_prices_are_true(page.seen, self.stack.venue)
        self.breaches += checker.i5_stale_is_not_live(self.pages, SYMBOLS, until)
        self.breaches += checker.i6_one_sends(self.tap.heard)


def is_live(page: Page, since: float) -> bool:
    """Tell whether a page has a live price of each symbol that came after a moment."""
    missing = set(page.symbols)
    for each in reversed(page.seen):
        if each.at <= since or not missing:
            break
        if each.state == "live":
            missing.discard(each.symbol)
    return not missing


def main() -> int:
    """Have the day that SEED and KICKS ask for; return 0 when nothing was wrong."""
    django.setup()
    seed = int(os.environ.get("SEED") or chosen_seed())
    day = asyncio.run(soak(seed, int(os.environ.get("KICKS") or 200)))
    print(f"make soak SEED={seed} KICKS={sum(day.kicks.values())}\n{day}")
    for breach in day.breaches[:50]:
        print(breach)
    return 1 if day.breaches else 0


if __name__ == "__main__":
    sys.exit(main())
