"""Databases made for one test: a SQLite file as the program opens it, or a PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connections

SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 0.05,  # s; the program waits longer, a test need not
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
}


def sqlite_settings(path: Path) -> dict:
    """Return Django's settings of a SQLite file."""
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": SQLITE_OPTIONS}


@contextmanager
def migrated(alias: str, settings: dict, app: str = "feeds") -> Iterator[str]:
    """Give the alias of a database with the tables of an app; Django forgets it afterwards."""
    connections.settings[alias] = connections.configure_settings({"default": settings})["default"]
    try:
        call_command("migrate", app, database=alias, verbosity=0)
        yield alias
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]


def sql(alias: str, text: str) -> list[tuple]:
    """Run a statement and return its rows, if it has any."""
    with connections[alias].cursor() as cursor:
        cursor.execute(text)
        return cursor.fetchall() if cursor.description else []
