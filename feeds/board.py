"""Floor 2. The market's last state: merges what venues say, conflates it, numbers every change."""

from collections import deque

from feeds.market import Cancel, Figures, Freshness, Quote, Trade, replace

TAPE = 50  # trades kept of a symbol
IDS = 10_000  # trade ids remembered of a symbol, so that none is counted twice
OVERTAKEN = 20_000  # ms by which a polled price must be newer than a streamed one to take its place
PENDING = 5_000  # trades of a symbol that may wait for one flush; the newest stay
DROPPED = 10_000  # dropped symbols whose number is remembered one by one

BESIDE = ("bid", "bid_size", "ask", "ask_size", "open", "high", "low", "volume")


class _Line:
    """One symbol's state: what is known, and what changed since it was last taken."""

    __slots__ = (
        "ask", "ask_size", "base", "bid", "bid_size", "dirty", "hi", "high", "ids", "last", "lo", "low",
        "merged", "open", "pending", "priced", "quoted", "received", "seq", "size", "stale", "symbol", "tape",
        "time", "volume",
    )  # fmt: skip

    def __init__(self, symbol: str, seq: int) -> None:
        self.symbol = symbol
        self.seq = seq
        self.time: int | None = None
        self.quoted: int | None = None  # the venue's time of the last quote; channels run apart
        self.priced: int | None = None  # the venue's time of `last`
        self.received = 0
        self.last: float | None = None
        self.size: float | None = None
        self.bid: float | None = None
        self.ask: float | None = None
        self.bid_size = self.ask_size = None
        self.open: float | None = None
        self.high: float | None = None
        self.low: float | None = None
        self.volume: float | None = None
        self.hi: float | None = None
        self.lo: float | None = None
        self.merged = 0
        self.base: Freshness = "live"
        self.stale = False
        self.dirty = False
        self.tape: deque[Trade] = deque(maxlen=TAPE)
        self.pending: deque[Trade] = deque(maxlen=PENDING)
        self.ids: dict[str, bool] = {}  # of trades; true while one was told as a recap only

    def moved(self, price: float, size: float | None, time: int | None) -> None:
        self.last, self.size = price, size
        self.priced = self.priced if time is None else time
        self.stretch(price)

    def is_newest(self, time: int | None) -> bool:
        """Tell whether a price of this time comes after the one known."""
        return time is None or self.priced is None or time >= self.priced

    def elapse(self, time: int | None) -> None:
        if time is not None and (self.time is None or time > self.time):
            self.time = time

    def stretch(self, price: float) -> None:
        self.hi = price if self.hi is None or price > self.hi else self.hi
        self.lo = price if self.lo is None or price < self.lo else self.lo

    def merge(self, quote: Quote) -> bool:
        """Take over what a quote says; False when all of it was known."""
        changed = self.stale or quote.state != self.base or quote.time not in (None, self.quoted)
        for field in BESIDE:
            value = getattr(quote, field)
            if value is not None and value != getattr(self, field):
                setattr(self, field, value)
                changed = True
        last = quote.last if self.is_newest(quote.time) else None
        size = self.size if quote.size is None and last == self.last else quote.size
        changed = changed or (last is not None and (last, size) != (self.last, self.size))
        if changed:
            if last is not None:
                self.moved(last, size, quote.time)
            self.elapse(quote.time)
            self.quoted = self.quoted if quote.time is None else quote.time
            self.received, self.base, self.stale = quote.received, quote.state, False
            self.merged += 1
        return changed

    def forget(self, trade_id: str) -> Trade | None:
        """Take a trade back; return it when it was still on the tape. Where it made the last price, that is
        the newest other trade's again."""
        self.ids.pop(trade_id, None)
        taken = next((trade for trade in self.tape if trade.id == trade_id), None)
        if taken is None:
            return None
        self.tape.remove(taken)
        if taken in self.pending:
            self.pending.remove(taken)
            self.hi = max((trade.price for trade in self.pending), default=None)
            self.lo = min((trade.price for trade in self.pending), default=None)
        if (self.priced, self.last) == (taken.time, taken.price):
            newest = max(self.tape, key=lambda trade: trade.time, default=None)
            self.last = self.size = self.priced = None
            if newest is not None:
                self.last, self.size, self.priced = newest.price, newest.size, newest.time
        return taken

    def become(self, quote: Quote) -> bool:
        """Take a quote over whole, what it doesn't say as unknown; False when all of it was known."""
        new = (quote.last, quote.bid, quote.ask, quote.time, quote.state)
        if new == (self.last, self.bid, self.ask, self.time, self.base) and not self.stale:
            return False
        self.bid, self.ask = quote.bid, quote.ask
        if quote.last is not None:
            self.moved(quote.last, quote.size, quote.time)
        self.elapse(quote.time)
        self.received, self.base, self.stale = quote.received, quote.state, False
        self.merged += 1
        return True

    def quote(self) -> Quote:
        beside = () if self.last is None else (self.last,)  # a late trade alone leaves `last` outside
        hi = max((price for price in (self.hi, *beside) if price is not None), default=None)
        lo = min((price for price in (self.lo, *beside) if price is not None), default=None)
        return Quote(
            symbol=self.symbol, seq=self.seq, time=self.time, received=self.received,
            last=self.last, size=self.size, bid=self.bid, bid_size=self.bid_size,
            ask=self.ask, ask_size=self.ask_size, open=self.open, high=self.high, low=self.low,
            volume=self.volume, hi=hi, lo=lo, merged=self.merged,
            state="stale" if self.stale and self.base != "closed" else self.base,
        )  # fmt: skip


