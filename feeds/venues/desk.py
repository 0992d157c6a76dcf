"""Prices of your own: what is pushed to `POST /api/ticks` (see `docs/push.md`)."""

from feeds.market import Instrument, Mark, Quote, Trade
from feeds.symbols import name_of, parse_symbol
from feeds.venues.base import Event, Venue
from feeds.wire import Tick


class Desk(Venue):
    """The venue whose prices its users make: any name may exist, and is there once it was pushed."""

    name = "DESK"
    title = "Pushed prices"
    mode = "pushed"
    open_catalogue = True
    idle = "nothing pushed yet"

    def symbol(self, native: str) -> str:
        return parse_symbol(f"DESK:{native}")


def events_of(tick: Tick, received: int) -> list[Event]:
    """Return what a pushed tick says: with a size it is a trade, without one a price that moves the bars."""
    if tick.size is not None:
        return [
            Trade(symbol=tick.symbol, id=tick.id, time=tick.time, price=tick.price, size=tick.size, side=None)
        ]
    quote = Quote(symbol=tick.symbol, time=tick.time, received=received, last=tick.price)
    return [quote, Mark(symbol=tick.symbol, time=tick.time, price=tick.price)]


def instrument_of(symbol: str) -> Instrument:
    """Return the instrument that a pushed symbol is listed as."""
    name = name_of(symbol)
    return Instrument(symbol=symbol, base=name, quote="", kind="other", title=f"Pushed: {name}", native=name)
