"""Floor 0. The one place where a symbol is read, normalised or refused.

A symbol is `VENUE:NAME` in upper case, as traders type it: `COINBASE:BTC-USD`, `YAHOO:^GSPC`; or a formula
over such symbols, which begins with `=`: `=COINBASE:BTC-USD - KRAKEN:BTC-USD` (see `feeds/formulas.py`).
"""

from functools import lru_cache

from feeds.errors import BadSymbol
from feeds.formulas import Formula, parse_formula
from feeds.names import NAME_PATTERN, SHOWN, VENUE_PATTERN, parse_name, shown

__all__ = [
    "FORMULA",
    "NAME_PATTERN",
    "SHOWN",
    "VENUE_PATTERN",
    "formula_of",
    "is_formula",
    "legs_of",
    "name_of",
    "parse_symbol",
    "shown",
    "venue_of",
]

FORMULA = "FORMULA"  # what stands for a venue where a symbol is a formula


def parse_symbol(text: object) -> str:
    """Return the canonical form of a symbol (`kraken:btc-usd` → `KRAKEN:BTC-USD`).

    Raises BadSymbol, whose text says what was wrong and what is right.
    """
    if not isinstance(text, str):
        raise BadSymbol(f"a symbol is a text like COINBASE:BTC-USD, not {shown(type(text).__name__)}")
    return parse_formula(text).text if text.startswith("=") else parse_name(text)


def is_formula(symbol: str) -> bool:
    """Tell whether a canonical symbol is a formula."""
    return symbol.startswith("=")


@lru_cache(maxsize=1024)
def formula_of(symbol: str) -> Formula:
    """Return what a canonical formula says. Raises BadSymbol for another text."""
    return parse_formula(symbol)


def legs_of(symbol: str) -> tuple[str, ...]:
    """Return the symbols that a canonical symbol is made of: a formula's legs, or the symbol itself."""
    return formula_of(symbol).legs if is_formula(symbol) else (symbol,)


def venue_of(symbol: str) -> str:
    """Return the venue of a canonical symbol; FORMULA for a formula, which is of none or many."""
    return FORMULA if is_formula(symbol) else symbol.partition(":")[0]


def name_of(symbol: str) -> str:
    """Return the name of a canonical symbol: the part after the colon, or what a formula says."""
    return symbol[1:] if is_formula(symbol) else symbol.partition(":")[2]
