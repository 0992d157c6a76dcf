"""Floor 4. The feed worker's own small HTTP server: /metrics, and what a container's health check asks.

It runs in the worker's loop, so that an answer proves that the loop turns, and reads nothing but the first
line of a request.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from prometheus_client import CONTENT_TYPE_LATEST

from feeds import wire

log = logging.getLogger("feeds.pages")

PATIENCE = 5.0  # seconds that a client has for its request, and for taking the answer
AGAIN = 5.0  # seconds between two tries to listen
LONGEST_HEAD = 16_384

Page = Callable[[], tuple[int, str, bytes]]
"""Makes an answer: its status, content type and body."""

GONE = (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)
PHRASES = {200: "OK", 404: "Not Found", 405: "Method Not Allowed", 500: "Server Error", 503: "Unavailable"}


async def serve(pages: dict[str, Page], host: str, port: int) -> None:
    """Answer GET requests for these paths, for ever. A port that can't be had is tried again: prices come
    first, and the one who has it may be a worker that is just ending."""

    async def on_client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(*GONE):
            async with asyncio.timeout(PATIENCE):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(answer(pages, head))
                await writer.drain()
        writer.close()

    said = False
    while True:
        try:
            server = await asyncio.start_server(on_client, host, port, limit=LONGEST_HEAD)
        except OSError as error:
            if not said:
                log.warning("no metrics yet: can't listen on %s:%d: %s", host, port, error.strerror)
            said = True
            await asyncio.sleep(AGAIN)
            continue
        log.info("metrics on http://%s:%d/metrics", f"[{host}]" if ":" in host else host, port)
        try:
            await asyncio.Event().wait()
        finally:
            server.close()  # and no more: a client that says nothing would hold up the end


def answer(pages: dict[str, Page], head: bytes) -> bytes:
    """Return the whole HTTP answer to a request's head."""
    method, _, rest = head.decode("latin-1").partition(" ")
    page = pages.get(rest.partition(" ")[0].partition("?")[0])
    if page is None:
        status, kind, body = 404, "text/plain", f"there is {' '.join(pages)}\n".encode()
    elif method not in ("GET", "HEAD"):
        status, kind, body = 405, "text/plain", b"GET only\n"
    else:
        status, kind, body = made(page)
    lines = [
        f"HTTP/1.1 {status} {PHRASES[status]}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "Connection: close",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + (b"" if method == "HEAD" else body)


def made(page: Page) -> tuple[int, str, bytes]:
    """Return what a page makes; a mistake in one is logged, and costs nothing but its answer."""
    try:
        return page()
    except Exception:
        log.exception("a page failed")
        return 500, "text/plain", b"see the log\n"


def metrics_page(text: Callable[[], bytes]) -> Page:
    """Return the page of a text for Prometheus."""
    return lambda: (200, CONTENT_TYPE_LATEST, text())


def health_page(trouble: Callable[[], str]) -> Page:
    """Return the page that says whether all is well: 503 with the trouble, while there is one."""

    def page() -> tuple[int, str, bytes]:
        if said := trouble():
            error = {"error": {"code": "unavailable", "message": said}}
            return 503, "application/json", wire.to_json(error)
        return 200, "application/json", b'{"status":"ok"}'

    return page
