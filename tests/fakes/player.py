"""A fake of any venue at all: it plays given frames to whoever connects, and answers REST with given bodies.

    async with Player(["…", b"…"], rest={"/api/v3/exchangeInfo": b"…"}) as player:
        Engine({"BINANCE": Binance()}, …, ws_origins={"BINANCE": player.ws_url}, …)

It knows no venue's words: any path is accepted, the frames begin after the client's first message (or as many
as `after` says), whatever that was, and what clients said is in `heard`.
"""

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from tests.fakes.answers import response
from tests.fakes.venue import QUIET

Frame = str | bytes | dict[str, Any]


class Player:
    """The server. `frames` (texts, bytes, or objects to be made JSON) are played to each line anew, `pace`
    seconds apart; `rest` are the bodies of its REST paths, any other is 404."""

    def __init__(
        self,
        frames: Sequence[Frame] = (),
        pace: float = 0.0,
        rest: Mapping[str, bytes] | None = None,
        after: int = 1,
    ) -> None:
        self.frames = frames
        self.pace = pace
        self.rest = dict(rest or {})
        self.after = after
        self.lines: list[ServerConnection] = []
        self.connects = 0
        self.played = 0  # lines that have heard all of the frames
        self.heard: list[str] = []
        self.paths: list[str] = []  # of the handshakes, with their queries
        self.asked: Counter[str] = Counter()  # REST paths, without their queries
        self._changed = asyncio.Condition()
        self._server: Server | None = None
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await serve(
            self._serve, "127.0.0.1", 0, process_request=self._http, logger=QUIET, ping_interval=None,
            close_timeout=1, compression=None,
        )  # fmt: skip
        self.port = next(iter(self._server.sockets)).getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server:
            self._server.close()
            await self._server.wait_closed()

    @property
    def ws_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    @property
    def rest_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def say(self, frame: Frame) -> None:
        """Push one more frame to every line."""
        for line in list(self.lines):
            with contextlib.suppress(ConnectionClosed):
                await line.send(as_sent(frame))

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """End every line with a code."""
        for line in list(self.lines):
            await line.close(code, reason)

    async def until(self, true: Callable[[], bool], timeout: float = 10.0) -> None:
        """Wait until something about the lines, or what was heard, is true."""
        async with asyncio.timeout(timeout), self._changed:
            await self._changed.wait_for(true)

    async def _note(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _serve(self, ws: ServerConnection) -> None:
        self.lines.append(ws)
        self.connects += 1
        playing: asyncio.Task[None] | None = None
        count = 0
        try:
            async for raw in ws:
                self.heard.append(raw if isinstance(raw, str) else raw.decode("utf-8", "replace"))
                count += 1
                if count == self.after:
                    playing = asyncio.create_task(self._play(ws))
                await self._note()
        except ConnectionClosed:
            pass
        finally:
            self.lines.remove(ws)
            if playing:
                playing.cancel()
                await asyncio.gather(playing, return_exceptions=True)
            await self._note()

    async def _play(self, ws: ServerConnection) -> None:
        for frame in self.frames:
            await ws.send(as_sent(frame))
            await asyncio.sleep(self.pace)
        self.played += 1
        await self._note()

    async def _http(self, ws: ServerConnection, request: Request) -> Response | None:
        path = unquote(urlsplit(request.path).path)
        if "websocket" in request.headers.get("Upgrade", "").lower():
            self.paths.append(request.path)
            return None
        self.asked[path] += 1
        known = path in self.rest
        return response(200 if known else 404, self.rest.get(path, b"{}"), "application/json")


def as_sent(frame: Frame) -> str | bytes:
    return json.dumps(frame) if isinstance(frame, dict) else frame