class Board:
    """Every watched symbol's last state. `seq` rises by one each time a changed symbol is taken, and goes
    on rising when a symbol is dropped and watched again."""

    def __init__(self) -> None:
        self._lines: dict[str, _Line] = {}
        self._dirty: dict[str, _Line] = {}
        self._dropped: dict[str, int] = {}
        self._floor = 0  # no number of a dropped symbol that is forgotten is above it
        self.duplicates = 0
        self.late = 0

    def add(self, symbol: str) -> None:
        """Begin to keep a symbol; one that is kept already stays as it is."""
        if symbol not in self._lines:
            self._lines[symbol] = _Line(symbol, self._dropped.pop(symbol, self._floor))

    def drop(self, symbol: str) -> None:
        """Forget a symbol's state, but not its number."""
        line = self._lines.pop(symbol, None)
        if line is not None:
            self._dropped[symbol] = line.seq
            self._dirty.pop(symbol, None)
        while len(self._dropped) > DROPPED:
            self._floor = max(self._floor, self._dropped.pop(next(iter(self._dropped))))

    def __contains__(self, symbol: str) -> bool:
        return symbol in self._lines

    def quote(self, quote: Quote) -> bool:
        """Merge what a venue said over what is known; False when it told nothing new.

        A quote older than the last one (by the venue's own clock) is counted, not shown; one older than
        the last trade gives its bid and ask, not its price.
        """
        line = self._lines.get(quote.symbol)
        if line is None:
            return False
        if quote.time is not None and line.quoted is not None and quote.time < line.quoted:
            self.late += 1
            return False
        if not line.merge(quote):
            return False
        self.touch(quote.symbol)
        return True

    def figures(self, told: Figures) -> bool:
        """Take a symbol's 24 h figures. One that has no price yet, or an older one than they came with, takes
        the whole quote: its stream is silent."""
        line = self._lines.get(told.symbol)
        if line is None:
            return False
        at = told.otherwise.time
        if line.last is None or (at is not None and line.time is not None and at > line.time + OVERTAKEN):
            return self.quote(told.otherwise)
        before = (line.open, line.high, line.low, line.volume)
        line.open = line.open if told.open is None else told.open
        line.high = line.high if told.high is None else told.high
        line.low = line.low if told.low is None else told.low
        line.volume = line.volume if told.volume is None else told.volume
        if (line.open, line.high, line.low, line.volume) == before:
            return False
        self.touch(told.symbol)
        return True

    def become(self, quote: Quote) -> bool:
        """Take over a quote that was made here, whole, whenever it comes; False when it told nothing new."""
        line = self._lines.get(quote.symbol)
        if line is None or not line.become(quote):
            return False
        self.touch(quote.symbol)
        return True

    def last(self, symbol: str) -> Quote | None:
        """Return a symbol's quote as it is now, published or not; None before the first word of it."""
        line = self._lines.get(symbol)
        return line.quote() if line is not None and (line.received or line.time is not None) else None

    def trade(self, trade: Trade, received: int) -> bool:
        """Put a trade on the tape and its price on the board; False for one that was counted before. One that
        only a recap told of counts when it comes itself, and is on the tape already."""
        line = self._lines.get(trade.symbol)
        if line is None:
            return False
        if trade.id in line.ids:
            news = line.ids[trade.id] and not trade.recap
            line.ids[trade.id] = line.ids[trade.id] and trade.recap
            self.duplicates += not news
            return news
        line.ids[trade.id] = trade.recap
        if len(line.ids) > IDS:
            del line.ids[next(iter(line.ids))]
        line.tape.append(trade)
        line.pending.append(trade)
        line.merged += 1
        if line.is_newest(trade.time):
            line.moved(trade.price, trade.size, trade.time)
            line.elapse(trade.time)
            line.received = received
        elif not trade.recap:
            line.stretch(trade.price)
        line.stale = line.stale and trade.recap
        self.touch(trade.symbol)
        return True

    def take_back(self, said: Cancel, received: int) -> None:
        """Take a trade off the tape, and its price off the board where it is the last one; the one it should
        have been comes in its place, at its time."""
        line = self._lines.get(said.symbol)
        if line is None:
            return
        taken = line.forget(said.id)
        self.touch(said.symbol)
        if said.instead is not None:
            time = taken.time if taken is not None else said.instead.time
            self.trade(replace(said.instead, time=time), received)

    def stale(self, symbol: str, stale: bool) -> None:
        """Say that a symbol's price can't be called live, or can be again."""
        line = self._lines.get(symbol)
        if line is not None and line.stale != stale and line.received:
            line.stale = stale
            self.touch(symbol)

    def touch(self, symbol: str) -> None:
        """Have a symbol published with the next flush, whatever changed of it."""
        line = self._lines.get(symbol)
        if line is not None and not line.dirty:
            line.dirty = True
            self._dirty[symbol] = line

    @property
    def dirty(self) -> bool:
        return bool(self._dirty)

    def take(self) -> list[tuple[Quote, list[Trade]]]:
        """Return the new state of each changed symbol with the trades since it was last taken."""
        taken = []
        for line in self._dirty.values():
            line.seq += 1
            taken.append((line.quote(), list(line.pending)))
            line.dirty = False
            line.pending.clear()
            line.hi = line.lo = None
            line.merged = 0
        self._dirty = {}
        return taken

    def state(self, symbol: str) -> tuple[int, Quote | None, list[Trade]]:
        """Return a symbol's number, its quote (None before the first price) and newest trades, oldest first.

        Trades that wait for the next number are left out: they are told with it.
        """
        line = self._lines.get(symbol)
        if line is None:
            return self._dropped.get(symbol, self._floor), None, []
        known = line.received or line.time is not None
        taken = max(0, len(line.tape) - len(line.pending))
        return line.seq, line.quote() if known else None, list(line.tape)[:taken]

    def seqs(self) -> dict[str, int]:
        """Return the number of every kept symbol."""
        return {symbol: line.seq for symbol, line in self._lines.items()}
