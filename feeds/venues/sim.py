"""The simulated market: for the first minute, for a desk without a network, and for tests. It isn't one.

Everything it says is a pure function of (seed, rate, symbol, time): the same second always has the same
trades, whoever asks and in whatever steps.
"""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import NamedTuple, TypeVar

from feeds.market import INTERVALS, Bar, Quote, Trade, floor_time
from feeds.symbols import parse_symbol
from feeds.venues.base import Event, Venue
from feeds.venues.sim_path import (
    DAY,
    MINUTE,
    MINUTES,
    Day,
    Market,
    Minute,
    Span,
    chance,
    day_plan,
    day_span,
    minute_trades,
)

Kept = TypeVar("Kept")

MARKETS = (
    Market("SIM:BTC-USD", "Simulated Bitcoin", "crypto", 84_000.0, 2, 1, 5, 5_000, 0.025, 1),
    Market("SIM:ETH-USD", "Simulated Ether", "crypto", 3_100.0, 2, 1, 4, 8_000, 0.032, 1),
    Market("SIM:SOL-USD", "Simulated Solana", "crypto", 152.0, 2, 1, 3, 9_000, 0.04, 1),
    Market("SIM:XRP-USD", "Simulated XRP", "crypto", 2.31, 4, 1, 1, 9_000, 0.04, 2),
    Market("SIM:DOGE-USD", "Simulated Dogecoin", "crypto", 0.182, 5, 1, 0, 3_000, 0.045, 2),
    Market("SIM:AAPL", "Simulated Apple", "share", 228.0, 2, 1, 0, 90, 0.014, 1),
    Market("SIM:MSFT", "Simulated Microsoft", "share", 431.0, 2, 1, 0, 60, 0.013, 2),
    Market("SIM:NVDA", "Simulated NVIDIA", "share", 142.0, 2, 1, 0, 180, 0.026, 1),
    Market("SIM:TSLA", "Simulated Tesla", "share", 312.0, 2, 1, 0, 110, 0.034, 2),
    Market("SIM:AMZN", "Simulated Amazon", "share", 206.0, 2, 1, 0, 80, 0.018, 1),
    Market("SIM:EUR-USD", "Simulated euro", "fx", 1.084, 5, 1000, 0, 250, 0.005, 3),
    Market("SIM:GBP-USD", "Simulated sterling", "fx", 1.273, 5, 1000, 0, 180, 0.006, 5),
    Market("SIM:USD-JPY", "Simulated yen", "fx", 151.2, 3, 1000, 0, 250, 0.006, 4),
    Market("SIM:USD-CHF", "Simulated franc", "fx", 0.883, 5, 1000, 0, 120, 0.005, 6),
)


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
        self.seed = seed
        self.rate = rate
        self.markets = {market.symbol: market for market in MARKETS}
        self._days: OrderedDict[Hashable, Day] = OrderedDict()
        self._minutes: OrderedDict[Hashable, Minute] = OrderedDict()
        self._windows: OrderedDict[Hashable, Window] = OrderedDict()

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
        trades = self._minute(market, minute)
        begin = minute * MINUTE
        first = bisect_right(trades.offsets, since - begin)
        last = bisect_right(trades.offsets, until - begin)
        if first >= last:
            return []
        window = self._window(market, minute)
        events: list[Event] = []
        for index in range(first, last):
            trade = trade_at(market, trades, minute, index)
            events += (trade, quote_at(market, trades, window, trade, index))
        return events

    # ------------------------------------------------------------------- bars
    def made_bars(self, symbol: str, interval: str, start: int, end: int) -> list[Bar]:
        market = self.markets.get(symbol)
        if market is None or interval not in INTERVALS:
            return []
        length = INTERVALS[interval]
        first = -(-start // length) * length
        if length >= DAY:
            spans = [(time, self._day_span(market, time)) for time in range(first, end, length)]
        elif length >= MINUTE:
            spans = [(time, self._long_span(market, time, length)) for time in range(first, end, length)]
        else:
            spans = self._short_spans(market, first, end, interval)
        return [bar_of(market, interval, time, span) for time, span in spans if span.trades]

    def _day_span(self, market: Market, time: int) -> Span:
        return day_span(self.seed, market, time // DAY, self.rate)

    def _long_span(self, market: Market, time: int, length: int) -> Span:
        """Return what the minutes of an interval (shorter than a day) add up to."""
        day, rest = divmod(time, DAY)
        plan, first = self._day(market, day), rest // MINUTE
        minutes = [plan.minute(index) for index in range(first, first + length // MINUTE)]
        return joined([minute for minute in minutes if minute.trades])

    def _short_spans(self, market: Market, first: int, end: int, interval: str) -> list[tuple[int, Span]]:
        """Return the spans of intervals under a minute, from the trades themselves."""
        grouped: dict[int, list[Span]] = {}
        for minute in range(first // MINUTE, -(-end // MINUTE)):
            trades = self._minute(market, minute)
            for offset, price, lots in zip(trades.offsets, trades.prices, trades.lots, strict=True):
                time = floor_time(minute * MINUTE + offset, interval)
                grouped.setdefault(time, []).append(Span(price, price, price, price, 1, lots))
        return [(time, joined(spans)) for time, spans in grouped.items() if first <= time < end]

    # ------------------------------------------------------------------ plans
    def _day(self, market: Market, day: int) -> Day:
        key = (market.symbol, day)
        return kept(self._days, key, 48, lambda: day_plan(self.seed, market, day, self.rate))

    def _minute(self, market: Market, minute: int) -> Minute:
        def make() -> Minute:
            span = self._day(market, minute // MINUTES).minute(minute % MINUTES)
            return minute_trades(chance(self.seed, market.symbol, "trades", minute), span)

        return kept(self._minutes, (market.symbol, minute), 3 * len(MARKETS), make)

    def _window(self, market: Market, minute: int) -> Window:
        def make() -> Window:
            index = minute % MINUTES
            today, before = self._day(market, minute // MINUTES), self._day(market, minute // MINUTES - 1)
            return Window(
                before.edges[index],
                max(before.highs[index:] + today.highs[:index]),
                min(before.lows[index:] + today.lows[:index]),
                sum(before.lots[index:]) + sum(today.lots[:index]),
            )

        return kept(self._windows, (market.symbol, minute), 3 * len(MARKETS), make)


def kept(shelf: OrderedDict[Hashable, Kept], key: Hashable, room: int, make: Callable[[], Kept]) -> Kept:
    """Return what the shelf has under `key`, making it when it has not; the oldest unused one goes."""
    if key in shelf:
        shelf.move_to_end(key)
        return shelf[key]
    shelf[key] = made = make()
    if len(shelf) > room:
        shelf.popitem(last=False)
    return made


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
        return Span(0, 0, 0, 0, 0, 0)
    return Span(
        spans[0].open,
        max(span.high for span in spans),
        min(span.low for span in spans),
        spans[-1].close,
        sum(span.trades for span in spans),
        sum(span.lots for span in spans),
    )


def bar_of(market: Market, interval: str, time: int, span: Span) -> Bar:
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
        source="backfill",
    )
