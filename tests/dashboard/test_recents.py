"""Who is known again, and that noting what they used holds nobody up."""

import asyncio
from types import SimpleNamespace

from django.http import HttpRequest, HttpResponse

from dashboard import recents as room
from dashboard.recents import COOKIE, Recents, browser_of, know_again, named, owner_of
from tests.support import wait_for


def request_with(cookie: str | None = None, user: object = None) -> HttpRequest:
    request = HttpRequest()
    if cookie is not None:
        request.COOKIES[COOKIE] = cookie

    async def auser() -> object:
        return user or SimpleNamespace(is_authenticated=False, pk=None)

    request.auser = auser  # type: ignore[method-assign]
    return request


def given(request: HttpRequest) -> str:
    response = HttpResponse()
    know_again(named(request), response)
    return response.cookies[COOKIE].value


async def test_a_browser_is_known_by_what_it_was_given_with_the_page() -> None:
    cookie = given(request_with())
    owner = await owner_of(request_with(cookie))
    assert owner is not None and owner.startswith("browser ") and len(owner) <= 64
    assert browser_of(request_with(given(request_with(cookie)))) == browser_of(request_with(cookie))
    assert given(request_with()).partition(":")[0] != cookie.partition(":")[0]


async def test_a_stranger_and_who_makes_up_a_cookie_are_nobody() -> None:
    assert await owner_of(request_with()) is None
    assert await owner_of(request_with("someone:else:entirely")) is None


async def test_a_user_is_one_in_every_browser() -> None:
    user = SimpleNamespace(is_authenticated=True, pk=7)
    assert await owner_of(request_with(given(request_with()), user)) == "user 7"


async def test_notes_are_written_together_and_by_one(monkeypatch) -> None:
    written, going = [], asyncio.Event()

    async def aread(what, *args):
        if what is room.store.note_used:
            written.append(dict(args[0]))
            await going.wait()

    monkeypatch.setattr(room.store, "aread", aread)
    recents = Recents()
    recents.note("user 1", "SIM:A")
    await wait_for(lambda: written)
    for symbol in ("SIM:B", "SIM:C", "SIM:B"):
        recents.note("user 1", symbol)
    recents.note(None, "SIM:D")
    going.set()
    await wait_for(lambda: len(written) == 2)
    assert [sorted(each) for each in written] == [
        [("user 1", "SIM:A")],
        [("user 1", "SIM:B"), ("user 1", "SIM:C")],
    ]


async def test_a_database_that_is_away_costs_the_notes_only(monkeypatch) -> None:
    tried = []

    async def aread(what, *args):
        tried.append(what)
        raise OSError("away")

    monkeypatch.setattr(room.store, "aread", aread)
    monkeypatch.setattr(room, "WAITING", 3)
    recents = Recents()
    for number in range(10):
        recents.note("user 1", f"SIM:{number}")
    await wait_for(lambda: tried)
    recents.note("user 1", "SIM:LATER")
    await wait_for(lambda: len(tried) == 2)
