"""Floor 4. Which symbols exist, held in memory so that no socket waits for the database."""

import asyncio
import logging

from django.conf import settings

from feeds import store
from feeds.symbols import legs_of, venue_of

log = logging.getLogger("dashboard.catalogue")

RETRY = 5.0


class Catalogue:
    """The instruments of the venues that list theirs, read again when the worker says they have changed."""

    def __init__(self) -> None:
        self._symbols: dict[str, set[str]] = {}
        self._renamed: dict[str, str] = {}
        self._open = {card["venue"] for card in settings.DESK["venues"] if card["open_catalogue"]}
        self._titles = {card["venue"]: card["title"] for card in settings.DESK["venues"]}
        self._versions: dict[str, int] = {}
        self._stale = asyncio.Event()
        self._stale.set()

    def version(self, worker: str, version: int) -> None:
        """Hear which version of the catalogue a worker has stored."""
        if version != self._versions.get(worker, -1):
            self._versions[worker] = version
            self._stale.set()

    async def follow(self) -> None:
        """Read the catalogue once it has changed."""
        await self._stale.wait()
        self._stale.clear()
        try:
            self._symbols = await store.aread(store.catalogue_symbols)
            self._renamed = await store.aread(store.renamed_symbols)
        except Exception as error:  # the database may be away; symbols are then accepted unseen
            log.warning("catalogue not read: %s", error)
            await asyncio.sleep(RETRY)
            self._stale.set()

    def trouble(self, symbol: str) -> str | None:
        """Return why a symbol, or a leg of a formula, can't be had; None when nothing is known against it."""
        return next((why for leg in legs_of(symbol) if (why := self._trouble(leg))), None)

    def _trouble(self, symbol: str) -> str | None:
        venue = venue_of(symbol)
        if venue not in self._titles:
            return f"unknown venue {venue}; on here: {' '.join(self._titles)}"
        known = self._symbols.get(venue)
        if venue in self._open or not known or symbol in known:
            return None
        if heir := self._renamed.get(symbol):
            return f"{symbol} was renamed to {heir}"
        return f"unknown symbol {symbol}: {self._titles[venue]} has no such instrument"
