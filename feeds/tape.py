"""Floor 3. A recording as its venue's adapter hears it: what came, and when."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from feeds.errors import FeedError
from feeds.market import Bar, Quote, Trade
from feeds.poll import NEWEST
from feeds.recording import BadRecording, Frame, frames, symbols_asked_for
from feeds.transport import own_url
from feeds.venues.base import Event, Notice, Venue

STEP = 10  # ms between two frames of which nobody knows when they came


class Arrival(NamedTuple):
    """What one frame brought at `time` (ms): events, polled bars, or (neither) a line that was opened."""

    time: int
    opened: bool = False
    events: tuple[Event, ...] = ()
    bars: tuple[tuple[str, list[Bar]], ...] = ()


class Tape:
    """A recording as its venue's adapter hears it."""

    def __init__(self, path: Path, venue: Venue) -> None:
        self.path = path
        self._venue = venue
        asked = [*symbols_asked_for(path), *(each.symbol for each in venue.featured)]
        for symbol in asked:
            venue.learn(symbol)
        self._polled: dict[str, list[str]] = {}
        for symbol in dict.fromkeys(asked):
            if (request := venue.poll(venue.code(symbol))) is not None:
                self._polled.setdefault(venue.hidden(own_url(venue, request)), []).append(symbol)

    def begin(self) -> int:
        """Return the first time (ms) that it tells: of a frame, or of something a frame says; 0 for none."""
        for frame in frames(self.path):
            time = round(frame.t * 1000) if frame.t is not None else told(self._hear(frame, 0).events)
            if time is not None:
                return time
        return 0

    def symbols(self) -> list[str]:
        """Return every symbol with a price in it, sorted. Raises BadRecording when there is none."""
        said = {
            event.symbol
            for arrival in self.arrivals()
            for event in arrival.events
            if isinstance(event, (Quote, Trade))
        }
        if not said:
            raise BadRecording(f"{self.path.name} has no price that {self._venue.title} could have said")
        return sorted(said)

    def arrivals(self) -> Iterator[Arrival]:
        """Yield what each frame brought; their times never go back. One without a time of its own came at
        the venue's time of what it says, or else 10 ms after the one before."""
        now = self.begin()
        for frame in frames(self.path):
            if frame.dir not in ("open", "recv"):
                continue
            if frame.t is not None:
                now = max(now, round(frame.t * 1000))
                yield self._hear(frame, now)
                continue
            said = told(self._hear(frame, now).events)
            now = now + STEP if said is None else max(now, said)
            yield self._hear(frame, now)

    def _hear(self, frame: Frame, now: int) -> Arrival:
        payload = frame.payload
        if frame.dir == "open" or payload is None:
            return Arrival(now, opened=frame.dir == "open")
        if not frame.url:
            return Arrival(now, events=tuple(self._venue.parse(payload, now)))
        return self._polled_answer(frame.url, payload, now)

    def _polled_answer(self, url: str, payload: str | bytes, now: int) -> Arrival:
        body = payload.encode() if isinstance(payload, str) else payload
        events: list[Event] = []
        bars = []
        for symbol in self._polled.get(url, ()):
            try:
                events += self._venue.read_poll(body, symbol, now)
                if self._venue.poll_tells_bars:
                    bars.append((symbol, self._venue.read_bars(body, symbol, "1m", now)[-NEWEST:]))
            except FeedError as error:
                events.append(Notice(kind="bad", reason=error.reason))
        return Arrival(now, events=tuple(events), bars=tuple(bars))


def told(events: tuple[Event, ...]) -> int | None:
    """Return the venue's time of the newest thing it says, None when it gives none."""
    times = [
        event.time
        for event in events
        if isinstance(event, (Quote, Trade)) and not (isinstance(event, Trade) and event.recap)
    ]
    return max((time for time in times if time is not None), default=None)


def with_breaks(arrivals: Iterable[Arrival]) -> Iterator[tuple[Arrival, bool]]:
    """Yield each arrival, and whether it was the last one before a line was opened again."""
    coming = iter(arrivals)
    held = next(coming, None)
    for arrival in coming:
        if held is not None:
            yield held, arrival.opened
        held = arrival
    if held is not None:
        yield held, False
