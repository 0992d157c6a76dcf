"""Floor 3. What is wanted of a venue, and what of it is served: lines follow it."""

import asyncio


class Serving:
    """The wanted symbols, and those of them that the venue refuses, each with the reason."""

    def __init__(self) -> None:
        self.wanted: set[str] = set()
        self.refused: dict[str, str] = {}
        self.revision = 0  # rises with each change of what is served
        self._changed = asyncio.Event()

    @property
    def served(self) -> set[str]:
        """The wanted symbols that the venue has not refused."""
        return self.wanted - self.refused.keys()

    def want(self, symbols: set[str]) -> None:
        """Say which symbols are wanted now; the line follows by itself."""
        if symbols != self.wanted:
            self.wanted = symbols
            self.refused = {symbol: reason for symbol, reason in self.refused.items() if symbol in symbols}
            self._change()

    def turn_away(self, symbol: str, reason: str) -> bool:
        """Hear that the venue won't serve a symbol; it is asked again only when wanted anew. False when that
        was known, or doesn't matter."""
        if symbol not in self.wanted or symbol in self.refused:
            return False
        self.refused[symbol] = reason
        self._change()
        return True

    def _change(self) -> None:
        self.revision += 1
        before, self._changed = self._changed, asyncio.Event()
        before.set()

    async def changed_after(self, revision: int) -> None:
        """Wait until what is served is another than at that revision."""
        while self.revision == revision:
            await self._changed.wait()
