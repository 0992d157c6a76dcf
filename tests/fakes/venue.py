"""A fake venue: a real server on one loopback port, WebSocket and REST, with every fault a test asks for."""

import asyncio
import contextlib
import json
import logging
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from feeds.market import Quote, Side, Trade
from tests.fakes.answers import response
from tests.fakes.faults import Faults
from tests.fakes.line import Line, reset
from tests.fakes.market import FakeMarket, wall

QUIET = logging.getLogger("tests.fakes")
QUIET.setLevel(logging.CRITICAL)


class FakeVenue(Faults):
    """The server, its market, its faults and its counters; a subclass speaks one venue's words."""

    name: str
    products: dict[str, str | None] = {}
    trade_channel = ""

    def __init__(self, seed: int = 7, rate: float = 2.0, ticking: bool = False) -> None:
        super().__init__()
        self.market = FakeMarket(dict(self.products), seed, rate)
        self.market.set_ticking(ticking)
        self.lines: list[Line] = []
        self.sent: deque[str] = deque(maxlen=500_000)
        self.heard: deque[str] = deque(maxlen=10_000)
        self.trades: deque[tuple[str, Trade]] = deque(maxlen=500_000)
        self.requests: Counter[str] = Counter()
        self.connects = 0
        self._ids: Counter[str] = Counter()
        self._told: dict[str, int] = {}
        self._server: Server | None = None
        self._clock: asyncio.Task[None] | None = None
        self._changed = asyncio.Condition()
        self.port = 0

    # ------------------------------------------------------------------- life
    async def start(self, port: int = 0) -> Self:
        self._server = await serve(
            self._serve, "127.0.0.1", port, process_request=self._http, logger=QUIET, max_size=2**20,
            ping_interval=None, close_timeout=1, compression=None,
        )  # fmt: skip
        self.port = next(iter(self._server.sockets)).getsockname()[1]
        self._clock = asyncio.create_task(self._run_clock())
        return self

    async def stop(self) -> None:
        if self._clock:
            self._clock.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._clock
        if self._server:
            self._server.close()
            await self._server.wait_closed()

    async def __aenter__(self) -> Self:
        return self if self._server else await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def ws_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    @property
    def rest_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead the program here."""
        return {f"VENUE_{self.name}_WS_URL": self.ws_url, f"VENUE_{self.name}_REST_URL": self.rest_url}

    # --------------------------------------------------------------- controls
    async def send_trade(
        self, product: str, price: float, size: float, side: Side = "buy", time: int | None = None
    ) -> Trade:
        """Let a trade happen and tell it to whoever is subscribed; `side` is the aggressor's."""
        when = wall() if time is None else time
        trade = Trade(symbol=product, id=self.next_id(product), time=when, price=price, size=size, side=side)
        self.market.add(product, trade)
        quote = self.market.newest(product, max(when, wall()))
        await self._tell(product, trade, quote or Quote(symbol=product, last=price))
        return trade

    def ticking(self, rate: float | None = None) -> None:
        """Let the price walk by itself with `rate` trades a second and product (None: as made), 0 to stop.

        Another rate is another path, in the candles of the past as well.
        """
        if rate:
            self.market.set_rate(rate)
        self.market.set_ticking(rate != 0)
        self._told.clear()

    async def drop(self, code: int | None = None) -> None:
        """Close every socket with a code, or (None) tear them down without a word."""
        for line in list(self.lines):
            if code is None:
                reset(line.ws)
            else:
                await line.ws.close(code)

    async def raw(self, text: str) -> None:
        """Push any frame to every socket."""
        for line in list(self.lines):
            await line.send(text)

    async def until(self, true: Callable[[], bool], timeout: float = 10.0) -> None:
        """Wait until something about the connections or their subscriptions is true."""
        async with asyncio.timeout(timeout), self._changed:
            await self._changed.wait_for(true)

    async def subscribed(self, native: str, timeout: float = 10.0) -> None:
        """Wait until somebody is subscribed to the trades of a product."""
        stream = (self.trade_channel, native)
        await self.until(lambda: any(stream in line.streams for line in self.lines), timeout)

    async def unsubscribed(self, native: str, timeout: float = 10.0) -> None:
        """Wait until nobody is."""
        stream = (self.trade_channel, native)
        await self.until(lambda: not any(stream in line.streams for line in self.lines), timeout)

    async def note(self) -> None:
        """Wake those who wait in `until`."""
        async with self._changed:
            self._changed.notify_all()

    # ------------------------------------------------------------------ words
    async def greet(self, line: Line) -> None:
        """Say what the venue says on connecting."""

    async def hear(self, line: Line, message: Any) -> None:
        """Answer one message of a client; `message` is None when it was no JSON."""

    async def beat(self, line: Line) -> None:
        """Be told each second, for heartbeats."""

    async def tell(self, line: Line, native: str, trade: Trade, quote: Quote) -> None:
        """Tell one line of a trade."""

    async def answer(self, path: str, params: dict[str, str], headers: Headers) -> Response:
        """Answer one REST request."""
        return response(404, b"{}", "application/json")

    # --------------------------------------------------------------- internals
    def next_id(self, native: str) -> str:
        self._ids[native] += 1
        return str(1000 + self._ids[native])

    async def _tell(self, native: str, trade: Trade, quote: Quote) -> None:
        self.trades.append((native, trade))
        if native in self.muted:
            return
        for line in list(self.lines):
            if (self.trade_channel, native) in line.streams:
                await self.tell(line, native, trade, quote)

    async def _serve(self, ws: ServerConnection) -> None:
        line = Line(self, ws)
        self.lines.append(line)
        self.connects += 1
        try:
            await self.greet(line)
            await self.note()
            async for raw in ws:
                text = raw if isinstance(raw, str) else raw.decode("utf-8", "replace")
                self.heard.append(text)
                try:
                    message = json.loads(text)
                except ValueError:
                    message = None
                await self.hear(line, message)
                await self.note()
        except ConnectionClosed:
            pass
        finally:
            self.lines.remove(line)
            await self.note()

    async def _http(self, ws: ServerConnection, request: Request) -> Response | None:
        url = urlsplit(request.path)
        shaking = "websocket" in request.headers.get("Upgrade", "").lower()
        self.requests[f"WS {url.path}" if shaking else unquote(url.path)] += 1
        fault = self.fault(shaking)
        if fault is not None or shaking:
            return fault
        await asyncio.sleep(self.rest_delay)
        return await self.answer(unquote(url.path), dict(parse_qsl(url.query)), request.headers)

    async def _run_clock(self) -> None:
        next_beat = time.monotonic() + 1.0
        while True:
            await asyncio.sleep(0.02)
            if self.market.ticking:
                await self._walk(wall())
            if time.monotonic() >= next_beat:
                next_beat += 1.0
                for line in list(self.lines):
                    await self.beat(line)

    async def _walk(self, now: int) -> None:
        """Tell what happened on the path since the last look, of each product that anyone listens to."""
        natives = {native for line in self.lines for native in line.natives(self.trade_channel)}
        self._told = {native: self._told.get(native, now) for native in natives}
        for native, since in self._told.items():
            for trade, quote in self.market.events(native, since, now):
                own = Trade(
                    symbol=native, id=self.next_id(native), time=trade.time, price=trade.price,
                    size=trade.size, side=trade.side,
                )  # fmt: skip
                await self._tell(native, own, quote)
            self._told[native] = now
