"""Kraken's REST answers: asset pairs and bars, with errors that are HTTP 200."""

import json
from typing import Any

import pytest

from feeds.errors import FeedError
from feeds.venues.kraken import Kraken

NOW = 1_790_000_000_000
venue = Kraken()


def ohlc(*rows: Any, last: Any = 120, error: tuple[str, ...] = ()) -> bytes:
    return json.dumps({"error": error, "result": {"XXBTZUSD": rows, "last": last}}).encode()


ROW = [60, "1.0", "3.0", "0.5", "2.0", "1.7", "9.5", 4]


def test_rows_become_bars_and_the_last_is_forming() -> None:  # fidelity 67, 70
    body = ohlc(ROW, [120, *ROW[1:]], [180, *ROW[1:]])
    bars = venue.read_bars(body, "KRAKEN:BTC-USD", "1m", 240_000)
    assert [(bar.time, bar.closed, bar.trades) for bar in bars] == [
        (60_000, True, 4),
        (120_000, True, 4),
        (180_000, False, 4),
    ]
    assert (bars[0].open, bars[0].high, bars[0].low, bars[0].close, bars[0].volume) == (
        1.0,
        3.0,
        0.5,
        2.0,
        9.5,
    )


def test_a_quiet_minute_is_no_bar() -> None:  # fidelity 64, 65
    flat = [120, "2.0", "2.0", "2.0", "2.0", "0.0", "0.00000000", 0]
    assert [bar.time for bar in venue.read_bars(ohlc(ROW, flat), "KRAKEN:BTC-USD", "1m", NOW)] == [60_000]


def test_a_bad_row_costs_only_itself_and_none_is_no_trouble() -> None:  # fidelity 43, 72
    rows = (ROW, [120], "x", None, [180, None, *ROW[2:]], [240, *ROW[1:7], "4"], [300, "NaN", *ROW[2:]])
    assert len(venue.read_bars(ohlc(*rows, last=None), "KRAKEN:BTC-USD", "1m", NOW)) == 1
    assert venue.read_bars(ohlc(), "KRAKEN:BTC-USD", "1m", NOW) == []


@pytest.mark.parametrize(
    ("error", "retry_after", "terminal"),
    [
        ("EGeneral:Too many requests", 10.0, False),
        ("EAPI:Rate limit exceeded", 10.0, False),
        ("EQuery:Unknown asset pair", None, True),
        ("EService:Unavailable", None, False),
        ("EService:Market in cancel_only mode", None, False),
    ],
)
def test_an_error_comes_with_status_200(
    error: str, retry_after: float | None, terminal: bool
) -> None:  # fidelity 75, 80
    for read in (lambda body: venue.read_bars(body, "KRAKEN:BTC-USD", "1m", NOW), venue.read_instruments):
        with pytest.raises(FeedError) as raised:
            read(json.dumps({"error": [error]}).encode())
        assert error in raised.value.reason
        assert (raised.value.retry_after, raised.value.terminal) == (retry_after, terminal)


def test_a_warning_is_no_error() -> None:
    assert len(venue.read_bars(ohlc(ROW, error=("WGeneral:Danger",)), "KRAKEN:BTC-USD", "1m", NOW)) == 1


@pytest.mark.parametrize(
    "body", [b"", b"<!DOCTYPE html>", b"[]", b"{}", b'{"error":[],"result":{"X":5}}', b"\xff"]
)
def test_an_answer_that_is_no_result_is_an_error(body: bytes) -> None:  # fidelity 77
    with pytest.raises(FeedError):
        venue.read_bars(body, "KRAKEN:BTC-USD", "1m", NOW)


def test_asset_pairs_are_instruments_in_our_codes() -> None:  # fidelity 22, 25
    pair = {"altname": "XBTUSD", "wsname": "XBT/USD", "pair_decimals": 1, "aclass_base": "currency"}
    result: dict[str, Any] = {
        "XXBTZUSD": pair | {"tick_size": "0.1", "status": "online"},
        "XXBTZUSD.d": pair | {"altname": "XBTUSD.d"},
        "XDGUSD": pair | {"wsname": "XDG/USD", "pair_decimals": 7, "status": "cancel_only"},
        "ZEURZUSD": pair | {"wsname": "EUR/USD", "pair_decimals": 5},
        "AAPLxUSD": pair | {"wsname": "AAPLx/USD", "aclass_base": "tokenized_asset"},
        "NOWS": {"altname": "NOWS", "pair_decimals": 1},
        "ODD": 5,
        "SLASHLESS": pair | {"wsname": "XBTUSD"},
    }
    read = venue.read_instruments(json.dumps({"error": [], "result": result}).encode())
    assert [(each.symbol, each.native, each.tick_size, each.kind, each.status) for each in read] == [
        ("KRAKEN:BTC-USD", "BTC/USD", 0.1, "crypto", "online"),
        ("KRAKEN:DOGE-USD", "DOGE/USD", 1e-07, "crypto", "cancel_only"),
        ("KRAKEN:EUR-USD", "EUR/USD", 1e-05, "fx", "online"),
        ("KRAKEN:AAPLX-USD", "AAPLx/USD", 0.1, "share", "online"),
    ]


def test_http_errors_with_a_body_of_its_own_are_explained() -> None:
    explained = venue.explain(503, b'{"error":["EService:Unavailable"]}')
    assert explained is not None and "EService:Unavailable" in explained.reason
    assert venue.explain(520, b"<!DOCTYPE html>") is None
