"""Recordings: written and read, whose they are, when what they hold came, and what their replay stores."""

import asyncio
import gzip
import json
from pathlib import Path

import pytest

from feeds import clock, wire
from feeds.market import Quote, Trade
from feeds.recording import (
    BadRecording,
    Frame,
    Recorder,
    first_open,
    frames,
    instrument_of,
    symbols_asked_for,
    venue_of_recording,
    venue_of_url,
)
from feeds.replay import OVER, QUIET, Pace, Replay
from feeds.store import BarStore
from feeds.tape import Tape
from feeds.transport import Rest, own_url
from feeds.venues.base import Keys
from feeds.venues.coinbase import Coinbase
from feeds.venues.yahoo import Yahoo
from tests.fakes.yahoo import FakeYahoo
from tests.feeds.databases import migrated, sql, sqlite_settings
from tests.feeds.sessions import BEGIN, LENGTHS, recount, said, session, written
from tests.support import SHARED, wait_for

RECORDED = SHARED / "venues/samples/coinbase_exchange/ws/cryptofeed_2021-04-17.frames.jsonl.gz"
DUMP = 'SELECT "symbol", "interval", "time", "open", "high", "low", "close", "volume", "trades", "source"'


# ---------------------------------------------------------------------------- the file
@pytest.mark.parametrize("name", ["a.frames.jsonl", "a.frames.jsonl.gz"])
def test_what_is_written_is_read_again(tmp_path: Path, name: str):
    times = iter([1.5, 2.25, 3.0])
    recorder = Recorder(tmp_path / name, Coinbase(), ["COINBASE:BTC-USD"], lambda: next(times))
    recorder.heard("open", "wss://ws-feed.exchange.coinbase.com", "")
    recorder.heard("send", "", '{"type":"subscribe"}')
    recorder.heard("recv", "", b'{"price":"1\xc3\xa9"}')
    recorder.close()
    assert list(frames(tmp_path / name)) == [
        Frame(1.5, "open", url="wss://ws-feed.exchange.coinbase.com", src="COINBASE COINBASE:BTC-USD"),
        Frame(2.25, "send", raw='{"type":"subscribe"}'),
        Frame(3.0, "recv", raw='{"price":"1é"}'),
    ]
    assert recorder.count == {"open": 1, "send": 1, "recv": 1}
    assert symbols_asked_for(tmp_path / name) == ["COINBASE:BTC-USD"]
    assert (tmp_path / name).read_bytes().startswith(b"\x1f\x8b") == name.endswith(".gz")


def test_a_frame_that_is_no_text_survives(tmp_path: Path):
    recorder = Recorder(tmp_path / "a.frames.jsonl", Coinbase(), [])
    recorder.heard("recv", "", b"\xff\x00")
    recorder.close()
    assert [frame.payload for frame in frames(recorder.path)] == [b"\xff\x00"]


def test_an_existing_file_is_left_alone(tmp_path: Path):
    path = tmp_path / "a.frames.jsonl"
    path.write_text("mine")
    with pytest.raises(FileExistsError):
        Recorder(path, Coinbase(), [])
    assert path.read_text() == "mine"


def test_no_key_is_in_a_recording(tmp_path: Path):
    venue = Coinbase()
    venue.keys = Keys("key-of-mine", "secret/of+mine")
    recorder = Recorder(tmp_path / "a.frames.jsonl", venue, [])
    recorder.heard("open", "wss://x.example/?token=key-of-mine&s=secret%2Fof%2Bmine", "")
    recorder.heard("send", "", '{"auth":"key-of-mine","secret":"secret/of+mine"}')
    recorder.heard("recv", "https://x.example/?token=key-of-mine", "{}")
    recorder.close()
    text = recorder.path.read_text()
    assert "of-mine" not in text and "mine" not in text.replace("key-of-mine", "")


def test_what_is_no_frame_is_left_out(tmp_path: Path, caplog):
    path = tmp_path / "a.frames.jsonl"
    path.write_text(
        '{"t":1,"dir":"open","url":"wss://a"}\n{"t":2,"di\n[]\n\n{"t":null,"dir":"recv","raw":"x"}\n'
    )
    assert [frame.dir for frame in frames(path)] == ["open", "recv"]
    assert "3 of 5 lines are no frames" in caplog.text


def test_a_recording_that_was_cut_off_is_read_as_far_as_it_goes(tmp_path: Path, caplog):
    whole = written(tmp_path / "a.frames.jsonl.gz", session(200))
    whole.write_bytes(whole.read_bytes()[:-200])
    read = list(frames(whole))
    assert 50 < len(read) < 402 and "is cut off" in caplog.text


