"""Floor 4. What the web process counts, for /metrics."""

from prometheus_client import Counter, Gauge

SOCKETS = Gauge("ticker_sockets", "Open WebSockets of this process")
UPDATES = Counter("ticker_updates", "Update frames sent")
OFFERED = Counter("ticker_prices_offered", "States of symbols owed to sockets, before conflation")
RESYNCS = Counter("ticker_resyncs", "Symbols asked for anew after a loss", ["cause"])
CLOSES = Counter("ticker_closes", "Sockets closed by the server", ["code"])
REFUSALS = Counter("ticker_refused_messages", "Client messages answered with an error", ["code"])
LAYER_ERRORS = Counter("ticker_layer_errors", "Failures of the channel layer")
VENUE_RATE = Gauge("ticker_venue_ticks_per_second", "Ticks a second, as the worker counts them", ["venue"])
VENUE_LIVE = Gauge("ticker_venue_live", "1 when the venue's line is live or polling", ["venue"])
