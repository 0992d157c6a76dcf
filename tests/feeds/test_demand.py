"""Feeds follow demand: what nobody asks for lapses after a minute, what is always wanted never does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from feeds import demand as room
from feeds.demand import KEEP, MOST, MOST_LEFT, Demand

A, B, C = "SIM:A", "SIM:B", "SIM:C"


def test_what_a_hub_says_is_wanted_and_a_new_hub_is_told_from_a_known_one() -> None:
    demand = Demand({})
    assert demand.watch("one", {A: ["quote"]}, 0) is True
    assert demand.watch("one", {A: ["quote", "trades"]}, 1) is False
    assert demand.watch("two", {A: ["bars:1m"], B: ["quote"]}, 2) is True
    assert demand.wanted(3) == {A: {"quote", "trades", "bars:1m"}, B: {"quote"}}


def test_what_a_hub_no_longer_says_lingers_for_a_minute() -> None:
    demand = Demand({})
    demand.watch("one", {A: ["quote"], B: ["quote"]}, 0)
    demand.watch("one", {B: ["quote"]}, 1_000)
    demand.watch("one", {B: ["quote"]}, 31_000)
    assert demand.wanted(60_999) == {A: {"quote"}, B: {"quote"}}
    assert demand.wanted(61_000) == {B: {"quote"}}


def test_a_stream_that_is_no_longer_said_lingers_as_well() -> None:
    demand = Demand({})
    demand.watch("one", {A: ["quote", "bars:1m"]}, 0)
    demand.watch("one", {A: ["quote"]}, 30_000)
    assert demand.wanted(59_000) == {A: {"quote", "bars:1m"}}
    demand.watch("one", {A: ["quote"]}, 60_000)
    assert demand.wanted(90_000) == {A: {"quote"}}


def test_of_what_was_left_only_so_much_lingers_the_newest() -> None:
    demand = Demand({})
    demand.watch("one", {A: ["quote"], B: ["quote"]}, 0)
    demand.watch("one", {B: ["quote"]}, 1)
    for first in range(0, MOST_LEFT, 1_000):
        demand.watch("two", {f"SIM:{first + number}": ["quote"] for number in range(1_000)}, 2)
    demand.watch("one", {}, 3)
    demand.watch("two", {}, 4)
    assert len(demand._left) == MOST_LEFT and (A, "quote") not in demand._left
    assert demand.wanted(5).keys() >= {"SIM:2"}


def test_one_hub_leaving_does_not_shorten_what_another_left() -> None:
    demand = Demand({})
    demand.watch("one", {A: ["bars:1m"]}, 0)
    demand.watch("two", {A: ["quote"]}, 0)
    demand.unwatch("one", [A], 1_000)
    demand.unwatch("two", [A], 2_000)
    assert demand.wanted(60_999) == {A: {"bars:1m", "quote"}}
    assert demand.wanted(61_000) == {A: {"quote"}}
    assert demand.wanted(62_000) == {}


def test_who_comes_back_within_the_minute_finds_the_symbol_live() -> None:
    demand = Demand({})
    demand.watch("one", {A: ["quote"]}, 0)
    demand.unwatch("one", [A], 1_000)
    demand.watch("one", {A: ["quote"]}, 50_000)
    assert demand.wanted(100_000) == {A: {"quote"}}


def test_a_hub_that_died_is_forgotten_after_a_minute() -> None:
    demand = Demand({})
    demand.watch("dead", {A: ["quote"]}, 0)
    demand.watch("alive", {B: ["quote"]}, 50_000)
    assert demand.wanted(KEEP - 1) == {A: {"quote"}, B: {"quote"}}
    assert demand.wanted(KEEP) == {B: {"quote"}}
    assert demand.watch("dead", {A: ["quote"]}, KEEP + 1) is True


def test_unwatch_without_symbols_means_all_of_them() -> None:
    demand = Demand({})
    demand.watch("one", {A: ["quote"], B: ["quote"]}, 0)
    demand.watch("two", {B: ["quote"]}, 0)
    demand.unwatch("one", [], 0)
    demand.watch("two", {B: ["quote"]}, 59_000)
    assert demand.wanted(59_999) == {A: {"quote"}, B: {"quote"}}
    assert demand.wanted(60_000) == {B: {"quote"}}


def test_unwatch_of_a_stranger_or_of_the_unknown_is_nothing() -> None:
    demand = Demand({})
    demand.unwatch("nobody", [], 0)
    demand.watch("one", {A: ["quote"]}, 0)
    demand.unwatch("one", [C], 0)
    assert demand.wanted(1) == {A: {"quote"}}


def test_what_is_always_wanted_never_lapses() -> None:
    demand = Demand({A: {"quote"}})
    demand.watch("one", {A: ["trades"]}, 0)
    demand.unwatch("one", [], 0)
    assert demand.wanted(1) == {A: {"quote", "trades"}}
    assert demand.wanted(10 * KEEP) == {A: {"quote"}}


def test_what_is_returned_is_the_callers_own() -> None:
    demand = Demand({A: {"quote"}})
    demand.wanted(0)[A].add("trades")
    assert demand.wanted(0) == {A: {"quote"}}


def test_there_is_a_most_and_the_always_wanted_come_first() -> None:
    demand = Demand({A: {"quote"}})
    demand.watch("one", {f"SIM:S{n}": ["quote"] for n in range(MOST + 5)}, 0)
    wanted = demand.wanted(1)
    assert len(wanted) == MOST and A in wanted
    assert wanted == demand.wanted(2), "the same ones each time"


STREAMS = st.lists(st.sampled_from(["quote", "trades", "bars:1m"]), min_size=1, unique=True)
DEMANDS = st.dictionaries(st.sampled_from([A, B, C]), STREAMS)
HUBS = st.sampled_from(["one", "two"])


class Wishes(RuleBasedStateMachine):
    """Against a recount: a wish is wanted from when it was first said to a minute after it was last meant."""

    def __init__(self) -> None:
        super().__init__()
        self.demand = Demand({C: {"quote"}}, keep=100)
        self.now = 0
        self.said: dict[str, tuple[int, set[tuple[str, str]]]] = {}
        self.left: dict[tuple[str, str], int] = {}

    def forget_the_dead(self) -> None:
        self.said = {hub: said for hub, said in self.said.items() if self.now - said[0] < 100}

    @rule(hub=HUBS, demand=DEMANDS)
    def watch(self, hub: str, demand: dict[str, list[str]]) -> None:
        wishes = {(symbol, stream) for symbol, streams in demand.items() for stream in streams}
        assert self.demand.watch(hub, demand, self.now) == (hub not in self.said)
        before = self.said.get(hub, (0, set()))[1]
        self.left |= dict.fromkeys(before - wishes, self.now)
        self.said[hub] = (self.now, wishes)

    @rule(hub=HUBS, symbols=st.lists(st.sampled_from([A, B, C])))
    def unwatch(self, hub: str, symbols: list[str]) -> None:
        self.demand.unwatch(hub, symbols, self.now)
        if hub in self.said:
            at, wishes = self.said[hub]
            gone = {wish for wish in wishes if not symbols or wish[0] in symbols}
            self.left |= dict.fromkeys(gone, self.now)
            self.said[hub] = (at, wishes - gone)

    @rule(ms=st.integers(1, 60))
    def wait(self, ms: int) -> None:
        self.now += ms

    @precondition(lambda self: self.now > 0)
    @invariant()
    def wanted_equals_the_recount(self) -> None:
        self.forget_the_dead()
        wishes = {(C, "quote")}.union(*(wishes for _, wishes in self.said.values()))
        wishes |= {wish for wish, at in self.left.items() if self.now - at < 100}
        wanted = self.demand.wanted(self.now)
        assert {(symbol, stream) for symbol, streams in wanted.items() for stream in streams} == wishes


TestWishes = Wishes.TestCase


@given(DEMANDS, DEMANDS)
def test_memory_is_bounded_by_what_was_said_within_a_minute(
    first: dict[str, list[str]], second: dict[str, list[str]]
) -> None:
    demand = Demand({})
    demand.watch("one", first, 0)
    demand.watch("one", second, 1)
    demand.wanted(2 * KEEP)
    assert demand._hubs == {} and demand._left == {}


def test_the_most_can_be_reached_by_what_lingers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST", 2)
    demand = Demand({})
    demand.watch("one", {A: ["quote"]}, 0)
    demand.watch("one", {B: ["quote"], C: ["quote"]}, 1)
    assert demand.wanted(2) == {B: {"quote"}, C: {"quote"}}, "who looks now goes before who has left"
