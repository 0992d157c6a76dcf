"""A fake Kraken: WebSocket v2 with ticker, trade, heartbeat and status; AssetPairs and OHLC."""

import time
from typing import Any

from websockets.datastructures import Headers
from websockets.http11 import Response

from feeds.market import INTERVALS, Bar, Quote, Trade
from tests.fakes.answers import as_json, iso
from tests.fakes.line import Line
from tests.fakes.market import wall
from tests.fakes.venue import FakeVenue

OLD = {"BTC": "XBT", "DOGE": "XDG"}  # what REST calls them
KEYS = {"XBTUSD": "XXBTZUSD", "ETHUSD": "XETHZUSD", "XRPUSD": "XXRPZUSD", "EURUSD": "ZEURZUSD"}
DECIMALS = {"BTC/USD": 1, "BTC/EUR": 1, "XRP/USD": 5, "DOGE/USD": 7, "EUR/USD": 5}
MINUTES = {"1": "1m", "5": "5m", "15": "15m", "60": "1h", "1440": "1d"}
STATUS = {
    "version": "2.0.10", "system": "online", "api_version": "v2", "connection_id": 18125794168470749634,
    "upcoming_maintenance": [], "emergency": [],
}  # fmt: skip
DARK = {"altname": "XBTUSD.d", "base": "XXBT", "quote": "ZUSD", "pair_decimals": 1}
UNAVAILABLE = "Private data and trading are unavailable on this endpoint. Try ws-auth.kraken.com"


class FakeKraken(FakeVenue):
    name = "KRAKEN"
    trade_channel = "trade"
    products = {
        **{f"{base}/USD": f"SIM:{base}-USD" for base in ("BTC", "ETH", "SOL", "XRP", "DOGE", "EUR")},
        "BTC/EUR": "SIM:BTC-USD",
    }  # fmt: skip

    # ----------------------------------------------------------------- stream
    async def greet(self, line: Line) -> None:
        await line.send({"channel": "status", "type": "update", "data": [STATUS]})

    async def announce(self, **status: Any) -> None:
        """Send a status frame with these fields changed (`system="maintenance"`)."""
        for line in list(self.lines):
            await line.send({"channel": "status", "type": "update", "data": [STATUS | status]})

    async def hear(self, line: Line, message: Any) -> None:
        method = message.get("method") if isinstance(message, dict) else None
        if method == "ping":
            await line.send({"method": "pong", **numbered(message), "success": True, **stamps()})
        elif method in ("subscribe", "unsubscribe"):
            params = message.get("params") or {}
            for native in params.get("symbol", []):
                await self._take(line, method, params, native, numbered(message))
        else:
            await line.send({"error": "Unsupported event", "success": False, **stamps()})

    async def _take(
        self, line: Line, method: str, params: dict[str, Any], native: str, number: dict[str, Any]
    ) -> None:
        channel = params.get("channel")
        stream = (str(channel), native)
        if native in self.left_out:
            return
        error = self._error(line, method, stream)
        if error:
            refusal = {"error": error, "method": method, **number, "success": False, "symbol": native}
            await line.send(refusal | stamps())
            return
        result = {key: value for key, value in params.items() if key != "symbol"} | {"symbol": native}
        await line.send({"method": method, **number, "result": result, "success": True, **stamps()})
        if method == "unsubscribe":
            line.streams.pop(stream, None)
            return
        line.streams[stream] = None
        if params.get("snapshot") and native not in self.muted:
            await self._snapshot(line, *stream)

    def _error(self, line: Line, method: str, stream: tuple[str, str]) -> str:
        channel, native = stream
        if channel not in ("ticker", "trade"):
            return UNAVAILABLE
        if native not in self.market.products:
            return f"Currency pair not supported {native}"
        if method == "subscribe" and stream in line.streams:
            return "Already subscribed"
        return "Subscription Not Found" if method == "unsubscribe" and stream not in line.streams else ""

    async def _snapshot(self, line: Line, channel: str, native: str) -> None:
        now = wall()
        if channel == "ticker":
            quote = self.market.newest(native, now)
            if quote:
                await line.send({"channel": "ticker", "type": "snapshot", "data": [ticker(native, quote)]})
            return
        path = [trade for trade, _ in self.market.events(native, now - 600_000, now)]
        recent = sorted([*path, *self.market.added.get(native, [])], key=lambda trade: trade.time)[-50:]
        first = 1000 + self._ids[native] - len(recent) + 1
        data = [trade_entry(native, trade, first + index) for index, trade in enumerate(recent)]
        await line.send({"channel": "trade", "type": "snapshot", "data": data})

    async def beat(self, line: Line) -> None:
        if line.streams and time.monotonic() - line.last_sent >= 0.9:
            await line.send({"channel": "heartbeat"})

    async def tell(self, line: Line, native: str, trade: Trade, quote: Quote) -> None:
        entry = trade_entry(native, trade, int(trade.id))
        await line.send({"channel": "trade", "type": "update", "data": [entry]})
        if ("ticker", native) in line.streams:
            await line.send({"channel": "ticker", "type": "update", "data": [ticker(native, quote)]})

    # ------------------------------------------------------------------- REST
    async def answer(self, path: str, params: dict[str, str], headers: Headers) -> Response:
        if path == "/0/public/AssetPairs":
            pairs = dict(asset_pair(native) for native in self.market.products)
            dark = {
                "XXBTZUSD.d": {"altname": "XBTUSD.d", "base": "XXBT", "quote": "ZUSD", "pair_decimals": 1}
            }
            return as_json({"error": [], "result": pairs | dark})
        if path != "/0/public/OHLC":
            return as_json({"error": ["EGeneral:Unknown method"]})
        native = next((each for each in self.market.products if altname(each) == params.get("pair")), None)
        interval = MINUTES.get(params.get("interval", "1"))
        if native is None:
            return as_json({"error": ["EQuery:Unknown asset pair"]})
        if interval is None:
            return as_json({"error": ["EGeneral:Invalid arguments"]})
        rows, last = self._rows(native, interval, int(params.get("since", 0)))
        return as_json(
            {"error": [], "result": {KEYS.get(altname(native), altname(native)): rows, "last": last}}
        )

    def too_many_requests(self) -> None:
        """Answer every request as Kraken does to those who ask too often: with 200."""
        self.status(200, body='{"error":["EGeneral:Too many requests"]}', kind="application/json")

    def _rows(self, native: str, interval: str, since: int) -> tuple[list[list[Any]], int]:
        """Return the newest 720 intervals, the forming one last, a flat row for each without a trade."""
        now, length = wall(), INTERVALS[interval]
        forming = now - now % length
        first = max(forming - 719 * length, since * 1000 - since * 1000 % length)
        bars = {bar.time: bar for bar in self.market.bars(native, interval, first, now + 1, now)}
        rows: list[list[Any]] = []
        before: Bar | None = None
        for time_ in range(first, forming + 1, length):
            before = bars.get(time_, before)
            if before is not None and time_ // 1000 > since:
                rows.append(row(time_, before, time_ in bars))
        return rows, (forming - length) // 1000


