"""record, live --replay, feedcheck and backfill as somebody types them, beside fake venues."""

import gzip
import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.fakes.background import Background
from tests.fakes.coinbase import FakeCoinbase
from tests.fakes.kraken import FakeKraken
from tests.fakes.yahoo import FakeYahoo
from tests.feeds.sessions import BEGIN, LENGTHS, recount, session, written
from tests.program import LiveProgram, clean_environ
from tests.support import REPO, SHARED, free_port, wait_until

pytestmark = pytest.mark.live
RECORDED = SHARED / "venues/samples/coinbase_exchange/ws/cryptofeed_2021-04-17.frames.jsonl.gz"
COLUMNS = "symbol, interval, time, open, high, low, close, volume, trades, source"
DUMP = f"SELECT {COLUMNS} FROM feeds_bar ORDER BY 1, 2, 3"
MINUTE = 60_000


@pytest.fixture(scope="module")
def fakes() -> Iterator[Background]:
    """Fake venues whose prices walk: ten trades a second and product."""
    with Background(FakeCoinbase, FakeKraken, FakeYahoo, rate=10.0, ticking=True) as running:
        yield running


class Commands:
    """`manage.py` with a database of its own, led to the fake venues."""

    def __init__(self, folder: Path, fakes: Background) -> None:
        self.database = folder / "bars.sqlite3"
        self.environ = clean_environ() | fakes.environment | {"DATABASE_URL": f"sqlite:///{self.database}"}

    def start(self, *words: str, **environ: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "manage.py", *words],
            cwd=REPO,
            env=self.environ | environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, **environ: str) -> tuple[int, str, str]:
        """Return a command's exit code, what it printed, and what it said on stderr."""
        process = self.start(*words, **environ)
        output, errors = process.communicate(timeout=60)
        return process.returncode, output, errors

    def refused(self, *words: str, **environ: str) -> str:
        """Return the one line with which a command refuses to begin (exit code 2)."""
        code, output, errors = self.run(*words, **environ)
        assert (code, output) == (2, "")
        (line,) = errors.splitlines()
        return line.removeprefix("CommandError: ")


@pytest.fixture
def manage(tmp_path: Path, fakes: Background) -> Commands:
    return Commands(tmp_path, fakes)


def bars(database: Path) -> list[tuple]:
    """Return every stored bar."""
    connection = sqlite3.connect(database)
    try:
        return connection.execute(DUMP).fetchall()
    finally:
        connection.close()


# ---------------------------------------------------------------------------- record
def test_record_keeps_every_frame(manage: Commands, tmp_path: Path, fakes: Background):
    path = tmp_path / "coinbase.frames.jsonl.gz"
    words = ("record", "coinbase", "btc-usd", "COINBASE:ETH-USD", "--out", str(path), "--seconds", "2")
    code, output, _ = manage.run(*words)
    lines = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    received = [line for line in lines if line["dir"] == "recv"]
    assert code == 0 and output.startswith(f"{len(received):,} received, 1 sent, 1 opened, ")
    assert lines[0]["dir"] == "open" and lines[0]["url"] == "wss://ws-feed.exchange.coinbase.com"
    assert json.loads(lines[1]["raw"])["product_ids"] == ["BTC-USD", "ETH-USD"]
    assert {line["raw"] for line in received} <= set(fakes.venues[0].sent)
    assert [line["t"] for line in lines] == sorted(line["t"] for line in lines)
    assert {json.loads(line["raw"])["type"] for line in received} >= {"ticker", "match", "subscriptions"}
    assert manage.refused(*words) == f"{path} exists; recordings are never overwritten"


def test_record_keeps_polled_answers_with_their_urls(manage: Commands, tmp_path: Path):
    path = tmp_path / "yahoo.frames.jsonl"
    with Background(FakeYahoo) as own:
        own.venues[0].streams = False  # its socket can't be had: after three tries it is polled
        asked = ("record", "YAHOO", "AAPL", "--out", str(path), "--seconds", "8")
        code, _, _ = manage.run(*asked, **own.environment)
    opened, *answers = [json.loads(line) for line in path.read_text().splitlines()]
    assert code == 0 and opened["dir"] == "open" and answers
    url = "https://query2.finance.yahoo.com/v8/finance/chart/AAPL"
    assert all(each["dir"] == "recv" and each["url"].startswith(url) for each in answers)
    assert json.loads(answers[0]["raw"])["chart"]["result"][0]["meta"]["symbol"] == "AAPL"


