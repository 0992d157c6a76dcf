"""Floor 4. The hub: one per web process. It joins the symbol groups once, holds each symbol's newest state,
and owes every socket of the process a snapshot and then the newest state at the rate it can take."""

import asyncio
import contextlib
import logging
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings

from dashboard import metrics
from dashboard.catalogue import Catalogue
from dashboard.held import Held
from dashboard.session import Session
from dashboard.uplink import Uplink
from feeds import wire
from feeds.market import FeedStatus
from feeds.symbols import venue_of

log = logging.getLogger("dashboard.hub")

HEARTBEAT = 5.0
SILENT = 5.0  # seconds without a sync after which the worker is called silent
LINGER = 60.0  # seconds that a symbol is held after its last reader
ASK_AGAIN = 1.0
TURN = 0.25

Deliver = Callable[[str], Awaitable[None]]
Close = Callable[[int], Awaitable[None]]


class Reader:
    """A socket as the hub knows it: its session, and how to reach it."""

    def __init__(self, deliver: Deliver, close: Close) -> None:
        self.session = Session()
        self.deliver = deliver
        self.close = close
        self.last_sent = time.monotonic()
        self.missed_status = False
        self.session_key: str | None = None

    async def send(self, text: str) -> None:
        """Send one frame; a socket that has gone meanwhile is nobody's trouble."""
        self.last_sent = time.monotonic()
        with contextlib.suppress(Exception):
            await self.deliver(text)


