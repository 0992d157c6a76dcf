"""/api/desk: whose desk it is, what may be kept, two pages at once, and what happens at login."""

import json
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, Client

from dashboard import desk_api, desks
from dashboard.recents import COOKIE, know_again, named
from dashboard.writes import Allowances

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/api/desk"
NAME, PASSWORD = "ada", "a long password of a test"
DOCUMENT = {"version": 1, "desks": [{"name": "Main", "charts": [{"symbol": "SIM:BTC-USD"}]}]}


@pytest.fixture(autouse=True)
def plenty(monkeypatch) -> None:
    """Whoever wrote in an earlier test may write again."""
    monkeypatch.setattr(desk_api, "allowances", Allowances(rate=1.0, burst=60.0))


def browser(client: Any = None) -> Any:
    """Return a client that enforces what a browser's requests have to show, and that has opened the page."""
    client = client or AsyncClient(enforce_csrf_checks=True)
    page = HttpResponse()
    know_again(named(HttpRequest()), page)
    client.cookies[COOKIE] = page.cookies[COOKIE].value
    return client


async def got(client: AsyncClient) -> dict[str, Any]:
    """Return the desk of a client."""
    answer = await client.get(PATH)
    assert answer.status_code == 200, answer.content
    return answer.json()


async def put(client: AsyncClient, body: Any, token: str | None = None) -> Any:
    """Send a body as the page does: with the token of the last answer."""
    token = (await got(client))["token"] if token is None else token
    text = body if isinstance(body, str) else json.dumps(body)
    return await client.put(PATH, text, content_type="application/json", headers={"X-CSRFToken": token})


def refusal(answer: Any, status: int, code: str) -> str:
    """Return the message of an error in the form that errors have."""
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.content
    assert answer["Content-Type"] == "application/json"
    return answer.json()["error"]["message"]


# --------------------------------------------------------------------------- whose
async def test_a_desk_is_kept_and_is_there_again() -> None:
    client = browser()
    assert (await got(client))["document"] is None and (await got(client))["revision"] == 0
    assert (await put(client, {"revision": 0, "document": DOCUMENT})).json() == {"revision": 1}
    found = await got(client)
    assert (found["revision"], found["document"]) == (1, DOCUMENT)
    assert (await put(client, {"revision": 1, "document": {}})).json() == {"revision": 2}
    assert (await got(client))["document"] == {}


async def test_each_browser_has_its_own() -> None:
    one, another = browser(), browser()
    await put(one, {"revision": 0, "document": DOCUMENT})
    assert (await got(another))["document"] is None
    assert (await got(one))["owner"] != (await got(another))["owner"] != ""


async def test_a_stranger_has_none_leaves_no_trace_and_is_told_what_to_do() -> None:
    stranger = AsyncClient(enforce_csrf_checks=True)
    assert await got(stranger) == {"revision": 0, "document": None, "owner": "", "token": ""}
    assert not stranger.cookies
    answer = await stranger.put(PATH, '{"revision":0,"document":{}}', content_type="application/json")
    assert "open the page first" in refusal(answer, 403, "not_known")


async def test_where_one_must_log_in_a_browser_alone_has_none(settings) -> None:
    settings.LOGIN_REQUIRED = True
    client = browser()
    refusal(await client.get(PATH), 401, "login_required")
    refusal(await client.put(PATH, "{}", content_type="application/json"), 401, "login_required")


# --------------------------------------------------------------------------- another site's page
async def test_another_sites_page_can_not_write() -> None:
    client = browser()
    token = (await got(client))["token"]
    body = {"revision": 0, "document": {}}
    for wrong in ("", "x" * 64, token[:-1] + "-"):
        refusal(await put(client, body, wrong), 403, "bad_token")
    assert (await got(browser()))["token"] != token
    refusal(await put(client, body, (await got(browser()))["token"]), 403, "bad_token")
    form = await client.put(PATH, json.dumps(body), content_type="text/plain", headers={"X-CSRFToken": token})
    refusal(form, 422, "bad_body")
    headers = {"X-CSRFToken": token, "Origin": "https://evil.example"}
    elsewhere = await client.put(PATH, json.dumps(body), content_type="application/json", headers=headers)
    refusal(elsewhere, 403, "bad_token")
    assert (await put(client, body, token)).status_code == 200


# --------------------------------------------------------------------------- two pages
async def test_who_knows_an_older_desk_gets_the_stored_one() -> None:
    client = browser()
    await put(client, {"revision": 0, "document": {"a": 1}})
    await put(client, {"revision": 1, "document": {"a": 2}})
    for revision in (0, 1, 3, -1, 10**15):
        answer = await put(client, {"revision": revision, "document": {"a": 3}})
        refusal(answer, 409, "conflict")
        assert (answer.json()["revision"], answer.json()["document"]) == (2, {"a": 2})
        assert answer.json()["token"] and answer.json()["owner"] == (await got(client))["owner"]
    assert (await put(client, {"revision": 2, "document": {"a": 3}})).json() == {"revision": 3}


