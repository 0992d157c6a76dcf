"""Floor 2. What one line was asked for, and what came of it: whom to ask for again, and what to say."""

from collections.abc import Iterable

from feeds.freshness import Freshness

ACKED_WITHIN = 10.0  # seconds in which a venue that acks each symbol has done so
IN_FLIGHT = 10.0  # seconds in which a refusal that names nobody may mean what was asked for
SOON = 5.0  # seconds until what was so refused is asked for again, one by one, and later each time
APART = 2.0  # seconds between two of these, so that the next refusal means one of them
QUIET = 60.0  # seconds of silence, at least, after which a symbol that has spoken is asked for again
EVERY, SELDOM = 60.0, 900.0  # seconds between two tries for the same silence; they double


class Wish:
    """One symbol that was asked for; times are seconds of any one clock."""

    __slots__ = ("acked", "asked", "due", "reason", "seen", "tries")

    def __init__(self, now: float) -> None:
        self.asked = now  # for the last time
        self.acked = False
        self.seen: float | None = None  # the last sign of life
        self.tries = 0  # times that it was asked for again since then
        self.due: float | None = None  # when to ask again for what was refused for now
        self.reason = ""

    def rest(self) -> float:
        """Return the seconds from one try to the next."""
        return float(min(EVERY * 2 ** (self.tries - 1), SELDOM)) if self.tries else 0.0

    def answered(self) -> bool:
        """Tell whether there was a word since it was asked for."""
        return self.acked or (self.seen is not None and self.seen >= self.asked)


class Asked:
    """The symbols of one line. `acks`: the venue acks each; `first_within`: seconds in which it tells of each
    when it is asked, None where it says nothing before something happens.

    `heard` collects who gave a sign of life; it is counted by `look`, which goes first each second.
    """

    def __init__(self, acks: bool, first_within: float | None) -> None:
        self._acks, self._first_within = acks, first_within
        self._wishes: dict[str, Wish] = {}
        self._freshness = Freshness()
        self.heard: set[str] = set()

    @property
    def symbols(self) -> set[str]:
        """Everything that was asked for and not given back."""
        return set(self._wishes)

    # -------------------------------------------------------------------- what happens
    def sent(self, symbols: Iterable[str], now: float) -> None:
        """Hear that symbols are asked for, once more or for the first time."""
        for symbol in symbols:
            wish = self._wishes.get(symbol)
            if wish is None:
                self._wishes[symbol] = Wish(now)
            else:
                wish.asked, wish.acked, wish.due = now, False, None
                wish.tries += 1

    def gone(self, symbols: Iterable[str]) -> None:
        """Hear that symbols are no longer wanted of this line."""
        for symbol in symbols:
            self._wishes.pop(symbol, None)
            self._freshness.forget(symbol)

    def acked(self, symbol: str) -> None:
        """Hear that the venue took a symbol."""
        if wish := self._wishes.get(symbol):
            wish.acked, wish.due, wish.reason = True, None, ""

    def later(self, symbol: str, reason: str, wait: float, now: float) -> None:
        """Hear that a symbol was refused for now: it is asked for again after so many seconds."""
        if wish := self._wishes.get(symbol):
            wish.due, wish.reason = now + max(wait, SOON * 2 ** min(wish.tries, 8)), reason

    def refused(self, reason: str, now: float) -> None:
        """Hear a refusal that names nobody: it means what was asked for last and was not answered."""
        self.look(now)
        flying = [
            symbol
            for symbol, wish in self._wishes.items()
            if now - wish.asked <= IN_FLIGHT and not wish.answered()
        ]
        for number, symbol in enumerate(flying):
            self.later(symbol, reason, 0.0, now + number * APART)

    def look(self, now: float) -> None:
        """Count the signs of life since the last look."""
        for symbol in self.heard:
            if wish := self._wishes.get(symbol):
                wish.seen, wish.tries, wish.due, wish.reason = now, 0, None, ""
                self._freshness.saw(symbol, int(now * 1000))
        self.heard.clear()

    # -------------------------------------------------------------------- what to do
    def again(self, now: float) -> tuple[list[str], list[str], list[str]]:
        """Return the symbols to ask for again now: one that was refused for now, those that were never taken,
        and those that are silent, which are given back before."""
        refused = [symbol for symbol, wish in self._wishes.items() if wish.due is not None]
        single = sorted((symbol for symbol in refused if self._due(symbol) <= now), key=self._due)[:1]
        overdue = [symbol for symbol, wish in self._wishes.items() if self._overdue(symbol, wish, now)]
        untaken = [symbol for symbol in overdue if self._untaken(self._wishes[symbol])]
        return single, untaken, [symbol for symbol in overdue if symbol not in untaken]

    def _due(self, symbol: str) -> float:
        due = self._wishes[symbol].due
        return float("inf") if due is None else due

    def _untaken(self, wish: Wish) -> bool:
        return self._acks and not wish.acked and wish.seen is None

    def _patience(self, wish: Wish) -> float | None:
        """Return the seconds in which there must be a word after asking, None where there need be none."""
        return ACKED_WITHIN if self._untaken(wish) else self._first_within

    def _overdue(self, symbol: str, wish: Wish, now: float) -> bool:
        if wish.due is not None:
            return False
        waited = now - wish.asked
        if wish.seen is not None:
            silent = (now - wish.seen) * 1000
            return waited >= wish.rest() and silent > max(QUIET * 1000, self._freshness.limit(symbol))
        patience = self._patience(wish)
        return patience is not None and waited >= (wish.rest() if wish.tries else patience)

    # -------------------------------------------------------------------- what to say
    def troubles(self, now: float) -> dict[str, str]:
        """Return what is wrong with symbols, for people: after they were asked for twice in vain."""
        told = {symbol: self._trouble(wish, now) for symbol, wish in self._wishes.items()}
        return {symbol: f"{symbol}: {why}" for symbol, why in told.items() if why}

    def _trouble(self, wish: Wish, now: float) -> str:
        patience = self._patience(wish)
        if wish.reason or patience is None or not wish.tries:
            return wish.reason
        if wish.tries == 1 and now - wish.asked < patience:
            return ""
        if self._untaken(wish):
            return "the venue doesn't take it, and doesn't say why"
        return "not a word from the venue, though it was asked again"
