"""No wick is lost however slow the socket: extremes and ticks equal a recount for readers of any speed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import trail as room
from dashboard.held import Held
from dashboard.session import Cursor
from dashboard.trail import Trail
from feeds import wire
from feeds.market import Quote

SYMBOL = "SIM:BTC-USD"
PRICES = st.integers(1, 40).map(float)
STATES = st.lists(st.tuples(PRICES, PRICES).map(sorted), max_size=60)


def filled(states: list[list[float]], first: int = 1) -> Trail:
    """A trail of states (lo, hi), numbered from `first`."""
    trail = Trail()
    for seq, (lo, hi) in enumerate(states, first):
        trail.add(seq, hi, lo)
    return trail


def recount(states: list[list[float]], after: int) -> tuple[float, float] | None:
    seen = states[after:]
    return (max(hi for _, hi in seen), min(lo for lo, _ in seen)) if seen else None


@given(STATES)
def test_the_extremes_since_any_state_equal_a_recount(states: list[list[float]]) -> None:
    trail = filled(states)
    for after in range(len(states) + 2):
        assert trail.since(after) == recount(states, after)


@given(STATES, st.integers(2, 8))
def test_a_trail_that_is_too_long_can_only_widen(states: list[list[float]], longest: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "LONGEST", longest)
        trail = filled(states)
    assert len(trail._highs) == len(trail._high_seqs) <= longest
    assert len(trail._lows) == len(trail._low_seqs) <= longest
    for after in range(len(states)):
        told, right = trail.since(after), recount(states, after)
        assert told is not None and right is not None
        assert told[0] >= right[0] and told[1] <= right[1]
    assert trail.since(0) == recount(states, 0), "who saw nothing is told exactly all"


def test_a_market_that_only_falls_is_remembered_up_to_a_bound() -> None:
    trail = filled([[10_000.0 - step, 10_000.0 - step] for step in range(6_000)])
    assert len(trail._highs) == room.LONGEST and len(trail._lows) == 1
    assert trail.since(5_999) == (4_001.0, 4_001.0)
    assert trail.since(3_000) == (7_000.0, 4_001.0)
    assert trail.since(0) == (10_000.0, 4_001.0)


def test_a_cleared_trail_knows_nothing() -> None:
    trail = filled([[1.0, 9.0]])
    trail.clear()
    assert trail.since(0) is None
    trail.add(7, 3.0, 2.0)
    assert trail.since(6) == (3.0, 2.0) and trail.since(7) is None


# ------------------------------------------------------------------- of a symbol
def quote(seq: int, lo: float | None, hi: float | None, merged: int = 1) -> Quote:
    return Quote(symbol=SYMBOL, seq=seq, time=seq, last=hi, hi=hi, lo=lo, merged=merged)


def state(seq: int, said: Quote | None = None, streams: tuple[str, ...] = ("quote",)) -> wire.SymbolState:
    return wire.SymbolState(SYMBOL, seq, said, streams=list(streams))


def held_at(seq: int) -> Held:
    held = Held(SYMBOL)
    held.become(state(seq, quote(seq, 20.0, 20.0, 0)))
    return held


@given(
    st.lists(st.tuples(PRICES, PRICES, st.integers(0, 9), st.sets(st.integers(0, 3))), max_size=80),
    st.integers(0, 1_000),
)
def test_readers_of_any_speed_see_every_extreme_and_tick_once(
    steps: list[tuple[float, float, int, set[int]]], first: int
) -> None:
    """After each state some of four readers look, and are told the recount since they last did."""
    held = held_at(first)
    cursors = dict.fromkeys(range(4), held.cursor)
    unseen: dict[int, list[Quote]] = {reader: [] for reader in range(4)}
    for seq, (one, other, merged, lookers) in enumerate(steps, first + 1):
        lo, hi = sorted((one, other))
        published = quote(seq, lo, hi, merged)
        assert held.put_quote(published)
        for reader in unseen:
            unseen[reader].append(published)
        for reader in lookers:
            told = held.quote_since(cursors[reader])
            assert told is not None and held.text_since(cursors[reader]) == wire.to_json(told)
            assert (told.seq, told.last) == (seq, hi)
            assert told.hi == max(each.hi for each in unseen[reader])
            assert told.lo == min(each.lo for each in unseen[reader])
            assert told.merged == sum(each.merged for each in unseen[reader])
            cursors[reader], unseen[reader] = held.cursor, []


def test_who_has_seen_the_newest_is_told_no_extremes_but_the_price() -> None:
    held = held_at(5)
    held.put_quote(quote(6, 1.0, 9.0))
    told = held.quote_since(held.cursor)
    assert told is not None and (told.hi, told.lo, told.merged) == (9.0, 9.0, 0)


def test_before_the_first_price_there_is_nothing_to_tell() -> None:
    held = Held(SYMBOL)
    assert held.quote_since(Cursor(0, 0)) is None
    held.become(state(3))
    assert held.known and held.quote_since(held.cursor) is None
    assert held.put_quote(quote(4, None, None, 2))
    told = held.quote_since(Cursor(3, 0))
    assert told is not None and (told.last, told.hi, told.lo, told.merged) == (None, None, None, 2)


def test_readers_who_share_a_cursor_share_a_text() -> None:
    held = held_at(0)
    before = held.cursor
    held.put_quote(quote(1, 1.0, 9.0))
    assert held.text_since(before) is held.text_since(Cursor(*before))
    held.put_quote(quote(2, 2.0, 3.0))
    assert b'"hi":9.0,"lo":1.0,"merged":2' in held.text_since(before)


def test_a_state_that_is_known_is_taken_once() -> None:
    held = held_at(5)
    assert held.put_quote(quote(5, 1.0, 99.0)) and held.put_quote(quote(4, 1.0, 99.0))
    assert (held.seq, held.ticks, held.trail.since(0)) == (5, 0, None)


def test_a_state_that_is_skipped_is_a_loss_until_the_whole_is_told_again() -> None:
    held = held_at(5)
    assert not held.put_quote(quote(7, 1.0, 2.0))
    assert not held.known and held.seq == 5
    held.become(state(9, quote(9, 3.0, 3.0, 0)))
    assert held.known and held.seq == 9 and held.trail.since(5) is None


def test_the_whole_asked_for_by_another_reader_costs_no_wick() -> None:
    held = held_at(5)
    slow = held.cursor
    held.put_quote(quote(6, 1.0, 99.0))
    held.put_quote(quote(7, 30.0, 30.0))
    held.become(state(7, quote(7, 30.0, 30.0, 0), ("quote", "bars:1m")))
    assert held.streams == {"quote", "bars:1m"}
    told = held.quote_since(slow)
    assert told is not None and (told.last, told.hi, told.lo, told.merged) == (30.0, 99.0, 1.0, 2)


def test_the_whole_of_another_worker_run_is_no_continuation() -> None:
    held = held_at(5)
    held.put_quote(quote(6, 1.0, 99.0))
    held.known = False
    held.become(state(6, quote(6, 30.0, 30.0, 0)))
    told = held.quote_since(Cursor(5, 0))
    assert told is not None and (told.hi, told.lo) == (30.0, 30.0)