async def test_a_page_of_somebody_else_writes_over_nothing() -> None:
    one, another = browser(), browser()
    for client in (one, another):
        await put(client, {"revision": 0, "document": {"a": 1}})
    body = {"revision": 1, "document": {"a": 2}, "owner": (await got(another))["owner"]}
    assert "somebody else" in refusal(await put(one, body), 409, "conflict")
    body["owner"] = (await got(one))["owner"]
    assert (await put(one, body)).json() == {"revision": 2}


# --------------------------------------------------------------------------- what may be kept
def nested(levels: int) -> str:
    return "[" * levels + "]" * levels


def holding(value: str) -> str:
    """Return a body whose document holds a value."""
    return f'{{"revision":0,"document":{{"a":{value}}}}}'


WRONG = [
    (" ", 400, "bad_json"),
    ("not json", 400, "bad_json"),
    ("[]", 422, "bad_body"),
    ("{}", 422, "bad_body"),
    ('{"revision":0}', 422, "bad_body"),
    ('{"revision":"0","document":{}}', 422, "bad_body"),
    ('{"revision":0.5,"document":{}}', 422, "bad_body"),
    ('{"revision":0,"document":[]}', 422, "bad_document"),
    ('{"revision":0,"document":null}', 422, "bad_document"),
    ('{"revision":0,"document":"{}"}', 422, "bad_document"),
    (holding("NaN"), 400, "bad_json"),
    (holding("[1e999]"), 422, "bad_body"),
    (holding("1" + "0" * 400), 422, "bad_document"),
    (holding('"\\u0000"'), 422, "bad_document"),
    (holding('[{"b\\u0000":1}]'), 422, "bad_document"),
    (holding('"\\ud800"'), 400, "bad_json"),
    (holding(nested(12)), 422, "too_deep"),
    (holding(nested(100_000)), 422, "too_deep"),
    (holding('"' + "x" * 262_144 + '"'), 413, "too_long"),
    (holding("1" + " " * 300_000), 413, "too_long"),
]


@pytest.mark.parametrize(("body", "status", "code"), WRONG, ids=[body[:44] for body, _, _ in WRONG])
async def test_what_can_not_be_kept_is_refused_with_the_reason(body, status, code) -> None:
    client = browser()
    assert len(refusal(await put(client, body), status, code)) > 5
    assert (await got(client))["document"] is None


async def test_what_just_fits_is_kept_as_it_was_sent() -> None:
    client = browser()
    document = {"a": json.loads(nested(11)), "big": 1e300, "whole": 10**20, "text": "€🚀</script>", "x": ""}
    document["x"] = "x" * (desk_api.LONGEST - len(json.dumps(document)))
    assert (await put(client, {"revision": 0, "document": document})).status_code == 200
    assert (await got(client))["document"] == document


async def test_bytes_that_are_no_text_are_refused() -> None:
    client = browser()
    headers = {"X-CSRFToken": (await got(client))["token"]}
    body = b'{"revision":0,"document":{"a":"\xff"}}'
    refusal(await client.put(PATH, body, content_type="application/json", headers=headers), 400, "bad_json")


async def test_sixty_at_once_are_enough_and_another_owner_is_not_held_up() -> None:
    client, another = browser(), browser()
    token = (await got(client))["token"]
    statuses = [
        (await put(client, {"revision": number, "document": {}}, token)).status_code for number in range(70)
    ]
    assert statuses[:60] == [200] * 60 and 429 in statuses
    assert (await put(another, {"revision": 0, "document": {}})).status_code == 200


async def test_a_database_that_is_away_is_said_and_is_no_crash(monkeypatch) -> None:
    client = browser()
    token = (await got(client))["token"]

    def away(*_: Any) -> None:
        raise OperationalError("away")

    monkeypatch.setattr(desks, "read", away)
    monkeypatch.setattr(desks, "write", away)
    refusal(await client.get(PATH), 503, "unavailable")
    refusal(await put(client, {"revision": 0, "document": {}}, token), 503, "unavailable")


def boot_of(page: Any) -> dict[str, Any]:
    """Return what a page was told with its own text."""
    return json.loads(
        page.content.decode().split('<script id="boot" type="application/json">')[1].split("</script>")[0]
    )


