"""A real engine without hubs and database: what its venues say is played to it, what it tells is kept."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

from feeds import wire
from feeds.engine import Engine
from feeds.market import Bar, Instrument, Quote, Trade
from feeds.store import BarStore
from feeds.venues.base import Venue
from tests.fakes.player import Frame, Player
from tests.support import wait_for


class Store:
    """A store that keeps what it is given, and what it is told to doubt."""

    def __init__(self) -> None:
        self.bars: list[Bar] = []
        self.listed: dict[str, list[Instrument]] = {}
        self.doubted: list[tuple[str, int, int]] = []

    def put_bars(self, bars: list[Bar]) -> None:
        self.bars += bars

    def put_instruments(self, venue: str, instruments: list[Instrument]) -> None:
        self.listed[venue] = instruments

    def doubt(self, symbol: str, start: int, end: int) -> None:
        self.doubted.append((symbol, start, end))

    def no_holes(self, symbol: str, start: int, end: int) -> None:
        pass

    def flush(self, timeout: float) -> bool:
        return True


class Recorder:
    """A publisher that keeps everything with its time (monotonic s)."""

    def __init__(self) -> None:
        self.frames: list[tuple[float, str, wire.Frame]] = []
        self.syncs: list[tuple[float, wire.Sync]] = []
        self.answers: list[tuple[str, wire.States]] = []
        self.pasts: list[wire.Past] = []

    async def frame(self, group: str, frame: wire.Frame) -> bool:
        self.frames.append((time.monotonic(), group, frame))
        return True

    async def sync(self, sync: wire.Sync) -> None:
        self.syncs.append((time.monotonic(), sync))

    async def history(self, past: wire.Past) -> None:
        self.pasts.append(past)

    async def states(self, reply: str, states: wire.States) -> None:
        self.answers.append((reply, states))

    def quotes(self, symbol: str, since: int = 0) -> list[Quote]:
        return [
            quote for _, _, frame in self.frames[since:] for quote in frame.quotes if quote.symbol == symbol
        ]

    def trades(self, symbol: str, since: int = 0) -> list[Trade]:
        return [
            trade for _, _, frame in self.frames[since:] for trade in frame.trades if trade.symbol == symbol
        ]


class Desk:
    """A running engine with one venue, what it has published, its store, and the player it hears."""

    def __init__(self, engine: Engine, said: Recorder, store: Store, player: Player) -> None:
        self.engine, self.said, self.store, self.player = engine, said, store, player
        self.feed = next(iter(engine.feeds.values()))

    def watch(self, *symbols: str) -> None:
        self.engine.watch(wire.Watch("hub", {symbol: ["quote", "trades"] for symbol in symbols}))

    async def trades(self, symbol: str, count: int) -> list[tuple[str, float, float, str | None]]:
        """Return id, price, size and side of the published trades, once there are that many."""
        await wait_for(lambda: len(self.said.trades(symbol)) >= count, 10, f"{count} trades of {symbol}")
        return [(each.id, each.price, each.size, each.side) for each in self.said.trades(symbol)]

    async def quote(self, symbol: str, **fields: Any) -> Quote:
        """Return the published quote that has these values, once it is out."""

        def newest() -> Quote | None:
            quotes = self.said.quotes(symbol)
            right = quotes and all(getattr(quotes[-1], name) == value for name, value in fields.items())
            return quotes[-1] if right else None

        return cast(Quote, await wait_for(newest, 10, f"{symbol} with {fields}"))


@asynccontextmanager
async def played(
    kind: type[Venue], frames: Sequence[Frame] = (), rest: dict[str, bytes] | None = None, **facts: Any
) -> AsyncIterator[Desk]:
    """Give a desk with one venue, whose lines play these frames and whose facts may be others; it is asked at
    once, and without its history, so without a database."""
    quick = {"bar_rows": {}, "connects": (), "messages": ()}
    venue = type(kind.__name__, (kind,), quick | facts)()
    async with Player(frames, rest=rest) as player:
        said, store = Recorder(), Store()
        engine = Engine(
            {kind.name: venue},
            said,
            cast(BarStore, store),
            ws_origins={kind.name: player.ws_url},
            rest_origins={kind.name: player.rest_url},
        )
        running = asyncio.create_task(engine.run())
        try:
            yield Desk(engine, said, store, player)
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
