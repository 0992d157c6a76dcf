"""Floor 2. Which symbols this process wants of the worker: those that are read, or were lately looked at."""

from dashboard.session import Session
from feeds import wire

LINGER = 60.0  # seconds that a look lasts, and that a symbol is held after its last reader
LOOKS = 1_000  # symbols looked at that count; anybody may look, as often as they like
LEFT = 5_000  # symbols held after their last reader; anybody may come and go


class Interest:
    """Who reads what. Times are seconds of a monotonic clock."""

    def __init__(self) -> None:
        self._readers: dict[str, set[Session]] = {}
        self._looks: dict[str, tuple[float, frozenset[str]]] = {}
        self._left: dict[str, float] = {}

    def read(self, symbol: str, session: Session) -> None:
        """Note that a session reads a symbol; which streams of it, the session knows."""
        self._readers.setdefault(symbol, set()).add(session)
        self._left.pop(symbol, None)

    def unread(self, symbol: str, session: Session, now: float) -> None:
        """Note that a session reads a symbol no longer."""
        readers = self._readers.get(symbol)
        if readers is None:
            return
        readers.discard(session)
        if not readers:
            del self._readers[symbol]
            self._left[symbol] = now
            if len(self._left) > LEFT:
                del self._left[next(iter(self._left))]

    def look(self, symbol: str, streams: frozenset[str], now: float) -> None:
        """Note that somebody without a socket wants these streams for a minute; who looked longest ago at
        another symbol is forgotten when there are too many."""
        before = self._looks.pop(symbol, (now, frozenset()))[1]
        self._looks[symbol] = (now, before | streams)
        if len(self._looks) > LOOKS:
            del self._looks[next(iter(self._looks))]

    def demand(self, now: float) -> dict[str, set[str]]:
        """Return what is wanted now, symbol → streams; always the quote."""
        self._looks = {symbol: look for symbol, look in self._looks.items() if now - look[0] < LINGER}
        wanted = {symbol: {wire.QUOTE_STREAM} | streams for symbol, (_, streams) in self._looks.items()}
        for symbol, sessions in self._readers.items():
            streams = wanted.setdefault(symbol, {wire.QUOTE_STREAM})
            for session in sessions:
                streams |= session.streams.get(symbol, frozenset())
        return wanted

    def lingers(self, symbol: str, now: float) -> bool:
        """Tell whether a symbol's last reader has gone so lately that it may come back: until then the worker
        keeps it live by itself, and the hub goes on holding it."""
        return symbol in self._left and now - self._left[symbol] < LINGER

    def forget(self, symbol: str) -> None:
        """Forget that a symbol was ever read."""
        self._left.pop(symbol, None)
