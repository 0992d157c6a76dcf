"""Floor 2. How long to wait before trying again."""

import random

LOW = 0.5
HIGH = 45.0
PROVEN = 60.0  # seconds of data after which a line counts as good again


class Backoff:
    """Full jitter: each wait is drawn from 0 up to a bound that doubles from 0.5 s to 45 s; at the top it is
    no less than half of it, so that ten minutes of trouble are no more than some thirty tries.

    Only a minute of data sets the bound back, so that a venue which accepts and then closes at once is
    not asked faster and faster.
    """

    def __init__(self, rng: random.Random, low: float = LOW, high: float = HIGH) -> None:
        self._rng = rng
        self._low = low
        self._high = high
        self.tries = 0

    def wait(self) -> float:
        """Return the seconds to wait before the next try, and count it."""
        bound = min(self._high, self._low * 2 ** min(self.tries, 16))
        self.tries += 1
        return self._rng.uniform(bound / 2 if bound == self._high else 0.0, bound)

    def ended(self, seconds_of_data: float) -> None:
        """Hear how long data came over the line that has just ended."""
        if seconds_of_data >= PROVEN:
            self.tries = 0
