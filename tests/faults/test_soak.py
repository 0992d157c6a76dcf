"""A short bad day, as `make soak` has it for long: nothing lost, told twice or wrong, nothing left behind."""

import os

import pytest

from tests.faults.nemesis import SEED, chosen_seed
from tests.faults.soak import soak

pytestmark = pytest.mark.live
USUAL = 8  # the same day each time, unless NEMESIS_SEED asks for another
KICKS = 10


async def test_a_short_bad_day(figure, stood):
    seed = chosen_seed() if SEED in os.environ else USUAL
    day = await soak(seed, KICKS, wait=0.3, length=0.6, pages=8)
    figure(f"{SEED}={seed}: {day}")
    stood(day.frozen)
    assert day.breaches == []
