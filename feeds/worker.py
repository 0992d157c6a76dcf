"""Floor 4. The feed worker: Channels' worker, with the engine that runs the venues inside it."""

import asyncio
import contextlib
import logging
import signal
import time
from typing import Any

from channels.worker import Worker
from django.conf import settings
from msgspec import Struct

from feeds import wire
from feeds.clock import wall
from feeds.engine import Engine, Publisher
from feeds.replay import Replay
from feeds.store import BarStore
from feeds.tape import Tape
from feeds.venues import venue_class
from feeds.venues.base import Keys, Venue

log = logging.getLogger("feeds.worker")

GIVE_UP = 3.0  # seconds after which a message that can't be published is given up; a newer one follows
RETRY = 0.5
SILENCE = 60.0  # seconds between two lines about the same trouble

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
        self.errors = 0
        self._failing = False

    async def frame(self, group: str, frame: wire.Frame) -> bool:
        """Publish what changed to a symbol group; False when that failed."""
        return await self._group(group, wire.FRAME, frame)

    async def sync(self, sync: wire.Sync) -> None:
        """Publish the heartbeat to every hub."""
        await self._group(wire.CONTROL_GROUP, wire.SYNC, sync)

    async def history(self, past: wire.Past) -> None:
        """Tell every hub that older bars can be read."""
        await self._group(wire.CONTROL_GROUP, wire.PAST, past)

    async def states(self, reply: str, states: wire.States) -> None:
        """Send whole states to the hub that asked."""
        await self._out(self._layer.send(reply, wire.pack(wire.STATES, states)))

    async def _group(self, group: str, kind: str, body: Struct) -> bool:
        return await self._out(self._layer.group_send(group, wire.pack(kind, body)))

    async def _out(self, sending: Any) -> bool:
        try:
            async with asyncio.timeout(GIVE_UP):
                await sending
        except Exception as error:  # the layer raises whatever its Redis client does
            self.errors += 1
            if not self._failing:
                log.warning("can't publish: %s", str(error) or type(error).__name__)
            self._failing = True
            return False
        if self._failing:
            log.info("publishing again")
        self._failing = False
        return True


def venues() -> dict[str, Venue]:
    """Return the venues that are switched on, made as the settings say."""
    return {name: made_venue(name) for name in settings.FEEDS["venues"]}


def made_venue(name: str) -> Venue:
    """Return a venue made as the settings say."""
    venue = venue_class(name)(**settings.FEEDS["options"].get(name, {}))
    venue.keys = Keys(*settings.FEEDS["keys"].get(name, ()))
    return venue


def made_engine(publisher: Publisher, store: BarStore) -> Engine:
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
    )


class FeedWorker(Worker):
    """`runworker feeds`: starts its feeds at once, takes commands, and ends cleanly on SIGTERM and SIGINT."""

    async def arun(self) -> None:
        """Run until told to stop, then release the venues and write what is left to write."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        store = BarStore(clock=wall)
        store.start()
        running = made_engine(LayerPublisher(self.channel_layer), store)
        _running.append(running)
        log.info("feeding %s as %s", ", ".join(running.feeds), running.epoch)
        parts = [asyncio.create_task(part) for part in (running.run(), super().arun(), stop.wait())]
        try:
            done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in parts:
                task.cancel()
            await asyncio.gather(*parts, return_exceptions=True)
            await asyncio.to_thread(store.close, 3.0)
            _running.remove(running)
            log.info("stopped")

    async def listener(self, channel: str) -> None:
        """Listen on one channel for ever; a channel layer that fails is listened to again."""
        said = -SILENCE
        while True:
            try:
                await super().listener(channel)
            except Exception as error:  # as in LayerPublisher
                if time.monotonic() - said >= SILENCE:
                    said = time.monotonic()
                    log.warning("channel layer: %s; listening again until it is heard", error)
                await self._forget(channel)
                await asyncio.sleep(RETRY)

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
            asyncio.run(self.arun())