class Hub:
    """All readers of this process and the state they read. Made by `hub()`, in the loop it serves."""

    def __init__(self) -> None:
        self.name = uuid.uuid4().hex
        self.catalogue = Catalogue()
        self.uplink = Uplink(self.name, get_channel_layer())
        self.held: dict[str, Held] = {}
        self.readers: set[Reader] = set()
        self.of_symbol: dict[str, set[Reader]] = {}
        self.waiting: dict[str, set[Reader]] = {}
        self.epoch = ""
        self.statuses: dict[str, FeedStatus] = first_statuses()
        self.last_sync: float | None = None
        self.told_silent = False
        self._asked: dict[str, float] = {}
        self._left: dict[str, float] = {}
        self._interest: dict[str, tuple[float, frozenset[str]]] = {}
        self._ready: set[Reader] = set()
        self._work = asyncio.Event()
        self._changed = asyncio.Event()
        self._heard: dict[str, asyncio.Event] = {}
        self._tasks = [
            asyncio.create_task(part, name=f"hub {name}")
            for name, part in (
                ("receive", self.uplink.receive(self.on_message)),
                ("pump", self._forever(self._pump)),
                ("demand", self._forever(self._demand)),
                ("turn", self._forever(self._turn)),
                ("catalogue", self._forever(self.catalogue.follow)),
            )
        ]

    async def _forever(self, part: Callable[[], Awaitable[None]]) -> None:
        """Run one step after the other; one that fails is logged and costs a second, not the hub."""
        while True:
            try:
                await part()
            except Exception:
                log.exception("the hub stumbled")
                await asyncio.sleep(1.0)

    async def stop(self) -> None:
        """End the hub's tasks (for tests and a clean end)."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # ------------------------------------------------------------------ readers
    async def join(self, reader: Reader) -> None:
        """Take in a socket: from now on it hears of the venues."""
        self.readers.add(reader)
        metrics.SOCKETS.set(len(self.readers))
        for status in self.statuses.values():
            await reader.send(status_text(status))

    def leave(self, reader: Reader) -> None:
        """Let a socket go, with all that was owed to it."""
        self.readers.discard(reader)
        self._ready.discard(reader)
        for symbol in list(reader.session.streams):
            self.unsubscribe(reader, symbol, None)
        metrics.SOCKETS.set(len(self.readers))

    async def subscribe(self, reader: Reader, symbols: list[str], streams: frozenset[str]) -> None:
        """Begin to owe these symbols. What is held goes out at once, what is not as soon as the worker told it."""
        for symbol in symbols:
            reader.session.subscribe(symbol, streams)
            self.of_symbol.setdefault(symbol, set()).add(reader)
            self._left.pop(symbol, None)
            held = self.hold(symbol)
            if held.known and reader.session.streams[symbol] <= held.streams:
                await self._snapshot(reader, held)
            else:
                self.waiting.setdefault(symbol, set()).add(reader)
                self._ask_soon(symbol)

    def unsubscribe(self, reader: Reader, symbol: str, streams: frozenset[str] | None) -> None:
        """Owe these streams of a symbol no longer."""
        if not reader.session.unsubscribe(symbol, streams):
            return
        for table in (self.of_symbol, self.waiting):
            table.get(symbol, set()).discard(reader)
            if symbol in table and not table[symbol]:
                del table[symbol]
        if symbol not in self.of_symbol:
            self._left[symbol] = time.monotonic()
            self._changed.set()

    def wake(self, reader: Reader) -> None:
        """See to a reader whose credit, rate or pause has changed."""
        if reader.session.owed:
            self._ready.add(reader)
            self._work.set()

    async def resumed(self, reader: Reader) -> None:
        """Tell a reader that was paused what has changed: venues, whole states, then the newest prices."""
        if reader.missed_status:
            reader.missed_status = False
            for status in self.statuses.values():
                await reader.send(status_text(status))
        for symbol in reader.session.streams:
            held = self.held.get(symbol)
            if held and held.known and symbol not in reader.session.cursors:
                await self._snapshot(reader, held)
        self.wake(reader)

    async def _snapshot(self, reader: Reader, held: Held) -> None:
        """Send the whole state; to a paused reader when it resumes."""
        if reader.session.paused:
            reader.session.forget(held.symbol)
            return
        reader.session.told(held.symbol, held.cursor)
        await reader.send(held.snapshot(reader.session, self.epoch))

    # ------------------------------------------------------------------- demand
    def hold(self, symbol: str) -> Held:
        """Return what is held of a symbol, from now on kept up to date."""
        held = self.held.get(symbol)
        if held is None:
            held = self.held[symbol] = Held(symbol)
            self._ask_soon(symbol)
        return held

    async def look(
        self,
        symbol: str,
        streams: frozenset[str],
        timeout: float,
        enough: Callable[[Held], bool] = lambda held: True,
    ) -> Held:
        """Return a symbol's state for somebody without a socket, once it is known and `enough`, or the time
        is over; it stays in demand for a minute."""
        self._interest[symbol] = (time.monotonic(), streams)
        self._left[symbol] = time.monotonic()
        held = self.hold(symbol)
        if not (held.known and streams <= held.streams):
            self._ask_soon(symbol)
        if self.worker_answers or self.last_sync is None:
            await self.heard(symbol, lambda: held.known and streams <= held.streams and enough(held), timeout)
        return held

    async def heard(self, symbol: str, enough: Callable[[], bool], timeout: float) -> bool:
        """Wait until the worker's word on a symbol makes `enough` true; False when it took too long."""
        event = self._heard.setdefault(symbol, asyncio.Event())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while not enough():
                    event.clear()
                    await event.wait()
        return enough()

    def _ask_soon(self, symbol: str) -> None:
        self._asked.pop(symbol, None)
        self._changed.set()

    def demand(self) -> dict[str, list[str]]:
        """Return what this process wants of the worker, symbol → streams."""
        wanted = {symbol: {wire.QUOTE_STREAM} for symbol in self.held}
        for symbol, readers in self.of_symbol.items():
            for reader in readers:
                wanted.setdefault(symbol, set()).update(reader.session.streams.get(symbol, ()))
        for symbol, (_, streams) in self._interest.items():
            wanted.setdefault(symbol, set()).update(streams)
        return {symbol: sorted(streams) for symbol, streams in wanted.items()}

    async def _demand(self) -> None:
        """Tell the worker what is wanted, on change and every 15 s, and ask for what is not known."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.uplink.renew_in()):
                await self._changed.wait()
        self._changed.clear()
        self._drop_unread()
        demand = self.demand()
        await self.uplink.watch(demand)
        now = time.monotonic()
        asking = [
            symbol
            for symbol, held in self.held.items()
            if not (held.known and held.streams >= frozenset(demand[symbol]))
            and now - self._asked.get(symbol, -ASK_AGAIN) >= ASK_AGAIN
        ]
        if asking:
            self._asked.update(dict.fromkeys(asking, now))
            await self.uplink.ask(asking)

    def _drop_unread(self) -> None:
        """Stop holding what nobody has read or asked for in a minute."""
        now = time.monotonic()
        self._interest = {s: said for s, said in self._interest.items() if now - said[0] < LINGER}
        for symbol in [s for s, left in self._left.items() if now - left >= LINGER]:
            del self._left[symbol]
            if symbol not in self.of_symbol and symbol not in self._interest:
                self.held.pop(symbol, None)
                self._heard.pop(symbol, None)

    # ------------------------------------------------------------- from the worker
    async def on_message(self, message: dict[str, Any]) -> None:
        """Take one message of the channel layer; one that can't be read is counted and dropped."""
        try:
            body = wire.unpack(message)
        except ValueError as error:
            log.warning("dropped a message: %s", error)
            return
        match body:
            case wire.Frame():
                self._on_frame(body)
            case wire.Sync():
                await self._on_sync(body)
            case wire.States():
                await self._on_states(body)
            case wire.Past():
                self._on_past(body)

    def _new_epoch(self, epoch: str) -> bool:
        """Follow the newest worker run; False for a word of an older one."""
        if epoch < self.epoch:
            return False
        if epoch > self.epoch:
            self.epoch = epoch
            for held in self.held.values():
                held.known = False
                self._lost(held, "epoch")
        return True

    def _lost(self, held: Held, cause: str) -> None:
        """Ask for the whole state again, for every reader of the symbol."""
        metrics.RESYNCS.labels(cause).inc()
        held.known = False
        readers = self.of_symbol.get(held.symbol)
        if readers:
            self.waiting.setdefault(held.symbol, set()).update(readers)
        self._ask_soon(held.symbol)

    def _on_frame(self, frame: wire.Frame) -> None:
        if not self._new_epoch(frame.epoch):
            return
        skip: set[str] = set()
        for quote in frame.quotes:
            held = self.held.get(quote.symbol)
            if held is None or not held.known or quote.seq <= held.seq:
                skip.add(quote.symbol)
            elif held.put_quote(quote):
                self._offer_quote(quote.symbol)
                if quote.symbol in self._heard:
                    self._heard[quote.symbol].set()
            else:
                skip.add(quote.symbol)
                self._lost(held, "gap")
        for trade in frame.trades:
            if trade.symbol not in skip and (held := self.held.get(trade.symbol)):
                held.trades.append(trade)
                self._offer_trade(trade.symbol, wire.to_json(trade))
        for bar in frame.bars:
            if bar.symbol not in skip and (held := self.held.get(bar.symbol)):
                held.put_bar(bar)
                self._offer_bar(bar.symbol, bar.interval, bar.time, wire.to_json(bar))
        self._work.set()

    def _offer_quote(self, symbol: str) -> None:
        for reader in self.of_symbol.get(symbol, ()):
            if wire.QUOTE_STREAM in reader.session.streams[symbol]:
                reader.session.offer_quote(symbol)
                self._ready.add(reader)
                metrics.OFFERED.inc()

    def _offer_trade(self, symbol: str, text: bytes) -> None:
        for reader in self.of_symbol.get(symbol, ()):
            if wire.TRADES_STREAM in reader.session.streams[symbol]:
                reader.session.offer_trade(symbol, text)
                self._ready.add(reader)

    def _offer_bar(self, symbol: str, interval: str, at: int, text: bytes) -> None:
        for reader in self.of_symbol.get(symbol, ()):
            if f"bars:{interval}" in reader.session.streams[symbol]:
                reader.session.offer_bar(symbol, interval, at, text)
                self._ready.add(reader)

    async def _on_states(self, states: wire.States) -> None:
        if not self._new_epoch(states.epoch):
            return
        for state in states.states:
            held = self.held.get(state.symbol)
            if held is None:
                continue
            held.become(state)
            held.streams = frozenset(state.streams)
            for reader in self.waiting.pop(state.symbol, set()):
                if reader.session.streams.get(state.symbol, frozenset()) <= held.streams:
                    await self._snapshot(reader, held)
                else:
                    self.waiting.setdefault(state.symbol, set()).add(reader)
            if state.refused:
                await self._refuse(state.symbol, state.refused)
            if state.symbol in self._heard:
                self._heard[state.symbol].set()
        if self.waiting:
            self._changed.set()

    def _on_past(self, past: wire.Past) -> None:
        held = self.held.get(past.symbol)
        if held is not None and past.epoch == self.epoch:
            held.put_past(past)
            if past.symbol in self._heard:
                self._heard[past.symbol].set()

    async def _on_sync(self, sync: wire.Sync) -> None:
        if not self._new_epoch(sync.epoch):
            return
        self.last_sync = time.monotonic()
        self.told_silent = False
        self.catalogue.version(sync.catalogue)
        for status in sync.statuses:
            await self._status(status)
        for symbol, held in self.held.items():
            seq = sync.seqs.get(symbol)
            if seq is None:
                self._ask_soon(symbol)
            elif held.known and seq > held.seq:
                self._lost(held, "sync")
        for symbol in sync.refused:
            await self._refuse(symbol, sync.refused[symbol])

    async def _refuse(self, symbol: str, reason: str) -> None:
        """Tell the readers of a symbol, once, that its venue won't serve it."""
        text = wire.to_text(wire.Error(None, "unknown_symbol", f"{symbol}: {reason}"))
        for reader in self.of_symbol.get(symbol, ()):
            if symbol not in reader.session.refused:
                reader.session.refused.add(symbol)
                await reader.send(text)

    # ------------------------------------------------------------------ statuses
    async def _status(self, status: FeedStatus) -> None:
        before = self.statuses.get(status.venue)
        self.statuses[status.venue] = status
        if before and (before.state, before.reason) == (status.state, status.reason):
            return
        text = status_text(status)
        for reader in list(self.readers):
            if reader.session.paused:
                reader.missed_status = True
            else:
                await reader.send(text)

    async def _turn(self) -> None:
        """Once a quarter of a second: heartbeats, sockets that are too slow, a worker that is silent."""
        await asyncio.sleep(TURN)
        now = time.monotonic()
        await self._check_worker(now)
        beat = wire.to_text(wire.Heartbeat(wall()))
        for reader in list(self.readers):
            if reader.session.is_slow(now):
                metrics.CLOSES.labels("4408").inc()
                self.leave(reader)
                await reader.close(wire.CLOSE_SLOW)
            elif now - reader.last_sent >= HEARTBEAT and not reader.session.paused:
                await reader.send(beat)
        if any(not held.known for held in self.held.values()):
            self._changed.set()

    async def _check_worker(self, now: float) -> None:
        if self.told_silent or (self.last_sync is not None and now - self.last_sync < SILENT):
            return
        if self.last_sync is None and now - self.uplink.began < SILENT:
            return
        self.told_silent = True
        for status in list(self.statuses.values()):
            if status.state != "off":
                await self._status(silent(status))

    @property
    def worker_answers(self) -> bool:
        """Whether the feed worker was heard of lately."""
        return self.last_sync is not None and time.monotonic() - self.last_sync < SILENT

    # ---------------------------------------------------------------------- pump
    async def _pump(self) -> None:
        """Send what is due, then sleep until the next is: one timer for all sockets of the process."""
        await self._work.wait()
        self._work.clear()
        now = time.monotonic()
        soonest: float | None = None
        for reader in list(self._ready):
            due = reader.session.due(now)
            if due is None:
                self._ready.discard(reader)
            elif due <= 0.0:
                self._ready.discard(reader)
                await reader.send(self._update(reader.session, now))
            else:
                soonest = due if soonest is None else min(soonest, due)
        if soonest is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(soonest):
                    await self._work.wait()
            self._work.set()

    def _update(self, session: Session, now: float) -> str:
        """Return the update frame a session is owed."""
        owed = session.take(now)
        metrics.UPDATES.inc()
        parts = []
        quotes = []
        for symbol, cursor in owed.quotes:
            held = self.held[symbol]
            quotes.append(held.text_since(cursor))
            session.move(symbol, held.cursor)
        for key, texts in (("quotes", quotes), ("trades", owed.trades), ("bars", owed.bars)):
            if texts:
                parts.append(b',"%s":[%s]' % (key.encode(), b",".join(texts)))
        if owed.dropped:
            parts.append(b',"dropped":%d' % owed.dropped)
        return (b'{"type":"update","n":%d,"time":%d%s}' % (owed.n, wall(), b"".join(parts))).decode()


def wall() -> int:
    """Return the time of day in ms UTC."""
    return time.time_ns() // 1_000_000


def first_statuses() -> dict[str, FeedStatus]:
    """Return what can be said of the venues before the worker was heard."""
    return {
        card["venue"]: FeedStatus(
            venue=card["venue"], state="connecting", since=wall(), reason="waiting for the feed worker"
        )
        for card in settings.DESK["venues"]
    }


def silent(status: FeedStatus) -> FeedStatus:
    """Return the status of a venue whose worker is silent: nothing of it can be called live."""
    return FeedStatus(
        venue=status.venue, state="stale", since=wall(), reason="the feed worker does not answer"
    )


def status_text(status: FeedStatus) -> str:
    """Return a status frame."""
    return wire.to_text(wire.Status(status.venue, status.state, status.since, status.reason))


_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def hub() -> Hub:
    """Return the hub of the running loop, begun on first use."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        for ended in [each for each in _hubs if each.is_closed()]:
            del _hubs[ended]
        _hubs[loop] = Hub()
    return _hubs[loop]


def is_enabled(symbol: str) -> bool:
    """Tell whether a symbol's venue is switched on here."""
    return any(card["venue"] == venue_of(symbol) for card in settings.DESK["venues"])
