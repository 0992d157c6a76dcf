"""Floor 4. The feed worker: Channels' worker, with the engine that runs the venues inside it."""

import asyncio
import contextlib
import logging
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from channels.worker import Worker
from django.conf import settings
from msgspec import Struct

from feeds import metrics, wire
from feeds.clock import wall
from feeds.engine import Engine
from feeds.lease import PATIENCE, RedisLeases
from feeds.redis_hosts import client_of
from feeds.replay import Replay
from feeds.store import BarStore
from feeds.symbols import FORMULA
from feeds.tape import Tape
from feeds.telling import SYNC, Publisher
from feeds.venues import venue_class
from feeds.venues.base import Keys, Venue
from feeds.watchdog import EXIT_LATER, Watchdog, hopeless

log = logging.getLogger("feeds.worker")

GIVE_UP = 3.0  # seconds after which a message that can't be published is given up; a newer one follows
PROMPT = 0.5  # seconds after which the others don't wait for a message any longer
RETRY = 0.5
STAY = 3.0  # seconds between two looks whether we are in the workers' group
SILENCE = 60.0  # seconds between two lines about the same trouble
THREADS = 64  # for what blocks: a look-up of a name for each line and each REST host, and our own work

_running: list[Engine] = []


def engine() -> Engine:
    """Return the engine of this process. Raises RuntimeError outside a feed worker."""
    if not _running:
        raise RuntimeError("no feed worker runs in this process; start one with: manage.py runworker feeds")
    return _running[-1]


class LayerPublisher:
    """Sends the engine's words over the channel layer. What can't be sent is counted and forgotten: the
    numbers in the next sync tell the hubs what they have missed."""

    def __init__(self, layer: Any) -> None:
        self._layer = layer
        self.frames = self.errors = 0
        self.out_at = time.monotonic()  # when something went out last
        self._failing: set[str] = set()
        self._late: dict[str, asyncio.Task[bool]] = {}

    @property
    def is_mute(self) -> bool:
        """Whether nothing has gone out for longer than anything may take."""
        return time.monotonic() - self.out_at > SYNC + GIVE_UP

    async def frame(self, group: str, frame: wire.Frame) -> bool:
        """Publish what changed to a symbol group; False when that failed, or takes long. While it does,
        nothing more is sent there: one server that hangs must not hold up what goes by the others."""
        if group in self._late:
            self.errors += 1
            return False
        sending = self._late[group] = asyncio.create_task(self._group(group, wire.FRAME, frame))
        sending.add_done_callback(lambda _: self._late.pop(group))
        try:
            await asyncio.wait((sending,), timeout=PROMPT)
        except asyncio.CancelledError:
            sending.cancel()
            raise
        out = sending.done() and sending.result()
        self.frames += out
        return out

    async def sync(self, sync: wire.Sync) -> None:
        """Publish the heartbeat to every hub."""
        await self._group(wire.CONTROL_GROUP, wire.SYNC, sync)

    async def history(self, past: wire.Past) -> None:
        """Tell every hub that older bars can be read."""
        await self._group(wire.CONTROL_GROUP, wire.PAST, past)

    async def states(self, reply: str, states: wire.States) -> None:
        """Send whole states to the hub that asked, and to nobody who is none."""
        if reply.startswith(wire.HUB):
            await self._group(reply, wire.STATES, states)

    async def freed(self, venues: list[str]) -> None:
        """Tell the other workers what they can lead from now on."""
        await self._group(wire.WORKERS_GROUP, wire.FREED, wire.Freed(venues))

    async def _group(self, group: str, kind: str, body: Struct) -> bool:
        where = wire.HUB if group.startswith(wire.HUB) else group
        try:
            async with asyncio.timeout(GIVE_UP):
                await self._layer.group_send(group, wire.pack(kind, body))
        except Exception as error:  # the layer raises whatever its Redis client does
            self.errors += 1
            if not self._failing:
                log.warning("can't publish: %s", str(error) or type(error).__name__)
            self._failing.add(where)
            return False
        self.out_at = time.monotonic()
        if where in self._failing:
            self._failing.discard(where)
            if not self._failing:
                log.info("publishing again")
        return True


def venues() -> dict[str, Venue]:
    """Return the venues that are switched on, made as the settings say."""
    return {name: made_venue(name) for name in settings.FEEDS["venues"]}


def made_venue(name: str) -> Venue:
    """Return a venue made as the settings say."""
    venue = venue_class(name)(**settings.FEEDS["options"].get(name, {}))
    venue.keys = Keys(*settings.FEEDS["keys"].get(name, ()))
    return venue


def made_leases(names: list[str]) -> RedisLeases | None:
    """Return the leases over these venues, kept where the channel layer runs; None where it runs in memory,
    or a recording is played: then there is no other worker."""
    if settings.FEEDS["replay"] or not settings.REDIS_HOSTS:
        return None
    alone = [name for name in names if venue_class(name).needs]  # an account often has one connection
    return RedisLeases([*names, FORMULA], client_of(settings.REDIS_HOSTS[0], PATIENCE), alone)


