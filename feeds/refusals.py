"""Floor 3. What an HTTP status other than success means for us: one plain reason, and how long to wait."""

import time
from email.utils import parsedate_to_datetime

from feeds.errors import FeedError

LIMITED = (418, 429)  # HTTP statuses of a venue that is asked too often
AWAY = 60.0  # seconds to stay away after a 429 that doesn't say for how long
FURTHEST = 900.0


def seconds(retry_after: str | None) -> float | None:
    """Return the seconds of a Retry-After header, which may be a number or a date."""
    if not retry_after:
        return None
    try:
        return min(max(float(retry_after), 0.0), FURTHEST)
    except ValueError:
        pass
    try:
        return min(max(parsedate_to_datetime(retry_after).timestamp() - time.time(), 0.0), FURTHEST)
    except (TypeError, ValueError):
        return None


def refused_status(status: int, retry_after: str | None) -> FeedError:
    """Return what an HTTP status that is not a success means for us."""
    wait = seconds(retry_after)
    if status in LIMITED:
        return FeedError(f"rate limited (HTTP {status})", AWAY if wait is None else wait)
    if status == 451:
        return FeedError("not served to this country (HTTP 451)", FURTHEST, terminal=True)
    if status == 403:
        return FeedError("refused (HTTP 403)", wait or AWAY)
    if status == 404:
        return FeedError("not found (HTTP 404)", wait, terminal=True)
    if status >= 500:
        return FeedError(f"venue out of order (HTTP {status})", wait)
    return FeedError(f"unexpected answer (HTTP {status})", wait)
