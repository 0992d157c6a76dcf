"""The web's clock: this machine's, or in a replay the worker's."""

import time

import pytest

from dashboard import clock


@pytest.fixture(autouse=True)
def _own_clock():
    yield
    clock._lead = 0


def test_it_is_this_machines():
    before = time.time_ns() // 1_000_000
    assert before <= clock.wall() <= before + 1_000


def test_it_goes_on_from_where_the_worker_is():
    clock.follow(1_700_000_000_000)
    first = clock.wall()
    assert 1_700_000_000_000 <= first < 1_700_000_001_000 and clock.wall() >= first
    clock.follow(1_600_000_000_000)
    assert clock.wall() < 1_600_000_001_000
