"""A venue's REST host over a real socket: what is asked again, and what isn't."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from feeds.errors import FeedError
from feeds.transport import Rest
from feeds.venues.base import Request
from feeds.venues.coinbase import Coinbase

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]"


class Host:
    """A host that answers so many requests of each connection, then ends it when the next one comes.
    `requests` counts those that it read on each."""

    def __init__(self, *answered: int) -> None:
        self.answered = list(answered)
        self.requests: list[int] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = len(self.requests)
        self.requests.append(0)
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                self.requests[number] += 1
                if self.requests[number] > self.answered[number]:
                    break
                writer.write(OK)
                await writer.drain()
        except asyncio.IncompleteReadError:
            pass
        writer.close()

    @asynccontextmanager
    async def rest(self) -> AsyncIterator[Rest]:
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        rest = Rest(Coinbase(), f"http://127.0.0.1:{port}")
        try:
            yield rest
        finally:
            await rest.close()
            server.close()


async def test_a_request_on_a_connection_that_is_just_being_ended_is_sent_once_more() -> None:
    host = Host(1, 2)
    async with host.rest() as rest:
        for _ in range(3):
            assert (await rest.get(Request("/products"))).body == b"[]"
    assert host.requests == [2, 2], "the second was read by both connections, the third by the new one"
    assert (rest.requests, rest.failures) == (4, 0), "what was sent once more is counted"


async def test_a_host_that_ends_a_new_connection_is_not_asked_twice() -> None:
    host = Host(0, 1)
    async with host.rest() as rest:
        with pytest.raises(FeedError, match="no answer"):
            await rest.get(Request("/products"))
    assert host.requests == [1]


async def test_what_changes_something_is_never_sent_twice() -> None:
    host = Host(1, 1)
    async with host.rest() as rest:
        await rest.get(Request("/products"))
        with pytest.raises(FeedError, match="no answer"):
            await rest.get(Request("/token", method="POST"))
    assert host.requests == [2]
