"""Programs of the benchmark: started, asked over their standard input, ended by their process id."""

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Self

REPO = Path(__file__).resolve().parents[1]
PATIENCE = 60.0


class Helper:
    """A process that answers each line it is given with one line of JSON.

    `async with Helper("bench.venue", "--port", "9000") as venue: await venue.ask("count")`
    """

    def __init__(self, module: str, *arguments: object) -> None:
        self._command = [sys.executable, "-m", module, *map(str, arguments)]
        self._process: Process | None = None
        self.first: Any = None

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            *self._command, cwd=REPO, stdin=PIPE, stdout=PIPE
        )
        try:
            self.first = await self._answer()
        except BaseException:
            await self._end()
            raise
        return self

    async def ask(self, *words: object) -> Any:
        """Return the answer to a command."""
        assert self._process and self._process.stdin
        self._process.stdin.write(f"{' '.join(map(str, words))}\n".encode())
        return await self._answer()

    async def _answer(self) -> Any:
        assert self._process and self._process.stdout
        async with asyncio.timeout(PATIENCE):
            line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._command[2]} has ended")
        return json.loads(line)

    async def __aexit__(self, *_: object) -> None:
        await self._end()

    async def _end(self) -> None:
        if self._process is not None:
            await end(self._process)


async def end(process: Process) -> None:
    """Ask a process to end, and make it so after 3 s."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(3):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


async def commands() -> AsyncIterator[list[str]]:
    """Yield the words of each line of standard input, in the helper itself; ends with the one who asks."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    while line := await reader.readline():
        yield line.decode().split()


def answer(body: Any) -> None:
    """Answer one command, in the helper itself."""
    print(json.dumps(body), flush=True)


def reading(name: str, read: Callable[[str], Any]) -> Callable[[int], Any]:
    """Return a function from a process id to what `read` finds in its /proc file `name`."""
    return lambda pid: read(Path("/proc", str(pid), name).read_text())


def environ(**more: str) -> dict[str, str]:
    """Return this process's environment with these variables."""
    return dict(os.environ) | more
