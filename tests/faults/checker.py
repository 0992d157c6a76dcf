"""The invariants I1 to I9, each a function that returns its breaches in words; none is good.

Run them together with `assert_none(i1(…), i2(…))`.
"""

import re
import time
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from feeds.market import INTERVALS, floor_time
from tests.faults.fleet import Page, Seen
from tests.faults.stack import Stack
from tests.faults.venue import FaultyCoinbase, Told
from tests.faults.wiretap import Heard
from tests.support import wait_for

STALE = 11.0  # seconds after which a price that stands still may not be called live
QUIET = 2.0  # seconds of quiet after which all parts know the same
MOST = 12  # breaches that are told
FLOWING = ("live", "polling")
Row = Sequence[float]


def assert_none(*breaches: list[str]) -> None:
    """Fail with every breach there is, the first ones in words."""
    found = [breach for each in breaches for breach in each]
    assert not found, f"{len(found)} breaches:\n" + "\n".join(found[:MOST])


# --------------------------------------------------------------------------- I1, I2: what is delivered
def i1_numbers_rise(seen: Iterable[Seen]) -> list[str]:
    """On each socket, (epoch, seq) of a symbol rises with each update, and a whole state is never older."""
    breaches, last = [], {}
    for each in seen:
        key, number = (each.socket, each.symbol), (each.epoch, each.seq)
        before = last.get(key)
        if before and (number < before or (number == before and not each.whole)):
            breaches.append(f"I1 {each.socket} {each.symbol}: {number} after {before}")
        if not before and not each.whole:
            breaches.append(f"I1 {each.socket} {each.symbol}: an update before any whole state")
        last[key] = number
    return breaches


def i2_prices_are_true(seen: Iterable[Seen], venue: FaultyCoinbase) -> list[str]:
    """Each delivered price of the venue is one that it told, with the time that it told."""
    true = {(told.symbol, told.price, told.time) for told in venue.truth if told.sent} | venue.recaps
    prices = {(symbol, price) for symbol, price, _ in true}
    return [
        f"I2 {each.symbol} {each.price} of {each.time} (seq {each.seq}) was never told by the venue"
        for each in seen
        if each.symbol.startswith("COINBASE:") and each.price is not None
        and (each.symbol, each.price, each.time) not in true
        and not (each.time in venue.moments and (each.symbol, each.price) in prices)
    ]  # fmt: skip


# --------------------------------------------------------------------------- I3: all know the same
def last_prices(venue: FaultyCoinbase, symbol: str) -> set[float]:
    """Return the prices of the newest time that the venue told of, to a new line perhaps: of two in one
    millisecond, either."""
    told = [(each.time, each.price) for each in venue.told(symbol)]
    told += [(time, price) for name, price, time in venue.recaps if name == symbol]
    newest = max((time for time, _ in told), default=0)
    return {price for time, price in told if time == newest}


async def i3_all_agree(stack: Stack, pages: Iterable[Page], symbols: Sequence[str]) -> list[str]:
    """Some seconds after the last price, each page, each web process and the venue's truth have the same.

    The worker's own state is that of the web processes, which compare `seq` with it every 2 s; that of one
    asked anew is in GET /api/quotes.
    """
    breaches: list[str] = []

    async def agree() -> bool:
        breaches[:] = await differences(stack, pages, symbols)
        return not breaches

    try:
        await wait_for(agree, QUIET + 2.0, "agreement")
    except AssertionError:
        return breaches
    return []


async def differences(stack: Stack, pages: Iterable[Page], symbols: Sequence[str]) -> list[str]:
    """Return where what is shown differs now."""
    breaches = []
    truth = {symbol: last_prices(stack.venue, symbol) for symbol in symbols}
    for number, web in enumerate(stack.webs):
        quotes = await stack.quotes(*symbols, web=number) if web.running else {}
        for symbol, quote in quotes.items():
            if quote["last"] not in truth[symbol]:
                breaches.append(f"I3 {web.name} {symbol}: {quote['last']}, the venue {truth[symbol]}")
    for page in pages:
        for symbol in symbols:
            held = page.quotes.get(symbol, {}).get("last")
            if symbol in page.symbols and held not in truth[symbol]:
                breaches.append(f"I3 {page.name} {symbol}: {held}, the venue {truth[symbol]}")
    return breaches


# --------------------------------------------------------------------------- I4, I7: bars
def i4_bars_follow(rows: Sequence[Row], interval: str, holes: Iterable[int] = ()) -> list[str]:
    """Bars (`[time, …]`, oldest first) have no gap and no duplicate; `holes` are marked ones."""
    step, marked = INTERVALS[interval], set(holes)
    return [
        f"I4 {interval}: {int(after[0])} follows {int(before[0])}"
        for before, after in pairwise(rows)
        if after[0] - before[0] != step and not marked & {int(before[0]), int(after[0])}
    ]


def after_silence(rows: Sequence[Row], told: Iterable[Told]) -> list[int]:
    """Return the times of the bars before which, since the bar before, no trade happened."""
    traded = sorted(bars_of(told, "1s"))
    return [
        int(after[0])
        for before, after in pairwise(rows)
        if bisect_right(traded, before[0]) == bisect_left(traded, after[0])
    ]


def i4_bars_rise(rows: Sequence[Row]) -> list[str]:
    """Bars have no duplicate and none is out of order; seconds without a trade have none."""
    return [
        f"I4 {int(after[0])} follows {int(before[0])}"
        for before, after in pairwise(rows)
        if after[0] <= before[0]
    ]


def bars_of(told: Iterable[Told], interval: str) -> dict[int, list[float]]:
    """Return `[open, high, low, close, volume]` by opening time, each trade counted once, by its own time."""
    trades = sorted({each.id: each for each in told}.values(), key=lambda each: (each.time, int(each.id)))
    bars: dict[int, list[float]] = {}
    for each in trades:
        bar = bars.setdefault(floor_time(each.time, interval), [each.price] * 4 + [0.0])
        bar[1], bar[2], bar[3] = max(bar[1], each.price), min(bar[2], each.price), each.price
        bar[4] += each.size
    return bars


def i7_bars_are_true(
    body: Mapping[str, Any], told: Iterable[Told], since: int, until: int | None = None, whole: bool = True
) -> list[str]:
    """Each closed bar of GET /api/bars that opened at `since` or later is what the venue's trades make, or is
    marked as mixed or a hole; and if `whole`, none is missing but beside a marked one. (A second that passed
    while the line was down has no bar; a minute is fetched.)"""
    interval, sources = body["interval"], body.get("sources", {})
    marked = {int(at) for name in ("mixed", "hole") for at in sources.get(name, ())}
    end = (until or int(time.time() * 1000)) - INTERVALS[interval]
    wanted = {at: bar for at, bar in bars_of(told, interval).items() if since <= at <= end}
    stored = {int(row[0]): row[1:] for row in body["bars"]}
    breaches = []
    for at, bar in wanted.items():
        if at not in stored and whole and not marked & beside(at, stored):
            breaches.append(f"I7 {interval} {at}: not stored, should be {bar}")
        elif at in stored and at not in marked and differ(stored[at], bar):
            breaches.append(f"I7 {interval} {at}: stored {stored[at]}, should be {bar}")
    return breaches


def beside(at: int, stored: Iterable[int]) -> set[int]:
    """Return the times of the stored bars right before and after one."""
    before, after = [each for each in stored if each < at], [each for each in stored if each > at]
    return {max(before, default=-1), min(after, default=-1)}


def differ(bar: Row, other: Row) -> bool:
    """Tell whether two bars differ by more than the dust of binary fractions."""
    return any(abs(one - two) > 1e-6 * max(1.0, abs(two)) for one, two in zip(bar, other, strict=True))


# --------------------------------------------------------------------------- I5: stale is not live
def frozen(page: Page, symbol: str, until: float | None = None) -> float:
    """Return the longest time (s) that one price of a symbol stood on a page as live.

    A page shows it as live while the quote says so, the venue's line flows, and the socket has said anything
    within the page's own patience: its `SILENCE`.
    """
    venue = symbol.partition(":")[0]
    moments: list[tuple[float, str, bool]] = [
        (each.at, "price", each.state == "live") for each in page.seen if each.symbol == symbol
    ]
    moments += [(at, "venue", state in FLOWING) for at, name, state in page.venues if name == venue]
    moments += [(each.at, "end", False) for each in page.ended]
    moments.append((until or time.monotonic(), "now", False))
    longest, since, price, line = 0.0, 0.0, False, True
    for at, kind, good in sorted(moments):
        if price and line:
            longest = max(longest, at - since)
        if kind == "price":
            price, since = good, at
        elif kind == "venue":
            line = good
        elif kind == "end":
            price = False
    return longest


def i5_stale_is_not_live(
    pages: Iterable[Page], symbols: Sequence[str], until: float | None = None, late: float = 0.0
) -> list[str]:
    """No price stood still for more than 11 s on any page while it was shown as live; `late` is by how much
    we were late ourselves."""
    return [
        f"I5 {page.name} {symbol}: stood as live for {seconds:.1f} s"
        for page in pages
        for symbol in symbols
        if symbol in page.symbols and (seconds := frozen(page, symbol, until)) > STALE + late
    ]


