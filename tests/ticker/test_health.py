"""The containers' health checks, against the whole program."""

import os
import signal
import subprocess
import sys

import pytest
import redis

from feeds.lease import PREFIX
from tests.fakes.market import wall
from tests.program import clean_environ
from tests.support import REPO, free_port, wait_until

pytestmark = pytest.mark.live


def health(which: str, **environ: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "ticker.health", which],
        cwd=REPO,
        env=clean_environ() | environ,
        stderr=subprocess.DEVNULL,
        timeout=30,
        check=False,
    ).returncode


def test_both_are_well_when_all_runs_and_not_when_it_does_not(live_program, valkey):
    program = live_program(REDIS_URL=valkey.url)
    port = {"WEB_PORT": str(program.port), "ALLOWED_HOSTS": "localhost"}
    wait_until(lambda: health("web", **port) == 0, 20, "a ready web")
    assert health("worker", REDIS_URL=valkey.url) == 0
    program.interrupt()
    assert health("web", **port) == 1
    assert health("worker", REDIS_URL=valkey.url) == 1


def test_a_worker_with_a_port_of_its_own_is_asked_itself(live_program, valkey):
    port = str(free_port())
    program = live_program(REDIS_URL=valkey.url, METRICS_PORT=port)
    wait_until(lambda: health("worker", METRICS_PORT=port) == 0, 20, "a ready worker")
    worker = program.children()["worker"]
    os.kill(worker, signal.SIGSTOP)
    try:
        assert health("worker", METRICS_PORT=port) == 1
    finally:
        os.kill(worker, signal.SIGCONT)
    wait_until(lambda: health("worker", METRICS_PORT=port) == 0, 30, "a ready worker")


def test_in_the_core_layer_a_worker_is_known_by_its_lease(valkey):
    core = {"REDIS_URL": valkey.url, "CHANNEL_LAYER": "core"}
    with redis.Redis.from_url(valkey.url) as line:
        line.delete(f"{PREFIX}:workers")
        line.zadd(f"{PREFIX}:workers", {"gone SIM": wall() - 60_000})
        assert health("worker", **core) == 1
        line.zadd(f"{PREFIX}:workers", {"here SIM": wall() + 20_000})  # this test takes its time
        assert health("worker", **core) == 0
        line.delete(f"{PREFIX}:workers")


def test_no_server_is_not_well(tmp_path):
    assert health("worker", REDIS_URL=f"unix://{tmp_path}/none.sock") == 1
    assert health("web", WEB_PORT=str(free_port()), ALLOWED_HOSTS=os.devnull) == 1
