"""Floor 2. When a symbol's price has been silent for too long to be called live."""

FLOOR = 10_000  # ms below which silence says nothing
FACTOR = 5
CEILING = 900_000
FADE = 0.995


class Freshness:
    """Learns how long each symbol is usually silent, and tells which are silent for much longer.

    The usual silence is a slowly fading maximum of the gaps between two signs of life (ticks, or a
    venue's heartbeat for that symbol). A symbol is stale after five times that, at least 10 s.
    """

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}
        self._gap: dict[str, float] = {}

    def saw(self, symbol: str, now: int) -> None:
        """Note a sign of life of a symbol at `now` ms."""
        before = self._seen.get(symbol)
        self._seen[symbol] = now
        if before is not None:
            self._gap[symbol] = max(float(now - before), self._gap.get(symbol, 0.0) * FADE)

    def interrupted(self, symbol: str) -> None:
        """Forget when the symbol was last seen: the silence that follows is ours, not the market's."""
        self._seen.pop(symbol, None)

    def forget(self, symbol: str) -> None:
        """Forget all about a symbol."""
        self._seen.pop(symbol, None)
        self._gap.pop(symbol, None)

    def limit(self, symbol: str) -> float:
        """Return the ms of silence after which the symbol is stale."""
        return min(max(FLOOR, FACTOR * self._gap.get(symbol, 0.0)), CEILING)

    def is_stale(self, symbol: str, now: int) -> bool:
        """Tell whether a symbol has been silent for longer than its limit, or was never seen."""
        seen = self._seen.get(symbol)
        return seen is None or now - seen > self.limit(symbol)
