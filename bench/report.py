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
absolute figures are this machine's. "The tutorial way" is `bench/tutorial/`: live prices built as the
Channels tutorial builds a chat (a group for each symbol, every socket in its groups, one `group_send` and one
`send_json` for each tick) with the same Daphne, the same sockets, symbols and ticks, at a rate that it can
hold. Both are measured in turn; a ratio is the median over the pairs, the least and the most in brackets.

A price is *offered* when a symbol ticks and a socket has subscribed to it; ours may fold several ticks into
one price *delivered*, with their extremes and their number. CPU is user and system time of the web process
alone. A frame costs some 100 µs under Daphne, whatever is in it; the tutorial way sends one for each price,
ours at most ten a second for each socket. So the ratio depends on how many prices share a frame, and two
loads are shown at which both stand, and a third that only ours can hold. The price of it is age: a tick waits
for its socket's next frame. The age of a price is its arrival less the venue's own time.
"""

DECODED = "## Frames to prices, beside cryptofeed"  # the last part of the page, measured by bench/decode.py


class Report:
    """Collects figures, and prints each as it comes."""

    def __init__(self, command: str) -> None:
        self.command = command
        self.ratios: list[list[str]] = []
        self.figures: list[list[str]] = []
        self.notes: list[str] = []

    def against(
        self, what: str, unit: str, ours: Sequence[float], other: Sequence[float], ratios: Sequence[float]
    ) -> None:
        """Take a figure of both ways."""
        spread = f" ({min(ratios):.1f}–{max(ratios):.1f})" if len(ratios) > 1 else ""
        row = [f"{middle(ours):.1f} {unit}", f"{middle(other):.1f} {unit}", f"{middle(ratios):.1f}×{spread}"]
        self.ratios.append([what, *row])
        print("  ".join(self.ratios[-1]), flush=True)

    def figure(self, what: str, unit: str, p50: float, p99: float) -> None:
        """Take a figure of ours alone."""
        self.figures.append([what, f"{p50:.1f} {unit}", f"{p99:.1f} {unit}"])
        print("  ".join(self.figures[-1]), flush=True)

    def note(self, text: str) -> None:
        """Take what has to be known beside the figures."""
        self.notes.append(text)
        print(text, flush=True)

    def text(self, seconds: float) -> str:
        """Return the page's part that changes."""
        return "\n\n".join(
            [
                f"{machine()}. {datetime.now(UTC):%Y-%m-%d}, `{self.command}`, {seconds:.0f} s.",
                "## Beside the tutorial way",
                table(["what", "ours", "the tutorial way", "ratio"], self.ratios),
                "## Alone",
                table(["what", "median", "p99"], self.figures),
                "## The loads",
                "\n".join(f"- {note}" for note in self.notes),
            ]
        )

    def write(self, seconds: float) -> None:
        """Write the page; the part that isn't measured here stays."""
        kept = split(PAGE.read_text())[1] if PAGE.exists() else ""
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(joined(f"{HEAD}\n{self.text(seconds)}", kept))


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
