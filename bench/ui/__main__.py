"""`python -m bench.ui`: prints what the page costs and how soon it shows things, and writes it down.

`python -m bench.ui scene view` measures these parts alone and writes nothing; `--profile` adds which
functions take the time.
"""

import argparse
import os
import time
from datetime import UTC, datetime

from playwright.sync_api import Browser

from bench.figures import middle, percentile
from bench.ui.chromium import blank, browsing
from bench.ui.hidden import MINUTES, hidden
from bench.ui.hour import hour
from bench.ui.opening import cold, openings
from bench.ui.price import Compared, compared
from bench.ui.report import Report
from bench.ui.scene import seen
from bench.ui.stand import Stand
from bench.ui.steady import EXACT, steady

PRICES = 600
TICKS = 500
WINDOW = 15.0
TALL = 2500  # px of a window in which all 50 rows are in sight
FLAT = 0.03


def prices(report: Report, browser: Browser, chosen: argparse.Namespace) -> None:
    """What a price costs: while the scale rests, where bars close often, and where each is a new high."""
    what = "main thread per price, 500 candles in sight, one price a frame"
    found = compared(browser, PRICES, PRICES, "walk", rounds=2)
    if found is None:
        report.note(f"{what}: not measured, for lightweight-charts could not be had")
        return
    theirs = middle([each.price for each in found.theirs])
    report.ask(
        f"{what}, no more than lightweight-charts' `series.update`",
        theirs,
        "ms",
        middle([each.price for each in found.ours]),
    )
    report.note(f"a price: {both(found)}")
    for more, closing, how in (
        ("a bar closes after each 60 prices", 60, "walk"),
        ("each price is a new high, so that the scale moves", PRICES, "rise"),
    ):
        report.note(f"a price, where {more}: {both(compared(browser, PRICES // 2, closing, how, rounds=1))}")


def both(found: Compared | None) -> str:
    assert found
    sides = []
    for name, costs in (("ours", found.ours), ("lightweight-charts", found.theirs)):
        parts = [
            f"{middle([getattr(cost, part) for cost in costs]):.2f} {part}" for part in ("script", "layout")
        ]
        sides.append(f"{name} {middle([cost.price for cost in costs]):.2f} ms ({', '.join(parts)})")
    return f"{'; '.join(sides)}: ours is {found.times:.2f} times less"


def scene(report: Report, browser: Browser, chosen: argparse.Namespace) -> None:
    """The busy desk."""
    with Stand(chosen.port) as stand:
        report.note(f"an empty page has {blank(browser):.1f} frames/s here")
        found = seen(browser, stand, TICKS, WINDOW, profile=chosen.profile)
        what = f"4 charts of 500 candles, 50 rows, {found.ticks:.0f} ticks/s"
        report.ask(f"{what}: frames", 50, "/s", found.frames, at_least=True)
        report.ask(f"{what}: main thread busy", 40, "% of a core", 100 * found.busy)
        report.ask(f"{what}: tick → pixel, median", 80, "ms", middle(found.ages))
        report.ask(f"{what}: tick → pixel, p99", 200, "ms", percentile(found.ages, 0.99))
        parts = ", ".join(f"{part} {100 * share:.1f}" for part, share in found.parts.items())
        report.note(
            f"there {found.rows} rows are drawn in a window of 1920×1080; {found.drawn:.0f} prices/s shown;"
            f" the longest frame {found.longest:.0f} ms; of the main thread {parts} %"
        )
        for line in found.dearest:
            report.note(line)
        tall = seen(browser, stand, TICKS, WINDOW / 2, TALL)
        median, slow = middle(tall.ages), percentile(tall.ages, 0.99)
        report.note(
            f"all {tall.rows} rows in sight (1920×{TALL}): {tall.frames:.0f} frames/s, main thread"
            f" {100 * tall.busy:.0f} %, tick → pixel {median:.0f} / {slow:.0f} ms,"
            f" {tall.drawn:.0f} prices/s shown"
        )


