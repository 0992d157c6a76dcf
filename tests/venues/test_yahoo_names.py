"""Yahoo's names, of which some things have several, and what is asked of it."""

import pytest

from feeds.venues.yahoo import Yahoo

OPEN = 1_790_010_000_000
venue = Yahoo()


@pytest.mark.parametrize(
    ("symbol", "native"),
    [
        ("YAHOO:AAPL", "AAPL"),
        ("YAHOO:^GSPC", "^GSPC"),
        ("YAHOO:BRK-B", "BRK-B"),
        ("YAHOO:BTC-USD", "BTC-USD"),
        ("YAHOO:EUR-USD", "EURUSD=X"),
        ("YAHOO:USD-JPY", "JPY=X"),
        ("YAHOO:EUR-GBP", "EURGBP=X"),
        ("YAHOO:GC=F", "GC=F"),
        ("YAHOO:0700.HK", "0700.HK"),
    ],
)
def test_names_are_written_both_ways(symbol: str, native: str) -> None:
    assert venue.native(symbol) == native and venue.symbol(native) == symbol
    assert venue.canonical(symbol) == symbol


@pytest.mark.parametrize(
    ("spelt", "symbol"),
    [
        ("YAHOO:EURUSD=X", "YAHOO:EUR-USD"),
        ("YAHOO:JPY=X", "YAHOO:USD-JPY"),
        ("YAHOO:USDJPY=X", "YAHOO:USD-JPY"),
        ("YAHOO:USD=X", "YAHOO:USD=X"),
        ("YAHOO:FOOBAR=X", "YAHOO:FOOBAR=X"),
    ],
)
def test_several_spellings_are_one_symbol(spelt: str, symbol: str) -> None:  # fidelity 24
    assert venue.canonical(spelt) == symbol


def test_requests_name_the_chart_and_its_window() -> None:
    assert venue.poll("^GSPC").path == "/v8/finance/chart/%5EGSPC"
    assert venue.poll("JPY=X").path == "/v8/finance/chart/JPY=X"
    assert venue.poll("AAPL").params["range"] == "1d" and venue.poll("AAPL").params["interval"] == "1m"
    hours = venue.bars("AAPL", "1h", OPEN - 3_600_000, OPEN)
    assert hours is not None and hours.params["interval"] == "15m"
    assert (hours.params["period1"], hours.params["period2"]) == ("1790006400", "1790010000")


def test_a_window_of_minutes_reaches_over_a_weekend() -> None:
    request = venue.bars("AAPL", "1m", OPEN - 500 * 60_000, OPEN)
    assert request is not None
    assert int(request.params["period2"]) - int(request.params["period1"]) == 5 * 86_400
