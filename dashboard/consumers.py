"""Floor 4. The socket of a desk: speaks the protocol of `feeds/wire.py`, and leaves the market to the hub."""

import asyncio
import logging
import time
from typing import Any

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.conf import settings

from dashboard import metrics
from dashboard.clock import wall
from dashboard.hub import HEARTBEAT, Hub, hub
from dashboard.limits import Allowance, stranger_at
from dashboard.reader import Reader
from dashboard.session import MAX_SYMBOLS, TOP_RATE, WINDOW
from feeds import wire
from feeds.errors import BadSymbol
from feeds.symbols import parse_symbol, shown

log = logging.getLogger("dashboard.socket")

LINE = "ticker.line"  # where a server's short way to the socket is found in its scope
LONGEST_MESSAGE = 65_536
LONGEST_READ = 262_144  # beyond it a frame is not even looked into


class MarketConsumer(AsyncJsonWebsocketConsumer):
    """One browser's socket. Nothing a client sends can end it but the limits of `dashboard/limits.py`."""

    channel_layer_alias = (
        "none"  # the hub holds the channel; a channel a socket would cost one Redis subscription each
    )

    hub: Hub
    reader: Reader
    owners: dict[str, int] = {}
    _task: asyncio.Task[Any] | None = None
    _aborted = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve the socket to its end; without the stock one's task for each message, for there is no channel
        to listen to beside it."""
        self.scope, self.channel_layer, self.base_send = scope, None, send
        self._task = asyncio.current_task()
        try:
            while True:
                await self.dispatch(await receive())
        except StopConsumer:
            pass
        except asyncio.CancelledError:
            if not self._aborted:
                raise
        finally:  # a server that cancels us, or fails us, tells of no end
            await self.disconnect(1006)

    def abort(self) -> None:
        """End the socket of a server that has no room even for its close: it does so when its app returns."""
        self._aborted = True
        if self._task is not None:
            self._task.cancel()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Handle an ASGI message; unlike the stock one without a hop to the database's thread each time."""
        if message["type"] == "websocket.receive":
            await self.receive(message.get("text"), message.get("bytes"))
        else:
            await super().dispatch(message)

    async def connect(self) -> None:
        """Accept, greet, and join the hub; without a login where one is needed, close with 4401."""
        offered = self.scope.get("subprotocols", [])
        await self.accept(wire.SUBPROTOCOL if wire.SUBPROTOCOL in offered else None)
        if settings.LOGIN_REQUIRED and not self.scope["user"].is_authenticated:
            metrics.CLOSES.labels(str(wire.CLOSE_LOGIN)).inc()
            await self.close(wire.CLOSE_LOGIN)
            return
        self.allowance = Allowance(time.monotonic())
        self.hub = hub()
        session_key = self.scope["session"].session_key if settings.LOGIN_REQUIRED else None
        line = self.scope.get("extensions", {}).get(LINE)
        self.reader = Reader(self.send, self.close, self.abort, session_key, line)
        await self._say(wire.Hello(wire.VERSION, wall(), WINDOW, int(HEARTBEAT), MAX_SYMBOLS))
        owners = owners_of(self.scope)
        if len(self.hub.readers) >= settings.MAX_SOCKETS or not self.hub.crowd.enter(owners):
            await self.reader.close(wire.CLOSE_MANY)
            return
        self.owners = owners
        if self.hub.uplink.refused:
            await self.reader.close(wire.CLOSE_RESTART)  # another web process may be let in
            return
        await self.hub.join(self.reader)

    async def disconnect(self, code: int) -> None:
        """Leave the hub, whatever ended the socket."""
        if hasattr(self, "reader"):
            self.hub.leave(self.reader)
            self.hub.crowd.leave(self.owners)
            self.owners = {}
            self.reader.drop()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **_: Any) -> None:
        """Serve one message; what can't be served is answered with an error that says what is right."""
        if not hasattr(self, "reader") or self.reader.is_gone:
            return
        now = time.monotonic()
        try:
            if not self.allowance.admit(now):
                raise wire.Refused("rate_limited", "too many messages: at most 20 a second, 40 at once")
            text = whole_text(text_data, bytes_data)
            message = wire.from_client(text)
            if isinstance(message, wire.Subscribe | wire.Unsubscribe) and len(message.symbols) > MAX_SYMBOLS:
                raise too_many(message.id)
            if len(text) > LONGEST_MESSAGE:
                raise too_long(text)
            await self.serve(message)
        except wire.Refused as error:
            await self._refuse(error, now)
        except Exception:
            log.exception("a message could not be served")
            await self._refuse(wire.Refused("bad_message", "this message could not be served"), now)

    async def _refuse(self, error: wire.Refused, now: float) -> None:
        metrics.REFUSALS.labels(error.code).inc()
        if error.code != "rate_limited":
            self.allowance.bad(now)
        await self._say(wire.Error(error.id, error.code, str(error)))
        if self.allowance.too_bad(now) or self.allowance.too_many(now):
            code = wire.CLOSE_BAD if self.allowance.too_bad(now) else wire.CLOSE_MANY
            self.hub.leave(self.reader)
            await self.reader.close(code)

    async def serve(self, message: wire.Incoming) -> None:
        """Do what a client's message says. Raises Refused."""
        session = self.reader.session
        match message:
            case wire.Ack(n):
                was_held = session.is_held
                if not session.ack(n, time.monotonic()):
                    said = f"ack: update {shown(n)} was never sent; the last was {session.sent}"
                    raise wire.Refused("bad_message", said, message.id)
                if was_held:
                    self.hub.wake(self.reader)
            case wire.Ping(time=at):
                await self._say(wire.Pong(at, wall()))
            case wire.Subscribe():
                await self._subscribe(message)
            case wire.Unsubscribe():
                await self._unsubscribe(message)
            case wire.Rate(most):
                if not session.rate(most):
                    said = f"rate: max is above 0 and at most {TOP_RATE:g}, not {most:g}"
                    raise wire.Refused("bad_message", said, message.id)
                self.hub.wake(self.reader)
            case wire.Pause():
                session.pause()
            case wire.Resume():
                session.resume()
                await self.hub.resumed(self.reader)

    async def _subscribe(self, message: wire.Subscribe) -> None:
        streams = known_streams(message.streams, message.id)
        taken, rejected = sort_symbols(message.symbols, self.hub.catalogue.trouble)
        if len(self.reader.session.streams.keys() | set(taken)) > MAX_SYMBOLS:
            raise too_many(message.id)
        await self._say(wire.Subscribed(message.id, taken, rejected))
        if message.symbols and not taken:
            raise wire.Refused("unknown_symbol", "; ".join(list(rejected.values())[:3]), message.id)
        await self.hub.subscribe(self.reader, taken, streams)

    async def _unsubscribe(self, message: wire.Unsubscribe) -> None:
        streams = None if message.streams is None else known_streams(message.streams, message.id)
        taken, rejected = sort_symbols(message.symbols, lambda symbol: None)
        for symbol in taken:
            self.hub.unsubscribe(self.reader, symbol, streams)
        await self._say(wire.Unsubscribed(message.id, taken, rejected))

    async def _say(self, message: wire.Outgoing) -> None:
        await self.reader.send(wire.to_text(message))


