"""Floor 4. The hub: one per web process. It joins the symbol groups once, mirrors each symbol's newest state,
and owes every socket of the process a snapshot and then the newest state at the rate it can take."""

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings

from dashboard import logins, metrics
from dashboard.catalogue import Catalogue
from dashboard.clock import follow, wall
from dashboard.farewell import before_the_end, one_by_one, stop_listening
from dashboard.held import Held
from dashboard.interest import Interest
from dashboard.limits import Crowd
from dashboard.mirror import Mirror
from dashboard.pump import Pump
from dashboard.reader import Reader
from dashboard.statuses import Statuses
from dashboard.uplink import Uplink
from dashboard.wants import Wants
from feeds import wire
from feeds.market import Bar, Quote, Trade
from feeds.symbols import venue_of

log = logging.getLogger("dashboard.hub")

HEARTBEAT = 5.0
TURN = 0.25


class Hub:
    """All sockets of this process and the state they read. Made by `hub()`, in the loop it serves."""

    def __init__(self) -> None:
        self.readers: set[Reader] = set()
        self.crowd = Crowd()
        self._leaving = False
        self.catalogue = Catalogue()
        self.statuses = Statuses(card["venue"] for card in settings.DESK["venues"])
        self.mirror = Mirror(self)
        self.pump = Pump(self.mirror.held, self._catch_up)
        self.interest = Interest()
        self.uplink = Uplink(uuid.uuid4().hex, get_channel_layer())
        self.wants = Wants(self.interest, self.mirror, self.uplink)
        self._of_symbol: dict[str, set[Reader]] = {}
        self._waiting: dict[str, set[Reader]] = {}
        parts: dict[str, Callable[[], Awaitable[None]]] = {
            "receive": partial(self.uplink.receive, self._on_message),
            "pump": self.pump.turn,
            "wants": self.wants.turn,
            "turn": self._turn,
            "logins": partial(logins.watch, self.readers),
            "catalogue": self.catalogue.follow,
        }
        self._tasks = [asyncio.create_task(forever(part), name=f"hub {name}") for name, part in parts.items()]

    async def stop(self) -> None:
        """Have every socket come again, give the demand back, and end the hub's tasks."""
        self._leaving = True
        stop_listening()
        await one_by_one([partial(reader.close, wire.CLOSE_RESTART) for reader in self.readers])
        await self.uplink.unwatch([])
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # ------------------------------------------------------------------ sockets
    async def join(self, reader: Reader) -> None:
        """Take in a socket: from now on it hears of the venues. At the process's end it goes elsewhere."""
        if self._leaving:
            await reader.close(wire.CLOSE_RESTART)
            return
        self.readers.add(reader)
        for text in self.statuses.texts():
            await reader.send(text)

    def leave(self, reader: Reader) -> None:
        """Let a socket go, with all that was owed to it."""
        self.readers.discard(reader)
        self.pump.forget(reader)
        for symbol in list(reader.session.streams):
            self.unsubscribe(reader, symbol, None)

    async def subscribe(self, reader: Reader, symbols: Iterable[str], streams: frozenset[str]) -> None:
        """Begin to owe these symbols. The known go out at once, the rest once the worker told them."""
        for symbol in symbols:
            reader.session.subscribe(symbol, streams)
            self._of_symbol.setdefault(symbol, set()).add(reader)
            self.interest.read(symbol, reader.session)
            held = self.mirror.hold(symbol)
            self.wants.read(symbol)
            if held.has(reader.session.streams[symbol]):
                self._snapshot(reader, held)
            else:
                self._waiting.setdefault(symbol, set()).add(reader)
                self.wants.ask_soon(symbol)

    def unsubscribe(self, reader: Reader, symbol: str, streams: frozenset[str] | None) -> None:
        """Owe these streams of a symbol (None: all of it) no longer."""
        if not reader.session.unsubscribe(symbol, streams):
            return
        for table in (self._of_symbol, self._waiting):
            table.get(symbol, set()).discard(reader)
            if symbol in table and not table[symbol]:
                del table[symbol]
        self.interest.unread(symbol, reader.session, time.monotonic())
        self.wants.look()

    def wake(self, reader: Reader) -> None:
        """See to a reader whose credit or rate has changed."""
        self.pump.wake(reader)

    async def resumed(self, reader: Reader) -> None:
        """Tell a reader that was paused what has changed: venues, whole states, then the newest prices."""
        if reader.missed_status:
            reader.missed_status = False
            for text in self.statuses.texts():
                await reader.send(text)
        self._catch_up(reader)
        self.wake(reader)

    def _catch_up(self, reader: Reader) -> None:
        """Tell a reader the whole states that it was not told when they came."""
        for symbol in reader.session.streams:
            held = self.mirror.held[symbol]
            if held.known and symbol not in reader.session.cursors:
                self._snapshot(reader, held)

    def _snapshot(self, reader: Reader, held: Held) -> None:
        """Send the whole state; to a paused reader when it resumes, to a clogged one when it has room."""
        if reader.session.paused or reader.is_clogged:
            reader.session.forget(held.symbol)
            if not reader.session.paused:
                self.pump.later(reader)
            return
        reader.session.told(held.symbol, held.cursor)
        text = held.snapshot(reader.session, self.mirror.epoch_of(held.symbol))
        reader.put(text.encode(), time.monotonic())

    # ------------------------------------------------------------------- demand
    async def look(
        self,
        symbol: str,
        streams: frozenset[str],
        timeout: float,
        enough: Callable[[Held], bool] = lambda held: True,
    ) -> Held:
        """Return a symbol's state for somebody without a socket, once it is known and `enough`, or the time
        (in s) is over; it stays in demand for a minute."""
        self.interest.look(symbol, streams, time.monotonic())
        held = self.mirror.hold(symbol)
        if not held.has(streams):
            self.wants.ask_soon(symbol)
        if self.statuses.worker_answers or not self.statuses.answered:
            await self.mirror.heard(symbol, lambda: held.has(streams) and enough(held), timeout)
        return held

    # ------------------------------------------------------------- from the worker
    async def _on_message(self, message: dict[str, Any]) -> None:
        """Take one message of the channel layer; one that can't be read is dropped."""
        try:
            body = wire.unpack(message)
        except ValueError as error:
            log.warning("dropped a message: %s", error)
            return
        match body:
            case wire.Frame():
                self.mirror.frame(body)
                self.pump.go()
            case wire.States():
                await self._on_states(body)
            case wire.Past():
                self.mirror.past(body)
            case wire.Sync():
                await self._on_sync(body)
            case wire.SessionOver():
                logins.end_session(self.readers, body)

    def on_quote(self, quote: Quote) -> None:
        """Owe a new state to its readers."""
        readers = self._of_symbol.get(quote.symbol)
        if readers:
            self.pump.moved(quote.symbol, readers)
            metrics.FLOW.offered += len(readers)

    def on_trade(self, trade: Trade) -> None:
        """Owe a trade to its readers."""
        readers = self._of_symbol.get(trade.symbol)
        text = wire.to_json(trade) if readers else b""
        for reader in readers or ():
            if wire.TRADES_STREAM in reader.session.streams[trade.symbol]:
                reader.session.offer_trade(trade.symbol, text)
                self.pump.owe(reader)

    def on_bar(self, bar: Bar) -> None:
        """Owe a bar to its readers."""
        readers = self._of_symbol.get(bar.symbol)
        text = wire.to_json(bar) if readers else b""
        stream = f"bars:{bar.interval}"
        for reader in readers or ():
            if stream in reader.session.streams[bar.symbol]:
                reader.session.offer_bar(bar.symbol, bar.interval, bar.time, text)
                self.pump.owe(reader)

    def on_lost(self, symbol: str) -> None:
        """Have a symbol asked for whole; its readers are owed nothing of it until they are told it whole."""
        readers = self._of_symbol.get(symbol)
        if readers:
            self._waiting.setdefault(symbol, set()).update(readers)
            for reader in readers:
                reader.session.forget(symbol)
        self.wants.ask_soon(symbol)

    async def _on_states(self, states: wire.States) -> None:
        for state in self.mirror.states(states):
            held = self.mirror.held[state.symbol]
            for reader in self._waiting.pop(state.symbol, set()):
                if reader.session.streams.get(state.symbol, frozenset()) <= held.streams:
                    self._snapshot(reader, held)
                else:  # our wish was not heard: others have it served, with less streams
                    self._waiting.setdefault(state.symbol, set()).add(reader)
                    self.wants.say_again(state.symbol)
            if state.refused:
                await self._refuse(state.symbol, state.refused)
        self.wants.look()  # what was told may hold streams that linger with the worker alone
        await self._tell_status(self.statuses.caught_up(self._is_behind))

    async def _on_sync(self, sync: wire.Sync) -> None:
        if settings.FEEDS["replay"]:
            follow(sync.time)
        led = self.mirror.sync(sync)
        self.wants.heard(sync, led)
        self.catalogue.version(sync.worker, sync.catalogue)
        statuses = [status for status in sync.statuses if status.venue in led]
        await self._tell_status(self.statuses.take(statuses, led, self._is_behind))
        for symbol, reason in sync.refused.items():
            await self._refuse(symbol, reason)

    def _is_behind(self, venue: str) -> bool:
        """Tell whether a reader waits for the whole state of a venue's symbol."""
        return any(venue_of(symbol) == venue for symbol in self._waiting)

    async def _refuse(self, symbol: str, reason: str) -> None:
        """Tell the readers of a symbol, once, that its venue won't serve it."""
        text = wire.to_text(wire.Error(None, "unknown_symbol", f"{symbol}: {reason}"))
        for reader in list(self._of_symbol.get(symbol, ())):
            if symbol not in reader.session.refused:
                reader.session.refused.add(symbol)
                await reader.send(text)

    # ---------------------------------------------------------------- by the clock
    async def _tell_status(self, texts: list[str]) -> None:
        for reader in list(self.readers) if texts else ():
            if reader.session.paused:
                reader.missed_status = True
                continue
            for text in texts:
                await reader.send(text)

    async def _turn(self) -> None:
        """Four times a second: a silent worker, sockets that are too slow, heartbeats, questions."""
        await asyncio.sleep(TURN)
        await self._tell_status(self.statuses.check() + self.statuses.caught_up(self._is_behind))
        now = time.monotonic()
        beat = wire.to_text(wire.Heartbeat(wall()))
        for reader in list(self.readers):
            if reader.is_slow(now):
                self.leave(reader)
                reader.end(wire.CLOSE_SLOW)
            elif now - reader.last_sent >= HEARTBEAT and not reader.session.paused:
                await reader.send(beat)
        if any(not held.known for held in self.mirror.held.values()):
            self.wants.look()


async def forever(part: Callable[[], Awaitable[None]]) -> None:
    """Do one step after the other; one that fails is logged and costs a second, not the hub."""
    while True:
        try:
            await part()
        except Exception:
            log.exception("the hub stumbled")
            await asyncio.sleep(1.0)


_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def hub() -> Hub:
    """Return the hub of the running loop, begun on first use."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        for ended in [each for each in _hubs if each.is_closed()]:
            del _hubs[ended]
        _hubs[loop] = Hub()
        before_the_end(_hubs[loop].stop)
    return _hubs[loop]
