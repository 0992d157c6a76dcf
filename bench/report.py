"""What was measured, for the terminal and for docs/benchmarks.md."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.figures import middle, table
from bench.helper import REPO

PACKAGES = ("django", "channels", "channels-redis", "daphne")
PAGE = REPO / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Written by `make bench`. Everything runs on one machine over loopback; the ratios are what counts, the
absolute figures are this machine's: venue, worker, web and readers share its cores, so that an age is also
the age of what had to wait for a core.

A price is *offered* when a symbol ticks and a socket has subscribed to it; ours may fold several ticks into
one price *delivered*, with their extremes and their number. CPU is user and system time of the web process
(of the broker) alone. The age of a price is its arrival less the venue's own time. Different ways are
measured in turn; a ratio is the median over the pairs, the least and the most in brackets. The readers
acknowledge as the contract says, and are so lean that they keep up with any of them.

"The tutorial way" is `bench/tutorial/`: live prices built as the Channels tutorial builds a chat (a group for
each symbol, every socket in its groups, one `group_send` and one `send_json` for each tick) with the same
Daphne, at a rate that it can hold. NATS and Mosquitto get each tick of the same venue as one message, and
their WebSocket listeners send it to the same sockets; they fold nothing.

What a price costs us depends on how many share a frame, for a frame costs the same whatever is in it, and a
socket gets ten a second at most. So the loads are named. The price of it is age: a tick waits for its
socket's next frame.
"""

DECODED = "## Frames to prices, beside cryptofeed"  # the last part of the page, measured by bench/decode.py


class Report:
    """Collects figures by the heading under which they stand, and prints each as it comes."""

    def __init__(self, command: str) -> None:
        self.command = command
        self.load = os.getloadavg()[0]
        self.tables: dict[str, tuple[Sequence[str], list[Sequence[str]]]] = {}
        self.notes: list[str] = []
        self.asked: list[list[str]] = []

    def row(self, heading: str, head: Sequence[str], *cells: str) -> None:
        """Take a row of the table under a heading."""
        self.tables.setdefault(heading, (head, []))[1].append(cells)
        print("  ".join(cells), flush=True)

    def against(
        self, what: str, unit: str, ours: Sequence[float], other: Sequence[float], ratios: Sequence[float]
    ) -> None:
        """Take a figure of ours and of the tutorial way."""
        cells = [f"{middle(ours):.1f} {unit}", f"{middle(other):.1f} {unit}", times(ratios)]
        self.row("Beside the tutorial way", ("what", "ours", "the tutorial way", "ratio"), what, *cells)

    def figure(self, what: str, unit: str, p50: float, p99: float) -> None:
        """Take a figure of ours alone."""
        self.row("Alone", ("what", "median", "p99"), what, f"{p50:.1f} {unit}", f"{p99:.1f} {unit}")

    def ask(self, what: str, limit: float, unit: str, found: float, at_least: bool = False) -> None:
        """Take a figure that was asked for: met, or missed by how much."""
        met = found >= limit if at_least else found <= limit
        off = (limit / found if at_least else found / limit) if found and not met else 1.0
        words = [f"{'≥' if at_least else '≤'} {limit:g} {unit}", f"{found:.3g} {unit}"]
        self.asked.append([what, *words, "yes" if met else f"missed {off:.2f}-fold"])
        print("  ".join(self.asked[-1]), flush=True)

    def note(self, text: str) -> None:
        """Take what has to be known beside the figures."""
        self.notes.append(text)
        print(text, flush=True)

    def text(self, seconds: float) -> str:
        """Return the page's part that changes."""
        when = f"{datetime.now(UTC):%Y-%m-%d}, `{self.command}`, {seconds:.0f} s"
        parts = [f"{machine()}. {when}; {self.load:.1f} of its cores were busy with other things before."]
        parts += ["## Asked and measured", table(("what", "asked", "measured", "met"), self.asked)]
        for heading, (head, rows) in self.tables.items():
            parts += [f"## {heading}", table(head, rows)]
        parts += ["## The loads", "\n".join(f"- {note}" for note in self.notes)]
        return "\n\n".join(parts)

    def write(self, seconds: float) -> None:
        """Write the page; the part that isn't measured here stays."""
        kept = split(PAGE.read_text())[1] if PAGE.exists() else ""
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(joined(f"{HEAD}\n{self.text(seconds)}", kept))


def times(ratios: Sequence[float]) -> str:
    """Return how many times more: the median over the pairs, the least and the most in brackets."""
    spread = f" ({min(ratios):.1f}–{max(ratios):.1f})" if len(ratios) > 1 else ""
    return f"{middle(ratios):.1f}×{spread}"


def write_decoded(part: str) -> None:
    """Put the last part into the page in place of its former one."""
    PAGE.write_text(joined(split(PAGE.read_text() if PAGE.exists() else HEAD)[0], part))


def split(page: str) -> tuple[str, str]:
    """Return a page without its last part, and that part, "" when there is none."""
    before, heading, rest = page.partition(DECODED)
    return before, heading + rest


def joined(page: str, part: str) -> str:
    return "\n\n".join(each.strip() for each in (page, part) if each.strip()) + "\n"


def machine() -> str:
    """Return what it was measured on."""
    names = [line.partition(":")[2].strip() for line in open_cpu() if line.startswith("model name")]
    system = f"{platform.system()}, Python {platform.python_version()}"
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    processor = names[0] if names else platform.machine()
    return f"{os.cpu_count()} cores ({processor}), {system}, {packages}"


def open_cpu() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []
