"""The worker's small HTTP server."""

import asyncio
import socket
from contextlib import suppress

import pytest

from feeds import pages
from tests.support import free_port, wait_for


def broken() -> tuple[int, str, bytes]:
    raise RuntimeError("a mistake")


PAGES = {
    "/metrics": pages.metrics_page(lambda: b"x 1\n"),
    "/healthz": pages.health_page(lambda: ""),
    "/late": pages.health_page(lambda: "it is late"),
    "/broken": broken,
}


@pytest.mark.parametrize(
    ("request_line", "status", "body"),
    [
        (b"GET /metrics HTTP/1.1", 200, "x 1"),
        (b"GET /metrics?name=x HTTP/1.1", 200, "x 1"),
        (b"GET /healthz HTTP/1.1", 200, '{"status":"ok"}'),
        (b"GET /late HTTP/1.1", 503, "it is late"),
        (b"GET /other HTTP/1.1", 404, "/metrics"),
        (b"POST /metrics HTTP/1.1", 405, "GET"),
        (b"GET /broken HTTP/1.1", 500, "log"),
        (b"\xff\xfe", 404, ""),
        (b"", 404, ""),
    ],
)
def test_answers(request_line, status, body):
    head, _, said = pages.answer(PAGES, request_line + b"\r\n\r\n").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status) and body in said.decode()
    assert f"Content-Length: {len(said)}" in head.decode()


def test_a_head_has_no_body():
    assert pages.answer(PAGES, b"HEAD /metrics HTTP/1.1\r\n\r\n").endswith(b"Connection: close\r\n\r\n")


async def asked(port: int, said: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(said)
        return await asyncio.wait_for(reader.read(), 20)
    except ConnectionResetError:  # it was closed with something unread
        return b""
    finally:
        writer.close()


async def test_it_waits_for_its_port_and_ends_though_a_client_says_nothing(monkeypatch, caplog):
    monkeypatch.setattr(pages, "AGAIN", 0.05)
    port = free_port()
    other = socket.create_server(("127.0.0.1", port))
    serving = asyncio.create_task(pages.serve(PAGES, "127.0.0.1", port))

    async def answered() -> bool:
        with suppress(OSError):
            return b"x 1" in await asked(port, b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        return False

    await wait_for(lambda: "can't listen" in caplog.text, 20, "the word that the port is taken")
    other.close()
    await wait_for(answered, 20, "the page")
    assert await asked(port, b"x" * (pages.LONGEST_HEAD * 8)) == b""  # too long a head ends the line
    _, silent = await asyncio.open_connection("127.0.0.1", port)
    serving.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.wait_for(serving, 20)
    assert serving.cancelled()
    silent.close()
