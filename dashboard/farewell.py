"""Floor 4. The end of a web process: its sockets hear that they are to come again (4503), one after another,
before the server, which closes none politely, tears them down."""

import asyncio
import contextlib
import random
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Sequence
from types import FrameType

PATIENCE = 3.0  # seconds that the farewell may take; then the server ends as it would have
SPREAD = 2.0  # seconds over which many sockets are closed, so that they don't all come again at once
EACH = 0.01  # seconds of it for each, where they are few
LAST = 0.3  # seconds in which the last ones can answer


async def one_by_one(closings: Sequence[Callable[[], Awaitable[None]]]) -> None:
    """Await each closing at a moment of its own, all within 2 s, and sooner if they are few."""
    within = min(SPREAD, EACH * len(closings))

    async def later(closing: Callable[[], Awaitable[None]]) -> None:
        await asyncio.sleep(random.uniform(0.0, within))
        await closing()

    await asyncio.gather(*(later(closing) for closing in closings))
    await asyncio.sleep(LAST if closings else 0.0)


def stop_listening() -> None:
    """Take no more connections, so that a proxy passes them on to another process; where the server is one of
    Twisted's. Elsewhere those who come are sent away by the hub."""
    reactor, tcp = sys.modules.get("twisted.internet.reactor"), sys.modules.get("twisted.internet.tcp")
    if reactor is None or tcp is None:
        return
    for each in reactor.getReaders():
        if isinstance(each, tcp.Port):
            each.stopListening()


def before_the_end(farewell: Callable[[], Awaitable[None]]) -> None:
    """Have SIGTERM run `farewell` in this loop, and then what the server had it do; a second SIGTERM doesn't
    wait. Nothing changes where signals go to another thread, or the server takes none."""
    server = signal.getsignal(signal.SIGTERM)
    if threading.current_thread() is not threading.main_thread() or not callable(server):
        return
    loop = asyncio.get_running_loop()

    async def end(number: int) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await farewell()
        server(number, None)

    def on_signal(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, server)
        if loop.is_closed():
            server(number, frame)
        else:
            loop.call_soon_threadsafe(lambda: ending.add(loop.create_task(end(number))))

    ending: set[asyncio.Task[None]] = set()
    signal.signal(signal.SIGTERM, on_signal)
