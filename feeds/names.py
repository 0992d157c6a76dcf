"""Floor 0. One `VENUE:NAME`, read or refused: what every symbol is, and every leg of a formula."""

import re

from feeds.errors import BadSymbol

VENUE_PATTERN = re.compile(r"[A-Z0-9_.]{1,24}")
NAME_PATTERN = re.compile(r"[A-Z0-9._\-^=/]{1,32}")
SHOWN = 32  # characters of a refused symbol that are repeated to whoever sent it


def shown(text: object) -> str:
    """Return what may be repeated of somebody's text in an error: printable ASCII, cut to 32 characters."""
    plain = "".join(c if " " <= c <= "~" else "?" for c in str(text)[: SHOWN + 1])
    return plain if len(plain) <= SHOWN else plain[:SHOWN] + "…"


def parse_name(text: str) -> str:
    """Return `VENUE:NAME` in upper case. Raises BadSymbol, which says what is wrong and what is right."""
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
