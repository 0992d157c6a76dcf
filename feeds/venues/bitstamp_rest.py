"""Floor 2. Bitstamp's names and times, and the answers of its REST service."""

from functools import lru_cache
from typing import Any

from feeds.market import Bar, Instrument, Kind, Side, Trade
from feeds.symbols import parse_symbol
from feeds.venues.answers import answer_of, list_of, listed, refused
from feeds.venues.reading import Fields, bar, counted_time, split_pair

QUOTES = ("usd", "eur", "gbp", "usdt", "usdc", "btc", "eth", "eurc", "rlusd", "pax", "dai", "chf")
FIAT = {"USD", "EUR", "GBP", "CHF", "JPY"}
SIDES: dict[str, Side] = {"0": "buy", "1": "sell"}  # the taker's
BUSY = {"400.002", "400.067", "400.068"}  # codes of too many requests


@lru_cache(maxsize=4096)
def symbol_of(native: str) -> str:
    """Return our symbol for a market nobody asked for. Raises ValueError for one that can't be named."""
    code, dash, kind = native.partition("-")
    base, quote = split_pair(code, QUOTES)
    return parse_symbol(f"BITSTAMP:{base}-{quote}{dash}{kind}")


def object_of(body: bytes) -> dict[str, Any]:
    """Return a REST answer. Raises FeedError when it is no object, or an error that came with 200."""
    answer = answer_of(body, dict[str, Any], "Bitstamp")
    if answer.get("status") == "error" or "error" in answer:
        said = answer.get("reason") or answer.get("error") or answer.get("message") or "no reason"
        wait = 60.0 if str(answer.get("code")) in BUSY else None
        raise refused("Bitstamp", said, wait, "not found" in str(said).lower())
    return answer


def rows_of(body: bytes) -> list[Any]:
    """Return the rows of a REST answer. Raises FeedError when it is no list, or an error."""
    return list_of(body, "Bitstamp", object_of)


def read_market(row: Any) -> Instrument | None:
    """Return the instrument of one market, None for one that can't be named; older answers say `url_symbol`.

    The documents promise a tick size that never comes: it follows from the decimals of the price.
    """
    try:
        base, slash, rest = str(row["name"]).partition("/")
        symbol = parse_symbol(f"BITSTAMP:{base}-{rest}")
        native = str(row.get("market_symbol") or row["url_symbol"])
        tick = float(f"1e-{int(row['counter_decimals'])}")
    except (LookupError, TypeError, ValueError, AttributeError):
        return None
    if not slash or not 0.0 < tick <= 1.0:
        return None
    quote = rest.partition("-")[0]
    fx = {base.upper(), quote.upper()} <= FIAT
    perpetual = row.get("market_type") == "PERPETUAL" or "-" in rest
    kind: Kind = "future" if perpetual else "fx" if fx else "crypto"
    status = "online" if row.get("trading", "Enabled") == "Enabled" else str(row["trading"]).lower()
    return listed(symbol, native, kind, tick, status, str(row.get("description") or "").partition(" / ")[0])


def read_row(row: Any, symbol: str, interval: str, now: int) -> Bar | None:
    """Return the bar of one row of texts; one without volume was made up for a quiet interval."""
    if not isinstance(row, dict):
        return None
    prices = (row.get("open"), row.get("high"), row.get("low"), row.get("close"))
    made = bar(symbol, interval, row.get("timestamp"), prices, row.get("volume"), now)
    return made if made and made.volume else None


def read_transaction(row: Any, symbol: str) -> Trade | None:
    """Return one trade of the past hour, None for a row that is none."""
    if not isinstance(row, dict):
        return None
    fields = Fields("trades", symbol)
    time = fields.need("date", seconds, row.get("date"))
    told = (row.get("tid"), row.get("price"), row.get("amount"))
    return fields.trade(symbol, time, told, side_of(row.get("type")))


def side_of(value: object) -> Side | None:
    """Return the taker's side, which is a number in the stream and a text in the past."""
    return SIDES.get(str(value)) if isinstance(value, (int, str)) else None


def micros(value: object) -> int | None:
    """Return a time in µs as ms."""
    return counted_time(value, 10**6)


def seconds(value: object) -> int | None:
    """Return a time in seconds, mostly a text, as ms."""
    return counted_time(value, 1)
