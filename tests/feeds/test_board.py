"""The board numbers every change, counts nothing twice, and loses no extreme."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from feeds import board as room
from feeds.board import IDS, PENDING, TAPE, Board
from feeds.market import Quote, Trade

A, B = "SIM:BTC-USD", "SIM:ETH-USD"


def quote(time: int | None, last: float | None = None, symbol: str = A, **fields: object) -> Quote:
    """What a venue said at `time`, received 5 ms later."""
    return Quote(symbol=symbol, time=time, received=(time or 0) + 5, last=last, **fields)


def trade(id: int, time: int, price: float, recap: bool = False, symbol: str = A) -> Trade:
    return Trade(symbol=symbol, id=str(id), time=time, price=price, size=1.0, side="buy", recap=recap)


def board_of(*symbols: str) -> Board:
    board = Board()
    for symbol in symbols or (A,):
        board.add(symbol)
    return board


def taken(board: Board) -> Quote:
    """The one state that was taken."""
    [(state, _)] = board.take()
    return state


# ---------------------------------------------------------------------- numbers
def test_a_number_rises_by_one_with_each_take_of_a_change() -> None:
    board = board_of(A, B)
    assert not board.dirty and board.take() == []
    board.quote(quote(1, 10.0))
    board.quote(quote(2, 11.0))
    assert board.dirty and taken(board).seq == 1
    assert not board.dirty and board.take() == []
    board.quote(quote(3, 12.0))
    board.touch(B)
    assert {state.symbol: state.seq for state, _ in board.take()} == {A: 2, B: 1}
    assert board.seqs() == {A: 2, B: 1}


def test_a_number_goes_on_when_a_symbol_comes_back() -> None:
    board = board_of()
    for price in (10.0, 11.0):
        board.quote(quote(1, price))
        board.take()
    board.quote(quote(2, 12.0))
    board.drop(A)
    assert not board.dirty and board.take() == [] and A not in board
    assert board.state(A) == (2, None, [])
    board.add(A)
    assert A in board and board.state(A) == (2, None, [])
    board.quote(quote(1, 9.0))
    assert taken(board).seq == 3


def test_numbers_do_not_go_back_when_the_dropped_are_too_many_to_remember(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(room, "DROPPED", 3)
    board = board_of()
    for step in range(5):
        board.quote(quote(step, 10.0 + step))
        board.take()
    board.drop(A)
    for number in range(10):
        board.add(f"SIM:{number}")
        board.drop(f"SIM:{number}")
    assert len(board._dropped) == 3
    assert board.state(A)[0] >= 5
    board.add(A)
    board.touch(A)
    assert taken(board).seq > 5


def test_adding_again_changes_nothing_and_the_unknown_is_ignored() -> None:
    board = board_of()
    board.quote(quote(1, 10.0))
    board.add(A)
    assert taken(board).last == 10.0
    board.drop(B)
    board.stale(B, True)
    board.touch(B)
    assert not board.quote(quote(1, 1.0, symbol=B)) and not board.trade(trade(1, 1, 1.0, symbol=B), 1)
    assert not board.dirty and board.state(B) == (0, None, [])


# ----------------------------------------------------------------------- quotes
def test_a_quote_is_merged_over_what_is_known() -> None:
    board = board_of()
    board.quote(quote(1, 10.0, size=2.0, bid=9.0, ask=11.0, volume=100.0))
    board.quote(quote(2, bid=9.5))
    assert taken(board) == Quote(
        symbol=A, seq=1, time=2, received=7, last=10.0, size=2.0, bid=9.5, ask=11.0, volume=100.0,
        hi=10.0, lo=10.0, merged=2,
    )  # fmt: skip


def test_a_quote_that_says_nothing_new_is_no_change() -> None:
    board = board_of()
    said = quote(1, 10.0, bid=9.0)
    assert board.quote(said)
    board.take()
    assert not board.quote(said)
    assert not board.quote(quote(None, 10.0)) and not board.dirty
    assert board.quote(quote(2, 10.0))


def test_a_price_without_a_size_keeps_the_size_it_was_traded_at() -> None:
    board = board_of()
    board.trade(trade(1, 1, 10.0), 6)
    assert board.quote(quote(2, 10.0)) and taken(board).size == 1.0
    assert board.quote(quote(3, 11.0)) and taken(board).size is None


def test_an_older_quote_does_not_replace_a_newer() -> None:
    board = board_of()
    board.quote(quote(10, 10.0, bid=9.0))
    assert not board.quote(quote(9, 5.0, bid=4.0))
    state = taken(board)
    assert (state.last, state.bid, state.lo, state.merged, board.late) == (10.0, 9.0, 10.0, 1, 1)


def test_a_quote_older_than_the_last_trade_gives_bid_and_ask_only() -> None:
    board = board_of()
    board.trade(trade(1, 10, 10.0), 15)
    assert board.quote(quote(9, 5.0, bid=9.5))
    state = taken(board)
    assert (state.time, state.last, state.bid, state.hi, state.lo) == (10, 10.0, 9.5, 10.0, 10.0)


def test_a_venue_without_times_is_taken_in_the_order_it_comes() -> None:
    board = board_of()
    for price in (10.0, 12.0, 11.0):
        assert board.quote(quote(None, price))
    state = taken(board)
    assert (state.last, state.hi, state.lo, state.merged, state.time) == (11.0, 12.0, 10.0, 3, None)


# ----------------------------------------------------------------------- trades
def test_a_trade_is_a_tick() -> None:
    board = board_of()
    assert board.trade(trade(1, 10, 10.0), 15) and board.trade(trade(2, 11, 12.0), 16)
    [(state, trades)] = board.take()
    assert (state.time, state.received, state.last, state.size) == (11, 16, 12.0, 1.0)
    assert (state.hi, state.lo, state.merged) == (12.0, 10.0, 2)
    assert [each.id for each in trades] == ["1", "2"]


def test_a_trade_older_than_the_price_stretches_the_extremes_but_does_not_move_it() -> None:
    board = board_of()
    board.quote(quote(10, 10.0))
    board.take()
    board.trade(trade(1, 9, 7.0), 20)
    state = taken(board)
    assert (state.time, state.last, state.hi, state.lo) == (10, 10.0, 10.0, 7.0)


def test_a_trade_gives_the_first_price_though_the_bid_is_newer() -> None:
    board = board_of()
    board.quote(quote(10, bid=9.0))
    board.trade(trade(1, 8, 9.5), 20)
    state = taken(board)
    assert (state.time, state.last, state.bid) == (10, 9.5, 9.0)
    board.trade(trade(2, 9, 9.6), 21)
    assert taken(board).last == 9.6


def test_a_trade_told_twice_counts_once() -> None:
    board = board_of()
    assert board.trade(trade(1, 10, 10.0), 15)
    assert not board.trade(trade(1, 10, 10.0), 15)
    [(state, trades)] = board.take()
    assert (len(trades), state.merged, board.duplicates) == (1, 1, 1)
    assert not board.trade(trade(1, 99, 50.0), 99) and not board.dirty


def test_an_old_recap_is_on_the_tape_and_nowhere_else() -> None:
    board = board_of()
    board.quote(quote(10, 10.0))
    board.trade(trade(1, 5, 99.0, recap=True), 20)
    [(state, trades)] = board.take()
    assert (state.last, state.hi, state.lo) == (10.0, 10.0, 10.0)
    assert [each.recap for each in trades] == [True]
    assert board.state(A)[2] == trades


def test_a_recap_is_the_price_as_long_as_there_is_no_other() -> None:
    board = board_of()
    board.trade(trade(1, 5, 99.0, recap=True), 20)
    assert taken(board).last == 99.0
    board.trade(trade(2, 4, 98.0, recap=True), 20)
    state = taken(board)
    assert (state.last, state.hi, state.lo) == (99.0, 99.0, 99.0)


def test_a_trade_that_a_recap_told_before_it_came_itself_is_news_once() -> None:
    board = board_of()
    assert board.trade(trade(1, 5, 99.0, recap=True), 20)
    assert board.trade(trade(1, 5, 99.0), 21)  # the bars haven't counted it
    assert not board.trade(trade(1, 5, 99.0), 22) and not board.trade(trade(1, 5, 99.0, recap=True), 23)
    [(_, trades)] = board.take()
    assert [each.id for each in trades] == ["1"] and board.duplicates == 2


def test_what_waits_is_bounded_and_the_newest_stay() -> None:
    board = board_of()
    for number in range(PENDING + 10):
        board.trade(trade(number, number, 10.0), number)
    [(state, trades)] = board.take()
    assert len(trades) == PENDING and trades[-1].id == str(PENDING + 9)
    assert state.merged == PENDING + 10
    assert [each.id for each in board.state(A)[2]] == [str(PENDING + 10 - TAPE + n) for n in range(TAPE)]


def test_the_ids_remembered_are_bounded() -> None:
    board = board_of()
    for number in range(IDS + 1):
        board.trade(trade(number, number, 10.0), number)
    assert len(board._lines[A].ids) == IDS
    assert not board.trade(trade(IDS, IDS, 10.0), IDS)
    assert board.trade(trade(0, 0, 10.0), IDS)


def test_the_whole_state_leaves_out_what_comes_with_the_next_number() -> None:
    board = board_of()
    board.trade(trade(1, 1, 10.0), 1)
    assert board.state(A)[2] == []
    board.take()
    board.trade(trade(2, 2, 11.0), 2)
    seq, state, trades = board.state(A)
    assert (seq, [each.id for each in trades]) == (1, ["1"])
    assert state is not None and state.last == 11.0
    for number in range(3, 3 + TAPE + 20):
        board.trade(trade(number, number, 11.0), number)
    assert board.state(A)[2] == []


# ----------------------------------------------------------------------- stale
def test_a_price_is_stale_until_something_is_heard_of_it() -> None:
    board = board_of()
    board.stale(A, True)
    assert not board.dirty, "there is no price that could be stale"
    board.quote(quote(1, 10.0))
    board.take()
    board.stale(A, True)
    assert (state := taken(board)).state == "stale" and state.merged == 0
    board.stale(A, True)
    assert not board.dirty
    assert board.quote(quote(1, 10.0)), "the same again is news when it was stale"
    assert taken(board).state == "live"


def test_a_recap_is_no_sign_of_life_but_a_trade_is() -> None:
    board = board_of()
    board.quote(quote(1, 10.0, state="delayed"))
    board.stale(A, True)
    board.trade(trade(1, 2, 11.0, recap=True), 3)
    assert taken(board).state == "stale"
    board.trade(trade(2, 3, 11.0), 4)
    assert taken(board).state == "delayed"


def test_stale_can_be_taken_back() -> None:
    board = board_of()
    board.quote(quote(1, 10.0, state="closed"))
    board.stale(A, True)
    board.stale(A, False)
    assert taken(board).state == "closed"


# ------------------------------------------------------------------- properties
PRICES = st.integers(1, 50).map(float)
TICKS = st.one_of(
    st.builds(quote, st.none() | st.integers(0, 30), st.none() | PRICES, bid=st.none() | PRICES),
    st.builds(trade, st.integers(0, 30), st.integers(0, 30), PRICES, st.booleans()),
)


class Recount:
    """The board the slow and obvious way: it keeps every tick that was accepted."""

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.recaps: set[str] = set()  # those of them that didn't come themselves
        self.last: float | None = None
        self.priced = -1
        self.prices: list[float] = []
        self.ticks = 0

    def quote(self, said: Quote) -> None:
        self.ticks += 1
        if said.last is not None and (said.time is None or said.time >= self.priced):
            self.move(said.last, said.time)

    def trade(self, said: Trade) -> None:
        self.ids.add(said.id)
        self.recaps |= {said.id} if said.recap else set()
        self.ticks += 1
        if said.time >= self.priced:
            self.move(said.price, said.time)
        elif not said.recap:
            self.prices.append(said.price)

    def move(self, price: float, time: int | None) -> None:
        self.last = price
        self.priced = self.priced if time is None else time
        self.prices.append(price)

    def take(self) -> tuple[float | None, float | None, float | None, int]:
        """`last hi lo merged` since the last take."""
        prices = self.prices + ([] if self.last is None else [self.last])
        ticks = self.ticks
        self.prices, self.ticks = [], 0
        return self.last, max(prices, default=None), min(prices, default=None), ticks


@given(st.lists(st.lists(TICKS, max_size=8), max_size=12))
def test_extremes_and_ticks_equal_a_recount_and_no_trade_is_lost_or_told_twice(
    flushes: list[list[Quote | Trade]],
) -> None:
    board, recount = board_of(), Recount()
    told: list[str] = []
    for ticks in flushes:
        for tick in ticks:
            if isinstance(tick, Quote):
                if board.quote(tick):
                    recount.quote(tick)
            else:
                late = tick.id in recount.recaps and not tick.recap
                assert board.trade(tick, tick.time + 5) == (tick.id not in recount.ids or late)
                recount.recaps -= {tick.id} if late else set()
                if tick.id not in recount.ids:
                    recount.trade(tick)
        known = {each.id for each in board.state(A)[2]}
        for state, trades in board.take():
            assert (state.last, state.hi, state.lo, state.merged) == recount.take()
            assert known.isdisjoint(each.id for each in trades)
            told += [each.id for each in trades]
    assert len(told) == len(set(told)) and set(told) == recount.ids
    assert [each.id for each in board.state(A)[2]] == told[-TAPE:]


class Numbers(RuleBasedStateMachine):
    """Whatever is done, a symbol's number rises by one with each state taken, and never goes back."""

    def __init__(self) -> None:
        super().__init__()
        self.board = Board()
        self.seqs = {A: 0, B: 0}
        self.clock = 0

    symbols = st.sampled_from([A, B])

    @rule(symbol=symbols)
    def add(self, symbol: str) -> None:
        self.board.add(symbol)

    @rule(symbol=symbols)
    def drop(self, symbol: str) -> None:
        self.board.drop(symbol)

    @rule(symbol=symbols, price=PRICES)
    def hear(self, symbol: str, price: float) -> None:
        self.clock += 1
        assert self.board.quote(quote(self.clock, price, symbol)) == (symbol in self.board)

    @rule(symbol=symbols, stale=st.booleans())
    def age(self, symbol: str, stale: bool) -> None:
        self.board.stale(symbol, stale)

    @rule()
    def take(self) -> None:
        states = [state for state, _ in self.board.take()]
        assert len({state.symbol for state in states}) == len(states)
        for state in states:
            self.seqs[state.symbol] += 1
            assert state.seq == self.seqs[state.symbol]
            assert state.symbol in self.board

    @invariant()
    def numbers_are_kept(self) -> None:
        assert {symbol: self.board.state(symbol)[0] for symbol in self.seqs} == self.seqs


TestNumbers = Numbers.TestCase


# ---------------------------------------------------------------------- quotes that are made here
def test_a_made_quote_is_taken_over_whole_and_whatever_it_is_worth() -> None:
    board = board_of()
    assert board.last(A) is None
    assert board.become(quote(5, -2.0, bid=-3.0, ask=-1.0))
    assert not board.become(quote(5, -2.0, bid=-3.0, ask=-1.0))
    known = board.last(A)
    assert known is not None and (known.last, known.bid, known.ask, known.time) == (-2.0, -3.0, -1.0, 5)
    assert board.become(quote(6, -4.0)) and board.become(quote(6, -4.0, state="stale"))
    state = taken(board)
    assert (state.last, state.bid, state.ask, state.state) == (-4.0, None, None, "stale")
    assert (state.hi, state.lo, state.merged) == (-2.0, -4.0, 3)
    assert not board.become(quote(7, 1.0, symbol=B)) and board.last(B) is None
