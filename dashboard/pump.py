"""Floor 4. The pump: one timer for all sockets of a process, and the update frames it sends."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from heapq import heappop, heappush
from itertools import count

from dashboard import metrics
from dashboard.clock import wall
from dashboard.held import Held
from dashboard.reader import Reader
from dashboard.session import Owed, Session

SETTLE = 0.003  # seconds in which the frames of one flush of the worker come together
FRESH, PACE = 0.010, 0.060  # seconds since the last flush: not worth waiting, and none is to be waited for
HOLD = 0.025  # seconds that a reader waits for the next flush at the most
FLUSHES = 8  # remembered; who has missed more is offered all it reads
LOOK = 5.0  # seconds after which a reader is looked at again at the latest
LEAST = 0.0005  # so that no rounding makes a time to come one that has come
AGAIN = 0.05  # and one that has no room
BREATH = 64  # frames in one go, before others have their turn


class Pump:
    """Sends each reader what it is owed as soon as its rate, its credit and its line allow.

    A reader that is owed something stands in a heap by the time at which it may have it. Who may in the
    middle between two flushes of the worker waits for the second, a few ms, and stays in step with them.
    """

    def __init__(self, held: Mapping[str, Held], catch_up: Callable[[Reader], None]) -> None:
        self._held = held
        self._catch_up = catch_up
        self._moved: set[str] = set()
        self._touched: set[Reader] = set()
        self._flushes: deque[set[str]] = deque(maxlen=FLUSHES)  # what each of the last ones has moved
        self._number = 0  # how many there were
        self._heap: list[tuple[float, int, Reader]] = []
        self._order = count()
        self._work = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._flush = 0.0  # when the worker's last flush had arrived
        self._settled = 0.0  # when the present one will have; 0: there is none
        self._heard = False

    def moved(self, symbol: str, readers: Iterable[Reader]) -> None:
        """Note that a symbol has a new state; `go` sees to these readers of it."""
        self._moved.add(symbol)
        self._touched.update(readers)

    def owe(self, reader: Reader) -> None:
        """Note that a reader is owed a trade or a bar; `go` sees to it."""
        self._touched.add(reader)

    def go(self) -> None:
        """See to the readers of what has moved, once the rest of this flush has come too."""
        if not self._heard and self._touched:
            self._heard = True
            self._settled = time.monotonic() + SETTLE
            self._wake_at(self._settled)

    def wake(self, reader: Reader) -> None:
        """See to a reader whose credit, rate or pause has changed."""
        self._schedule(reader, time.monotonic())
        if self._heap:
            self._wake_at(self._heap[0][0])

    def later(self, reader: Reader) -> None:
        """See to a reader that had no room."""
        reader.behind = True
        self._put(reader, time.monotonic() + AGAIN)
        self._wake_at(self._heap[0][0])

    def forget(self, reader: Reader) -> None:
        """Owe a reader nothing any more."""
        self._touched.discard(reader)
        reader.at = None

    # ------------------------------------------------------------------- the turn
    def _wake_at(self, when: float) -> None:
        if self._timer is not None:
            if self._timer_at <= when:
                return
            self._timer.cancel()
        self._timer_at = when
        delay = max(0.0, when - time.monotonic())
        self._timer = asyncio.get_running_loop().call_later(delay, self._work.set)

    async def turn(self) -> None:
        """Wait until something is due, and send what is."""
        await self._work.wait()
        self._work.clear()
        self._timer = None
        now = time.monotonic()
        try:
            if self._heard and now >= self._settled:
                self._heard = False
                self._flush = now
                self._look(now)
            await self._send_due(now)
        finally:
            if self._heard:
                self._wake_at(self._settled)
            if self._heap:
                self._wake_at(self._heap[0][0])

    def _look(self, now: float) -> None:
        """See to the readers of what has moved. Who stands in the heap is offered it when its turn comes."""
        self._flushes.append(self._moved)
        self._number += 1
        self._moved = set()
        touched, self._touched = self._touched, set()
        for reader in touched:
            if reader.at is None:
                self._schedule(reader, now)
            elif reader.at <= now + HOLD and reader.session.due(now) == 0.0:
                self._put(reader, now)

    def _offer(self, reader: Reader) -> None:
        """Offer a reader what has moved since it was looked at: of the last flushes, or of all it reads."""
        missed = self._number - reader.flush
        reader.flush = self._number
        if missed > len(self._flushes):
            reader.session.offer_quotes(reader.session.told_quotes, self._held)
            return
        for place in range(missed):
            reader.session.offer_quotes(self._flushes[-1 - place], self._held)

    def _schedule(self, reader: Reader, now: float) -> None:
        self._offer(reader)
        due = reader.session.due(now)
        reader.at = None
        if due is not None:
            self._put(reader, now + min(due, LOOK))

    def _put(self, reader: Reader, at: float) -> None:
        reader.at = at
        heappush(self._heap, (at, next(self._order), reader))

    async def _send_due(self, now: float) -> None:
        sent = 0
        while self._heap and self._heap[0][0] <= now:
            at, _, reader = heappop(self._heap)
            if reader.at != at:
                continue  # it has left, or stands elsewhere in the heap
            reader.at = None
            if reader.is_clogged:
                self._put(reader, now + AGAIN)
                continue
            if reader.behind:
                reader.behind = False
                self._catch_up(reader)
            self._offer(reader)
            due = reader.session.due(now)
            if due is None:
                continue
            if due > 0.0:
                self._put(reader, now + max(LEAST, min(due, LOOK)))
            elif FRESH < now - self._flush < PACE and reader.session.overdue(now) < HOLD:
                self._put(reader, min(self._flush + PACE, now - reader.session.overdue(now) + HOLD))
            else:
                self._send(reader, now)
                sent += 1
                if sent % BREATH == 0:
                    await asyncio.sleep(0)

    def _send(self, reader: Reader, now: float) -> None:
        frame = update(reader.session, self._held, now)
        reader.session.weigh(len(frame), now)
        reader.put(frame, now)


def update(session: Session, held: Mapping[str, Held], now: float) -> bytes:
    """Return the update frame a session is owed, joined from texts that most readers share."""
    owed = session.take(now)
    cursors = session.cursors
    quotes, states = [], 0
    for symbol, cursor in owed.quotes:
        known = held[symbol]
        quotes.append(known.text_since(cursor))
        cursors[symbol] = known.cursor
        states += known.seq - cursor.seq
    count_sent(owed, states, session)
    parts = [b'{"type":"update","n":%d,"time":%d' % (owed.n, wall())]
    for key, texts in ((b"quotes", quotes), (b"trades", owed.trades), (b"bars", owed.bars)):
        if texts:
            parts.append(b',"%s":[%s]' % (key, b",".join(texts)))
    if owed.dropped:
        parts.append(b',"dropped":%d' % owed.dropped)
    parts.append(b"}")
    return b"".join(parts)


def count_sent(owed: Owed, states: int, session: Session) -> None:
    """Count an update that goes out, which brings a session this many states further."""
    flow = metrics.FLOW
    flow.updates += 1
    flow.sent += len(owed.quotes)
    flow.merged += states - len(owed.quotes)
    flow.trades += len(owed.trades)
    flow.dropped += owed.dropped
    flow.window_full += session.credit <= 0
