"""The two programs that stand side by side, each with a venue of its own."""

import asyncio
import subprocess
import sys
import tempfile
from abc import ABC, abstractmethod
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Self

from bench.figures import cpu_seconds, resident_kib
from bench.helper import REPO, Helper, end, environ, reading
from tests.program import LiveProgram
from tests.support import ValkeyServer, free_port

cpu_of = reading("stat", cpu_seconds)
memory_of = reading("status", resident_kib)
START = 20.0
SETTINGS = {
    "nats": 'host: "127.0.0.1"\nport: {tcp}\nwebsocket {{ host: "127.0.0.1", port: {web}, no_tls: true }}\n',
    "mosquitto": "listener {tcp} 127.0.0.1\nlistener {web} 127.0.0.1\nprotocol websockets\n"
    "allow_anonymous true\nmax_queued_messages 0\n",
}
SHORT = "/tmp"  # noqa: S108  the path of a unix socket has to fit


class Stack(ABC):
    """A program that serves prices: where its socket is, and which process serves the web."""

    way: str
    url: str
    web: int

    def __init__(self) -> None:
        self._stack = AsyncExitStack()
        self.venue: Helper

    async def __aenter__(self) -> Self:
        async with self._stack as stack:
            self.venue = await stack.enter_async_context(Helper("bench.venue"))
            await self.start(stack, self.venue.first["port"])
            self._stack = stack.pop_all()
        return self

    @abstractmethod
    async def start(self, stack: AsyncExitStack, venue: int) -> None:
        """Start the programs; `stack` ends them."""

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()

    def readers(self, sockets: int, each: int, symbols: list[str]) -> Helper:
        """Return the load: enter it to open the sockets."""
        return Helper("bench.readers", self.url, self.way, sockets, each, ",".join(symbols))


class Ours(Stack):
    """`manage.py live`: embedded Valkey, feed worker, Daphne."""

    way = "ours"

    async def start(self, stack: AsyncExitStack, venue: int) -> None:
        """Start `live` as a user would."""
        self.program = LiveProgram(
            VENUES="COINBASE,SIM",
            VENUE_COINBASE_WS_URL=f"ws://127.0.0.1:{venue}",
            VENUE_COINBASE_REST_URL=f"http://127.0.0.1:{venue}",
        )
        stack.push_async_callback(asyncio.to_thread, self.program.finish)
        await asyncio.to_thread(self.program.start)
        self.url = self.program.ws_url
        self.web = self.program.children()["web"]

    @property
    def redis_url(self) -> str:
        """The address of the Valkey inside."""
        return f"unix://{next(self.program.scratch.glob('ticker-*/valkey.sock'))}"


class Tutorial(Stack):
    """bench/tutorial: Valkey, a worker, Daphne."""

    way = "tutorial"

    def __init__(self, layer: str) -> None:
        super().__init__()
        self.layer = layer

    async def start(self, stack: AsyncExitStack, venue: int) -> None:
        """Start Valkey, web and worker, and wait until the web listens."""
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-", dir=SHORT))
        valkey = ValkeyServer(Path(folder))
        stack.callback(valkey.stop)
        await asyncio.to_thread(valkey.start)
        port = free_port()
        self.url = f"ws://127.0.0.1:{port}/ws/market/"
        daphne = [
            "-m",
            "daphne",
            "-b",
            "127.0.0.1",
            "-p",
            str(port),
            "-v",
            "0",
            "bench.tutorial.asgi:application",
        ]
        more = {"TUTORIAL_REDIS": valkey.url, "TUTORIAL_LAYER": self.layer}
        more["DJANGO_SETTINGS_MODULE"] = "bench.tutorial.settings"
        for words in (daphne, ["-m", "bench.tutorial.worker", f"ws://127.0.0.1:{venue}"]):
            process = await asyncio.create_subprocess_exec(
                sys.executable, *words, cwd=REPO, env=environ(**more), stdin=subprocess.DEVNULL
            )
            stack.push_async_callback(end, process)
            if words is daphne:
                self.web = process.pid
        await until_listening(port)


class Beside(Stack):
    """Another web process of ours beside the one of `live`, under a server of its own."""

    way = "ours"

    def __init__(self, ours: Ours, words: list[str], path: str = "") -> None:
        super().__init__()
        self.ours, self.words, self.path = ours, words, path

    async def __aenter__(self) -> Self:
        async with self._stack as stack:
            self.venue = self.ours.venue
            await self.start(stack, 0)
            self._stack = stack.pop_all()
        return self

    async def start(self, stack: AsyncExitStack, venue: int) -> None:
        """Start the server with the environment of `live`, and wait until it listens."""
        port = free_port()
        more = self.ours.program.environ | {"REDIS_URL": self.ours.redis_url, "PYTHONPATH": self.path}
        more |= {"ALLOWED_HOSTS": "127.0.0.1", "PORT": str(port)}
        words = [word.replace("PORT", str(port)) for word in self.words]
        process = await asyncio.create_subprocess_exec(
            sys.executable, *words, cwd=REPO, env=more, stdin=subprocess.DEVNULL
        )
        stack.push_async_callback(end, process)
        self.url, self.web = f"ws://127.0.0.1:{port}/ws/market/", process.pid
        await until_listening(port)


class Broker(Stack):
    """NATS or Mosquitto with a WebSocket listener, and a writer that publishes each tick of the venue."""

    def __init__(self, way: str, program: str) -> None:
        super().__init__()
        self.way, self.program = way, program

    async def start(self, stack: AsyncExitStack, venue: int) -> None:
        """Start broker and writer, and wait until both are ready."""
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-", dir=SHORT)))
        tcp, web = free_port(), free_port()
        self.url = f"ws://127.0.0.1:{web}/"
        settings = folder / "settings"
        settings.write_text(SETTINGS[self.way].format(tcp=tcp, web=web))
        process = await asyncio.create_subprocess_exec(
            self.program, "-c", settings, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        stack.push_async_callback(end, process)
        self.web = process.pid
        for port in (tcp, web):
            await until_listening(port)
        await stack.enter_async_context(Helper("bench.bridge", self.way, tcp, f"ws://127.0.0.1:{venue}"))


async def until_listening(port: int) -> None:
    """Wait until somebody listens on a port of this machine. Raises TimeoutError."""
    async with asyncio.timeout(START):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
