"""What is told of an asset elsewhere, and what is refused."""

import json
from types import SimpleNamespace
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
    """What the database was asked for, by a desk with two venues that doesn't know `SIM:NOTHING`."""
    questions: list[tuple[Any, ...]] = []

    async def aread(what: object, *values: Any) -> list[Instrument]:
        assert what is store.same_asset
        questions.append(values)
        return [FOUND]

    troubles = {"SIM:NOTHING": "unknown symbol SIM:NOTHING"}
    settings.DESK = {"venues": [{"venue": "KRAKEN"}, {"venue": "SIM"}]}
    monkeypatch.setattr(room.store, "aread", aread)
    monkeypatch.setattr(room, "hub", lambda: SimpleNamespace(catalogue=SimpleNamespace(trouble=troubles.get)))
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


@pytest.mark.parametrize(
    ("symbol", "code"), [("BTC", "bad_symbol"), ("=SIM:A +", "bad_symbol"), ("SIM:NOTHING", "unknown_symbol")]
)
async def test_what_is_no_symbol_is_refused(asked: list[tuple[Any, ...]], symbol: str, code: str) -> None:
    with pytest.raises(Trouble) as trouble:
        await told(symbol)
    assert (trouble.value.status, trouble.value.code) == (422, code)
    assert asked == []
