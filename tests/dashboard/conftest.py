"""Databases for the tests of desks: a SQLite file and, where it can be started, a PostgreSQL of our own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.feeds.conftest import postgres  # noqa: F401  a fixture
from tests.feeds.databases import migrated, sql, sqlite_settings


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path, django_db_blocker) -> Iterator[str]:
    """The alias of an empty database."""
    if request.param == "sqlite":
        settings = sqlite_settings(tmp_path / "desks.sqlite3")
    else:
        server = request.getfixturevalue("postgres") or pytest.skip("no PostgreSQL on this machine")
        settings = server.settings("ticker")
    with django_db_blocker.unblock(), migrated(f"desks-{request.param}", settings, "dashboard") as alias:
        yield alias
        sql(alias, "DELETE FROM dashboard_desk")