def numbered(message: dict[str, Any]) -> dict[str, Any]:
    return {"req_id": message["req_id"]} if "req_id" in message else {}


def stamps() -> dict[str, str]:
    return {"time_in": iso(wall()), "time_out": iso(wall())}


def ticker(native: str, quote: Quote) -> dict[str, Any]:
    change = (quote.last or 0.0) - (quote.open or quote.last or 0.0)
    return {
        "symbol": native,
        "bid": quote.bid,
        "bid_qty": quote.bid_size,
        "ask": quote.ask,
        "ask_qty": quote.ask_size,
        "last": quote.last,
        "volume": quote.volume,
        "vwap": quote.last,
        "low": quote.low,
        "high": quote.high,
        "change": round(change, 8),
        "change_pct": round(100 * change / (quote.open or 1.0), 2),
        "trades": 135262,
        "timestamp": iso(quote.time or wall()),
    }


def trade_entry(native: str, trade: Trade, number: int) -> dict[str, Any]:
    return {
        "symbol": native,
        "side": trade.side,
        "price": trade.price,
        "qty": trade.size,
        "ord_type": "limit",
        "trade_id": number,
        "timestamp": iso(trade.time),
    }


def altname(native: str) -> str:
    return "".join(OLD.get(part, part) for part in native.split("/"))


def asset_pair(native: str) -> tuple[str, dict[str, Any]]:
    base, _, quote = native.partition("/")
    code, decimals = altname(native), DECIMALS.get(native, 2)
    return KEYS.get(code, code), {
        "altname": code,
        "wsname": f"{OLD.get(base, base)}/{OLD.get(quote, quote)}",
        "aclass_base": "currency",
        "base": f"X{OLD.get(base, base)}",
        "aclass_quote": "currency",
        "quote": f"Z{quote}",
        "pair_decimals": decimals,
        "lot_decimals": 8,
        "tick_size": f"{10**-decimals:.{decimals}f}",
        "ordermin": "0.0001",
        "status": "online",
    }


def row(time_: int, bar: Bar, traded: bool) -> list[Any]:
    if not traded:
        return [time_ // 1000, *[str(bar.close)] * 4, "0.0", "0.00000000", 0]
    prices = [str(value) for value in (bar.open, bar.high, bar.low, bar.close, bar.close)]
    return [time_ // 1000, *prices, f"{bar.volume:.8f}", bar.trades]