async def test_a_page_comes_with_its_desk_or_without_while_the_database_is_away(monkeypatch) -> None:
    client = browser()
    hostile = {"name": "</script><img src=x onerror=alert(1)>"}
    assert (await put(client, {"revision": 0, "document": hostile})).status_code == 200
    page = await client.get("/")
    desk = boot_of(page)["desk"]
    assert (desk["revision"], desk["document"], desk["owner"]) == (1, hostile, (await got(client))["owner"])
    assert b"<img" not in page.content.split(b"<body>")[0]
    assert (await put(client, {"revision": 1, "document": {}}, desk["token"])).json() == {"revision": 2}

    def away(*_: Any) -> None:
        raise OperationalError("away")

    monkeypatch.setattr(desks, "read", away)
    page = await client.get("/")
    assert page.status_code == 200 and boot_of(page)["desk"] is None


async def test_a_strangers_page_comes_with_the_empty_desk_that_is_his_from_now_on() -> None:
    client = AsyncClient(enforce_csrf_checks=True)
    told = boot_of(await client.get("/"))["desk"]
    assert (told["revision"], told["document"]) == (0, None)
    assert (await got(client))["owner"] == told["owner"]
    given = {"revision": 0, "document": {"a": 1}, "owner": told["owner"]}
    assert (await put(client, given, told["token"])).json() == {"revision": 1}


async def test_old_desks_are_forgotten_once_an_hour(monkeypatch) -> None:
    purged = []
    monkeypatch.setattr(desk_api, "purge", desk_api.Purge())
    monkeypatch.setattr(desks, "forget_unused", purged.append)
    client = browser()
    for revision in range(3):
        await put(client, {"revision": revision, "document": {}})
    await desk_api.purge._going
    assert len(purged) == 1


# --------------------------------------------------------------------------- login
def logged_in(client: Client) -> None:
    """Log in over the login page."""
    client.get("/login/")
    token = client.cookies["csrftoken"].value
    answer = client.post("/login/", {"username": NAME, "password": PASSWORD, "csrfmiddlewaretoken": token})
    assert answer.status_code == 302, answer.content


def kept(client: Client, document: dict[str, Any] | None = None) -> Any:
    """Keep a desk, and return the one that is kept."""
    found = client.get(PATH).json()
    if document is None:
        return found["document"]
    body = {"revision": found["revision"], "document": document}
    answer = client.put(PATH, body, content_type="application/json", headers={"X-CSRFToken": found["token"]})
    assert answer.status_code == 200, answer.content
    return document


def test_at_the_first_login_the_browsers_desk_becomes_the_users() -> None:
    get_user_model().objects.create_user(NAME, password=PASSWORD)
    client = browser(Client(enforce_csrf_checks=True))
    kept(client, {"made": "before"})
    before = client.get(PATH).json()["token"]
    logged_in(client)
    assert kept(client) == {"made": "before"}
    stale = client.put(PATH, {}, content_type="application/json", headers={"X-CSRFToken": before})
    refusal(stale, 403, "bad_token")  # a page from before the login asks anew whose desk it has
    elsewhere = browser(Client(enforce_csrf_checks=True))
    assert kept(elsewhere) is None
    logged_in(elsewhere)
    assert kept(elsewhere) == {"made": "before"}


def test_at_a_later_login_the_users_desk_stays() -> None:
    user = get_user_model().objects.create_user(NAME, password=PASSWORD)
    desks.write(f"user {user.pk}", 0, '{"whose":"user"}', 1)
    client = browser(Client(enforce_csrf_checks=True))
    kept(client, {"whose": "browser"})
    logged_in(client)
    assert kept(client) == {"whose": "user"}


def test_after_logout_a_browser_has_its_own_desk_again() -> None:
    user = get_user_model().objects.create_user(NAME, password=PASSWORD)
    desks.write(f"user {user.pk}", 0, '{"whose":"user"}', 1)
    client = browser(Client(enforce_csrf_checks=True))
    kept(client, {"whose": "browser"})
    logged_in(client)
    token = client.cookies["csrftoken"].value
    client.post("/logout/", {"csrfmiddlewaretoken": token})
    assert kept(client) == {"whose": "browser"}


def test_a_login_succeeds_though_no_desk_can_be_taken_over(monkeypatch) -> None:
    get_user_model().objects.create_user(NAME, password=PASSWORD)

    def away(*_: Any) -> None:
        raise OperationalError("away")

    monkeypatch.setattr(desks, "take_over", away)
    logged_in(browser(Client(enforce_csrf_checks=True)))


def test_with_a_user_his_desk_is_deleted() -> None:
    user = get_user_model().objects.create_user(NAME, password=PASSWORD)
    desks.write(f"user {user.pk}", 0, "{}", 1)
    desks.write("user 999", 0, "{}", 1)
    user.delete()
    assert desks.read("user 999", 1).document == "{}"
    assert desks.KeptDesk.objects.count() == 1
