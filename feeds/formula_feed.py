"""Floor 3. The formulas that are watched: reckoned anew with every change of a leg, as stale as the worst.

A formula has no line of its own. While it is wanted its legs are wanted, too; what the board says of them
makes its quote, each value moves its bars, and its past is told once the pasts of all legs were.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from feeds.board import Board
from feeds.derived import bars_of, quote_of
from feeds.feed import Feed
from feeds.formulas import Formula
from feeds.market import Bar, Mark, Quote
from feeds.symbols import formula_of, is_formula, legs_of
from feeds.venues.base import Event
from feeds.wire import QUOTE_STREAM, TRADES_STREAM


class _Watched:
    """One formula; `since` is the ms at which it began, `said` what was told of it last."""

    __slots__ = ("formula", "said", "since")

    def __init__(self, formula: Formula, since: int) -> None:
        self.formula, self.since = formula, since
        self.said: tuple[object, ...] = ()


class Formulas:
    """The formulas of an engine. `feed` is their pseudo line: it is told each value as a venue's would be.

    `trouble(symbol)` says why a leg can't be had, "" when nothing is known against it.
    """

    def __init__(self, feed: Feed, board: Board, trouble: Callable[[str], str]) -> None:
        self.used = False
        self._feed, self._board, self._trouble = feed, board, trouble
        self._watched: dict[str, _Watched] = {}
        self._of_leg: dict[str, list[_Watched]] = {}
        self._awaited: dict[tuple[str, str], set[str]] = {}

    # ------------------------------------------------------------------- demand
    def follow(self, now: int) -> None:
        """Begin the formulas that the feed is wanted to serve now, and drop the others."""
        if self._watched.keys() == self._feed.wanted:
            return
        self._watched = {
            symbol: self._watched.get(symbol) or _Watched(formula_of(symbol), now)
            for symbol in self._feed.wanted
        }
        self._of_leg = defaultdict(list)
        for watched in self._watched.values():
            for leg in watched.formula.legs:
                self._of_leg[leg].append(watched)
        self._awaited = {key: legs for key, legs in self._awaited.items() if key[0] in self._watched}
        self.used = self.used or bool(self._watched)
        on = bool(self._watched)
        self._feed.set_state("live" if on else "off", "" if on else self._feed.venue.idle)
        self.look(now)

    # ------------------------------------------------------------------- values
    def moved(self, leg: str, traded: bool, now: int) -> None:
        """Reckon the formulas of a symbol of which something has changed; `traded`: by a trade."""
        for watched in self._of_leg.get(leg, ()):
            self._reckon(watched, traded, now)

    def look(self, now: int) -> None:
        """Reckon all formulas, whose legs may have gone stale; refuse those of which a leg can't be had."""
        for symbol, watched in self._watched.items():
            for leg in watched.formula.legs:
                if why := self._trouble(leg):
                    self._feed.refuse(symbol, f"{leg}: {why}")
            self._reckon(watched, False, now)

    def _reckon(self, watched: _Watched, traded: bool, now: int) -> None:
        legs: dict[str, Quote] = {}
        for leg in watched.formula.legs:
            quote = self._board.last(leg)
            if quote is None or quote.last is None:
                return
            legs[leg] = quote
        made = quote_of(watched.formula, legs, now)
        said = (made.last, made.bid, made.ask, made.time, made.state) if made else (None,)
        if made is None and said != watched.said:
            self._feed.count("no finite value")
        elif made is not None and (traded or said != watched.said):
            self._feed.hear(list(self._events(watched, made, traded)), now)
        watched.said = said

    def _events(self, watched: _Watched, made: Quote, traded: bool) -> Iterator[Event]:
        """Yield the new quote, and a price for the bars when there was one since the formula began."""
        yield made
        moved = traded or not watched.said or made.last != watched.said[0]
        if moved and made.last is not None and made.time is not None and made.time >= watched.since:
            yield Mark(symbol=made.symbol, time=made.time, price=made.last)

    # --------------------------------------------------------------------- past
    def awaits(self, symbol: str, interval: str, legs: Iterable[str]) -> None:
        """Note that the past of a formula's legs is being fetched."""
        self._awaited.setdefault((symbol, interval), set()).update(legs)

    def told(self, leg: str, interval: str) -> list[str]:
        """Hear that a leg's past is fetched; return the formulas of which every leg's is, by now."""
        whole = []
        for watched in self._of_leg.get(leg, ()):
            awaited = self._awaited.get((watched.formula.text, interval))
            if awaited is not None:
                awaited.discard(leg)
                whole += [] if awaited else [watched.formula.text]
        return whole


def with_legs(wanted: dict[str, set[str]]) -> dict[str, set[str]]:
    """Return a demand (symbol → streams) with its formulas' legs: of each the quote, and bars as of it."""
    result = {symbol: set(streams) for symbol, streams in wanted.items()}
    for symbol, streams in wanted.items():
        for leg in legs_of(symbol) if is_formula(symbol) else ():
            result.setdefault(leg, set()).update((streams - {TRADES_STREAM}) | {QUOTE_STREAM})
    return result


def newest_bars(symbol: str, bars_in: Callable[[str], list[Bar]]) -> list[Bar]:
    """Return a formula's bars as those in the making of its legs make them; `bars_in(leg)` gives a leg's."""
    return bars_of(formula_of(symbol), {leg: bars_in(leg) for leg in legs_of(symbol)})
