"""A TCP proxy for one link, whose faults are switched on and off while it runs."""

import asyncio
import contextlib
import os
import socket
import struct
import tempfile
from pathlib import Path
from typing import Any, Self

from tests.faults.toxics import Toxic, Toxics, Way

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close with RST
BUFFER = 65_536  # bytes that a socket of ours may hold: a slow link must be slow, not long


class Proxy:
    """`async with Proxy("127.0.0.1:6379") as link:` listens on `link.port`; with `unix=True` on `link.path`.

    An upstream is `host:port` or the path of a unix socket; of several, each new link gets the next that
    takes it, as behind a load balancer. Of the two ways "up" is towards it. A link that is cut (`timeout`)
    loses nothing: what was sent, and who has gone, arrives when it heals, as over TCP.
    """

    def __init__(self, *upstreams: str, unix: bool = False, seed: int = 7) -> None:
        self.upstreams = list(upstreams)
        self.toxics = Toxics(seed)
        self.connects = self.refused = 0
        self.passed: dict[Way, int] = {"up": 0, "down": 0}
        self.links: set[Link] = set()
        self._folder = tempfile.mkdtemp(prefix="proxy-") if unix else ""
        self.path = os.path.join(self._folder, "s") if unix else ""
        self.port = 0
        self._turn = -1
        self._server: asyncio.Server | None = None

    # ------------------------------------------------------------------- life
    async def start(self) -> Self:
        """Listen."""
        if self.path:
            self._server = await asyncio.start_unix_server(self._serve, self.path, limit=BUFFER)
        else:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=BUFFER)
            self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        """Cut every link and listen no longer."""
        await self._close_server()
        if self._folder:
            Path(self.path).unlink(missing_ok=True)
            os.rmdir(self._folder)

    async def _close_server(self) -> None:
        if self._server:
            self._server.close()
            self._server = None
        for link in list(self.links):
            await link.end()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def redis_url(self) -> str:
        """The REDIS_URL that leads over this link."""
        return f"unix://{self.path}" if self.path else f"redis://127.0.0.1:{self.port}"

    # --------------------------------------------------------------- controls
    async def add(self, kind: str, *ways: Way, **how: float) -> None:
        """Switch a toxic on, for both ways unless named: latency ms= jitter=, bandwidth rate= (KB/s),
        timeout ms= (0: for ever), reset_peer ms=, slow_close ms=, limit_data bytes=, down."""
        self.toxics.put(Toxic(kind, ways or ("up", "down"), **how))  # type: ignore[arg-type]
        if kind == "down":
            await self._close_server()
        if kind in ("reset_peer", "timeout") and (kind == "reset_peer" or how.get("ms")):
            for link in list(self.links):
                link.end_in(how.get("ms", 0.0) / 1000, reset=kind == "reset_peer")

    async def remove(self, kind: str) -> None:
        """Switch a toxic off."""
        self.toxics.take(kind)
        if kind == "down" and self._server is None:
            if self.path:
                Path(self.path).unlink(missing_ok=True)
            await self.start()

    async def heal(self) -> None:
        """Switch every toxic off."""
        for kind in self.toxics.names:
            await self.remove(kind)

    async def cut(self) -> None:
        """End every link with RST, once; new ones are welcome."""
        for link in list(self.links):
            await link.end(reset=True)

    # --------------------------------------------------------------- internals
    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connects += 1
        link = Link(self, (reader, writer))
        self.links.add(link)
        try:
            await link.run()
        finally:
            self.links.discard(link)

    async def dial(self) -> Streams:
        """Connect to the next upstream that takes it. Raises OSError when none does."""
        trouble = OSError("no upstream")
        for _ in range(len(self.upstreams)):
            self._turn = (self._turn + 1) % len(self.upstreams)
            try:
                return await dialled(self.upstreams[self._turn])
            except OSError as error:
                trouble = error
        raise trouble


async def dialled(upstream: str) -> Streams:
    """Return a connection to `host:port` or to the path of a unix socket."""
    if upstream.startswith("/"):
        return await asyncio.open_unix_connection(upstream, limit=BUFFER)
    host, _, port = upstream.rpartition(":")
    return await asyncio.open_connection(host, int(port), limit=BUFFER)


class Link:
    """One client's connection, and ours to the upstream."""

    def __init__(self, proxy: Proxy, near: Streams) -> None:
        self._proxy = proxy
        self._near = near
        self._far: Streams | None = None
        self._tasks: list[asyncio.Task[Any]] = []
        self._ending: asyncio.Task[None] | None = None

    @property
    def far_port(self) -> int:
        """The port by which the upstream knows this link, 0 before there is one."""
        return int(self._far[1].get_extra_info("sockname")[1]) if self._far else 0

    async def run(self) -> None:
        """Carry bytes both ways until both have ended, or the link is cut."""
        toxics = self._proxy.toxics
        try:
            self._far = await self._proxy.dial()
        except OSError:
            self._proxy.refused += 1
            hang_up(self._near[1], reset=True)
            return
        for _, writer in (self._near, self._far):
            narrow(writer)
        self._tasks = [
            asyncio.create_task(self._carry(self._near[0], self._far[1], "up")),
            asyncio.create_task(self._carry(self._far[0], self._near[1], "down")),
        ]
        if reset := toxics.of("reset_peer", "down") or toxics.of("reset_peer", "up"):
            self.end_in(reset.ms / 1000, reset=True)
        await asyncio.wait(self._tasks)
        self._hang_up(reset=False)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Way) -> None:
        toxics, carried = self._proxy.toxics, 0
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while data := await reader.read(toxics.chunk(way)):
                await self._hold(way, len(data))
                if limit := toxics.of("limit_data", way):
                    data = data[: max(0, int(limit.bytes) - carried)]
                writer.write(data)
                await writer.drain()
                carried += len(data)
                self._proxy.passed[way] += len(data)
                if limit and carried >= limit.bytes:
                    self._hang_up(reset=False)
                    return
        await toxics.until(lambda: not toxics.of("timeout", way))
        if slow := toxics.of("slow_close", way):
            await asyncio.sleep(slow.ms / 1000)
        with contextlib.suppress(OSError, RuntimeError):
            writer.write_eof()

    async def _hold(self, way: Way, size: int) -> None:
        """Wait as long as the toxics have a chunk wait."""
        toxics = self._proxy.toxics
        await asyncio.sleep(toxics.delay(way))
        if slow := toxics.of("bandwidth", way):
            await asyncio.sleep(size / (slow.rate * 1000))
        await toxics.until(lambda: not toxics.of("timeout", way))

    def end_in(self, seconds: float, reset: bool) -> None:
        """Be cut in some seconds."""

        async def later() -> None:
            await asyncio.sleep(seconds)
            await self.end(reset)

        self._ending = asyncio.create_task(later())

    async def end(self, reset: bool = False) -> None:
        """Cut this link now."""
        self._hang_up(reset)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _hang_up(self, reset: bool) -> None:
        for streams in (self._near, self._far):
            if streams:
                hang_up(streams[1], reset)


def hang_up(writer: asyncio.StreamWriter, reset: bool) -> None:
    """Close a stream, with RST if asked for."""
    if reset:
        sock = writer.get_extra_info("socket")
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        writer.transport.abort()
    else:
        writer.close()


def narrow(writer: asyncio.StreamWriter) -> None:
    """Have a stream hold little."""
    sock = writer.get_extra_info("socket")
    for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, option, BUFFER)
    writer.transport.set_write_buffer_limits(high=BUFFER)
