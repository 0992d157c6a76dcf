"""A fake Bitfinex: WebSocket v2 with ticker and trades by channel number, pairs, candles and a ticker."""

import itertools
from typing import Any

from websockets.datastructures import Headers
from websockets.http11 import Response

from feeds.market import Quote, Trade
from tests.fakes.answers import as_json
from tests.fakes.line import Line
from tests.fakes.market import wall
from tests.fakes.venue import FakeVenue

INTERVALS = {"1m": "1m", "1h": "1h", "1D": "1d"}
INFO = {"event": "info", "version": 2, "serverId": "fake", "platform": {"status": 1}}


class FakeBitfinex(FakeVenue):
    name = "BITFINEX"
    trade_channel = "trades"
    products = {f"t{base}USD": f"SIM:{base}-USD" for base in ("BTC", "ETH", "XRP")}

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.numbers: dict[Line, dict[tuple[str, str], int]] = {}
        self._next = itertools.count(17_000)

    # ----------------------------------------------------------------- stream
    async def greet(self, line: Line) -> None:
        self.numbers[line] = {}
        await line.send(INFO)

    async def hear(self, line: Line, message: Any) -> None:
        kind = message.get("event") if isinstance(message, dict) else None
        if kind == "subscribe":
            await self._take(line, message["channel"], message["symbol"])
        elif kind == "unsubscribe":
            number = message["chanId"]
            for stream in [each for each, known in self.numbers[line].items() if known == number]:
                line.streams.pop(stream, None)
            await line.send({"event": "unsubscribed", "status": "OK", "chanId": number})
        else:
            await line.send({"event": "error", "msg": "event: invalid", "code": 10000})

    async def _take(self, line: Line, channel: str, native: str) -> None:
        echo = {"channel": channel, "symbol": native, "pair": native[1:]}
        if native not in self.market.products:
            await line.send({**echo, "event": "error", "msg": "symbol: invalid", "code": 10300})
            return
        number = self.numbers[line][channel, native] = next(self._next)
        line.streams[channel, native] = None
        await line.send({"event": "subscribed", "chanId": number, **echo})
        quote = self.market.newest(native, wall())
        if channel == "ticker" and quote:
            await line.send(f"[{number},{as_text(ticker(quote))}]")

    async def beat(self, line: Line) -> None:
        for number in self.numbers.get(line, {}).values():
            await line.send(f'[{number},"hb"]')

    async def tell(self, line: Line, native: str, trade: Trade, quote: Quote) -> None:
        number = self.numbers[line]["trades", native]
        for kind in ("te", "tu"):
            await line.send(f'[{number},"{kind}",{as_text(deal(trade))}]')
        if ("ticker", native) in line.streams:
            await line.send(f"[{self.numbers[line]['ticker', native]},{as_text(ticker(quote))}]")

    # ------------------------------------------------------------------- REST
    async def answer(self, path: str, params: dict[str, str], headers: Headers) -> Response:
        part = path.split("/")
        if part[2] == "conf":
            return as_json([[native[1:] for native in self.market.products], [], [["BTC", "Bitcoin"]]])
        native = part[3].rpartition(":")[2]
        if native not in self.market.products:
            return as_json(["error", 10020, "symbol: invalid"], 500)
        if part[2] == "ticker":
            quote = self.market.newest(native, wall())
            return as_json(ticker(quote or Quote(symbol=native)))
        if part[2] == "candles":
            start, end = int(params["start"]), int(params["end"]) + 1
            bars = self.market.bars(native, INTERVALS[part[3].split(":")[1]], start, end, wall())
            rows = [[bar.time, bar.open, bar.close, bar.high, bar.low, bar.volume] for bar in bars]
            return as_json(rows[::-1][: int(params["limit"])])
        return as_json([])


def as_text(values: list[Any]) -> str:
    return "[" + ",".join(str(value) for value in values) + "]"


def ticker(quote: Quote) -> list[Any]:
    last = quote.last or 0.0
    change = round(last - (quote.open or last), 8)
    ask, bid = quote.ask or last, quote.bid or last
    return [bid, 1.5, ask, 2.5, change, 0.001, last, quote.volume or 0, quote.high or last, quote.low or last]


def deal(trade: Trade) -> list[Any]:
    return [trade.id, trade.time, trade.size if trade.side == "buy" else -trade.size, trade.price]
