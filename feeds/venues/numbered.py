"""Floor 2. What is known of one line whose frames are numbered: whether one of them is missing."""

import re
from collections.abc import Callable

from feeds.venues.base import Event, Notice, NoticeKind

BEGINNING = 10_000  # ms in which a new line's numbers may jump, while its channels begin
HEAD = 200  # characters in which the number comes

Parse = Callable[[str | bytes, int], list[Event]]


class Numbered:
    """Reads the frames of one line with its venue's `parse`, and counts them by the number that `pattern`
    finds near their beginning. A jump means lost frames; a smaller number, that the counting began anew."""

    def __init__(self, parse: Parse, pattern: re.Pattern[str]) -> None:
        self._parse = parse
        self._pattern = pattern
        self._last: int | None = None
        self._since: int | None = None

    def __call__(self, raw: str | bytes, received: int) -> list[Event]:
        """Return what one frame says, and before it that others are lost. Never raises."""
        lost = self._lost(raw if isinstance(raw, str) else raw[:HEAD].decode("utf-8", "replace"))
        events = self._parse(raw, received)
        if self._since is None:
            self._since = received
        if not lost:
            return events
        kind: NoticeKind = "lost" if received - self._since > BEGINNING else "bad"
        return [Notice(kind=kind, reason=f"frames were lost: {lost}"), *events]

    def _lost(self, text: str) -> int:
        """Return how many frames are missing before this one."""
        found = self._pattern.search(text, 0, HEAD)
        if found is None:
            return 0
        number, last = int(found[1]), self._last
        self._last = number
        return 0 if last is None else max(0, number - last - 1)
