"""Coinbase's REST answers: products and candles, and what comes instead of them."""

import json
from typing import Any

import pytest

from feeds.errors import FeedError
from feeds.venues.coinbase import Coinbase

NOW = 1_790_000_000_000
venue = Coinbase()


def test_candles_are_newest_first_low_before_high_and_dusty() -> None:  # fidelity 46, 64, 70
    rows = [[180, 1, 4, 2, 3, 0.5], [60, 1.5, 2.5, 2, 2, 4.727521520000001]]
    bars = venue.read_bars(json.dumps(rows).encode(), "COINBASE:BTC-USD", "1m", 200_000)
    assert [(bar.time, bar.closed) for bar in bars] == [(60_000, True), (180_000, False)]
    assert (bars[1].open, bars[1].high, bars[1].low, bars[1].close) == (2.0, 4.0, 1.0, 3.0)
    assert bars[0].volume == 4.72752152 and bars[0].source == "backfill"


def test_a_bad_row_costs_only_itself() -> None:
    rows = [
        [60, 1, 2, 1, 2, 5],
        [120, None, 2, 1, 2, 5],
        [180, 1, 2],
        "x",
        {"a": 1},
        [240, 1, 2, 1, "NaN", 5],
    ]
    assert len(venue.read_bars(json.dumps(rows).encode(), "COINBASE:BTC-USD", "1m", 10**9)) == 1


@pytest.mark.parametrize("body", [b"", b"<!DOCTYPE html>", b'{"message":"NotFound"}', b"null", b"\xff"])
def test_an_answer_that_is_no_list_is_an_error(body: bytes) -> None:  # fidelity 77, 78
    with pytest.raises(FeedError):
        venue.read_bars(body, "COINBASE:BTC-USD", "1m", NOW)
    with pytest.raises(FeedError):
        venue.read_instruments(body)


def test_products_are_instruments_with_tick_and_status() -> None:  # fidelity 22, 81
    product = {"id": "BTC-USD", "base_currency": "BTC", "quote_currency": "USD", "quote_increment": "0.01"}
    rows: list[Any] = [
        product | {"status": "online"},
        product | {"id": "OLD-USD", "status": "delisted"},
        product | {"id": "SHY-USD", "status": "online", "trading_disabled": True},
        product | {"id": "ASK-USD", "status": "online", "cancel_only": True},
        product | {"id": "ÜBER-USD"},
        product | {"id": None},
        product | {"quote_increment": "0.-1"},
        "x",
    ]
    read = venue.read_instruments(json.dumps(rows).encode())
    assert [(each.symbol, each.status) for each in read] == [
        ("COINBASE:BTC-USD", "online"),
        ("COINBASE:OLD-USD", "delisted"),
        ("COINBASE:SHY-USD", "trading_disabled"),
        ("COINBASE:ASK-USD", "cancel_only"),
    ]
    assert (read[0].tick_size, read[0].base, read[0].quote, read[0].kind) == (0.01, "BTC", "USD", "crypto")


def test_http_errors_are_explained_from_their_body() -> None:  # fidelity 74
    missing = venue.explain(404, b'{"message":"NotFound"}')
    assert missing is not None and missing.terminal and missing.reason == "Coinbase answered 404: NotFound"
    assert venue.explain(429, b'{"message":"Public rate limit exceeded"}') is None  # the header says how long
    assert venue.explain(502, b"<html>") is None