def longest_frozen(pages: Iterable[Page], symbols: Sequence[str], until: float | None = None) -> float:
    """Return the longest time (s) that any price stood as live."""
    return max((frozen(page, symbol, until) for page in pages for symbol in symbols), default=0.0)


# --------------------------------------------------------------------------- I6, I8, I9
def i6_one_writes(heard: Iterable[Heard]) -> list[str]:
    """Once a newer epoch of a venue was published, no older one is; and within one, `seq` rises by one."""
    newest: dict[str, str] = {}
    last: dict[tuple[str, str], int] = {}
    breaches = []
    for each in heard:
        venue = each.symbol.partition(":")[0]
        if each.epoch < newest.get(venue, ""):
            breaches.append(f"I6 {each.symbol}: {each.epoch} published after {newest[venue]}")
        newest[venue] = max(newest.get(venue, ""), each.epoch)
        before = last.get((each.epoch, each.symbol))
        if before is not None and each.seq <= before:
            breaches.append(f"I6 {each.symbol} {each.epoch}: {each.seq} published after {before}")
        last[each.epoch, each.symbol] = each.seq
    return breaches


def i6_one_sends(heard: Iterable[Heard]) -> list[str]:
    """Nothing is sent under an epoch once something was under a newer one. (What was sent before may arrive
    after it, when a line is cut in between: every hub drops that.)"""
    first: dict[tuple[str, str], int] = {}
    last: dict[tuple[str, str], int] = {}
    for each in heard:
        key = (each.symbol.partition(":")[0], each.epoch)
        first[key] = min(first.get(key, each.sent), each.sent)
        last[key] = max(last.get(key, 0), each.sent)
    return [
        f"I6 {venue}: {older} sent {last[venue, older] - first[venue, newer]} ms after {newer} began"
        for (venue, older), (other, newer) in pairwise(sorted(first))
        if venue == other and last[venue, older] > first[venue, newer]
    ]


def i8_alerts_fire_once() -> list[str]:
    """There are no alerts yet, so none can fire twice: this says so and finds nothing."""
    return []


class Base(NamedTuple):
    """What a stack holds: sockets, files, threads and Redis channels. (A task that was left behind shows as a
    file or a channel; how many tasks there are, no process tells.)"""

    sockets: int
    files: dict[str, int]
    threads: dict[str, int]
    channels: dict[str, int]


async def base(stack: Stack) -> Base:
    """Return what the stack holds now."""
    parts = [part for part in [*stack.webs, *stack.workers] if part.running]
    sockets = [await web.metric("ticker_sockets") for web in stack.webs if web.running]
    return Base(
        int(sum(sockets)),
        {part.name: part.files for part in parts},
        {part.name: part.threads for part in parts},
        by_kind(await stack.channels()),
    )


def by_kind(channels: Mapping[str, int]) -> dict[str, int]:
    """Return how many listen to each kind of channel: some bear a number of one process."""
    kinds: dict[str, int] = defaultdict(int)
    for name, count in channels.items():
        kinds[re.sub(r"[0-9a-f]{32}.*", "*", name)] += count
    return dict(kinds)


async def i9_back_to_base(stack: Stack, before: Base, slack: int = 6, timeout: float = 15.0) -> list[str]:
    """After all clients have gone, the stack comes to hold what it held before; `slack` are files and threads
    of pools that may have grown."""
    breaches: list[str] = []

    async def back() -> bool:
        breaches[:] = grown(before, await base(stack), slack)
        return not breaches

    try:
        await wait_for(back, timeout, "the base")
    except AssertionError:
        return breaches
    return []


def grown(before: Base, now: Base, slack: int) -> list[str]:
    """Return what is more than it was."""
    breaches = [] if now.sockets <= before.sockets else [f"I9 {now.sockets} sockets, {before.sockets} before"]
    for kind in ("files", "threads"):
        was, is_ = getattr(before, kind), getattr(now, kind)
        for name in was.keys() & is_.keys():
            if is_[name] > was[name] + slack:
                breaches.append(f"I9 {name} has {is_[name]} {kind}, {was[name]} before")
    for name in sorted(before.channels.keys() | now.channels.keys()):
        was, is_ = before.channels.get(name, 0), now.channels.get(name, 0)
        if was != is_:
            breaches.append(f"I9 {is_} listen to {name}, {was} before")
    return breaches


def gaps(seen: Iterable[Seen], symbol: str) -> list[float]:
    """Return the times (s) between two prices of a symbol, on any one socket."""
    at: dict[str, list[float]] = defaultdict(list)
    for each in seen:
        if each.symbol == symbol:
            at[each.socket].append(each.at)
    return [after - before for times in at.values() for before, after in pairwise(times)]
