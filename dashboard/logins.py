"""Floor 4. Sockets end with their login: at once on logout, within half a minute on expiry, password change
or a user switched off."""

import asyncio
import logging
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.signals import user_logged_out
from django.contrib.sessions.backends.db import SessionStore
from django.db import Error
from django.http import HttpRequest

from dashboard.reader import Reader
from feeds import wire
from feeds.store import aread

log = logging.getLogger("dashboard.logins")

LOOK = 20.0  # seconds between two looks at the sessions of all sockets


def is_logged_in(session_key: str) -> bool:
    """Tell whether a session is still that of an active user; the socket's own copy would not know."""
    request = HttpRequest()
    request.session = SessionStore(session_key)
    return bool(get_user(request).is_authenticated)


def tell_logout(sender: Any, request: HttpRequest, **_: Any) -> None:
    """Tell every web process that a session is over. Without a channel layer the next look finds it."""
    key = request.session.session_key
    if not settings.LOGIN_REQUIRED or not key:
        return
    message = wire.pack(wire.SESSION_OVER, wire.SessionOver(wire.session_digest(key)))
    try:
        async_to_sync(get_channel_layer().group_send)(wire.SESSIONS_GROUP, message)
    except Exception as error:  # the layer raises whatever its Redis client does
        log.warning("logout not told to the sockets: %s", error)


user_logged_out.connect(tell_logout)


def end(reader: Reader) -> None:
    """Close a socket whose login is over."""
    reader.end(wire.CLOSE_LOGIN)


def end_session(readers: set[Reader], over: wire.SessionOver) -> None:
    """Close every socket of one session."""
    for reader in list(readers):
        if reader.session_key and wire.session_digest(reader.session_key) == over.digest:
            end(reader)


async def watch(readers: set[Reader]) -> None:
    """Look once, after a while, at the session of every socket, and close those whose login is over."""
    await asyncio.sleep(LOOK)
    keys = {reader.session_key for reader in readers if reader.session_key}
    try:
        over = {key for key in keys if not await aread(is_logged_in, key)}
    except Error as error:
        log.warning("sessions not checked: %s", error)
        return
    for reader in list(readers):
        if reader.session_key in over:
            end(reader)
