"""A desk's socket as a test holds it: acknowledges, keeps every frame, and notes every breach."""

import asyncio
import json
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.program import LiveProgram

Frame = dict[str, Any]
ACK_EACH = 4  # updates: a quarter of the window


def no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


class Client:
    """`async with Client(program) as client:` has an open socket.

    `frames` are all frames with the time (monotonic s) of each in `times`; `quotes`, `trades`, `bars` and
    `venues` are what a page would hold by them. `breaches` must be empty at the end, and is checked then:
    an update that is not the next one, a `seq` that goes back within its epoch, a trade that one worker told
    twice.
    """

    def __init__(
        self,
        program: LiveProgram,
        acking: bool = True,
        reading: bool = True,
        cookie: str = "",
        **options: Any,
    ) -> None:
        self.url = program.ws_url
        self.options: dict[str, Any] = {
            "origin": program.origin,
            "subprotocols": ["ticker.v1"],
            "ping_interval": None,
            "max_size": None,
            "proxy": None,
        } | options
        self.acking = acking
        self.reading = reading
        self.frames: list[Frame] = []
        self.times: list[float] = []
        self.quotes: dict[str, Frame] = {}
        self.trades: dict[str, dict[str, Frame]] = {}
        self.bars: dict[tuple[str, str], dict[int, Frame]] = {}
        self.venues: dict[str, Frame] = {}
        self.epochs: dict[str, str] = {}
        self.seqs: dict[str, int] = {}
        self.updates = self.acked = self.dropped = 0
        self.close_code: int | None = None
        self.breaches: list[str] = []
        self._told: dict[str, set[str]] = {}
        self._news = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.ws: ClientConnection

    # ------------------------------------------------------------------- life
    async def __aenter__(self) -> Self:
        self.ws = await connect(self.url, **self.options)
        if self.reading:
            self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._ack_by_the_clock())]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.ws.close()
        if kind is None:
            assert self.breaches == [], "\n".join(self.breaches)

    async def _read(self) -> None:
        try:
            async for text in self.ws:
                assert isinstance(text, str)
                self._take(json.loads(text, parse_constant=no_constant))
                if self.acking and self.updates - self.acked >= ACK_EACH:
                    await self.ack()
        except ConnectionClosed:
            pass
        self.close_code = self.ws.close_code
        self._news.set()

    async def _ack_by_the_clock(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            if self.acking and self.updates > self.acked and self.close_code is None:
                await self.ack()

    # ------------------------------------------------------------------ words
    async def say(self, type: str, **rest: Any) -> None:
        """Send one message."""
        await self.raw(json.dumps({"type": type, **rest}))

    async def raw(self, frame: str | bytes) -> None:
        """Send any frame; to a socket that is closed, nothing."""
        try:
            await self.ws.send(frame)
        except ConnectionClosed:
            self.close_code = self.ws.close_code

    async def ack(self) -> None:
        """Acknowledge all updates."""
        self.acked = self.updates
        await self.say("ack", n=self.updates)

    async def subscribe(self, *symbols: str, streams: tuple[str, ...] = ("quote",)) -> None:
        """Subscribe, and wait for the snapshot of each."""
        since = len(self.frames)
        await self.say("subscribe", id=f"s{since}", symbols=list(symbols), streams=list(streams))
        answer = await self.frame("subscribed", since, id=f"s{since}")
        assert answer["rejected"] == {}, answer
        for symbol in answer["symbols"]:
            await self.frame("snapshot", since, symbol=symbol)

    # ---------------------------------------------------------------- waiting
    async def wait_for(self, predicate: Callable[[], Any], timeout: float = 10.0, what: str = "") -> Any:
        """Return the first true value of `predicate`, which is asked after each frame."""
        end = time.monotonic() + timeout
        while not (result := predicate()):
            self._news.clear()
            left = end - time.monotonic()
            try:
                async with asyncio.timeout(max(0.0, left)):
                    await self._news.wait()
            except TimeoutError:
                seen = "\n".join(str(frame)[:200] for frame in self.frames[-6:])
                raise AssertionError(f"waited {timeout:g} s for {what}; the last frames:\n{seen}") from None
        return result

    async def frame(self, type: str, since: int = 0, timeout: float = 10.0, **fields: Any) -> Frame:
        """Return the first frame of a type, from number `since` on, that has these fields."""
        wanted = {"type": type, **fields}

        def found() -> Frame | None:
            return next((frame for frame in self.frames[since:] if wanted.items() <= frame.items()), None)

        answer: Frame = await self.wait_for(found, timeout, str(wanted))
        return answer

    async def status(self, venue: str, *states: str, since: int = 0, timeout: float = 12.0) -> Frame:
        """Return the first status of a venue, from frame `since` on, that is one of these states."""

        def found() -> Frame | None:
            told = (f for f in self.frames[since:] if f["type"] == "status" and f["venue"] == venue)
            return next((frame for frame in told if frame["state"] in states), None)

        answer: Frame = await self.wait_for(found, timeout, f"{venue} {' or '.join(states)}")
        return answer

    async def prices(self, symbol: str, count: int = 1, timeout: float = 10.0) -> Frame:
        """Return the symbol's quote once it was told `count` live ones from now on."""
        since = len(self.frames)

        def enough() -> bool:
            live = [quote for quote in self.told("quotes", since) if quote["symbol"] == symbol]
            return sum(quote["state"] == "live" for quote in live) >= count

        await self.wait_for(enough, timeout, f"{count} live prices of {symbol}")
        return self.quotes[symbol]

    def told(self, kind: str, since: int = 0) -> list[Frame]:
        """Return what all updates from frame `since` on told of a kind: quotes, trades or bars."""
        updates = (frame for frame in self.frames[since:] if frame["type"] == "update")
        return [each for update in updates for each in update.get(kind, [])]

    def of(self, type: str, since: int = 0) -> list[Frame]:
        """Return all frames of a type from number `since` on."""
        return [frame for frame in self.frames[since:] if frame["type"] == type]

    def when(self, frame: Frame) -> float:
        """Return the time at which a frame came."""
        return self.times[next(n for n, each in enumerate(self.frames) if each is frame)]

    # ---------------------------------------------------------------- reading
    def _take(self, frame: Frame) -> None:
        self.frames.append(frame)
        self.times.append(time.monotonic())
        match frame["type"]:
            case "snapshot":
                self._take_snapshot(frame)
            case "update":
                self._take_update(frame)
            case "status":
                self.venues[frame["venue"]] = frame
        self._news.set()

    def _take_snapshot(self, frame: Frame) -> None:
        symbol = frame["symbol"]
        if (frame["epoch"], frame["seq"]) < (self.epochs.get(symbol, ""), self.seqs.get(symbol, 0)):
            self.breaches.append(f"an older snapshot of {symbol}: {frame['epoch']} {frame['seq']}")
        if frame["epoch"] != self.epochs.get(symbol):
            self._told[symbol] = set()  # a new worker tells again what the venue recapitulates
        self.epochs[symbol], self.seqs[symbol] = frame["epoch"], frame["seq"]
        self.trades.setdefault(symbol, {}).update({trade["id"]: trade for trade in frame["trades"]})
        self._told[symbol] |= {trade["id"] for trade in frame["trades"]}
        if frame["quote"]:
            self.quotes[symbol] = frame["quote"]
        for interval, bars in frame["bars"].items():
            self.bars.setdefault((symbol, interval), {}).update({bar["time"]: bar for bar in bars})

    def _take_update(self, frame: Frame) -> None:
        self.updates += 1
        if frame["n"] != self.updates:
            self.breaches.append(f"update {frame['n']} where {self.updates} was due")
        self.dropped += frame.get("dropped", 0)
        for quote in frame.get("quotes", []):
            symbol = quote["symbol"]
            if symbol not in self.seqs or quote["seq"] <= self.seqs[symbol]:
                self.breaches.append(f"{symbol} {quote['seq']} after {self.seqs.get(symbol)}")
            self.seqs[symbol] = quote["seq"]
            self.quotes[symbol] = self.quotes.get(symbol, {}) | quote
        for trade in frame.get("trades", []):
            if trade["id"] in self._told[trade["symbol"]]:
                self.breaches.append(f"told twice: {trade}")
            self._told[trade["symbol"]].add(trade["id"])
            self.trades.setdefault(trade["symbol"], {})[trade["id"]] = trade
        for bar in frame.get("bars", []):
            self.bars.setdefault((bar["symbol"], bar["interval"]), {})[bar["time"]] = bar
