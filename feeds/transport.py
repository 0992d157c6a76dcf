"""Floor 3. The lines to the venues: the only room that knows `websockets` and `httpx`.

Every trouble leaves here as a FeedError with one plain reason. Certificates are always checked, proxies
of the environment are not used, and redirects are not followed: a venue is the host its file names.
"""

import asyncio
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from functools import partial

import httpx
import websockets
from msgspec import Struct
from websockets.asyncio.client import ClientConnection
from websockets.frames import CloseCode
from websockets.http11 import Response

from feeds.budget import Limiter
from feeds.errors import FeedError
from feeds.refusals import AWAY, FURTHEST, LIMITED, refused_status
from feeds.venues.base import Request, Venue, quoted

CONNECT_TIMEOUT = 10.0
ANSWER_TIMEOUT = 15.0
LARGEST_ANSWER = 32 * 1024 * 1024
CLOSED_FOR: dict[int, float] = {CloseCode.TRY_AGAIN_LATER: 60.0}  # seconds to stay away after such a close
NUMBERED = re.compile(r"\[Errno -?\d+\] ")

Tap = Callable[[str, str, str | bytes], None]
"""Hears what passes a line: `open`, `send` or `recv`; the URL of an opened line or of a polled answer, else
"", and the text."""


class Answer(Struct, frozen=True):
    """A venue's HTTP answer with status 200."""

    body: bytes
    content_type: str


def moved_to(url: str, origin: str | None) -> str:
    """Return a venue's URL on another scheme, host and port when `origin` names them; its path stays."""
    if not origin:
        return url
    path = url.partition("://")[2].partition("/")[2]
    return f"{origin.rstrip('/')}/{path}" if path else origin.rstrip("/")


class Line:
    """An open WebSocket to a venue: iterate over its frames, `send` texts, `close` it."""

    tap: Tap | None = None

    def __init__(self, connection: ClientConnection, venue: Venue) -> None:
        self._connection = connection
        self._venue = venue

    async def frames(self) -> AsyncIterator[str | bytes]:
        """Yield each frame; raises FeedError when the line ends, also when it ends politely."""
        try:
            while True:
                raw = await self._connection.recv()
                if self.tap:
                    self.tap("recv", "", raw)
                yield raw
        except websockets.ConnectionClosed as error:
            raise ended(self._venue, error) from None

    async def send(self, text: str) -> None:
        """Send one message. Raises FeedError when the line is gone."""
        try:
            await self._connection.send(text)
            if self.tap:
                self.tap("send", "", text)
        except websockets.ConnectionClosed as error:
            raise ended(self._venue, error) from None

    async def close(self) -> None:
        """End the line without waiting for a venue that doesn't answer."""
        try:
            async with asyncio.timeout(0.5):
                await self._connection.close()
        except TimeoutError:
            self._connection.transport.abort()


def ended(venue: Venue, error: websockets.ConnectionClosed) -> FeedError:
    """Return why a line ended: too large a frame, the venue's own close, or a lost connection."""
    if error.sent is not None and error.sent.code == CloseCode.MESSAGE_TOO_BIG and not error.rcvd_then_sent:
        return FeedError(f"frame larger than {venue.max_frame} bytes")
    if error.rcvd is None:
        return FeedError("connection lost")
    said = venue.hidden(quoted(error.rcvd.reason))
    reason = f"closed by the venue ({error.rcvd.code}{' ' + said if said else ''})"
    return FeedError(reason, CLOSED_FOR.get(error.rcvd.code))


async def open_line(venue: Venue, url: str) -> Line:
    """Open a venue's WebSocket. Raises FeedError with the reason when that can't be had."""
    try:
        connection = await websockets.connect(
            url,
            additional_headers=venue.headers,
            user_agent_header=None if "User-Agent" in venue.headers else "ticker",
            max_size=venue.max_frame,
            open_timeout=CONNECT_TIMEOUT,
            close_timeout=1.0,
            ping_interval=None,  # the silence clock counts data; a pong proves too little
            proxy=None,
        )
    except websockets.InvalidStatus as error:
        raise refused_handshake(venue, error.response) from None
    except (OSError, TimeoutError, websockets.InvalidHandshake, websockets.InvalidURI) as error:
        raise FeedError(f"can't connect: {venue.hidden(plain(error))}") from None
    return Line(connection, venue)


def refused_handshake(venue: Venue, answer: Response) -> FeedError:
    """Return what a handshake's answer means: for a venue that wants a key what it says of it.

    A refusal that sets no time may be that of a proxy, which lets no WebSocket through: it is soon tried
    again, and after some tries the venue is polled instead.
    """
    own = venue.explain(answer.status_code, bytes(answer.body or b"")) if venue.needs else None
    if own is not None:
        return own
    usual = refused_status(answer.status_code, answer.headers.get("Retry-After"))
    if answer.status_code in (403, 404, 405) and "Retry-After" not in answer.headers:
        usual.retry_after, usual.terminal = None, False
    return usual


def plain(error: BaseException) -> str:
    """Return an exception as one short line."""
    text = NUMBERED.sub("", str(error).replace("\n", " "))
    return (text or type(error).__name__)[:160]


