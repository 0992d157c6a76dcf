"""Pushed symbols are kept for a day after their last push, and not too many of them."""

from feeds.market import Mark, Quote, Trade
from feeds.pushed import KEEP, MOST, Pushed
from feeds.venues.desk import Desk, events_of, instrument_of
from feeds.wire import TICKS, Tick, Ticks, pack, unpack


def test_each_push_keeps_its_symbol_for_a_day() -> None:
    pushed = Pushed()
    assert pushed.saw(["DESK:A", "DESK:B"], 0) and not pushed.saw(["DESK:A"], 10)
    assert pushed.kept(KEEP - 1) == ["DESK:B", "DESK:A"]
    assert pushed.kept(KEEP) == ["DESK:A"]
    assert pushed.kept(KEEP + 10) == []
    assert pushed.saw(["DESK:A"], KEEP + 20)


def test_the_longest_silent_goes_first() -> None:
    pushed = Pushed()
    for n in range(MOST):
        pushed.saw([f"DESK:{n}"], n)
    pushed.saw(["DESK:0"], MOST)
    pushed.saw(["DESK:NEW"], MOST)
    kept = pushed.kept(MOST)
    assert len(kept) == MOST and "DESK:1" not in kept and kept[-2:] == ["DESK:0", "DESK:NEW"]


def test_a_tick_with_a_size_is_a_trade_and_without_one_a_price() -> None:
    tick = Tick("DESK:A", 5, 7.5, 2.0, "id-1")
    assert events_of(tick, 9) == [
        Trade(symbol="DESK:A", id="id-1", time=5, price=7.5, size=2.0, side=None),
    ]
    quiet = Tick("DESK:A", 5, 7.5, None, "id-2")
    assert events_of(quiet, 9) == [
        Quote(symbol="DESK:A", time=5, received=9, last=7.5),
        Mark(symbol="DESK:A", time=5, price=7.5),
    ]
    assert unpack(pack(TICKS, Ticks([tick, quiet]))) == Ticks([tick, quiet])


def test_what_it_is_listed_as() -> None:
    listed = instrument_of("DESK:MY-INDEX")
    assert (listed.venue, listed.name, listed.kind) == ("DESK", "MY-INDEX", "other")
    assert Desk().symbol(listed.native) == listed.symbol and Desk.open_catalogue