@pytest.mark.parametrize(("content", "why"), [(b"hello\n", "no frame"), (b"\x1f\x8b", "can't be read")])
def test_what_is_no_recording_says_so(tmp_path: Path, content: bytes, why: str):
    path = tmp_path / ("a.gz" if content[0] == 0x1F else "a.jsonl")
    path.write_bytes(b"not gzip at all" if content[0] == 0x1F else content)
    with pytest.raises(BadRecording, match=why):
        list(frames(path))


# ---------------------------------------------------------------------------- whose it is
@pytest.mark.parametrize(
    ("url", "venue"),
    [
        ("wss://ws-feed.exchange.coinbase.com", "COINBASE"),
        ("wss://ws-feed.pro.coinbase.com", "COINBASE"),  # where it was in 2021
        ("wss://stream.binance.com:9443/stream?streams=btcusdt@trade", "BINANCE"),
        ("wss://stream.binance.us:9443/ws", "BINANCE_US"),
        ("wss://ws.kraken.com/v2", "KRAKEN"),
        ("wss://ws.kraken.com:443", "KRAKEN"),
        ("https://query2.finance.yahoo.com/v8/finance/chart/AAPL", "YAHOO"),
        ("wss://example.com", None),
        ("ws://127.0.0.1:9000", None),
        ("", None),
    ],
)
def test_a_venue_is_found_by_its_url(url: str, venue: str | None):
    assert venue_of_url(url) == venue


def test_a_recording_of_nobody_here_says_so(tmp_path: Path):
    path = written(tmp_path / "a.jsonl", [{"t": 1.0, "dir": "open", "url": "wss://nyse.example"}])
    with pytest.raises(BadRecording, match="which is no venue's here"):
        venue_of_recording(path)
    path = written(tmp_path / "b.jsonl", [{"t": 1.0, "dir": "recv", "raw": "{}"}])
    with pytest.raises(BadRecording, match="doesn't say which venue"):
        venue_of_recording(path)
    assert first_open(path) is None and symbols_asked_for(path) == []


def test_ours_says_whose_it_is_whatever_its_url(tmp_path: Path):
    line = {"t": 1.0, "dir": "open", "url": "ws://127.0.0.1:1", "src": "KRAKEN KRAKEN:BTC-USD"}
    assert venue_of_recording(written(tmp_path / "a.jsonl", [line])) == "KRAKEN"


def test_a_symbols_facts():
    venue = Coinbase()
    known = instrument_of(venue, "COINBASE:BTC-USD")
    assert known in venue.featured
    other = instrument_of(venue, "COINBASE:YFI-BTC")
    assert (other.base, other.quote, other.native) == ("YFI", "BTC", "YFI-BTC")


# ---------------------------------------------------------------------------- when it came
def tape(path: Path, lines: list[dict]) -> Tape:
    return Tape(written(path / "a.frames.jsonl", lines), Coinbase())


def frame(t: float | None, message: dict | str) -> dict:
    raw = message if isinstance(message, str) else json.dumps(message)
    return {"t": t, "dir": "recv", "raw": raw}


def test_without_times_of_arrival_the_venues_count_and_else_ten_milliseconds(tmp_path: Path):
    first, then = said(1, BEGIN)[0], said(2, BEGIN + 5_000)[0]
    beat = {"type": "heartbeat", "product_id": "BTC-USD", "last_trade_id": 1, "time": "x"}
    lines = [frame(None, message) for message in (beat, first, beat, beat, then, said(3, BEGIN)[0])]
    times = [arrival.time for arrival in tape(tmp_path, lines).arrivals()]
    assert times == [BEGIN + 10, BEGIN + 10, BEGIN + 20, BEGIN + 30, BEGIN + 5_000, BEGIN + 5_000]


def test_times_never_go_back(tmp_path: Path):
    lines = [frame(t, said(n, BEGIN)[0]) for n, t in enumerate([10.0, 12.0, 11.0, 13.0])]
    assert [arrival.time for arrival in tape(tmp_path, lines).arrivals()] == [10_000, 12_000, 12_000, 13_000]


def test_a_recording_without_any_time_begins_at_zero(tmp_path: Path):
    assert tape(tmp_path, [frame(None, "{}")]).begin() == 0


