"""Frames gone wrong, thousands a second: a message cut, its values swapped for anything, its bytes broken.

`mutation.py` draws the same with hypothesis, which shrinks what fails, but is too slow for a million of them.
"""

import base64
import json
import random
import re
from collections.abc import Iterator

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[\[\]{},:]')
DEEP = "[" * 2000 + "]" * 2000
NONSENSE = (
    "null", "true", "false", "0", "-1", "1", '""', '"0"', '"-1"', '"N/A"', '"null"', "[]", "{}", "[[]]",
    "[null]", '{"a":1}', "1e308", "-1e308", "1e-320", "9" * 30, "-" + "9" * 30, "9" * 400, f'"{"9" * 400}"',
    '"1e400"', '"1E-400"', '"NaN"', '"Infinity"', '"-Infinity"', "NaN", "Infinity", '"0.-10000"', '"1,5"',
    '" 7"', "0.1e-7", "1e15", '"1e15"', "18446744073709551616", "9223372036854775807", "99999999999999",
    '"9223372036854775808"', "2.5", '"2.5"', '"99999999999999999"', '"0001-01-01T00:00:00.000000Z"',
    '"9999-12-31T23:59:59.999999999Z"', '"2021-13-45T99:99:99Z"', '"1970-01-01T00:00:00Z"', '"\\u0000"',
    '"\\ud800"', '"é☃𝄞"', '"BTC\\n-USD"', '"../.."', f'"{"A" * 300}"', '"true"', DEEP,
)  # fmt: skip
BYTES = (b"\xff", b"\xfe\xff", b"\xc3", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\x00", b"\xc0\xaf")


class Scrambler:
    """One frame, ready to be changed often: it knows where each of its values stands."""

    def __init__(self, raw: str, rng: random.Random) -> None:
        self._raw = raw
        self._rng = rng
        self._spans = list(spans(raw))

    def text(self) -> str | bytes:
        """Return the frame with one to three things wrong with it."""
        rng, kind = self._rng, self._rng.random()
        text = self._raw
        if kind < 0.08:
            return text[: rng.randrange(len(text) + 1)]
        if kind < 0.16:
            return self._broken(text.encode())
        if kind < 0.24:
            return self._typed(text)
        for begin, end in sorted(self._chosen(rng.choice((1, 1, 1, 2, 3))), reverse=True):
            text = text[:begin] + self._value() + text[end:]
        return text

    def _chosen(self, count: int) -> list[tuple[int, int]]:
        """Return some values, none within another."""
        chosen: list[tuple[int, int]] = []
        for begin, end in self._rng.sample(self._spans, min(count, len(self._spans))):
            if all(end <= first or begin >= last for first, last in chosen):
                chosen.append((begin, end))
        return chosen

    def _value(self) -> str:
        """Return a value that has no business here: nonsense, or another one of the same frame."""
        if self._rng.random() < 0.25:
            begin, end = self._rng.choice(self._spans)
            return self._raw[begin:end]
        return self._rng.choice(NONSENSE)

    def _typed(self, text: str) -> str:
        """Return a frame with one character that is another, missing, or too many."""
        at = self._rng.randrange(len(text) + 1)
        return (
            text[:at]
            + self._rng.choice(("", "0", '"', "-", "}", "x", " "))
            + text[at + self._rng.randrange(2) :]
        )

    def _broken(self, raw: bytes) -> bytes:
        at = self._rng.randrange(len(raw) + 1)
        return raw[:at] + self._rng.choice(BYTES) + raw[at + self._rng.randrange(3) :]


def spans(raw: str) -> Iterator[tuple[int, int]]:
    """Yield where each value of a JSON text begins and ends, objects and lists among them, and the whole of
    a text that is none."""
    opened: list[int] = []
    found = False
    for token in TOKEN.finditer(raw):
        mark = token[0]
        if mark in "[{":
            opened.append(token.start())
        elif mark in "]}":
            if opened:
                found = True
                yield opened.pop(), token.end()
        elif mark not in ",:":
            found = True
            yield token.span()
    if not found:
        yield 0, len(raw)


def repacked(raw: str, rng: random.Random) -> str:
    """Return a frame of Yahoo's streamer whose packed message has one to three bytes that are others."""
    packed = bytearray(base64.b64decode(json.loads(raw)["message"] if raw.startswith("{") else raw))
    for _ in range(rng.randint(1, 3)):
        packed[rng.randrange(len(packed))] = rng.randrange(256)
    message = base64.b64encode(packed[: rng.choice((len(packed), rng.randrange(len(packed))))]).decode()
    return json.dumps({"type": "pricing", "message": message}) if raw.startswith("{") else message
