"""Whether prices can be served: what counts as trouble of a venue, and questions that hang."""

import asyncio
import time
from types import SimpleNamespace

import pytest

from dashboard import ready
from dashboard.machines import is_address
from dashboard.scrape import may_ask
from feeds.market import FeedStatus, Quote
from tests.support import wait_for

NOW = 1_000_000_000
BTC, ETH = "SIM:BTC-USD", "SIM:ETH-USD"


def status(state: str, since: int = 0, tick: int | None = None, reason: str = "") -> FeedStatus:
    """A status; times are seconds ago."""
    last = None if tick is None else NOW - tick * 1000
    return FeedStatus(venue="SIM", state=state, since=NOW - since * 1000, reason=reason, last_tick=last)


def quote(state: str = "live") -> Quote:
    return Quote(symbol=BTC, last=1.0, state=state)


@pytest.mark.parametrize(
    ("said", "quotes", "trouble"),
    [
        (status("live", 900, 1), [quote()], ""),
        (status("live", 900, 61), [quote("stale"), quote("stale")], "has told no price for 61 s"),
        (status("live", 900, 59), [quote("stale")], ""),
        (status("live", 900, 300), [quote("stale"), quote()], ""),  # quiet as ever
        (status("live", 900, 300), [quote("closed")], ""),
        (status("live", 900, 300), [None], ""),  # no price yet: nothing that grew old
        (status("live", 61), [quote("stale")], "has told no price for 61 s"),
        (status("polling", 900, 800), [quote("stale")], ""),
        (status("reconnecting", 9, 10), [quote("stale")], ""),  # it may be back in no time
        (status("connecting", 11), [], "is connecting for 11 s"),
        (status("down", 70, 80, "can't connect"), [quote("stale")], "is down for 70 s (can't connect)"),
    ],
)
def test_when_no_prices_come_of_a_venue(said, quotes, trouble):
    assert ready.trouble_of(said, quotes, NOW) == trouble


def running(sockets: dict[str, set[str]], *statuses: FeedStatus, held: tuple[str, ...] = ()):
    """A hub of which sockets read symbols and have others refused."""
    sessions = [
        SimpleNamespace(streams=dict.fromkeys(sockets["read"]), refused=sockets.get("refused", set()))
    ]
    return SimpleNamespace(
        readers=[SimpleNamespace(session=each) for each in sessions],
        statuses=SimpleNamespace(all=lambda: list(statuses)),
        mirror=SimpleNamespace(held={symbol: SimpleNamespace(quote=quote("stale")) for symbol in held}),
    )


@pytest.fixture
def feeds(settings):
    """The settings of the feeds, to be changed."""
    settings.FEEDS = settings.FEEDS | {"watch": (), "replay": None}
    return settings.FEEDS


def test_nothing_is_wanted_of_a_venue_that_nobody_reads(feeds):
    down = status("down", 900)
    assert ready.venues_wanted(running({"read": set()}, down)) == {}
    assert "is down" in ready.venues_wanted(running({"read": {BTC}}, down))["SIM"]
    assert ready.venues_wanted(running({"read": {BTC}, "refused": {BTC}}, down)) == {}
    assert ready.venues_wanted(running({"read": {BTC}}, status("off", 900))) == {}
    assert ready.venues_wanted(running({"read": {"KRAKEN:BTC-USD"}}, down)) == {}


def test_what_is_watched_is_wanted_and_of_a_formula_its_legs(feeds):
    down = status("down", 900)
    assert "is down" in ready.venues_wanted(running({"read": {f"={BTC} / {ETH}"}}, down))["SIM"]
    feeds["watch"] = (BTC,)
    assert "is down" in ready.venues_wanted(running({"read": set()}, down))["SIM"]


def test_of_a_recording_nothing_is_wanted(feeds):
    feeds["replay"] = object()
    assert ready.venues_wanted(running({"read": {BTC}}, status("live", 900, 900), held=(BTC,))) == {}


async def test_a_question_that_hangs_is_asked_once_and_answered_in_time():
    asked, answer = [], asyncio.Event()

    async def ask() -> bool:
        asked.append(1)
        await answer.wait()
        return True

    probe = ready.Probe(ask)
    began = time.monotonic()
    assert await asyncio.gather(*(probe.well(0.2) for _ in range(20))) == [False] * 20
    assert time.monotonic() - began < 10 and len(asked) == 1
    answer.set()
    await wait_for(lambda: probe.well(5.0), 10, "the answer")
    assert len(asked) <= 2
    assert await probe.well(5.0)


@pytest.mark.parametrize(
    ("address", "near"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("10.1.2.3", True),
        ("172.20.0.5", True),
        ("192.168.1.1", True),
        ("fe80::1%eth0", True),
        ("fd00::1", True),
        ("::ffff:10.0.0.1", True),
        ("", True),  # a unix socket
        ("8.8.8.8", False),
        ("::ffff:8.8.8.8", False),
        ("2a00:1450:4001::1", False),
    ],
)
def test_metrics_are_told_to_machines_near(address, near):
    assert may_ask({"REMOTE_ADDR": address}) is near


@pytest.mark.parametrize("header", ["X_FORWARDED_FOR", "FORWARDED", "X_REAL_IP", "VIA"])
def test_and_through_no_proxy(header):
    assert not may_ask({"REMOTE_ADDR": "10.0.0.1", f"HTTP_{header}": "10.0.0.2"})


def test_a_host_by_address():
    assert all(map(is_address, ["10.0.0.1", "10.0.0.1:8000", "[::1]:8000", "[2001:db8::1]"]))
    assert not any(
        map(is_address, ["", "web", "web:8000", "evil.example", "10.0.0.1.evil.example", "[", "::1"])
    )
