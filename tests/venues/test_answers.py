"""What the venues share in reading: entries with bad fields, rows of history, and answers of all shapes."""

from typing import Any

import pytest

from feeds.errors import FeedError
from feeds.market import Quote, Trade
from feeds.venues.answers import answer_of, in_its_words, list_of, listed, past_trades, refused, status_of
from feeds.venues.base import Notice
from feeds.venues.reading import Fields, bar_of, millis, trades_of

NOW = 1_790_000_000_000
MINUTE = 1_790_000_040_000
BTC = "X:BTC-USD"


def read(row: Any, fields: Fields) -> Trade | None:
    return fields.trade(BTC, fields.need("time", millis, row["t"]), (row["i"], row["p"], row["s"]), "buy")


def entry(number: object, time: object = NOW, price: object = 5.0, size: object = "2") -> dict[str, object]:
    return {"i": number, "t": time, "p": price, "s": size}


def trade(number: str, time: int = NOW) -> Trade:
    return Trade(symbol=BTC, id=number, time=time, price=5.0, size=2.0, side="buy")


def test_the_trades_of_a_frame_leave_oldest_first_and_the_bad_ones_last() -> None:  # fidelity 47
    told = [entry(10), entry(9), entry(11, price="0.-1"), entry(8, time=NOW - 1)]
    *good, bad = trades_of(told, "trade", "btc", read)
    assert good == [trade("8", NOW - 1), trade("9"), trade("10")]
    assert isinstance(bad, Notice) and bad.reason.startswith("bad trade price: btc not a number")


@pytest.mark.parametrize("wrong", [{"number": None}, {"time": 0}, {"price": 0.0}, {"size": None}])
def test_a_trade_lacks_nothing(wrong: dict[str, object]) -> None:  # fidelity 47
    [notice] = trades_of([entry(**{"number": 1} | wrong)], "trade", "btc", read)
    assert isinstance(notice, Notice) and notice.kind == "bad" and "has none" in notice.reason


def test_a_bad_figure_of_a_quote_costs_only_itself() -> None:  # fidelity 47
    quote, notice = Fields("ticker", "btc").quote(BTC, NOW, 7, last="5", bid="-1", bid_size=0, volume=None)
    assert quote == Quote(symbol=BTC, received=NOW, time=7, last=5.0, bid_size=0.0)
    assert isinstance(notice, Notice) and notice.reason == "bad ticker bid: btc not a price: '-1'"


def test_a_quote_without_a_price_is_none() -> None:
    assert Fields("ticker", "btc").quote(BTC, NOW, volume=5.0, high=0.0) == []


def test_a_price_of_a_day_ago_has_no_dust() -> None:
    assert Fields("ticker", "btc").opening(0.3, 0.1) == 0.2
    assert Fields("ticker", "btc").opening(None, 0.1) is None
    assert (fields := Fields("ticker", "btc")).opening(5.0, 6.0) is None and len(fields.bad) == 1


@pytest.mark.parametrize("time", [MINUTE, str(MINUTE)])
def test_a_row_is_read_by_its_columns(time: object) -> None:
    bar = bar_of([9, 2, 4, 1, 3, time], (5, 1, 2, 3, 4, 0), BTC, "1m", MINUTE + 60_000, per_second=1000)
    assert bar is not None and (bar.time, bar.open, bar.high, bar.low, bar.close, bar.volume) == (
        MINUTE, 2.0, 4.0, 1.0, 3.0, 9.0,
    )  # fmt: skip
    assert bar.closed and bar.source == "backfill"


@pytest.mark.parametrize("row", [None, {}, "123456", [], [MINUTE, 1, 2, 3, 4], [MINUTE + 1, 1, 2, 3, 4, 5]])
def test_a_row_that_is_none_makes_no_bar(row: object) -> None:  # fidelity 70
    assert bar_of(row, (0, 1, 2, 3, 4, 5), BTC, "1m", NOW, per_second=1000) is None


def object_of(body: bytes) -> dict[str, Any]:
    answer = answer_of(body, dict[str, Any], "Somewhere")
    if "error" in answer:
        raise refused("Somewhere", answer["error"], 60.0, terminal=True)
    return answer


def test_an_answer_of_another_shape_says_what_it_is() -> None:
    assert list_of(b"[1]", "Somewhere", object_of) == [1]
    for body, words in [
        (b"<html>", "answered with no JSON of its own: <html>"),
        (b'{"a":1}', "answered with no list: "),
        (b'{"error":"no such pair"}', "Somewhere: no such pair"),
    ]:
        with pytest.raises(FeedError, match=words):
            list_of(body, "Somewhere", object_of)


def test_only_a_refusal_in_its_own_words_is_the_venues() -> None:
    error = in_its_words("Somewhere", object_of, b'{"error":"no such pair"}')
    assert error is not None and (error.retry_after, error.terminal) == (60.0, True)
    assert in_its_words("Somewhere", object_of, b"<html>") is None
    assert in_its_words("Somewhere", object_of, b"{}") is None


def test_what_is_listed_names_its_currencies() -> None:
    made = listed("X:BTC-USD-PERP", "btcperp", "future", 0.5, "halted", "Bitcoin")
    assert (made.base, made.quote, made.tick_size, made.status) == ("BTC", "USD", 0.5, "halted")
    assert (made.symbol, made.native, made.title) == ("X:BTC-USD-PERP", "btcperp", "Bitcoin")


@pytest.mark.parametrize(
    ("row", "status"),
    [
        ({}, "online"), ({"status": "delisted", "post_only": True}, "delisted"),
        ({"status": "online", "post_only": True}, "post_only"), ({"post_only": "yes"}, "online"),
    ],
)  # fmt: skip
def test_a_limit_is_a_status(row: dict[str, Any], status: str) -> None:
    assert status_of(row, ("post_only",)) == status


def test_trades_of_the_past_are_told_oldest_first() -> None:
    def made(row: int | None, symbol: str) -> Trade | None:
        return trade(str(row), NOW - row) if row else None

    assert [each.id for each in past_trades([1, None, 2], made, BTC)] == ["2", "1"]
