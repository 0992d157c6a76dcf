"""Floor 4. The time of day: this machine's, or in a replay the worker's, which a recording drives."""

import time

_lead = 0  # ms that the worker's clock is ahead of this machine's


def wall() -> int:
    """Return the time of day in ms UTC."""
    return time.time_ns() // 1_000_000 + _lead


def follow(now: int) -> None:
    """Go from now on by a worker whose clock stands at `now` (ms)."""
    global _lead
    _lead = now - time.time_ns() // 1_000_000
