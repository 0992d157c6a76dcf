"""The bar store: what was put is written, with the right one of two bars, whatever the database does."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.contrib import admin
from django.db import connections
from django.test import RequestFactory

from feeds import store as store_module
from feeds.making import outranks
from feeds.market import Bar, Instrument, replace
from feeds.models import StoredBar, StoredInstrument
from feeds.rows import write_bars
from feeds.store import (
    BarStore,
    aread,
    catalogue_symbols,
    first_time,
    instruments_of,
    known_until,
    read_bars,
    search_instruments,
)
from tests.feeds.databases import migrated, sql, sqlite_settings
from tests.postgres import Postgres

SYMBOL = "SIM:BTC-USD"
MINUTE, DAY = 60_000, 86_400_000
NOW = 1_700_000_000_000
WAIT = 10.0  # s
SOURCES = ("hole", "mixed", "backfill", "live")


def bar(time: int, interval: str = "1m", **fields: object) -> Bar:
    known = {"open": 10.0, "high": 12.0, "low": 9.0, "close": 11.0, "volume": 5.5, "trades": 2}
    return Bar(symbol=SYMBOL, interval=interval, time=time, **(known | fields))


def instrument(name: str, venue: str = "SIM", **fields: object) -> Instrument:
    base, _, quote = name.partition("-")
    known = {"base": base, "quote": quote, "kind": "crypto", "native": name}
    return Instrument(symbol=f"{venue}:{name}", **(known | fields))


@pytest.fixture
def sqlite_file(tmp_path: Path, django_db_blocker) -> Iterator[Path]:
    """A SQLite file with the store's tables, known to Django as `file`."""
    path = tmp_path / "file.sqlite3"
    with django_db_blocker.unblock(), migrated("file", sqlite_settings(path)):
        yield path


@pytest.fixture
def store(database: str) -> Iterator[BarStore]:
    """A running writer."""
    made = BarStore(using=database, clock=lambda: NOW)
    made.start()
    yield made
    made.close(WAIT)


def stored(alias: str, interval: str = "1m") -> list[Bar]:
    return read_bars(SYMBOL, interval, None, None, 10_000, 2**52, using=alias)


def attempted(store: BarStore, timeout: float = WAIT) -> bool:
    """Wait until a write has failed."""
    with store.changed:
        return bool(store.changed.wait_for(lambda: store.error, timeout))


def test_what_was_put_is_read_again(store: BarStore, database: str) -> None:
    bars = [bar(0), bar(MINUTE, trades=None, source="backfill"), bar(3 * MINUTE, volume=0.1)]
    store.put_bars(bars)
    assert store.flush(WAIT)
    assert stored(database) == bars
    assert first_time(SYMBOL, "1m", using=database) == 0
    assert known_until(SYMBOL, "1m", DAY, using=database) == (3 * MINUTE, 11.0)
    assert known_until(SYMBOL, "1m", 3 * MINUTE, using=database) == (MINUTE, 11.0)
    assert known_until(SYMBOL, "1h", DAY, using=database) is None
    assert (store.error, store.dropped, store.refused, store.waiting) == ("", 0, 0, 0)


def test_bars_are_known_up_to_the_first_hole(store: BarStore, database: str) -> None:
    known = [bar(0), bar(2 * MINUTE, source="mixed"), bar(9 * MINUTE)]
    store.put_bars([*known, *(bar(minute * MINUTE, source="hole") for minute in (3, 4, 8))])
    store.flush(WAIT)
    assert known_until(SYMBOL, "1m", DAY, using=database) == (2 * MINUTE, 11.0)
    assert known_until(SYMBOL, "1m", DAY, 9 * MINUTE, using=database) == (9 * MINUTE, 11.0)
    assert known_until(SYMBOL, "1m", 9 * MINUTE, 9 * MINUTE, using=database) == (2 * MINUTE, 11.0)


def test_the_latest_version_of_a_bar_counts(store: BarStore, database: str) -> None:
    store.put_bars([bar(0), bar(0, close=11.5)])
    store.flush(WAIT)
    store.put_bars([bar(0, close=11.75)])
    store.flush(WAIT)
    assert stored(database) == [bar(0, close=11.75)]


@pytest.mark.parametrize("old", SOURCES)
@pytest.mark.parametrize("new", SOURCES)
def test_precedence_is_the_same_in_waiting_and_in_the_table(
    store: BarStore, database: str, old: str, new: str
) -> None:
    first, second = bar(0, source=old), bar(0, source=new, close=9.5)
    winner = second if outranks(second, first) else first
    store.put_bars([first])
    store.flush(WAIT)
    store.put_bars([second])
    store.flush(WAIT)
    assert stored(database) == [winner]
    waiting = BarStore(using=database)
    waiting.put_bars([replace(first, time=MINUTE), replace(second, time=MINUTE)])
    waiting.start()
    waiting.close(WAIT)
    assert stored(database)[1] == replace(winner, time=MINUTE)


