"""Floor 4. `GET` and `PUT /api/desk`: the desk of who asks, which any of his pages may change.

A page sends the revision that it changed. Where another one is stored meanwhile it gets that one, to bring
both together and send again: nothing that another page did is lost unseen.
"""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable
from typing import Any, TypeVar

import msgspec
from django.core.signing import Signer
from django.db import Error
from django.http import HttpRequest, HttpResponse
from msgspec import Raw, Struct

from dashboard import desks
from dashboard.answers import Trouble, answer
from dashboard.clock import wall
from dashboard.recents import name_of_browser, owner_of
from dashboard.schemas import described, taking
from dashboard.writes import REFUSED, Allowances, body_of, decoded, token_of, writer_of
from feeds.store import aread

log = logging.getLogger("dashboard.desks")
T = TypeVar("T")

LONGEST = 262_144  # bytes of a document
ROUND_IT = 1_024  # bytes of a body around its document
DEEPEST = 12  # levels of lists and objects in a document
PURGE_EVERY = 3_600.0  # s
WHOSE = Signer(salt="dashboard.desk")

allowances = Allowances(rate=1.0, burst=60.0)
_null = Raw(b"null")


class Desk(Struct):
    """A desk as it is told. `owner` is a word by which a page knows whether the desk is still of the same
    user or browser, `token` what it shows when it writes; both are "" for a stranger, who has no desk."""

    revision: int
    document: dict[str, Any] | None
    owner: str
    token: str


class GivenDesk(Struct):
    """A desk as it is sent: made from `revision`, which was 0 where there was none, and was `owner`'s."""

    revision: int
    document: Raw
    owner: str = ""


class Saved(Struct):
    """The answer to a desk that is kept."""

    revision: int


class DeskAsSent(Struct):
    """What a `GivenDesk` is, for the documents."""

    revision: int
    document: dict[str, Any]
    owner: str = ""


READ = described(Desk)
WRITE = taking(
    DeskAsSent, described(Saved), REFUSED | {409: "Another revision is stored: it comes with this"}
)
_given, _any = msgspec.json.Decoder(GivenDesk), msgspec.json.Decoder(Any)


async def kept(request: HttpRequest) -> HttpResponse:
    """The desk that is kept of this user or browser; `document` is null where there is none."""
    owner = await owner_of(request)
    if owner is None:
        return answer({"revision": 0, "document": None, "owner": "", "token": ""})
    return answer(told(request, owner, await reached(aread(desks.read, owner, wall()))))


async def first(request: HttpRequest, browser: str) -> dict[str, Any] | None:
    """Return the desk as a page is told it in its own text, None where it can't be had; a stranger is from
    now on the browser of this name, which has none yet."""
    owner = await owner_of(request)
    if owner is None:
        return told(request, name_of_browser(browser), desks.Kept()) | {"document": None}
    try:
        desk = await aread(desks.read, owner, wall())
    except Error as trouble:
        log.warning("a page begins without its desk: %s", trouble)
        return None
    document = None if desk.document is None else msgspec.json.decode(desk.document)
    return told(request, owner, desk) | {"document": document}


async def keep(request: HttpRequest) -> HttpResponse:
    """Keep a desk that was made from the stored revision. Is another one stored, that comes with a 409."""
    owner = await writer_of(request)
    allowances.take(owner)
    given = body_of(request, _given, LONGEST + ROUND_IT)
    document = checked(given.document)
    ours = given.owner in ("", whose(owner))
    if ours and await reached(aread(desks.write, owner, given.revision, document, wall())):
        purge.soon()
        return answer(Saved(given.revision + 1))
    stored = await reached(aread(desks.read, owner, wall()))
    message = f"revision {stored.revision} is stored, this was made from {given.revision}"
    conflict = {
        "error": {"code": "conflict", "message": message if ours else "this was somebody else's desk"}
    }
    return answer(conflict | told(request, owner, stored), 409)


def told(request: HttpRequest, owner: str, desk: desks.Kept) -> dict[str, Any]:
    """Return a desk as the API tells it."""
    document = _null if desk.document is None else Raw(desk.document.encode())
    stored = {"revision": desk.revision, "document": document}
    return stored | {"owner": whose(owner), "token": token_of(request)}


def whose(owner: str) -> str:
    """Return a word that is an owner's alone and tells nothing of him."""
    return WHOSE.signature(owner)[:22]


async def reached(asking: Awaitable[T]) -> T:
    """Return what the database says. Raises Trouble when it can't be reached."""
    try:
        return await asking
    except Error as error:
        log.warning("a desk can't be read or kept: %s", error)
        raise Trouble(503, "unavailable", "desks can't be kept now; what you do stays in the page") from None


# --------------------------------------------------------------------------- what a document may be
def checked(document: Raw) -> str:
    """Return a document's JSON as it was sent. Raises Trouble when it isn't one that can be kept."""
    text = bytes(document)
    if len(text) > LONGEST:
        raise Trouble(413, "too_long", f"a desk has at most {LONGEST} bytes, not {len(text)}")
    content = decoded(text, _any)
    if not isinstance(content, dict):
        raise Trouble(422, "bad_document", "document: a JSON object")
    level: list[Any] = [content]
    for _ in range(DEEPEST):
        level = [part for each in level for part in parts_of(each)]
    if level:
        raise Trouble(422, "too_deep", f"document: at most {DEEPEST} levels of lists and objects")
    return text.decode()


def parts_of(container: dict[str, Any] | list[Any]) -> list[Any]:
    """Return the lists and objects in one of them. Raises Trouble for a value that can't be kept."""
    values = [*container.values(), *container] if isinstance(container, dict) else container
    for value in values:
        if isinstance(value, str) and "\0" in value:
            raise Trouble(422, "bad_document", "document: a text holds the character NUL")
        if isinstance(value, int | float) and not is_finite(value):
            raise Trouble(422, "bad_document", "document: a number is too large")
    return [value for value in values if isinstance(value, dict | list)]


def is_finite(value: float) -> bool:
    """Tell whether a browser reads a number as a finite one."""
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer of more than 308 digits
        return False


class Purge:
    """Forgets old desks now and then, after a write and beside its answer."""

    def __init__(self) -> None:
        self._next = 0.0
        self._going: asyncio.Task[None] | None = None

    def soon(self) -> None:
        """Purge beside what goes on, unless that was done within the hour."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + PURGE_EVERY
            self._going = asyncio.create_task(self._purge(), name="desks")

    async def _purge(self) -> None:
        try:
            await aread(desks.forget_unused, wall())
        except Error as error:
            log.warning("old desks are not deleted: %s", error)


purge = Purge()
