"""VENUES with exchanges of ccxt: any number of them where it is installed, one clear line where not."""

from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from feeds import ccxt_line
from tests.ticker.environ import Environ

REGISTRY = ("KRAKEN", "SIM")
ENVIRON = Environ(*REGISTRY)
read, refused = ENVIRON.read, ENVIRON.refused


@pytest.fixture(params=["installed"])
def ccxt(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    spec = ModuleSpec("ccxt", None)
    spec.submodule_search_locations = [str(tmp_path)]
    (tmp_path / "pro").mkdir()
    for name in ("kucoin", "okx"):
        (tmp_path / "pro" / f"{name}.py").touch()
    monkeypatch.setattr(ccxt_line, "find_spec", lambda name: spec if request.param == "installed" else None)
    ccxt_line.exchanges.cache_clear()
    yield
    ccxt_line.exchanges.cache_clear()


def test_none_is_on_unless_it_is_named(ccxt: None) -> None:
    assert read().venues == REGISTRY


def test_any_number_is_on_that_is_named(ccxt: None) -> None:
    config = read(VENUES="ccxt.okx,SIM,CCXT.KUCOIN,ccxt.OKX", WATCH="ccxt.kucoin:btc-usdt")
    assert config.venues == ("CCXT.OKX", "SIM", "CCXT.KUCOIN")
    assert [venue.name for venue in config.venue_classes()] == ["CCXT.OKX", "SIM", "CCXT.KUCOIN"]
    assert config.watch == ("CCXT.KUCOIN:BTC-USDT",)


def test_one_that_there_is_not_is_refused_with_the_names(ccxt: None) -> None:
    line = "VENUES: ccxt streams no NOPE; it takes CCXT. and one of KUCOIN,OKX"
    assert refused(VENUES="SIM,CCXT.NOPE") == line
    assert refused(VENUES="CCXT.") == line.replace("NOPE", "")
    assert "CCXT.KUCOIN:BTC-USDT is of a venue that is not on" in refused(WATCH="CCXT.KUCOIN:BTC-USDT")


def test_its_hosts_can_be_others(ccxt: None) -> None:
    config = read(VENUES="CCXT.OKX", VENUE_CCXT_OKX_REST_URL="http://127.0.0.1:1")
    assert config.rest_urls == {"CCXT.OKX": "http://127.0.0.1:1"}
    assert "there is no such venue" in refused(VENUE_CCXT_OKX_REST_URL="http://127.0.0.1:1")


@pytest.mark.parametrize("name", ["KEY", "SECRET"])
def test_it_is_given_no_key(ccxt: None, name: str) -> None:
    assert "there is no such venue" in refused(VENUES="CCXT.OKX", **{f"VENUE_CCXT_OKX_{name}": "x"})


@pytest.mark.parametrize("ccxt", ["missing"], indirect=True)
def test_without_ccxt_one_line_says_what_to_install(ccxt: None) -> None:
    line = refused(VENUES="SIM,ccxt.okx")
    assert line == (
        "VENUES: CCXT.OKX needs ccxt, which is not installed; it takes pip install -r requirements-ccxt.txt"
    )
    assert read().venues == REGISTRY


@pytest.mark.parametrize("ccxt", ["missing"], indirect=True)
def test_a_recording_of_one_is_played_without_ccxt(ccxt: None, tmp_path: Path) -> None:
    path = tmp_path / "okx.frames.jsonl"
    path.write_text('{"t":1.0,"dir":"open","url":"ccxt:okx","src":"CCXT.OKX CCXT.OKX:BTC-USDT"}\n')
    for said in ({}, {"REPLAY_VENUE": "CCXT.OKX"}):
        assert read(REPLAY=str(path), **said).venues == ("CCXT.OKX",)
    assert "NOPE. is no venue" in refused(REPLAY=str(path), REPLAY_VENUE="NOPE.")
