"""Floor 4. A socket as the hub knows it: its session, and how to reach it."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Protocol

from dashboard import metrics
from dashboard.session import SLOW, Session
from feeds.wire import CLOSE_SLOW

Deliver = Callable[[str], Awaitable[None]]
Close = Callable[[int], Awaitable[None]]

CLOGGED = 65_536  # bytes that wait for a socket, with which it gets no prices for now
MOST = 1_048_576  # bytes that may wait for it at all
PING_EVERY = 12.0  # seconds between two questions whether anybody reads there
PATIENCE = 1.0  # seconds that a last word may take before the close


class Line(Protocol):
    """A short way to a socket, which some servers give: see `ticker/shortcut.py`. Nothing of it waits."""

    @property
    def backlog(self) -> int: ...

    @property
    def heard(self) -> float: ...

    def write(self, text: bytes) -> None: ...

    def ping(self) -> None: ...

    def abort(self) -> None: ...


class Reader:
    """One socket. Nothing here raises or waits for it: what it can't take now is kept, so much and no more,
    and a socket that has gone is nobody's trouble."""

    def __init__(
        self,
        deliver: Deliver,
        close: Close,
        abort: Callable[[], None],
        session_key: str | None = None,
        line: Line | None = None,
    ) -> None:
        self.session = Session()
        self.session_key = session_key
        self.last_sent = time.monotonic()
        self.missed_status = False
        self.at: float | None = None  # when the pump looks at it next
        self.flush = 0  # the number of the flush up to which the pump has offered it what moved
        self.behind = False  # whether whole states wait until it has room
        self._deliver = deliver
        self._close = close
        self._abort = abort if line is None else line.abort
        self._line = line
        self._pinged = self.last_sent
        self._clogged_since: float | None = None
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._task: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        self._gone = False

    @property
    def backlog(self) -> int:
        """How many bytes wait here for the socket; the kernel's are not known."""
        return self._bytes if self._line is None else self._line.backlog

    @property
    def is_clogged(self) -> bool:
        """Whether so much waits for it that it should get no more for now."""
        return self.backlog > CLOGGED

    async def send(self, text: str) -> None:
        """Send one frame."""
        self.put(text.encode(), time.monotonic())

    def put(self, frame: bytes, now: float) -> None:
        """Send one frame, or have it wait its turn. Too much of it, and the socket has to go."""
        if self._gone:
            return
        self.last_sent = now
        if self.backlog + len(frame) > MOST:
            self.end(CLOSE_SLOW)
        elif self._line is not None:
            self._line.write(frame)
        else:
            self._waiting.append(frame)
            self._bytes += len(frame)
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._drain())

    async def _drain(self) -> None:
        """Hand over what waits. A server that has no room lets us wait here, and no other socket."""
        while self._waiting:
            frame = self._waiting.popleft()
            with contextlib.suppress(Exception):
                await self._deliver(frame.decode())
            self._bytes -= len(frame)

    def is_slow(self, now: float) -> bool:
        """Tell whether the socket must go: it doesn't acknowledge, doesn't take what it is sent, or doesn't
        answer the pings that only one who reads can answer."""
        line = self._line
        if not self.is_clogged:
            self._clogged_since = None
        elif self._clogged_since is None:
            self._clogged_since = now
        if line is not None and now - self._pinged >= PING_EVERY:
            self._pinged = now
            line.ping()
        silent = line is not None and now - line.heard >= SLOW + PING_EVERY / 2
        clogged = self._clogged_since is not None and now - self._clogged_since >= SLOW
        return silent or clogged or self.session.is_slow(now)

    def drop(self) -> None:
        """Let go of what waits for a socket that has gone."""
        self._gone = True
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()

    @property
    def is_gone(self) -> bool:
        """Whether the socket has ended, or is being closed: what it says is no longer heard."""
        return self._gone

    def _go(self, code: int) -> None:
        """Tell it nothing more; who closes it is counted, once."""
        if not self._gone:
            metrics.CLOSES.labels(str(code)).inc()
        self._gone = True

    def end(self, code: int) -> None:
        """Close the socket without waiting for it: the others are not to wait for one that is stuck."""
        self._go(code)
        self._closing = asyncio.create_task(self.close(code))

    async def close(self, code: int) -> None:
        """Close the socket, after what it was told last; at once where that doesn't go out."""
        self._go(code)
        if self._task is not None and not self._task.done():
            await asyncio.wait([self._task], timeout=PATIENCE)
        self.drop()
        try:
            async with asyncio.timeout(PATIENCE):
                await self._close(code)
        except TimeoutError:
            self._abort()
        except Exception:  # it has gone by itself
            return
        if self._line is not None and self.is_clogged:
            self._abort()
