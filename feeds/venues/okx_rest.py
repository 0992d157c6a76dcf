"""Floor 2. OKX's names, and the answers of its REST service, which are HTTP 200 for an error too."""

from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Raw, Struct

from feeds.errors import FeedError
from feeds.market import Bar, Instrument, replace
from feeds.symbols import parse_symbol
from feeds.venues.base import quoted
from feeds.venues.reading import bar_of
from feeds.venues.values import price

BARS = {"1m": "1m", "1h": "1H", "1d": "1Dutc"}  # a day without "utc" begins at 16:00 UTC
BUSY = {"50011", "50061"}


class Product(Struct):
    """One row of public/instruments."""

    instId: str
    baseCcy: str
    quoteCcy: str
    tickSz: Any = None
    state: str = ""


class Answer(Struct):
    code: str
    msg: str = ""
    data: list[Raw] = []


product_decoder = msgspec.json.Decoder(Product)
ROW = (0, 1, 2, 3, 4, 5)
row_decoder = msgspec.json.Decoder(list[str])
answer_decoder = msgspec.json.Decoder(Answer)


@lru_cache(maxsize=4096)
def symbol_of(native: str) -> str:
    """Return our symbol. Raises ValueError for a code that isn't BASE-QUOTE: contracts have more parts, and
    count their sizes in contracts."""
    if native.count("-") != 1 or native.startswith("-") or native.endswith("-"):
        raise ValueError(f"not a spot code: {native[:32]!r}")
    return parse_symbol(f"OKX:{native}")


def rows_of(body: bytes) -> list[Raw]:
    """Return the rows of an answer. Raises FeedError when it is an error."""
    if error := refusal_of(body):
        raise error
    return answer_decoder.decode(body).data


def refusal_of(body: bytes) -> FeedError | None:
    """Return the error that an answer is, None for one with data."""
    try:
        answer = answer_decoder.decode(body)
    except (msgspec.DecodeError, ValueError):
        return FeedError(f"OKX answered with no JSON of its own: {quoted(body)}")
    if answer.code == "0":
        return None
    reason = f"OKX: {quoted(answer.msg) or 'an error without words'} ({quoted(answer.code[:8])})"
    wait = 2.0 if answer.code in BUSY else None
    return FeedError(reason, retry_after=wait, terminal=answer.code.startswith("51"))


def read_product(row: Raw) -> Instrument | None:
    """Return the instrument of a row, None for one that can't be named in our words."""
    try:
        product = product_decoder.decode(row)
        return Instrument(
            symbol=symbol_of(product.instId),
            base=product.baseCcy,
            quote=product.quoteCcy,
            kind="crypto",
            tick_size=price(product.tickSz),
            status="online" if product.state in ("live", "") else product.state,
            native=product.instId,
        )
    except (msgspec.DecodeError, ValueError):
        return None


def read_row(row: Raw, symbol: str, interval: str, now: int) -> Bar | None:
    """Return the bar of ["ts", o, h, l, c, vol, volCcy, volCcyQuote, confirm], all of them texts.

    `confirm` "1" is a closed one. A quiet interval comes as a flat row without volume, which is no bar.
    """
    try:
        cells = row_decoder.decode(row)
    except (msgspec.DecodeError, ValueError):
        return None
    made = bar_of(cells, ROW, symbol, interval, now, per_second=1000)
    if made is None or not made.volume:
        return None
    return replace(made, closed=made.closed and cells[8:9] != ["0"])
