"""Floor 4. Who may send something that is kept or costs work: a user or a browser that opened the page, with
the token that only our own page can know, not too much, and not too often."""

import time
from collections import OrderedDict
from typing import TypeVar

import msgspec
from django.http import HttpRequest
from django.middleware.csrf import get_token
from ninja.utils import check_csrf

from dashboard.answers import Trouble
from dashboard.limits import Bucket
from dashboard.recents import owner_of

T = TypeVar("T")

OWNERS = 10_000  # whose allowance is remembered; who did nothing for longest begins with a whole one again
HEADER = "X-CSRFToken"


class Allowances:
    """A token bucket for each owner: `rate` a second in the long run, `burst` at once."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, owner: str) -> None:
        """Take one of an owner's. Raises Trouble when it is one too many."""
        now = time.monotonic()
        bucket = self._buckets.setdefault(owner, Bucket(self._rate, self._burst, now))
        self._buckets.move_to_end(owner)
        if len(self._buckets) > OWNERS:
            self._buckets.popitem(last=False)
        if not bucket.take(now):
            raise Trouble(
                429, "rate_limited", f"at most {self._rate * 60:g} a minute; try again in some seconds"
            )


def token_of(request: HttpRequest) -> str:
    """Return the token that the page shows with what it sends, in the header `X-CSRFToken`."""
    return get_token(request)


async def writer_of(request: HttpRequest) -> str:
    """Return the owner for whom a request may write. Raises Trouble for a stranger, and for a page that isn't
    ours: what a browser sends by itself, its cookies, is not enough."""
    owner = await owner_of(request)
    if owner is None:
        raise Trouble(403, "not_known", "open the page first: this browser isn't known here")
    if request.content_type != "application/json":
        raise Trouble(422, "bad_body", "send JSON, with Content-Type: application/json")
    if check_csrf(request) is not None:
        raise Trouble(
            403, "bad_token", f"send the page's token in the header {HEADER}; GET /api/desk tells it"
        )
    return owner


def body_of(request: HttpRequest, decoder: "msgspec.json.Decoder[T]", longest: int) -> T:
    """Return the body of a request of at most `longest` bytes. Raises Trouble."""
    body = request.read(longest + 1)
    if len(body) > longest:
        raise Trouble(413, "too_long", f"a body has at most {longest} bytes")
    return decoded(body, decoder)


def decoded(text: bytes, decoder: "msgspec.json.Decoder[T]") -> T:
    """Return what a JSON text says. Raises Trouble."""
    try:
        return decoder.decode(text)
    except msgspec.ValidationError as error:  # it names the place: $.studies[3].name
        raise Trouble(422, "bad_body", str(error)) from None
    except (msgspec.DecodeError, UnicodeError) as error:
        raise Trouble(400, "bad_json", f"not JSON: {error}") from None
    except RecursionError:
        raise Trouble(422, "too_deep", "this is nested too deeply") from None


REFUSED = {
    400: "Not JSON",
    403: "Somebody whom nobody knows, or not the page's token",
    413: "Too long",
    429: "Too many requests",
}
"""Why a write is refused, by status: for its description."""
