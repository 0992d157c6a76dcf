"""A stranger may send 20 messages a second and 40 at once, and is told off before he is shown the door."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.limits import BAD, BURST, MANY, RATE, Allowance, Crowd, stranger_at


def admitted(allowance: Allowance, count: int, now: float) -> int:
    """How many of `count` messages that come at once are taken."""
    return sum(allowance.admit(now) for _ in range(count))


def test_forty_at_once_then_twenty_a_second() -> None:
    allowance = Allowance(100.0)
    assert admitted(allowance, 50, 100.0) == 40
    assert admitted(allowance, 50, 101.0) == 20
    assert admitted(allowance, 50, 200.0) == 40, "what was not used is saved up to a burst"


@given(st.lists(st.floats(0.0, 3.0), max_size=300))
def test_never_more_than_the_burst_and_the_rate(waits: list[float]) -> None:
    allowance, now, taken = Allowance(0.0), 0.0, 0
    for wait in waits:
        now += wait
        taken += allowance.admit(now)
        assert taken <= BURST + RATE * now + 1e-6


def test_who_keeps_to_the_rate_is_never_refused() -> None:
    allowance = Allowance(0.0)
    assert all(allowance.admit(step / RATE) for step in range(1_000))
    assert not allowance.too_many(1_000 / RATE)


def test_fifty_bad_messages_in_a_minute_are_survived_and_one_more_is_not() -> None:
    allowance = Allowance(0.0)
    for _ in range(BAD):
        allowance.bad(0.0)
    assert not allowance.too_bad(0.0)
    allowance.bad(59.9)
    assert allowance.too_bad(59.9)


def test_bad_messages_are_forgiven_after_a_minute() -> None:
    allowance = Allowance(0.0)
    for step in range(10 * BAD):
        allowance.bad(step * 1.25)
        assert not allowance.too_bad(step * 1.25)


def test_a_hundred_too_many_in_ten_seconds_are_survived_and_one_more_is_not() -> None:
    allowance = Allowance(0.0)
    assert admitted(allowance, int(BURST) + MANY, 0.0) == BURST
    assert not allowance.too_many(0.0)
    assert not allowance.admit(0.001)
    assert allowance.too_many(0.001) and not allowance.too_many(10.0)


@pytest.mark.parametrize("per_second", [25, 29])
def test_a_little_too_fast_is_refused_but_survived(per_second: int) -> None:
    allowance = Allowance(0.0)
    for step in range(60 * per_second):
        allowance.admit(step / per_second)
        assert not allowance.too_many(step / per_second)


def test_far_too_fast_is_not_survived() -> None:
    allowance = Allowance(0.0)
    assert any(not allowance.admit(step / 100) and allowance.too_many(step / 100) for step in range(1_000))


def test_memory_is_bounded() -> None:
    allowance = Allowance(0.0)
    for _ in range(10_000):
        allowance.admit(0.0)
        allowance.bad(0.0)
    assert len(allowance._bad) <= BAD + 1 and len(allowance._over) <= MANY + 1


def test_an_owner_has_so_many_sockets_and_each_counts_for_all_its_owners() -> None:
    crowd = Crowd()
    ada, here, both = {"user 1": 2}, {"address 9.9.9.9": 3}, {"user 1": 2, "address 9.9.9.9": 3}
    assert crowd.enter(both) and crowd.enter(ada)
    assert not crowd.enter(both)  # and the address has still one
    assert crowd.enter(here) and crowd.enter(here) and not crowd.enter(here)
    crowd.leave(both)
    assert crowd.enter(both) and not crowd.enter(ada)
    assert crowd.enter({})


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "::1", "192.168.0.9", "::ffff:127.0.0.1", "::ffff:10.1.2.3", "fe80::1%eth0", "",
     "unix"],
)  # fmt: skip
def test_a_proxy_beside_us_is_nobody_in_particular(address: str) -> None:
    assert stranger_at(address) == ""


def test_a_stranger_has_one_name_whatever_address_of_his_he_comes_from() -> None:
    assert stranger_at("93.184.216.34") == stranger_at("::ffff:93.184.216.34") == "93.184.216.34"
    assert stranger_at("2606:4700:1:2::1") == stranger_at("2606:4700:1:2:ffff::9") != ""
    assert stranger_at("2606:4700:1:2::1") != stranger_at("2606:4700:1:3::1")


def test_who_has_left_takes_no_memory() -> None:
    crowd = Crowd()
    for number in range(100):
        owners = {f"address {number}": 3, "user 1": 20}
        assert crowd.enter(owners)
        crowd.leave(owners)
    assert not crowd._sockets
