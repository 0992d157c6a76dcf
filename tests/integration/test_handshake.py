"""Who may open a socket: pages of our own origin, and where one must log in, whoever has."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.integration.client import Client
from tests.program import LiveProgram
from tests.support import REPO, wait_for, wait_until

pytestmark = pytest.mark.live
PASSWORD = "a long enough passphrase"
BTC = "SIM:BTC-USD"


MOST = 6
ENVIRON = {"VENUES": "SIM", "SIM_RATE": "20", "LOGIN_REQUIRED": "1", "MAX_SOCKETS_PER_USER": str(MOST)}


@pytest.fixture(scope="module")
def program() -> Iterator[LiveProgram]:
    """The program where one must log in, with the users ada and bob."""
    with LiveProgram(**ENVIRON) as running:
        wait_until(lambda: running.status("/readyz") == 200, 20, "a ready program")
        for name in ("ada", "bob"):
            command = ["createsuperuser", "--noinput", "--username", name, "--email", f"{name}@example.org"]
            environ = running.environ | {"DJANGO_SUPERUSER_PASSWORD": PASSWORD}
            subprocess.run([sys.executable, "manage.py", *command], cwd=REPO, env=environ, check=True)
        yield running


class Browser:
    """A person's cookies and forms."""

    def __init__(self, program: LiveProgram) -> None:
        self.program = program
        self.http = httpx.Client(base_url=program.url, trust_env=False, timeout=20)

    def post(self, path: str, **fields: str) -> httpx.Response:
        """Send a form as a page of ours does."""
        return self.http.post(
            path,
            data={"csrfmiddlewaretoken": self.http.cookies["csrftoken"], **fields},
            headers={"Referer": f"{self.program.url}{path}"},
        )

    def login(self, name: str, password: str = PASSWORD) -> httpx.Response:
        assert self.http.get("/login/").status_code == 200
        return self.post("/login/", username=name, password=password)

    def socket(self) -> Client:
        """Return a socket that brings this person's cookies."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        return Client(self.program, additional_headers={"Cookie": cookies})


@pytest.fixture
def browser(program: LiveProgram) -> Iterator[Browser]:
    one = Browser(program)
    yield one
    one.http.close()


@pytest.fixture
def other(program: LiveProgram) -> Iterator[Browser]:
    one = Browser(program)
    yield one
    one.http.close()


# ------------------------------------------------------------------------- origin
ORIGINS = {
    "none": None,
    "null": "null",
    "another host": "http://evil.example",
    "another port": "http://127.0.0.1:1",
    "no port": "http://127.0.0.1",
    "another name for this host": "http://localhost:{port}",
    "another scheme": "ftp://127.0.0.1:{port}",
    "a user before the host": "http://evil.example@127.0.0.1:{port}",
    "a path behind it": "http://127.0.0.1:{port}@evil.example",
}


MALFORMED = ["", "http://127.0.0.1:{port}.evil.example", "http://["]


@pytest.mark.parametrize("name", ORIGINS)
async def test_a_page_of_another_origin_gets_no_socket(program, name):
    origin = ORIGINS[name]
    origin = origin.format(port=program.port) if origin else origin
    with pytest.raises(InvalidStatus) as refused:
        await connect(program.ws_url, origin=origin, proxy=None)
    assert refused.value.response.status_code == 403
    assert refused.value.response.body in (None, b"", b"Access denied")


@pytest.mark.parametrize("origin", MALFORMED)
async def test_what_is_no_origin_is_not_even_looked_at(program, origin):
    with pytest.raises(InvalidStatus) as refused:
        await connect(program.ws_url, origin=origin.format(port=program.port), proxy=None)
    assert refused.value.response.status_code == 400


async def test_two_origins_are_none(program):
    with pytest.raises(InvalidStatus) as refused:
        await connect(
            program.ws_url,
            origin=program.origin,
            additional_headers=[("Origin", "http://evil.example")],
            proxy=None,
        )
    assert refused.value.response.status_code in (400, 403)


async def test_there_is_one_socket_path(program):
    for path in ("/ws/", "/ws/market", "/ws/market/x", "/ws/other/"):
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws://127.0.0.1:{program.port}{path}", origin=program.origin, proxy=None)
        assert refused.value.response.status_code == 403
    assert program.is_healthy()


# ------------------------------------------------------------------------- login
async def closed_at_once(client: Client) -> None:
    await client.wait_for(lambda: client.close_code, 5, "the end of the socket")
    assert client.close_code == 4401
    assert client.frames == []


async def test_without_a_login_there_is_no_price(program, browser):
    async with Client(program) as client:
        await closed_at_once(client)
    async with Client(program, additional_headers={"Cookie": "sessionid=" + "a" * 32}) as forged:
        await closed_at_once(forged)
    page = browser.http.get("/")
    assert (page.status_code, page.headers["location"]) == (302, "/login/?next=/")
    for path in (f"/api/bars?symbol={BTC}", "/api/venues", "/api/docs", "/api/nothing", "/api/bars?limit=0"):
        answer = browser.http.get(path)
        assert answer.status_code == 401, path
        assert answer.json()["error"]["code"] == "login_required"
    assert browser.http.get("/healthz").status_code == 200


async def test_a_login_opens_the_desk(program, browser):
    wrong = browser.login("ada", "wrong")
    assert wrong.status_code == 200 and "sessionid" not in browser.http.cookies
    assert browser.login("ada").status_code == 302
    assert browser.http.get("/").status_code == 200
    assert browser.http.get(f"/api/bars?symbol={BTC}&limit=3").json()["bars"]
    assert browser.http.get("/api/nothing").status_code == 404
    async with browser.socket() as client:
        await client.subscribe(BTC)
        await client.prices(BTC, 2)


async def test_a_logout_ends_all_sockets_of_that_login_and_no_others(program, browser, other):
    browser.login("ada")
    other.login("ada")  # the same person at another machine
    async with browser.socket() as first, browser.socket() as second, other.socket() as theirs:
        for client in (first, second, theirs):
            await client.subscribe(BTC)
        began = time.monotonic()
        assert browser.post("/logout/").status_code == 302
        for client in (first, second):
            await client.wait_for(lambda client=client: client.close_code, 6, "the end of the socket")
            assert client.close_code == 4401
        assert time.monotonic() - began < 6  # the figure is 1 s; a busy machine takes longer
        await theirs.prices(BTC, 3)
        async with browser.socket() as again:
            await closed_at_once(again)
    assert browser.http.get("/api/venues").status_code == 401


async def test_a_form_of_another_site_changes_nothing(program, browser):
    browser.login("bob")
    async with browser.socket() as client:
        await client.subscribe(BTC)
        forged = browser.http.post("/logout/", data={}, headers={"Origin": "http://evil.example"})
        assert forged.status_code == 403
        assert browser.http.get("/logout/").status_code == 405
        await client.prices(BTC, 2)


async def test_a_user_has_so_many_sockets_and_others_have_theirs(program, browser, other):  # S21
    browser.login("ada")
    other.login("bob")
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(browser.socket()) for _ in range(MOST)]
        for client in clients:
            await client.frame("status")
        async with browser.socket() as extra:
            await extra.wait_for(lambda: extra.close_code, 10, "the end of the socket")
            assert extra.close_code == 4429
        async with other.socket() as theirs:
            await theirs.subscribe(BTC)
            await theirs.prices(BTC, 2)
        await clients[0].ws.close()

        async def again() -> bool:  # the place of one that has gone is free, once the server knows
            async with browser.socket() as next_one:
                await next_one.wait_for(lambda: next_one.close_code or next_one.of("status"), 10, "a word")
                return next_one.close_code is None

        await wait_for(again, 10, "a place")
        assert all(client.close_code is None for client in clients[1:])
