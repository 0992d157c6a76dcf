"""Floor 4. The desks that are kept: one document of each user, or of the browser of somebody not logged in.

The functions wait for the database: call them with `await aread(…)` where a loop runs.
"""

import logging
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.db import DEFAULT_DB_ALIAS, Error, IntegrityError
from django.db.models import F, Model, QuerySet
from django.db.models.signals import post_delete
from django.db.transaction import atomic
from django.http import HttpRequest
from msgspec import Struct

from dashboard.models import KeptDesk
from dashboard.recents import LASTING, browser_of, name_of_browser, name_of_user

log = logging.getLogger("dashboard.desks")

DAY = 86_400_000  # ms
FORGOTTEN = LASTING * 1_000  # ms after which a browser's desk that nobody opened is nobody's
MOST = 10_000  # desks of browsers


class Kept(Struct, frozen=True):
    """A desk as it is kept: its JSON, None of an owner who has none, and then revision 0."""

    revision: int = 0
    document: str | None = None


def of(owner: str, using: str) -> QuerySet[KeptDesk]:
    """Return the rows of an owner: one, or none."""
    return KeptDesk.objects.using(using).filter(owner=owner)


def read(owner: str, now: int, using: str = DEFAULT_DB_ALIAS) -> Kept:
    """Return an owner's desk, and note once a day that it is used. Raises django.db.Error."""
    row = of(owner, using).first()
    if row is None:
        return Kept()
    if row.used < now - DAY:
        of(owner, using).update(used=now)
    return Kept(row.revision, row.document)


def write(owner: str, revision: int, document: str, now: int, using: str = DEFAULT_DB_ALIAS) -> bool:
    """Keep a desk that was made from this revision (0: from none); False, and nothing is changed, when
    another one is stored. Raises django.db.Error."""
    if revision:
        same = of(owner, using).filter(revision=revision)
        return bool(same.update(revision=F("revision") + 1, document=document, used=now))
    try:
        with atomic(using=using):
            KeptDesk.objects.using(using).create(owner=owner, revision=1, document=document, used=now)
    except IntegrityError:
        return False
    return True


def take_over(browser: str, user: str, using: str = DEFAULT_DB_ALIAS) -> bool:
    """Make a browser's desk that of a user who has none; False when there is none to take, or he has one,
    which both stay. Raises django.db.Error."""
    if of(user, using).exists():
        return False
    try:
        with atomic(using=using):
            return bool(of(browser, using).update(owner=user))
    except IntegrityError:  # he logged in twice at once
        return False


def forget_unused(now: int, using: str = DEFAULT_DB_ALIAS) -> None:
    """Delete the browsers' desks that were not used for months, and beyond a bound the oldest; users' stay.
    Raises django.db.Error."""
    browsers = KeptDesk.objects.using(using).filter(owner__startswith=name_of_browser(""))
    edge = browsers.order_by("-used").values_list("used", flat=True)[MOST : MOST + 1].first()
    browsers.filter(used__lte=max(now - FORGOTTEN, -1 if edge is None else edge)).delete()


def on_login(sender: Any, request: HttpRequest, user: Model, **_: Any) -> None:
    """Give who logs in the desk of the browser it is done with. A database that is away keeps nobody out."""
    browser = browser_of(request)
    try:
        if browser is not None:
            take_over(name_of_browser(browser), name_of_user(user.pk))
    except Error as error:
        log.warning("a browser's desk is not taken over: %s", error)


def on_deletion(sender: Any, instance: Model, using: str, **_: Any) -> None:
    """Delete the desk of a user who is deleted."""
    of(name_of_user(instance.pk), using).delete()


user_logged_in.connect(on_login)
post_delete.connect(on_deletion, sender=settings.AUTH_USER_MODEL)
