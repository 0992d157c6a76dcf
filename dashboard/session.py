"""Floor 2. What one socket is owed, and when it may have it. Pure: no clock, no socket, no hub.

A session never queues prices: it remembers which symbols have something new, and up to which state it has
told of each. So its memory is bounded by its subscriptions, whatever the market or the client does. Only
trades are kept one by one, at most `TRADES` of them.
"""

from collections import Counter, deque
from collections.abc import Mapping, Set
from typing import NamedTuple, Protocol

from feeds.wire import QUOTE_STREAM, TRADES_STREAM

WINDOW = 16  # updates that may be unacknowledged
RATE = 10.0  # update frames a second, unless the client asks for another rate
TOP_RATE = 20.0
TRADES = 500  # trades kept for a socket that can't take them; the newest stay
BARS = 500
FEW = WINDOW // 4  # of them a client acknowledges at the latest
LAZY = 1.2  # seconds after which who would acknowledge by the clock has done so
FIRST_FLIGHT = 245_760  # bytes of them before the first acknowledgement: four seconds at 60 KB/s
FLIGHT = 98_304  # bytes of them after it; a socket that is quick to acknowledge may have more
LEAST_FLIGHT, MOST_FLIGHT = 32_768, 4_194_304
QUICK, LATE = 0.5, 1.5  # seconds to an acknowledgement: of who could take more, of who is given too much
SLOW = 30.0  # seconds with a full window after which a socket is closed
MAX_SYMBOLS = 200


class Cursor(NamedTuple):
    """How far a session has been told of a symbol: its number, and the ticks counted up to there."""

    seq: int
    ticks: int


class Head(Protocol):
    """Where a symbol is."""

    @property
    def seq(self) -> int: ...


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
        self.told_quotes: set[str] = set()  # symbols whose newest state it is owed
        self._last = float("-inf")  # when the last update went out
        self._flight: deque[tuple[int, float, int]] = deque()  # n, time and size of what is unacknowledged
        self._flying = 0
        self._answers = False
        self._may_fly = FIRST_FLIGHT
        self._quotes: dict[str, None] = {}
        self._trades: deque[tuple[str, bytes]] = deque()
        self._bars: dict[tuple[str, str, int], bytes] = {}
        self._dropped = 0

    # ------------------------------------------------------------ subscriptions
    def subscribe(self, symbol: str, streams: frozenset[str]) -> None:
        """Add streams of a symbol. Nothing is owed of it before `told`."""
        self.streams[symbol] = self.streams.get(symbol, frozenset()) | streams
        if symbol in self.cursors and QUOTE_STREAM in streams:
            self.told_quotes.add(symbol)

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
        if QUOTE_STREAM in self.streams[symbol]:
            self.told_quotes.add(symbol)

    def forget(self, symbol: str) -> None:
        """Owe nothing of a symbol until it is `told` again."""
        self.cursors.pop(symbol, None)
        self.told_quotes.discard(symbol)
        self._quotes.pop(symbol, None)
        self._bars = {key: bar for key, bar in self._bars.items() if key[0] != symbol}
        self._trades = deque(trade for trade in self._trades if trade[0] != symbol)

    def _void(self, symbol: str, streams: frozenset[str]) -> None:
        """Owe nothing of these streams of a symbol."""
        if QUOTE_STREAM in streams:
            self._quotes.pop(symbol, None)
            self.told_quotes.discard(symbol)
        if TRADES_STREAM in streams:
            self._trades = deque(trade for trade in self._trades if trade[0] != symbol)
        self._bars = {
            key: bar for key, bar in self._bars.items() if key[0] != symbol or f"bars:{key[1]}" not in streams
        }

    # ------------------------------------------------------------------- debts
    def offer_quotes(self, moved: Set[str], heads: Mapping[str, Head]) -> None:
        """Owe the newest state of those of these symbols that it reads and was not told."""
        cursors = self.cursors
        for symbol in self.told_quotes & moved:
            if cursors[symbol].seq != heads[symbol].seq:
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

    @property
    def is_full(self) -> bool:
        """Whether as much is unacknowledged as may be: a window of updates, or so many bytes that the next
        would wait long behind them, though never less than a client may leave unacknowledged."""
        return self.credit <= 0 or (self._flying >= self._may_fly and self.credit <= WINDOW - FEW)

    @property
    def is_held(self) -> bool:
        """Whether an acknowledgement would let the next update go, or go sooner."""
        return self.credit <= 0 or self._flying >= self._may_fly

    def ack(self, n: int, now: float) -> bool:
        """Take an acknowledgement of every update up to n; False for one of an update never sent."""
        if not 0 <= n <= self.sent:
            return False
        self.acked = max(self.acked, n)
        self._land(n, now)
        if not self.is_full:
            self.full_since = None
        return True

    def weigh(self, size: int, now: float) -> None:
        """Note how many bytes the update taken last has."""
        self._flight.append((self.sent, now, size))
        self._flying += size
        if self.is_full and self.full_since is None:
            self.full_since = now

    def _land(self, n: int, now: float) -> None:
        """Count what has arrived, and let fly more or less by how long the last of it was on its way."""
        took = None
        while self._flight and self._flight[0][0] <= n:
            _, began, size = self._flight.popleft()
            self._flying -= size
            took = now - began
        if took is not None and not self._answers:
            self._answers, self._may_fly = True, FLIGHT
        if took is not None and took < QUICK:
            self._may_fly = min(2 * self._may_fly, MOST_FLIGHT)
        elif took is not None and took > LATE:
            self._may_fly = max(self._may_fly // 2, LEAST_FLIGHT)

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
        if self.is_full:
            self.full_since = now if self.full_since is None else self.full_since
            return None
        pause = max(self.interval, LAZY) if self._flying >= self._may_fly else self.interval
        return max(0.0, self._last + pause - now)

    def overdue(self, now: float) -> float:
        """Return the seconds since it could have had an update by its rate."""
        return now - self._last - self.interval

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