def test_ctrl_c_ends_a_recording_whole(manage: Commands, tmp_path: Path):
    path = tmp_path / "kraken.frames.jsonl.gz"
    with Background(FakeKraken, rate=20.0, ticking=True) as own:
        process = manage.start("record", "KRAKEN", "BTC-USD", "--out", str(path), **own.environment)
        own.do(own.venues[0].subscribed("BTC/USD"))
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
    assert process.returncode == 0 and "Traceback" not in errors and " received, 2 sent, 1 opened" in output
    lines = gzip.decompress(path.read_bytes()).splitlines()  # raises on a file without its end
    assert all(json.loads(line) for line in lines)


def test_record_refuses_in_one_line(manage: Commands, tmp_path: Path):
    out = ("--out", str(tmp_path / "x.jsonl"))
    assert manage.refused("record", "NYSE", "AAPL", *out).startswith("NYSE is no venue; there are COINBASE,")
    assert manage.refused("record", "COINBASE", "NO-SUCH", *out) == "COINBASE has no COINBASE:NO-SUCH"
    assert manage.refused("record", "COINBASE", "KRAKEN:BTC-USD", *out) == "KRAKEN:BTC-USD is not of COINBASE"
    assert "is made here" in manage.refused("record", "SIM", "BTC-USD", *out)
    nowhere = ("--out", str(tmp_path / "none" / "x.jsonl"))
    assert "can't be written: No such file" in manage.refused("record", "COINBASE", "BTC-USD", *nowhere)
    assert list(tmp_path.glob("x.*")) == []


def test_a_recording_of_nothing_is_not_kept(manage: Commands, tmp_path: Path):
    path = tmp_path / "x.jsonl"
    away = f"ws://127.0.0.1:{free_port()}"
    words = ("record", "COINBASE", "BTC-USD", "--out", str(path), "--seconds", "1")
    code, _, errors = manage.run(*words, VENUE_COINBASE_WS_URL=away)
    assert code == 1 and "CommandError: nothing came from COINBASE: can't connect" in errors
    assert not path.exists()


# ---------------------------------------------------------------------------- replay
def replay(path: Path, *words: str, **environ: str) -> list[tuple]:
    """Return the bars of a replay that the whole program runs to its end."""
    program = LiveProgram("--replay", str(path), *words, **environ)
    try:
        program.start()
        program.wait_for_line("feeds.replay: the recording has ended", 60)
        return bars(program.folder / "ticker.sqlite3")
    finally:
        program.finish()