def test_forming_bars_are_not_stored_and_nonsense_is_refused(store: BarStore, database: str) -> None:
    store.put_bars([bar(0, closed=False)])
    assert (store.waiting, store.refused) == (0, 0)
    nonsense = [
        bar(1),
        bar(-MINUTE),
        bar(2**60),
        bar(0, "5m"),
        bar(0, "7m"),
        bar(0, close=float("nan")),
        bar(0, high=float("inf")),
        bar(0, low=0.0),
        bar(0, volume=-1.0),
        replace(bar(0), symbol="sim:btc-usd"),
        replace(bar(0), symbol="SIM:BTC\0USD"),
    ]
    store.put_bars(nonsense)
    assert (store.waiting, store.refused) == (0, len(nonsense))


def test_beyond_the_bound_the_oldest_are_dropped() -> None:
    idle = BarStore(held=3)
    idle.put_bars([bar(minute * MINUTE) for minute in range(5)])
    assert (idle.waiting, idle.dropped) == (3, 2)
    assert [time for _, _, time in idle._bars] == [2 * MINUTE, 3 * MINUTE, 4 * MINUTE]


def test_writes_wait_for_their_second_unless_many_wait(database: str) -> None:
    store = BarStore(using=database, every=3600.0)
    store.start()
    store.put_bars([bar(0)])
    store.flush(WAIT)
    store.put_bars([bar(minute * MINUTE) for minute in range(1, 500)])
    assert store.waiting == 499  # for an hour
    store.put_bars([bar(500 * MINUTE)])
    with store.changed:
        assert store.changed.wait_for(lambda: not store.waiting, WAIT)
    store.put_bars([bar(501 * MINUTE)])
    assert store.close(WAIT)  # and the end writes what waits
    assert len(stored(database)) == 502


def test_nothing_is_lost_while_another_process_holds_the_file(sqlite_file: Path) -> None:
    store = BarStore(using="file")
    with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        store.start()
        store.put_bars([bar(0)])
        assert attempted(store)
        assert "locked" in store.error
        store.put_bars([bar(MINUTE), bar(0, close=11.5)])
        assert not store.flush(0.01)
        assert store.waiting == 2
        other.execute("ROLLBACK")
    assert store.flush(WAIT)
    assert store.error == ""
    assert stored("file") == [bar(0, close=11.5), bar(MINUTE)]
    assert store.close(WAIT)


def test_the_end_does_not_wait_for_ever_for_a_locked_file(sqlite_file: Path) -> None:
    store = BarStore(using="file")
    with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        store.start()
        store.put_bars([bar(0)])
        assert attempted(store)
        assert store.close(0.2) is False
    assert not [thread for thread in threading.enumerate() if thread.name == "bar-store"]


def test_nothing_is_lost_over_a_restart_of_postgres(postgres: Postgres | None, django_db_blocker) -> None:
    server = postgres or pytest.skip("no PostgreSQL on this machine")
    with django_db_blocker.unblock(), migrated("restarted", server.settings("ticker")):
        store = BarStore(using="restarted")
        store.start()
        store.put_bars([bar(0)])
        assert store.flush(WAIT)
        server.stop()
        connections["restarted"].close()
        store.put_bars([bar(MINUTE)])
        assert attempted(store)
        store.put_bars([bar(2 * MINUTE)])
        server.start()
        assert store.flush(WAIT)
        assert store.close(WAIT)
        assert [b.time for b in stored("restarted")] == [0, MINUTE, 2 * MINUTE]
        sql("restarted", "DELETE FROM feeds_bar")


