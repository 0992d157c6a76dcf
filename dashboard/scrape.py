"""Floor 4. What the web process tells Prometheus of its hub, made only when it is asked, and who may ask."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import get_args

from prometheus_client import REGISTRY, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from dashboard import metrics
from dashboard.hub import Hub
from feeds.market import FeedState
from feeds.vitals import LATE

STATES = get_args(FeedState)
PASSED_ON = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")

FLOW = {
    "updates": ("ticker_updates", "Update frames sent"),
    "offered": ("ticker_prices_offered", "States of symbols, each for every socket that reads it"),
    "sent": ("ticker_prices_sent", "Quotes sent in updates"),
    "merged": ("ticker_prices_merged", "States that a newer one replaced before their socket was told"),
    "trades": ("ticker_trades_sent", "Trades sent in updates"),
    "dropped": ("ticker_trades_dropped", "Trades given up, for a socket was too slow for them"),
    "window_full": ("ticker_window_full", "Updates after which a socket's window was full"),
}


class Told:
    """A hub as Prometheus sees it: a registry of which each `collect` is the hub of now."""

    def __init__(self, running: Hub) -> None:
        self._hub = running

    def collect(self) -> Iterator[Metric]:
        """Yield every metric of ours that is not counted by Prometheus' own counters."""
        hub = self._hub
        yield metrics.lag().spread.family("ticker_loop_lag_seconds", LATE)
        for name, (metric, words) in FLOW.items():
            yield CounterMetricFamily(metric, words, value=getattr(metrics.FLOW, name))
        full = sum(reader.session.full_since is not None for reader in hub.readers)
        clogged = sum(reader.is_clogged for reader in hub.readers)
        backlog = sum(reader.backlog for reader in hub.readers)
        held = hub.mirror.held.values()
        yield gauge("ticker_sockets", "Open WebSockets of this process", len(hub.readers))
        yield gauge("ticker_sockets_full", "Of these, with a full window now", full)
        yield gauge("ticker_sockets_clogged", "Of these, with so much unsent that they get no more", clogged)
        yield gauge("ticker_backlog_bytes", "Bytes that wait for the sockets to take them", backlog)
        yield gauge("ticker_symbols_held", "Symbols mirrored from the worker", len(held))
        yield gauge(
            "ticker_symbols_unknown", "Of these, waited for whole", sum(not each.known for each in held)
        )
        yield from self._of_venues()

    def _of_venues(self) -> Iterator[Metric]:
        live = GaugeMetricFamily("ticker_venue_live", "1 when its line is live or polling", labels=["venue"])
        state = GaugeMetricFamily(
            "ticker_venue_state", "1 for the state that is shown", labels=["venue", "state"]
        )
        rate = GaugeMetricFamily(
            "ticker_venue_ticks_per_second", "Ticks a second, as the worker counts them", labels=["venue"]
        )
        age = GaugeMetricFamily(
            "ticker_venue_last_word_age_seconds", "Since a worker last spoke of the venue", labels=["venue"]
        )
        statuses = self._hub.statuses
        for status in statuses.all():
            live.add_metric([status.venue], int(status.state in ("live", "polling")))
            rate.add_metric([status.venue], status.ticks_per_second)
            age.add_metric([status.venue], statuses.silence(status.venue))
            for each in STATES:
                state.add_metric([status.venue, each], int(status.state == each))
        yield gauge("ticker_worker_last_word_age_seconds", "Since any worker last spoke", statuses.silence())
        yield from (live, state, rate, age)


def gauge(name: str, words: str, value: float) -> Metric:
    """Return a gauge without labels."""
    return GaugeMetricFamily(name, words, value=value)


def text_of(running: Hub) -> bytes:
    """Return the process's own metrics and the hub's as Prometheus text."""
    told: object = Told(running)
    return generate_latest(REGISTRY) + generate_latest(told)  # type: ignore[arg-type]


def may_ask(meta: Mapping[str, str]) -> bool:
    """Tell whether a request (its CGI variables) comes from a machine near us and by itself: metrics are not
    told to the internet, nor through a proxy, which asks for anybody."""
    if any(meta.get(header) for header in PASSED_ON):
        return False
    try:
        address: IPv4Address | IPv6Address = ip_address(meta.get("REMOTE_ADDR", "").partition("%")[0])
    except ValueError:  # a unix socket has none
        return True
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return not address.is_global
