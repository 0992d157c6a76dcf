"""Floor 4. Where else the asset of a symbol has a price."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from dashboard.answers import Trouble, answer
from dashboard.schemas import Symbol, Symbols
from feeds import store
from feeds.errors import BadSymbol
from feeds.market import Instrument
from feeds.symbols import is_formula, parse_symbol


def known(text: str) -> str:
    """Return the canonical symbol. Raises Trouble for one that is none."""
    try:
        return parse_symbol(text)
    except BadSymbol as trouble:
        raise Trouble(422, "bad_symbol", str(trouble)) from None


def told(instrument: Instrument) -> Symbol:
    """Return an instrument as the API tells it."""
    return Symbol(**{name: getattr(instrument, name) for name in Symbol.__struct_fields__})


async def elsewhere(request: HttpRequest, symbol: str) -> HttpResponse:
    """The instruments of the same asset on all venues that are on, at most 30: those with the same base, and
    the same quote or another token of that money. A formula has none, nor has a symbol nobody knows."""
    asked = known(symbol)
    venues = [each["venue"] for each in settings.DESK["venues"]]
    found = [] if is_formula(asked) else await store.aread(store.same_asset, asked, venues)
    return answer(Symbols([told(each) for each in found]))
