"""Bitfinex's words: lists whose first number stands for a channel, sides by a sign, own currency codes."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given

from feeds.errors import FeedError
from feeds.feed import Feed, supervise
from feeds.market import Quote, Trade
from feeds.stream import stream
from feeds.venues.base import Event, Notice
from feeds.venues.bitfinex import OVERLAP, Bitfinex
from tests.fakes.bitfinex import FakeBitfinex
from tests.support import wait_for
from tests.venues.mutation import assert_believable, mutations

NOW = 1_790_000_000_000
BTC, ETH = "BITFINEX:BTC-USD", "BITFINEX:ETH-USD"

INFO = {"event": "info", "version": 2, "serverId": "a-b", "platform": {"status": 1}}
PRICES = {"event": "subscribed", "channel": "ticker", "chanId": 11, "symbol": "tBTCUSD", "pair": "BTCUSD"}
TRADES = PRICES | {"channel": "trades", "chanId": 12}
TICKER = [11, [50499, 1.5, 50501, 2.5, -100, -0.002, 50500, 3210.5, 51000, 49000]]
BOUGHT = [401597395, 1574694478808, 0.005, 7245.3]
SOLD = [401597394, 1574694478800, -0.25, 7245.2]
SNAPSHOT = [12, [BOUGHT, SOLD]]
EXECUTED = [12, "te", BOUGHT]
ERROR = {"event": "error", "msg": "symbol: invalid", "code": 10300, "channel": "ticker", "symbol": "tBTCUSD"}


def greeted() -> Bitfinex:
    """Return a venue that has subscribed to both channels of one pair."""
    venue = Bitfinex()
    for said in (INFO, PRICES, TRADES):
        parse(said, venue)
    return venue


def parse(message: Any, venue: Bitfinex | None = None, at: int = NOW) -> list[Event]:
    text = message if isinstance(message, str) else json.dumps(message)
    return (venue or greeted()).parse(text, at)


# --------------------------------------------------------------------------- prices
def test_a_ticker_is_a_quote_without_a_time() -> None:  # fidelity 52, 59
    assert parse(TICKER) == [
        Quote(
            symbol=BTC, received=NOW, last=50500.0, bid=50499.0, bid_size=1.5, ask=50501.0, ask_size=2.5,
            open=50600.0, high=51000.0, low=49000.0, volume=3210.5,
        )
    ]  # fmt: skip


def test_lists_may_grow_or_have_nulls() -> None:  # fidelity 42, 43, 87
    assert parse([11, [*TICKER[1], None, 7], 1_790_000_000_000]) == parse(TICKER)
    [quote] = parse([11, [None, None, 50501, 2.5, None, None, 50500, None, None, None]])
    assert (quote.bid, quote.ask, quote.last, quote.open) == (None, 50501.0, 50500.0, None)


def test_a_pair_that_was_never_traded_has_no_last_price() -> None:  # fidelity 33
    [quote] = parse([11, [50499, 1.5, 50501, 2.5, 0, 0, 0, 0, 0, 0]])
    assert (quote.bid, quote.ask, quote.last) == (50499.0, 50501.0, None)
    assert parse([11, [None] * 10]) == [Notice(kind="ignored", reason="ticker without a price")]


def test_channels_of_other_kinds_are_counted_by_their_kind() -> None:  # fidelity 88
    venue = greeted()
    candles = {"event": "subscribed", "channel": "candles", "chanId": 13, "key": "trade:1m:tBTCUSD"}
    loan = {"event": "subscribed", "channel": "trades", "chanId": 14, "symbol": "fUSD", "currency": "USD"}
    assert [parse(said, venue) for said in (candles, loan)] == [[Notice(kind="ack")]] * 2
    told = [parse(frame, venue) for frame in ([13, [[1, 2, 3]]], [13, [[4, 5, 6]]], [14, "fte", [1]])]
    assert told[0] == told[1] == [Notice(kind="ignored", reason="channel candles")]
    assert told[2] == [Notice(kind="ignored", reason="channel trades")]


def test_a_refusal_of_what_is_no_code_is_a_refusal() -> None:  # fidelity 17
    [notice] = parse(ERROR | {"symbol": "tFOO"})
    assert (notice.kind, notice.symbol) == ("refused", None)


def test_one_bad_field_costs_only_itself() -> None:  # fidelity 47
    quote, notice = parse([11, ["0.-1", *TICKER[1][1:]]])
    assert quote.bid is None and quote.last == 50500.0
    assert notice.reason.startswith("bad ticker bid: BITFINEX:BTC-USD")


def test_the_sign_of_an_amount_is_the_takers_side() -> None:  # fidelity 51
    trade = Trade(symbol=BTC, id="401597395", time=1574694478808, price=7245.3, size=0.005, side="buy")
    assert parse(EXECUTED) == [trade]
    [sold] = parse([12, "te", SOLD])
    assert (sold.size, sold.side) == (0.25, "sell")


def test_a_trade_is_told_twice_and_counted_once() -> None:  # fidelity 31
    assert parse([12, "tu", BOUGHT]) == [Notice(kind="ignored", reason="tu")]


def test_the_trades_at_subscribing_are_old_and_newest_first() -> None:  # fidelity 29, 32
    told = parse(SNAPSHOT)
    assert [(each.id, each.recap) for each in told] == [("401597394", True), ("401597395", True)]


def test_a_market_without_trades_says_so() -> None:
    assert parse([12, []]) == [Notice(kind="ignored", reason="no trades yet")]


def test_small_numbers_are_numbers() -> None:  # fidelity 44
    [trade] = parse('[12,"te",[1,1574694478808,-9.1e-07,1.1e-7]]')
    assert (trade.size, trade.price, trade.side) == (9.1e-07, 1.1e-07, "sell")


@pytest.mark.parametrize(
    "wrong",
    [[1, 2], [None, *BOUGHT[1:]], [1, 0, 1, 1], [1, NOW, 0, 5], [1, NOW, 1, -5], [1, NOW, 1e300, 5], {}],
)
def test_a_trade_that_cannot_be_is_none(wrong: Any) -> None:  # fidelity 55, 60
    events = parse([12, "te", wrong])
    assert events and all(isinstance(event, Notice) and event.kind == "bad" for event in events)
    assert parse([12, [wrong, SOLD]])[0] == parse([12, [SOLD]])[0] or isinstance(wrong, dict)


# --------------------------------------------------------------------------- channels
def test_an_ack_gives_a_number_to_a_channel() -> None:  # fidelity 23
    venue = Bitfinex()
    assert parse(TICKER, venue) == [Notice(kind="ignored", reason="a channel that was not asked for")]
    assert parse(PRICES, venue) == [Notice(kind="ack", symbol=BTC)]
    assert isinstance(parse(TICKER, venue)[0], Quote)
    parse({"event": "unsubscribed", "status": "OK", "chanId": 11}, venue)
    assert parse(TICKER, venue)[0].kind == "ignored"


def test_a_new_line_gives_its_numbers_anew() -> None:  # fidelity 37
    venue = greeted()
    parse(INFO, venue)
    assert isinstance(parse(TICKER, venue)[0], Quote)  # the old line still talks
    parse(INFO, venue)
    assert parse(TICKER, venue)[0].kind == "ignored"


def test_a_number_that_means_two_things_is_not_believed_while_two_lines_may_live() -> None:
    venue = greeted()
    parse(INFO, venue)
    parse(PRICES | {"symbol": "tETHUSD"}, venue)
    assert parse(TICKER, venue, NOW + OVERLAP - 1)[0].kind == "ignored"
    assert parse(TICKER, venue, NOW + OVERLAP)[0].symbol == ETH


def test_books_and_other_channels_are_ignored() -> None:  # fidelity 88
    venue = greeted()
    parse(PRICES | {"channel": "book", "chanId": 13}, venue)
    assert parse([13, [[7254.7, 3, 3.3]]], venue)[0].kind == "ignored"
    assert parse([99, [[7254.7, 3, 3.3]]], venue)[0].kind == "ignored"


# --------------------------------------------------------------------------- notices
def test_each_channel_has_a_heartbeat() -> None:  # fidelity 4
    assert parse([11, "hb"]) == [Notice(kind="heartbeat", symbol=BTC)]


def test_a_refusal_names_its_pair() -> None:  # fidelity 19, 28
    assert parse(ERROR) == [Notice(kind="refused", symbol=BTC, reason="Bitfinex: symbol: invalid (10300)")]
    assert parse(ERROR | {"code": 10301, "msg": "subscribe: dup"}) == [Notice(kind="ack", symbol=BTC)]
    assert parse({"event": "error", "code": 10000})[0].symbol is None


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"code": 20051, "msg": "Stopping. Please try to reconnect"}, "reconnect"),
        ({"code": 20060, "msg": "Entering maintenance"}, "maintenance"),
        ({"code": 20061, "msg": "Maintenance ended"}, "reconnect"),
        ({"version": 2, "platform": {"status": 0}}, "maintenance"),
        ({"version": 2, "platform": {"status": 1}}, "ignored"),
    ],
)
def test_the_venue_says_how_it_is(changes: dict[str, Any], kind: str) -> None:  # fidelity 6, 81
    assert parse({"event": "info"} | changes)[0].kind == kind


def test_other_events_are_ignored_by_name() -> None:
    assert parse({"event": "conf", "status": "OK"}) == [Notice(kind="ignored", reason="conf")]
    assert parse({"event": "pong", "ts": 5, "cid": 1}) == [Notice(kind="pong")]


@pytest.mark.parametrize("raw", ["", "pong", "<html>", "[]", "{}", "7", '["a"]', '{"event":7}', "[" * 9999])
def test_what_is_no_frame_is_bad(raw: str) -> None:  # fidelity 16
    [notice] = parse(raw)
    assert notice.kind == "bad" and len(notice.reason) < 300


@given(raw=mutations([INFO, PRICES, TRADES, TICKER, SNAPSHOT, EXECUTED, ERROR, [11, "hb"]]))
def test_mutated_frames_never_raise_and_never_make_a_wrong_number(raw: str) -> None:
    assert_believable(parse(raw))


# --------------------------------------------------------------------------- names, and what we send
@pytest.mark.parametrize(
    ("symbol", "native"),
    [
        (BTC, "tBTCUSD"),
        ("BITFINEX:BTC-USDT", "tBTCUST"),
        ("BITFINEX:DUSK-USD", "tDUSK:USD"),
        ("BITFINEX:USDT-USD", "tUSTUSD"),
        ("BITFINEX:BTC-USDT-PERP", "tBTCF0:USTF0"),
        ("BITFINEX:1INCH-USD", "t1INCH:USD"),
    ],
)
def test_codes_and_symbols(symbol: str, native: str) -> None:  # fidelity 25
    assert (Bitfinex().native(symbol), Bitfinex().symbol(native)) == (native, symbol)


@pytest.mark.parametrize("native", ["fUSD", "tBTC", "t", "tBTCUSDX", "BTCUSD", "t:USD"])
def test_what_is_no_pair_is_refused(native: str) -> None:
    with pytest.raises(ValueError):
        Bitfinex().symbol(native)


def test_a_message_asks_for_one_channel_and_gives_its_number_back() -> None:
    venue = greeted()
    asked = [json.loads(text) for text in venue.subscribe(["tBTCUSD"])]
    assert asked == [
        {"event": "subscribe", "channel": "ticker", "symbol": "tBTCUSD"},
        {"event": "subscribe", "channel": "trades", "symbol": "tBTCUSD"},
    ]
    gone = [json.loads(text) for text in venue.unsubscribe(["tBTCUSD", "tETHUSD"])]
    assert gone == [{"event": "unsubscribe", "chanId": number} for number in (11, 12)]


# --------------------------------------------------------------------------- REST
def test_candles_have_the_close_before_the_high() -> None:  # fidelity 64, 67, 70
    rows = [
        [1790000160000, 2, 3, 4, 1, 0.5],
        [1790000100000, 2, None, 4, 1, 0.5],
        [1790000040000, 2, 3, 4, 1, 0.5],
        [1],
        "x",
        ["a"] * 6,
    ]
    bars = Bitfinex().read_bars(json.dumps(rows).encode(), BTC, "1m", 1790000180000)
    assert [(bar.time, bar.open, bar.high, bar.low, bar.close, bar.closed) for bar in bars] == [
        (1790000040000, 2.0, 4.0, 1.0, 3.0, True),
        (1790000160000, 2.0, 4.0, 1.0, 3.0, False),
    ]
    request = Bitfinex().bars("tBTCUSD", "1d", 86_400_000, 3 * 86_400_000)
    assert request is not None and request.path == "/v2/candles/trade:1D:tBTCUSD/hist" and request.weight == 3
    assert request.params == {"start": "86400000", "end": "259199999", "limit": "3", "sort": "-1"}


def test_pairs_and_perpetuals_are_instruments_and_paper_is_not() -> None:
    body = [
        ["BTCUSD", "DUSK:USD", "TESTBTC:TESTUSD", 7, "BTC"],
        ["BTCF0:USTF0"],
        [["BTC", "Bitcoin"], 7, ["X"]],
    ]
    made = Bitfinex().read_instruments(json.dumps(body).encode())
    assert [(each.symbol, each.native, each.kind, each.title) for each in made] == [
        (BTC, "tBTCUSD", "crypto", "Bitcoin"),
        ("BITFINEX:DUSK-USD", "tDUSK:USD", "crypto", ""),
        ("BITFINEX:BTC-USDT-PERP", "tBTCF0:USTF0", "future", "Bitcoin"),
    ]


def test_a_poll_and_past_trades() -> None:  # fidelity 35
    assert Bitfinex().read_poll(json.dumps(TICKER[1]).encode(), BTC, NOW) == parse(TICKER)
    trades = Bitfinex().read_trades(json.dumps([BOUGHT, SOLD, [1], "x"]).encode(), BTC)
    assert [(trade.id, trade.side, trade.recap) for trade in trades] == [
        ("401597394", "sell", False),
        ("401597395", "buy", False),
    ]


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'["error",10020,"symbol: invalid"]', b"\xff"])
def test_an_answer_that_is_something_else_is_an_error(body: bytes) -> None:  # fidelity 77, 80
    venue = Bitfinex()
    for read in (
        venue.read_instruments,
        lambda it: venue.read_bars(it, BTC, "1m", NOW),
        lambda it: venue.read_trades(it, BTC),
        lambda it: venue.read_poll(it, BTC, NOW),
    ):
        with pytest.raises(FeedError):
            read(body)


def test_errors_are_explained_whatever_their_status() -> None:  # fidelity 75
    explain = Bitfinex().explain
    unknown, busy = (
        explain(500, b'["error",10020,"symbol: invalid"]'),
        explain(200, b'{"error":"ERR_RATE_LIMIT"}'),
    )
    assert unknown is not None and unknown.terminal
    assert busy is not None and busy.retry_after == 60.0 and not busy.terminal
    closed = explain(503, b'["error",20060,"maintenance"]')
    assert closed is not None and closed.retry_after == 60.0
    assert explain(502, b"<html>") is None


# --------------------------------------------------------------------------- over a real socket
async def test_a_feed_of_it_lives_through_a_drop_and_a_planned_change() -> None:  # fidelity 6, 7, 22
    told: list[Event] = []
    async with await FakeBitfinex().start() as fake:
        feed = Feed(Bitfinex(), lambda _, events, __: told.extend(events), print, print, fake.ws_url)
        feed.want({BTC, ETH, "BITFINEX:NOPE-USD"})
        running = asyncio.create_task(supervise(feed, stream))
        try:
            await wait_for(lambda: feed.refused, what="the refusal")
            for again in (fake.drop, lambda: fake.raw('{"event":"info","code":20051,"msg":"Stopping"}')):
                await fake.subscribed("tETHUSD")
                lived = fake.connects
                sent = await fake.send_trade("tBTCUSD", 50_000.0, 0.5, "sell")
                await wait_for(lambda id=sent.id: id in ids(told), what="the trade")
                await again()
                await fake.until(lambda lived=lived: fake.connects > lived)
            await fake.until(lambda: len(fake.lines) == 1 and ("trades", "tBTCUSD") in fake.lines[0].streams)
            last = await fake.send_trade("tBTCUSD", 50_001.0, 0.25)
            await wait_for(lambda: last.id in ids(told), what="the last trade")
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await feed.rest.close()
    trade = next(event for event in told if isinstance(event, Trade) and event.id == last.id)
    assert (trade.symbol, trade.price, trade.size, trade.side) == (BTC, 50_001.0, 0.25, "buy")
    assert feed.refused == {"BITFINEX:NOPE-USD": "Bitfinex: symbol: invalid (10300)"}
    assert not any(isinstance(event, Notice) and event.kind == "bad" for event in told)


def ids(events: list[Event]) -> set[str]:
    return {event.id for event in events if isinstance(event, Trade)}
