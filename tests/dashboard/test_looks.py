"""A page begins as the one before looked."""

import pytest
from django.test import Client, RequestFactory

from dashboard.looks import looks, looks_of

FIRST = {"theme": "dark", "pair": "green", "density": "normal"}


@pytest.mark.parametrize(
    ("cookie", "seen"),
    [
        (None, FIRST),
        ("light.blue.compact", {"theme": "light", "pair": "blue", "density": "compact"}),
        ("light", FIRST | {"theme": "light"}),
        ('"><script>.blue.x', FIRST | {"pair": "blue"}),
        ("a.b.c.d.e", FIRST),
    ],
)
def test_what_the_cookie_says_is_seen_and_nothing_else(cookie: str | None, seen: dict[str, str]) -> None:
    request = RequestFactory().get("/")
    if cookie is not None:
        request.COOKIES["looks"] = cookie
    assert looks(request) == {"looks": seen}


@pytest.mark.parametrize(
    ("document", "theme"),
    [
        ({"looks": {"theme": "light"}}, "light"),
        ({"looks": {"theme": "system"}}, "dark"),
        ({"looks": {"theme": ["light"]}}, "dark"),
        ({"looks": "light"}, "dark"),
        ({}, "dark"),
        (None, "dark"),
    ],
)
def test_a_desk_says_how_its_page_begins(document: object, theme: str) -> None:
    request = RequestFactory().get("/")
    request.COOKIES["looks"] = "dark.blue.normal"
    expected = {"theme": theme, "pair": "blue", "density": "normal"}
    assert looks_of({"document": document}, request) == expected
    assert looks_of(None, request)["theme"] == "dark"


def test_the_page_to_log_in_looks_like_the_desk() -> None:
    client = Client()
    client.cookies["looks"] = "light.blue.compact"
    page = client.get("/login/").content.decode()
    assert 'data-theme="light" data-pair="blue"' in page
