"""OANDA: streamed with a key, over a long HTTP answer. Facts from its v20 documents (pricing, instrument,
best practices) and from recorded lines; where the two differ, the recording won.

The key is the account's token, the secret its number, which also tells a practice account from a live one.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote as percent

import msgspec
from msgspec import Struct

from feeds.budget import Budget
from feeds.errors import BadSymbol, FeedError
from feeds.market import INTERVALS, Bar, Instrument, Kind, Quote, replace
from feeds.symbols import name_of, parse_symbol
from feeds.venues.base import Event, Notice, Request, pair, quoted
from feeds.venues.keyed import Keyed
from feeds.venues.reading import Fields, bar, dustless, in_order
from feeds.venues.values import price, rfc3339, size

GRANULARITY = {"1m": "M1", "1h": "H1", "1d": "D"}
KINDS: dict[str, Kind] = {"CURRENCY": "fx", "METAL": "other", "CFD": "other"}
PRACTICE = "101-"  # what the number of a practice account begins with
MOST_CANDLES = 5000


class Level(Struct):
    price: Any = None
    liquidity: Any = None


class Line(Struct):
    """A line of the stream, or an entry of `prices`: a price, a heartbeat, or an error."""

    type: str = ""
    instrument: str = ""
    time: Any = None
    bids: list[Level] = []
    asks: list[Level] = []
    status: str = ""
    tradeable: bool | None = None
    message: str = msgspec.field(name="errorMessage", default="")


class Head(Struct):
    type: str = ""


class Prices(Struct):
    prices: list[Line] | None = None


class Candle(Struct):
    time: Any = None
    complete: bool = False
    mid: dict[str, Any] | None = None


class Candles(Struct):
    candles: list[Candle] | None = None


line_decoder = msgspec.json.Decoder(Line)
head_decoder = msgspec.json.Decoder(Head)


class Oanda(Keyed):
    """Currencies, metals and indices as one dealer makes them: bid and ask, four times a second at the most.

    There are no trades. The last price is the middle of bid and ask, which its own charts are made of.
    """

    name = "OANDA"
    title = "OANDA"
    mode = "lines"
    needs = ("KEY", "SECRET")
    rest_url = "https://api-fxtrade.oanda.com"
    headers = {"User-Agent": "Ticker/1", "Accept": "application/json"}
    quotes_make_bars = True
    silence = 10.0  # a heartbeat comes every five
    connects = (Budget(2, 1.0),)
    requests = (Budget(100, 1.0),)
    poll_every = 5.0
    bar_rows = {"1m": MOST_CANDLES, "1h": MOST_CANDLES, "1d": MOST_CANDLES}
    featured = (
        pair("OANDA", "EUR", "USD", "fx", 0.00001, "EUR_USD", "Euro in dollars"),
        pair("OANDA", "GBP", "USD", "fx", 0.00001, "GBP_USD", "Sterling in dollars"),
        pair("OANDA", "USD", "JPY", "fx", 0.001, "USD_JPY", "Dollar in yen"),
        pair("OANDA", "XAU", "USD", "other", 0.001, "XAU_USD", "Gold in dollars"),
    )

    # ------------------------------------------------------------------ names
    def native(self, symbol: str) -> str:
        return name_of(symbol).replace("-", "_")

    def symbol(self, native: str) -> str:
        return parse_symbol("OANDA:" + native.replace("_", "-"))

    # ------------------------------------------------------------------ lines
    def host(self, service: str) -> str:
        kind = "fxpractice" if self.keys.secret.startswith(PRACTICE) else "fxtrade"
        return f"https://{service}-{kind}.oanda.com"

    def asking(self, path: str, params: dict[str, str], service: str = "api") -> Request:
        headers = {"Authorization": f"Bearer {self.keys.key}"}
        return Request(path, params, headers, host=self.host(service))

    @property
    def account(self) -> str:
        return f"/v3/accounts/{percent(self.keys.secret, safe='')}"

    def lines(self, natives: list[str], session: str) -> Request:
        params = {"instruments": ",".join(natives), "snapshot": "true"}
        return self.asking(f"{self.account}/pricing/stream", params, "stream")

    def read(self, raw: str | bytes, received: int) -> list[Event]:
        try:
            line = line_decoder.decode(raw)
        except msgspec.ValidationError:
            kind = head_decoder.decode(raw).type
            bad = kind in ("PRICE", "HEARTBEAT", "")
            reason = f"bad {kind or 'line'} shape: {quoted(raw)}" if bad else f"unknown type {kind[:32]}"
            return [Notice(kind="bad" if bad else "ignored", reason=quoted(reason))]
        if line.type == "PRICE":
            return self.read_price(line, received)
        if line.type == "HEARTBEAT":
            return [Notice(kind="heartbeat")]
        if line.message:
            return [Notice(kind="maintenance", reason=quoted(f"OANDA: {line.message}"))]
        return [Notice(kind="ignored", reason=quoted(f"unknown type {line.type[:32]}"))]

    def read_price(self, line: Line, received: int) -> list[Event]:
        """Return the quote of a price; its levels are not always in order, and a side may be empty."""
        fields = Fields("price", line.instrument)
        symbol = fields.need("instrument", self.named, line.instrument or None)
        if symbol is None:
            return fields.bad
        bid, bid_size = best(fields, "bids", line.bids, max)
        ask, ask_size = best(fields, "asks", line.asks, min)
        closed = line.tradeable is False or line.status not in ("tradeable", "")
        quote = Quote(
            symbol=symbol,
            received=received,
            time=fields.read("time", rfc3339, line.time),
            last=dustless((bid + ask) / 2, 12) if bid is not None and ask is not None else None,
            bid=bid,
            bid_size=bid_size,
            ask=ask,
            ask_size=ask_size,
            state="closed" if closed else "live",
        )
        return fields.events(quote) or [Notice(kind="ignored", reason="a price without bid and ask")]

    # ------------------------------------------------------------------- REST
    def instruments(self) -> Request | None:
        if not self.keys.key or not self.keys.secret:
            return None
        return self.asking(f"{self.account}/instruments", {})

    def read_instruments(self, body: bytes) -> list[Instrument]:
        answer = self.decoded(body, dict[str, Any])
        rows = answer.get("instruments")
        return [made for row in rows if (made := read_row(row))] if isinstance(rows, list) else []

    def poll(self, native: str) -> Request:
        return self.asking(f"{self.account}/pricing", {"instruments": native})

    def read_poll(self, body: bytes, symbol: str, received: int) -> list[Event]:
        prices = self.decoded(body, Prices).prices or []
        return [event for line in prices for event in self.read_price(line, received)]

    def bars(self, native: str, interval: str, start: int, end: int) -> Request | None:
        if interval not in GRANULARITY:
            return None
        # Not `to`, which may not lie in the future; and a day would begin at 17:00 in New York.
        count = max(1, min(MOST_CANDLES, (end - start) // INTERVALS[interval]))
        params = {"granularity": GRANULARITY[interval], "price": "M", "from": iso(start), "count": str(count)}
        params |= {"dailyAlignment": "0", "alignmentTimezone": "UTC"}
        return self.asking(f"/v3/instruments/{native}/candles", params)

    def read_bars(self, body: bytes, symbol: str, interval: str, now: int) -> list[Bar]:
        """Return the bars of the middle price. What it calls volume is how often the price moved."""
        bars: list[Bar | None] = []
        for candle in self.decoded(body, Candles).candles or []:
            fields, mid = Fields("candle", name_of(symbol)), candle.mid or {}
            time = fields.need("time", rfc3339, candle.time)
            prices = (mid.get("o"), mid.get("h"), mid.get("l"), mid.get("c"))
            made = bar(symbol, interval, None if time is None else time // 1000, prices, 0.0, now)
            bars.append(made and replace(made, closed=made.closed and candle.complete))
        return in_order(bars)

    def decoded(self, body: bytes, kind: Any) -> Any:
        try:
            return msgspec.json.decode(body, type=kind)
        except (msgspec.DecodeError, ValueError):
            raise FeedError(f"OANDA answered with something else: {quoted(self.body(body))}") from None

    def explain(self, status: int, body: bytes) -> FeedError | None:
        try:
            said = line_decoder.decode(self.body(body)).message
        except (msgspec.DecodeError, ValueError):
            said = ""
        if refused := self.refusal(status, said):
            return refused
        return FeedError(quoted(f"OANDA: {said}"), terminal=status in (400, 404)) if said else None


def best(
    fields: Fields, side: str, levels: list[Level], choose: Callable[..., tuple[float, float | None]]
) -> tuple[float | None, float | None]:
    """Return the best price of a side and how much there is at it, (None, None) for an empty side."""
    found = []
    for level in levels:
        at = fields.read(side, price, level.price)
        if at is not None:
            found.append((at, fields.read(side, size, level.liquidity)))
    return choose(found, key=lambda each: each[0]) if found else (None, None)


def iso(time: int) -> str:
    return datetime.fromtimestamp(time / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_row(row: Any) -> Instrument | None:
    """Return the instrument of a row, None for one that can't be named in our words."""
    try:
        native, decimals = str(row["name"]), int(row["displayPrecision"])
        base, _, quote = native.partition("_")
        symbol = parse_symbol(f"OANDA:{base}-{quote}")
        kind, title = KINDS.get(str(row.get("type")), "other"), str(row.get("displayName") or native)
        tick = 10.0**-decimals
    except (BadSymbol, LookupError, TypeError, ValueError, AttributeError, OverflowError):
        return None
    return Instrument(
        symbol=symbol, base=base, quote=quote, kind=kind, tick_size=tick, title=title, native=native
    )
