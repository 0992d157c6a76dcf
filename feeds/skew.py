"""Floor 2. How a venue's clock stands to ours, from nothing but the times on its messages."""

WINDOW = 300_000  # ms after which an old estimate is forgotten


class Skew:
    """The smallest difference between our time of arrival and the venue's own time, over some minutes.

    It is the venue's shortest way to us minus the lead of its clock: far below zero its clock is ahead of
    ours, far above zero behind (or its messages are old). Two windows take turns, so that a clock which is
    set right is believed again within ten minutes.
    """

    def __init__(self) -> None:
        self._began = 0
        self._former: int | None = None
        self._lowest: int | None = None

    def heard(self, time: int, received: int) -> None:
        """Note a message that the venue stamped `time` and that arrived at `received` (both ms)."""
        if received - self._began >= WINDOW:
            self._began, self._former, self._lowest = received, self._lowest, None
        late = received - time
        if self._lowest is None or late < self._lowest:
            self._lowest = late

    @property
    def offset(self) -> int | None:
        """The ms from the venue's time to ours at the quickest; None before the first message."""
        known = [each for each in (self._lowest, self._former) if each is not None]
        return min(known) if known else None

    @property
    def ahead(self) -> int:
        """The ms by which the venue's clock is ahead of ours at least; 0 when it is not."""
        return max(0, -(self.offset or 0))
