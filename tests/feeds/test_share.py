"""Which worker runs which venue."""

from hypothesis import given
from hypothesis import strategies as st

from feeds.share import shares

VENUES = ["BINANCE", "COINBASE", "ECB", "FORMULA", "KRAKEN", "SIM", "YAHOO"]
names = st.lists(st.text("abcdef0123456789", min_size=6, max_size=6), min_size=1, max_size=6, unique=True)
workers = names.flatmap(
    lambda each: st.fixed_dictionaries(
        {name: st.lists(st.sampled_from(VENUES), min_size=1, unique=True) for name in each}
    )
)


@given(workers)
def test_every_venue_that_is_on_somewhere_has_one_worker_where_it_is_on(alive):
    owners = shares(alive)
    assert owners.keys() == {venue for on in alive.values() for venue in on}
    assert all(venue in alive[worker] for venue, worker in owners.items())


@given(names, st.randoms())
def test_all_workers_come_to_the_same_answer_and_to_even_parts(alive, random):
    owners = shares(dict.fromkeys(alive, VENUES))
    shuffled = random.sample(alive, len(alive))
    assert shares({name: random.sample(VENUES, len(VENUES)) for name in shuffled}) == owners
    lines = [owner for venue, owner in owners.items() if venue != "FORMULA"]
    assert max(lines.count(name) for name in alive) <= -(-(len(VENUES) - 1) // len(alive))


@given(st.lists(st.text("abcdef0123456789", min_size=6, max_size=6), min_size=2, max_size=2, unique=True))
def test_two_workers_share_two_venues_whoever_has_the_formulas(alive):
    owners = shares({key: ["COINBASE", "FORMULA", "SIM"] for key in alive})
    assert {owners["COINBASE"], owners["SIM"]} == set(alive)


def test_a_worker_alone_has_all_and_without_workers_there_is_nothing_to_have():
    assert set(shares({"a": VENUES}).values()) == {"a"}
    assert shares({}) == {}
