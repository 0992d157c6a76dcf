"""Floor 5. `manage.py live`: the whole program with one command in one terminal."""

import asyncio
import os
import shutil
import signal
import socket
import sys
from argparse import ArgumentTypeError
from contextlib import suppress
from errno import EADDRINUSE
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, connections

from feeds.recording import BadRecording
from feeds.tape import Tape
from feeds.venues import venue_class
from ticker import embedded, values
from ticker.env import load
from ticker.log import Log
from ticker.supervise import Child, end

NAMES = ("valkey", "worker", "web", "live")
LOOK_EVERY = 0.05  # seconds between two looks at something that starts
VALKEY_START = 10.0
PATIENCE = 3.5  # seconds that web and worker have to end by themselves; then the server has the next
SERVER_PATIENCE = 0.7


class Command(BaseCommand):
    help = "Starts everything: database, Valkey, feed worker, web. Ctrl-C ends all of it."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Add where to listen."""
        parser.add_argument("--host", type=_host, default=load().host, help="address to listen on")
        parser.add_argument("--port", type=_port, default=load().port, help="port to listen on")
        parser.add_argument(
            "--replay", metavar="FILE", help="run from a recorded session instead of the venues"
        )
        parser.add_argument("--speed", metavar="N", help="of the replay: 1 to 100 times, or max (1)")
        parser.add_argument("--venue", metavar="NAME", help="of the replay, where the recording doesn't say")

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        """Run until Ctrl-C or SIGTERM (exit code 0); exit with 1 and one line when it can't start."""
        os.chdir(settings.BASE_DIR)
        try:
            refuse_taken_port(host, port)
            symbols = symbols_of_replay()
            migrate()
            asyncio.run(Live(host, port, symbols).run())
        except CannotStart as error:
            print(error, file=sys.stderr)
            raise SystemExit(1) from None
        except KeyboardInterrupt:
            raise SystemExit(130) from None


class CannotStart(Exception):
    """Why nothing was started, in one line."""


class Live:
    """The programs of one `live`, and the order in which they come and go."""

    def __init__(self, host: str, port: int, watch: list[str]) -> None:
        self.host = host
        self.watch = watch
        self.port = port
        self.log = Log(width=max(map(len, NAMES)))
        self.stop = asyncio.Event()
        self.hurry = asyncio.Event()
        self.folder: Path | None = None
        self.valkey: Child | None = None
        self.programs: list[Child] = []

    async def run(self) -> None:
        """Start everything, keep it running until told to stop, end everything."""
        loop = asyncio.get_running_loop()
        endings = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # under nohup we outlive the terminal
            endings.append(signal.SIGHUP)
        for number in endings:
            loop.add_signal_handler(number, self._stop_or_hurry)
        try:
            environ = self._environ()
            if not load().redis_urls:
                environ["REDIS_URL"] = await self._start_valkey(environ)
            self._start_programs(environ)
            await self._announce(environ)
            await self.stop.wait()
            self.log.say("live", "stopping")
        finally:
            await self._end()

    def _stop_or_hurry(self) -> None:
        (self.hurry if self.stop.is_set() else self.stop).set()

    def _environ(self) -> dict[str, str]:
        """Return the children's environment: ours, with local choices where nothing was said."""
        environ = dict(os.environ) | {"PYTHONUNBUFFERED": "1"}
        environ["SECRET_KEY"] = settings.SECRET_KEY
        if self.watch:
            environ["WATCH"] = ",".join(self.watch)
        if not load().allowed_hosts:
            names = dict.fromkeys(["localhost", "127.0.0.1", "[::1]", url_host(self.host)])
            environ["ALLOWED_HOSTS"] = ",".join(names)
        return environ

    async def _start_valkey(self, environ: dict[str, str]) -> str:
        """Start the embedded server and return its URL when it answers."""
        self.folder = embedded.private_folder()
        try:
            command = embedded.server_command(self.folder)
        except embedded.NoServer as error:
            raise CannotStart(str(error)) from None
        self.valkey = Child("valkey", command, environ, self.log, embedded.OF_NO_CONCERN)
        self.valkey.start()
        try:
            async with asyncio.timeout(VALKEY_START):
                while not self.stop.is_set() and not await embedded.answers(self.folder):
                    await asyncio.sleep(LOOK_EVERY)
        except TimeoutError:
            raise CannotStart(f"{command[0]} did not answer in {VALKEY_START:g} s") from None
        return embedded.server_url(self.folder)

    def _start_programs(self, environ: dict[str, str]) -> None:
        if self.stop.is_set():
            return
        worker = [sys.executable, "manage.py", "runworker", "feeds"]
        web = [sys.executable, *daphne(self.host, self.port)]
        self.programs = [
            Child("worker", worker, environ, self.log),
            Child("web", web, environ, self.log),
        ]
        for program in self.programs:
            program.start()

    async def _announce(self, environ: dict[str, str]) -> None:
        """Print the address once the web answers."""
        name = environ["ALLOWED_HOSTS"].split(",")[0].strip().removeprefix(".").replace("*", "localhost")
        while not self.stop.is_set():
            if await is_healthy(reachable(self.host), self.port, name):
                address = f"http://{url_host(reachable(self.host))}:{self.port}/"
                self.log.line(f"Ticker is on {address} — Ctrl-C stops it")
                return
            web = self.programs[-1]
            if web.starts > 1 and not web.running:
                refuse_taken_port(self.host, self.port)  # lost the race with another `live`
            await asyncio.sleep(LOOK_EVERY)

    async def _end(self) -> None:
        """End every program within 5 s, the server last, and remove its folder."""
        await end(self.programs, PATIENCE, self.hurry)
        if self.valkey is not None:
            await end([self.valkey], SERVER_PATIENCE, self.hurry)
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.log.flush(0.3)


