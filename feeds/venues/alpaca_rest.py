"""Floor 2. Alpaca's REST answers: snapshots, trades, bars and assets, and what they share with its stream."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote as percent

import msgspec

from feeds.errors import BadSymbol, FeedError
from feeds.market import INTERVALS, Bar, Instrument, Quote, Trade
from feeds.symbols import name_of, parse_symbol
from feeds.venues.base import Event, Request, quoted
from feeds.venues.keyed import Keyed
from feeds.venues.reading import Fields, bar, in_order, trade_id
from feeds.venues.values import price, rfc3339, size

LOT = 100  # shares of a round lot, in which the sizes of quotes are told
QUIET = 3_600_000  # ms without a trade and a quote after which the market is closed
FRAMES = {"1m": "1Min", "1h": "1Hour", "1d": "1Day"}
NEWEST = 100
TRADING = {"PK": "https://paper-api.alpaca.markets"}  # a paper account's keys begin so


class AlpacaRest(Keyed):
    """What Alpaca answers over HTTP."""

    def asking(self) -> dict[str, str]:
        return {"APCA-API-KEY-ID": self.keys.key, "APCA-API-SECRET-KEY": self.keys.secret}

    def instruments(self) -> Request | None:
        if not self.keys.key or not self.keys.secret:
            return None
        host = TRADING.get(self.keys.key[:2], "https://api.alpaca.markets")
        params = {"status": "active", "asset_class": "us_equity"}
        return Request("/v2/assets", params, self.asking(), host=host)

    def read_instruments(self, body: bytes) -> list[Instrument]:
        rows = self.decoded(body, list)
        return [made for row in rows if (made := read_asset(row))]

    def poll(self, native: str) -> Request:
        return Request(f"{path_of(native)}/snapshot", {"feed": "iex"}, self.asking())

    def read_poll(self, body: bytes, symbol: str, received: int) -> list[Event]:
        """Return the quote of a snapshot; `open` is the previous day's close, which the change is counted
        from."""
        answer = self.decoded(body, dict)
        trade, sides = part(answer, "latestTrade"), part(answer, "latestQuote")
        day, before = part(answer, "dailyBar"), part(answer, "prevDailyBar")
        fields = Fields("snapshot", name_of(symbol))
        traded = fields.read("latestTrade.t", rfc3339, trade.get("t"))
        quoted_at = fields.read("latestQuote.t", rfc3339, sides.get("t"))
        newest = max((time for time in (traded, quoted_at) if time is not None), default=None)
        quote = Quote(
            symbol=symbol,
            received=received,
            time=traded,
            last=fields.need("latestTrade.p", price, trade.get("p")),
            size=fields.read("latestTrade.s", size, trade.get("s")),
            bid=fields.read("latestQuote.bp", price, sides.get("bp")),
            bid_size=fields.read("latestQuote.bs", lots, sides.get("bs")),
            ask=fields.read("latestQuote.ap", price, sides.get("ap")),
            ask_size=fields.read("latestQuote.as", lots, sides.get("as")),
            open=fields.read("prevDailyBar.c", price, before.get("c")),
            high=fields.read("dailyBar.h", price, day.get("h")),
            low=fields.read("dailyBar.l", price, day.get("l")),
            volume=fields.read("dailyBar.v", size, day.get("v")),
            state="closed" if newest is not None and received - newest > QUIET else "live",
        )
        return fields.events(quote)

    def trades(self, native: str) -> Request:
        params = {"feed": "iex", "sort": "desc", "limit": str(NEWEST)}
        return Request(f"{path_of(native)}/trades", params, self.asking())

    def read_trades(self, body: bytes, symbol: str) -> list[Trade]:
        """Return the trades but for those that were cancelled, corrected or are of no use."""
        trades = []
        for row in rows_of(self.decoded(body, dict), "trades", symbol):
            if row.get("u") not in ("canceled", "corrected", "incorrect"):
                fields = Fields("trade", name_of(symbol))
                trades.append(
                    read_print(fields, symbol, row.get("t"), row.get("i"), row.get("p"), row.get("s"))
                )
        found = [trade for trade in trades if trade is not None]
        return sorted(found, key=lambda trade: (trade.time, len(trade.id), trade.id))

    def bars(self, native: str, interval: str, start: int, end: int) -> Request | None:
        if interval not in FRAMES:
            return None
        params = {"timeframe": FRAMES[interval], "start": iso(start), "end": iso(max(start, end - 1))}
        params |= {"limit": "10000", "feed": "iex", "adjustment": "split"}  # a split is no move of the market
        return Request(f"{path_of(native)}/bars", params, self.asking())

    def read_bars(self, body: bytes, symbol: str, interval: str, now: int) -> list[Bar]:
        """Return the bars; a day is stamped with New York's midnight, a minute without trades has none."""
        bars: list[Bar | None] = []
        for row in rows_of(self.decoded(body, dict), "bars", symbol):
            fields = Fields("bar", name_of(symbol))
            time = fields.need("t", rfc3339, row.get("t"))
            if time is not None:
                time -= time % INTERVALS["1d"] if interval == "1d" else 0
                prices = (row.get("o"), row.get("h"), row.get("l"), row.get("c"))
                made = bar(symbol, interval, time // 1000, prices, row.get("v"), now)
                bars.append(counted(made, row.get("n")))
        return in_order(bars)

    def decoded(self, body: bytes, kind: type) -> Any:
        """Return an answer's JSON. Raises FeedError when it is none, or another kind."""
        try:
            return msgspec.json.decode(body, type=kind)
        except (msgspec.DecodeError, ValueError):
            raise FeedError(f"Alpaca answered with something else: {quoted(self.body(body))}") from None

    def explain(self, status: int, body: bytes) -> FeedError | None:
        try:
            said = str(msgspec.json.decode(self.body(body), type=dict[str, Any]).get("message") or "")
        except (msgspec.DecodeError, ValueError):
            said = ""
        if status in (404, 422):
            return FeedError(quoted(f"Alpaca: {said or 'not found'}"), terminal=True)
        return self.refusal(status, said)


def path_of(native: str) -> str:
    return f"/v2/stocks/{percent(native, safe='')}"


def iso(time: int) -> str:
    return datetime.fromtimestamp(time / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def lots(value: object) -> float | None:
    """Return a size that is told in round lots, in shares."""
    told = size(value)
    return None if told is None else size(told * LOT)


def part(answer: dict[str, Any], name: str) -> dict[str, Any]:
    found = answer.get(name)
    return found if isinstance(found, dict) else {}


def rows_of(answer: dict[str, Any], name: str, symbol: str) -> list[dict[str, Any]]:
    """Return the rows of one symbol; an answer of several has them by symbol, an empty one has null or {}."""
    rows = answer.get(name)
    if isinstance(rows, dict):
        rows = rows.get(name_of(symbol))
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def read_print(fields: Fields, symbol: str, t: object, i: object, p: object, s: object) -> Trade | None:
    """Return a trade, None (and why in `fields`) for one that can't be believed. It names no side."""
    time, at = fields.need("t", rfc3339, t), fields.need("p", price, p)
    amount, counted = fields.need("s", size, s), fields.need("i", trade_id, i)
    if time is None or at is None or amount is None or counted is None:
        return None
    return Trade(symbol=symbol, id=counted, time=time, price=at, size=amount, side=None)


def read_sides(
    fields: Fields, symbol: str, received: int, time: int | None, sides: tuple[Any, Any, Any, Any]
) -> Quote:
    """Return the quote of (bid, its lots, ask, its lots); a price of 0 is a side that nobody is on."""
    bid, bid_lots, ask, ask_lots = sides
    return Quote(
        symbol=symbol,
        received=received,
        time=time,
        bid=fields.read("bp", price, bid),
        bid_size=fields.read("bs", lots, bid_lots),
        ask=fields.read("ap", price, ask),
        ask_size=fields.read("as", lots, ask_lots),
    )


def counted(made: Bar | None, trades: object) -> Bar | None:
    if made is None or not isinstance(trades, int):
        return made
    return msgspec.structs.replace(made, trades=trades)


def read_asset(row: Any) -> Instrument | None:
    """Return the instrument of an asset, None for one that can't be traded or named in our words."""
    try:
        native = str(row["symbol"])
        symbol = parse_symbol(f"ALPACA:{native}")
        tradable, title = row.get("tradable") is True, str(row.get("name") or native)
    except (BadSymbol, LookupError, TypeError, AttributeError):
        return None
    return Instrument(
        symbol=symbol,
        base=name_of(symbol),
        quote="USD",
        kind="share",
        tick_size=0.01,
        status="online" if tradable else "halted",
        title=title,
        native=native,
        identity=str(row.get("id") or ""),  # stays when a share's code changes
    )
