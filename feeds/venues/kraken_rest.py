"""Floor 2. Kraken's names, and the answers of its REST service."""

from functools import lru_cache
from typing import Any

from msgspec import Struct

from feeds.market import Bar, Instrument, Kind, replace
from feeds.symbols import parse_symbol
from feeds.venues.answers import answer_of, listed, refused
from feeds.venues.reading import bar_of
from feeds.venues.values import price

OURS = {"XBT": "BTC", "XDG": "DOGE"}  # its REST service keeps the old codes, its WebSocket v2 refuses them
THEIRS = {ours: theirs for theirs, ours in OURS.items()}
CURRENCIES = {"USD", "EUR", "GBP", "JPY", "CAD", "AUD", "CHF"}


@lru_cache(maxsize=4096)
def symbol_of(native: str) -> str:
    """Return our symbol. Raises BadSymbol for a code that can't be ours."""
    base, slash, quote = native.partition("/")
    if not slash or not base or not quote:
        return parse_symbol(f"KRAKEN:{native}")
    return parse_symbol(f"KRAKEN:{OURS.get(base, base)}-{OURS.get(quote, quote)}")


class Answer(Struct):
    error: list[str] = []
    result: dict[str, Any] | None = None


def result_of(body: bytes) -> dict[str, Any]:
    """Return the result of a REST answer, which is HTTP 200 for an error too. Raises FeedError for one."""
    answer = answer_of(body, Answer, "Kraken")
    errors = [text for text in answer.error if not text.startswith("W")]  # W… are warnings
    if errors or answer.result is None:
        said = ", ".join(errors) or "empty answer"
        busy = "Too many requests" in said or "Rate limit" in said
        raise refused("Kraken", said, 10.0 if busy else None, "EQuery:" in said)
    return answer.result


def read_pair(item: tuple[str, Any]) -> Instrument | None:
    """Return the instrument of one asset pair; None for a dark pool (`XXBTZUSD.d`) or an odd name."""
    key, row = item
    try:
        base, slash, quote = row["wsname"].partition("/")
        base, quote = OURS.get(base, base), OURS.get(quote, quote)
        symbol = symbol_of(f"{base}/{quote}")
        tick = price(row["tick_size"]) if "tick_size" in row else 10.0 ** -int(row["pair_decimals"])
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError):
        return None
    if key.endswith(".d") or not slash:
        return None
    kind = kind_of(row.get("aclass_base"), base, quote)
    return listed(symbol, f"{base}/{quote}", kind, tick, str(row.get("status") or "online"))


def kind_of(aclass: object, base: str, quote: str) -> Kind:
    if aclass == "tokenized_asset":
        return "share"
    return "fx" if base in CURRENCIES and quote in CURRENCIES else "crypto"


def read_row(row: Any, symbol: str, interval: str, now: int, complete: int) -> Bar | None:
    """Return the bar of [time s, open, high, low, close, vwap, volume, count].

    A minute without trades comes as a flat row with count 0, which is no bar.
    """
    made = bar_of(row, (0, 1, 2, 3, 4, 6), symbol, interval, now)
    if made is None or len(row) < 8 or not isinstance(row[7], int) or row[7] < 1:
        return None
    return replace(made, trades=row[7], closed=made.closed and row[0] <= complete)
