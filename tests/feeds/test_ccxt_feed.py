"""Sessions of a venue reached through ccxt, with a stand-in for that package."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from feeds import ccxt_line, leg
from feeds.ccxt_feed import ccxt
from feeds.errors import FeedError
from feeds.feed import Feed, supervise
from feeds.market import Quote, Trade
from feeds.venues import venue_class
from feeds.venues.base import Event, Request
from tests.support import wait_for

BTC, ETH = "CCXT.KUCOIN:BTC-USDT", "CCXT.KUCOIN:ETH-USDT"
NOW = 1_790_000_000_000
TICKER = {"symbol": "BTC/USDT", "timestamp": NOW, "last": 5.0, "bid": 4.0, "info": {"raw": object()}}
TRADE = {
    "id": "1",
    "timestamp": 4_102_000_000_000,
    "price": 5.0,
    "amount": 2.0,
    "side": "buy",
    "fee": object(),
}
MARKET = {"symbol": "BTC/USDT", "spot": True, "active": True, "precision": {"price": 0.1}}


class BaseError(Exception):
    """ccxt's errors are known by their names."""


class ExchangeError(BaseError): ...


class BadSymbol(ExchangeError): ...


class NotSupported(ExchangeError): ...


class AuthenticationError(ExchangeError): ...


class RestrictedLocation(ExchangeError): ...


class NetworkError(BaseError): ...


class RateLimitExceeded(NetworkError): ...


class Exchange:
    """Has the methods of ccxt's that are called, and says what a test puts into `said`."""

    id = "kucoin"
    precisionMode = 4
    session = None

    def __init__(self, said: "Said", config: dict[str, Any]) -> None:
        self.said = said
        self.config = config
        self.has = dict(said.has)
        self.timeframes = {"1m": "1min"}
        self.options: dict[str, Any] = {"fetchMarkets": {"types": ["spot", "swap"]}}
        self.urls: dict[str, Any] = {"api": {"public": "https://h.example/v1", "ws": ["wss://h.example"]}}
        self.markets: Any = None
        self.closed = False
        said.made.append(self)

    async def load_markets(self, anew: bool = False) -> dict[str, Any]:
        self.said.loads += 1
        if self.said.trouble:
            raise self.said.trouble
        self.markets = {"BTC/USDT": MARKET}
        return self.markets

    def set_markets_from_exchange(self, other: "Exchange") -> None:
        self.markets = other.markets

    async def watch_ticker(self, native: str) -> Any:
        return await self.said.next("ticker", native)

    async def watch_trades(self, native: str) -> Any:
        return await self.said.next("trades", native)

    async def un_watch_ticker(self, native: str) -> None:
        self.said.given_back.append(native)

    async def fetch_ohlcv(self, *asked: Any) -> Any:
        self.said.asked.append(asked)
        return [[NOW - NOW % 60_000, 1.0, 2.0, 1.0, 2.0, 3.0]]

    async def close(self) -> None:
        self.closed = True


class Said:
    """What the exchanges of one test say, and what was done to them."""

    def __init__(self) -> None:
        self.queues: dict[tuple[str, str], asyncio.Queue[Any]] = {}
        self.has: dict[str, Any] = {"watchTicker": True, "watchTrades": True, "fetchOHLCV": True}
        self.has |= {"unWatchTicker": True}
        self.made: list[Exchange] = []
        self.given_back: list[str] = []
        self.asked: list[Any] = []
        self.loads = 0
        self.trouble: Exception | None = None

    def say(self, channel: str, what: Any, native: str = "BTC/USDT") -> None:
        self.queues.setdefault((channel, native), asyncio.Queue()).put_nowait(what)

    async def next(self, channel: str, native: str) -> Any:
        told = await self.queues.setdefault((channel, native), asyncio.Queue()).get()
        if isinstance(told, BaseException):
            raise told
        return told


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Said:
    said = Said()
    package = SimpleNamespace(kucoin=lambda config: Exchange(said, config))
    monkeypatch.setattr(ccxt_line, "loaded", lambda: package)
    return said


class Heard:
    """A feed with what it told."""

    def __init__(self, *origins: str | None) -> None:
        self.events: list[Event] = []
        self.states: list[tuple[str, str]] = []
        self.feed = Feed(
            venue_class("CCXT.KUCOIN")(),
            lambda feed, events, received: self.events.extend(events),
            lambda *_: None,
            lambda feed: self.states.append((feed.state, feed.reason)),
            *origins,
        )

    def prices(self) -> list[Event]:
        return [event for event in self.events if isinstance(event, (Quote, Trade))]


@contextlib.asynccontextmanager
async def running(heard: Heard, *symbols: str) -> AsyncIterator[asyncio.Task[None]]:
    heard.feed.want(set(symbols or (BTC,)))
    task = asyncio.create_task(ccxt(heard.feed))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await heard.feed.rest.close()


async def ending(task: asyncio.Task[None]) -> FeedError:
    with pytest.raises(FeedError) as caught:
        await asyncio.wait_for(task, 5)
    return caught.value


