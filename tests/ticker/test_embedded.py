"""The embedded Valkey: its folder, its command, and what it refuses."""

import os
import stat
import subprocess
import tempfile
from pathlib import Path

import pytest
import redis

from ticker import embedded


@pytest.fixture
def scratch(monkeypatch):
    """A folder for temporary files of a short name, this test's alone."""
    folder = tempfile.mkdtemp(prefix="e-")
    monkeypatch.setattr(tempfile, "tempdir", folder)
    yield Path(folder)
    subprocess.run(["rm", "-rf", folder], check=True)


def dead_process() -> int:
    child = subprocess.Popen(["true"])
    child.wait()
    return child.pid


def test_the_folder_is_ours_alone(scratch):
    folder = embedded.private_folder()
    assert folder.parent == scratch and stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_folders_of_the_dead_are_swept_and_no_others(scratch):
    dead, alive = scratch / f"ticker-{dead_process()}-x", scratch / f"ticker-{os.getpid()}-x"
    foreign = scratch / "ticker-notes-2026"
    for folder in (dead, alive, foreign):
        folder.mkdir()
        (folder / "file").touch()
    made = embedded.private_folder()
    assert set(scratch.iterdir()) == {alive, foreign, made}


def test_a_long_path_for_temporary_files_is_no_trouble(scratch, monkeypatch):
    deep = scratch / ("x" * 90)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    folder = embedded.private_folder()
    folder.rmdir()
    assert len(str(folder / embedded.SOCKET_NAME)) <= embedded.LONGEST_SOCKET_PATH
    assert list(deep.iterdir()) == []


def test_without_any_server_it_says_what_to_do(monkeypatch):
    monkeypatch.setattr(embedded, "_in_wheel", lambda: None)
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(embedded.NoServer, match="set REDIS_URL"):
        embedded.find_server()


async def test_nobody_answers_where_nobody_is(scratch):
    assert not await embedded.answers(scratch)


async def test_it_answers_on_its_socket_only_and_keeps_nothing(valkey):
    assert await embedded.answers(valkey.folder)
    client = redis.Redis.from_url(valkey.url)
    config = client.config_get("*")
    assert config["port"] == "0" and config["save"] == "" and config["appendonly"] == "no"
    assert stat.S_IMODE((valkey.folder / embedded.SOCKET_NAME).stat().st_mode) == 0o700
