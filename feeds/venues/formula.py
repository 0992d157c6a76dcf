"""What stands for a venue where a symbol is a formula: it has no line, no list and no history of its own."""

from feeds.symbols import FORMULA, parse_symbol
from feeds.venues.base import Venue


class Formulas(Venue):
    """Formulas over symbols (`=COINBASE:BTC-USD - KRAKEN:BTC-USD`), reckoned by `feeds/formula_feed.py`."""

    name = FORMULA
    title = "Formulas"
    mode = "formula"
    open_catalogue = True
    idle = "no formula is watched"

    def symbol(self, native: str) -> str:
        return parse_symbol(f"={native}")
