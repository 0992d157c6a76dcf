"""Floor 2. What is seen of a venue in a short while, in words, and whether that is good."""

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from feeds.market import Quote, Trade
from feeds.venues.base import Event

GOOD, POOR, NOTHING = 0, 1, 2  # exit codes
VERDICTS = {GOOD: "GOOD", POOR: "POOR", NOTHING: "NOTHING CAME"}
AGES = 10_000  # ages kept of a symbol
IN_A_ROW = (
    0.8  # the part of the steps between two ids that must be one, or else ids aren't counted by the venue
)
STEPS = 5  # steps below which nothing can be said of ids
OLD = 5_000  # ms
CLOCK_AHEAD = 2_000  # ms that a venue's clock may be ahead of ours


class Seen:
    """What was heard of one symbol."""

    def __init__(self) -> None:
        self.quotes = self.trades = self.repeated = 0
        self.last: float | None = None
        self.state = ""
        self.heard: int | None = None  # our ms at which it was last heard of
        self.silence = 0  # ms of the longest silence between two words
        self.ages: deque[int] = deque(maxlen=AGES)
        self._id: int | None = None
        self._ids: set[str] = set()
        self._ones = self._jumps = self._missing = 0

    def hear(self, event: Quote | Trade, received: int) -> None:
        """Take in a price."""
        if self.heard is not None:
            self.silence = max(self.silence, received - self.heard)
        self.heard = received
        if isinstance(event, Quote):
            self.quotes += 1
            self.state = event.state
            self.last = self.last if event.last is None else event.last
        else:
            self._trade(event, received)

    def _trade(self, trade: Trade, received: int) -> None:
        if trade.id in self._ids:
            self.repeated += 1
            return
        self._ids.add(trade.id)
        self.trades += 1
        self.last = trade.price
        if not trade.recap:
            self.ages.append(received - trade.time)
        if trade.id.isdecimal():
            self._follow(int(trade.id))

    def _follow(self, number: int) -> None:
        if self._id is not None and number > self._id:
            step = number - self._id
            self._ones += step == 1
            self._jumps += step > 1
            self._missing += step - 1
        self._id = number if self._id is None else max(self._id, number)

    @property
    def missing(self) -> int | None:
        """How many trades' ids were skipped; None where the venue doesn't number them one by one."""
        steps = self._ones + self._jumps
        return self._missing if steps >= STEPS and self._ones >= IN_A_ROW * steps else None

    def age(self, part: float) -> int | None:
        """Return the age in ms that this part of the trades stayed below; None without a trade."""
        ages = sorted(self.ages)
        return ages[min(len(ages) - 1, int(part * len(ages)))] if ages else None


class Line(NamedTuple):
    """How the line itself was: as a Feed knows it at the end."""

    reason: str
    refused: dict[str, str]
    errors: dict[str, int]
    offset: int | None  # ms from the venue's time to ours at the quickest
    went_stale: bool
    on_time: bool  # neither delayed, polled nor made here: a trade's age means something


class Check:
    """What was heard of the symbols asked for. `counts_ids`: whether a skipped id is a lost trade."""

    def __init__(self, symbols: Sequence[str], counts_ids: bool = True) -> None:
        self._counts_ids = counts_ids
        self.symbols = {symbol: Seen() for symbol in symbols}
        self.quotes = self.trades = 0

    def hear(self, events: Sequence[Event], received: int) -> None:
        """Take in what a feed heard."""
        for event in events:
            if isinstance(event, (Quote, Trade)):
                self.quotes += isinstance(event, Quote)
                self.trades += isinstance(event, Trade)
                self.symbols.setdefault(event.symbol, Seen()).hear(event, received)

    def newest(self) -> int | None:
        """Return when (our ms) the last price came, None before the first."""
        return max((seen.heard for seen in self.symbols.values() if seen.heard is not None), default=None)

    def table(self) -> list[str]:
        """Return what was heard of each symbol, a line each."""
        width = max(len(symbol) for symbol in self.symbols)
        head = ("last", "state", "quotes", "trades", "age p50", "p95", "silence", "missing", "repeated")
        lines = [f"{'symbol':<{width}}" + "".join(f"{word:>11}" for word in head)]
        for symbol, seen in self.symbols.items():
            missing = str(seen.missing) if self._counts_ids and seen.missing is not None else "–"
            cells = (
                f"{seen.last:.10g}" if seen.last else "–", seen.state or "–", seen.quotes, seen.trades,
                span(seen.age(0.5)), span(seen.age(0.95)), span(seen.silence), missing, seen.repeated,
            )  # fmt: skip
            lines.append(f"{symbol:<{width}}" + "".join(f"{cell:>11}" for cell in cells))
        return lines

    def verdict(self, line: Line) -> tuple[int, list[str]]:
        """Return the exit code and everything that is wrong, the worst first."""
        if not self.quotes + self.trades:
            first = line.reason or "connected, and not a word"
            more = [
                reason for reason in (*line.refused.values(), *line.errors) if not first.startswith(reason)
            ]
            return NOTHING, [first, *more[:3]]
        wrong = [f"refused {symbol}: {why}" for symbol, why in line.refused.items()]
        wrong += [
            f"nothing of {symbol}"
            for symbol, seen in self.symbols.items()
            if seen.heard is None and symbol not in line.refused
        ]
        missing = {symbol: seen.missing for symbol, seen in self.symbols.items() if seen.missing}
        if self._counts_ids and missing:
            wrong.append(f"missing trades: {', '.join(f'{of} {count}' for of, count in missing.items())}")
        if line.went_stale:
            wrong.append("the line fell silent")
        wrong += [
            f"{count} × {reason}" for reason, count in line.errors.items() if reason != "refused symbol"
        ]
        old = {symbol: seen.age(0.5) or 0 for symbol, seen in self.symbols.items()}
        if line.on_time:
            wrong += [f"{symbol} is {span(age)} old" for symbol, age in old.items() if age > OLD]
        if line.offset is not None and -line.offset > CLOCK_AHEAD:
            wrong.append(f"its clock is {span(-line.offset)} ahead of ours")
        return (POOR if wrong else GOOD), wrong


def span(ms: int | None) -> str:
    """Return a length of time in words; – for none."""
    if ms is None:
        return "–"
    return (
        f"{ms} ms"
        if abs(ms) < 1000
        else f"{ms / 1000:.1f} s"
        if abs(ms) < 120_000
        else f"{ms / 60_000:.0f} m"
    )
