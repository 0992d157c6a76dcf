"""The lines of a day that the watchlist asks for: what is read for them, and what is refused."""

import json
from typing import Any

import pytest
from django.http import HttpRequest

from dashboard import sparks as room
from dashboard.answers import Trouble
from dashboard.sparks import DAY, MOST, sparks

QUARTER = 900_000
NOW = 1_700_000_000_000  # 22:13:20
BEGIN = NOW // QUARTER * QUARTER + QUARTER - DAY


class Store:
    """A store that holds the closes a test gives it, and tells what it was asked for."""

    def __init__(self, **closes: list[float | None]) -> None:
        self.closes = closes
        self.asked: list[tuple[Any, ...]] = []
        self.read_closes = object()

    async def aread(self, what: object, symbols: list[str], *more: Any) -> dict[str, list[float | None]]:
        assert what is self.read_closes
        self.asked.append((symbols, *more))
        return {symbol: self.closes.get(symbol.partition(":")[2], [None] * 96) for symbol in symbols}


async def told(monkeypatch: pytest.MonkeyPatch, store: Store, symbols: str) -> list[dict[str, Any]]:
    monkeypatch.setattr(room, "store", store)
    monkeypatch.setattr(room, "wall", lambda: NOW)
    response = await sparks(HttpRequest(), symbols)
    body: dict[str, Any] = json.loads(response.content)
    return body["sparks"]


async def test_all_are_read_at_once_over_the_last_day(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store()
    found = await told(monkeypatch, store, "sim:a, SIM:B,SIM:A,")
    assert store.asked == [(["SIM:A", "SIM:B"], "15m", BEGIN, NOW)]
    assert found == [
        {"symbol": name, "interval": "15m", "start": None, "closes": []} for name in ("SIM:A", "SIM:B")
    ]


async def test_a_line_begins_and_ends_with_a_close(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(A=[None, None, 2.0, None, 3.0, None])
    (line,) = await told(monkeypatch, store, "SIM:A")
    assert (line["start"], line["closes"]) == (BEGIN + 2 * QUARTER, [2.0, None, 3.0])


@pytest.mark.parametrize("symbols", ["", ",", "BTC", "SIM:A,S!M:B", "=SIM:A +", "SIM:" + "A" * 40])
async def test_what_is_no_symbol_is_refused(monkeypatch: pytest.MonkeyPatch, symbols: str) -> None:
    with pytest.raises(Trouble) as trouble:
        await told(monkeypatch, Store(), symbols)
    assert trouble.value.status == 422


async def test_more_than_fifty_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    many = ",".join(f"SIM:A{place}" for place in range(MOST + 1))
    with pytest.raises(Trouble, match="from 1 to 50, not 51"):
        await told(monkeypatch, Store(), many)
    assert len(await told(monkeypatch, Store(), many.rpartition(",")[0])) == MOST