def own_url(venue: Venue, request: Request) -> str:
    """Return the whole URL of a request at the venue's own host."""
    return str(httpx.URL((request.host or venue.rest_url) + request.path, params=request.params))


async def turn(limiter: Limiter, weight: int = 1) -> None:
    """Wait until a thing of this weight may be sent, which is counted."""
    now = time.monotonic()
    await asyncio.sleep(limiter.book(now, weight) - now)


class Rest:
    """A venue's REST hosts: one request at a time, within the budget of each, and none at all before the
    time at which it let us come back."""

    def __init__(self, venue: Venue, origin: str | None = None) -> None:
        self._venue = venue
        self._origin = origin
        self._limiters: dict[str, Limiter] = {}  # by host: each has a budget of its own
        self._turn = asyncio.Lock()
        self._free_at = 0.0
        self._limited = 0  # answers in a row that we ask too often, and no word of when to come back
        self.requests = self.failures = 0
        self.waited = 0.0  # seconds that requests waited for their turn
        self._client = httpx.AsyncClient(
            headers={"User-Agent": "ticker"} | venue.headers,
            timeout=httpx.Timeout(ANSWER_TIMEOUT, connect=CONNECT_TIMEOUT),
            follow_redirects=False,
            trust_env=False,
            http2=False,
        )

    async def get(self, request: Request) -> Answer:
        """Return the answer to a request. Raises FeedError for anything but a success."""
        came = time.monotonic()
        async with self._turn:
            await asyncio.sleep(max(0.0, self._free_at - time.monotonic()))
            await turn(self._limiter(request.host), request.weight)
            self.waited += time.monotonic() - came
            self.requests += 1
            try:
                return await self._ask(request)
            except FeedError as error:
                self.failures += 1
                self._free_at = max(self._free_at, time.monotonic() + (error.retry_after or 0.0))
                raise

    def _limiter(self, host: str) -> Limiter:
        return self._limiters.setdefault(host, Limiter(self._venue.requests))

    async def _ask(self, request: Request) -> Answer:
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT + CONNECT_TIMEOUT):
                answer = await self._sent(request)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError) as error:
            raise FeedError(f"no answer: {self._venue.hidden(plain(error))}") from None
        if not 200 <= answer.status_code < 300:
            usual = refused_status(answer.status_code, answer.headers.get("Retry-After"))
            own = self._venue.explain(answer.status_code, answer.content)
            refusal = own or usual
            if "Retry-After" in answer.headers:
                refusal.retry_after = usual.retry_after
            elif answer.status_code in LIMITED:
                refusal.retry_after = min((refusal.retry_after or AWAY) * 2**self._limited, FURTHEST)
                self._limited += 1
            raise refusal
        self._limited = 0
        if len(answer.content) > LARGEST_ANSWER:
            raise FeedError(f"answer of {len(answer.content)} bytes: too large")
        content_type = answer.headers.get("Content-Type", "")
        if answer.content.lstrip()[:1] == b"<" and "xml" not in content_type:
            raise FeedError("a web page instead of data", AWAY)
        return Answer(answer.content, content_type)

    async def _sent(self, request: Request) -> httpx.Response:
        """Return what comes. A host may end a kept connection just as it is used again: then the request,
        which changes nothing, is sent and counted once more; a new connection that ends is an answer."""
        fresh = False

        async def trace(event: str, _: object) -> None:
            nonlocal fresh
            fresh = fresh or event == "connection.connect_tcp.started"

        asking = partial(
            self._client.request,
            request.method,
            self._url(request),
            params=request.params,
            headers=request.headers,
            extensions={"trace": trace},
        )
        try:
            return await asking()
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            if fresh or request.method != "GET":
                raise
        await turn(self._limiter(request.host), request.weight)
        self.requests += 1
        return await asking()

    def _url(self, request: Request) -> str:
        return moved_to((request.host or self._venue.rest_url) + request.path, self._origin)

    async def lines(self, request: Request) -> AsyncGenerator[str, None]:
        """Yield each line of a long answer as it comes, but empty ones. Raises FeedError at its end."""
        timeout = httpx.Timeout(CONNECT_TIMEOUT, read=None)  # the silence clock of the feed is the judge
        try:
            async with self._client.stream(
                request.method,
                self._url(request),
                params=request.params,
                headers=request.headers,
                timeout=timeout,
            ) as answer:
                if answer.status_code != 200:
                    body = await answer.aread()
                    own = self._venue.explain(answer.status_code, body)
                    raise own or refused_status(answer.status_code, answer.headers.get("Retry-After"))
                async for line in answer.aiter_lines():
                    if len(line) > self._venue.max_frame:
                        raise FeedError(f"line larger than {self._venue.max_frame} bytes")
                    if line.strip():
                        yield line
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise FeedError(f"stream lost: {self._venue.hidden(plain(error))}") from None
        raise FeedError("the venue ended the stream")

    async def close(self) -> None:
        """Let go of the host's connections."""
        await self._client.aclose()
