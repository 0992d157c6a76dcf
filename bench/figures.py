"""The pure part: what the kernel's files say, and statistics."""

import math
import os
from collections.abc import Iterable, Sequence
from statistics import median

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def cpu_seconds(stat: str) -> float:
    """Return the seconds of CPU (user and system) in the text of /proc/PID/stat.

    The second field is the program's name in brackets and may hold blanks and brackets itself.
    """
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def resident_kib(status: str) -> int:
    """Return the resident memory in KiB from the text of /proc/PID/status. Raises ValueError without one."""
    for line in status.splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise ValueError("no VmRSS: the process has ended")


def percentile(values: Iterable[float], share: float) -> float:
    """Return the smallest value that at least `share` (0 to 1) of all values don't exceed; NaN of none."""
    ordered = sorted(values)
    if not ordered:
        return math.nan
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def middle(values: Sequence[float]) -> float:
    """Return the median, NaN of nothing."""
    return median(values) if values else math.nan


def paired_ratios(ours: Sequence[float], others: Sequence[float]) -> list[float]:
    """Return how many times more the others take, pair by pair; a pair stood side by side in time."""
    return [other / our for our, other in zip(ours, others, strict=True)]


def share_out(symbols: Sequence[str], each: int, socket: int) -> list[str]:
    """Return the symbols of one socket: `each` of them, so that all symbols have as many sockets."""
    return [symbols[(socket * each + place) % len(symbols)] for place in range(each)]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
