"""Floor 3. The market's clock: this machine's, or that of a recording which is played.

Only what the market's time decides asks here: when a bar closes, how old a price is. What we wait for
ourselves (a silent line, a retry, a hub that is gone) is measured by `time.monotonic`.
"""

import time


class _Hands:
    """Where the clock stands: None while it is the machine's own."""

    played: int | None = None


def wall() -> int:
    """Return the time of day in ms UTC."""
    return time.time_ns() // 1_000_000 if _Hands.played is None else _Hands.played


def steady() -> int:
    """Return the ms of a clock that runs with the market and that nobody sets back."""
    return time.monotonic_ns() // 1_000_000 if _Hands.played is None else _Hands.played


def play(now: int | None) -> None:
    """Set the clock to the time of a recording (ms); None gives the machine its own back."""
    _Hands.played = now
