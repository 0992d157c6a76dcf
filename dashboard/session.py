"""Floor 2. What one socket is owed, and when it may have it. Pure: no clock, no socket, no hub.

A session never queues prices: it remembers which symbols have something new, and up to which state it has
told of each. So its memory is bounded by its subscriptions, whatever the market or the client does. Only
trades are kept one by one, at most `TRADES` of them.
"""

from collections import Counter, deque
from typing import NamedTuple

from feeds.wire import QUOTE_STREAM, TRADES_STREAM

WINDOW = 16  # updates that may be unacknowledged
RATE = 10.0  # update frames a second, unless the client asks for another rate
TOP_RATE = 20.0
TRADES = 500  # trades kept for a socket that can't take them; the newest stay
BARS = 500
SLOW = 30.0  # seconds with a full window after which a socket is closed
MAX_SYMBOLS = 200


class Cursor(NamedTuple):
    """How far a session has been told of a symbol: its number, and the ticks counted up to there."""

    seq: int
    ticks: int


class Owed(NamedTuple):
    """One update: its number, the symbols to tell with the cursor of the time before, and the trades and
    bars as they were offered."""

    n: int
    quotes: list[tuple[str, Cursor]]
    trades: list[bytes]
    bars: list[bytes]
    dropped: int


class Session:
    """One socket's subscriptions, credit and debts. Times are seconds of a monotonic clock."""

    def __init__(self) -> None:
        self.streams: dict[str, frozenset[str]] = {}
        self.cursors: dict[str, Cursor] = {}
        self.refused: set[str] = set()
        self.interval = 1.0 / RATE
        self.paused = False
        self.sent = 0
        self.acked = 0
        self.full_since: float | None = None
        self._last = float("-inf")  # when the last update went out
        self._quotes: dict[str, None] = {}
        self._trades: deque[tuple[str, bytes]] = deque()
        self._bars: dict[tuple[str, str, int], bytes] = {}
        self._dropped = 0

    # ------------------------------------------------------------ subscriptions
    def subscribe(self, symbol: str, streams: frozenset[str]) -> None:
        """Add streams of a symbol. Nothing is owed of it before `told`."""
        self.streams[symbol] = self.streams.get(symbol, frozenset()) | streams

    def unsubscribe(self, symbol: str, streams: frozenset[str] | None = None) -> bool:
        """Drop streams of a symbol (None: all); True when nothing of it is left."""
        left = self.streams.get(symbol, frozenset()) - streams if streams is not None else frozenset()
        if left:
            self.streams[symbol] = left
            self._void(symbol, streams or frozenset())
            return False
        self.streams.pop(symbol, None)
        self.refused.discard(symbol)
        self.forget(symbol)
        return True

    def told(self, symbol: str, cursor: Cursor) -> None:
        """Note that a whole snapshot of a symbol goes out now: older debts of it are void."""
        self.forget(symbol)
        self.cursors[symbol] = cursor

    def forget(self, symbol: str) -> None:
        """Owe nothing of a symbol until it is `told` again."""
        self.cursors.pop(symbol, None)
        self._quotes.pop(symbol, None)
        self._bars = {key: bar for key, bar in self._bars.items() if key[0] != symbol}
        self._trades = deque(trade for trade in self._trades if trade[0] != symbol)

    def _void(self, symbol: str, streams: frozenset[str]) -> None:
        """Owe nothing of these streams of a symbol."""
        if QUOTE_STREAM in streams:
            self._quotes.pop(symbol, None)
        if TRADES_STREAM in streams:
            self._trades = deque(trade for trade in self._trades if trade[0] != symbol)
        self._bars = {
            key: bar for key, bar in self._bars.items() if key[0] != symbol or f"bars:{key[1]}" not in streams
        }

    # ------------------------------------------------------------------- debts
    def offer_quote(self, symbol: str) -> None:
        """Owe the symbol's newest state."""
        if symbol in self.cursors:
            self._quotes[symbol] = None

    def offer_trade(self, symbol: str, trade: bytes) -> None:
        """Owe a trade; the oldest owed one falls out, counted, when there are too many."""
        if symbol not in self.cursors:
            return
        if len(self._trades) >= TRADES:
            self._trades.popleft()
            self._dropped += 1
        self._trades.append((symbol, trade))

    def offer_bar(self, symbol: str, interval: str, time: int, bar: bytes) -> None:
        """Owe a bar; it replaces the one with the same symbol, interval and time.

        When there are too many, the oldest owed one falls out. While paused the symbol with the most does,
        whole, so that `resume` finds it without a cursor and it is told anew: a tab may be hidden for hours.
        """
        if symbol not in self.cursors:
            return
        key = (symbol, interval, time)
        if key not in self._bars and len(self._bars) >= BARS:
            if self.paused:
                self.forget(Counter(owner for owner, _, _ in self._bars).most_common(1)[0][0])
            else:
                del self._bars[next(iter(self._bars))]
        if symbol in self.cursors:
            self._bars[key] = bar

    @property
    def owed(self) -> bool:
        """Whether anything is owed at all."""
        return bool(self._quotes or self._trades or self._bars)

    # -------------------------------------------------------------------- flow
    @property
    def credit(self) -> int:
        """Updates that may go out before the next acknowledgement."""
        return WINDOW - (self.sent - self.acked)

    def ack(self, n: int) -> bool:
        """Take an acknowledgement of every update up to n; False for one of an update never sent."""
        if not 0 <= n <= self.sent:
            return False
        self.acked = max(self.acked, n)
        if self.credit > 0:
            self.full_since = None
        return True

    def rate(self, most: float) -> bool:
        """Take at most this many updates a second; False (and nothing changes) unless 0 < most <= 20."""
        if not 0.0 < most <= TOP_RATE:
            return False
        self.interval = 1.0 / most
        return True

    def pause(self) -> None:
        """Send nothing until `resume`; what is owed is folded meanwhile. A pause is not slowness."""
        self.paused = True
        self.full_since = None

    def resume(self) -> None:
        """Send again what is owed, no faster than before."""
        self.paused = False

    def due(self, now: float) -> float | None:
        """Return the seconds from now at which an update may go (0: now); None while it may not at all."""
        if self.paused or not self.owed:
            return None
        if self.credit <= 0:
            self.full_since = now if self.full_since is None else self.full_since
            return None
        return max(0.0, self._last + self.interval - now)

    def is_slow(self, now: float) -> bool:
        """Tell whether the window has been full for so long that the socket must go."""
        return self.full_since is not None and now - self.full_since >= SLOW

    def take(self, now: float) -> Owed:
        """Return the update that goes out now, and owe nothing."""
        self.sent += 1
        self._last = now
        if self.credit <= 0:
            self.full_since = now
        owed = Owed(
            self.sent,
            [(symbol, self.cursors[symbol]) for symbol in self._quotes],
            [trade for _, trade in self._trades],
            list(self._bars.values()),
            self._dropped,
        )
        self._quotes, self._bars, self._dropped = {}, {}, 0
        self._trades.clear()
        return owed

    def move(self, symbol: str, cursor: Cursor) -> None:
        """Note that the symbol has been told up to this cursor."""
        self.cursors[symbol] = cursor
