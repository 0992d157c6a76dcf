"""What is told of an asset elsewhere, and what is refused."""

import json
from typing import Any

import pytest
from django.http import HttpRequest

from dashboard import elsewhere as room
from dashboard.answers import Trouble
from dashboard.elsewhere import elsewhere
from feeds import store
from feeds.market import Instrument

FOUND = Instrument(
    symbol="KRAKEN:BTC-USD", base="BTC", quote="USD", kind="crypto", tick_size=0.1, native="XBT/USD"
)


@pytest.fixture
def asked(settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What the database was asked for, by a desk with two venues; it knows nothing of `SIM:NOTHING`."""
    questions: list[tuple[Any, ...]] = []

    async def aread(what: object, *values: Any) -> list[Instrument]:
        assert what is store.same_asset
        questions.append(values)
        return [] if values[0] == "SIM:NOTHING" else [FOUND]

    settings.DESK = {"venues": [{"venue": "KRAKEN"}, {"venue": "SIM"}]}
    monkeypatch.setattr(room.store, "aread", aread)
    return questions


async def told(symbol: str) -> Any:
    return json.loads((await elsewhere(HttpRequest(), symbol)).content)


async def test_instruments_are_told_as_the_search_tells_them(asked: list[tuple[Any, ...]]) -> None:
    body = await told("sim:btc-usd")
    assert asked == [("SIM:BTC-USD", ["KRAKEN", "SIM"])]
    assert body == {
        "symbols": [
            {
                "symbol": "KRAKEN:BTC-USD",
                "venue": "KRAKEN",
                "name": "BTC-USD",
                "base": "BTC",
                "quote": "USD",
                "kind": "crypto",
                "tick_size": 0.1,
                "status": "online",
                "title": "",
            }
        ]
    }


async def test_a_formula_is_nowhere_else_and_nobody_is_asked(asked: list[tuple[Any, ...]]) -> None:
    assert await told("=SIM:BTC-USD - KRAKEN:BTC-USD") == {"symbols": []}
    assert asked == []


async def test_what_nobody_knows_is_nowhere(asked: list[tuple[Any, ...]]) -> None:
    assert await told("SIM:NOTHING") == {"symbols": []}


@pytest.mark.parametrize("symbol", ["BTC", "=SIM:A +"])
async def test_what_is_no_symbol_is_refused(asked: list[tuple[Any, ...]], symbol: str) -> None:
    with pytest.raises(Trouble) as trouble:
        await told(symbol)
    assert (trouble.value.status, trouble.value.code) == (422, "bad_symbol")
    assert asked == []
