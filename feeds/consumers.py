"""Floor 4. The commands of the feed worker, as they come on the `feeds` channel."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from channels.consumer import AsyncConsumer

from feeds import wire
from feeds.engine import Engine
from feeds.worker import engine

log = logging.getLogger("feeds.commands")


class FeedConsumer(AsyncConsumer):
    """Takes watch, unwatch, snapshot, history and ticks from the web processes, and what another worker has
    let go of; the engine that runs the venues belongs to the worker. A command that can't be read is logged
    and dropped."""

    channel_layer_alias = "none"  # it hears the `feeds` channel only, and needs none of its own

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Hand a command to the method of its name; unlike the stock one without a hop to a thread."""
        handler = HANDLERS.get(message.get("type", ""))
        if handler is None:
            log.warning("unknown command %r", str(message.get("type"))[:40])
            return
        try:
            await handler(self, engine(), wire.unpack(message))
        except ValueError as error:
            log.warning("dropped a command: %s", error)
        except Exception:
            log.exception("a command failed")

    async def watch(self, running: Engine, said: wire.Watch) -> None:
        """Keep these symbols live for a hub."""
        running.watch(said)

    async def unwatch(self, running: Engine, said: wire.Unwatch) -> None:
        """A hub has no reader of these symbols any more."""
        running.unwatch(said)

    async def snapshot(self, running: Engine, said: wire.Ask) -> None:
        """Send the whole state of symbols to a hub."""
        await running.snapshot(said)

    async def history(self, running: Engine, said: wire.Older) -> None:
        """Fetch older bars into the store."""
        running.older(said)

    async def ticks(self, running: Engine, said: wire.Ticks) -> None:
        """Publish prices that were pushed."""
        running.ticks(said)

    async def freed(self, running: Engine, said: wire.Freed) -> None:
        """Another worker has let go of venues."""
        running.leases.look()


HANDLERS: dict[str, Callable[..., Awaitable[None]]] = {
    wire.WATCH: FeedConsumer.watch,
    wire.UNWATCH: FeedConsumer.unwatch,
    wire.SNAPSHOT: FeedConsumer.snapshot,
    wire.HISTORY: FeedConsumer.history,
    wire.TICKS: FeedConsumer.ticks,
    wire.FREED: FeedConsumer.freed,
}
