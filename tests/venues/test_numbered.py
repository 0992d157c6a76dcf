"""A line whose frames are numbered notices what is missing, and knows nothing of other lines."""

import json
from typing import Any

from hypothesis import given

from feeds.market import Trade
from feeds.venues.base import Notice
from feeds.venues.coinbase_adv import CoinbaseAdvanced
from tests.venues.mutation import mutations

NOW = 1_790_000_000_000
LATER = NOW + 10_001


def frame(number: int, **more: Any) -> str:
    """Return a frame of trades with this number."""
    trade = {
        "product_id": "BTC-USD",
        "trade_id": str(number),
        "price": "64340.74",
        "size": "0.00746872",
        "time": "2026-06-14T05:54:17.799285Z",
        "side": "SELL",
    }
    head = {"channel": "market_trades"} | more | {"timestamp": "2026-06-14T05:54:18.66623968Z"}
    return json.dumps(
        head | {"sequence_num": number, "events": [{"type": "update", "trades": [trade]}]},
        separators=(",", ":"),
    )


def kinds(*numbers: int, since: int = NOW, at: int = LATER) -> list[str]:
    """Return what a line makes of frames with these numbers, the first of them at its beginning."""
    read = CoinbaseAdvanced().reader()
    events = [read(frame(number), since if not index else at) for index, number in enumerate(numbers)]
    return [each.kind if isinstance(each, Notice) else "trade" for told in events for each in told]


def test_frames_in_a_row_are_whole() -> None:
    assert kinds(0, 1, 2, 3) == ["trade"] * 4


def test_a_jump_means_lost_frames_and_is_told_before_what_came() -> None:  # fidelity 35
    read = CoinbaseAdvanced().reader()
    read(frame(7), NOW)
    lost, trade = read(frame(10), LATER)
    assert lost == Notice(kind="lost", reason="frames were lost: 2") and isinstance(trade, Trade)
    assert len(read(frame(11), LATER)) == 1


def test_at_the_beginning_a_jump_is_only_counted() -> None:
    assert kinds(0, 2, 3, at=NOW + 9_000) == ["trade", "bad", "trade", "trade"]


def test_a_count_that_begins_anew_and_one_twice_is_no_loss() -> None:  # fidelity 37
    assert kinds(500, 501, 0, 1, 1, 2) == ["trade"] * 6


def test_older_frames_and_bytes_are_counted_too() -> None:  # fidelity 87
    read = CoinbaseAdvanced().reader()
    read(frame(1, client_id="").encode(), NOW)
    assert read(frame(3, client_id="").encode(), LATER)[0] == Notice(
        kind="lost", reason="frames were lost: 1"
    )


def test_what_has_no_number_changes_nothing() -> None:
    read = CoinbaseAdvanced().reader()
    read(frame(1), NOW)
    read('{"type":"error","message":"authentication failure"}', LATER)
    assert not isinstance(read(frame(2), LATER)[0], Notice)


def test_two_lines_are_counted_apart() -> None:
    venue = CoinbaseAdvanced()
    one, other = venue.reader(), venue.reader()
    one(frame(1), NOW)
    other(frame(900), NOW)
    assert len(one(frame(2), LATER)) == len(other(frame(901), LATER)) == 1


@given(raw=mutations([frame(5)]))
def test_nothing_raises(raw: str | bytes) -> None:
    read = CoinbaseAdvanced().reader()
    for _ in range(2):
        assert isinstance(read(raw, NOW), list)
