"""Floor 2. What the venues share in reading: fields that may be bad one by one, entries that become quotes
and trades, and rows that become bars. What they share in reading answers is in `answers.py`."""

import struct
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec

from feeds.market import HIGHEST_PRICE, INTERVALS, Bar, Quote, Side, Trade, floor_time
from feeds.venues.base import Event, Notice, quoted
from feeds.venues.values import number, price, size

Value = TypeVar("Value")
Prices = tuple[object, object, object, object]
Columns = tuple[int, int, int, int, int, int]
YEAR = 365 * 86_400  # seconds
NEVER = 7_258_118_400  # seconds: the year 2200, of which no price is
PLAIN = (price, size)
SIZES = {"size", "bid_size", "ask_size", "volume"}  # those figures of a quote that may be zero


class Fields:
    """Reads the fields of one entry; one that can't be believed becomes None and a notice in `bad`.

    The notice's reason begins with what kind of frame and which field, for that is what is counted.
    """

    def __init__(self, kind: str, native: str) -> None:
        self.kind = kind
        self.native = native
        self.bad: list[Event] = []

    def read(self, name: str, reader: Callable[..., Value | None], value: object) -> Value | None:
        """Return what `reader` makes of the value, None when the venue gave none or a wrong one."""
        if value is None:
            return None
        if type(value) is float and 0.0 < value < HIGHEST_PRICE and reader in PLAIN:
            return value  # type: ignore[return-value]  # as nearly all are
        try:
            return reader(value)
        except (ValueError, TypeError, OverflowError) as error:
            self.note(name, str(error))
            return None

    def need(self, name: str, reader: Callable[..., Value | None], value: object) -> Value | None:
        """Return the same for a field that must be there: its absence is noted too."""
        noted = len(self.bad)
        result = self.read(name, reader, value)
        if result is None and len(self.bad) == noted:
            self.note(name, f"has none ({value!r})"[:60])
        return result

    def must(self, name: str, value: object) -> None:
        """Note the absence of a field that must be there."""
        if value is None:
            self.note(name, "has none")

    def newest(self, name: str, value: object) -> float | None:
        """Return the last price, which must be there; 0 or "" is that of what was never traded."""
        self.must(name, value)
        return self.read(name, price, value)

    def note(self, name: str, problem: str) -> None:
        self.bad.append(Notice(kind="bad", reason=quoted(f"bad {self.kind} {name}: {self.native} {problem}")))

    def events(self, quote: Quote) -> list[Event]:
        """Return the quote, when it says anything at all, and the notices."""
        if quote.last is None and quote.bid is None and quote.ask is None:
            return self.bad
        return [quote, *self.bad]

    def quote(self, symbol: str, received: int, time: int | None = None, **told: object) -> list[Event]:
        """Return the quote of figures as the venue told them, each by our name for it, and the notices."""
        parts: dict[str, Any] = {
            name: self.read(name, size if name in SIZES else price, value) for name, value in told.items()
        }
        return self.events(Quote(symbol=symbol, received=received, time=time, **parts))

    def trade(
        self,
        symbol: str,
        time: int | None,
        told: tuple[object, object, object],
        side: Side | None = None,
        recap: bool = False,
    ) -> Trade | None:
        """Return the trade of an id, a price and a size as the venue told them, None (and notices) for one
        that is none; `time` was read before, in the venue's own way."""
        counted = self.need("id", trade_id, told[0])
        at, amount = self.need("price", price, told[1]), self.need("size", size, told[2])
        if time is None or counted is None or at is None or amount is None:
            return None
        return Trade(symbol=symbol, id=counted, time=time, price=at, size=amount, side=side, recap=recap)

    def opening(self, last: float | None, change: object) -> float | None:
        """Return the price of a day ago, from the newest one and the change since then."""
        by = self.read("change", number, change)
        return None if last is None or by is None else self.read("change", price, dustless(last - by, 12))


def trades_of(
    entries: Iterable[Any], kind: str, native: str, read: Callable[[Any, Fields], Trade | None]
) -> list[Event]:
    """Return the trades that `read` makes of a frame's entries, oldest first whatever their order in it, then
    what was wrong with the others."""
    trades: list[Trade] = []
    bad: list[Event] = []
    for entry in entries:
        fields = Fields(kind, native)
        made = read(entry, fields)
        trades += [made] if made else []
        bad += fields.bad
    return [*sorted(trades, key=by_time), *bad]


def as_text(message: object) -> str:
    """Return a message of ours as it is sent."""
    return msgspec.json.encode(message).decode()


def by_time(trade: Trade) -> tuple[int, int, str]:
    return trade.time, len(trade.id), trade.id  # ids are numbers, as texts


