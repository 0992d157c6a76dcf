"""Floor 4. What the feed worker tells Prometheus: made of the engine's own counters when it is asked."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any, Protocol, get_args

from prometheus_client import REGISTRY, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from feeds import pages
from feeds.clock import wall
from feeds.engine import Engine
from feeds.feed import Feed
from feeds.kinds import by_kind
from feeds.market import FeedState
from feeds.vitals import LATE, TOO_LATE, Lag

STATES = get_args(FeedState)
UNHEARD = 6.0  # seconds; there is a heartbeat every 2


class Published(Protocol):
    """What a publisher counts."""

    frames: int
    errors: int
    out_at: float  # when something went out last, of the monotonic clock


class Told:
    """A worker as Prometheus sees it: a registry of which each `collect` is the worker of now."""

    def __init__(self, running: Engine, published: Published, lag: Lag) -> None:
        self._engine, self._published, self._lag = running, published, lag

    def collect(self) -> Iterator[Metric]:
        """Yield every metric of ours."""
        yield from of_feeds(list(self._engine.feeds.values()))
        yield from self._of_flow()
        yield from self._of_store()
        yield self._leases()

    def _of_flow(self) -> Iterator[Metric]:
        running = self._engine
        yield self._lag.spread.family("ticker_loop_lag_seconds", LATE)
        flushes = running.teller.flushes
        yield flushes.family("ticker_flush_seconds", "How long publishing what had changed took")
        yield counter("ticker_frames_published", "Frames published to symbol groups", self._published.frames)
        yield counter(
            "ticker_publish_errors", "Messages the channel layer did not take", self._published.errors
        )
        yield gauge("ticker_symbols_served", "Symbols kept live now", len(running.streams))
        yield gauge("ticker_hubs", "Web processes whose demand is known", running.demand.hubs)

    def _of_store(self) -> Iterator[Metric]:
        store = self._engine.store
        yield gauge("ticker_bars_queued", "Bars and catalogues that wait to be stored", store.waiting)
        yield counter("ticker_bars_written", "Bars stored", store.written)
        yield counter("ticker_bars_dropped", "Bars given up, for too many waited", store.dropped)
        yield counter("ticker_bars_refused", "Closed bars that were none", store.refused)
        yield counter("ticker_store_errors", "Attempts to write to the database that failed", store.failures)
        yield gauge("ticker_store_failing", "1 while the database can't be written", int(bool(store.error)))

    def _leases(self) -> Metric:
        held = GaugeMetricFamily(
            "ticker_lease_held",
            "1 when this worker publishes the venue, else 0",
            labels=["venue"],
        )
        leads = self._engine.leases.epochs()
        for venue in self._engine.feeds:
            held.add_metric([venue], int(venue in leads))
        return held


def of_feeds(feeds: list[Feed]) -> Iterator[Metric]:
    """Yield what is told of each venue's line."""
    venue = ["venue"]
    live = GaugeMetricFamily("ticker_feed_live", "1 when the line is live or polling", labels=venue)
    state = GaugeMetricFamily("ticker_feed_state", "1 for the line's state", labels=["venue", "state"])
    symbols = GaugeMetricFamily("ticker_feed_symbols", "Symbols asked of the venue", labels=venue)
    age = GaugeMetricFamily(
        "ticker_feed_last_tick_age_seconds", "Seconds since the venue last told a price", labels=venue
    )
    offset = GaugeMetricFamily(
        "ticker_feed_clock_offset_seconds",
        "From the venue's clock to ours, with the way here",
        labels=venue,
    )
    ticks = CounterMetricFamily("ticker_feed_ticks", "Quotes and trades heard", labels=venue)
    reconnects = CounterMetricFamily("ticker_feed_reconnects", "Lines that ended", labels=venue)
    errors = CounterMetricFamily("ticker_feed_errors", "Troubles, by kind", labels=["venue", "kind"])
    for feed in feeds:
        name = [feed.venue.name]
        live.add_metric(name, int(feed.state in ("live", "polling")))
        symbols.add_metric(name, len(feed.served))
        ticks.add_metric(name, feed.ticks)
        reconnects.add_metric(name, feed.reconnects)
        for each in STATES:
            state.add_metric([*name, each], int(feed.state == each))
        for kind, count in by_kind(feed.errors).items():
            errors.add_metric([*name, kind], count)
        if feed.last_tick is not None:
            age.add_metric(name, max(0.0, (wall() - feed.last_tick) / 1000))
        if feed.skew.offset is not None:
            offset.add_metric(name, feed.skew.offset / 1000)
    yield from (live, state, symbols, age, offset, ticks, reconnects, errors)
    yield from of_rest(feeds)


def of_rest(feeds: list[Feed]) -> Iterator[Metric]:
    """Yield what is told of each venue's REST host."""
    asked = CounterMetricFamily("ticker_rest_requests", "Requests to the REST host", labels=["venue"])
    failed = CounterMetricFamily("ticker_rest_failures", "Requests without success", labels=["venue"])
    waited = CounterMetricFamily(
        "ticker_rest_wait_seconds", "Time that requests waited for their turn", labels=["venue"]
    )
    for feed in feeds:
        asked.add_metric([feed.venue.name], feed.rest.requests)
        failed.add_metric([feed.venue.name], feed.rest.failures)
        waited.add_metric([feed.venue.name], feed.rest.waited)
    yield from (asked, failed, waited)


def gauge(name: str, words: str, value: float) -> Metric:
    """Return a gauge without labels."""
    return GaugeMetricFamily(name, words, value=value)


def counter(name: str, words: str, value: float) -> Metric:
    """Return a counter without labels; `_total` is added to its name."""
    return CounterMetricFamily(name, words, value=value)


def text_of(told: Any) -> bytes:
    """Return the process's own metrics and ours as Prometheus text."""
    return generate_latest(REGISTRY) + generate_latest(told)


async def tell(running: Engine, published: Published, host: str, port: int) -> None:
    """Serve a worker's /metrics, /healthz (its loop is in time) and /readyz (its words go out, too) for ever,
    and measure how late its loop is."""
    lag = Lag()
    told = Told(running, published, lag)

    def stuck() -> str:
        late = lag.worst(time.monotonic())
        return f"the event loop is {late:.1f} s late" if late >= TOO_LATE else ""

    def unheard() -> str:
        silent = time.monotonic() - published.out_at
        return stuck() or (
            f"the channel layer has taken nothing for {silent:.0f} s" if silent > UNHEARD else ""
        )

    served = {
        "/metrics": pages.metrics_page(lambda: text_of(told)),
        "/healthz": pages.health_page(stuck),
        "/readyz": pages.health_page(unheard),
    }
    await asyncio.gather(lag.watch(), pages.serve(served, host, port))
