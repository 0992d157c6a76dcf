"""Floor 2. The extremes behind a price: exact for every reader, however seldom it looks."""

from bisect import bisect_right

LONGEST = 4_096


class Trail:
    """The highs and lows of a symbol's published states, kept so that a reader who last looked at any
    `seq` can be told the exact extremes since.

    Only a state that is higher than all after it can still be a high for somebody, so each side is a
    falling (rising) staircase: a few entries, whatever the number of states. Beyond 4,096 steps the oldest
    two become one, which can only widen what a reader of minutes ago is told.
    """

    def __init__(self) -> None:
        self._high_seqs: list[int] = []
        self._highs: list[float] = []
        self._low_seqs: list[int] = []
        self._lows: list[float] = []

    def add(self, seq: int, hi: float, lo: float) -> None:
        """Note the extremes of the state `seq`; seqs come rising."""
        while self._highs and self._highs[-1] <= hi:
            self._highs.pop()
            self._high_seqs.pop()
        while self._lows and self._lows[-1] >= lo:
            self._lows.pop()
            self._low_seqs.pop()
        for seqs, values, value in ((self._high_seqs, self._highs, hi), (self._low_seqs, self._lows, lo)):
            seqs.append(seq)
            values.append(value)
            if len(values) > LONGEST:
                del seqs[0], values[1]

    def since(self, seq: int) -> tuple[float, float] | None:
        """Return (hi, lo) over the states after `seq`, or None when there are none."""
        if not self._high_seqs or self._high_seqs[-1] <= seq:
            return None
        return (
            self._highs[bisect_right(self._high_seqs, seq)],
            self._lows[bisect_right(self._low_seqs, seq)],
        )

    def clear(self) -> None:
        """Forget all states: what follows is not their continuation."""
        for each in (self._high_seqs, self._highs, self._low_seqs, self._lows):
            each.clear()
