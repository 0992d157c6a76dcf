"""Floor 4. The pump: one timer for all sockets of a process, and the update frames it sends."""

import asyncio
import contextlib
import time
from collections.abc import Mapping

from dashboard import metrics
from dashboard.clock import wall
from dashboard.held import Held
from dashboard.reader import Reader
from dashboard.session import Owed, Session


class Pump:
    """Sends each reader what it is owed as soon as its rate and its credit allow."""

    def __init__(self, held: Mapping[str, Held]) -> None:
        self._held = held
        self._ready: set[Reader] = set()
        self._work = asyncio.Event()

    def owe(self, reader: Reader) -> None:
        """Note that a reader is owed something; `go` sends it."""
        self._ready.add(reader)

    def go(self) -> None:
        """Look at the readers that are owed something now."""
        self._work.set()

    def forget(self, reader: Reader) -> None:
        """Owe a reader nothing any more."""
        self._ready.discard(reader)

    async def turn(self) -> None:
        """Wait for work, send what is due, and sleep until more is due or owed."""
        await self._work.wait()
        self._work.clear()
        soonest = await self._send_due(time.monotonic())
        if soonest is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(soonest):
                    await self._work.wait()
            self._work.set()

    async def _send_due(self, now: float) -> float | None:
        """Send every update that is due; return the seconds until the next is, None when none is owed."""
        soonest: float | None = None
        for reader in list(self._ready):
            due = reader.session.due(now)
            if due is not None and due > 0.0:
                soonest = due if soonest is None else min(soonest, due)
                continue
            self._ready.discard(reader)
            if due is not None:
                await reader.send(update(reader.session, self._held, now))
        return soonest


def update(session: Session, held: Mapping[str, Held], now: float) -> str:
    """Return the update frame a session is owed, joined from texts that most readers share."""
    owed = session.take(now)
    quotes, states = [], 0
    for symbol, cursor in owed.quotes:
        quotes.append(held[symbol].text_since(cursor))
        session.move(symbol, held[symbol].cursor)
        states += held[symbol].seq - cursor.seq
    count(owed, states, session)
    parts = [
        b',"%s":[%s]' % (key, b",".join(texts))
        for key, texts in ((b"quotes", quotes), (b"trades", owed.trades), (b"bars", owed.bars))
        if texts
    ]
    if owed.dropped:
        parts.append(b',"dropped":%d' % owed.dropped)
    return (b'{"type":"update","n":%d,"time":%d%s}' % (owed.n, wall(), b"".join(parts))).decode()


def count(owed: Owed, states: int, session: Session) -> None:
    """Count an update that goes out, which brings a session this many states further."""
    flow = metrics.FLOW
    flow.updates += 1
    flow.sent += len(owed.quotes)
    flow.merged += states - len(owed.quotes)
    flow.trades += len(owed.trades)
    flow.dropped += owed.dropped
    flow.window_full += session.credit <= 0