def made_engine(publisher: Publisher, store: BarStore, leases: RedisLeases | None = None) -> Engine:
    """Return the engine that the settings ask for: of the venues that are on, or of a recording."""
    feeds = settings.FEEDS
    if played := feeds["replay"]:
        venue = made_venue(played.venue)
        tape = Tape(played.path, venue)
        return Replay(tape, venue, list(feeds["watch"]) or tape.symbols(), played.speed, publisher, store)
    return Engine(
        venues(),
        publisher,
        store,
        always=tuple(feeds["watch"]),
        ws_origins=feeds["ws_urls"],
        rest_origins=feeds["rest_urls"],
        leases=leases,
    )


def have_room(loop: asyncio.AbstractEventLoop) -> None:
    """Give a loop threads enough that names which nobody answers for hold up nothing else: without a network
    each of them takes some seconds, and a few threads would all be waiting for them."""
    loop.set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="feeds"))


class FeedWorker(Worker):
    """`runworker feeds`: starts its feeds at once, takes commands, and ends cleanly on SIGTERM and SIGINT.

    Several of them share the venues: each leads some, and takes over those of one that is gone.
    """

    async def arun(self) -> int:
        """Run until told to stop, then release the venues and write what is left to write; return the code to
        exit with."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        have_room(loop)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        store = BarStore(clock=wall)
        store.start()
        publisher = LayerPublisher(self.channel_layer)
        leases = made_leases(settings.FEEDS["venues"])
        running = made_engine(publisher, store, leases)
        _running.append(running)
        log.info("feeding %s as %s", ", ".join(running.feeds), running.leases.worker)
        parts = [asyncio.create_task(part) for part in (running.run(), super().arun(), stop.wait())]
        parts.append(asyncio.create_task(Watchdog().run()))
        despair = asyncio.create_task(hopeless(lambda: publisher.is_mute and bool(store.error)))
        parts.append(despair)
        if leases is not None:
            leases.changed = running.leases_changed
            parts.append(asyncio.create_task(leases.run()))
        if settings.METRICS_PORT is not None:
            telling = metrics.tell(running, publisher, settings.METRICS_HOST, settings.METRICS_PORT)
            parts.append(asyncio.create_task(telling))
        try:
            done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            return EXIT_LATER if despair in done else 0
        finally:
            # First of all: another worker takes over while we tidy up.
            if leases is not None and (given_back := await leases.leave()):
                await publisher.freed(given_back)
            for task in parts:
                task.cancel()
            await asyncio.gather(*parts, return_exceptions=True)
            await asyncio.to_thread(store.close, 3.0)
            _running.remove(running)
            log.info("stopped")

    async def listener(self, channel: str) -> None:
        """Listen on one channel for ever; a channel layer that fails is listened to again. The commands come
        on a channel of this worker's own, too, which is in the group that the hubs speak to."""
        if channel == wire.FEEDS_CHANNEL:
            await asyncio.gather(self._listen(channel, channel), self._listen_in_group(channel))
        else:
            await self._listen(channel, channel)

    async def _listen_in_group(self, channel: str) -> None:
        """Hear what is said to all workers, on a channel of this one's own."""
        own = ""
        while not own:
            with contextlib.suppress(Exception):  # the pub/sub layer makes one with the help of a server
                own = await self.channel_layer.new_channel(f"{channel}.")
            await asyncio.sleep(0.0 if own else RETRY)
        await asyncio.gather(self._listen(channel, own), self._stay(own))

    async def _stay(self, own: str) -> None:
        """Be in the workers' group, for ever: a server that came again may have forgotten it."""
        while True:
            joined = False
            with contextlib.suppress(Exception):
                await self.channel_layer.group_add(wire.WORKERS_GROUP, own)
                joined = True
            await asyncio.sleep(STAY if joined else RETRY)

    async def _listen(self, channel: str, source: str) -> None:
        """Hand what comes from `source` to the consumer of a channel."""
        said = -SILENCE
        while True:
            try:
                while True:
                    self._hand(channel, await self.channel_layer.receive(source))
            except Exception as error:  # as in LayerPublisher
                if time.monotonic() - said >= SILENCE:
                    said = time.monotonic()
                    log.warning("channel layer: %s; listening again until it is heard", error)
                await self._forget(source)
                await asyncio.sleep(RETRY)

    def _hand(self, channel: str, message: dict[str, Any]) -> None:
        """Give a message to the consumer of a channel."""
        scope = {"type": "channel", "channel": channel}
        self.get_or_create_application_instance(channel, scope).put_nowait(message)

    async def _forget(self, channel: str) -> None:
        """Have the channel layer subscribe anew the next time. The pub/sub layer takes down a channel before
        it has subscribed to it, and forgets it only when its reader is cancelled: without this a worker that
        comes before its Redis would wait for ever on a channel that nobody has subscribed to."""
        with contextlib.suppress(Exception):
            async with asyncio.timeout(0):
                await self.channel_layer.receive(channel)

    def run(self) -> None:
        """Run the worker's event loop."""
        with contextlib.suppress(KeyboardInterrupt):
            sys.exit(asyncio.run(self.arun()))
