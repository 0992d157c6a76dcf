"""A fake Coinbase that goes wrong when asked to, and keeps the truth of what it has told."""

import asyncio
import contextlib
import json
import random
from typing import Any, NamedTuple

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from feeds.market import Quote, Trade, replace
from tests.fakes.coinbase import FakeCoinbase, iso, match, ticker
from tests.fakes.line import Line
from tests.fakes.market import wall

BAD_PRICES = ["NaN", "Infinity", "1e400", "0", "-1", "1,5", "9" * 40, "", None, True, [], {"p": 1}]
FLOOD_EVERY = 0.005  # seconds between two bursts of a flood
LONGEST_BURST = 2_000


class Told(NamedTuple):
    """One line of the truth: what happened, and whether it was sent."""

    symbol: str
    id: str
    price: float
    size: float
    time: int
    sent: bool


class FaultyCoinbase(FakeCoinbase):
    """`truth` has every trade that happened, in order; `recaps` the (symbol, price, time) that new lines were
    told first; `moments` the times of frames without a price. Each fault holds until `well()`.

    Besides those of every fake venue (`stall`, `drop(code)`, `html`, `status(429, 7)`, `refuse_connects`):
    `stall_at_start`, `stall_symbol`, `accept_then_close`, `dup`, `swap`, `skew`, `delist`, `lose_trades`,
    `bad_price`, `flood`.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.truth: list[Told] = []
        self.recaps: set[tuple[str, float, int]] = set()
        self.moments: set[int] = set()
        self._random = random.Random(settings.get("seed", 7))
        self._flooding: asyncio.Task[None] | None = None
        self._late: tuple[str, Trade, Quote] | None = None
        self._mute: set[str] = set()
        self._dup = self._swap = 0.0
        self._skew = self._losing = 0
        self._stall_at_start = self._closing = False

    def well(self) -> None:
        """Take every fault back."""
        self.healthy()
        self._mute.clear()
        self._dup = self._swap = 0.0
        self._skew = self._losing = 0
        self._stall_at_start = self._closing = False

    # --------------------------------------------------------------- controls
    def stall_at_start(self) -> None:
        """Let new lines subscribe and then tell them nothing at all."""
        self._stall_at_start = True

    def stall_symbol(self, native: str) -> None:
        """Tell nothing of one product, heartbeats included."""
        self._mute.add(native)

    def accept_then_close(self) -> None:
        """Close each new line (1001) as soon as it is open."""
        self._closing = True

    def dup(self, share: float) -> None:
        """Tell this share of trades twice."""
        self._dup = share

    def swap(self, share: float) -> None:
        """Tell this share of trades after the one that follows."""
        self._swap = share

    def skew(self, seconds: float) -> None:
        """Set the venue's clock off."""
        self._skew = int(seconds * 1000)

    def lose_trades(self, count: int) -> None:
        """Let the next trades happen without a word."""
        self._losing = count

    async def delist(self, native: str) -> None:
        """End a product: no trades, and a refusal to whoever is or gets subscribed."""
        self.market.products.pop(native, None)
        self.delisted.add(native)
        for line in list(self.lines):
            for channel in ("ticker", "matches", "heartbeat"):
                line.streams.pop((channel, native), None)
            await self._refuse(line, [native])

    async def bad_price(self, native: str, price: Any) -> None:
        """Tell a ticker and a match with this price; the rest of the ticker is well, so its time counts."""
        now = wall()
        quote = self.market.newest(native, now) or Quote(symbol=native, last=1.0)
        trade = Trade(symbol=native, id=self.next_id(native), time=now, price=1.0, size=1.0, side="buy")
        self.moments.add(now)
        for frame in (ticker(native, trade, quote), match(native, trade, "match")):
            await self.raw(json.dumps(frame | {"price": price}))

    # ------------------------------------------------------------------ flood
    def flood(self, rate: float, natives: list[str]) -> None:
        """Tell this many trades a second over these products to every line, as fast as it takes them."""
        self._flooding = asyncio.create_task(self._flood(rate, natives))

    async def flood_over(self) -> None:
        """End the flood, and tell a last trade of each product in peace."""
        if self._flooding:
            self._flooding.cancel()
            await asyncio.gather(self._flooding, return_exceptions=True)
            self._flooding = None

    async def stop(self) -> None:
        await self.flood_over()
        await super().stop()

    async def _flood(self, rate: float, natives: list[str]) -> None:
        loop = asyncio.get_running_loop()
        began, told = loop.time(), 0
        while True:
            await asyncio.sleep(FLOOD_EVERY)
            due = min(LONGEST_BURST, int((loop.time() - began) * rate) - told)
            told += max(0, due)
            frames = b"".join(self._flood_frame(native) for native in self._random.choices(natives, k=due))
            for line in list(self.lines):
                line.ws.transport.write(frames)
            for line in list(self.lines):
                await drained(line.ws)

    def _flood_frame(self, native: str) -> bytes:
        now = wall()
        number, price = int(self.next_id(native)), self._random.randrange(100_000, 200_000) / 100
        self.truth.append(Told(f"COINBASE:{native}", str(number), price, 0.5, now, True))
        text = (
            f'{{"type":"match","trade_id":{number},"maker_order_id":"0","taker_order_id":"1","side":"buy",'
            f'"size":"0.5","price":"{price:.2f}","product_id":"{native}","sequence":{number},'
            f'"time":"{iso(now)}"}}'
        ).encode()
        return b"\x81\x7e" + len(text).to_bytes(2, "big") + text

    # ------------------------------------------------------------------ words
    async def greet(self, line: Line) -> None:
        if self._closing:
            await line.ws.close(1001)

    async def hear(self, line: Line, message: Any) -> None:
        if not self._stall_at_start:
            await super().hear(line, message)
            return
        before = set(line.streams)
        stalled, self.stalled = self.stalled, True
        await super().hear(line, message)
        self.stalled = stalled
        for stream in set(line.streams) - before:
            line.streams.pop(stream)

    async def beat(self, line: Line) -> None:
        natives = [native for native in line.natives("heartbeat") if native not in self._mute]
        for native in natives:
            last = 1000 + self._ids[native]
            beat = {"type": "heartbeat", "last_trade_id": last, "product_id": native}
            await line.send(beat | {"sequence": last * 3, "time": iso(wall() + self._skew)})

    def recap_of(self, native: str) -> Quote | None:
        quote = super().recap_of(native)
        if quote and quote.last is not None and quote.time is not None:
            self.recaps.add((f"COINBASE:{native}", quote.last, quote.time))
        return quote

    async def _tell(self, native: str, trade: Trade, quote: Quote) -> None:
        trade = replace(trade, time=trade.time + self._skew)
        silent = self.stalled or native in self._mute or self._losing > 0
        told = Told(f"COINBASE:{native}", str(trade.id), trade.price, trade.size, trade.time, not silent)
        self.truth.append(told)
        self._losing = max(0, self._losing - 1)
        if silent:
            return
        if self._late is None and self._random.random() < self._swap:
            self._late = (native, trade, quote)
            return
        await super()._tell(native, trade, quote)
        if self._random.random() < self._dup:
            await super()._tell(native, trade, quote)
        late, self._late = self._late, None
        if late:
            await super()._tell(*late)

    # ------------------------------------------------------------------ truth
    def told(self, symbol: str, sent: bool = True) -> list[Told]:
        """Return what happened to a symbol, only what was sent unless `sent` is False. What a swap holds back
        goes out with the next trade, if there is one."""
        held = (f"COINBASE:{self._late[0]}", str(self._late[1].id)) if self._late else None
        return [
            each
            for each in self.truth
            if each.symbol == symbol and not (sent and (not each.sent or (each.symbol, each.id) == held))
        ]


async def drained(ws: ServerConnection) -> None:
    """Wait until a line has room again."""
    with contextlib.suppress(ConnectionClosed, ConnectionError):
        await ws.drain()
