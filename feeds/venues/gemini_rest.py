"""Floor 2. Gemini's names, its trades, the frames of its older API, and the answers of its REST service."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct

from feeds.market import Bar, Instrument, Kind, Side, Trade
from feeds.symbols import parse_symbol
from feeds.venues.answers import answer_of, list_of, listed, refused
from feeds.venues.base import Event, Notice, quoted
from feeds.venues.reading import Fields, bar_of, millis, split_pair, trades_of
from feeds.venues.values import price

QUOTES = (
    "usd", "gusd", "rlusd", "usdt", "usdc", "eur", "gbp", "sgd", "dai", "btc", "eth", "bch", "ltc", "fil",
)  # fmt: skip
NOT_SO = {"paxgusd": ("paxg", "usd")}  # it ends with gusd, and gold isn't paid with that
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
    code = native.removesuffix(PERPETUAL)
    base, quote = NOT_SO.get(code) or split_pair(code, QUOTES)
    return parse_symbol(f"GEMINI:{base}-{quote}{'-PERP' if native.endswith(PERPETUAL) else ''}")


def object_of(body: bytes) -> dict[str, Any]:
    """Return a REST answer. Raises FeedError when it is no object, or an error."""
    answer = answer_of(body, dict[str, Any], "Gemini")
    if answer.get("result") == "error":
        kind, said = answer.get("reason"), answer.get("message")
        unknown = "not a valid symbol" in str(said) or kind == "InvalidSymbol"
        raise refused("Gemini", f"{kind}: {said}", 60.0 if kind == "RateLimit" else None, unknown)
    return answer


def rows_of(body: bytes) -> list[Any]:
    """Return the rows of a REST answer. Raises FeedError when it is no list, or an error."""
    return list_of(body, "Gemini", object_of)


def read_detail(row: Any) -> Instrument | None:
    """Return the instrument of one symbol's details, None for one that can't be named.

    Their `tick_size` is of the amount; `quote_increment` is of the price.
    """
    try:
        native = str(row["symbol"]).lower()
        perpetual = native.endswith(PERPETUAL) or row.get("product_type") == "swap"
        name = f"{row['base_currency']}-{row['quote_currency']}{'-PERP' if perpetual else ''}"
        symbol, tick = parse_symbol(f"GEMINI:{name}"), price(row.get("quote_increment"))
        status = str(row.get("status") or "open")
    except (LookupError, TypeError, ValueError, AttributeError):
        return None
    kind: Kind = "future" if perpetual else "crypto"
    return listed(symbol, native, kind, tick, "online" if status == "open" else status)


def read_row(row: Any, symbol: str, interval: str, now: int) -> Bar | None:
    """Return the bar of [time ms, open, high, low, close, volume]; one without volume was made up for a
    quiet interval."""
    made = bar_of(row, (0, 1, 2, 3, 4, 5), symbol, interval, now, per_second=1000)
    return made if made and made.volume else None


def read_past(row: Any, symbol: str) -> Trade | None:
    """Return one trade of the past; `type` is the taker's side."""
    if not isinstance(row, dict):
        return None
    fields = Fields("trades", symbol)
    time = fields.need("timestampms", millis, row.get("timestampms"))
    told = (row.get("tid"), row.get("price"), row.get("amount"))
    return fields.trade(symbol, time, told, taker(row.get("type")))


def read_old(kind: str, raw: str | bytes, symbol_of: Callable[[str], str]) -> list[Event]:
    """Return what a frame of the older API says: its trades; those beside its first book are told again."""
    if kind == "heartbeat":
        return [Notice(kind="heartbeat")]
    if kind not in ("trade", "l2_updates"):
        return [Notice(kind="ignored", reason=quoted(f"older {kind[:32]}"))]
    frame = old_decoder.decode(raw)

    def read(entry: Old, fields: Fields) -> Trade | None:
        time = fields.need("timestamp", millis, entry.timestamp)
        told = (entry.event_id, entry.price, entry.quantity)
        return fields.trade(symbol_of(entry.symbol), time, told, taker(entry.side), kind != "trade")

    entries = [frame] if kind == "trade" else frame.trades
    return trades_of(entries, kind, frame.symbol, read) or [Notice(kind="ignored", reason=f"older {kind}")]


def taker(value: object) -> Side | None:
    """Return the taker's side; a block trade or an auction has none."""
    return "buy" if value == "buy" else "sell" if value == "sell" else None
