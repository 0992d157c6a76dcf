"""Floor 2. Which pushed symbols are kept live though nobody looks, for they have no other history."""

from collections.abc import Iterable

KEEP = 86_400_000  # ms that a symbol stays live after its last push
MOST = 1_000  # symbols kept; beyond, the one that has been silent for longest goes


class Pushed:
    """The symbols that were pushed, and when last. Times are ms of any one clock."""

    def __init__(self, keep: int = KEEP, most: int = MOST) -> None:
        self._keep, self._most = keep, most
        self._seen: dict[str, int] = {}

    def saw(self, symbols: Iterable[str], now: int) -> bool:
        """Note that these symbols were pushed; tell whether one of them is new."""
        new = False
        for symbol in symbols:
            new = self._seen.pop(symbol, None) is None or new
            self._seen[symbol] = now
        while len(self._seen) > self._most:
            del self._seen[next(iter(self._seen))]
        return new

    def kept(self, now: int) -> list[str]:
        """Return the symbols to keep live, the longest silent first."""
        self._seen = {symbol: seen for symbol, seen in self._seen.items() if now - seen < self._keep}
        return list(self._seen)
