"""Floor 4. The time of day."""

import time


def wall() -> int:
    """Return the time of day in ms UTC."""
    return time.time_ns() // 1_000_000
