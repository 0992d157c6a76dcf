"""Floor 2. Gemini's names, its trades, the frames of its older API, and the answers of its REST service."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct

from feeds.errors import FeedError
from feeds.market import Bar, Instrument, Side, Trade
from feeds.symbols import parse_symbol
from feeds.venues.base import Event, Notice, price, quoted, size
from feeds.venues.reading import Fields, bar, counted_time, split_pair, trade_id

QUOTES = (
    "usd",
    "gusd",
    "rlusd",
    "usdt",
    "usdc",
    "eur",
    "gbp",
    "sgd",
    "dai",
    "btc",
    "eth",
    "bch",
    "ltc",
    "fil",
)
PERPETUAL = "perp"
FRAMES = {"1m": "1m", "1h": "1hr", "1d": "1day"}


class Old(Struct):
    """A frame of the older API (v2), which recordings have: its trades, alone or with the first book."""

    symbol: str
    event_id: Any = None
    timestamp: Any = None
    price: Any = None
    quantity: Any = None
    side: Any = None
    trades: list["Old"] = []


old_decoder = msgspec.json.Decoder(Old)


@lru_cache(maxsize=4096)
def symbol_of(native: str) -> str:
    """Return our symbol for a code nobody asked for. Raises ValueError for one that can't be named."""
    base, quote = split_pair(native.removesuffix(PERPETUAL), QUOTES)
    return parse_symbol(f"GEMINI:{base}-{quote}{'-PERP' if native.endswith(PERPETUAL) else ''}")


def answer_of(body: bytes) -> dict[str, Any]:
    """Return a REST answer. Raises FeedError when it is no object, or an error."""
    try:
        answer = msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, ValueError):
        raise FeedError(f"Gemini answered with no JSON of its own: {quoted(body)}") from None
    if answer.get("result") == "error":
        said = quoted(f"Gemini: {answer.get('reason')}: {answer.get('message')}")
        busy = answer.get("reason") == "RateLimit"
        unknown = "not a valid symbol" in said or answer.get("reason") == "InvalidSymbol"
        raise FeedError(said, retry_after=60.0 if busy else None, terminal=unknown)
    return answer


def rows_of(body: bytes) -> list[Any]:
    """Return the rows of a REST answer. Raises FeedError when it is no list."""
    try:
        return msgspec.json.decode(body, type=list[Any])
    except (msgspec.DecodeError, ValueError):
        answer_of(body)
        raise FeedError(f"Gemini answered with no list: {quoted(body)}") from None


def read_detail(row: Any) -> Instrument | None:
    """Return the instrument of one symbol's details, None for one that can't be named.

    Their `tick_size` is of the amount; `quote_increment` is of the price.
    """
    try:
        native = str(row["symbol"]).lower()
        base, quote = str(row["base_currency"]).upper(), str(row["quote_currency"]).upper()
        perpetual = native.endswith(PERPETUAL) or row.get("product_type") == "swap"
        symbol = parse_symbol(f"GEMINI:{base}-{quote}{'-PERP' if perpetual else ''}")
        tick, status = price(row.get("quote_increment")), str(row.get("status") or "open")
    except (LookupError, TypeError, ValueError, AttributeError):
        return None
    return Instrument(
        symbol=symbol,
        base=base,
        quote=quote,
        kind="future" if perpetual else "crypto",
        tick_size=tick,
        status="online" if status == "open" else status,
        native=native,
    )


def read_row(row: Any, symbol: str, interval: str, now: int) -> Bar | None:
    """Return the bar of [time ms, open, high, low, close, volume]; one without volume was made up for a
    quiet interval."""
    if not isinstance(row, list) or len(row) < 6:
        return None
    try:
        time, traded = counted_time(row[0], 1000), size(row[5])
    except ValueError:
        return None
    if time is None or time % 1000 or not traded:
        return None
    return bar(symbol, interval, time // 1000, (row[1], row[2], row[3], row[4]), traded, now)


def read_past(row: dict[str, Any], symbol: str) -> Trade | None:
    """Return one trade of the past; `type` is the taker's side."""
    fields = Fields("trades", symbol)
    time = fields.need("timestampms", lambda value: counted_time(value, 1000), row.get("timestampms"))
    return made(
        fields, symbol, time, (row.get("tid"), row.get("price"), row.get("amount")), taker(row.get("type"))
    )


def read_old(kind: str, raw: str | bytes, symbol_of: Callable[[str], str]) -> list[Event]:
    """Return what a frame of the older API says: its trades; those beside its first book are told again."""
    if kind == "heartbeat":
        return [Notice(kind="heartbeat")]
    if kind not in ("trade", "l2_updates"):
        return [Notice(kind="ignored", reason=quoted(f"older {kind[:32]}"))]
    frame = old_decoder.decode(raw)
    told: list[Event] = []
    bad: list[Event] = []
    for entry in [frame] if kind == "trade" else frame.trades:
        fields = Fields(kind, entry.symbol)
        time = fields.need("timestamp", lambda value: counted_time(value, 1000), entry.timestamp)
        of = (entry.event_id, entry.price, entry.quantity)
        trade = made(fields, symbol_of(entry.symbol), time, of, taker(entry.side), kind != "trade")
        told += [trade] if trade else []
        bad += fields.bad
    return [*sorted(told, key=by_time), *bad] or [Notice(kind="ignored", reason=f"older {kind}")]


def made(
    fields: Fields,
    symbol: str,
    time: int | None,
    told: tuple[object, object, object],
    side: Side | None = None,
    recap: bool = False,
) -> Trade | None:
    """Return the trade of an id, a price and a size, None (and notices in `fields`) for one that is none."""
    number = fields.need("id", trade_id, told[0])
    at, amount = fields.need("price", price, told[1]), fields.need("size", size, told[2])
    if time is None or number is None or at is None or amount is None:
        return None
    return Trade(symbol=symbol, id=number, time=time, price=at, size=amount, side=side, recap=recap)


def taker(value: object) -> Side | None:
    """Return the taker's side; a block trade or an auction has none."""
    return "buy" if value == "buy" else "sell" if value == "sell" else None


def by_time(trade: Any) -> tuple[int, int, str]:
    return trade.time, len(trade.id), trade.id  # ids are numbers, as texts
