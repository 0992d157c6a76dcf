"""Floor 4. What the web process counts, for /metrics.

What happens for every price is counted in plain numbers (`FLOW`), which `scrape.py` makes into metrics only
when it is asked; what is rare is counted in Prometheus' own counters.
"""

import asyncio
import time

from prometheus_client import Counter

from feeds import wire
from feeds.vitals import Lag


class Flow:
    """What has gone to the sockets of this process since its start."""

    __slots__ = ("dropped", "merged", "offered", "sent", "trades", "updates", "window_full")

    def __init__(self) -> None:
        self.updates = 0  # update frames
        self.offered = 0  # states of symbols, each once for every socket that reads it
        self.sent = 0  # quotes in updates
        self.merged = 0  # states that a newer one replaced before their socket was told
        self.trades = 0  # trades in updates
        self.dropped = 0  # trades given up, for a socket was too slow for them
        self.window_full = 0  # updates after which a socket's window was full


FLOW = Flow()
RESYNCS = Counter("ticker_resyncs", "Symbols asked for anew after a loss", ["cause"])
CLOSES = Counter("ticker_closes", "Sockets closed by the server", ["code"])
REFUSALS = Counter("ticker_refused_messages", "Client messages answered with an error", ["code"])
LAYER_ERRORS = Counter("ticker_layer_errors", "Failures of the channel layer")

for cause in ("epoch", "gap", "late", "states", "sync", "unserved"):
    RESYNCS.labels(cause)  # a series that begins at 0 shows its first rise
for close in (wire.CLOSE_RESTART, wire.CLOSE_BAD, wire.CLOSE_LOGIN, wire.CLOSE_SLOW, wire.CLOSE_MANY):
    CLOSES.labels(str(close))
for refusal in wire.ERROR_CODES:
    REFUSALS.labels(refusal)

_watched: dict[asyncio.AbstractEventLoop, tuple[Lag, asyncio.Task[None]]] = {}


def lag() -> Lag:
    """Return how late the running loop is; it is measured from the first call on."""
    loop = asyncio.get_running_loop()
    if loop not in _watched:
        for ended in [each for each in _watched if each.is_closed()]:
            del _watched[ended]
        measured = Lag()
        _watched[loop] = measured, loop.create_task(measured.watch(), name="lag")
    return _watched[loop][0]


def lateness() -> float:
    """Return the greatest lateness (s) of the running loop in the last seconds."""
    return lag().worst(time.monotonic())
