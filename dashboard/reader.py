"""Floor 4. A socket as the hub knows it: its session, and how to reach it."""

import contextlib
import time
from collections.abc import Awaitable, Callable

from dashboard.session import Session

Deliver = Callable[[str], Awaitable[None]]
Close = Callable[[int], Awaitable[None]]


class Reader:
    """One socket. `send` and `close` never raise: a socket that has gone is nobody's trouble."""

    def __init__(self, deliver: Deliver, close: Close, session_key: str | None = None) -> None:
        self.session = Session()
        self.session_key = session_key
        self.last_sent = time.monotonic()
        self.missed_status = False
        self._deliver = deliver
        self._close = close

    async def send(self, text: str) -> None:
        """Send one frame."""
        self.last_sent = time.monotonic()
        with contextlib.suppress(Exception):
            await self._deliver(text)

    async def close(self, code: int) -> None:
        """Close the socket."""
        with contextlib.suppress(Exception):
            await self._close(code)
