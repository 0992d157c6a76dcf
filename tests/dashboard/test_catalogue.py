"""What is said of a symbol that can't be had."""

import asyncio

from dashboard import catalogue as room
from dashboard.catalogue import Catalogue
from feeds import store

CARDS = [{"venue": "KRAKEN", "title": "Kraken", "open_catalogue": False}]
TABLES = {
    store.catalogue_symbols: {"KRAKEN": {"KRAKEN:POL-USD"}},
    store.renamed_symbols: {"KRAKEN:MATIC-USD": "KRAKEN:POL-USD"},
}


async def test_a_symbol_that_was_renamed_says_what_it_is_called_now(settings, monkeypatch) -> None:
    async def aread(what):
        return TABLES[what]

    settings.DESK = {"venues": CARDS}
    monkeypatch.setattr(room.store, "aread", aread)
    catalogue = Catalogue()
    async with asyncio.timeout(10):
        await catalogue.follow()
    assert catalogue.trouble("KRAKEN:POL-USD") is None
    assert catalogue.trouble("KRAKEN:MATIC-USD") == "KRAKEN:MATIC-USD was renamed to KRAKEN:POL-USD"
    assert catalogue.trouble("KRAKEN:LUNA-USD") == (
        "unknown symbol KRAKEN:LUNA-USD: Kraken has no such instrument"
    )
