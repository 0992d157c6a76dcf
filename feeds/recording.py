"""Floor 3. Recorded sessions of venues, written and read: one JSON object a line, gzip when named .gz.

    {"t": 1618677816.84, "dir": "open", "url": "wss://ws.kraken.com/v2", "src": "KRAKEN KRAKEN:BTC-USD"}
    {"t": 1618677817.02, "dir": "send", "raw": "{…}"}
    {"t": 1618677817.24, "dir": "recv", "raw": "{…}"}

`t` is when it passed us (unix seconds, null: not known); `raw` the frame's exact text, or the line's of a
long HTTP answer (`raw_base64` where it is no text); a polled answer has its `url`. `src`, ours, says whose
line it is and which symbols were asked for; others' recordings have none. No key or secret is ever in it.
"""

import base64
import gzip
import logging
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from feeds.errors import BadSymbol
from feeds.market import Instrument
from feeds.symbols import name_of
from feeds.venues import REGISTRY, is_venue
from feeds.venues.base import Venue

log = logging.getLogger("feeds.recording")

LOOKED_THROUGH = 1000  # lines in which the first `open` is looked for


class BadRecording(ValueError):
    """A file that is no recorded session; the message says why in one line."""


class Frame(Struct, frozen=True, omit_defaults=True):
    """One line of a recording."""

    t: float | None
    dir: str
    url: str = ""
    src: str = ""
    raw: str | None = None
    raw_base64: str | None = None

    @property
    def payload(self) -> str | bytes | None:
        """The frame as the transport gave it; None where the recording holds none."""
        try:
            return self.raw if self.raw_base64 is None else base64.b64decode(self.raw_base64)
        except ValueError:
            return None


_frame = msgspec.json.Decoder(Frame)
_line = msgspec.json.Encoder()


def opened(path: Path, mode: str) -> IO[bytes]:
    """Open a recording's bytes, through gzip when its name ends .gz. Raises OSError."""
    if path.suffix == ".gz":
        return gzip.open(path, mode)  # type: ignore[return-value]
    return path.open(mode)  # type: ignore[return-value]


def frames(path: Path) -> Iterator[Frame]:
    """Yield a recording's lines in their order; what is no frame is left out, and the log says how many.

    Raises BadRecording when the file can't be read, or begins with something else.
    """
    wrong = 0
    number = 0
    try:
        with opened(path, "rb") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    frame = _frame.decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError):
                    if number == 1:
                        raise BadRecording(f"{path.name} begins with something that is no frame") from None
                    wrong += 1
                    continue
                yield frame
    except (EOFError, zlib.error):  # the recorder was killed before it could end the file
        log.warning("%s is cut off after %d lines", path.name, number)
    except OSError as error:
        raise BadRecording(f"{path.name} can't be read: {error.strerror or error}") from None
    if wrong:
        log.warning("%s: %d of %d lines are no frames", path.name, wrong, number)


def first_open(path: Path) -> Frame | None:
    """Return the first line of a recording that tells of an opened line, None where none does."""
    for number, frame in enumerate(frames(path)):
        if frame.dir == "open":
            return frame
        if number > LOOKED_THROUGH:
            break
    return None


def venue_of_recording(path: Path) -> str:
    """Return whose session a recording is. Raises BadRecording when it doesn't say, or is nobody's here."""
    begun = first_open(path)
    if begun is None:
        raise BadRecording(f"{path.name} doesn't say which venue it is of")
    named = begun.src.partition(" ")[0]
    venue = named if is_venue(named) else venue_of_url(begun.url)
    if venue is None:
        raise BadRecording(f"{path.name} is of {begun.url[:80]}, which is no venue's here")
    return venue


def venue_of_url(url: str) -> str | None:
    """Return the venue whose host is this URL's, or most like it (venues move within their domain)."""
    host = urlsplit(url).hostname or ""
    likeness = {name: max(like(host, own) for own in hosts_of(venue)) for name, venue in REGISTRY.items()}
    best = max(likeness.values())
    named = [name for name, how in likeness.items() if how == best]
    return named[0] if best and len(named) == 1 else None


def hosts_of(venue: type[Venue]) -> list[str]:
    return [*venue.also_at, *(urlsplit(url).hostname or "" for url in (venue.ws_url, venue.rest_url))]


def like(host: str, own: str) -> int:
    """Return how like two hosts are: 0 when their domains differ."""
    theirs, ours = host.split("."), own.split(".")
    if host == own:
        return 100 if host else 0
    if len(theirs) < 2 or theirs[-2:] != ours[-2:] or theirs[-1].isdigit():
        return 0
    return 1 + (theirs[0] == ours[0])


def symbols_asked_for(path: Path) -> list[str]:
    """Return the symbols that a recording of ours names, none for one of others."""
    begun = first_open(path)
    venue, *symbols = begun.src.split(" ") if begun else [""]
    return [symbol for symbol in symbols if symbol.startswith(f"{venue}:")]


def instrument_of(venue: Venue, symbol: str) -> Instrument:
    """Return the facts of a symbol that a recording has: the venue's own where they are known here."""
    known = {each.symbol: each for each in venue.featured}
    if symbol in known:
        return known[symbol]
    base, _, quote = name_of(symbol).partition("-")
    try:
        native = venue.native(symbol)
    except BadSymbol:
        native = ""
    return Instrument(symbol=symbol, base=base, quote=quote, kind="other", native=native)


class Recorder:
    """Writes a session to a new file; raises FileExistsError when there is one.

    `heard` is the tap of a Feed. `count` holds the lines written by their `dir`.
    """

    def __init__(
        self, path: Path, venue: Venue, symbols: Sequence[str], clock: Callable[[], float] = time.time
    ) -> None:
        self.path = path
        self.count: Counter[str] = Counter()
        self._venue = venue
        self._src = " ".join([venue.name, *symbols])
        self._clock = clock
        self._file = opened(path, "xb")

    def heard(self, direction: str, url: str, raw: str | bytes) -> None:
        """Write what passed the line: `open`, `send` or `recv`; a polled answer comes with its URL, and the
        first one after the line that says whose it is."""
        if url and direction == "recv" and not self.count["open"]:
            self.heard("open", self._venue.rest_url, "")
        frame = Frame(
            self._clock(),
            direction,
            url=self._venue.hidden(url),
            src=self._src if direction == "open" else "",
            **({} if direction == "open" else self._payload(raw)),
        )
        self._file.write(_line.encode(frame) + b"\n")
        self.count[direction] += 1

    def _payload(self, raw: str | bytes) -> dict[str, str]:
        try:
            text = raw if isinstance(raw, str) else raw.decode()
        except UnicodeDecodeError:
            return {"raw_base64": base64.b64encode(raw).decode() if isinstance(raw, bytes) else ""}
        return {"raw": self._venue.hidden(text)}

    def close(self) -> None:
        """End the file."""
        self._file.close()
