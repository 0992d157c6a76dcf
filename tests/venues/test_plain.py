"""What is read in C at once is what the venue's own reader makes of it, in whatever way it went wrong."""

import json
import random
from collections.abc import Callable

import pytest

from feeds.market import Quote, Trade
from feeds.venues import REGISTRY, binance, bitstamp, coinbase, coinbase_adv, okx
from feeds.venues.base import Event, Venue
from feeds.venues.lax import moment
from tests.venues import test_binance, test_bitstamp, test_coinbase, test_coinbase_adv, test_okx
from tests.venues.scramble import Scrambler
from tests.venues.test_mutations import NOW, files, of_venue, one_of_each


def not_plain(*_: object) -> list[Event]:
    raise ValueError("odd")


def compact(*frames: object) -> list[str]:
    """Return frames as venues write them: without blanks."""
    return [json.dumps(frame, separators=(",", ":")) for frame in frames]


def prices(events: list[Event]) -> list[Event]:
    return [event for event in events if isinstance(event, Quote | Trade)]


BINANCE = (test_binance.TICKER, test_binance.AGGREGATE, test_binance.TRADE, test_binance.BOOK)
STREAMS = ("ticker", "aggTrade", "trade", "bookTicker")
FRAMES = {
    "BINANCE": compact(
        *({"stream": f"btcusdt@{name}", "data": data} for name, data in zip(STREAMS, BINANCE, strict=True))
    ),
    "BITSTAMP": compact(test_bitstamp.TRADE),
    "COINBASE": compact(test_coinbase.TICKER, test_coinbase.MATCH),
    "COINBASE_ADV": compact(test_coinbase_adv.TRADES, test_coinbase_adv.TICKER),
    "OKX": compact(test_okx.TICKER, test_okx.TRADES),
}
BYPASS: dict[str, tuple[object, str, object]] = {
    "BINANCE": (binance, "READERS", {}),
    "BITSTAMP": (bitstamp, "read_trade", not_plain),
    "COINBASE": (coinbase, "READERS", {}),
    "COINBASE_ADV": (coinbase_adv, "READERS", {}),
    "OKX": (okx, "READERS", {}),
}


def recorded(venue: str) -> list[str]:
    return [raw for path in files() if of_venue(path) == venue for raw in one_of_each(path)]


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch) -> Callable[[Venue, str | bytes], tuple[list[Event], list[Event]]]:
    """A function that reads a frame both ways: as it is read, and by the venue's own reader alone."""

    def read(adapter: Venue, raw: str | bytes) -> tuple[list[Event], list[Event]]:
        at_once = adapter.parse(raw, NOW)
        with monkeypatch.context() as patch:
            patch.setattr(*BYPASS[adapter.name])
            return at_once, adapter.parse(raw, NOW)

    return read


@pytest.mark.parametrize("venue", sorted(FRAMES))
def test_a_plain_frame_needs_no_careful_reader(venue: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module = BYPASS[venue][0]
    adapter = REGISTRY[venue]()
    for name in ("frame_decoder", "head_decoder"):
        monkeypatch.setattr(module, name, None, raising=False)  # what the careful reader begins with
    for raw in FRAMES[venue]:
        told = adapter.parse(raw, NOW)
        assert told and all(isinstance(event, Quote | Trade) for event in told)


@pytest.mark.parametrize("venue", sorted(FRAMES))
def test_both_ways_make_the_same_of_it(venue: str, both: Callable) -> None:
    adapter = REGISTRY[venue]()
    for raw in FRAMES[venue] + recorded(venue):
        at_once, careful = both(adapter, raw)
        assert at_once == careful, raw[:300]
        changes = Scrambler(raw, random.Random(len(raw)))
        for _ in range(150):
            changed = changes.text()
            at_once, careful = (prices(events) for events in both(adapter, changed))
            # The careful reader looks at more keys, and refuses a frame for one that has another type.
            assert not at_once or not careful or at_once == careful, changed[:1000]
            assert at_once or not careful, changed[:1000]


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-09-21T17:00:00.123456Z", 1_790_010_000_123),
        ("2026-09-21T17:00:00.123Z", 1_790_010_000_123),
        ("2026-09-21T17:00:00.123999999Z", 1_790_010_000_123),
    ],
)
def test_a_plain_time(text: str, time: int) -> None:  # fidelity 61
    assert moment(text) == time


@pytest.mark.parametrize(
    "odd",
    [
        "", "2026-09-21T17:00:00Z", "2026-09-21T17:00:00.1Z", "2026-09-21T17:00:00.123456+02:00",
        "2026-09-21T17:00:00,123456Z", "2026-09-21T17:00:00.12x456Z", "2026-09-21T17:00:00.١٢٣Z",
        "0001-01-01T00:00:00.000000Z", "1970-01-01T00:00:00.000000Z", "2026-99-21T17:00:00.123456Z",
    ],
)  # fmt: skip
def test_an_odd_time_is_left_to_the_careful_reader(odd: str) -> None:  # fidelity 60, 61
    with pytest.raises((ValueError, LookupError)):
        moment(odd)