@pytest.fixture(params=["recorded", "own"])
def recorded(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "own":
        return written(tmp_path / "own.frames.jsonl.gz", session())
    return RECORDED if RECORDED.exists() else pytest.skip("the recorded session is not on this machine")


def test_two_replays_of_the_whole_desk_store_the_same_bytes(recorded: Path):
    first = replay(recorded, "--speed", "max")
    again = replay(recorded, "--speed", "max", WATCH="SIM:BTC-USD", VENUES="SIM")
    assert repr(first).encode() == repr(again).encode() and len(first) > 30
    counted = recount(recorded)
    assert {row[:3]: row[3:9] for row in first} == {row[:3]: counted[row[:3]] for row in first}


def test_what_was_recorded_is_replayed(manage: Commands, tmp_path: Path):
    path = tmp_path / "kraken.frames.jsonl.gz"
    manage.run("record", "KRAKEN", "BTC-USD", "ETH-USD", "--out", str(path), "--seconds", "4")
    stored = replay(path, "--speed", "100")
    assert {row[0] for row in stored} == {"KRAKEN:BTC-USD", "KRAKEN:ETH-USD"}
    assert all(row[1] == "1s" and LENGTHS[row[1]] == 1_000 for row in stored if row[9] == "live")


def test_the_desk_says_that_it_is_a_replay(tmp_path: Path):
    path = written(tmp_path / "own.frames.jsonl", session(2_000))
    with LiveProgram("--replay", str(path), "--speed", "1") as program:

        def told(where: str) -> str:
            with urlopen(program.url + where, timeout=10) as answer:
                return answer.read().decode()

        wait_until(lambda: '"state":"live"' in told("/api/venues"), 15, "a live venue")
        (venue,) = json.loads(told("/api/venues"))["venues"]
        assert (venue["venue"], venue["reason"]) == ("COINBASE", "REPLAY of own.frames.jsonl")
        page = told("/")
        assert "Coinbase Exchange · REPLAY" in json.loads(f'"{boot_title(page)}"')
        (quote,) = json.loads(told("/api/quotes?symbols=COINBASE:BTC-USD"))["quotes"]
        assert BEGIN < quote["received"] < BEGIN + 60_000 and quote["state"] == "live"
        listed = json.loads(told("/api/symbols?venue=COINBASE"))["symbols"]
        assert {each["symbol"] for each in listed} == {"COINBASE:BTC-USD", "COINBASE:ETH-EUR"}
        (bar,) = json.loads(told("/api/bars?symbol=COINBASE:BTC-USD&interval=1m&limit=1"))["bars"]
        assert bar[0] == BEGIN // MINUTE * MINUTE


def boot_title(page: str) -> str:
    """Return the title of the page's first venue as its JSON has it."""
    return page.partition('"title": "')[2].partition('"')[0]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--replay", "none.jsonl"), "REPLAY: there is no file none.jsonl; it takes a recorded session"),
        (("--replay", "README.md"), "REPLAY: README.md begins with something that is no frame; it takes "),
        (
            ("--replay", "OWN", "--speed", "0.5"),
            "REPLAY_SPEED: 0.5 is no speed; it takes a number from 1 to 100",
        ),
        (("--replay", "OWN", "--venue", "NYSE"), "REPLAY_VENUE: NYSE is no venue; it takes some of "),
    ],
)
def test_a_replay_that_cannot_be_is_one_line(manage: Commands, tmp_path: Path, words, says):
    own = str(written(tmp_path / "own.frames.jsonl", session(3)))
    line = manage.refused("live", *[own if word == "OWN" else word for word in words], PORT=str(free_port()))
    assert line.startswith(says)


def test_a_recording_of_another_venue_is_one_line(manage: Commands, tmp_path: Path):
    own = str(written(tmp_path / "own.frames.jsonl", session(3)))
    words = ("live", "--replay", own, "--venue", "KRAKEN", "--port", str(free_port()))
    code, output, errors = manage.run(*words)
    assert (code, output) == (1, "")
    assert errors == "own.frames.jsonl has no price that Kraken could have said\n"


# ---------------------------------------------------------------------------- feedcheck
def test_feedcheck_of_a_good_venue(manage: Commands):
    code, output, errors = manage.run("feedcheck", "coinbase", "BTC-USD", "sol-usd", "--seconds", "3")
    lines = output.splitlines()
    assert (code, errors) == (0, "") and lines[0].startswith("Coinbase Exchange, ws://127.0.0.1:")
    assert any(line.endswith("live") for line in lines[1:4])
    assert sum("trades/s   newest " in line for line in lines) >= 4
    rows = {line.split()[0]: line.split() for line in lines if line.startswith("COINBASE:")}
    assert set(rows) == {"COINBASE:BTC-USD", "COINBASE:SOL-USD"}
    assert rows["COINBASE:BTC-USD"][2] == "live" and int(rows["COINBASE:BTC-USD"][4]) > 0
    assert lines[-1].startswith("GOOD: 2 symbols, ")


def test_feedcheck_of_a_poor_venue(manage: Commands):
    with Background(FakeCoinbase) as own:
        coinbase = own.venues[0]
        coinbase.market.products["ERN-USDT"] = None
        process = manage.start(
            "feedcheck", "COINBASE", "BTC-USD", "ETH-USD", "--seconds", "4", **own.environment
        )
        own.do(coinbase.subscribed("ETH-USD"))
        for number in range(12):
            if number == 7:
                coinbase.next_id("BTC-USD")
            own.do(coinbase.send_trade("BTC-USD", 100.0 + number, 1.0))
        own.do(coinbase.raw("this is no frame"))
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "bad: unreadable frame: this is no frame" in output
    verdict = output.splitlines()[-1]
    assert verdict.startswith("POOR: ") and "missing trades: COINBASE:BTC-USD 1" in verdict
    assert "1 × unreadable frame" in verdict


