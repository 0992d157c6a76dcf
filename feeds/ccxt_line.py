"""Floor 3. The line to what the `ccxt` package knows: the only room that imports it, and only when it is
needed (it takes half a second, and 80 MB).

Every trouble leaves here as a FeedError with one plain reason. ccxt gets no key of anybody's, and takes
neither a proxy nor anything else from the environment.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import msgspec

from feeds.errors import FeedError
from feeds.refusals import AWAY, FURTHEST
from feeds.symbols import shown
from feeds.transport import Answer, Rest, moved_to, plain
from feeds.venues.base import Request, quoted
from feeds.venues.ccxt import MARKETS, NAME, PREFIX, Ccxt, Listed, Ticker, Told

Value = TypeVar("Value")

INSTALL = "pip install -r requirements-ccxt.txt"
PATIENCE = 60.0  # seconds that one question to ccxt may take, its own waiting for its turn included
GIVING_BACK = 5.0
GOODBYE = 1.5  # seconds that an exchange is given to close its lines
LISTED_ANEW = 3600.0  # seconds after which a list of markets is fetched again when asked for
STEPS, DECIMALS = 4, 2  # ccxt's precisionMode: a price's precision is its step, or its number of decimals
UNDONE = {"ticker": ("unWatchTicker", "un_watch_ticker"), "trades": ("unWatchTrades", "un_watch_trades")}
TROUBLES: dict[str, tuple[str, float | None, bool]] = {
    "BadSymbol": ("no such pair", None, True),
    "NotSupported": ("not to be had through ccxt", None, True),
    "RestrictedLocation": ("not served to this country", FURTHEST, False),
    "AuthenticationError": ("wants a key", FURTHEST, False),
    "RateLimitExceeded": ("rate limited", AWAY, False),
    "DDoSProtection": ("rate limited", AWAY, False),
    "OnMaintenance": ("venue out of order", AWAY, False),
    "RequestTimeout": ("no answer", None, False),
    "NetworkError": ("no connection", None, False),
    "BaseError": ("refused", None, False),
}
"""ccxt's errors, the narrower ones first → our words, seconds to stay away, and whether that is for good.
Known by name, so that nothing is imported to tell them apart."""


@cache
def exchanges() -> tuple[str, ...]:
    """Return the venues that the installed ccxt streams (`CCXT.KUCOIN`), sorted; none where it isn't
    installed. They are read from its files, so that asking costs nothing."""
    there = find_spec("ccxt")
    if there is None:
        return ()
    folders = (Path(folder, "pro") for folder in there.submodule_search_locations or ())
    names = (f"{PREFIX}{file.stem.upper()}" for folder in folders for file in folder.glob("*.py"))
    return tuple(sorted(name for name in names if NAME.fullmatch(name)))


def trouble_with(venue: str) -> tuple[str, str] | None:
    """Return why a venue of ccxt's can't be had here at all, and what would do; None for any other venue."""
    if not venue.startswith(PREFIX) or venue in exchanges():
        return None
    if not exchanges():
        return f"{shown(venue)} needs ccxt, which is not installed", INSTALL
    ids = ",".join(name.removeprefix(PREFIX) for name in exchanges())
    return f"ccxt streams no {shown(venue.removeprefix(PREFIX))}", f"{PREFIX} and one of {ids}"


def loaded() -> ModuleType:
    """Return ccxt's streaming half. Raises ImportError where it isn't installed."""
    import ccxt.pro

    return ccxt.pro


def explained(venue: Ccxt, error: Exception) -> FeedError:
    """Return what an error of ccxt means for us."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    for name, (words, wait, terminal) in TROUBLES.items():
        if name in kinds:
            said = quoted(venue.hidden(plain(error))).removeprefix(f"{venue.exchange} ")
            return FeedError(f"{words}: {said}", wait, terminal)
    return FeedError(f"ccxt failed: {type(error).__name__} ({quoted(plain(error))})")


async def answered(venue: Ccxt, asking: Awaitable[Value], patience: float | None = PATIENCE) -> Value:
    """Return what ccxt answers. Raises FeedError for whatever else it does."""
    try:
        async with asyncio.timeout(patience):
            return await asking
    except FeedError:
        raise
    except TimeoutError:
        raise FeedError("no answer in time") from None
    except asyncio.CancelledError:  # ccxt ends what waits for a line that was closed in the same way
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise FeedError("connection lost") from None
    except Exception as error:  # it raises its own kinds, and whatever its many parsers stumble over
        raise explained(venue, error) from None