def test_the_symbols_are_those_with_a_price(tmp_path: Path):
    lines = session(20)
    lines.append(
        frame(None, {"type": "subscriptions", "channels": [{"name": "ticker", "product_ids": ["A-B"]}]})
    )
    assert tape(tmp_path, lines).symbols() == ["COINBASE:BTC-USD", "COINBASE:ETH-EUR"]
    with pytest.raises(BadRecording, match=r"b\.jsonl has no price that Coinbase"):
        Tape(written(tmp_path / "b.jsonl", lines[:2]), Coinbase()).symbols()


async def test_a_polled_recording_is_read_by_its_urls(tmp_path: Path):
    venue = Yahoo()
    recorder = Recorder(tmp_path / "y.frames.jsonl", venue, ["YAHOO:SAP.DE"], lambda: BEGIN / 1000)
    async with FakeYahoo() as fake:
        request = venue.poll("SAP.DE")
        fake.market.products["SAP.DE"] = "SIM:AAPL"
        rest = Rest(venue, fake.rest_url)
        answer = await rest.get(request)
        await rest.close()
        recorder.heard("recv", own_url(venue, request), answer.body)
    recorder.close()
    assert [each.dir for each in frames(recorder.path)] == ["open", "recv"]
    assert venue_of_recording(recorder.path) == "YAHOO"
    heard = list(Tape(recorder.path, Yahoo()).arrivals())[1]
    assert [type(event) for event in heard.events] == [Quote]
    assert heard.events[0].symbol == "YAHOO:SAP.DE" and heard.bars[0][0] == "YAHOO:SAP.DE"


def test_a_frame_of_a_line_is_parsed_as_the_line_does(tmp_path: Path):
    lines = session(3)
    heard = [event for arrival in tape(tmp_path, lines).arrivals() for event in arrival.events]
    assert [type(event) for event in heard] == [Trade, Quote] * 3


# ---------------------------------------------------------------------------- the clock
@pytest.fixture(autouse=True)
def _own_clock():
    yield
    clock.play(None)


async def test_the_clock_moves_on_while_the_recording_is_silent():
    pace = Pace(BEGIN, 20.0)
    going = asyncio.create_task(pace.until(BEGIN + 20_000))
    seen = []
    while not going.done():
        seen.append(clock.wall())
        await asyncio.sleep(0.01)
    between = [each for each in seen[1:-1] if BEGIN < each < BEGIN + 20_000]
    assert seen[1:] == sorted(seen[1:]) and len(set(between)) > 5
    assert clock.wall() == clock.steady() == BEGIN + 20_000


async def test_nobody_sits_through_a_year():
    async with asyncio.timeout(5):
        await Pace(BEGIN, 1.0).until(BEGIN + 365 * 24 * QUIET)


async def test_as_fast_as_can_be_never_waits():
    async with asyncio.timeout(5):
        await Pace(BEGIN, None).until(BEGIN + QUIET)
    assert clock.wall() == BEGIN + QUIET


# ---------------------------------------------------------------------------- the replay
class Listener:
    """A publisher that keeps what it hears."""

    def __init__(self) -> None:
        self.frames: list[wire.Frame] = []
        self.statuses: list[tuple[str, str]] = []

    async def frame(self, group: str, frame: wire.Frame) -> bool:
        self.frames.append(frame)
        return True

    async def sync(self, sync: wire.Sync) -> None:
        own = next(status for status in sync.statuses if status.venue == "COINBASE")
        self.statuses.append((own.state, own.reason))

    async def history(self, past: wire.Past) -> None: ...

    async def states(self, reply: str, states: wire.States) -> None: ...


async def replayed(path: Path, speed: float | None, alias: str) -> tuple[list[tuple], Listener, Replay]:
    """Return the rows that a replay leaves, what it published, and its engine."""
    venue, listener = Coinbase(), Listener()
    tape = Tape(path, venue)
    store = BarStore(alias, clock=clock.wall)
    store.start()
    running = Replay(tape, venue, tape.symbols(), speed, listener, store)
    task = asyncio.create_task(running.run())
    try:
        await wait_for(lambda: ("off", OVER) in listener.statuses, 60, "the end of the recording")
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.to_thread(store.close, 10.0)
    rows = await asyncio.to_thread(sql, alias, f"{DUMP} FROM feeds_bar ORDER BY 1, 2, 3")
    await asyncio.to_thread(sql, alias, "DELETE FROM feeds_bar")
    return rows, listener, running