def test_feedcheck_when_nothing_comes(manage: Commands):
    away = f"127.0.0.1:{free_port()}"
    environ = {"VENUE_KRAKEN_WS_URL": f"ws://{away}", "VENUE_KRAKEN_REST_URL": f"http://{away}"}
    code, output, _ = manage.run("feedcheck", "KRAKEN", "BTC-USD", "--seconds", "1", **environ)
    assert code == 2 and output.splitlines()[-1].startswith("NOTHING CAME: can't connect: ")


def test_feedcheck_of_no_venue_is_one_line(manage: Commands):
    assert manage.refused("feedcheck", "NYSE").startswith("NYSE is no venue; there are COINBASE,")


# ---------------------------------------------------------------------------- backfill
@pytest.fixture
def store(manage: Commands) -> Commands:
    code, _, errors = manage.run("migrate", "--verbosity", "0")
    assert (code, errors) == (0, "")
    return manage


def test_backfill_fills_and_goes_on_where_it_was(store: Commands, fakes: Background):
    path = "/products/BTC-USD/candles"
    coinbase = fakes.venues[0]
    words = ("backfill", "coinbase:btc-usd", "--from", "2024-03-01")
    code, output, errors = store.run(*words, "--to", "2024-03-01T20:00")
    assert (code, output) == (0, "COINBASE:BTC-USD 1m: 1,200 bars stored, 4 answers of the venue\n")
    assert [line.split("]")[1].split()[0] for line in errors.splitlines()] == ["25%", "50%", "75%", "100%"]
    first = bars(store.database)
    asked = coinbase.requests[path]
    code, output, _ = store.run(*words, "--to", "2024-03-01T21:00Z")
    assert output == "COINBASE:BTC-USD 1m: 60 bars stored, 1 answer of the venue\n"
    assert coinbase.requests[path] == asked + 1
    stored = bars(store.database)
    assert stored[: len(first)] == first and {row[9] for row in stored} == {"backfill"}
    times = [row[2] for row in stored]
    assert times == list(range(times[0], times[0] + 1_260 * MINUTE, MINUTE))


def test_backfill_that_is_stopped_keeps_what_it_has(store: Commands, fakes: Background):
    coinbase = fakes.venues[0]
    before = coinbase.requests["/products/ETH-USD/candles"]
    process = store.start("backfill", "COINBASE:ETH-USD", "--from", "2023-01-01", "--to", "2024-01-01")
    wait_until(lambda: coinbase.requests["/products/ETH-USD/candles"] >= before + 3, 20, "three answers")
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130 and "Traceback" not in errors
    assert errors.splitlines()[-1].startswith("CommandError: stopped; ")
    count = len(bars(store.database))
    assert count >= 600 and count % 300 == 0


def test_backfill_of_other_intervals_and_venues(store: Commands):
    code, output, _ = store.run(
        "backfill", "SIM:BTC-USD", "--from", "2024-03-01", "--to", "2024-03-11", "--interval", "1d"
    )
    assert (code, output) == (0, "SIM:BTC-USD 1d: 10 bars stored, 1 answer of the venue\n")
    code, output, _ = store.run("backfill", "KRAKEN:BTC-USD", "--from", "2024-01-01", "--to", "2100-01-01")
    assert code == 0 and "1 answer of the venue; its history begins " in output


def test_backfill_refuses_in_one_line(store: Commands):
    day = ("--from", "2024-03-01", "--to", "2024-03-02")
    assert store.refused("backfill", "NYSE:AAPL", *day).startswith("NYSE is no venue")
    assert store.refused("backfill", "BTC-USD", *day).startswith("BTC-USD has no venue")
    assert store.refused("backfill", "COINBASE:NO-SUCH", *day) == "COINBASE has no COINBASE:NO-SUCH"
    back = ("--from", "2024-03-02", "--to", "2024-03-01")
    assert store.refused("backfill", "COINBASE:BTC-USD", *back) == "--from has to be before --to"


def test_backfill_from_a_venue_that_does_not_answer(store: Commands):
    away = f"http://127.0.0.1:{free_port()}"
    words = ("backfill", "KRAKEN:BTC-USD", "--from", "2024-03-01", "--to", "2024-03-02")
    code, output, errors = store.run(*words, VENUE_KRAKEN_REST_URL=away)
    assert (code, output) == (1, "")
    assert errors.startswith("CommandError: KRAKEN: no answer: ") and "0 bars stored" in errors
