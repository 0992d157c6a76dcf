"""What a line was asked for: whom it asks for again, how often, and what it says of it."""

from hypothesis import given
from hypothesis import strategies as st

from feeds.asked import ACKED_WITHIN, EVERY, QUIET, SELDOM, Asked

A, B, C = "OKX:A-USD", "OKX:B-USD", "OKX:C-USD"
NOTHING: tuple[list[str], list[str], list[str]] = ([], [], [])


def asked(*symbols: str, acks: bool = True, first_within: float | None = 30.0) -> Asked:
    """A line that was asked for these at 0 s."""
    made = Asked(acks, first_within)
    made.sent(symbols or (A, B, C), 0.0)
    return made


def hear(line: Asked, now: float, *symbols: str) -> None:
    line.heard |= set(symbols)
    line.look(now)


def seconds(line: Asked, start: int, end: int, *alive: str) -> list[tuple[int, tuple[list[str], ...]]]:
    """Play some seconds in which these are heard and all others silent; return what was asked again when."""
    told: list[tuple[int, tuple[list[str], ...]]] = []
    for now in range(start, end):
        hear(line, now, *alive)
        again = line.again(now)
        for part in again:
            line.sent(part, now)
        if again != NOTHING:
            told.append((now, again))
    return told


def test_who_is_acked_and_heard_is_not_asked_again() -> None:
    line = asked()
    for symbol in (A, B, C):
        line.acked(symbol)
    assert seconds(line, 0, 200, A, B, C) == [] and line.troubles(200) == {}


def test_one_left_out_of_the_ack_is_asked_again_once_and_then_said_so() -> None:  # fidelity 18, 21
    line = asked()
    line.acked(A)
    line.acked(B)
    assert seconds(line, 0, 19, A, B) == [(int(ACKED_WITHIN), ([], [C], []))]
    assert line.troubles(19) == {}
    assert seconds(line, 19, 21, A, B) == []
    assert line.troubles(21) == {C: f"{C}: the venue doesn't take it, and doesn't say why"}


def test_a_symbol_that_is_never_heard_is_asked_again_ever_less_often() -> None:  # fidelity 2, 17
    line = asked(A, B, acks=False)
    times = [now for now, _ in seconds(line, 0, 3000, A)]
    assert times == [30, 90, 210, 450, 930, 1830, 2730]
    assert all(part == ([], [], [B]) for _, part in seconds(asked(A, B, acks=False), 0, 100, A))
    assert line.troubles(3000) == {B: f"{B}: not a word from the venue, though it was asked again"}


def test_the_first_word_ends_the_trouble() -> None:
    line = asked(A, acks=False)
    seconds(line, 0, 61)
    assert A in line.troubles(61)
    hear(line, 61.5, A)
    assert line.troubles(61.5) == {} and line.again(61.5) == NOTHING


def test_where_nothing_is_told_before_it_happens_nobody_is_missed() -> None:  # fidelity 4
    line = asked(acks=False, first_within=None)
    assert seconds(line, 0, 5000) == [] and line.troubles(5000) == {}


def test_one_symbol_that_falls_silent_is_asked_again_at_most_each_minute() -> None:  # fault V3
    line = asked(A, B)
    line.acked(A)
    line.acked(B)
    assert seconds(line, 0, 20, A, B) == []
    tries = [now for now, part in seconds(line, 20, 400, A) if part == ([], [], [B])]
    assert tries == [80, 140, 260] and tries[0] - 19 > QUIET
    assert line.troubles(400) == {B: f"{B}: not a word from the venue, though it was asked again"}


def test_who_is_usually_quiet_is_given_five_times_its_silence() -> None:
    line = asked(A, first_within=None)
    line.acked(A)
    for now in (0, 100, 200):
        hear(line, now, A)
    assert [now for now, _ in seconds(line, 200, 900)] == [701, 761, 881]
    assert line.troubles(900) == {}  # it need not say anything


def test_a_refusal_that_names_nobody_means_what_was_not_answered() -> None:  # fidelity 20
    line = asked()
    line.acked(A)
    hear(line, 1.0, B)
    line.refused("args size >10", 2.0)
    assert line.troubles(2.0) == {C: f"{C}: args size >10"}
    assert line.again(6.0) == NOTHING and line.again(7.0) == ([C], [], [])


def test_several_are_asked_again_one_by_one() -> None:
    line = asked(acks=False, first_within=None)
    line.refused("too many", 0.0)
    assert seconds(line, 0, 12) == [(5, ([A], [], [])), (7, ([B], [], [])), (9, ([C], [], []))]


def test_who_is_refused_again_waits_twice_as_long() -> None:
    line = asked(A)
    line.refused("no", 0.0)
    tries = []
    for now in range(400):
        [*single], _, _ = line.again(now)
        if single:
            tries.append(now)
            line.sent(single, now)
            line.refused("no", now)
    assert tries == [5, 15, 35, 75, 155, 315] and line.troubles(400) == {A: f"{A}: no"}


def test_a_late_refusal_means_nobody() -> None:
    line = asked()
    line.refused("what?", 11.0)
    assert line.troubles(11.0) == {} and line.again(11.0)[0] == []


def test_one_refused_for_now_is_asked_again_when_the_venue_says() -> None:
    line = asked(A, B)
    line.later(B, "Rate limit exceeded", 20.0, 1.0)
    line.later("OKX:UNKNOWN", "no", 1.0, 1.0)
    line.acked(A)
    assert line.again(20.0)[0] == [] and line.again(21.0)[0] == [B]
    line.sent([B], 21.0)
    line.acked(B)
    assert line.troubles(22.0) == {}


def test_what_is_given_back_is_forgotten() -> None:
    line = asked()
    line.gone([A, "OKX:NEVER"])
    assert line.symbols == {B, C} and line.again(10.0)[1] == [B, C]
    hear(line, 10.0, A)
    line.acked(A)
    assert line.symbols == {B, C}


@given(st.lists(st.tuples(st.sampled_from("hacrl."), st.sampled_from([A, B, C])), max_size=300))
def test_no_symbol_is_asked_for_twice_within_its_patience(steps: list[tuple[str, str]]) -> None:
    line = asked()
    last = dict.fromkeys((A, B, C), 0.0)
    for number, (kind, symbol) in enumerate(steps):
        now = number * 7.0
        match kind:
            case "h":
                hear(line, now, symbol)
            case "a":
                line.acked(symbol)
            case "r":
                line.refused("no", now)
            case "l":
                line.later(symbol, "not now", 5.0, now)
        for part in line.again(now):
            for each in part:
                assert now - last[each] >= 5.0
                last[each] = now
            line.sent(part, now)
        assert set(line.troubles(now)) <= {A, B, C}


def test_the_longest_distance_is_a_quarter_of_an_hour() -> None:
    assert EVERY == 60.0 and SELDOM == 900.0
