"""Floor 4. `POST /api/ticks`: prices of your own, checked here and published by the feed worker as DESK's.

Who knows the token may push. A browser's cookie counts for nothing here, so no page can push for its user.
"""

import hmac
import itertools
import time

import msgspec
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from msgspec import Struct

from dashboard.answers import Trouble
from dashboard.clock import wall
from dashboard.hub import Hub
from dashboard.limits import Bucket
from feeds import wire
from feeds.errors import BadSymbol
from feeds.market import is_price, is_size
from feeds.symbols import parse_symbol, venue_of

DESK = "DESK"
LONGEST = 65_536  # bytes of a body
MOST = 1_000  # ticks in one
RATE = 100.0  # requests a second of one process
AHEAD = 2_000  # ms that a pusher's clock may be ahead of ours
EARLIEST = 10**11  # ms; what is before 1973 was meant in seconds
FIRST_WORD = 2.5  # seconds that a process which has just begun waits for the worker's first word
LIKE = '{"ticks":[{"symbol":"DESK:MY-INDEX","price":101.5}]}'

_allowance = Bucket(RATE, RATE, time.monotonic())
_count = itertools.count()


class GivenTick(Struct):
    """A tick as it is pushed: `time` (ms UTC) is ours where none is given, with a `size` it is a trade."""

    symbol: str
    price: float
    size: float | None = None
    time: int | None = None


class GivenTicks(Struct):
    """The body of a push."""

    ticks: list[GivenTick]


class Accepted(Struct):
    """The answer to a push: how many ticks were published."""

    accepted: int


_body = msgspec.json.Decoder(GivenTicks)


async def push(request: HttpRequest, running: Hub) -> Accepted:
    """Publish the ticks of a request, all of them or none. Raises Trouble."""
    admit(request)
    ticks = checked(body_of(request), wall(), running.uplink.name[:12])
    await running.statuses.first_word(FIRST_WORD)
    if not running.statuses.worker_answers or not await running.uplink.ticks(ticks):
        raise Trouble(503, "unavailable", "the feed worker can't be reached; nothing was published")
    return Accepted(len(ticks))


def admit(request: HttpRequest) -> None:
    """Let a request in that may push. Raises Trouble with 403, 401 or 429."""
    if not settings.PUSH_TOKEN:
        raise Trouble(403, "not_allowed", "nothing can be pushed here: PUSH_TOKEN is not set")
    if DESK not in (card["venue"] for card in settings.DESK["venues"]):
        raise Trouble(403, "not_allowed", f"nothing can be pushed here: {DESK} is not among VENUES")
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    known = hmac.compare_digest(token.strip().encode(), settings.PUSH_TOKEN.encode())
    if kind.lower() != "bearer" or not known:
        raise Trouble(401, "bad_token", "send the header Authorization: Bearer <PUSH_TOKEN>")
    if not _allowance.take(time.monotonic()):
        raise Trouble(429, "rate_limited", f"at most {RATE:g} requests a second; send more ticks in each")


def body_of(request: HttpRequest) -> GivenTicks:
    """Return the body of a push. Raises Trouble."""
    try:
        body = request.body
    except RequestDataTooBig:
        body = b" " * (LONGEST + 1)
    if len(body) > LONGEST:
        raise Trouble(422, "too_long", f"a body has at most {LONGEST} bytes; push in several requests")
    try:
        return _body.decode(body)
    except msgspec.ValidationError as error:  # it names the place: $.ticks[3].price
        raise Trouble(422, "bad_tick", f"{error}; send {LIKE}") from None
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Trouble(400, "bad_json", f"not JSON: {error}; send {LIKE}") from None


def checked(given: GivenTicks, now: int, mark: str) -> list[wire.Tick]:
    """Return all ticks as they are published, each with an id of its own that begins with `mark`. Raises
    Trouble that names the first one that is wrong."""
    if not 1 <= len(given.ticks) <= MOST:
        raise Trouble(422, "bad_tick", f"ticks: 1 to {MOST} in one request, not {len(given.ticks)}")
    ticks = []
    for index, tick in enumerate(given.ticks):
        try:
            ticks.append(publishable(tick, now, f"{mark}-{next(_count)}"))
        except ValueError as error:
            raise Trouble(422, "bad_tick", f"ticks[{index}].{error}; nothing was published") from None
    return ticks


def publishable(tick: GivenTick, now: int, id: str) -> wire.Tick:
    """Return a tick as it is published. Raises ValueError that names the field and says what is right."""
    try:
        symbol = parse_symbol(tick.symbol)
    except BadSymbol as error:
        raise ValueError(f"symbol: {error}") from None
    if venue_of(symbol) != DESK:
        raise ValueError(f"symbol: only those of {DESK} can be pushed, like DESK:MY-INDEX, not {symbol}")
    if not is_price(tick.price):
        raise ValueError("price: a number above 0 and below 1e15")
    if tick.size is not None and not is_size(tick.size):
        raise ValueError("size: a number from 0, below 1e15")
    if tick.time is not None and not EARLIEST <= tick.time <= now + AHEAD:
        raise ValueError(f"time: milliseconds UTC, not after now ({now})")
    return wire.Tick(symbol, now if tick.time is None else tick.time, tick.price, tick.size or None, id)
