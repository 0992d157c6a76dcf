"""Many pages in one process that come back by themselves; raw.py has the mute and the hostile clients."""

import asyncio
import json
import random
import socket
import time
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.faults.raw import SMALL

FIRST, LONGEST = 0.5, 30.0  # seconds of the page's back-off: static/js/socket.js
SILENCE, HANDSHAKE = 7.0, 10.0
ACK_EACH = 4
TROUBLE = (OSError, TimeoutError, WebSocketException, EOFError)


class Seen(NamedTuple):
    """One state of a symbol as a page was told it: when (monotonic s), on which of its sockets, and what."""

    at: float
    socket: str
    whole: bool
    epoch: str
    symbol: str
    seq: int
    price: float | None
    time: int | None
    state: str


class Ended(NamedTuple):
    """A socket that ended: when, which, and with what code (0: torn, or silent)."""

    at: float
    socket: str
    code: int


class Page:
    """A page without its drawing: subscribes, acknowledges, notices silence, reconnects with jitter.

    `rate` (KB/s) makes it a slow reader with a small buffer. `seen`, `ended`, `venues` (when, venue, state)
    and `opened` (when) tell what it met; `quotes` is what it would show.
    """

    def __init__(self, name: str, url: str, symbols: list[str], seed: int = 7, rate: float = 0.0) -> None:
        self.name, self.url, self.symbols, self.rate = name, url, symbols, rate
        self.origin = f"http://{urlsplit(url).netloc}"
        self.streams = ["quote"]
        self.quotes: dict[str, dict[str, Any]] = {}
        self.bars: dict[tuple[str, str], dict[int, dict[str, Any]]] = {}
        self.seen: list[Seen] = []
        self.ended: list[Ended] = []
        self.venues: list[tuple[float, str, str]] = []
        self.opened: list[float] = []
        self.bytes = self.sockets = 0
        self.epochs: dict[str, str] = {}
        self._random = random.Random(f"{seed} {name}")
        self._task: asyncio.Task[None] | None = None
        self._ws: ClientConnection | None = None

    def start(self) -> None:
        """Open the page."""
        self._task = asyncio.create_task(self._live(), name=self.name)

    async def stop(self) -> None:
        """Close it."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    # ---------------------------------------------------------------- its life
    async def _live(self) -> None:
        failures = 0
        while True:
            began = time.monotonic()
            code = await self._session()
            self.ended.append(Ended(time.monotonic(), f"{self.name}.{self.sockets}", code))
            failures = 0 if time.monotonic() - began >= 10.0 else failures
            wait = min(LONGEST, FIRST * 2 ** min(failures + (4 if code == 4429 else 0), 10))
            failures += 1
            await asyncio.sleep(self._random.uniform(0.0, wait))

    async def _session(self) -> int:
        """Live through one socket; return the code that ended it."""
        self.sockets += 1
        try:
            async with asyncio.timeout(HANDSHAKE):
                self._ws = await self._open()
        except TROUBLE:
            return 0
        try:
            await self._read(self._ws)
        except TROUBLE:
            return self._ws.close_code or 0
        finally:
            self._ws.transport.abort()
        return self._ws.close_code or 0

    async def _open(self) -> ClientConnection:
        parts = urlsplit(self.url)
        sock = socket.socket()
        sock.setblocking(False)
        if self.rate:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        await asyncio.get_running_loop().sock_connect(sock, (parts.hostname, parts.port))
        return await connect(
            self.url, sock=sock, origin=self.origin, compression=None, ping_interval=None, max_size=None,
            proxy=None, max_queue=1 if self.rate else 16, close_timeout=1, open_timeout=HANDSHAKE,
        )  # fmt: skip

    async def _read(self, ws: ClientConnection) -> None:
        acked = updates = 0
        acked_at = time.monotonic()
        while True:
            async with asyncio.timeout(SILENCE):
                text = await ws.recv()
            self.bytes += len(text)
            frame = json.loads(text)
            self.take(frame, f"{self.name}.{self.sockets}")
            if frame["type"] == "hello":
                self.opened.append(time.monotonic())
                await self.say(ws, "subscribe", symbols=self.symbols, streams=self.streams)
            updates = frame["n"] if frame["type"] == "update" else updates
            if updates - acked >= ACK_EACH or (updates > acked and time.monotonic() - acked_at >= 1.0):
                acked, acked_at = updates, time.monotonic()
                await self.say(ws, "ack", n=updates)
            if self.rate:
                await asyncio.sleep(len(text) / (self.rate * 1000))

    async def say(self, ws: ClientConnection, type: str, **rest: Any) -> None:
        """Send one message."""
        await ws.send(json.dumps({"type": type, **rest}))

    # ------------------------------------------------------------- what it sees
    def take(self, frame: dict[str, Any], name: str) -> None:
        """Take one frame as a page does."""
        now = time.monotonic()
        match frame["type"]:
            case "snapshot":
                symbol = frame["symbol"]
                self.epochs[symbol] = frame["epoch"]
                self.quotes[symbol] = dict(frame["quote"] or {}) | {"symbol": symbol, "seq": frame["seq"]}
                self._see(now, name, symbol, True)
                for interval, bars in frame["bars"].items():
                    self.bars.setdefault((symbol, interval), {}).update({bar["time"]: bar for bar in bars})
            case "update":
                for quote in frame.get("quotes", ()):
                    symbol = quote["symbol"]
                    self.quotes[symbol] = self.quotes.get(symbol, {}) | quote
                    self._see(now, name, symbol, False)
                for bar in frame.get("bars", ()):
                    self.bars.setdefault((bar["symbol"], bar["interval"]), {})[bar["time"]] = bar
            case "status":
                self.venues.append((now, frame["venue"], frame["state"]))

    def _see(self, now: float, name: str, symbol: str, whole: bool) -> None:
        quote = self.quotes[symbol]
        self.seen.append(
            Seen(
                now, name, whole, self.epochs.get(symbol, ""), symbol, quote["seq"], quote.get("last"),
                quote.get("time"), quote.get("state", "stale"),
            )
        )  # fmt: skip


class Fleet:
    """`async with Fleet(url, symbols, 100) as fleet:` has pages that open within `within` seconds."""

    def __init__(
        self, url: str, symbols: list[str], count: int, each: int = 0, within: float = 1.0, seed: int = 7
    ) -> None:
        self.within = within
        shares = [symbols[n % len(symbols) :] + symbols[: n % len(symbols)] for n in range(count)]
        self.pages = [
            Page(f"page {n}", url, share[: each or len(symbols)], seed) for n, share in enumerate(shares)
        ]

    async def __aenter__(self) -> Self:
        for page in self.pages:
            page.start()
            await asyncio.sleep(self.within / len(self.pages))
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(page.stop() for page in self.pages))

    def seen(self) -> list[Seen]:
        """Return what all pages were told, in the order of time."""
        return sorted((each for page in self.pages for each in page.seen), key=lambda each: each.at)

    def ended(self) -> list[Ended]:
        """Return every end of a socket, in the order of time."""
        return sorted((each for page in self.pages for each in page.ended), key=lambda each: each.at)

    def back_after(self, since: float) -> list[float]:
        """Return for each page whose socket ended after `since` the seconds from that end to the first whole
        state over a new one; infinite for one that has none."""
        gaps = []
        for page in self.pages:
            ends = [each.at for each in page.ended if each.at >= since]
            if ends:
                firsts = [each.at for each in page.seen if each.whole and each.at > ends[0]]
                gaps.append(min(firsts) - ends[0] if firsts else float("inf"))
        return gaps
