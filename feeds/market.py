"""Floor 0. The words: what a market is made of. Frozen, and passed between rooms as they are.

Times are integer milliseconds UTC. Prices, sizes and volumes are floats (IEEE double); None means
that the venue did not say, never zero. What comes a thousand times a second is no concern of the garbage
collector (`gc=False`): it holds nothing but numbers and texts, so it can't be part of a circle.
"""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct, structs

from feeds.symbols import name_of, venue_of

Side = Literal["buy", "sell"]
Kind = Literal["crypto", "share", "index", "fx", "fund", "future", "other"]
Freshness = Literal["live", "delayed", "stale", "closed"]
FeedState = Literal["connecting", "live", "polling", "stale", "reconnecting", "down", "off"]
Source = Literal["live", "backfill", "mixed", "hole"]

INTERVALS: dict[str, int] = {
    "1s": 1_000,
    "5s": 5_000,
    "15s": 15_000,
    "1m": 60_000,
    "5m": 300_000,
    "15m": 900_000,
    "30m": 1_800_000,
    "1h": 3_600_000,
    "4h": 14_400_000,
    "1d": 86_400_000,
}
"""Every interval a bar may have, with its length in milliseconds. All are cut at UTC midnight."""

HIGHEST_PRICE = 1e15


class Instrument(Struct, frozen=True, kw_only=True):
    """Something a venue makes a price of. `native` is the venue's own code; `title` a name for people;
    `identity` what the venue calls it whatever its code becomes ("": nothing)."""

    symbol: str
    base: str
    quote: str
    kind: Kind
    tick_size: float | None = None
    status: str = "online"
    title: str = ""
    native: str = ""
    identity: str = ""

    @property
    def venue(self) -> str:
        return venue_of(self.symbol)

    @property
    def name(self) -> str:
        return name_of(self.symbol)


class Quote(Struct, frozen=True, gc=False, kw_only=True):
    """The state of a symbol. From a venue it holds only what the venue said; the board makes it whole.

    `open high low volume` are the venue's 24 h (or session) figures, volume in base units. `hi lo merged`
    are the extremes of `last` and the ticks folded into this state since the one before.
    """

    symbol: str
    seq: int = 0
    time: int | None = None
    received: int = 0
    last: float | None = None
    size: float | None = None
    bid: float | None = None
    bid_size: float | None = None
    ask: float | None = None
    ask_size: float | None = None
    open: float | None = None
    high: float | None = None
    low: float | None = None
    volume: float | None = None
    hi: float | None = None
    lo: float | None = None
    merged: int = 1
    state: Freshness = "live"


class Trade(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One trade. `side` is the aggressor's. `recap`: told again by the venue at subscribing, perhaps
    minutes old; it is shown on the tape but never added to a bar."""

    symbol: str
    id: str
    time: int
    price: float
    size: float
    side: Side | None
    recap: bool = False


class Cancel(Struct, frozen=True, kw_only=True):
    """A venue takes a trade back, the one of this id; `instead` is what it should have been. `time` is about
    when it was, for the case that we don't hold it; None: nobody knows."""

    symbol: str
    id: str
    time: int | None = None
    instead: Trade | None = None


class Mark(Struct, frozen=True, gc=False, kw_only=True):
    """A price that moves the bars though nobody traded at it: a formula's value, a price without a size."""

    symbol: str
    time: int
    price: float


class Figures(Struct, frozen=True, gc=False, kw_only=True):
    """A symbol's 24 h (or session) figures, told apart from its prices; `otherwise` is the whole quote they
    came with, for a symbol that has no price yet."""

    symbol: str
    otherwise: Quote
    open: float | None = None
    high: float | None = None
    low: float | None = None
    volume: float | None = None
    time: int | None = None


class Bar(Struct, frozen=True, gc=False, kw_only=True):
    """Open, high, low, close and volume of one interval; `time` is its opening time, `trades` their
    number (None when the venue's history doesn't say)."""

    symbol: str
    interval: str
    time: int
    open: float
    high: float
    low: float
    close: float
    volume: float
    trades: int | None = None
    closed: bool = True
    source: Source = "live"

    @property
    def end(self) -> int:
        return self.time + INTERVALS[self.interval]


class FeedStatus(Struct, frozen=True, kw_only=True):
    """How our line to a venue is: its state, since when and why, and its counters since the start.
    `clock_offset` is the ms from the venue's time to ours at the quickest (negative: its clock is ahead)."""

    venue: str
    state: FeedState
    since: int
    reason: str = ""
    symbols: int = 0
    ticks_per_second: float = 0.0
    last_tick: int | None = None
    reconnects: int = 0
    errors: int = 0
    clock_offset: int | None = None


def floor_time(time: int, interval: str) -> int:
    """Return the opening time of the bar of `interval` that holds `time` (both in ms)."""
    return time - time % INTERVALS[interval]


def heirs(gone: Iterable[Instrument], listed: Iterable[Instrument]) -> dict[str, str]:
    """Return the symbol under which each of these goes on, where one has its identity or its native code."""
    known: dict[tuple[str, str], str] = {}
    for each in listed:
        known |= {("native", each.native): each.symbol, ("identity", each.identity): each.symbol}
    found = {
        each.symbol: (each.identity and known.get(("identity", each.identity)))
        or (each.native and known.get(("native", each.native)))
        for each in gone
    }
    return {symbol: heir for symbol, heir in found.items() if heir and heir != symbol}


def is_price(value: float | None) -> bool:
    """Tell whether a number can be a price: finite, above zero, and of a size that means something."""
    return value is not None and 0.0 < value < HIGHEST_PRICE


def is_size(value: float | None) -> bool:
    """Tell whether a number can be a size or a volume: finite and not negative."""
    return value is not None and 0.0 <= value < HIGHEST_PRICE


replace = structs.replace
