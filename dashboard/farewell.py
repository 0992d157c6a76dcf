"""Floor 4. The end of a web process: its sockets hear that they are to come again (4503) before the server,
which closes none politely, tears them down."""

import asyncio
import contextlib
import signal
import threading
from collections.abc import Awaitable, Callable
from types import FrameType

PATIENCE = 0.5  # seconds that the farewell may take; then the server ends as it would have


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
