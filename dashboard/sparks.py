"""Floor 4. The last day of many symbols, as few numbers: what the watchlist draws its small lines of."""

from django.http import HttpRequest, HttpResponse
from msgspec import Struct

from dashboard.answers import Trouble, answer
from dashboard.clock import wall
from dashboard.schemas import described
from feeds import store
from feeds.errors import BadSymbol
from feeds.market import INTERVALS
from feeds.symbols import parse_symbol

MOST = 50
INTERVAL = "15m"
DAY = 24 * 3_600_000  # ms


class Spark(Struct):
    """Closes of stretches of `interval`, null where none is known; the first of them opens at `start` ms."""

    symbol: str
    interval: str
    start: int | None
    closes: list[float | None]


class Sparks(Struct):
    sparks: list[Spark]


ANSWER = described(Sparks)


def canonical(texts: list[str]) -> list[str]:
    """Return the symbols in these texts, each once. Raises Trouble for one that is none, and for too many."""
    if not 1 <= len(texts) <= MOST:
        raise Trouble(422, "bad_parameter", f"the number of symbols is from 1 to {MOST}, not {len(texts)}")
    try:
        return list(dict.fromkeys(parse_symbol(text) for text in texts))
    except BadSymbol as trouble:
        raise Trouble(422, "bad_symbol", str(trouble)) from None


def spark(symbol: str, begin: int, closes: list[float | None]) -> Spark:
    """Return a line without what is unknown at its beginning and at its end."""
    known = [place for place, close in enumerate(closes) if close is not None]
    if not known:
        return Spark(symbol=symbol, interval=INTERVAL, start=None, closes=[])
    kept = closes[known[0] : known[-1] + 1]
    return Spark(symbol=symbol, interval=INTERVAL, start=begin + known[0] * INTERVALS[INTERVAL], closes=kept)


async def sparks(request: HttpRequest, symbols: str) -> HttpResponse:
    """The closes of the last 24 hours of each symbol (comma separated, at most 50), of stored bars alone: no
    venue is asked for more, and nothing is kept live for it."""
    wanted = canonical([text.strip() for text in symbols.split(",") if text.strip()])
    now = wall()
    length = INTERVALS[INTERVAL]
    begin = now // length * length + length - DAY
    found = await store.aread(store.read_closes, wanted, INTERVAL, begin, now)
    return answer({"sparks": [spark(symbol, begin, found[symbol]) for symbol in wanted]})