def opened(report: Report, browser: Browser, chosen: argparse.Namespace) -> None:
    """Symbols and pages."""
    with Stand(chosen.port) as stand:
        found = openings(browser, stand, 8)
        data, key = [each.data for each in found], [each.key for each in found]
        report.ask(
            "opening a symbol: data there → 500 candles on the screen, the worst of 8", 300, "ms", max(data)
        )
        report.note(
            f"opening a symbol: median {middle(data):.0f} ms; from the key {middle(key):.0f} ms,"
            f" the worst {max(key):.0f} ms"
        )
        times = cold(browser, stand, 7)
        for what, bound, values in (
            ("prices move", 1000, [each.moving for each in times]),
            ("chart drawn", 1500, [each.drawn for each in times]),
        ):
            report.ask(f"cold page: navigation → {what}, median of 7", bound, "ms", middle(values))
            report.note(f"cold page, {what}: the worst {max(values):.0f} ms")


def view(report: Report, browser: Browser, chosen: argparse.Namespace) -> None:
    """Data never moves the view."""
    with Stand(chosen.port, sim_rate=100) as stand:
        found = steady(browser, stand)
    report.ask(
        "the view under 100 ticks/s: how far a candle strays from its pixel",
        EXACT,
        "px",
        max(each.strayed for each in found),
    )
    for each in found:
        report.note(f"{each.what}: {each.strayed:.3f} px in {each.frames} frames, {each.more} bars more")


def memory(report: Report, browser: Browser, chosen: argparse.Namespace) -> None:
    """An hour."""
    with Stand(chosen.port) as stand:
        found = hour(browser, stand, 60, 200, chosen.faster, 12)
    hour_of, (first, last) = "60 minutes at 200 ticks/s", found.objects
    grown = {"heap of the page's own objects, the end above the beginning": last / first - 1}
    grown |= {
        f"{what}, the last third above the first": found.growth(what) for what in ("nodes", "listeners")
    }
    for what, part in grown.items():
        report.ask(f"{hour_of}: {what}", 100 * FLAT, "%", 100 * part)
    report.note(
        f"the page's own objects: {first / 2**20:.2f} MiB, at the end {last / 2**20:.2f} MiB; the heap below"
        " has compiled code in it, which grows as the browser optimises"
    )
    for what, values in found.used.items():
        unit = 2**20 if what == "heap" else 1
        report.note(f"{what} each 5 minutes: {' '.join(f'{value / unit:.5g}' for value in values)}")
    report.note(
        f"that hour is {chosen.faster:g} times as fast as the world's: the page's WebSocket is a stub in"
        f" the page that sends what a server would, 20 updates a second of the page's clock, which runs on;"
        f" {found.ticks} ticks in all"
    )


def tab(report: Report, browser: Browser, chosen: argparse.Namespace) -> None:
    """A hidden tab."""
    with Stand(chosen.port) as stand:
        found = hidden(browser, stand, 200, 25)
    what = f"tab hidden for the ticks of {MINUTES:g} minutes at 200/s"
    report.ask(
        f"{what}: updates while it was hidden, and of the past after the first",
        0,
        "",
        found.while_hidden + found.backlog,
    )
    report.ask(f"{what}, then shown: updates until all is right", 1, "", found.needed)
    report.ask(f"{what}, then shown: all rows right after", 200, "ms", found.right)
    report.note(
        f"{found.slept} ticks were slept through, 25 times as fast as that; main thread in the 2 s after:"
        f" {found.busy:.0f} ms"
    )


PARTS = {"prices": prices, "scene": scene, "opened": opened, "view": view, "memory": memory, "tab": tab}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.ui", description=__doc__)
    parser.add_argument("part", nargs="*", help=f"of {' '.join(PARTS)}; all without")
    parser.add_argument("--profile", action="store_true", help="which functions take the time, in the scene")
    parser.add_argument("--port", default="", help="of the desk; any free one without")
    parser.add_argument("--faster", type=float, default=40, help="how much faster the hour is")
    chosen = parser.parse_args()
    if unknown := set(chosen.part) - set(PARTS):
        parser.error(f"there is no part {' '.join(sorted(unknown))}; there are {' '.join(PARTS)}")
    report, began, load = Report(), time.monotonic(), os.getloadavg()[0]
    with browsing() as browser:
        for name in chosen.part or PARTS:
            PARTS[name](report, browser, chosen)
        version = browser.version
    took = f"{datetime.now(UTC):%Y-%m-%d}, Chromium {version}, {time.monotonic() - began:.0f} s"
    if not chosen.part:
        report.write(f"{took}; {load:.1f} of its cores were busy with other things before.")


if __name__ == "__main__":
    main()
