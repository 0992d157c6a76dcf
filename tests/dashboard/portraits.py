"""Scenes for the tests of portraits."""

from typing import Any

from dashboard.scene import LOOKS, Line, Scene
from feeds.market import INTERVALS, Bar

START = 1_763_560_800_000  # Wednesday, 2025-11-19 14:00 UTC
EVIL = (
    '<img src=x onerror="fail()"></script><script>fail()</script><a href="https://evil.example">&amp;$x$</a>'
)


def bar(place: int, interval: str = "1m", **more: Any) -> Bar:
    """Return the bar of a place; prices walk up and down around 100."""
    opened, close = 100 + place % 7, 100 + (place + 3) % 7
    prices = {"open": opened, "high": max(opened, close) + 1, "low": min(opened, close) - 1, "close": close}
    time = START + place * INTERVALS[interval]
    fields = {
        "symbol": "SIM:BTC-USD",
        "interval": interval,
        "time": time,
        **prices,
        "volume": 5.0 + place % 3,
    }
    return Bar(**fields | {"trades": 1, "closed": True, "source": "live"} | more)


def bars(count: int = 60) -> list[Bar]:
    """Return bars of which one isn't whole, and one is missing."""
    sources = {10: "mixed", 20: "hole", 30: "backfill"}
    return [bar(place, source=sources.get(place, "live")) for place in range(count)]


def line(bars: list[Bar], **more: Any) -> Line:
    """Return an indicator's line over these bars."""
    fields = {"name": "SMA 20", "colour": "#6ea8fe", "pane": "over", "style": "line"}
    own = {"values": [(each.time, each.close + 0.5) for each in bars]}
    return Line(**fields | own | more)


def scene(**more: Any) -> Scene:
    """Return a scene of 60 bars."""
    fields: dict[str, Any] = {
        "symbol": "SIM:BTC-USD",
        "interval": "1m",
        "title": "SIM:BTC-USD · 1m",
        "type": "candles",
        "scale": "linear",
        "zone": "UTC",
        "look": LOOKS["dark"],
        "volume": True,
        "bars": bars(),
        "compared": {},
        "lines": [],
        "drawings": [],
        "made": START,
    }
    return Scene(**fields | more)
