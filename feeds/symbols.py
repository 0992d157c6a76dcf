"""Floor 0. The one place where a symbol is read, normalised or refused.

A symbol is `VENUE:NAME` in upper case, as traders type it: `COINBASE:BTC-USD`, `YAHOO:^GSPC`.
"""

import re

from feeds.errors import BadSymbol

VENUE_PATTERN = re.compile(r"[A-Z0-9_.]{1,24}")
NAME_PATTERN = re.compile(r"[A-Z0-9._\-^=/]{1,32}")
SHOWN = 32  # characters of a refused symbol that are repeated to whoever sent it


def shown(text: object) -> str:
    """Return what may be repeated of somebody's text in an error: printable ASCII, cut to 32 characters."""
    plain = "".join(c if " " <= c <= "~" else "?" for c in str(text)[: SHOWN + 1])
    return plain if len(plain) <= SHOWN else plain[:SHOWN] + "…"


def parse_symbol(text: object) -> str:
    """Return the canonical form of a symbol (`kraken:btc-usd` → `KRAKEN:BTC-USD`).

    Raises BadSymbol, whose text says what was wrong and what is right.
    """
    if not isinstance(text, str):
        raise BadSymbol(f"a symbol is a text like COINBASE:BTC-USD, not {shown(type(text).__name__)}")
    if text.startswith("="):
        raise BadSymbol(f"{shown(text)}: no formulas yet; write one VENUE:NAME, like COINBASE:BTC-USD")
    if not text.isascii() or len(text) > 64:
        raise BadSymbol(f"{shown(text)} is not a symbol: VENUE:NAME in at most 24 and 32 ASCII characters")
    venue, colon, name = text.upper().partition(":")
    if not colon:
        raise BadSymbol(f"{shown(text)} has no venue: write VENUE:NAME, like COINBASE:BTC-USD")
    if not VENUE_PATTERN.fullmatch(venue):
        raise BadSymbol(f"{shown(text)}: a venue is 1-24 of A-Z 0-9 _ .")
    if not NAME_PATTERN.fullmatch(name):
        raise BadSymbol(f"{shown(text)}: a name is 1-32 of A-Z 0-9 . _ - ^ = /")
    return f"{venue}:{name}"


def venue_of(symbol: str) -> str:
    """Return the venue of a canonical symbol."""
    return symbol.partition(":")[0]


def name_of(symbol: str) -> str:
    """Return the name of a canonical symbol, the part after the colon."""
    return symbol.partition(":")[2]
