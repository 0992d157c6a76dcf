"""Databases for the store's tests: a SQLite file and, where it can be started, a PostgreSQL of our own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.feeds.databases import migrated, sql, sqlite_settings
from tests.postgres import Postgres, throwaway_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres | None]:
    with throwaway_postgres() as server:
        if server:
            server.create("ticker")
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path, django_db_blocker) -> Iterator[str]:
    """The alias of an empty database."""
    if request.param == "sqlite":
        settings = sqlite_settings(tmp_path / "bars.sqlite3")
    else:
        server = request.getfixturevalue("postgres") or pytest.skip("no PostgreSQL on this machine")
        settings = server.settings("ticker")
    with django_db_blocker.unblock(), migrated(f"own-{request.param}", settings) as alias:
        yield alias
        for table in ("feeds_bar", "feeds_instrument", "feeds_asked", "feeds_recent"):
            sql(alias, f"DELETE FROM {table}")
