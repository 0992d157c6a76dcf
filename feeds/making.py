"""Floor 2. One bar in the making: what was heard, what history gave, and how the two become one."""

from decimal import Context, Decimal

from feeds.market import Bar, Source

EXACT = Context(prec=400)  # more digits than a sum of any sizes can have, so their order can't matter
Tick = tuple[int, float, float | None]  # time, price, size
TAIL = 5_000  # trades kept for a seed that may come; in a flood it has to cover those before
RANKS: dict[Source, int] = {"hole": 0, "mixed": 1, "backfill": 2, "live": 3}


def exact(size: float) -> Decimal:
    """Return a size as the decimal number it was written as (0.1 is a tenth)."""
    return Decimal(repr(size))


def outranks(new: Bar, old: Bar) -> bool:
    """Tell whether `new` may replace `old` of its time: live may all, backfill all but live, and so on."""
    return RANKS[new.source] >= RANKS[old.source]


class Making:
    """One bar in the making.

    `deaf` is the time before which trades may have been missed (0: none). `tail` keeps the trades themselves
    while a seed may still come to replace the older of them: all that arrived since, and all later than,
    `tail_from`, at most `TAIL`. A bar heard whole keeps none.
    """

    __slots__ = (
        "as_of", "close", "closed", "counted", "deaf", "end", "first", "given", "high", "last", "live", "low",
        "made", "open", "tail", "tail_from", "time", "volume",
    )  # fmt: skip

    def __init__(self, time: int, end: int, deaf: int) -> None:
        self.time, self.end, self.deaf = time, end, deaf
        self.open = self.close = 0.0
        self.high, self.low = float("-inf"), float("inf")
        self.volume, self.live, self.counted = Decimal(0), 0, 0
        self.first: float = float("inf")
        self.last = -1
        self.as_of = self.tail_from = -1
        self.closed = False
        self.given: Bar | None = None
        self.tail: list[Tick] = []
        self.made: Bar | None = None

    @property
    def heard(self) -> bool:
        """Heard from its opening on, so that history has nothing to tell."""
        return self.given is None and not self.deaf

    @property
    def source(self) -> Source:
        if min(self.deaf, self.end) - 1 > self.as_of:
            return "mixed"
        if self.given is None or self.live == 0:
            return self.given.source if self.given else "live"
        return "live" if self.given.source == "live" else "mixed"

    def add(self, time: int, price: float, size: float | None) -> bool:
        """Add a trade, or a price without one (no size), unless the seed has it already; tell whether the bar
        changed."""
        if time <= self.as_of:
            return False
        if not self.heard:
            if len(self.tail) >= TAIL:
                self.forget_tail()
            self.tail.append((time, price, size))
        self._fold(time, price, size)
        return True

    def _fold(self, time: int, price: float, size: float | None) -> None:
        if time < self.first:
            self.first, self.open = time, price
        if time >= self.last:  # of two in the same millisecond, the one that came later
            self.last, self.close = time, price
        self.high, self.low = max(self.high, price), min(self.low, price)
        if size is not None:
            self.volume = EXACT.add(self.volume, exact(size))
            self.counted += 1
        self.live += 1
        self.made = None

    def again(self, held: int, ticks: list[Tick], before: float | None) -> bool:
        """Make the bar anew of these trades, since one was taken back; `held` is how many of the former ones
        were known. False when those weren't all: then it is incomplete until it is seeded. Without any trade
        it is flat, at the close `before` where that is known, and incomplete too."""
        whole = self.heard and held == self.live
        if whole:
            flat = self.close if before is None else before
            self._begin()
            for tick in ticks:
                self._fold(*tick)
            if not ticks:
                self.open = self.high = self.low = self.close = flat
        if not whole or not ticks:
            self.miss(self.end)
        return whole and bool(ticks)

    def _begin(self) -> None:
        self.high, self.low = float("-inf"), float("inf")
        self.volume, self.live, self.counted = Decimal(0), 0, 0
        self.first, self.last, self.made = float("inf"), -1, None

    def untail(self, tick: Tick) -> None:
        """Keep a trade no longer for the seed that may come: it was taken back."""
        if tick in self.tail:
            self.tail.remove(tick)

    def miss(self, until: int) -> None:
        """Note that trades before `until` may have been missed."""
        if self.heard:
            self.tail_from = self.last
        self.deaf, self.made = max(self.deaf, until), None

    def forget_tail(self) -> None:
        """Give the kept trades away: from now on only a seed that covers all of them is taken."""
        self.tail, self.tail_from = [], self.last

    def takes(self, as_of: int) -> bool:
        """Tell whether a seed that covers `as_of` knows more than this bar, and no trade is lost by it."""
        return not self.heard and as_of > self.as_of and as_of >= self.tail_from

    def seed(self, given: Bar, as_of: int) -> None:
        """Begin again with what history says, and add the kept trades that are later than it."""
        self.given, self.as_of = given, as_of
        self.open, self.high, self.low, self.close = given.open, given.high, given.low, given.close
        self.volume, self.live, self.counted = exact(given.volume), 0, 0
        self.first, self.last, self.made = -1, as_of, None
        self.tail = [tick for tick in self.tail if tick[0] > as_of]
        for tick in self.tail:
            self._fold(*tick)

    def close_now(self) -> None:
        self.closed, self.made = True, None

    def trades(self) -> int | None:
        """Return the number of trades, None when the history did not count them."""
        if self.given is None:
            return self.counted
        return None if self.given.trades is None else self.given.trades + self.counted

    def bar(self, symbol: str, interval: str) -> Bar:
        if self.made is None:
            self.made = Bar(
                symbol=symbol,
                interval=interval,
                time=self.time,
                open=self.open,
                high=self.high,
                low=self.low,
                close=self.close,
                volume=float(self.volume),
                trades=self.trades(),
                closed=self.closed,
                source=self.source,
            )
        return self.made
