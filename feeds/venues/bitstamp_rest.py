"""Floor 2. Bitstamp's names, and the answers of its REST service."""

from functools import lru_cache
from typing import Any

import msgspec

from feeds.errors import FeedError
from feeds.market import Bar, Instrument, Side, Trade
from feeds.symbols import parse_symbol
from feeds.venues.base import price, quoted, size
from feeds.venues.reading import bar, counted_time, split_pair, trade_id

QUOTES = ("usd", "eur", "gbp", "usdt", "usdc", "btc", "eth", "eurc", "rlusd", "pax", "dai", "chf")
FIAT = {"USD", "EUR", "GBP", "CHF", "JPY"}
SIDES: dict[str, Side] = {"0": "buy", "1": "sell"}  # the taker's


@lru_cache(maxsize=4096)
def symbol_of(native: str) -> str:
    """Return our symbol for a market nobody asked for. Raises ValueError for one that can't be named."""
    code, dash, kind = native.partition("-")
    base, quote = split_pair(code, QUOTES)
    return parse_symbol(f"BITSTAMP:{base}-{quote}{dash}{kind}")


def answer_of(body: bytes) -> dict[str, Any]:
    """Return a REST answer. Raises FeedError when it is no object, or an error that came with 200."""
    try:
        answer = msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, ValueError):
        raise FeedError(f"Bitstamp answered with no JSON of its own: {quoted(body)}") from None
    if answer.get("status") == "error" or "error" in answer:
        raise refusal(answer)
    return answer


def refusal(answer: dict[str, Any]) -> FeedError:
    """Return what an error's body means; the codes are of too many requests."""
    said = answer.get("reason") or answer.get("error") or answer.get("message") or "no reason"
    busy = str(answer.get("code")) in ("400.002", "400.067", "400.068")
    return FeedError(
        quoted(f"Bitstamp: {said}"),
        retry_after=60.0 if busy else None,
        terminal="not found" in str(said).lower(),
    )


def rows_of(body: bytes) -> list[Any]:
    """Return the rows of a REST answer. Raises FeedError when it is no list."""
    try:
        return msgspec.json.decode(body, type=list[Any])
    except (msgspec.DecodeError, ValueError):
        answer_of(body)
        raise FeedError(f"Bitstamp answered with no list: {quoted(body)}") from None


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
    quote = rest.partition("-")[0].upper()
    if not slash or not 0.0 < tick <= 1.0:
        return None
    perpetual = row.get("market_type") == "PERPETUAL" or "-" in rest
    return Instrument(
        symbol=symbol,
        base=base.upper(),
        quote=quote,
        kind="future" if perpetual else "fx" if {base.upper(), quote} <= FIAT else "crypto",
        tick_size=tick,
        status="online" if row.get("trading", "Enabled") == "Enabled" else str(row["trading"]).lower(),
        native=native,
        title=str(row.get("description") or "").partition(" / ")[0],
    )


def read_row(row: Any, symbol: str, interval: str, now: int) -> Bar | None:
    """Return the bar of one row of texts; one without volume was made up for a quiet interval."""
    if not isinstance(row, dict):
        return None
    try:
        time = counted_time(row.get("timestamp"), 1)
        traded = size(row.get("volume"))
    except ValueError:
        return None
    prices = (row.get("open"), row.get("high"), row.get("low"), row.get("close"))
    return bar(symbol, interval, time and time // 1000, prices, traded, now) if traded else None


def read_transaction(row: Any, symbol: str) -> Trade | None:
    """Return one trade of the past hour, None for a row that is none."""
    try:
        time = counted_time(row["date"], 1)
        at, amount, number = price(row["price"]), size(row["amount"]), trade_id(row["tid"])
    except (LookupError, TypeError, ValueError):
        return None
    if time is None or at is None or amount is None:
        return None
    return Trade(symbol=symbol, id=number, time=time, price=at, size=amount, side=side_of(row.get("type")))


def side_of(value: object) -> Side | None:
    """Return the taker's side, which is a number in the stream and a text in the past."""
    return SIDES.get(str(value)) if isinstance(value, (int, str)) else None
