"""A venue cancels and corrects trades while its symbols are watched: what the desk publishes and stores."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from feeds import pasts, wire
from feeds.clock import wall
from feeds.engine import Engine
from feeds.market import Bar
from feeds.store import BarStore
from feeds.venues.alpaca import Alpaca
from feeds.venues.tradier import Tradier
from tests.integration.played import Recorder, Store
from tests.support import wait_for

AAPL, SPY = "ALPACA:AAPL", "TRADIER:SPY"
MINUTE = 60_000


class Bench:
    """An engine whose lines are spoken by the test, from a minute on that began two minutes ago."""

    def __init__(self) -> None:
        self.said, self.stored = Recorder(), Store()
        venues = {"ALPACA": Alpaca(), "TRADIER": Tradier()}
        self.engine = Engine(venues, self.said, cast(BarStore, self.stored))
        self.asked: list[tuple[str, str, int, int]] = []
        for filler in self.engine.pasts.fillers.values():
            filler.older = lambda *job: self.asked.append(job)  # type: ignore[method-assign]
        self.start = wall() // MINUTE * MINUTE - 2 * MINUTE
        streams = ["quote", "trades", "bars:1s", "bars:1m"]
        self.engine.watch(wire.Watch("h", {AAPL: streams, SPY: streams}))
        for symbol in (AAPL, SPY):
            self.engine.charts.drop(symbol)
            takes_back = self.engine.feeds[symbol.partition(":")[0]].venue.takes_back
            self.engine.charts.add(symbol, self.start, takes_back)

    def hear(self, venue: str, text: str) -> None:
        feed = self.engine.feeds[venue]
        feed.hear(feed.venue.parse(text, wall()), wall())

    def alpaca(self, kind: str, at: int, **fields: Any) -> None:
        time = datetime.fromtimestamp((self.start + at) / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        self.hear("ALPACA", json.dumps([{"T": kind, "S": "AAPL", "t": time, **fields}]))

    def tradier(self, at: int, seq: int, last: str, **flags: bool) -> None:
        told = {"type": "timesale", "symbol": "SPY", "last": last, "size": "10", "seq": seq, **flags}
        self.hear("TRADIER", json.dumps(told | {"date": str(self.start + at)}))

    async def bars(self, symbol: str) -> list[Bar]:
        """Return the minutes published since the last time, each as it was told last."""
        before = len(self.said.frames)
        await self.engine.teller.flush()
        told = [bar for _, _, frame in self.said.frames[before:] for bar in frame.bars]
        return list({bar.time: bar for bar in told if bar.symbol == symbol and bar.interval == "1m"}.values())


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    made = Bench()
    yield made
    made.engine.pasts.stop()
    for feed in made.engine.feeds.values():
        await feed.rest.close()


async def test_a_cancelled_trade_leaves_its_bar_its_price_and_the_tape(bench: Bench) -> None:
    for name, price in ((1, 220.5), (2, 999.0)):
        bench.alpaca("t", name, i=name, p=price, s=40)
    [bar] = await bench.bars(AAPL)
    assert (bar.high, bar.volume, bar.closed) == (999.0, 80.0, True)
    bench.alpaca("x", 2, i=2, p=999.0, s=40, a="C")
    [bar] = await bench.bars(AAPL)
    assert (bar.high, bar.close, bar.volume, bar.trades, bar.source) == (220.5, 220.5, 40.0, 1, "live")
    assert bar in bench.stored.bars and bench.stored.doubted == []
    quote = bench.said.quotes(AAPL)[-1]
    assert quote.last == 220.5
    assert [trade.id for trade in bench.engine.teller.state(AAPL).trades] == ["1"]


async def test_a_corrected_trade_is_counted_in_its_place(bench: Bench) -> None:
    bench.alpaca("t", 1, i=1, p=220.5, s=40)
    bench.alpaca("t", 2, i=2, p=999.0, s=40)
    await bench.bars(AAPL)
    bench.alpaca("c", 90_000, oi=2, op=999.0, os=40, ci=3, cp=220.9, cs=45)
    [bar] = await bench.bars(AAPL)
    assert (bar.time, bar.high, bar.volume, bar.trades) == (bench.start, 220.9, 85.0, 2)
    assert [(trade.id, trade.price) for trade in bench.said.trades(AAPL)][-1] == ("3", 220.9)


async def test_tradier_flags_the_same_line_again(bench: Bench) -> None:
    for seq, last in ((1, "573.45"), (2, "5734.5"), (3, "5.73")):
        bench.tradier(seq, seq, last)
    await bench.bars(SPY)
    bench.tradier(2, 2, "573.50", correction=True)
    bench.tradier(3, 3, "5.73", cancel=True)
    [bar] = await bench.bars(SPY)
    assert (bar.low, bar.high, bar.close, bar.volume, bar.trades) == (573.45, 573.5, 573.5, 20.0, 2)
    assert bench.said.quotes(SPY)[-1].last == 573.5


async def test_a_minute_that_can_not_be_made_anew_is_asked_of_the_venue(bench: Bench, monkeypatch) -> None:
    monkeypatch.setattr(pasts, "REPAIR", 0.0)
    bench.alpaca("t", 1, i=1, p=220.5, s=40)
    await bench.bars(AAPL)
    bench.alpaca("x", 30_000, i=77, p=220.6, s=40, a="C")
    [bar] = await bench.bars(AAPL)
    assert bar.source == "mixed"
    assert bench.stored.doubted == [(AAPL, bench.start, bench.start + MINUTE)]
    await wait_for(lambda: bench.asked)
    assert bench.asked == [(AAPL, "1m", bench.start + MINUTE, 1)]
