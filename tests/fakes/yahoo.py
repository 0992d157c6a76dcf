"""A fake Yahoo Finance: the chart endpoint, with its nulls, its dust and its live row at the end, and the
streamer."""

import struct
from typing import Any
from urllib.parse import unquote

from websockets.datastructures import Headers
from websockets.http11 import Response

from feeds.market import INTERVALS, Bar, Quote, Trade, replace
from tests.fakes.answers import as_json, response
from tests.fakes.line import Line
from tests.fakes.market import wall
from tests.fakes.venue import FakeVenue
from tests.fakes.yahoo_streamer import SLOTS, frame, understood

STEPS = {"1m": "1m", "15m": "15m", "30m": "30m", "1h": "1h", "60m": "1h", "1d": "1d"}
KINDS = {"share": "EQUITY", "fx": "CURRENCY", "crypto": "CRYPTOCURRENCY"}


class FakeYahoo(FakeVenue):
    """`closed`: the regular session is over. `delay`: what `exchangeDataDelayedBy` says, None for nothing.
    `streams`: false refuses every handshake, while the chart goes on answering."""

    name = "YAHOO"
    trade_channel = "pricing"
    products = {
        **{name: f"SIM:{name}" for name in ("AAPL", "MSFT", "NVDA", "TSLA", "AMZN")},
        "^GSPC": "SIM:MSFT",
        "^DJI": "SIM:AAPL",
        "SHEL.L": "SIM:AMZN",
        "EURUSD=X": "SIM:EUR-USD",
        "GBPUSD=X": "SIM:GBP-USD",
        "JPY=X": "SIM:USD-JPY",
        "BTC-USD": "SIM:BTC-USD",
    }

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.closed = False
        self.delay: int | None = None
        self.streams = True

    # --------------------------------------------------------------- streamer
    def fault(self, shaking: bool) -> Response | None:
        if shaking and not self.streams:
            self.refused += 1
            return response(403, b"Forbidden", "text/plain")
        return super().fault(shaking)

    async def hear(self, line: Line, message: Any) -> None:
        """Take a list of codes; the only answer is the last known price, and a bad message ends it all."""
        if not understood(message):
            await line.ws.close()
            return
        for native in message.get("unsubscribe", []):
            line.streams.pop((self.trade_channel, native), None)
        for native in message.get("subscribe", []):
            if len(line.streams) < SLOTS:
                line.streams[self.trade_channel, native] = None
                if quote := self.market.newest(native, wall()):
                    await line.send(frame(native, quote, self._kind(native), self.closed))

    async def tell(self, line: Line, native: str, trade: Trade, quote: Quote) -> None:
        await line.send(frame(native, quote, self._kind(native), self.closed))

    def _kind(self, native: str) -> str:
        symbol = self.market.products.get(native)
        return self.market.sim.markets[symbol].kind if symbol else "share"

    # ------------------------------------------------------------------ chart
    async def answer(self, path: str, params: dict[str, str], headers: Headers) -> Response:
        if "Mozilla/5.0" not in headers.get("User-Agent", ""):
            return response(429, b"Edge: Too Many Requests", "text/plain")
        native = unquote(path.removeprefix("/v8/finance/chart/"))
        if native not in self.market.products:
            return trouble(404, "Not Found", "No data found, symbol may be delisted")
        if params.get("interval") not in STEPS:
            return trouble(422, "Unprocessable Entity", f"Invalid input - interval={params.get('interval')}")
        return as_json({"chart": {"result": [self._chart(native, params)], "error": None}})

    def _chart(self, native: str, params: dict[str, str]) -> dict[str, Any]:
        now, interval = wall(), STEPS[params["interval"]]
        start = int(params["period1"]) * 1000 if "period1" in params else now - now % INTERVALS["1d"]
        end = min(int(params["period2"]) * 1000 if "period2" in params else now, now)
        start = -(-start // INTERVALS[interval]) * INTERVALS[interval]
        bars = self.market.bars(native, interval, start, end, now)
        result: dict[str, Any] = {"meta": self._meta(native, interval, now)}
        if not bars:
            return result | {"indicators": {"quote": [{}]}}
        forming = bars.pop() if bars[-1].end > now else None
        rows = [(bar.time // 1000, bar) for bar in bars]
        if forming:
            rows += [(forming.time // 1000, forming), (now // 1000, live(forming))]
        columns = {
            name: [None if quiet(at, bar) else dusty(getattr(bar, name)) for at, bar in rows]
            for name in ("open", "high", "low", "close", "volume")
        }
        return result | {"timestamp": [at for at, _ in rows], "indicators": {"quote": [columns]}}

    def _meta(self, native: str, interval: str, now: int) -> dict[str, Any]:
        quote = self.market.newest(native, now)
        second = now // 1000
        session = (second - 30_000, second - 3_600) if self.closed else (second - 3_600, second + 20_000)
        meta = {
            "currency": "GBp" if native.endswith(".L") else "USD",
            "symbol": native,
            "instrumentType": "INDEX" if native.startswith("^") else KINDS[self._kind(native)],
            "regularMarketTime": (quote.time or now) // 1000 if quote else None,
            "regularMarketPrice": quote.last if quote else None,
            "regularMarketDayHigh": quote.high if quote else None,
            "regularMarketDayLow": quote.low if quote else None,
            "regularMarketVolume": int(quote.volume or 0) if quote else 0,
            "chartPreviousClose": quote.open if quote else None,
            "previousClose": quote.open if quote else None,
            "gmtoffset": 0,
            "exchangeTimezoneName": "UTC",
            "priceHint": 2,
            "currentTradingPeriod": {"regular": {"start": session[0], "end": session[1], "gmtoffset": 0}},
            "dataGranularity": interval,
            "range": "1d",
        }
        return meta if self.delay is None else meta | {"exchangeDataDelayedBy": self.delay}


def trouble(status: int, code: str, description: str) -> Response:
    return as_json({"chart": {"result": None, "error": {"code": code, "description": description}}}, status)


def live(bar: Bar) -> Bar:
    """The live price that comes as a row of its own, at an odd second and with volume 0."""
    return replace(bar, open=bar.close, high=bar.close, low=bar.close, volume=0.0)


def quiet(at: int, bar: Bar) -> bool:
    """Tell whether this row is one of the null ones that Yahoo strews into its minutes."""
    return bar.interval == "1m" and bar.volume > 0 and at // 60 % 97 == 0


def dusty(value: float) -> float:
    return struct.unpack("f", struct.pack("f", value))[0]
