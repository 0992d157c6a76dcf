"""The simulated market: for the first minute, for a desk without a network, and for tests. It isn't one.

Everything it says is a pure function of (seed, rate, symbol, time): the same second always has the same
trades, whoever asks and in whatever steps.
"""

from bisect import bisect_left, bisect_right
from functools import lru_cache
from typing import NamedTuple

from feeds.market import INTERVALS, Bar, Quote, Trade
from feeds.symbols import parse_symbol
from feeds.venues.base import Event, Venue
from feeds.venues.sim_markets import MARKETS, Market
from feeds.venues.sim_path import (
    DAY,
    MINUTE,
    MINUTES,
    Day,
    Minute,
    Span,
    chance,
    day_plan,
    day_span,
    minute_trades,
)

NOTHING = Span(0, 0, 0, 0, 0, 0)


class Window(NamedTuple):
    """The 24 hours before a minute: the price at their beginning, the extremes (ticks), the volume (lots)."""

    open: int
    high: int
    low: int
    lots: int


class Sim(Venue):
    """A market made here, always open, with `rate` trades a second and symbol in the mean."""

    name = "SIM"
    title = "Simulated market"
    mode = "made"
    simulated = True
    bar_rows = {"1s": 600, "1m": 1440, "1h": 500, "1d": 500}
    featured = tuple(market.instrument() for market in MARKETS)

    def __init__(self, seed: int = 1, rate: float = 2.0) -> None:
        super().__init__()
        self.seed = seed
        self.rate = rate
        self.markets = {market.symbol: market for market in MARKETS}
        # Kept between calls, which may come from several threads at once; what is lost is made again.
        self._day = lru_cache(maxsize=48)(self._make_day)
        self._minute = lru_cache(maxsize=3 * len(MARKETS))(self._make_minute)
        self._window = lru_cache(maxsize=3 * len(MARKETS))(self._make_window)

    def symbol(self, native: str) -> str:
        return parse_symbol(f"SIM:{native}")

    # ----------------------------------------------------------------- events
    def made(self, symbol: str, since: int, until: int) -> list[Event]:
        market = self.markets.get(symbol)
        if market is None:
            return []
        events: list[Event] = []
        for minute in range((since + 1) // MINUTE, until // MINUTE + 1):
            events += self._events(market, minute, since, until)
        return events

    def _events(self, market: Market, minute: int, since: int, until: int) -> list[Event]:
        trades = self._minute(market.symbol, minute)
        begin = minute * MINUTE
        first = bisect_right(trades.offsets, since - begin)
        last = bisect_right(trades.offsets, until - begin)
        if first >= last:
            return []
        window = self._window(market.symbol, minute)
        events: list[Event] = []
        for index in range(first, last):
            trade = trade_at(market, trades, minute, index)
            events += (trade, quote_at(market, trades, window, trade, index))
        return events

    # ------------------------------------------------------------------- bars
    def made_bars(
        self, symbol: str, interval: str, start: int, end: int, now: int | None = None
    ) -> list[Bar]:
        market = self.markets.get(symbol)
        if market is None or interval not in INTERVALS:
            return []
        length = INTERVALS[interval]
        until = end + length if now is None else now
        bars = []
        for time in range(-(-start // length) * length, min(end, until + 1), length):
            span = self._span(market, time, min(time + length, until + 1))
            if span.trades:
                bars.append(bar_of(market, interval, time, span, time + length <= until))
        return bars

    def _span(self, market: Market, start: int, end: int) -> Span:
        """Return what happened from the opening of an interval until just before `end`."""
        if end - start == DAY:
            return day_span(self.seed, market, start // DAY, self.rate)
        if end - start < MINUTE:
            return self._piece(market, start, end)
        whole = [
            self._day(market.symbol, minute // MINUTES).minute(minute % MINUTES)
            for minute in range(start // MINUTE, end // MINUTE)
        ]
        rest = [self._piece(market, end - end % MINUTE, end)] if end % MINUTE else []
        return joined([span for span in whole + rest if span.trades])

    def _piece(self, market: Market, start: int, end: int) -> Span:
        """Return what the trades of a part of one minute add up to."""
        minute = start // MINUTE
        trades = self._minute(market.symbol, minute)
        first = bisect_left(trades.offsets, start - minute * MINUTE)
        last = bisect_left(trades.offsets, end - minute * MINUTE)
        if first == last:
            return NOTHING
        prices = trades.prices[first:last]
        return Span(
            prices[0], max(prices), min(prices), prices[-1], last - first, sum(trades.lots[first:last])
        )

    # ------------------------------------------------------------------ plans
    def _make_day(self, symbol: str, day: int) -> Day:
        return day_plan(self.seed, self.markets[symbol], day, self.rate)

    def _make_minute(self, symbol: str, minute: int) -> Minute:
        span = self._day(symbol, minute // MINUTES).minute(minute % MINUTES)
        return minute_trades(chance(self.seed, symbol, "trades", minute), span)

    def _make_window(self, symbol: str, minute: int) -> Window:
        index = minute % MINUTES
        today, before = self._day(symbol, minute // MINUTES), self._day(symbol, minute // MINUTES - 1)
        return Window(
            before.edges[index],
            max(before.highs[index:] + today.highs[:index]),
            min(before.lows[index:] + today.lows[:index]),
            sum(before.lots[index:]) + sum(today.lots[:index]),
        )


def trade_at(market: Market, trades: Minute, minute: int, index: int) -> Trade:
    return Trade(
        symbol=market.symbol,
        id=str(minute * 1_000_000 + index),
        time=minute * MINUTE + trades.offsets[index],
        price=market.in_money(trades.prices[index]),
        size=market.in_units(trades.lots[index]),
        side="buy" if trades.bought[index] else "sell",
    )


def quote_at(market: Market, trades: Minute, window: Window, trade: Trade, index: int) -> Quote:
    """Return the quote with a trade: a buyer struck the ask, a seller the bid."""
    ticks, lots = trades.prices[index], trades.lots[index]
    bid = ticks - market.spread if trades.bought[index] else ticks
    return Quote(
        symbol=market.symbol,
        time=trade.time,
        received=trade.time,
        last=trade.price,
        size=trade.size,
        bid=market.in_money(bid),
        bid_size=market.in_units(1 + lots * (1 + index * 7 % 5)),
        ask=market.in_money(bid + market.spread),
        ask_size=market.in_units(1 + lots * (1 + index * 11 % 6)),
        open=market.in_money(window.open),
        high=market.in_money(max(window.high, trades.so_far_high[index])),
        low=market.in_money(min(window.low, trades.so_far_low[index])),
        volume=market.in_units(window.lots + trades.so_far_lots[index]),
    )


def joined(spans: list[Span]) -> Span:
    """Return several spans, oldest first, as one; of none a span without trades."""
    if not spans:
        return NOTHING
    return Span(
        spans[0].open,
        max(span.high for span in spans),
        min(span.low for span in spans),
        spans[-1].close,
        sum(span.trades for span in spans),
        sum(span.lots for span in spans),
    )


def bar_of(market: Market, interval: str, time: int, span: Span, closed: bool) -> Bar:
    return Bar(
        symbol=market.symbol,
        interval=interval,
        time=time,
        open=market.in_money(span.open),
        high=market.in_money(span.high),
        low=market.in_money(span.low),
        close=market.in_money(span.close),
        volume=market.in_units(span.lots),
        trades=span.trades,
        closed=closed,
        source="backfill",
    )
