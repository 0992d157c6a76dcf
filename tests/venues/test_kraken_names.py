"""Kraken's names, which differ between its two services, and what we send it."""

import json

import pytest

from feeds.venues.kraken import Kraken

NOW = 1_790_000_000_000
venue = Kraken()


@pytest.mark.parametrize(
    ("symbol", "native"),
    [("KRAKEN:BTC-USD", "BTC/USD"), ("KRAKEN:DOGE-EUR", "DOGE/EUR"), ("KRAKEN:ETH-BTC", "ETH/BTC")],
)
def test_symbols_are_written_both_ways(symbol: str, native: str) -> None:  # fidelity 25
    assert venue.native(symbol) == native and venue.symbol(native) == symbol


def test_old_codes_are_the_same_symbol() -> None:  # fidelity 25
    assert venue.canonical("KRAKEN:XBT-USD") == "KRAKEN:BTC-USD"
    assert venue.canonical("KRAKEN:ETH-XBT") == "KRAKEN:ETH-BTC"
    assert venue.native("KRAKEN:XDG-USD") == "DOGE/USD"
    assert venue.canonical("KRAKEN:ODD") == "KRAKEN:ODD"


def test_a_message_a_channel_subscribes_many() -> None:
    ticker_, trade = (json.loads(message) for message in venue.subscribe(["BTC/USD", "ETH/USD"]))
    assert ticker_["params"] == {
        "channel": "ticker",
        "event_trigger": "bbo",
        "snapshot": True,
        "symbol": ["BTC/USD", "ETH/USD"],
    }
    assert trade["params"] == {"channel": "trade", "snapshot": True, "symbol": ["BTC/USD", "ETH/USD"]}
    assert all(json.loads(message)["method"] == "unsubscribe" for message in venue.unsubscribe(["BTC/USD"]))


@pytest.mark.parametrize(
    ("native", "code"), [("BTC/USD", "XBTUSD"), ("DOGE/EUR", "XDGEUR"), ("AAPLx/USD", "AAPLxUSD")]
)
def test_history_is_asked_for_by_the_old_code(native: str, code: str) -> None:  # fidelity 25
    request = venue.bars(native, "1h", 1_790_000_000_000, NOW)
    assert request is not None and request.path == "/0/public/OHLC"
    assert request.params == {"pair": code, "interval": "60", "since": "1789999999"}
