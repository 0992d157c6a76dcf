"""Prices and bars that look wrong and aren't; tests/fidelity.md has the whole list."""

import json

from feeds.market import Quote
from feeds.venues.binance import Binance
from feeds.venues.coinbase import Coinbase
from feeds.venues.yahoo import Yahoo
from tests.venues.test_coinbase import TICKER
from tests.venues.test_yahoo import answer, flat

NOW = 1_790_000_000_000
MINUTE = 60_000


def test_a_price_may_be_outside_of_its_own_day() -> None:  # fidelity 40
    [quote] = Coinbase().parse(json.dumps(TICKER | {"price": "99", "high_24h": "98", "low_24h": "97"}), NOW)
    assert isinstance(quote, Quote) and (quote.last, quote.high, quote.low) == (99.0, 98.0, 97.0)


def row(opens: int, price: float) -> list[object]:
    value = f"{price:.8f}"
    return [opens, value, value, value, value, "1.0", opens + MINUTE - 1, value, 1, "0.5", value, "0"]


def test_an_outage_of_the_venue_is_a_hole_and_not_filled() -> None:  # fidelity 66
    start = NOW // MINUTE * MINUTE - 600 * MINUTE
    times = [start, start + MINUTE, start + 121 * MINUTE, start + 122 * MINUTE]
    body = json.dumps([row(time, 80_000.0) for time in times]).encode()
    bars = Binance().read_bars(body, "BINANCE:BTC-USDT", "1m", NOW)
    assert [bar.time for bar in bars] == times


def test_a_step_between_two_bars_is_told_as_it_is() -> None:  # fidelity 49
    body = answer([60, 120, 180], **flat(400.0, 100.0, 101.0))
    bars = Yahoo().read_bars(body, "YAHOO:AAPL", "1m", NOW)
    assert [(bar.open, bar.close) for bar in bars] == [(400.0, 400.0), (100.0, 100.0), (101.0, 101.0)]
