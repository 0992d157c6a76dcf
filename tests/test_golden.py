"""The golden file holds one message of each kind, as both sides of the wire write it."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from feeds import wire
from feeds.market import Bar, Quote, Trade

GOLDEN: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "golden" / "messages.json").read_text(encoding="utf-8")
)
TIME = 1_700_000_000_000

QUOTE = Quote(
    symbol="COINBASE:BTC-USD",
    seq=41,
    time=TIME,
    received=TIME + 38,
    last=84737.59,
    size=0.00609,
    bid=84737.58,
    bid_size=0.1992,
    ask=84737.59,
    ask_size=0.0522,
    open=84602.1,
    high=85021.57,
    low=84400.0,
    volume=1836.97,
    hi=84738.0,
    lo=84737.5,
    merged=12,
)
POLLED = Quote(symbol="YAHOO:AAPL", seq=3, time=TIME - 900_000, received=TIME, last=231.47, state="delayed")
TRADE = Trade(symbol="COINBASE:BTC-USD", id="991", time=TIME, price=84737.59, size=0.00609, side="buy")
RECAP = Trade(symbol="KRAKEN:BTC-USD", id="7", time=TIME, price=84735.1, size=1.25, side=None, recap=True)
BAR = Bar(
    symbol="COINBASE:BTC-USD",
    interval="1m",
    time=TIME - TIME % 60_000,
    open=84700.0,
    high=84738.0,
    low=84699.5,
    close=84737.59,
    volume=3.25,
    trades=41,
    closed=False,
)
HOLE = msgspec.structs.replace(BAR, time=BAR.time - 60_000, trades=None, closed=True, source="hole")

TO_BROWSER = [
    wire.Hello(v=wire.VERSION, server_time=TIME, window=16, heartbeat=5, max_symbols=500),
    wire.Subscribed(id=1, symbols=["COINBASE:BTC-USD"], rejected={"FOO:BAR": "unknown venue FOO"}),
    wire.Unsubscribed(id=2, symbols=["COINBASE:BTC-USD"], rejected={}),
    wire.Snapshot(
        symbol="COINBASE:BTC-USD", epoch="e1", seq=41, quote=QUOTE, trades=[TRADE], bars={"1m": [HOLE, BAR]}
    ),
    wire.Snapshot(symbol="YAHOO:AAPL", epoch="e1", seq=0, quote=None, trades=[], bars={}),
    wire.Update(n=17, time=TIME, quotes=[QUOTE, POLLED], trades=[TRADE, RECAP], bars=[BAR], dropped=2),
    wire.Update(n=18, time=TIME, quotes=[POLLED]),
    wire.Status(venue="KRAKEN", state="reconnecting", since=TIME, reason="no data for 15 s"),
    wire.Heartbeat(time=TIME),
    wire.Pong(time=1234.5, server_time=TIME),
    wire.Error(id=None, code="bad_json", message="not JSON; send one JSON object a frame"),
]

TO_SERVER = [
    wire.Subscribe(id=1, symbols=["COINBASE:BTC-USD", "SIM:BTC-USD"], streams=("quote", "trades", "bars:1m")),
    wire.Unsubscribe(id=2, symbols=["SIM:BTC-USD"]),
    wire.Unsubscribe(id=3, symbols=["SIM:BTC-USD"], streams=("trades",)),
    wire.Ack(n=17),
    wire.Rate(max=20),
    wire.Pause(),
    wire.Resume(),
    wire.Ping(time=1234.5),
]


def kinds(structs: Any) -> set[str]:
    """Return the types of some message classes."""
    return {struct.__struct_config__.tag for struct in structs}


def test_golden_file_holds_every_kind() -> None:
    assert {message["type"] for message in GOLDEN["to_browser"]} == kinds(wire.Outgoing.__args__)
    assert {message["type"] for message in GOLDEN["to_server"]} == set(wire.INCOMING)


@pytest.mark.parametrize(("struct", "golden"), list(zip(TO_BROWSER, GOLDEN["to_browser"], strict=True)))
def test_the_server_writes_what_the_golden_file_says(struct: msgspec.Struct, golden: dict[str, Any]) -> None:
    text = wire.to_text(struct)
    assert json.loads(text) == golden
    assert text.startswith('{"type":"')


@pytest.mark.parametrize(("struct", "golden"), list(zip(TO_SERVER, GOLDEN["to_server"], strict=True)))
def test_the_server_reads_what_the_golden_file_says(struct: wire.Incoming, golden: dict[str, Any]) -> None:
    assert wire.from_client(json.dumps(golden)) == struct