def bar(
    symbol: str,
    interval: str,
    opening: object,
    prices: Prices,
    volume: object,
    now: int,
    per_second: int = 1,
) -> Bar | None:
    """Return the bar of one row of history (open, high, low, close), None for a row that is none. Its time is
    counted so many a second; as a text, too.

    A row without a full set of prices, or between two openings (a venue's live price at the end), is none.
    """
    try:
        whole = per_second == 1 and not isinstance(opening, str)
        time = unix_time(opening) if whole else counted_time(opening, per_second)
        opened, high, low, close = (price(value) for value in prices)
        amount = size(volume)
    except ValueError:
        return None
    if opened is None or high is None or low is None or close is None:
        return None
    if time is None or floor_time(time, interval) != time:
        return None
    return Bar(
        symbol=symbol,
        interval=interval,
        time=time,
        open=opened,
        high=max(high, opened, close),
        low=min(low, opened, close),
        close=close,
        volume=dustless(amount or 0.0),
        closed=time + INTERVALS[interval] <= now,
        source="backfill",
    )


def bar_of(
    row: Any, columns: Columns, symbol: str, interval: str, now: int, per_second: int = 1
) -> Bar | None:
    """Return the bar of a row that is a list, whose columns have these numbers: time, open, high, low, close
    and volume; None for a row that is none."""
    if not isinstance(row, list) or len(row) <= max(columns):
        return None
    time, opened, high, low, close, volume = (row[column] for column in columns)
    return bar(symbol, interval, time, (opened, high, low, close), volume, now, per_second)


def unix_time(seconds: object) -> int | None:
    """Return a venue's time in whole seconds as ms; None for none or zero. ValueError for anything else."""
    if seconds is None or seconds == 0:
        return None
    if not isinstance(seconds, (int, float)) or not 0 < seconds < NEVER or int(seconds) != seconds:
        raise ValueError(f"not a time: {str(seconds)[:32]!r}")
    return int(seconds) * 1000


def price_time(seconds: object) -> int | None:
    """Return the time of a price, told in whole seconds, as ms; None for none, zero, and times of 1970, which
    stand for "unknown". ValueError for anything else."""
    time = unix_time(seconds)
    return time if time is not None and time >= YEAR * 1000 else None


def in_order(bars: Iterable[Bar | None]) -> list[Bar]:
    """Return the bars oldest first, the last one told where a time was told twice."""
    by_time = {bar.time: bar for bar in bars if bar is not None}
    return [by_time[time] for time in sorted(by_time)]


def dustless(value: float, digits: int = 14) -> float:
    """Return a sum of binary floats without its dust: 4.727521520000001 → 4.72752152."""
    return float(f"{value:.{digits}g}")


def undusted(value: float) -> float:
    """Return what a venue meant that sent a float32 as a double: 232.35000610351562 → 232.35.

    The shortest decimal of 7 to 9 digits that is the same float32; any other number is returned as it is.
    """
    if abs(value) > 3e38 or not is_float32(value):
        return value
    for digits in (7, 8, 9):
        short = float(f"{value:.{digits}g}")
        if struct.pack("f", short) == struct.pack("f", value):
            return short
    return value


def is_float32(value: float) -> bool:
    return struct.unpack("f", struct.pack("f", value))[0] == value


def split_pair(code: str, quotes: Iterable[str]) -> tuple[str, str]:
    """Return base and quote of a code that doesn't separate them (`BTCUSDT`), by the longest of the known
    quote currencies that it ends with. Raises ValueError when it ends with none."""
    fits = [quote for quote in quotes if code.endswith(quote) and len(code) > len(quote)]
    if not fits:
        raise ValueError(f"no known currency at the end of {code[:32]!r}")
    quote = max(fits, key=len)
    return code[: -len(quote)], quote


def counted_time(value: object, per_second: int) -> int | None:
    """Return a venue's time, an integer or its digits, counted so many a second since 1970, as ms; None for
    none, zero, and times of 1970, which stand for "unknown". ValueError for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 20:
        value = int(value)
    if value is None or value == 0:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < NEVER * per_second:
        raise ValueError(f"not a time: {str(value)[:32]!r}")
    return value * 1000 // per_second if value >= YEAR * per_second else None


def millis(value: object) -> int | None:
    """Return a venue's time in ms; None for none, zero, and times of 1970. ValueError for others, µs too."""
    return counted_time(value, 1000)


def trade_id(value: object) -> str:
    """Return a venue's number or name of a trade as a text. ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, str)) or not 0 < len(str(value)) <= 64:
        raise ValueError("not an id")
    return str(value)