async def test_tickers_and_trades_come_through(said: Said) -> None:
    heard = Heard()
    async with running(heard):
        said.say("ticker", TICKER)
        said.say("trades", [TRADE])
        said.say("ticker", TICKER | {"last": 6.0})
        await wait_for(lambda: len(heard.prices()) == 3)
        assert heard.feed.state == "live"
    quotes = [event.last for event in heard.events if isinstance(event, Quote)]
    trades = [(event.id, event.side, event.recap) for event in heard.events if isinstance(event, Trade)]
    assert (quotes, trades) == ([5.0, 6.0], [("1", "buy", False)])
    assert all(exchange.closed for exchange in said.made) and said.loads == 1


async def test_an_exchange_is_made_without_the_environment_and_for_spot_alone(said: Said) -> None:
    async with running(Heard("ws://127.0.0.1:1", "http://127.0.0.1:2")):
        await wait_for(lambda: len(said.made) == 2)
        for exchange in said.made:
            assert (
                exchange.config["aiohttp_trust_env"] is False and exchange.config["enableRateLimit"] is True
            )
            assert exchange.config["userAgent"] == "Ticker/1" and "apiKey" not in exchange.config
            assert exchange.options["fetchMarkets"]["types"] == ["spot"]
            assert exchange.has["fetchCurrencies"] is False
        await wait_for(lambda: said.queues)
        moved = {"public": "http://127.0.0.1:2/v1", "ws": ["wss://h.example"]}
        assert said.made[-1].urls["api"] == moved


async def test_nothing_wanted_ends_the_session_and_what_is_not_wanted_is_given_back(said: Said) -> None:
    heard = Heard()
    async with running(heard, BTC, ETH) as task:
        await wait_for(lambda: len(said.queues) == 4)
        heard.feed.want({BTC})
        await wait_for(lambda: said.given_back == ["ETH/USDT"])
        heard.feed.want(set())
        await asyncio.wait_for(task, 5)
        assert said.made[-1].closed


async def test_a_pair_that_there_is_not_is_refused_and_the_others_go_on(said: Said) -> None:
    heard = Heard()
    async with running(heard, BTC, ETH, "CCXT.KUCOIN:ODD"):
        said.say("ticker", BadSymbol("kucoin does not have market symbol ETH/USDT"), "ETH/USDT")
        await wait_for(lambda: len(heard.feed.refused) == 2)
        said.say("ticker", TICKER)
        await wait_for(heard.prices)
        assert heard.feed.refused[ETH] == "no such pair: does not have market symbol ETH/USDT"
        assert "write CCXT.KUCOIN:BASE-QUOTE" in heard.feed.refused["CCXT.KUCOIN:ODD"]


@pytest.mark.parametrize(
    ("error", "reason", "wait"),
    [
        (NetworkError("Connection closed"), "no connection: Connection closed", None),
        (RateLimitExceeded("kucoin 429\nslow down"), "rate limited: 429 slow down", 60.0),
        (AuthenticationError("apiKey"), "wants a key: apiKey", 900.0),
        (RestrictedLocation("here"), "not served to this country: here", 900.0),
        (ExchangeError("x" * 500), "refused: " + "x" * 160, None),
        (KeyError("price"), "ccxt failed: KeyError ('price')", None),
        (TimeoutError(), "no answer in time", None),
        (asyncio.CancelledError(), "connection lost", None),
    ],
)
async def test_whatever_ccxt_raises_ends_the_session_with_one_plain_reason(
    said: Said, error: BaseException, reason: str, wait: float | None
) -> None:
    async with running(Heard()) as task:
        said.say("trades", error)
        ended = await ending(task)
    assert (ended.reason, ended.retry_after, ended.terminal) == (reason, wait, False)
    assert said.made[-1].closed


@pytest.mark.parametrize("told", [None, "soon", [TRADE, 5], 7])
async def test_what_is_no_trade_ends_the_session_too(said: Said, told: Any) -> None:
    async with running(Heard()) as task:
        said.say("trades", told)
        assert (await ending(task)).reason.startswith("ccxt failed: ")


async def test_an_exchange_without_one_channel_streams_the_other(said: Said) -> None:
    said.has["watchTicker"] = None
    heard = Heard()
    async with running(heard):
        said.say("trades", [TRADE])
        await wait_for(heard.prices)
        assert {channel for channel, _ in said.queues} == {"trades"}


async def test_an_exchange_without_a_channel_is_not_to_be_had(said: Said) -> None:
    said.has = {}
    async with running(Heard()) as task:
        ended = await ending(task)
    assert ended.terminal and ended.reason == "ccxt streams no prices of Kucoin (ccxt)"


async def test_silence_ends_the_session(said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leg, "LOOK", 0.02)
    monkeypatch.setattr(venue_class("CCXT.KUCOIN"), "silence", 0.1)
    heard = Heard()
    async with running(heard) as task:
        assert (await ending(task)).reason.startswith("silent for")
    assert heard.states[-1][0] == "stale" and said.made[-1].closed


