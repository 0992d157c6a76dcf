"""The same asset on other venues: what counts as one asset, in what order, and how it is found."""

from itertools import count

import pytest

from feeds.elsewhere import MOST, SAME, same_asset
from feeds.market import Instrument
from feeds.store import BarStore
from tests.feeds.databases import sql

CLOCK = count(1_000)  # ms: no two catalogues come at the same time
VENUES = ("COINBASE", "KRAKEN", "BINANCE", "YAHOO", "SIM")


def instrument(symbol: str, base: str, quote: str, kind: str = "crypto", **more: str) -> Instrument:
    return Instrument(symbol=symbol, base=base, quote=quote, kind=kind, tick_size=0.01, **more)  # type: ignore[arg-type]


def listed(database: str, *instruments: Instrument) -> None:
    """Have these in the catalogues of their venues."""
    store = BarStore(using=database, clock=lambda: next(CLOCK))
    store.start()
    for venue in {each.venue for each in instruments}:
        store.put_instruments(venue, [each for each in instruments if each.venue == venue])
    assert store.close()


def found(database: str, symbol: str, venues: tuple[str, ...] = VENUES, **more: int) -> list[str]:
    return [each.symbol for each in same_asset(symbol, venues, using=database, **more)]


BITCOINS = (
    instrument("KRAKEN:BTC-USD", "BTC", "USD"),
    instrument("COINBASE:BTC-USD", "BTC", "USD"),
    instrument("COINBASE:BTC-EUR", "BTC", "EUR"),
    instrument("COINBASE:BTC-USDC", "BTC", "USDC"),
    instrument("BINANCE:BTC-USDT", "BTC", "USDT"),
    instrument("SIM:BTC-USD", "BTC", "USD"),
    instrument("SIM:ETH-USD", "ETH", "USD"),
)


def test_the_symbol_comes_first_then_its_quote_then_other_tokens_of_that_money(database: str) -> None:
    listed(database, *BITCOINS)
    dollars = ["KRAKEN:BTC-USD", "COINBASE:BTC-USD", "SIM:BTC-USD", "BINANCE:BTC-USDT", "COINBASE:BTC-USDC"]
    assert found(database, "KRAKEN:BTC-USD") == dollars
    assert found(database, "BINANCE:BTC-USDT")[0] == "BINANCE:BTC-USDT"
    assert set(found(database, "BINANCE:BTC-USDT")) == set(dollars)
    assert found(database, "COINBASE:BTC-EUR") == ["COINBASE:BTC-EUR"]


def test_only_venues_that_are_on_and_what_they_still_have(database: str) -> None:
    listed(database, *BITCOINS)
    listed(database, instrument("KRAKEN:ETH-USD", "ETH", "USD"))
    assert found(database, "SIM:BTC-USD", ("SIM", "KRAKEN")) == ["SIM:BTC-USD"]
    assert found(database, "SIM:ETH-USD", ("SIM", "KRAKEN")) == ["SIM:ETH-USD", "KRAKEN:ETH-USD"]
    assert found(database, "SIM:BTC-USD", ()) == []


@pytest.mark.parametrize("kinds", [("share", "crypto"), ("index", "share"), ("future", "crypto")])
def test_two_assets_of_one_name_are_two(database: str, kinds: tuple[str, str]) -> None:
    one, other = kinds
    listed(
        database,
        instrument("YAHOO:GAS", "GAS", "USD", one),
        instrument("KRAKEN:GAS-USD", "GAS", "USD", other),
    )
    assert found(database, "YAHOO:GAS") == ["YAHOO:GAS"]


def test_a_fund_that_another_venue_calls_a_share_is_the_same(database: str) -> None:
    listed(
        database, instrument("YAHOO:SPY", "SPY", "USD", "fund"), instrument("SIM:SPY", "SPY", "USD", "share")
    )
    assert found(database, "YAHOO:SPY") == ["YAHOO:SPY", "SIM:SPY"]


def test_without_a_base_or_a_quote_nothing_is_the_same(database: str) -> None:
    listed(
        database, instrument("SIM:MINE", "MINE", "", "other"), instrument("SIM:MINE-TOO", "MINE", "", "other")
    )
    assert found(database, "SIM:MINE") == found(database, "SIM:NOBODY") == []


def test_no_more_than_asked_for(database: str) -> None:
    listed(database, *(instrument(f"SIM:BTC-USD.{place:02}", "BTC", "USD") for place in range(MOST + 5)))
    assert len(found(database, "SIM:BTC-USD.07")) == MOST
    assert found(database, "SIM:BTC-USD.07", limit=2) == ["SIM:BTC-USD.07", "SIM:BTC-USD.00"]


def test_it_is_found_by_an_index(database: str) -> None:
    """On a SQLite: a PostgreSQL with an empty table rightly reads it whole."""
    if "sqlite" not in database:
        pytest.skip("the plan of a SQLite")
    one = "'BTC'"
    text = SAME.format(quotes="'USD', 'USDT'", kinds="'crypto'", venues="'SIM', 'KRAKEN'")
    plan = sql(database, "EXPLAIN QUERY PLAN " + text.replace("LIMIT %s", "LIMIT 30").replace("%s", one))
    assert any("feeds_instrument_base_quote" in str(step) for step in plan)
