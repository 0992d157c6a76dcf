"""Floor 2. The simulated market's plan: where each price of each symbol is at any time, found from the
outside in, so that a day, a minute and a trade tell the same story at whatever cost the question deserves.

A day's open, high, low, close and volume are a formula of (seed, symbol, day). Its minutes are a random
path that is bent to hit them; a minute's trades are a path that is bent to hit the minute's. So bars of a
day cost nothing, bars of a minute one plan a day, and all are exactly what the trades add up to. Prices
are whole ticks and sizes whole lots until the last step, so that no sum has dust.
"""

import hashlib
from array import array
from collections.abc import Iterable
from itertools import accumulate, pairwise
from math import exp, log, sqrt
from random import Random
from typing import NamedTuple

from feeds.venues.sim_markets import Market

DAY = 86_400_000
MINUTE = 60_000
MINUTES = 1440
OCTAVES = 7  # the slowest wave of the price is 2**6 days long
REGIMES = (0.5, 0.5, 0.9, 0.9, 1.0, 3.0)  # how busy a stretch of minutes is: calm, usual, burst
STEPS = (-1.0, -0.5, 0.0, 0.0, 0.5, 1.0)
NO_HIGH, NO_LOW = -1, 2**60  # of a minute without trades


class Span(NamedTuple):
    """Open, high, low, close in ticks, the number of trades, and the volume in lots."""

    open: int
    high: int
    low: int
    close: int
    trades: int
    lots: int


class Day(NamedTuple):
    """The minutes of a day: `edges` are the prices between them (one more), the others one a minute."""

    edges: list[int]
    highs: list[int]
    lows: list[int]
    trades: list[int]
    lots: list[int]

    def minute(self, index: int) -> Span:
        count, close = self.trades[index], self.edges[index + 1]
        opened = self.edges[index] if count > 1 else close
        return Span(opened, self.highs[index], self.lows[index], close, count, self.lots[index])


class Minute(NamedTuple):
    """The trades of a minute as columns; `so_far_…` are the extremes and the volume up to each of them."""

    offsets: list[int]
    prices: array
    lots: array
    bought: bytes
    so_far_high: array
    so_far_low: array
    so_far_lots: array


def chance(*key: object) -> Random:
    """Return the random numbers of one thing: the same for the same key on every machine."""
    digest = hashlib.blake2b("/".join(map(str, key)).encode(), digest_size=8).digest()
    return Random(int.from_bytes(digest))


def wave(seed: int, symbol: str, octave: int, day: int) -> float:
    """Return the value of one wave of the slow path, with a standard deviation of about one."""
    period = 1 << octave
    index, rest = divmod(day, period)
    left = chance(seed, symbol, "wave", octave, index).gauss(0.0, 1.0)
    if not rest:
        return left
    right = chance(seed, symbol, "wave", octave, index + 1).gauss(0.0, 1.0)
    part = rest / period
    return left + (right - left) * part * part * (3.0 - 2.0 * part)


def day_edge(seed: int, market: Market, day: int) -> int:
    """Return the price (ticks) with which a day opens and the one before it closes."""
    drift = sum(wave(seed, market.symbol, octave, day) * sqrt(1 << octave) for octave in range(OCTAVES))
    price = exp(log(market.price) + 0.45 * market.volatility * drift)
    return max(100, round(price * 10**market.decimals))


