"""Floor 2. Which words of a worker were held up on their way. Pure: times are given, in ms."""

LATE = 1_000  # ms beyond the usual after which a word is late
SPAN = 30_000  # ms in which the usual is learnt; the one before it counts, too


class Lateness:
    """What the way usually takes, by two machines' own clocks, which need not agree: the least of late."""

    def __init__(self) -> None:
        self._least = self._before = float("inf")
        self._since: int | None = None

    def is_late(self, sent: int, now: int) -> bool:
        """Tell whether a word sent at `sent` by its sender's clock is much later here than others were."""
        took = now - sent
        if self._since is None or not 0 <= now - self._since < SPAN:
            self._since, self._before, self._least = now, self._least, float("inf")
        self._least = min(self._least, took)
        return took - min(self._least, self._before) > LATE
