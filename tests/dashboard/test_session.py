"""What a socket is owed: never too much, never too fast, never lost, and never of what it does not read."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from dashboard.session import BARS, RATE, SLOW, TOP_RATE, TRADES, WINDOW, Cursor, Session

A, B, C = "SIM:A", "SIM:B", "SIM:C"
ALL = frozenset({"quote", "trades", "bars:1s", "bars:1m"})
ZERO = Cursor(0, 0)
MOVED = dict.fromkeys((A, B, C), Cursor(10**9, 0))  # states that nobody was told yet


def reading(*symbols: str, streams: frozenset[str] = ALL) -> Session:
    """A session that reads these symbols and was told of them."""
    session = Session()
    for symbol in symbols or (A,):
        session.subscribe(symbol, streams)
        session.told(symbol, ZERO)
    return session


def fill(session: Session, now: float = 0.0) -> float:
    """Send updates until the window is full; the time of the last."""
    for _ in range(session.credit):
        session.offer_quotes({A}, MOVED)
        now += session.due(now) or 0.0
        session.take(now)
    return now


# ---------------------------------------------------------------- subscriptions
def test_nothing_is_owed_before_the_whole_was_told() -> None:
    session = Session()
    session.subscribe(A, ALL)
    session.offer_quotes({A}, MOVED)
    session.offer_trade(A, b"t")
    session.offer_bar(A, "1m", 0, b"b")
    assert not session.owed and session.due(0.0) is None
    session.told(A, Cursor(7, 3))
    session.offer_quotes({A}, MOVED)
    assert session.take(0.0).quotes == [(A, Cursor(7, 3))]


def test_a_whole_that_is_told_again_voids_what_was_owed() -> None:
    session = reading(A, B)
    for symbol in (A, B):
        session.offer_quotes({symbol}, MOVED)
        session.offer_trade(symbol, symbol.encode())
        session.offer_bar(symbol, "1m", 0, symbol.encode())
    session.told(A, Cursor(9, 9))
    owed = session.take(0.0)
    assert (owed.quotes, owed.trades, owed.bars) == ([(B, ZERO)], [b"SIM:B"], [b"SIM:B"])


def test_streams_add_up_and_are_dropped_one_by_one() -> None:
    session = reading(A, streams=frozenset({"quote"}))
    session.subscribe(A, frozenset({"trades"}))
    assert session.streams == {A: {"quote", "trades"}}
    assert session.unsubscribe(A, frozenset({"quote", "bars:1m"})) is False
    assert session.streams == {A: {"trades"}}
    assert session.unsubscribe(A, frozenset({"trades"})) is True
    assert session.streams == {} and session.cursors == {}
    assert session.unsubscribe(A) is True, "nothing of it is left, as asked"


@pytest.mark.parametrize("gone", sorted(ALL))
def test_nothing_of_a_dropped_stream_comes(gone: str) -> None:
    session = reading(A, B)
    for symbol in (A, B):
        session.offer_quotes({symbol}, MOVED)
        session.offer_trade(symbol, b"trades")
        session.offer_bar(symbol, "1s", 0, b"bars:1s")
        session.offer_bar(symbol, "1m", 0, b"bars:1m")
    session.unsubscribe(A, frozenset({gone}))
    owed = session.take(0.0)
    count = {"quote": len(owed.quotes), "trades": len(owed.trades)}
    count |= {stream: owed.bars.count(stream.encode()) for stream in ("bars:1s", "bars:1m")}
    assert count == {stream: 1 if stream == gone else 2 for stream in ALL}
    assert session.cursors.keys() == {A, B}


def test_nothing_of_an_unsubscribed_symbol_comes() -> None:
    session = reading(A)
    session.refused.add(A)
    session.offer_quotes({A}, MOVED)
    session.offer_trade(A, b"t")
    session.offer_bar(A, "1m", 0, b"b")
    assert session.unsubscribe(A)
    session.offer_quotes({A}, MOVED)
    assert not session.owed and not session.refused


# ------------------------------------------------------------------------ debts
def test_a_state_that_was_told_whole_is_not_owed_again() -> None:
    session = reading(A)
    session.told(A, Cursor(7, 3))
    session.offer_quotes({A}, {A: Cursor(7, 3)})
    assert not session.owed
    session.offer_quotes({A}, {A: Cursor(8, 4)})
    assert session.take(0.0).quotes == [(A, Cursor(7, 3))]


def test_a_quote_is_owed_once_a_trade_each_time_and_a_bar_in_its_newest_version() -> None:
    session = reading(A)
    for number in range(3):
        session.offer_quotes({A}, MOVED)
        session.offer_trade(A, b"t%d" % number)
        session.offer_bar(A, "1m", 0, b"b%d" % number)
    session.offer_bar(A, "1m", 60_000, b"b9")
    session.offer_bar(A, "1s", 0, b"s0")
    owed = session.take(0.0)
    assert owed.quotes == [(A, ZERO)]
    assert owed.trades == [b"t0", b"t1", b"t2"]
    assert owed.bars == [b"b2", b"b9", b"s0"]
    assert (owed.n, owed.dropped, session.owed) == (1, 0, False)


def test_too_many_trades_lose_the_oldest_and_say_how_many() -> None:
    session = reading(A)
    for number in range(TRADES + 7):
        session.offer_trade(A, b"%d" % number)
    owed = session.take(0.0)
    assert owed.dropped == 7 and owed.trades == [b"%d" % number for number in range(7, TRADES + 7)]
    session.offer_quotes({A}, MOVED)
    assert session.take(1.0).dropped == 0, "said once"


def test_too_many_bars_lose_the_oldest() -> None:
    session = reading(A)
    for number in range(BARS + 1):
        session.offer_bar(A, "1s", number, b"%d" % number)
    session.offer_bar(A, "1s", 1, b"new")
    assert session.take(0.0).bars == [b"new", *(b"%d" % number for number in range(2, BARS + 1))]


def test_a_hidden_tab_with_too_many_bars_has_its_chart_told_anew_and_no_other() -> None:
    session = reading(A, B)
    session.pause()
    session.offer_bar(B, "1m", 0, b"other")
    session.offer_quotes({B}, MOVED)
    for number in range(2 * BARS):
        session.offer_bar(A, "1s", number, b"%d" % number)
        session.offer_bar(B, "1m", 0, b"newest")
    assert A not in session.cursors, "the hub tells the whole at resume to who has no cursor"
    assert A in session.streams
    session.resume()
    owed = session.take(0.0)
    assert (owed.quotes, owed.bars) == ([(B, ZERO)], [b"newest"])


# ------------------------------------------------------------------------- flow
def test_ten_a_second_unless_asked_otherwise() -> None:
    session = reading(A)
    session.offer_quotes({A}, MOVED)
    assert session.due(5.0) == 0.0
    session.take(5.0)
    session.offer_quotes({A}, MOVED)
    assert session.due(5.0) == pytest.approx(1.0 / RATE)
    assert session.rate(4.0) and session.due(5.0) == pytest.approx(0.25)
    assert session.rate(20.0) and session.due(5.0) == pytest.approx(0.05)
    assert session.due(5.05) == pytest.approx(0.0)
    assert session.due(60.0) == 0.0


@pytest.mark.parametrize("most", [0.0, -1.0, TOP_RATE + 1e-9, float("inf"), float("nan")])
def test_a_rate_that_makes_no_sense_changes_nothing(most: float) -> None:
    session = reading(A)
    assert not session.rate(most) and session.interval == 1.0 / RATE


def test_the_slowest_rate_there_is_can_be_taken_back() -> None:
    session = reading(A)
    session.offer_quotes({A}, MOVED)
    session.take(0.0)
    session.offer_quotes({A}, MOVED)
    assert session.rate(5e-324) and session.due(1e9) == float("inf")
    assert session.rate(10.0) and session.due(0.0) == pytest.approx(0.1)


def test_pausing_and_resuming_is_no_way_to_be_faster() -> None:
    session = reading(A)
    session.offer_quotes({A}, MOVED)
    session.take(0.0)
    session.offer_quotes({A}, MOVED)
    session.pause()
    assert session.due(0.01) is None and session.owed
    session.resume()
    assert session.due(0.01) == pytest.approx(0.09)


def test_an_acknowledgement_counts_for_all_before_and_never_takes_back() -> None:
    session = reading(A)
    fill(session)
    assert session.credit == 0
    assert session.ack(10, 0.0) and session.credit == 10
    assert session.ack(4, 0.0) and session.credit == 10
    assert session.ack(0, 0.0) and not session.ack(-1, 0.0) and not session.ack(WINDOW + 1, 0.0)
    assert session.ack(WINDOW, 0.0) and session.credit == WINDOW


def test_a_full_window_sends_nothing_and_is_too_slow_after_thirty_seconds() -> None:
    session = reading(A)
    full = fill(session)
    session.offer_quotes({A}, MOVED)
    assert session.due(full + 10.0) is None
    assert not session.is_slow(full + SLOW - 0.001)
    assert session.is_slow(full + SLOW), "from when it was full, whenever anybody looked"
    assert session.ack(1, 0.0) and not session.is_slow(full + SLOW)
    assert session.due(full + SLOW) == 0.0


def test_a_full_window_is_too_slow_though_the_market_is_quiet() -> None:
    session = reading(A)
    full = fill(session)
    assert not session.owed and session.is_slow(full + SLOW)


def test_a_pause_is_not_slowness() -> None:
    session = reading(A)
    full = fill(session)
    session.pause()
    session.offer_quotes({A}, MOVED)
    assert session.due(full + 100.0) is None and not session.is_slow(full + 100.0)
    session.resume()
    assert session.due(full + 100.0) is None
    assert not session.is_slow(full + 100.0 + SLOW - 0.001) and session.is_slow(full + 100.0 + SLOW)


def test_who_is_slow_to_acknowledge_gets_fewer_ahead_until_it_is_quick_again() -> None:
    session, now = reading(A), 0.0
    ahead = []
    for took in (2.0, 2.0, 2.0, 2.0, 0.1, 0.1, 0.1, 0.1, 0.1):
        while not session.is_held:
            session.offer_quotes({A}, MOVED)
            now += session.due(now) or 0.0
            session.take(now)
            session.weigh(4_000, now)
        ahead.append(WINDOW - session.credit)
        now += took
        assert session.ack(session.sent, now)
    assert ahead[0] == WINDOW > ahead[1] >= ahead[3] <= 9
    assert ahead[-1] == WINDOW, "who is quick again has the whole window"


def test_who_acknowledges_by_number_only_is_sent_heavy_updates_all_the_same() -> None:
    session, now = reading(A), 0.0
    for _ in range(WINDOW // 4):
        session.offer_quotes({A}, MOVED)
        wait = session.due(now)
        assert wait is not None and wait <= 1.5, "more slowly, for it may be that nobody has read the last"
        now += wait
        session.take(now)
        session.weigh(10**6, now)
    session.offer_quotes({A}, MOVED)
    assert session.due(now + 100.0) is None
    assert session.ack(4, now) and session.due(now + 100.0) == 0.0


def test_so_many_bytes_unacknowledged_are_a_full_window_too() -> None:
    session = reading(A)
    for _ in range(WINDOW // 4):
        session.offer_quotes({A}, MOVED)
        session.take(0.0)
        session.weigh(10**6, 0.0)
    session.offer_quotes({A}, MOVED)
    assert session.due(10.0) is None and session.is_slow(SLOW)
    assert session.ack(1, 10.0) and session.due(10.0) == 0.0 and not session.is_slow(SLOW + 10.0)


# ------------------------------------------------------------------------ machine
SYMBOLS = st.sampled_from([A, B, C])
STREAMS = st.sets(st.sampled_from(sorted(ALL)), min_size=1).map(frozenset)
COUNTS = st.sampled_from([1, 1, 2, 5, 300, TRADES + 3])


class Desk(RuleBasedStateMachine):
    """A session as the hub uses it, beside a plain book of what it must owe."""

    def __init__(self) -> None:
        super().__init__()
        self.session = Session()
        self.now = 1_000.0
        self.count = 0  # of all that was offered, so that each is another
        self.streams: dict[str, frozenset[str]] = {}
        self.told: dict[str, Cursor] = {}
        self.quotes: list[str] = []
        self.trades: list[tuple[str, bytes]] = []
        self.dropped = 0
        self.bars: dict[tuple[str, str, int], bytes] = {}
        self.sent: list[float] = []
        self.acked = 0
        self.interval = 1.0 / RATE
        self.paused = False
        self.full_at: float | None = None

    def void(self, symbol: str, streams: frozenset[str]) -> None:
        if "quote" in streams and symbol in self.quotes:
            self.quotes.remove(symbol)
        if "trades" in streams:
            self.trades = [each for each in self.trades if each[0] != symbol]
        gone = [key for key in self.bars if key[0] == symbol and f"bars:{key[1]}" in streams]
        for key in gone:
            del self.bars[key]

    def forget(self, symbol: str) -> None:
        self.told.pop(symbol, None)
        self.void(symbol, ALL)

    def next_number(self) -> int:
        self.count += 1
        return self.count

    # what the client does
    @rule(symbol=SYMBOLS, streams=STREAMS, known=st.booleans())
    def subscribe(self, symbol: str, streams: frozenset[str], known: bool) -> None:
        self.session.subscribe(symbol, streams)
        self.streams[symbol] = self.streams.get(symbol, frozenset()) | streams
        if known and not self.paused:
            self.tell(symbol)

    @rule(symbol=SYMBOLS, streams=st.none() | STREAMS)
    def unsubscribe(self, symbol: str, streams: frozenset[str] | None) -> None:
        left = self.streams.get(symbol, frozenset()) - (ALL if streams is None else streams)
        assert self.session.unsubscribe(symbol, streams) == (not left)
        if left:
            self.streams[symbol] = left
            self.void(symbol, streams or frozenset())
        else:
            self.streams.pop(symbol, None)
            self.forget(symbol)

    @rule(back=st.integers(-1, 20))
    def ack(self, back: int) -> None:
        n = len(self.sent) - back
        assert self.session.ack(n, self.now) == (0 <= n <= len(self.sent))
        if 0 <= n <= len(self.sent):
            self.acked = max(self.acked, n)
            if len(self.sent) - self.acked < WINDOW:
                self.full_at = None

    @rule(most=st.sampled_from([0.0, 0.1, 0.5, 4.0, 10.0, 20.0, 21.0]))
    def rate(self, most: float) -> None:
        assert self.session.rate(most) == (0 < most <= 20)
        if 0 < most <= 20:
            self.interval = 1.0 / most

    @rule()
    def pause(self) -> None:
        self.session.pause()
        self.paused, self.full_at = True, None

    @rule()
    def resume(self) -> None:
        self.session.resume()
        self.paused = False
        for symbol in sorted(self.streams.keys() - self.told.keys()):
            self.tell(symbol)

    # what the hub does
    def tell(self, symbol: str) -> None:
        cursor = Cursor(self.next_number(), self.count)
        self.session.told(symbol, cursor)
        self.forget(symbol)
        self.told[symbol] = cursor

    @precondition(lambda self: self.streams and not self.paused)
    @rule(data=st.data())
    def snapshot(self, data: st.DataObject) -> None:
        self.tell(data.draw(st.sampled_from(sorted(self.streams))))

    @rule(symbol=SYMBOLS)
    def offer_quote(self, symbol: str) -> None:
        if "quote" in self.streams.get(symbol, ()):
            self.session.offer_quotes({symbol}, MOVED)
            if symbol in self.told and symbol not in self.quotes:
                self.quotes.append(symbol)

    @rule(symbol=SYMBOLS, count=COUNTS)
    def offer_trades(self, symbol: str, count: int) -> None:
        for _ in range(count if "trades" in self.streams.get(symbol, ()) else 0):
            trade = b"trade %d" % self.next_number()
            self.session.offer_trade(symbol, trade)
            if symbol in self.told:
                self.trades.append((symbol, trade))
        self.dropped += max(0, len(self.trades) - TRADES)
        self.trades = self.trades[-TRADES:]

    @rule(symbol=SYMBOLS, interval=st.sampled_from(["1s", "1m"]), first=st.integers(0, 9), count=COUNTS)
    def offer_bars(self, symbol: str, interval: str, first: int, count: int) -> None:
        if f"bars:{interval}" not in self.streams.get(symbol, ()):
            return
        for time in range(first, first + count):
            bar = b"bar %d" % self.next_number()
            self.session.offer_bar(symbol, interval, time, bar)
            if symbol in self.told:
                self.owe_bar((symbol, interval, time), bar)

    def owe_bar(self, key: tuple[str, str, int], bar: bytes) -> None:
        if key not in self.bars and len(self.bars) == BARS:
            if self.paused:
                owners = [owner for owner, _, _ in self.bars]
                self.forget(max(owners, key=owners.count))
            else:
                del self.bars[next(iter(self.bars))]
        if key[0] in self.told:
            self.bars[key] = bar

    @rule(seconds=st.sampled_from([0.0, 0.01, 0.05, 0.1, 0.25, 2.0, 10.0, 29.99, 30.0, 31.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule(times=st.sampled_from([1, 1, WINDOW]))
    def pump(self, times: int) -> None:
        """Look once, or offer and send until nothing may go any more."""
        for _ in range(times):
            if times > 1:
                self.offer_quote(A)
                self.now += self.interval
            self.send()

    def send(self) -> None:
        may = not self.paused and len(self.sent) - self.acked < WINDOW
        owed = bool(self.quotes or self.trades or self.bars)
        due = self.session.due(self.now)
        assert self.session.owed == owed
        if not (may and owed):
            assert due is None
            if owed and not self.paused and self.full_at is None:
                self.full_at = self.now
        elif self.sent and self.now < self.sent[-1] + self.interval:
            assert due == pytest.approx(self.sent[-1] + self.interval - self.now) and due > 0.0
        else:
            assert due == 0.0
            self.take()

    def take(self) -> None:
        owed = self.session.take(self.now)
        self.sent.append(self.now)
        assert owed.n == len(self.sent)
        assert owed.quotes == [(symbol, self.told[symbol]) for symbol in self.quotes]
        assert owed.trades == [trade for _, trade in self.trades]
        assert owed.bars == list(self.bars.values())
        assert owed.dropped == self.dropped
        for symbol in self.quotes:
            self.told[symbol] = Cursor(self.next_number(), self.count)
            self.session.cursors[symbol] = self.told[symbol]
        self.quotes, self.trades, self.bars, self.dropped = [], [], {}, 0
        if len(self.sent) - self.acked == WINDOW:
            self.full_at = self.now

    # what must always be true
    @invariant()
    def the_window_is_kept(self) -> None:
        assert self.session.sent - self.session.acked <= WINDOW
        assert self.session.credit == WINDOW - (len(self.sent) - self.acked) >= 0

    @invariant()
    def memory_is_bounded(self) -> None:
        session = self.session
        assert len(session._trades) <= TRADES and len(session._bars) <= BARS
        assert session._quotes.keys() <= session.cursors.keys() <= session.streams.keys()
        assert session.streams == self.streams and session.cursors == self.told

    @invariant()
    def it_is_slow_exactly_when_the_window_was_full_for_thirty_seconds(self) -> None:
        full = self.full_at is not None and self.now - self.full_at >= SLOW
        assert self.session.is_slow(self.now) == full

    def teardown(self) -> None:
        """Whatever happened, who comes back and acknowledges is sent all that is owed."""
        self.resume()
        self.ack(0)
        self.now += 100.0
        self.send()
        assert not self.session.owed and self.session.due(self.now) is None


TestDesk = Desk.TestCase
TestDesk.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)


@given(st.lists(st.floats(0.0, 0.4), max_size=200), st.floats(0.1, TOP_RATE))
def test_never_faster_than_the_rate(waits: list[float], most: float) -> None:
    session, now, sent = reading(A), 0.0, []
    session.rate(most)
    for wait in waits:
        now += wait
        session.offer_quotes({A}, MOVED)
        if session.due(now) == 0.0:
            sent.append(now)
            session.ack(session.take(now).n, now)
    assert all(after - before >= 1.0 / most - 1e-9 for before, after in pairwise(sent))
    assert len(sent) <= now * most + 1.000001