def daphne(host: str, port: int) -> list[str]:
    """Return the web program's words after `python`."""
    options = {
        "-b": host,
        "-p": str(port),
        "-v": "0",  # a line for each request would hide what matters
        "--websocket_timeout": "-1",  # else every socket is closed after a day
        "--application-close-timeout": "5",
    }
    flags = [word for option in options.items() for word in option]
    return ["-m", "daphne", *flags, "--no-server-name", "ticker.asgi:application"]


def symbols_of_replay() -> list[str]:
    """Return the symbols of the recording to be played, its database made empty; none without a replay.

    Raises CannotStart when there is nothing in it to be played.
    """
    if (played := load().replay) is None:
        return []
    try:
        symbols = Tape(played.path, venue_class(played.venue)()).symbols()
    except BadRecording as error:
        raise CannotStart(str(error)) from None
    if not load().database_url:
        for path in settings.VAR_DIR.glob("replay.sqlite3*"):
            path.unlink()
    return symbols


def migrate() -> None:
    """Bring the database up to date. Raises CannotStart when it can't be reached."""
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        raise CannotStart(f"the database can't be used: {' '.join(str(error).split())}") from None
    finally:
        connections.close_all()


def refuse_taken_port(host: str, port: int) -> None:
    """Raise CannotStart when nothing could listen there."""
    where = f"{url_host(host)}:{port}"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        why = "another program listens there" if error.errno == EADDRINUSE else error.strerror
        raise CannotStart(f"can't listen on {where}: {why}; choose another with PORT=… or HOST=…") from None


async def is_healthy(host: str, port: int, name: str) -> bool:
    """Tell whether GET /healthz answers 200 to somebody who calls the host by `name`."""
    with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        async with asyncio.timeout(2):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(f"GET /healthz HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
                return b" 200 " in await reader.readuntil(b"\r\n")
            finally:
                writer.close()
    return False


def reachable(host: str) -> str:
    """Return an address of this machine at which somebody who listens on `host` is found."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  compared, not bound


def url_host(host: str) -> str:
    """Return a host as a URL writes it."""
    return f"[{host}]" if ":" in host else host


def _host(text: str) -> str:
    try:
        return values.host("--host", text)
    except values.EnvError as error:
        raise ArgumentTypeError(str(error)) from None


def _port(text: str) -> int:
    try:
        return values.whole_number({"--port": text}, "--port", 0, 1, 65_535)
    except values.EnvError as error:
        raise ArgumentTypeError(str(error)) from None
