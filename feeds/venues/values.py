"""Floor 2. Numbers and times as venues write them, read into ours; what is none of them is an error."""

import re
from datetime import UTC, datetime, timedelta

from feeds.market import is_price, is_size

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)


def number(value: object) -> float | None:
    """Return a venue's number: a string, int or float, None for none of them (`""`, null, `"N/A"`).

    Raises ValueError for a text that looks like a number and is none (`"0.-10000"`, `"1,5"`, NaN).
    """
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        result = float(value) if abs(value) < 1e300 else float("inf")
    elif isinstance(value, str):
        if value.strip() in ("", "N/A", "N/D", "-", "null"):
            return None
        if not NUMBER.fullmatch(value):
            raise ValueError(f"not a number: {value[:32]!r}")
        result = float(value)
    else:
        raise ValueError(f"not a number: {type(value).__name__}")
    if result != result or result in (float("inf"), float("-inf")):
        raise ValueError(f"not a finite number: {str(value)[:32]!r}")
    return result


def price(value: object) -> float | None:
    """Return a price above zero; None when the venue gave none, or 0 for "none". ValueError otherwise."""
    result = number(value)
    if result is None or result == 0.0:
        return None
    if not is_price(result):
        raise ValueError(f"not a price: {str(value)[:32]!r}")
    return result


def size(value: object) -> float | None:
    """Return a size of zero or more, None when the venue gave none. ValueError otherwise."""
    result = number(value)
    if result is None:
        return None
    if not is_size(result):
        raise ValueError(f"not a size: {str(value)[:32]!r}")
    return result


RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,12}))?(Z|[+-]\d\d:\d\d)", re.ASCII
)


def rfc3339(text: str) -> int | None:
    """Return the time of an RFC 3339 text in ms UTC whatever its number of decimals; None for a zero
    time (year 1 or 1970-01-01), which venues write for "unknown". Raises ValueError for other texts."""
    found = RFC3339.fullmatch(text)
    if not found:
        raise ValueError(f"not a time: {text[:40]!r}")
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    if year <= 1970:
        return None
    if year > 2200:
        raise ValueError(f"not a time of ours: {text[:40]!r}")
    zone = found[8]
    shift = timedelta(0)
    if zone != "Z":
        shift = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6])) * (1 if zone[0] == "+" else -1)
    whole = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC) - shift
    millis = int(((found[7] or "") + "000")[:3])
    return int(whole.timestamp()) * 1000 + millis
