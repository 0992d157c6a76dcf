"""A gap that nobody can close is shown as such, and no longer once the venue has told of it."""

import asyncio
from dataclasses import dataclass, field

import pytest

from feeds import gaps, pasts, store, wire
from feeds.board import Board
from feeds.charts import Charts
from feeds.clock import wall
from feeds.feed import Feed
from feeds.formula_feed import Formulas
from feeds.market import Bar, Source, Trade
from feeds.pasts import Pasts
from feeds.venues.coinbase import Coinbase
from feeds.venues.formula import Formulas as FormulaVenue

SYMBOL = "COINBASE:BTC-USD"
MINUTE = 60_000
pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Asked:
    """Stands where a Filler would: nothing is fetched, everything asked is noted."""

    said: list[str] = field(default_factory=list)

    def open(self, symbol: str, interval: str, urgent: bool) -> None:
        self.said.append("open")

    def missed(self, symbol: str, since: int) -> None:
        self.said.append("missed")


def nothing(*_: object) -> None:
    return None


def trade(at: int, price: float) -> Trade:
    return Trade(symbol=SYMBOL, id=str(at), time=at, price=price, size=1.0, side="buy")


class House:
    """The rooms round the past of one symbol, with four whole minutes heard before a gap."""

    def __init__(self) -> None:
        self.start = wall() // MINUTE * MINUTE - 20 * MINUTE
        self.board, self.charts, self.store = Board(), Charts(), store.BarStore()
        feed = Feed(Coinbase(), nothing, nothing, nothing)
        formulas = Formulas(Feed(FormulaVenue(), nothing, nothing, nothing), self.board, lambda _: "")
        self.streams = {SYMBOL: {wire.QUOTE_STREAM, "bars:1m"}}
        self.pasts = Pasts(
            {"COINBASE": feed}, self.streams, self.board, self.charts, self.store, formulas, self.tell
        )
        self.asked = Asked()
        self.pasts.fillers = {"COINBASE": self.asked}  # type: ignore[dict-item]
        feed.wanted = {SYMBOL}
        self.board.add(SYMBOL)
        self.charts.add(SYMBOL, self.start)
        for minute in range(4):
            self.charts.trade(trade(self.start + minute * MINUTE, 100.0 + minute))
        self.taken()

    async def tell(self, symbol: str, interval: str, history: wire.History) -> None:
        return None

    def taken(self, interval: str = "1m") -> list[Bar]:
        chart = self.charts.get(SYMBOL)
        assert chart
        told, closed = chart.take([interval], self.start + 15 * MINUTE)
        self.store.put_bars(closed)
        return told

    async def before(self) -> dict[int, str]:
        """Return what is stored of the ten minutes before the start."""
        assert await asyncio.to_thread(self.store.flush, 10)
        since = self.start - 10 * MINUTE
        bars = await store.aread(store.read_bars, SYMBOL, "1m", since, self.start, 100, wall())
        return {(bar.time - self.start) // MINUTE: bar.source for bar in bars}

    async def stored(self) -> dict[int, str]:
        assert await asyncio.to_thread(self.store.flush, 10)
        bars = await store.aread(store.read_bars, SYMBOL, "1m", self.start, None, 100, wall())
        return {(bar.time - self.start) // MINUTE: bar.source for bar in bars}


@pytest.fixture
def house():
    made = House()
    made.store.start()
    yield made
    made.store.close()


async def test_a_gap_is_shown_while_nobody_can_tell_of_it(house: House) -> None:
    house.pasts._on_trades(SYMBOL, [], house.start + 4 * MINUTE, house.start + 10 * MINUTE)
    assert house.asked.said == ["open"]
    house.pasts._on_state(SYMBOL, "1m", "failed", "no answer")
    shown = [bar for bar in house.taken() if bar.source == "hole"]
    assert [(bar.time - house.start) // MINUTE for bar in shown] == [4, 5, 6, 7, 8, 9]
    assert {(bar.open, bar.close, bar.volume, bar.closed) for bar in shown} == {(103.0, 103.0, 0.0, True)}
    stored = await house.stored()
    assert [stored[minute] for minute in (4, 9)] == ["hole", "hole"]
    house.pasts.stop()


async def test_seconds_that_no_history_has_are_shown_at_once_and_quiet_ones_are_not(house: House) -> None:
    since = house.start + 3 * MINUTE + 30_500
    told = [trade(since + 7_000, 7.0), trade(since + 9_200, 8.0)]  # the venue tells no further back
    house.pasts._on_trades(SYMBOL, told, since, since + 10_000)
    shown = [bar for bar in house.taken("1s") if bar.source == "hole"]
    seconds = [(bar.time - since - 500) // 1000 for bar in shown]
    assert seconds == [0, 1, 2, 3, 4, 5] and {bar.close for bar in shown} == {103.0}
    house.pasts._on_state(SYMBOL, "1m", "ready", "")  # of the seconds that tells nothing
    assert await asyncio.to_thread(house.store.flush, 10)
    stored = await store.aread(store.read_bars, SYMBOL, "1s", since, None, 100, wall())
    assert [bar.source for bar in stored][:6] == ["hole"] * 6
    house.pasts.stop()


async def test_seconds_between_a_dead_worker_and_its_heir_are_shown(house: House, monkeypatch) -> None:
    monkeypatch.setattr(gaps, "SETTLE", 0.0)
    took_over = house.start + 10 * MINUTE + 2_300
    stored = [
        Bar(symbol=SYMBOL, interval="1s", time=took_over - 300 - ago, open=5.0, high=5.0, low=5.0, close=7.0,
            volume=1.0, trades=1, source="live")
        for ago in (9_000, 5_000)
    ]  # fmt: skip
    house.store.put_bars(stored)  # by the one before; the seconds between these two were quiet
    assert await asyncio.to_thread(house.store.flush, 10)
    house.charts.drop(SYMBOL)
    house.charts.add(SYMBOL, took_over - 1_000)
    monkeypatch.setattr(pasts, "wall", lambda: took_over - 1_000)
    house.pasts.open(SYMBOL, {"quote"})
    house.pasts.heard(SYMBOL, took_over)
    house.pasts.heard(SYMBOL, took_over + 5_000)  # only the first word counts
    house.charts.trade(trade(took_over, 9.0))
    await asyncio.gather(*house.pasts._tasks)
    told = {bar.time: bar for bar in house.taken("1s")}
    first = took_over - 300
    assert {at for at, bar in told.items() if bar.source == "hole"} == {
        first - ago for ago in (4_000, 3_000, 2_000, 1_000)
    }
    assert told[first - 1_000].close == 7.0 and told[first].source == "mixed"
    house.pasts.stop()


async def test_an_answer_about_older_bars_closes_no_gap(house: House) -> None:
    house.pasts._on_trades(SYMBOL, [], house.start + 4 * MINUTE, house.start + 10 * MINUTE)
    house.pasts._on_state(SYMBOL, "1m", "failed", "no answer")
    house.pasts._on_older(SYMBOL, "1m", "ready", "")
    assert (await house.stored())[4] == "hole"
    house.pasts.stop()


async def test_what_the_venue_tells_later_takes_its_place_and_the_rest_was_quiet(house: House) -> None:
    house.pasts._on_trades(SYMBOL, [], house.start + 4 * MINUTE, house.start + 10 * MINUTE)
    house.pasts._on_state(SYMBOL, "1m", "failed", "no answer")
    assert "hole" in (await house.stored()).values()
    late = Bar(symbol=SYMBOL, interval="1m", time=house.start + 6 * MINUTE, open=1.0, high=1.0, low=1.0,
               close=1.0, volume=1.0, source="backfill")  # fmt: skip
    house.pasts.take(SYMBOL, "1m", [late], wall())
    house.pasts._on_state(SYMBOL, "1m", "ready", "")
    stored = await house.stored()
    assert stored[6] == "backfill" and "hole" not in stored.values()
    assert not {4, 5, 7, 8, 9} & stored.keys()
    house.pasts.stop()


async def test_a_minute_that_was_stored_as_whole_before_the_gap_was_noticed_is_not(house: House) -> None:
    assert (await house.stored())[2] == "live"
    house.pasts._on_trades(SYMBOL, [], house.start + 2 * MINUTE + 1, house.start + 10 * MINUTE)
    assert [(await house.stored())[minute] for minute in (1, 2, 3)] == ["live", "mixed", "mixed"]
    whole = Bar(symbol=SYMBOL, interval="1m", time=house.start + 2 * MINUTE, open=1.0, high=1.0, low=1.0,
                close=1.0, volume=1.0, source="backfill")  # fmt: skip
    house.pasts.take(SYMBOL, "1m", [whole], wall())
    assert (await house.stored())[2] == "backfill"


async def test_what_was_missed_before_the_start_is_shown_while_nobody_can_tell_of_it(house: House) -> None:
    """The desk was off for nine minutes; its first question to the venue fails, then it is answered."""
    old = Bar(symbol=SYMBOL, interval="1m", time=house.start - 10 * MINUTE, open=9.0, high=9.0, low=9.0,
              close=9.5, volume=1.0)  # fmt: skip
    house.store.put_bars([old])
    assert await house.before() == {-10: "live"}
    house.pasts.open(SYMBOL, house.streams[SYMBOL])
    house.pasts._gaps.open(SYMBOL, house.start + 5)
    await house.pasts._opened(SYMBOL, "1m", wire.History("failed", "no answer"))
    shown = [bar for bar in house.taken() if bar.source == "hole"]
    assert [(bar.time - house.start) // MINUTE for bar in shown] == list(range(-9, 0))
    assert {bar.close for bar in shown} == {9.5}
    assert list((await house.before()).values()) == ["live", *["hole"] * 9]
    house.pasts._on_state(SYMBOL, "1m", "failed", "no answer")
    assert len(await house.before()) == 10
    house.pasts._on_state(SYMBOL, "1m", "ready", "")
    assert list((await house.before()).values()) == ["live"]
    house.pasts.stop()


async def test_holes_of_a_former_run_go_with_the_first_answer(house: House) -> None:
    sources: dict[int, Source] = {-10: "live", -9: "hole", -2: "live"}
    for minute, source in sources.items():
        at = house.start + minute * MINUTE
        bar = Bar(symbol=SYMBOL, interval="1m", time=at, open=9.0, high=9.0, low=9.0, close=9.0, volume=0.0,
                  source=source)  # fmt: skip
        house.store.put_bars([bar])
    assert -9 in await house.before()
    house.pasts.open(SYMBOL, house.streams[SYMBOL])
    house.pasts._gaps.open(SYMBOL, house.start)
    house.pasts._on_older(SYMBOL, "1m", "ready", "")
    assert -9 in await house.before()
    await house.pasts._opened(SYMBOL, "1m", wire.History("ready", ""))
    assert await house.before() == {-10: "live", -2: "live"}
    house.pasts.stop()


async def test_trades_that_reach_back_close_the_gap(house: House) -> None:
    since = house.start + 4 * MINUTE
    heard: list[Trade] = []
    feed = house.pasts._feeds["COINBASE"]
    feed.on_events = lambda _, events, __: heard.extend(events)  # type: ignore[arg-type]
    missed = [trade(since - MINUTE, 1.0), trade(since + 5, 2.0), trade(since + MINUTE, 3.0)]
    house.pasts._on_trades(SYMBOL, missed, since, since + 2 * MINUTE)
    assert [each.price for each in heard] == [2.0, 3.0]
    assert house.asked.said == []
