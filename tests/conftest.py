"""Fixtures for every test: a Valkey, the whole program, a Chromium."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest

from tests.program import LiveProgram
from tests.settings import VALKEY_FOLDER
from tests.support import ValkeyServer
from tests.tools import programs


def pytest_unconfigure() -> None:
    shutil.rmtree(VALKEY_FOLDER, ignore_errors=True)


@pytest.fixture(scope="session")
def _valkey_server() -> Iterator[ValkeyServer]:
    server = ValkeyServer(VALKEY_FOLDER)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def valkey(_valkey_server: ValkeyServer) -> ValkeyServer:
    """The server that the settings' channel layer speaks to (`valkey.url`); running at the test's start."""
    if not _valkey_server.answers():
        _valkey_server.start()
    return _valkey_server


@pytest.fixture
def live_program() -> Iterator[Callable[..., LiveProgram]]:
    """A function that starts `manage.py live` with the variables given and waits for /healthz.

    At the test's end each is stopped, and must have left no process, socket or temporary file.
    """
    started: list[LiveProgram] = []

    def start(**environ: str) -> LiveProgram:
        started.append(LiveProgram(**environ))
        return started[-1].start()

    yield start
    for program in started:
        program.finish()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium that starts."""
    path = programs.chromium()
    if path is None and os.environ.get("CI"):
        pytest.fail("no Chromium that starts; tests/tools/install.sh installs one")
    return path or pytest.skip("no Chromium that starts; `make test` installs one where it may")
