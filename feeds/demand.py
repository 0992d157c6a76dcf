"""Floor 2. Who wants which symbols: feeds follow it."""

KEEP = 60_000  # ms that a symbol stays live after the last reader asked for it
MOST = 5_000  # symbols that one worker keeps live
MOST_LEFT = 20_000  # streams of symbols that linger; who were left first go first


class Demand:
    """What the hubs asked for, and until when. Times are ms of any one clock.

    A hub says its whole demand again and again; what it no longer says lingers for a minute, so that a
    reader who comes back finds the price still moving. `always` never lapses.
    """

    def __init__(self, always: dict[str, set[str]], keep: int = KEEP) -> None:
        self._always = always
        self._keep = keep
        self._hubs: dict[str, tuple[int, dict[str, set[str]]]] = {}
        self._left: dict[tuple[str, str], int] = {}

    def watch(self, hub: str, demand: dict[str, list[str]], now: int) -> bool:
        """Hear a hub's whole demand, symbol → streams; it replaces what the hub said before. True when the
        hub is new."""
        new = hub not in self._hubs
        _, before = self._hubs.get(hub, (now, {}))
        for symbol, streams in before.items():
            self._leave(symbol, streams.difference(demand.get(symbol, ())), now)
        self._hubs[hub] = (now, {symbol: set(streams) for symbol, streams in demand.items()})
        return new

    @property
    def hubs(self) -> int:
        """How many hubs are known."""
        return len(self._hubs)

    def unwatch(self, hub: str, symbols: list[str], now: int) -> None:
        """Hear that a hub has no reader of these symbols any more; no symbols means of none at all."""
        if hub not in self._hubs:
            return
        _, demand = self._hubs[hub]
        for symbol in symbols or list(demand):
            if symbol in demand:
                self._leave(symbol, demand.pop(symbol), now)

    def _leave(self, symbol: str, streams: set[str], now: int) -> None:
        for stream in streams:
            self._left.pop((symbol, stream), None)  # the order is that in which they were left
            self._left[symbol, stream] = now
        while len(self._left) > MOST_LEFT:
            del self._left[next(iter(self._left))]

    def wanted(self, now: int) -> dict[str, set[str]]:
        """Return what to keep live now, symbol → streams; forgets what nobody has asked for in a minute."""
        oldest = now - self._keep
        self._hubs = {hub: said for hub, said in self._hubs.items() if said[0] > oldest}
        self._left = {wish: left for wish, left in self._left.items() if left > oldest}
        result: dict[str, set[str]] = {symbol: set(streams) for symbol, streams in self._always.items()}
        for _, demand in self._hubs.values():
            for symbol, streams in demand.items():
                result.setdefault(symbol, set()).update(streams)
        for symbol, stream in self._left:
            result.setdefault(symbol, set()).add(stream)
        return result if len(result) <= MOST else dict(list(result.items())[:MOST])
