"""A fake Coinbase Exchange: ticker, matches and heartbeat; products and candles; or a recorded session."""

import asyncio
from typing import Any

from websockets.datastructures import Headers
from websockets.http11 import Response

from feeds.market import INTERVALS, Quote, Trade
from tests.fakes.answers import as_json, from_iso, iso, plain
from tests.fakes.line import Line
from tests.fakes.market import wall
from tests.fakes.recording import Recording
from tests.fakes.venue import FakeVenue

CHANNELS = ("ticker", "matches", "heartbeat")
TICKS = {"XRP-USD": "0.0001", "DOGE-USD": "0.00001"}
GRANULARITIES = {"60": "1m", "300": "5m", "900": "15m", "3600": "1h", "86400": "1d"}
TOO_MANY = "granularity too small for the requested time range. Count of aggregations requested exceeds 300"
MAKER = {"buy": "sell", "sell": "buy"}


class FakeCoinbase(FakeVenue):
    """`delisted` products are refused by name; a recording is played to who subscribes to all of it."""

    name = "COINBASE"
    trade_channel = "matches"
    products = {f"{base}-USD": f"SIM:{base}-USD" for base in ("BTC", "ETH", "SOL", "XRP", "DOGE")}

    def __init__(self, *, recording: Recording | None = None, **settings: Any) -> None:
        super().__init__(**settings)
        self.delisted = {"ERN-USDT"}
        self.recording = recording
        self.playing: asyncio.Task[None] | None = None
        if recording:
            self.market.products = dict.fromkeys(recording.products)

    async def stop(self) -> None:
        if self.playing:
            self.playing.cancel()
        await super().stop()

    # ----------------------------------------------------------------- stream
    async def hear(self, line: Line, message: Any) -> None:
        kind = message.get("type") if isinstance(message, dict) else None
        if kind not in ("subscribe", "unsubscribe"):
            await line.send({"type": "error", "message": "Malformed JSON"})
            return
        natives = message.get("product_ids", [])
        wanted = [(channel, native) for channel in message.get("channels", []) for native in natives]
        fresh: list[str] = []
        for channel, native in wanted:
            if kind == "unsubscribe":
                line.streams.pop((channel, native), None)
            elif native in self.market.products and channel in CHANNELS:
                fresh += [native] if (channel, native) not in line.streams and channel == "ticker" else []
                line.streams[channel, native] = None
        if kind == "subscribe":
            await self._refuse(line, natives)
        await self._acknowledge(line)
        for native in fresh:
            await self._begin(line, native)
        if self.recording and not self.playing and set(line.natives("matches")) >= self.recording.products:
            self.playing = asyncio.create_task(self.recording.play(line))

    async def _refuse(self, line: Line, natives: list[str]) -> None:
        for native in natives:
            if native not in self.market.products:
                why = "is delisted" if native in self.delisted else "is not a valid product"
                error = {"type": "error", "message": "Failed to subscribe", "reason": f"{native} {why}"}
                await line.send(error)

    async def _acknowledge(self, line: Line) -> None:
        channels = [
            {"name": channel, "product_ids": line.natives(channel), "account_ids": None}
            for channel in CHANNELS
            if line.natives(channel)
        ]
        await line.send({"type": "subscriptions", "channels": channels})

    async def _begin(self, line: Line, native: str) -> None:
        """Tell the last match and ticker, as they were when it happened."""
        quote = self.recap_of(native)
        if quote is None or quote.last is None or quote.time is None:
            return
        last = Trade(
            symbol=native, id=str(1000 + self._ids[native]), time=quote.time, price=quote.last,
            size=quote.size or 0.0, side="buy",
        )  # fmt: skip
        await line.send(ticker(native, last, quote))
        await line.send(match(native, last, "last_match"))

    def recap_of(self, native: str) -> Quote | None:
        """Return what a new subscriber is told first."""
        return self.market.newest(native, wall())

    async def beat(self, line: Line) -> None:
        for native in line.natives("heartbeat"):
            last = 1000 + self._ids[native]
            beat = {"type": "heartbeat", "last_trade_id": last, "product_id": native}
            await line.send(beat | {"sequence": last * 3, "time": iso(wall())})

    async def tell(self, line: Line, native: str, trade: Trade, quote: Quote) -> None:
        await line.send(match(native, trade, "match"))
        if ("ticker", native) in line.streams:
            await line.send(ticker(native, trade, quote))

    # ------------------------------------------------------------------- REST
    async def answer(self, path: str, params: dict[str, str], headers: Headers) -> Response:
        if not headers.get("User-Agent"):
            return as_json({"message": "User-Agent header is required."}, 400)
        if path == "/products":
            return as_json([product(native) for native in self.market.products])
        native = path.removeprefix("/products/").removesuffix("/candles")
        if native not in self.market.products or not path.endswith("/candles"):
            return as_json({"message": "NotFound"}, 404)
        return self._candles(native, params)

    def _candles(self, native: str, params: dict[str, str]) -> Response:
        interval = GRANULARITIES.get(params.get("granularity", ""))
        if interval is None:
            return as_json({"message": "Unsupported granularity"}, 400)
        now, length = wall(), INTERVALS[interval]
        end = from_iso(params["end"]) if "end" in params else now
        start = from_iso(params["start"]) if "start" in params else end - 299 * length
        if (end - start) // length >= 300:
            return as_json({"message": TOO_MANY}, 400)
        bars = self.market.bars(native, interval, start, end + 1, now)
        return as_json([[b.time // 1000, b.low, b.high, b.open, b.close, b.volume] for b in reversed(bars)])


def match(native: str, trade: Trade, kind: str) -> dict[str, Any]:
    order = f"{int(trade.id):032x}"
    return {
        "type": kind,
        "trade_id": int(trade.id),
        "maker_order_id": order,
        "taker_order_id": order[::-1],
        "side": MAKER[trade.side or "buy"],
        "size": plain(trade.size),
        "price": plain(trade.price),
        "product_id": native,
        "sequence": int(trade.id) * 3,
        "time": iso(trade.time),
    }


def ticker(native: str, trade: Trade, quote: Quote) -> dict[str, Any]:
    return {
        "type": "ticker",
        "sequence": int(trade.id) * 3,
        "product_id": native,
        "price": plain(trade.price),
        "open_24h": plain(quote.open),
        "volume_24h": plain(quote.volume),
        "low_24h": plain(quote.low),
        "high_24h": plain(quote.high),
        "volume_30d": plain((quote.volume or 0.0) * 30),
        "best_bid": plain(quote.bid),
        "best_bid_size": plain(quote.bid_size),
        "best_ask": plain(quote.ask),
        "best_ask_size": plain(quote.ask_size),
        "side": trade.side,
        "time": iso(trade.time),
        "trade_id": int(trade.id),
        "last_size": plain(trade.size),
    }


def product(native: str) -> dict[str, Any]:
    base, _, quote = native.partition("-")
    return {
        "id": native,
        "base_currency": base,
        "quote_currency": quote,
        "quote_increment": TICKS.get(native, "0.01"),
        "base_increment": "0.00000001",
        "display_name": f"{base}/{quote}",
        "min_market_funds": "1",
        "post_only": False,
        "limit_only": False,
        "cancel_only": False,
        "trading_disabled": False,
        "status": "online",
        "status_message": "",
    }
