"""Floor 2. What a formula's quote and bars are, made of those of its legs.

**Quote.** `last` is the formula of the lasts, and there is none before every leg has one; bid and ask as
`formulas.ends_of` says. `time` is the newest leg's; `state` the worst leg's. There is no size and no figure
of the day: sums and ratios of those are nobody's.

**Bars** of the past are an approximation. A bar opens with the formula of the legs' opens and closes with
that of their closes; its high and low are the higher and the lower of these two, since nobody knows which of
the legs' extremes met. There is a bar only where every leg has one. Bars of now are made of every value.
"""

from collections.abc import Iterable, Mapping

from feeds.formulas import Formula, ends_of, value_of
from feeds.market import Bar, Freshness, Quote, Source

BADNESS: dict[Freshness, int] = {"live": 0, "delayed": 1, "closed": 2, "stale": 3}


def tidy(value: float) -> float:
    """Return a number without the dust of binary fractions: twelve digits are more than any price has."""
    return float(f"{value:.12g}")


def quote_of(formula: Formula, legs: Mapping[str, Quote], received: int) -> Quote | None:
    """Return a formula's quote from those of all its legs; None where its value is no finite number.

    Raises KeyError when a leg is missing or has no price yet.
    """
    lasts = {leg: quote.last for leg, quote in legs.items() if quote.last is not None}
    value = value_of(formula, lasts)
    if value is None:
        return None
    bid, ask = ends(formula, legs)
    return Quote(
        symbol=formula.text,
        time=max((quote.time for quote in legs.values() if quote.time is not None), default=None),
        received=received,
        last=tidy(value),
        bid=None if bid is None else tidy(bid),
        ask=None if ask is None else tidy(ask),
        state=max((quote.state for quote in legs.values()), key=lambda state: BADNESS[state]),
    )


def ends(formula: Formula, legs: Mapping[str, Quote]) -> tuple[float | None, float | None]:
    """Return bid and ask, None for both where a leg has not both, or they aren't sure."""
    spreads = {}
    for leg, quote in legs.items():
        if quote.bid is None or quote.ask is None:
            return None, None
        spreads[leg] = (quote.bid, quote.ask)
    return ends_of(formula, spreads) or (None, None)


def bars_of(formula: Formula, legs: Mapping[str, Iterable[Bar]]) -> list[Bar]:
    """Return a formula's bars, oldest first, from the bars of each of its legs."""
    by_leg = {leg: {(bar.time, bar.interval): bar for bar in bars} for leg, bars in legs.items()}
    shared = set.intersection(*(set(bars) for bars in by_leg.values()))
    made = (bar_of(formula, {leg: bars[key] for leg, bars in by_leg.items()}) for key in sorted(shared))
    return [bar for bar in made if bar is not None]


def bar_of(formula: Formula, legs: Mapping[str, Bar]) -> Bar | None:
    """Return one bar of bars of the same time; None where its value is no finite number."""
    first = next(iter(legs.values()))
    opened = value_of(formula, {leg: bar.open for leg, bar in legs.items()})
    closed = value_of(formula, {leg: bar.close for leg, bar in legs.items()})
    if opened is None or closed is None:
        return None
    opened, closed = tidy(opened), tidy(closed)
    whole: Source = "mixed" if any(bar.source in ("mixed", "hole") for bar in legs.values()) else "backfill"
    return Bar(
        symbol=formula.text,
        interval=first.interval,
        time=first.time,
        open=opened,
        high=max(opened, closed),
        low=min(opened, closed),
        close=closed,
        volume=0.0,
        trades=0,
        closed=all(bar.closed for bar in legs.values()),
        source=whole,
    )
