"""Floor 3. Questions to the database, and the threads in which they are asked for an event loop."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import close_old_connections, connections

P = ParamSpec("P")
T = TypeVar("T")

READERS = 2  # threads of our own: a slow query must not hold up Django's one thread for everything

_readers = ThreadPoolExecutor(READERS, thread_name_prefix="bar-reader")


def rows(using: str, sql: str, values: Sequence[object]) -> list[tuple]:
    """Return the rows that a statement finds. Raises django.db.Error."""
    with connections[using].cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def value(using: str, sql: str, values: Sequence[object]) -> int | None:
    """Return the one value that a statement finds, None when it finds no row. Raises django.db.Error."""
    found = rows(using, sql, values)
    return found[0][0] if found else None


async def aread(read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return what a reading function returns, run in a thread of the store's own.

    Raises what it raises; the connection is looked after as in a request (health check, greatest age).
    """
    work = partial(_looked_after, partial(read, *args, **kwargs))
    return await asyncio.get_running_loop().run_in_executor(_readers, work)


def _looked_after(read: Callable[[], T]) -> T:
    close_old_connections()
    try:
        return read()
    finally:
        close_old_connections()
