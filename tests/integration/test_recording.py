"""A session of Coinbase, played again through the whole program: recounted at the far end of the socket."""

import asyncio
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from feeds.market import Quote, Trade
from tests.fakes.background import Background
from tests.fakes.coinbase import FakeCoinbase, match, ticker
from tests.fakes.line import Line
from tests.fakes.recording import Recording
from tests.integration.client import Client
from tests.program import LiveProgram
from tests.support import SHARED

pytestmark = pytest.mark.live
RECORDED = SHARED / "venues/samples/coinbase_exchange/ws/cryptofeed_2021-04-17.frames.jsonl.gz"
MAKER_TO_TAKER = {"buy": "sell", "sell": "buy"}


def own_session() -> Iterator[dict[str, Any]]:
    """Yield a session of our own: 3 products, a last_match each, 180 trades, noise, and frames told twice."""
    products = {"AAA-USD": 10.0, "BBB-EUR": 0.0001, "CCC-BTC": 5_000.0}
    opening = 1_700_000_000_000
    for number in range(183):
        native = list(products)[number % 3]
        products[native] = price = round(products[native] * (1.001 if number % 5 else 0.996), 8)
        side = "buy" if number % 7 < 4 else "sell"
        trade = Trade(
            symbol=native, id=str(500 + number), time=opening + number * 37, price=price, size=0.1 + number,
            side=side,
        )  # fmt: skip
        quote = Quote(symbol=native, last=price, bid=price * 0.999, ask=price * 1.001, volume=float(number))
        frame = match(native, trade, "last_match" if number < 3 else "match")
        yield frame
        yield ticker(native, trade, quote)
        yield {"type": "l2update", "product_id": native, "changes": [["buy", "1", "2"]]}
        if number % 10 == 9:
            yield frame


class HeldBack(Recording):
    """A recording that begins when it is told to: when whoever is to hear all of it is there."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.begin = asyncio.Event()

    async def start(self) -> None:
        self.begin.set()

    async def play(self, line: Line) -> None:
        await self.begin.wait()
        await super().play(line)


@pytest.fixture(params=["recorded", "own"])
def session(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The file of a session."""
    if request.param == "recorded":
        return RECORDED if RECORDED.exists() else pytest.skip("the recorded session is not on this machine")
    path = tmp_path / "own.frames.jsonl"
    lines = [
        json.dumps({"t": number / 1000, "dir": "recv", "raw": json.dumps(frame)})
        for number, frame in enumerate(own_session())
    ]
    path.write_text("\n".join(lines))
    return path


def received(path: Path) -> list[dict[str, Any]]:
    """Return the frames of a session, read without a line of the program's or the fake's."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt") as lines:
        return [json.loads(line["raw"]) for line in map(json.loads, lines) if line["dir"] == "recv"]


async def test_the_far_end_holds_what_the_venue_said(session):
    frames = received(session)
    said = {
        (f"COINBASE:{frame['product_id']}", str(frame["trade_id"])): frame
        for frame in frames
        if frame["type"] in ("match", "last_match")
    }
    symbols = sorted({symbol for symbol, _ in said})
    recording = HeldBack(session)
    with (
        Background(FakeCoinbase, recording=recording) as fakes,
        LiveProgram(VENUES="COINBASE", **fakes.environment) as program,
    ):
        async with Client(program) as client:
            await client.subscribe(*symbols, streams=("quote", "trades"))
            fakes.do(recording.start())
            await client.wait_for(
                lambda: sum(map(len, client.trades.values())) >= len(said), 15, "every trade"
            )
            heard = {(symbol, id): trade for symbol in symbols for id, trade in client.trades[symbol].items()}
            assert heard.keys() == said.keys()
            assert client.dropped == 0
            takers = taker_sides(frames)
            for key, frame in said.items():
                side = takers.get(key, MAKER_TO_TAKER[frame["side"]])
                told = (heard[key]["price"], heard[key]["size"], heard[key]["side"])
                assert told == (float(frame["price"]), float(frame["size"]), side)
            for symbol in symbols:
                newest = max((id for of, id in said if of == symbol), key=int)
                assert client.quotes[symbol]["last"] == float(said[symbol, newest]["price"]), symbol
                stated = [frame for frame in frames if is_ticker(frame, symbol)][-1]
                for ours, name in (("bid", "best_bid"), ("ask", "best_ask"), ("volume", "volume_24h")):
                    assert client.quotes[symbol][ours] == float(stated[name]), (symbol, ours)


def is_ticker(frame: dict[str, Any], symbol: str) -> bool:
    return frame["type"] == "ticker" and f"COINBASE:{frame['product_id']}" == symbol


def taker_sides(frames: list[dict[str, Any]]) -> dict[tuple[str, str], str]:
    """Return the takers' sides by the venue's own word: its tickers name them, its matches the makers'."""
    return {
        (f"COINBASE:{frame['product_id']}", str(frame["trade_id"])): frame["side"]
        for frame in frames
        if frame["type"] == "ticker" and "side" in frame
    }
