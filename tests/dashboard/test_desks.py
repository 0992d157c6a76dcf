"""The desks that are kept: one change after the other, taken over at login, and forgotten."""

import threading

from django.db import connections

from dashboard.desks import DAY, FORGOTTEN, Kept, forget_unused, read, take_over, write
from tests.feeds.databases import sql

USER, BROWSER = "user 7", "browser x"
NOW = 1_000 * DAY


def test_a_desk_is_made_from_the_one_that_is_stored(database: str) -> None:
    assert read(USER, NOW, database) == Kept(0, None)
    assert not write(USER, 3, "{}", NOW, database)
    assert write(USER, 0, '{"a":1}', NOW, database)
    assert not write(USER, 0, '{"a":2}', NOW, database)
    assert write(USER, 1, '{"a":3}', NOW, database)
    assert not write(USER, 1, '{"a":4}', NOW, database)
    assert read(USER, NOW, database) == Kept(2, '{"a":3}')
    assert read(BROWSER, NOW, database) == Kept(0, None)


def test_of_many_that_write_at_once_one_is_kept(database: str) -> None:
    for revision in range(4):
        kept = []

        def attempt(number: int, revision: int = revision, kept: list[int] = kept) -> None:
            try:
                if write(USER, revision, f'{{"by":{number}}}', NOW, database):
                    kept.append(number)
            finally:
                connections[database].close()

        threads = [threading.Thread(target=attempt, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(kept) == 1
        assert read(USER, NOW, database) == Kept(revision + 1, f'{{"by":{kept[0]}}}')


def test_a_browsers_desk_becomes_that_of_a_user_without_one(database: str) -> None:
    assert not take_over(BROWSER, USER, database)
    write(BROWSER, 0, '{"a":1}', NOW, database)
    write(BROWSER, 1, '{"a":2}', NOW, database)
    assert take_over(BROWSER, USER, database)
    assert read(USER, NOW, database) == Kept(2, '{"a":2}')
    assert read(BROWSER, NOW, database) == Kept(0, None)


def test_a_user_with_a_desk_keeps_it_and_the_browser_keeps_its_own(database: str) -> None:
    write(BROWSER, 0, '{"a":1}', NOW, database)
    write(USER, 0, '{"b":1}', NOW, database)
    assert not take_over(BROWSER, USER, database)
    assert read(USER, NOW, database).document == '{"b":1}'
    assert read(BROWSER, NOW, database).document == '{"a":1}'


def test_a_browsers_desk_that_nobody_opens_is_forgotten_and_a_users_never(database: str) -> None:
    for owner in ("browser old", "browser opened", "user 1"):
        write(owner, 0, "{}", NOW, database)
    read("browser opened", NOW + DAY, database)  # noted once a day: this is too soon
    assert used(database) == {NOW}
    read("browser opened", NOW + DAY + 1, database)
    forget_unused(NOW + FORGOTTEN, database)
    assert read("browser old", NOW, database).document is None
    assert read("browser opened", NOW, database).document == read("user 1", NOW, database).document == "{}"


def test_of_browsers_a_bounded_number_of_desks_is_kept(database: str, monkeypatch) -> None:
    monkeypatch.setattr("dashboard.desks.MOST", 2)
    for number in range(5):
        write(f"browser {number}", 0, "{}", NOW + number, database)
    write("user 1", 0, "{}", NOW - 9, database)
    forget_unused(NOW + 10, database)
    assert used(database) == {NOW - 9, NOW + 3, NOW + 4}


def used(database: str) -> set[int]:
    return {at for (at,) in sql(database, "SELECT used FROM dashboard_desk")}