class CcxtRest(Rest):
    """What is asked of an exchange apart from its stream, in the place of a REST host; and the exchanges for
    sessions, which share its list of markets."""

    def __init__(self, venue: Ccxt, rest_origin: str | None, ws_origin: str | None) -> None:
        super().__init__(venue, rest_origin)
        self._ccxt_venue = venue
        self._ws_origin = ws_origin
        self._exchange: Any = None
        self._opening = asyncio.Lock()
        self._listed_at = 0.0

    async def opened(self) -> Any:
        """Return a new exchange of ccxt's. Raises FeedError where there is none."""
        venue = self._ccxt_venue
        try:
            made = getattr(await asyncio.to_thread(loaded), venue.exchange, None)
        except ImportError:
            raise FeedError(f"ccxt is not installed: {INSTALL}", terminal=True) from None
        if made is None:
            raise FeedError(f"ccxt has no exchange {venue.exchange}", terminal=True)
        try:
            exchange = made(configuration(venue))
            exchange.urls["api"] = moved(exchange.urls.get("api"), self._origin, self._ws_origin)
        except Exception as error:  # as in `answered`
            raise explained(venue, error) from None
        only_spot(exchange)
        return exchange

    async def streaming(self) -> Any:
        """Return a new exchange that knows its markets, for one session. Raises FeedError."""
        shared = await self._shared()
        await answered(self._ccxt_venue, shared.load_markets())
        exchange = await self.opened()
        exchange.set_markets_from_exchange(shared)
        return exchange

    async def heard(self, exchange: Any, kind: str, native: str, since: int) -> str:
        """Return the frame of the next word (`ticker` or `trades`) of a symbol. Raises FeedError."""
        watch = exchange.watch_ticker if kind == "ticker" else exchange.watch_trades
        told = await answered(self._ccxt_venue, watch(native), None)
        shape: Any = Ticker if kind == "ticker" else list[Told]
        try:
            cut = msgspec.convert(told if kind == "ticker" else list(told), shape)
            frame = {"kind": kind, "symbol": native, "since": since, "told": cut}
            return msgspec.json.encode(frame).decode()
        except (TypeError, ValueError, OverflowError) as error:
            raise explained(self._ccxt_venue, error) from None

    async def give_back(self, exchange: Any, kind: str, native: str) -> None:
        """Have an exchange stop telling of a symbol, where it knows how to. Raises FeedError."""
        name, method = UNDONE[kind]
        if exchange.has.get(name):
            await answered(self._ccxt_venue, getattr(exchange, method)(native), GIVING_BACK)

    async def _ask(self, request: Request) -> Answer:
        exchange = await self._shared()
        asking = self._markets(exchange) if request.path == MARKETS else self._history(exchange, request)
        return Answer(msgspec.json.encode(await answered(self._ccxt_venue, asking)), "application/json")

    async def _shared(self) -> Any:
        """Return the exchange that is asked for the list and the past. Raises FeedError."""
        async with self._opening:
            if self._exchange is None:
                self._exchange = await self.opened()
        return self._exchange

    async def _markets(self, exchange: Any) -> list[Listed]:
        anew = bool(self._listed_at) and time.monotonic() - self._listed_at > LISTED_ANEW
        markets = await exchange.load_markets(anew)
        self._listed_at = time.monotonic()
        return [listed(market, exchange.precisionMode) for market in markets.values()]

    async def _history(self, exchange: Any, request: Request) -> Any:
        asked = request.params
        interval = asked["timeframe"]
        if not exchange.has.get("fetchOHLCV") or interval not in (exchange.timeframes or ()):
            raise FeedError(f"{self._ccxt_venue.title} has no {interval} history", terminal=True)
        return await exchange.fetch_ohlcv(asked["symbol"], interval, int(asked["since"]), int(asked["limit"]))

    async def close(self) -> None:
        """Let go of the exchange's connections."""
        await super().close()
        if self._exchange is not None:
            await let_go(self._exchange)


def configuration(venue: Ccxt) -> dict[str, Any]:
    """Return what an exchange is made with: who asks, its own limits heeded, only what is new of trades."""
    return {
        "userAgent": venue.headers["User-Agent"],
        "aiohttp_trust_env": False,
        "enableRateLimit": True,
        "newUpdates": True,
        "options": {"defaultType": "spot"},
    }


def only_spot(exchange: Any) -> None:
    """Have an exchange list its spot pairs alone, where it asks for each kind apart; and no currencies, which
    some tell nobody without a key."""
    exchange.has["fetchCurrencies"] = False
    kept = exchange.options.get("fetchMarkets")
    if isinstance(kept, dict) and isinstance(kept.get("types"), list) and "spot" in kept["types"]:
        kept["types"] = ["spot"]


def moved(urls: Any, rest_origin: str | None, ws_origin: str | None) -> Any:
    """Return an exchange's URLs, nested as they are, on other hosts where these are named."""
    if isinstance(urls, dict):
        return {name: moved(url, rest_origin, ws_origin) for name, url in urls.items()}
    if not isinstance(urls, str):
        return urls
    return moved_to(urls, ws_origin if urls.startswith("ws") else rest_origin)


def listed(market: dict[str, Any], precision_mode: int) -> Listed:
    """Return what we read of a market."""
    told = (market.get("precision") or {}).get("price")
    tick = float(told) if isinstance(told, (int, float)) and precision_mode in (STEPS, DECIMALS) else None
    if tick is not None and precision_mode == DECIMALS:
        tick = 10.0**-tick
    return Listed(str(market.get("symbol")), market.get("spot"), market.get("active"), tick)


async def let_go(exchange: Any) -> None:
    """Close an exchange's connections: politely, and where the other side doesn't answer all the same."""
    with contextlib.suppress(Exception):
        async with asyncio.timeout(GOODBYE):
            await exchange.close()
    with contextlib.suppress(Exception):
        if exchange.session is not None:
            await exchange.session.close()
            exchange.session = None


def channels_of(exchange: Any) -> list[str]:
    """Return what an exchange streams of a symbol: `ticker`, `trades`, both or none."""
    names: Iterable[tuple[str, str]] = (("ticker", "watchTicker"), ("trades", "watchTrades"))
    return [kind for kind, name in names if exchange.has.get(name)]
