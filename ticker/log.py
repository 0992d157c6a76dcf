"""Floor 5. The one log of `live`: lines of several programs on stdout, each with the name of who said it."""

import os
import sys
import threading
from asyncio import StreamReader
from collections import deque
from collections.abc import Sequence

LINES_KEPT = 10_000  # for a terminal that stands still; then the oldest go
LONGEST_LINE = 8192


class Log:
    """Lines, written by a thread of their own so that a pipe nobody reads can't hold up the supervisor.

    A closed stdout is no error: what is said then is lost.
    """

    def __init__(self, width: int) -> None:
        self._width = width
        self._lines: deque[str] = deque(maxlen=LINES_KEPT)
        self._change = threading.Condition()
        self._busy = False
        self._descriptor = _stdout()
        threading.Thread(target=self._write_for_ever, daemon=True, name="log").start()

    def say(self, name: str, text: str) -> None:
        """Add one line with a name before it."""
        self.line(f"{name:<{self._width}} | {text}")

    def line(self, text: str) -> None:
        """Add one line as it is."""
        with self._change:
            self._lines.append("".join(c if c.isprintable() or c == "\t" else "?" for c in text) + "\n")
            self._change.notify_all()

    def flush(self, seconds: float) -> None:
        """Wait until all is written, `seconds` at the most."""
        with self._change:
            self._change.wait_for(lambda: not self._lines and not self._busy, seconds)

    async def follow(self, name: str, stream: StreamReader, unsaid: Sequence[str] = ()) -> None:
        """Say each line of a stream until its end, but for those that contain an `unsaid` text; a line
        too long is cut into several."""
        rest = b""
        while chunk := await stream.read(65_536):
            *lines, rest = (rest + chunk).split(b"\n")
            if len(rest) > LONGEST_LINE:
                lines, rest = [*lines, rest], b""
            self._say_each(name, lines, unsaid)
        self._say_each(name, [rest] if rest else [], unsaid)

    def _say_each(self, name: str, lines: Sequence[bytes], unsaid: Sequence[str]) -> None:
        for line in lines:
            text = line.decode("utf-8", "replace").rstrip()
            if not any(words in text for words in unsaid):
                self.say(name, text)

    def _write_for_ever(self) -> None:
        while True:
            with self._change:
                self._change.wait_for(lambda: bool(self._lines))
                text, self._busy = "".join(self._lines), True
                self._lines.clear()
            self._write(text)
            with self._change:
                self._busy = False
                self._change.notify_all()

    def _write(self, text: str) -> None:
        rest = text.encode("utf-8", "replace")
        try:
            while rest and self._descriptor is not None:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError:
            self._descriptor = None


def _stdout() -> int | None:
    """Return stdout's descriptor, None when there is none."""
    try:
        return sys.stdout.fileno()
    except (OSError, ValueError, AttributeError):
        return None