async def test_an_exchange_that_cannot_be_reached_is_reconnecting(said: Said) -> None:
    said.trouble = NetworkError("kucoin GET https://h.example/v1/symbols")
    heard = Heard()
    heard.feed.want({BTC})
    task = asyncio.create_task(supervise(heard.feed, ccxt))
    wanted = ("reconnecting", "no connection: GET https://h.example/v1/symbols")
    await wait_for(lambda: wanted in heard.states)
    said.trouble = None
    said.say("ticker", TICKER)
    await wait_for(lambda: heard.feed.state == "live")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await heard.feed.rest.close()
    assert all(exchange.closed for exchange in said.made)


async def test_what_passes_is_recorded_as_it_is_parsed(said: Said) -> None:
    heard = Heard()
    passed: list[tuple[str, str, Any]] = []
    heard.feed.tap = lambda *what: passed.append(what)
    async with running(heard):
        said.say("ticker", TICKER)
        await wait_for(lambda: len(passed) == 2)
    assert passed[0] == ("open", "ccxt:kucoin", "")
    (quote,) = heard.feed.venue.parse(passed[1][2], NOW)
    assert isinstance(quote, Quote) and (quote.last, quote.bid) == (5.0, 4.0)


# -------------------------------------------------------------------- list and history
async def test_markets_and_candles_are_asked_for(said: Said) -> None:
    feed = Heard().feed
    venue = feed.venue
    listed = venue.read_instruments((await feed.rest.get(asked(venue.instruments()))).body)
    assert [(each.symbol, each.tick_size) for each in listed] == [(BTC, 0.1)]
    answer = await feed.rest.get(asked(venue.bars("BTC/USDT", "1m", NOW - 60_000, NOW)))
    assert [bar.volume for bar in venue.read_bars(answer.body, BTC, "1m", NOW)] == [3.0]
    assert said.asked == [("BTC/USDT", "1m", NOW - 60_000, 100)]
    with pytest.raises(FeedError, match=r"Kucoin \(ccxt\) has no 1d history") as caught:
        await feed.rest.get(asked(venue.bars("BTC/USDT", "1d", 0, 1)))
    assert caught.value.terminal and len(said.made) == 1
    await feed.rest.close()
    assert said.made[0].closed


def asked(request: Request | None) -> Request:
    assert request is not None
    return request


@pytest.mark.parametrize(
    ("market", "mode", "tick"),
    [
        ({"precision": {"price": 0.01}}, 4, 0.01),
        ({"precision": {"price": 3}}, 2, 0.001),
        ({"precision": {"price": 5}}, 3, None),
        ({"precision": {"price": None}}, 4, None),
        ({"precision": None}, 4, None),
        ({}, 2, None),
    ],
)
def test_the_step_of_a_price(market: dict[str, Any], mode: int, tick: float | None) -> None:
    assert ccxt_line.listed(market, mode).tick == tick


# ----------------------------------------------------------------------- not installed
@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[Callable[..., None]]:
    """A function that has the package be there with these files, or (None) not be there."""

    def install(*names: str, there: bool = True) -> None:
        (tmp_path / "pro").mkdir()
        for name in names:
            (tmp_path / "pro" / name).touch()
        found = SimpleNamespace(submodule_search_locations=[str(tmp_path)]) if there else None
        monkeypatch.setattr(ccxt_line, "find_spec", lambda name: found)
        ccxt_line.exchanges.cache_clear()

    yield install
    ccxt_line.exchanges.cache_clear()


def test_the_exchanges_are_those_of_the_package(installed: Callable[..., None]) -> None:
    installed("okx.py", "kucoin.py", "__init__.py", f"{'a' * 20}.py", "notes.txt")
    assert ccxt_line.exchanges() == ("CCXT.KUCOIN", "CCXT.OKX")
    assert ccxt_line.trouble_with("CCXT.OKX") is None and ccxt_line.trouble_with("KRAKEN") is None
    trouble = ccxt_line.trouble_with("CCXT.NOPE")
    assert trouble == ("ccxt streams no NOPE", "CCXT. and one of KUCOIN,OKX")


def test_without_the_package_one_line_says_how_to_get_it(installed: Callable[..., None]) -> None:
    installed(there=False)
    assert ccxt_line.exchanges() == ()
    trouble = ("CCXT.OKX needs ccxt, which is not installed", "pip install -r requirements-ccxt.txt")
    assert ccxt_line.trouble_with("CCXT.OKX") == trouble
    assert ccxt_line.trouble_with("KRAKEN") is None


async def test_a_session_without_the_package_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise ImportError("No module named 'ccxt'")

    monkeypatch.setattr(ccxt_line, "loaded", missing)
    async with running(Heard()) as task:
        ended = await ending(task)
    assert ended.terminal and ended.reason == "ccxt is not installed: pip install -r requirements-ccxt.txt"


async def test_an_exchange_that_the_package_has_not_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ccxt_line, "loaded", SimpleNamespace)
    async with running(Heard()) as task:
        ended = await ending(task)
    assert ended.terminal and ended.reason == "ccxt has no exchange kucoin"
