"""What happened at a fake venue: a path of prices that never changes, and the trades a test adds.

The path is the simulated market's, so the fake's bars are exactly what its trades add up to. It counts
only in the windows in which the fake was ticking: before its birth always, later on when asked to.
"""

import time
from collections.abc import Iterable

from feeds.market import INTERVALS, Bar, Quote, Trade, floor_time, replace
from feeds.venues.sim import Sim

MINUTE = 60_000
FOREVER = 2**62


def wall() -> int:
    """Return the time in ms."""
    return time.time_ns() // 1_000_000


class FakeMarket:
    """The products of a fake venue: native code → the simulated symbol whose path it takes, if any."""

    def __init__(self, products: dict[str, str | None], seed: int, rate: float) -> None:
        self.products = products
        self.sim = Sim(seed, rate)
        self.windows = [[0, wall()]]
        self.added: dict[str, list[Trade]] = {}

    def set_ticking(self, on: bool) -> None:
        if on and self.windows[-1][1] != FOREVER:
            self.windows.append([wall(), FOREVER])
        elif not on and self.windows[-1][1] == FOREVER:
            self.windows[-1][1] = wall()

    def set_rate(self, rate: float) -> None:
        if rate != self.sim.rate:
            self.sim = Sim(self.sim.seed, rate)

    @property
    def ticking(self) -> bool:
        return self.windows[-1][1] == FOREVER

    def add(self, native: str, trade: Trade) -> None:
        """Let a trade happen that is not on the path."""
        self.added.setdefault(native, []).append(trade)

    def events(self, native: str, since: int, until: int) -> list[tuple[Trade, Quote]]:
        """Return the path's trades with since < time <= until, each with the quote that came with it."""
        symbol = self.products.get(native)
        if symbol is None:
            return []
        made = iter(self.sim.made(symbol, since, until))
        return [
            (trade, quote)
            for trade, quote in zip(made, made, strict=True)
            if isinstance(trade, Trade) and isinstance(quote, Quote) and self._counts(trade.time, trade.time)
        ]

    def newest(self, native: str, now: int) -> Quote | None:
        """Return the last quote of the path, with what a test added on top of it."""
        until = min(now, self.windows[-1][1])
        quote = next(
            (found for back in range(60) for found in self._back(native, until - back * MINUTE)), None
        )
        added = self.added.get(native)
        if added and (quote is None or quote.time is None or added[-1].time >= quote.time):
            return as_quote(added[-1], quote)
        return quote

    def _back(self, native: str, until: int) -> Iterable[Quote]:
        events = self.events(native, until - MINUTE, until)
        return [events[-1][1]] if events else []

    def bars(self, native: str, interval: str, start: int, end: int, now: int) -> list[Bar]:
        """Return the bars that open in [start, end), as they are at `now`, oldest first."""
        symbol = self.products.get(native)
        path = self.sim.made_bars(symbol, interval, start, min(end, now)) if symbol else []
        bars = {bar.time: cut for bar in path if (cut := self._cut(native, bar, now))}
        for trade in self.added.get(native, []):
            opening = floor_time(trade.time, interval)
            if start <= opening < end and trade.time <= now:
                bars[opening] = with_trade(bars.get(opening), trade, interval)
        return [bars[opening] for opening in sorted(bars)]

    def _cut(self, native: str, bar: Bar, now: int) -> Bar | None:
        """Return the part of a bar that had happened by `now`."""
        if self._counts(bar.time, min(bar.end, now + 1) - 1) and bar.end <= now + 1:
            return bar
        whole: Bar | None = None
        if INTERVALS[bar.interval] > MINUTE:
            for minute in self.sim.made_bars(bar.symbol, "1m", bar.time, min(bar.end, now + 1)):
                if part := self._cut(native, minute, now):
                    whole = joined(whole, part, bar)
            return whole
        for trade, _ in self.events(native, bar.time - 1, min(bar.end - 1, now)):
            whole = with_trade(whole, trade, bar.interval)
        return whole

    def _counts(self, first: int, last: int) -> bool:
        return any(begin <= first and last < end for begin, end in self.windows)


def with_trade(bar: Bar | None, trade: Trade, interval: str) -> Bar:
    one = Bar(
        symbol=trade.symbol,
        interval=interval,
        time=floor_time(trade.time, interval),
        open=trade.price,
        high=trade.price,
        low=trade.price,
        close=trade.price,
        volume=trade.size,
        trades=1,
    )
    return joined(bar, one, one)


def joined(bar: Bar | None, then: Bar, like: Bar) -> Bar:
    if bar is None:
        return replace(then, interval=like.interval, time=like.time)
    return replace(
        bar,
        high=max(bar.high, then.high),
        low=min(bar.low, then.low),
        close=then.close,
        volume=round(bar.volume + then.volume, 8),
        trades=(bar.trades or 0) + (then.trades or 0),
    )


def as_quote(trade: Trade, before: Quote | None) -> Quote:
    """Return the quote that comes with a trade which a test added: a spread of a ten-thousandth round it."""
    base = before or Quote(
        symbol=trade.symbol, open=trade.price, high=trade.price, low=trade.price, volume=0.0
    )
    return replace(
        base,
        time=trade.time,
        last=trade.price,
        size=trade.size,
        bid=round(trade.price * 0.99995, 6),
        ask=round(trade.price * 1.00005, 6),
        bid_size=1.0,
        ask_size=1.0,
        high=max(base.high or trade.price, trade.price),
        low=min(base.low or trade.price, trade.price),
    )
