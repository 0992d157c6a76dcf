"""The whole way of a price inside the house, without a clock: raw ticks into the board, flushes to what a hub
holds, updates to sockets of any rate. Who looks seldom sees the same high and low as who looks often."""

import json

from hypothesis import given
from hypothesis import strategies as st

from dashboard.held import Held
from dashboard.pump import update
from dashboard.session import Session
from feeds import wire
from feeds.board import Board
from feeds.market import Quote

SYMBOL = "SIM:BTC-USD"
FLUSH = 0.05
TICKS = st.lists(st.tuples(st.integers(1, 400), st.integers(1, 60)), min_size=1, max_size=150)


class Seen:
    """What a socket of one rate was told: each update's extremes and count, beside its raw ticks."""

    def __init__(self, rate: float, held: Held) -> None:
        self.session = Session()
        self.session.rate(rate)
        self.session.subscribe(SYMBOL, frozenset({wire.QUOTE_STREAM}))
        self.session.told(SYMBOL, held.cursor)
        self.raw: list[float] = []  # published ticks that it has yet to be told of
        self.all: list[float] = []

    def look(self, held: Held, now: float) -> None:
        """Take an update if it may have one, and compare it with the raw ticks since the last."""
        self.session.offer_quotes({SYMBOL}, {SYMBOL: held})
        if self.session.due(now) != 0.0:
            return
        told = json.loads(update(self.session, {SYMBOL: held}, now))
        self.session.ack(told["n"], now)
        (quote,) = told["quotes"]
        assert (quote["hi"], quote["lo"], quote["merged"]) == (max(self.raw), min(self.raw), len(self.raw))
        assert quote["last"] == self.raw[-1]
        self.all += [quote["hi"], quote["lo"]]
        self.raw = []


@given(TICKS, st.sampled_from([0.2, 1.0, 3.0]))
def test_a_slow_socket_sees_the_same_high_and_low_as_a_quick_one(
    ticks: list[tuple[int, int]], rate: float
) -> None:
    board, held = Board(), Held(SYMBOL)
    board.add(SYMBOL)
    held.become(wire.SymbolState(SYMBOL, 0, streams=[wire.QUOTE_STREAM]))
    seen = [Seen(rate, held), Seen(10.0, held), Seen(20.0, held)]
    now, flushed, waiting = 0.0, 0.0, []

    def flush() -> None:
        for quote, _ in board.take():
            assert held.put_quote(quote)
        for each in seen:
            each.raw += waiting
        waiting.clear()

    for number, (milliseconds, price) in enumerate(ticks):
        now += milliseconds / 1000
        if now - flushed >= FLUSH:
            flush()
            flushed = now
            for each in seen:
                each.look(held, now)
        assert board.quote(Quote(symbol=SYMBOL, time=number, received=number, last=float(price)))
        waiting.append(float(price))
    flush()
    for each in seen:
        each.look(held, now + 100.0)
    prices = [float(price) for _, price in ticks]
    assert [(max(each.all), min(each.all)) for each in seen] == [(max(prices), min(prices))] * len(seen)
