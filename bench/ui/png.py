"""Writes PNG files of few colours, so that pictures of the desk are small."""

import base64
import struct
import zlib
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from bench.ui.chromium import PAGES

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_COLOURS = 256


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return a part of a PNG file."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def packed(width: int, height: int, palette: bytes, indices: bytes) -> bytes:
    """Return the file of a picture whose pixels are places in a palette of red, green and blue."""
    rows = b"".join(b"\0" + indices[start : start + width] for start in range(0, width * height, width))
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"PLTE", palette) + chunk(b"IDAT", zlib.compress(rows, 9))
    return SIGNATURE + parts + chunk(b"IEND", b"")


def save(blank: Page, picture: bytes, path: Path) -> int:
    """Write a screenshot with at most 256 colours, counted in an empty page; return the bytes of the file."""
    source = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
    count = (PAGES / "palette.js").read_text()
    found: dict[str, Any] = blank.evaluate(
        f"([source, most]) => ({count.partition('*/')[2]})(source, most)", [source, MOST_COLOURS]
    )
    body = packed(
        found["width"], found["height"], bytes(found["palette"]), base64.b64decode(found["indices"])
    )
    path.write_bytes(body)
    return len(body)
