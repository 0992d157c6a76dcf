"""Floor 3. What the feeds say, handed to who keeps it: prices to the board, trades to the charts."""

from collections.abc import Mapping

from feeds.board import Board
from feeds.charts import Charts
from feeds.clock import steady, wall
from feeds.feed import Feed
from feeds.formula_feed import Formulas
from feeds.freshness import Freshness
from feeds.market import Bar, Cancel, Figures, Mark, Quote, Trade, replace
from feeds.pasts import Pasts
from feeds.symbols import FORMULA
from feeds.telling import Teller
from feeds.venues.base import Event, Notice

AHEAD = 2_000  # ms that a venue's clock may be ahead of ours
LIVE = ("live", "polling")


def believable(event: Event, received: int) -> Event:
    """Return what a venue said with a time that can be: one from the future has a wrong clock, and would
    open a bar that isn't, and make every later price look old."""
    if isinstance(event, (Quote, Trade)) and event.time is not None and event.time > received + AHEAD:
        return replace(event, time=received)
    return event


class Hearer:
    """Takes what all feeds of an engine say, and notes which lines are silent."""

    def __init__(
        self,
        board: Board,
        charts: Charts,
        freshness: Freshness,
        formulas: Formulas,
        pasts: Pasts,
        teller: Teller,
    ) -> None:
        self._board, self._charts, self._freshness = board, charts, freshness
        self._formulas, self._pasts, self._teller = formulas, pasts, teller
        self._silent_since: dict[str, int] = {}  # venue → ms, while its line is lost

    def events(self, feed: Feed, events: list[Event], received: int) -> None:
        """Take what a venue said."""
        now = steady()
        for said in events:
            event = believable(said, received)
            if isinstance(event, Quote):
                self._quote(feed, event, received, now)
            elif isinstance(event, Trade):
                self._trade(event, received, now)
            elif isinstance(event, Figures):
                self._freshness.saw(event.symbol, now)
                self._board.figures(event)
            elif isinstance(event, Cancel):
                self._pasts.take_back(event, received)
                self._formulas.moved(event.symbol, True, received)
            elif isinstance(event, Mark):
                self._charts.mark(event)
            elif isinstance(event, Notice) and event.kind == "heartbeat" and event.symbol:
                self._freshness.saw(event.symbol, now)
        if self._board.dirty:
            self._teller.changed.set()

    def _quote(self, feed: Feed, quote: Quote, received: int, now: int) -> None:
        self._pasts.heard(quote.symbol, received)
        self._freshness.saw(quote.symbol, now)
        if not self._board.quote(quote):
            return
        self._formulas.moved(quote.symbol, False, received)
        if feed.venue.quotes_make_bars and quote.last is not None:
            at = received if quote.time is None else quote.time
            self._charts.mark(Mark(symbol=quote.symbol, time=at, price=quote.last))

    def _trade(self, trade: Trade, received: int, now: int) -> None:
        self._pasts.heard(trade.symbol, received)
        if not trade.recap:
            self._freshness.saw(trade.symbol, now)
        if self._board.trade(trade, received):
            self._charts.trade(trade)
            self._formulas.moved(trade.symbol, not trade.recap, received)

    def values(self, feed: Feed, events: list[Event], received: int) -> None:
        """Take the values of formulas: each quote is whole."""
        for event in events:
            if isinstance(event, Quote):
                self._board.become(event)
            elif isinstance(event, Mark):
                self._charts.mark(replace(event, time=min(event.time, received)))
        self._teller.changed.set()

    def polled_bars(self, feed: Feed, symbol: str, bars: list[Bar], as_of: int) -> None:
        """Take bars that came beside a polled price."""
        self._pasts.take(symbol, "1m", bars, as_of)
        self._teller.changed.set()

    def status(self, feed: Feed) -> None:
        """React to a line's change: without it prices are stale at once, and bars incomplete."""
        name = feed.venue.name
        if feed.state in LIVE:
            since = self._silent_since.pop(name, None)
            if since is not None:
                self._pasts.gap(feed, since)
        elif feed.state == "off":
            self._silent_since.pop(name, None)  # nothing was wanted: silence is no gap
        elif feed.last_tick is not None and name not in self._silent_since:
            self._silent_since[name] = feed.last_tick
            self._charts.gap(feed.served, feed.last_tick, wall())  # what closes meanwhile is not whole
        if feed.state not in LIVE:
            for symbol in feed.wanted:
                self._freshness.interrupted(symbol)
                self._board.stale(symbol, True)
            self._teller.changed.set()
        self._teller.status.set()

    def look(self, feeds: Mapping[str, Feed]) -> None:
        """Note which symbols have been silent for too long on a line that lives."""
        now = steady()
        for name, feed in feeds.items():
            if feed.state in LIVE and not feed.polled and name != FORMULA:
                for symbol in feed.served:
                    self._board.stale(symbol, self._freshness.is_stale(symbol, now))