def day_span(seed: int, market: Market, day: int, rate: float) -> Span:
    """Return the whole day, with `rate` trades a second in the mean."""
    opened, close = day_edge(seed, market, day), day_edge(seed, market, day + 1)
    random = chance(seed, market.symbol, "day", day)
    reach = market.volatility * opened
    high = max(opened, close) + round(0.4 * reach * random.expovariate(1.0))
    low = min(opened, close) - round(0.4 * reach * random.expovariate(1.0))
    trades = round(rate * 86_400 * random.uniform(0.8, 1.2))
    lots = trades + round(trades * (market.mean_lots - 1) * random.uniform(0.7, 1.3))
    return Span(opened, high, max(low, min(opened, close) // 2, 1), close, trades, lots)


def day_plan(seed: int, market: Market, day: int, rate: float) -> Day:
    """Return the day's minutes; together they are exactly its `day_span`."""
    whole = day_span(seed, market, day, rate)
    random = chance(seed, market.symbol, "minutes", day)
    busy = regimes(random)
    unit = market.volatility * whole.open / sqrt(sum(busy))
    path = list(accumulate((random.gauss(0.0, unit * sqrt(each)) for each in busy), initial=0.0))
    top, bottom = random.sample(range(1, MINUTES), 2)
    bends = sorted([(0, whole.open), (top, whole.high), (bottom, whole.low), (MINUTES, whole.close)])
    edges = bent(path, bends, whole.low, whole.high)
    trades = shares(whole.trades, busy)
    lots = shares(
        whole.lots - whole.trades, [each if count else 0.0 for each, count in zip(busy, trades, strict=True)]
    )
    highs, lows = [], []
    for count, each, (before, after) in zip(trades, busy, pairwise(edges), strict=True):
        reach = 0.5 * unit * sqrt(each)
        up, down = round(reach * random.expovariate(1.0)), round(reach * random.expovariate(1.0))
        high, low = extremes(count, before, after, up, down)
        highs.append(min(whole.high, high) if count else high)
        lows.append(max(whole.low, low) if count else low)
    return Day(edges, highs, lows, trades, [a + b for a, b in zip(trades, lots, strict=True)])


def extremes(count: int, before: int, after: int, up: int, down: int) -> tuple[int, int]:
    """Return the high and low of a minute: four trades can reach beyond its ends, fewer can't."""
    if count == 0:
        return NO_HIGH, NO_LOW
    if count == 1:
        return after, after
    if count < 4:
        up = down = 0
    return max(before, after) + up, min(before, after) - down


def regimes(random: Random) -> list[float]:
    """Return how busy each minute of a day is: stretches of calm and of burst, uneven within."""
    busy: list[float] = []
    while len(busy) < MINUTES:
        length, factor = 5 + int(random.expovariate(1 / 25)), random.choice(REGIMES)
        busy += [factor * random.uniform(0.6, 1.4) for _ in range(length)]
    return busy[:MINUTES]


def shares(total: int, weights: list[float]) -> list[int]:
    """Return `total` dealt out in whole numbers by weight; they add up to it exactly."""
    scale = total / (sum(weights) or 1.0)
    marks = [int(mark * scale + 0.5) for mark in accumulate(weights)]
    marks[-1] = total if sum(weights) else 0
    return [mark - before for mark, before in zip(marks, [0, *marks], strict=False)]


def bent(path: list[float], bends: list[tuple[int, int]], low: int, high: int) -> list[int]:
    """Return a random path moved so that it goes through each (index, price), within low and high."""
    result = [bends[0][1]]
    for (start, price), (end, target) in pairwise(bends):
        if end == start:
            continue
        slope = (target - price - (path[end] - path[start])) / (end - start)
        base = price - path[start]
        for index in range(start + 1, end):
            value = round(base + path[index] + slope * (index - start))
            if value > high:
                value = max(low, 2 * high - value)
            elif value < low:
                value = min(high, 2 * low - value)
            result.append(value)
        result.append(target)
    return result


def minute_trades(random: Random, span: Span) -> Minute:
    """Return the trades of a minute; together they are exactly its span."""
    count = span.trades
    if count == 0:
        nothing = array("q")
        return Minute([], nothing, nothing, b"", nothing, nothing, nothing)
    offsets = moments(random, count)
    prices = array("q", trade_prices(random, span))
    cuts = sorted(random.choices(range(span.lots - count + 1), k=count - 1))
    lots = array("q", (b - a + 1 for a, b in zip([0, *cuts], [*cuts, span.lots - count], strict=False)))
    return Minute(
        offsets,
        prices,
        lots,
        aggressors(random, prices),
        array("q", accumulate(prices, max)),
        array("q", accumulate(prices, min)),
        array("q", accumulate(lots)),
    )


def moments(random: Random, count: int) -> list[int]:
    """Return when the trades are (ms in the minute): spread over it, some of them in one rush."""
    rush = count // 4
    start = random.randrange(MINUTE - 3000)
    times = random.choices(range(MINUTE), k=count - rush) + random.choices(range(start, start + 3000), k=rush)
    return sorted(times)


def trade_prices(random: Random, span: Span) -> Iterable[int]:
    if span.trades < 4:
        return [span.open, span.open, span.close][-span.trades :] if span.trades else []
    last = span.trades - 1
    unit = (span.high - span.low) / (2.0 * sqrt(span.trades))
    path = list(accumulate(random.choices([unit * step for step in STEPS], k=last), initial=0.0))
    top, bottom = random.sample(range(1, last), 2)
    bends = sorted([(0, span.open), (top, span.high), (bottom, span.low), (last, span.close)])
    return bent(path, bends, span.low, span.high)


def aggressors(random: Random, prices: array) -> bytes:
    """Return 1 for each trade that a buyer struck: prices rise on those, and fall on the others."""
    tosses = random.choices((0, 1), k=len(prices))
    pairs = zip(prices, [prices[0], *prices], tosses, strict=False)
    return bytes(toss if price == before else price > before for price, before, toss in pairs)
