"""Floor 4. Who used which symbol last: a user, or the browser of somebody who has not logged in.

A browser is known by a signed cookie that comes with the page; without it nothing is remembered, so that a
stranger who only asks leaves no trace. What was used is noted beside the answer that told of it.
"""

import asyncio
import logging
import uuid
from time import monotonic

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from dashboard.clock import wall
from feeds import store

log = logging.getLogger("dashboard.recents")

COOKIE = "ticker_browser"
SALT = "dashboard.recents"
LASTING = 90 * 86_400  # seconds that a browser is known after its last visit
WAITING = 1_000  # notes that wait to be written; more are left out
PURGE_EVERY = 3_600.0  # s


async def owner_of(request: HttpRequest) -> str | None:
    """Return whose symbols a request's are, None for somebody nobody knows."""
    user = await request.auser()
    if user.is_authenticated:
        return name_of_user(user.pk)
    browser = browser_of(request)
    return name_of_browser(browser) if browser else None


def name_of_user(key: object) -> str:
    """Return what a user is called as an owner."""
    return f"user {key}"


def name_of_browser(browser: str) -> str:
    """Return what a browser is called as an owner."""
    return f"browser {browser}"


def browser_of(request: HttpRequest) -> str | None:
    """Return the name that this browser was given with the page, None where it has none of ours."""
    return request.get_signed_cookie(COOKIE, default=None, salt=SALT, max_age=LASTING)


def named(request: HttpRequest) -> str:
    """Return the name that this browser has, or is given now."""
    return browser_of(request) or uuid.uuid4().hex


def know_again(browser: str, response: HttpResponse) -> None:
    """Have the browser of a name known again when it comes back."""
    response.set_signed_cookie(
        COOKIE,
        browser,
        salt=SALT,
        max_age=LASTING,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


class Recents:
    """What was used and is on its way into the database: one write at a time, and none that is waited for."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str], int] = {}
        self._writer: asyncio.Task[None] | None = None
        self._purge_at = 0.0

    def note(self, owner: str | None, symbol: str) -> None:
        """Note that somebody uses a symbol now."""
        if owner is None or len(self._waiting) >= WAITING:
            return
        self._waiting[(owner, symbol)] = wall()
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write(), name="recents")

    async def _write(self) -> None:
        while self._waiting:
            used, self._waiting = self._waiting, {}
            try:
                await store.aread(store.note_used, used)
                if monotonic() >= self._purge_at:
                    self._purge_at = monotonic() + PURGE_EVERY
                    await store.aread(store.forget_unused, wall())
            except Exception as error:  # a comfort: the database may be away, and the answer was given
                log.warning("what was used is not noted: %s", error)


recents = Recents()
