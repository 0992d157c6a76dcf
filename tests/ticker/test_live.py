"""`manage.py live`, started for real: its children, its end, and its refusals."""

import os
import signal
import subprocess
import sys

import pytest

from tests.program import LiveProgram, clean_environ
from tests.support import REPO, free_port, is_running, wait_until

pytestmark = pytest.mark.live
SOON = 10.0  # s: the figure is 5 s; a busy machine takes longer


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a command that is expected to end by itself."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=REPO,
        env=clean_environ() | environ,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_one_command_starts_everything_and_says_where(live_program):
    program = live_program()
    assert set(program.children()) == {"valkey", "worker", "web"}
    address = program.wait_for_line("Ticker is on")
    assert address == f"Ticker is on {program.url}/ — Ctrl-C stops it"
    assert program.status("/") == 200


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_all_of_it_soon(live_program, how):
    if how == signal.SIGHUP and signal.getsignal(how) is signal.SIG_IGN:
        pytest.skip("these tests run under nohup, and so would the program")
    program = live_program()
    assert program.interrupt(how) < SOON
    assert program.process.returncode == 0
    assert program.left() == []


def test_a_child_that_dies_comes_back(live_program):
    program = live_program()
    for name in ("worker", "web", "valkey"):
        before = program.kill(name)
        wait_until(lambda n=name, b=before: program.children().get(n, b) != b, 10, f"a new {name}")
        assert any(f"{name} ended (SIGKILL); again in 0.2 s" in line for line in program.lines)
    wait_until(program.is_healthy, 10, "the web after its restart")
    assert set(program.children()) == {"valkey", "worker", "web"}


def test_a_child_that_keeps_dying_is_started_later_each_time(live_program):
    program = live_program()
    for delay in ("0.2", "0.4", "0.8"):
        wait_until(lambda: "worker" in program.children(), 10, "a worker")
        program.kill("worker")
        program.wait_for_line(f"worker ended (SIGKILL); again in {delay} s")


def test_a_child_that_will_not_end_is_killed_in_time(live_program):
    program = live_program()
    os.kill(program.children()["web"], signal.SIGSTOP)
    assert program.interrupt() < SOON
    assert program.left() == []


def test_nothing_runs_on_when_live_itself_is_killed(live_program):
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux tells a child that its parent died")
    program = live_program()
    children = program.children().values()
    program.process.kill()
    program.process.wait()
    wait_until(lambda: not any(map(is_running, children)), 5, "the end of the children")
    with LiveProgram(TMPDIR=str(program.scratch)) as another:  # sweeps what could not be removed
        assert len(list(program.scratch.iterdir())) == 1
        assert another.is_healthy()
    assert program.left() == []


def test_a_second_live_on_the_port_says_so_in_one_line(live_program):
    program = live_program()
    second = run("manage.py", "live", PORT=str(program.port), VENUES="SIM")
    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr.splitlines() == [
        f"can't listen on 127.0.0.1:{program.port}: another program listens there;"
        " choose another with PORT=… or HOST=…"
    ]
    assert program.is_healthy()


def test_a_redis_of_ones_own_is_used(live_program, valkey):
    program = live_program(REDIS_URL=valkey.url)
    assert set(program.children()) == {"worker", "web"}


def test_a_log_that_nobody_reads_holds_nothing_up():
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with pytest.raises(BlockingIOError):
        while True:
            os.write(writer, b"x" * 4096)
    os.set_blocking(writer, True)
    program = LiveProgram()
    try:
        program.start(output=writer)
        program.kill("worker")
        wait_until(lambda: "worker" in program.children(), 10, "a new worker")
        assert program.interrupt() < SOON
    finally:
        os.close(reader)
        os.close(writer)
        program.finish()


def test_a_log_whose_reader_has_gone_is_no_error():
    reader, writer = os.pipe()
    os.close(reader)
    program = LiveProgram().start(output=writer)
    try:
        os.close(writer)
        program.kill("worker")
        wait_until(lambda: "worker" in program.children(), 10, "a new worker")
    finally:
        program.finish()


@pytest.mark.parametrize(
    ("name", "text", "takes"),
    [
        ("VENUES", "NYSE", "some of "),
        ("PORT", "http", "a whole number from 1 to 65535"),
        ("SIM_RATE", "fast", "a number above 0"),
        ("REDIS_URL", "localhost:6379", "redis://host:port"),
        ("VENUE_COINBASE_WS_URL", "ws://feed.example", "wss://host:port"),
    ],
)
def test_nonsense_stops_the_start_with_one_line(name, text, takes):
    ended = run("manage.py", "live", **{name: text})
    assert (ended.returncode, ended.stdout) == (2, "")
    (line,) = ended.stderr.splitlines()
    assert line.startswith(f"{name}: ") and f"it takes {takes}" in line


def test_the_web_alone_wants_its_key():
    ended = run("-m", "daphne", "ticker.asgi:application")
    assert ended.returncode == 2
    (line,) = ended.stderr.splitlines()
    assert line.startswith("SECRET_KEY: not set; it takes ")


def test_a_database_that_is_not_there_is_one_line(tmp_path):
    url = "postgres://nobody@127.0.0.1:1/none"
    ended = run("manage.py", "live", DATABASE_URL=url, PORT=str(free_port()), TMPDIR=str(tmp_path))
    assert list(tmp_path.iterdir()) == []
    assert (ended.returncode, ended.stdout) == (1, "")
    (line,) = ended.stderr.splitlines()
    assert line.startswith("the database can't be used: ")
