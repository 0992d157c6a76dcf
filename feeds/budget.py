"""Floor 2. What a venue allows in a time, and when the next thing may be sent."""

from collections import deque

from msgspec import Struct

SHARE = 0.8  # of what is allowed: other programs at our address spend of it, too
SLACK = 1.1  # a window is counted so much longer: what leaves us evenly doesn't arrive so


class Budget(Struct, frozen=True):
    """What a venue allows: `count` connects, messages, or REST weight in any `seconds`, as it says itself."""

    count: int
    seconds: float

    def __str__(self) -> str:
        """Return it in words: `300 in 300 s`."""
        return f"{self.count} in {self.seconds:g} s"


class Window:
    """One budget and what was spent of it: never more than its share in any of its windows."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self._most = max(1, int(budget.count * SHARE))
        self._length = budget.seconds * SLACK
        self._spent: deque[tuple[float, int]] = deque()
        self._sum = 0

    def earliest(self, at: float, weight: int) -> float:
        """Return the first time from `at` on at which so much may be spent; what costs more than the whole
        budget waits until nothing else is in the window."""
        weight = min(weight, self._most)
        while self._spent and (self._spent[0][0] + self._length <= at or self._sum + weight > self._most):
            time, gone = self._spent.popleft()
            self._sum -= gone
            at = max(at, time + self._length)
        return at

    def spend(self, at: float, weight: int) -> None:
        """Count what is spent at a time, which is not before any that was counted."""
        weight = min(weight, self._most)
        self._spent.append((at, weight))
        self._sum += weight


class Limiter:
    """The budgets of one kind at one host. Whoever wants to send books a time, and waits for it, so that
    several may ask side by side. Times are seconds of any one clock."""

    def __init__(self, budgets: tuple[Budget, ...]) -> None:
        self._windows = [Window(budget) for budget in budgets]
        self._last = 0.0

    def book(self, now: float, weight: int = 1) -> float:
        """Return the time, `now` or later, at which a thing of this weight may be sent; it is counted."""
        at = max(now, self._last)
        for window in self._windows:  # a later time is right for those before, too
            at = window.earliest(at, weight)
        for window in self._windows:
            window.spend(at, weight)
        self._last = at
        return at


def pace(budgets: tuple[Budget, ...]) -> float:
    """Return how many a second can be kept up for ever."""
    return min((budget.count / budget.seconds for budget in budgets), default=float("inf"))