@pytest.fixture
def alias(tmp_path: Path, django_db_blocker):
    """The alias of an empty database."""
    with django_db_blocker.unblock(), migrated("own-replay", sqlite_settings(tmp_path / "b.sqlite3")) as name:
        yield name


@pytest.fixture(params=["recorded", "own"])
def recorded(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "own":
        return written(tmp_path / "own.frames.jsonl.gz", session())
    return RECORDED if RECORDED.exists() else pytest.skip("the recorded session is not on this machine")


async def test_two_replays_leave_the_same_bars_and_they_are_the_trades(recorded: Path, alias: str):
    first, listener, _ = await replayed(recorded, None, alias)
    again, _, _ = await replayed(recorded, None, alias)
    assert repr(first).encode() == repr(again).encode()
    counted = recount(recorded)
    stored = {row[:3]: row[3:9] for row in first}
    assert stored == {key: counted[key] for key in stored}
    over = came_last(recorded) - 250  # the grace for trades in flight
    missing = [key for key in counted.keys() - stored.keys() if key[2] + LENGTHS[key[1]] <= over]
    assert missing == [] and len(stored) > 30
    assert {row[9] for row in first} <= {"live", "mixed"}
    assert ("live", f"REPLAY of {recorded.name}") in listener.statuses


def came_last(path: Path) -> int:
    """Return when the last frame came, in ms."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt") as lines:
        return round(max(json.loads(line)["t"] for line in lines) * 1000)


async def test_speed_changes_nothing(tmp_path: Path, alias: str):
    path = written(tmp_path / "own.frames.jsonl", session(240))
    fast, _, _ = await replayed(path, None, alias)
    slower, listener, _ = await replayed(path, 100.0, alias)
    assert fast == slower and len(fast) > 50
    assert {quote.symbol for frame in listener.frames for quote in frame.quotes} == {
        "COINBASE:BTC-USD",
        "COINBASE:ETH-EUR",
    }


async def test_a_line_that_was_opened_again_is_a_gap(tmp_path: Path, alias: str):
    lost, found = BEGIN / 1000 + 100, BEGIN / 1000 + 130
    lines = [line for line in session() if not lost <= line["t"] < found]
    quiet, _, _ = await replayed(written(tmp_path / "quiet.frames.jsonl", lines), None, alias)
    at = next(number for number, line in enumerate(lines) if line["t"] >= found)
    lines.insert(at, {**lines[0], "t": found - 1})
    broken, _, running = await replayed(written(tmp_path / "broken.frames.jsonl", lines), None, alias)
    first = BEGIN // 60_000 * 60_000
    minutes = [(row[2] - first) // 60_000 for row in broken if row[:2] == ("COINBASE:BTC-USD", "1m")]
    assert minutes == [0, 1, 2, 3, 4] and running.feeds["COINBASE"].reconnects == 1
    assert mixed_minutes(quiet, first) == [0] and mixed_minutes(broken, first) == [0, 1, 2]


def mixed_minutes(rows: list[tuple], first: int) -> list[int]:
    """Return which minutes of BTC-USD weren't heard whole, counted from the first."""
    return [
        (row[2] - first) // 60_000
        for row in rows
        if row[:2] == ("COINBASE:BTC-USD", "1m") and row[9] == "mixed"
    ]


async def test_what_cannot_be_read_is_counted_and_the_rest_goes_on(tmp_path: Path, alias: str):
    lines = session(200)
    lines[50:50] = [frame(lines[50]["t"], '{"type":"match"') for _ in range(20)]
    rows, _, running = await replayed(written(tmp_path / "own.frames.jsonl", lines), None, alias)
    status = running.feeds["COINBASE"].status()
    assert status.errors >= 20 and len(rows) > 30


async def test_there_is_no_past_to_wait_for(tmp_path: Path, alias: str):
    path = written(tmp_path / "own.frames.jsonl", session(100))
    _, _, running = await replayed(path, None, alias)
    told: list[tuple[str, str]] = []
    filler = running.pasts.fillers["COINBASE"]
    filler._on_state = lambda symbol, interval, state, reason: told.append((interval, state))
    filler.open("COINBASE:BTC-USD", "1m", urgent=True)
    filler.older("COINBASE:BTC-USD", "1h", BEGIN, 10)
    assert told == [("1m", "ready"), ("1h", "ready")]


def test_a_recording_that_cannot_be_opened_is_one_error(tmp_path: Path):
    with pytest.raises(BadRecording, match=r"none\.jsonl can't be read: No such file"):
        list(frames(tmp_path / "none.jsonl"))
