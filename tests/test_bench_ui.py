"""The pure part of the page's benchmark: its venue, its statistics, its report and its pictures' files."""

import struct
import zlib
from itertools import pairwise

import msgspec
import pytest

from bench.ui.chromium import dearest, own_bytes
from bench.ui.hour import Hour
from bench.ui.market import NATIVES, Wandering, candles, price_at, products, told
from bench.ui.png import SIGNATURE, packed
from bench.ui.price import Compared, Cost
from bench.ui.report import Report
from bench.ui.stand import SYMBOLS, WATCHED, document
from feeds.market import Quote, Trade
from feeds.symbols import parse_symbol
from feeds.venues.coinbase import Coinbase


def test_the_venue_speaks_our_symbols_and_has_enough_of_them():
    assert [parse_symbol(name) for name in SYMBOLS] == SYMBOLS and len(set(SYMBOLS)) > WATCHED
    assert [row["id"] for row in products()] == NATIVES


def test_each_tick_is_read_as_a_quote_and_a_trade_of_the_same_price():
    market, venue = Wandering(), Coinbase()
    native = NATIVES[3]
    [quote] = venue.parse(market.ticker(native), 1)
    [trade] = venue.parse(market.match(native), 1)
    assert isinstance(quote, Quote) and isinstance(trade, Trade)
    assert quote.symbol == trade.symbol == f"COINBASE:{native}"
    assert quote.last == trade.price == float(told(market, ["last"])["last"][native])


def test_the_history_goes_over_into_the_stream():
    query = {"granularity": ["60"], "start": ["2026-01-01T00:00:00Z"], "end": ["2026-01-01T04:59:00Z"]}
    rows = candles(NATIVES[0], query)
    assert len(rows) == 300 and all(later[0] - earlier[0] == 60 for later, earlier in pairwise(rows))
    newest, before = rows[:2]
    assert newest[3] == before[4] and newest[4] == pytest.approx(
        price_at(NATIVES[0], newest[0] + 60), abs=0.01
    )
    assert all(low <= min(first, last) and high >= max(first, last) for _, low, high, first, last, _ in rows)


def test_a_rate_is_told_to_the_venue():
    market = Wandering()
    told(market, ["rate", "500", "7"])
    assert market.rate == 500 and market.moving == NATIVES[:7] and market.changed.is_set()


def test_a_bound_is_passed_or_missed(capsys: pytest.CaptureFixture[str]):
    report = Report()
    report.ask("frames", 50, "/s", 49.0, at_least=True)
    report.ask("busy", 40, "%", 40.0)
    assert [row[-1] for row in report.asked] == ["MISS", "pass"] and report.missed()
    assert "MISS  frames: 49 /s (≥ 50 /s)" in capsys.readouterr().out
    assert "| busy | ≤ 40 % | 40 % | pass |" in report.text("then")


def test_what_grows_is_told_by_the_ends_of_the_hour():
    used = Hour(1, {"heap": [100.0, 100.0, 500.0, 105.0, 105.0, 110.0], "nodes": [5.0] * 6}, (1, 1))
    assert used.growth("heap") == pytest.approx(0.075) and used.growth("nodes") == 0


def test_compiled_code_and_what_the_browser_notes_is_not_the_pages():
    meta = {
        "node_fields": ["type", "name", "self_size"],
        "node_types": [["object", "code", "native", "string"]],
    }
    nodes = [0, 0, 10, 1, 0, 1000, 2, 0, 2000, 3, 0, 5]
    assert own_bytes({"snapshot": {"meta": meta}, "nodes": nodes}) == 15


def test_times_less_is_the_median_of_the_pairs():
    costs = [[Cost(price, 0, 0, 0) for price in prices] for prices in ((1.0, 2.0, 4.0), (2.0, 3.0, 4.0))]
    assert Compared(*costs).times == 1.5


def test_the_dearest_functions_come_first_and_idle_time_is_none():
    def node(number: int, name: str, url: str = "") -> dict:
        return {"id": number, "callFrame": {"functionName": name, "url": url, "lineNumber": 9}}

    profile = {
        "nodes": [node(1, "(idle)"), node(2, "paint", "http://x/js/panel.js"), node(3, "")],
        "samples": [1, 2, 2, 3],
        "timeDeltas": [600, 100, 200, 100],
    }
    assert dearest(profile, 3) == ["30.0% paint panel.js:10", "10.0% (no name)"]


def test_a_picture_of_few_colours_is_a_png():
    body = packed(2, 3, bytes([0, 0, 0, 255, 0, 0]), bytes([0, 1, 1, 0, 0, 1]))
    assert body.startswith(SIGNATURE) and struct.unpack(">II", body[16:24]) == (2, 3)
    start = body.index(b"IDAT") + 4
    length = struct.unpack(">I", body[start - 8 : start - 4])[0]
    assert zlib.decompress(body[start : start + length]) == bytes([0, 0, 1, 0, 1, 0, 0, 0, 1])


def test_a_desk_of_the_benchmark_names_its_charts_and_list():
    kept = document([{"symbol": SYMBOLS[0]}, {"symbol": SYMBOLS[1]}], SYMBOLS[:3], looks={"theme": "light"})
    assert kept["desks"][0]["grid"] == 2 and kept["looks"] == {"theme": "light"}
    assert [each["symbol"] for each in kept["lists"][0]["symbols"]] == SYMBOLS[:3]
    assert msgspec.json.decode(msgspec.json.encode(kept)) == kept