def whole_text(text: str | None, data: bytes | None) -> str:
    """Return a frame's text. Raises Refused for a binary, empty or oversized frame."""
    if data is not None or text is None:
        raise wire.Refused("bad_message", "binary frame; send text frames with one JSON object each")
    if not text.strip():
        raise wire.Refused("bad_json", "empty frame; send one JSON object a frame")
    if len(text) > LONGEST_READ:
        raise too_long(text)
    return text


def too_long(text: str) -> wire.Refused:
    """Return the refusal of a frame that is too long."""
    return wire.Refused("bad_message", f"frame of {len(text)} characters; at most {LONGEST_MESSAGE}")


def known_streams(streams: tuple[str, ...], request: int | str | None) -> frozenset[str]:
    """Return the streams asked for. Raises Refused for none, or one that there isn't."""
    unknown = [shown(stream) for stream in streams if stream not in wire.STREAMS]
    if unknown or not streams:
        said = f"unknown stream {unknown[0]}" if unknown else "no streams"
        raise wire.Refused("bad_message", f"{said}; there are {' '.join(sorted(wire.STREAMS))}", request)
    return frozenset(streams)


def owners_of(scope: Any) -> dict[str, int]:
    """Return whom a socket counts to, each with the most sockets that it may have in this process: a user who
    is logged in, and an address that is not of our own network."""
    owners = {}
    if settings.LOGIN_REQUIRED:
        owners[f"user {scope['user'].pk}"] = settings.MAX_SOCKETS_PER_USER
    if stranger := stranger_at((scope.get("client") or [""])[0]):
        owners[f"address {stranger}"] = settings.MAX_SOCKETS_PER_ADDRESS
    return owners


def too_many(request: int | str | None) -> wire.Refused:
    """Return the refusal of more symbols than a socket may have."""
    return wire.Refused(
        "too_many_symbols", f"at most {MAX_SYMBOLS} symbols a socket; nothing was taken", request
    )


def sort_symbols(symbols: list[str], trouble: Any) -> tuple[list[str], dict[str, str]]:
    """Return the canonical symbols that can be had, each once, and the others with the reason."""
    taken: dict[str, None] = {}
    rejected: dict[str, str] = {}
    for text in symbols:
        try:
            symbol = parse_symbol(text)
        except BadSymbol as error:
            rejected[shown(text)] = str(error)
            continue
        reason = trouble(symbol)
        if reason:
            rejected[symbol] = reason
        else:
            taken[symbol] = None
    return list(taken), rejected
