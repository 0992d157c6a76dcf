"""What was measured of the page, for the terminal and for docs/benchmarks-ui.md."""

from collections.abc import Sequence

from bench.figures import table
from bench.helper import REPO
from bench.report import machine

PAGE = REPO / "docs" / "benchmarks-ui.md"
HEAD = """# Benchmarks of the page

Written by `make bench-ui`: the whole program on a made-up venue, and the desk in a headless Chromium (no GPU)
on the same machine, over loopback. Worker, web, venue and browser share its cores. CPU of the main thread is
what the browser itself counts of it (`Performance.getMetrics`, in the thread's own time): script, style,
layout and painting, not what other threads do.
"""


class Report:
    """Collects figures, and prints each as it comes."""

    def __init__(self) -> None:
        self.asked: list[Sequence[str]] = []
        self.notes: list[str] = []

    def ask(self, what: str, bound: float, unit: str, found: float, at_least: bool = False) -> None:
        """Take a figure that was asked for: pass, or MISS."""
        met = found >= bound if at_least else found <= bound
        words = f"{'≥' if at_least else '≤'} {short(bound)} {unit}".strip(), f"{short(found)} {unit}".strip()
        self.asked.append([what, *words, "pass" if met else "MISS"])
        print(f"{self.asked[-1][-1]}  {what}: {words[1]} ({words[0]})", flush=True)

    def note(self, text: str) -> None:
        """Take what has to be known beside the figures."""
        self.notes.append(text)
        print(f"      {text}", flush=True)

    def missed(self) -> bool:
        return any(row[-1] == "MISS" for row in self.asked)

    def text(self, when: str) -> str:
        """Return the page's part that changes."""
        found = table(("what", "asked", "measured", ""), self.asked)
        return "\n\n".join(
            [f"{machine()}. {when}", found, "## Beside it", "\n".join(f"- {each}" for each in self.notes)]
        )

    def write(self, when: str) -> None:
        PAGE.write_text(f"{HEAD}\n{self.text(when)}\n")


def short(value: float) -> str:
    """Return three digits, or the whole number where it has more."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