def test_a_bar_replaced_while_it_is_written_is_written_again(
    store: BarStore, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_and_be_overtaken(connection, bars) -> None:
        monkeypatch.setattr(store_module, "write_bars", write_bars)
        write_bars(connection, bars)
        store.put_bars([bar(0, close=9.25)])

    monkeypatch.setattr(store_module, "write_bars", write_and_be_overtaken)
    store.put_bars([bar(0)])
    assert store.flush(WAIT)
    assert stored(database) == [bar(0, close=9.25)]


def test_seconds_older_than_a_day_are_pruned_and_nothing_else(store: BarStore, database: str) -> None:
    edge = NOW - DAY
    assert edge % 1000 == 0
    old = [bar(edge - 1000 * back, "1s") for back in range(1, 6_000)]
    store.put_bars([*old, bar(edge, "1s"), bar(edge // MINUTE * MINUTE - DAY, "1m")])
    assert store.flush(WAIT)
    assert store.close(WAIT)  # the hourly pruning follows the first write
    assert [b.time for b in stored(database, "1s")] == [edge]
    assert len(stored(database, "1m")) == 1
    assert store.prune(NOW + 2 * DAY) == 1


# --------------------------------------------------------------------------- catalogues
def test_a_catalogue_is_stored_and_what_is_gone_is_delisted(store: BarStore, database: str) -> None:
    btc, eth = instrument("BTC-USD", tick_size=0.01, title="Bitcoin"), instrument("ETH-USD", status="halted")
    store.put_instruments("SIM", [btc, eth])
    store.put_instruments("ECB", [instrument("EUR-USD", "ECB", kind="fx")])
    assert store.flush(WAIT)
    assert instruments_of("SIM", using=database) == [btc, eth]
    store.put_instruments("SIM", [])
    store.put_instruments("SIM", [replace(eth, status="online")])
    assert store.flush(WAIT)
    assert instruments_of("SIM", using=database) == [replace(eth, status="online")]
    assert catalogue_symbols(using=database) == {"SIM": {"SIM:ETH-USD"}, "ECB": {"ECB:EUR-USD"}}
    rows = sql(database, "SELECT symbol, status FROM feeds_instrument ORDER BY symbol")
    assert ("SIM:BTC-USD", "delisted") in rows
    store.put_instruments("SIM", [btc, eth])
    assert store.flush(WAIT)
    assert instruments_of("SIM", using=database) == [btc, eth]


def test_a_catalogue_with_odd_texts_is_stored(store: BarStore, database: str) -> None:
    odd = instrument("ODD-USD", title="Société \0\udfff 100% _x" + "y" * 300, native="n" * 100)
    broken = replace(odd, symbol="SIM:NOT A NAME")
    store.put_instruments("SIM", [odd, broken])
    assert store.flush(WAIT), store.error
    (kept,) = instruments_of("SIM", using=database)
    assert kept.title.startswith("Société ? 100% _x") and len(kept.title) == 200
    assert search_instruments("société", using=database) == [kept]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("BTC", ["KRAKEN:BTC-USD", "SIM:BTC-USD", "SIM:BTC-USDT", "YAHOO:X-BTC"]),
        ("btc-usd", ["KRAKEN:BTC-USD", "SIM:BTC-USD", "SIM:BTC-USDT"]),
        ("SIM:", ["SIM:A_B", "SIM:BTC-USD", "SIM:BTC-USDT"]),
        ("btcusdt", ["SIM:BTC-USDT"]),
        ("bit", ["KRAKEN:BTC-USD"]),
        ("coin base", ["YAHOO:COIN"]),
        ("global coin", ["YAHOO:COIN"]),
        ("_", []),
        ("%", []),
        ("a_", ["SIM:A_B"]),
        ("!", []),
        ("nothing", []),
    ],
)
def test_search(store: BarStore, database: str, typed: str, found: list[str]) -> None:
    store.put_instruments(
        "SIM", [instrument("BTC-USD"), instrument("BTC-USDT"), instrument("A_B", base="A_B", quote="USD")]
    )
    store.put_instruments("KRAKEN", [instrument("BTC-USD", "KRAKEN", title="Bitcoin / US Dollar")])
    store.put_instruments(
        "YAHOO",
        [
            instrument("COIN", "YAHOO", quote="USD", kind="share", title="Coinbase Global, Inc. base"),
            instrument("X-BTC", "YAHOO"),
        ],
    )
    assert store.flush(WAIT)
    assert [i.symbol for i in search_instruments(typed, using=database)] == found
    assert [i.symbol for i in search_instruments(typed, limit=1, using=database)] == found[:1]
    own = [symbol for symbol in found if symbol.startswith("SIM:")]
    assert [i.symbol for i in search_instruments(typed, venue="sim", using=database)] == own


def test_an_empty_search_lists_all(store: BarStore, database: str) -> None:
    store.put_instruments("SIM", [instrument("BTC-USD"), instrument("ETH-USD")])
    assert store.flush(WAIT)
    assert len(search_instruments(" ", using=database)) == 2


# --------------------------------------------------------------------------- reading and looking
async def test_reading_on_a_loop_happens_in_the_stores_own_threads(store: BarStore, database: str) -> None:
    store.put_bars([bar(0)])
    assert await aread(store.flush, WAIT)
    assert await aread(read_bars, SYMBOL, "1m", None, None, 5, NOW, using=database) == [bar(0)]
    assert (await aread(threading.current_thread)).name.startswith("bar-reader")
    with pytest.raises(KeyError):
        await aread(read_bars, SYMBOL, "7m", None, None, 5, NOW, using=database)


@pytest.mark.parametrize("model", [StoredBar, StoredInstrument])
def test_the_admin_shows_and_changes_nothing(model: type) -> None:
    page = admin.site._registry[model]
    request = RequestFactory().get("/")
    permissions = (page.has_add_permission, page.has_change_permission, page.has_delete_permission)
    assert [allowed(request) for allowed in permissions] == [False, False, False]
    assert all(hasattr(page, name) or hasattr(model, name) for name in page.list_display)
