"""feedcheck's eyes: rates, ages, skipped ids, and what makes a verdict good, poor or nothing."""

import pytest

from feeds.check import GOOD, NOTHING, POOR, Check, Line, span
from feeds.market import Quote, Trade
from feeds.venues.base import Notice

NOW = 1_700_000_000_000
FINE = Line(reason="", refused={}, errors={}, offset=20, went_stale=False, on_time=True)
A, B = "COINBASE:BTC-USD", "COINBASE:ETH-USD"


def trade(number: int | str, symbol: str = A, age: int = 30, recap: bool = False) -> Trade:
    return Trade(symbol=symbol, id=str(number), time=NOW - age, price=10.0, size=1.0, side="buy", recap=recap)


def heard(*trades: Trade, **options: bool) -> Check:
    check = Check([A], **options)
    for each in trades:
        check.hear([each], NOW)
    return check


def test_good_is_when_nothing_is_wrong():
    check = heard(*(trade(number) for number in range(10)))
    assert check.verdict(FINE) == (GOOD, [])
    assert check.newest() == NOW and check.trades == 10


def test_nothing_came_says_why():
    line = Line(
        reason="can't connect: refused", refused={}, errors={"can't connect": 3, "no answer": 1},
        offset=None, went_stale=False, on_time=True,
    )  # fmt: skip
    assert heard().verdict(line) == (NOTHING, ["can't connect: refused", "no answer"])
    assert heard().verdict(FINE) == (NOTHING, ["connected, and not a word"])


def test_a_heartbeat_alone_is_nothing():
    check = Check([A])
    check.hear([Notice(kind="heartbeat", symbol=A)], NOW)
    assert check.verdict(FINE)[0] == NOTHING


@pytest.mark.parametrize(
    ("ids", "missing"),
    [
        ([1, 2, 3, 4, 5, 6], 0),
        ([1, 2, 3, 4, 5, 6, 9, 10, 11, 12], 2),
        ([6, 7, 8, 9, 10, 5, 11, 12], 0),  # late, not lost
        ([1, 2, 3], None),  # too few to tell
        ([10, 25, 61, 88, 102, 130, 170], None),  # numbered, but not one by one
        (["a-1", "b-2", "c-3", "d-4", "e-5", "f-6"], None),
    ],
)
def test_skipped_ids_are_counted_where_a_venue_numbers_its_trades(ids, missing):
    check = heard(*(trade(number) for number in ids))
    assert check.symbols[A].missing == missing
    code, wrong = check.verdict(FINE)
    assert (code, wrong) == ((POOR, [f"missing trades: {A} {missing}"]) if missing else (GOOD, []))


def test_where_ids_mean_nothing_none_is_missed():
    check = heard(*(trade(number) for number in [1, 2, 3, 4, 5, 6, 7, 8, 9, 99]), counts_ids=False)
    assert check.verdict(FINE) == (GOOD, [])
    assert check.table()[1].split()[-2:] == ["–", "0"]


def test_a_trade_told_twice_counts_once():
    check = heard(trade(1), trade(1), trade(2))
    assert (check.symbols[A].trades, check.symbols[A].repeated) == (2, 1)


def test_ages_and_silences():
    check = Check([A])
    for number, at in enumerate([0, 100, 2_100, 2_200]):
        check.hear([trade(number, age=-at + 50)], NOW + at)
    seen = check.symbols[A]
    assert (seen.age(0.5), seen.age(0.95), seen.silence) == (50, 50, 2_000)
    assert heard(trade(1, age=600_000, recap=True)).symbols[A].age(0.5) is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"refused": {B: "delisted"}}, f"refused {B}: delisted"),
        ({"errors": {"unreadable frame": 3}}, "3 × unreadable frame"),
        ({"went_stale": True}, "the line fell silent"),
        ({"offset": -3_000}, "its clock is 3.0 s ahead of ours"),
    ],
)
def test_what_makes_it_poor(change, says):
    line = Line(**(FINE._asdict() | change))
    assert heard(trade(1)).verdict(line) == (POOR, [says])


def test_old_prices_are_poor_unless_they_are_meant_to_be():
    check = heard(trade(1, age=9_000))
    assert check.verdict(FINE) == (POOR, [f"{A} is 9.0 s old"])
    assert check.verdict(FINE._replace(on_time=False)) == (GOOD, [])


def test_a_symbol_without_a_word_is_poor():
    check = Check([A, B])
    check.hear([Quote(symbol=A, last=1.0, received=NOW)], NOW)
    assert check.verdict(FINE) == (POOR, [f"nothing of {B}"])
    assert check.table()[2].split()[:3] == [B, "–", "–"]


@pytest.mark.parametrize(
    ("ms", "text"), [(None, "–"), (0, "0 ms"), (999, "999 ms"), (1_500, "1.5 s"), (600_000, "10 m")]
)
def test_lengths_of_time(ms, text):
    assert span(ms) == text
