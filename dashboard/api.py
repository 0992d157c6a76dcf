"""Floor 4. The HTTP API of the contract. Errors are `{"error":{"code","message"}}`, never a page."""

import asyncio
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from dashboard import desk_api, past, portrait_api, sparks
from dashboard.answers import Trouble, answer, error
from dashboard.elsewhere import elsewhere
from dashboard.held import Held
from dashboard.hub import Hub, hub
from dashboard.push import push
from dashboard.recents import owner_of, recents
from dashboard.schemas import ANSWERS
from feeds import store, wire
from feeds.errors import BadSymbol
from feeds.market import INTERVALS, FeedStatus, Instrument, Trade
from feeds.symbols import parse_symbol, shown

LONGEST_LIST = 200
PATIENCE = 1.0


async def is_welcome(request: HttpRequest) -> bool:
    """Tell whether this request may be answered: by anybody's, or where one must log in, by a user's."""
    return not settings.LOGIN_REQUIRED or bool((await request.auser()).is_authenticated)


api = NinjaAPI(
    title="Ticker", version="1", docs_url=None, openapi_url=None, urls_namespace="api", auth=is_welcome
)


@api.exception_handler(Trouble)
def on_trouble(request: HttpRequest, trouble: Trouble) -> HttpResponse:
    """Answer an error of our own."""
    return error(trouble.status, trouble.code, str(trouble))


@api.exception_handler(ValidationError)
def on_validation(request: HttpRequest, trouble: ValidationError) -> HttpResponse:
    """Answer a parameter that is missing or of the wrong kind."""
    first = trouble.errors[0]
    return error(422, "bad_parameter", f"{'.'.join(str(part) for part in first['loc'][1:])}: {first['msg']}")


@api.exception_handler(AuthenticationError)
def on_stranger(request: HttpRequest, trouble: AuthenticationError) -> HttpResponse:
    """Answer somebody who has not logged in where one must."""
    return error(401, "login_required", f"log in first, at {reverse('login')}")


@api.exception_handler(HttpError)
@api.exception_handler(Http404)
def on_http_error(request: HttpRequest, trouble: Exception) -> HttpResponse:
    """Answer what Django and ninja raise themselves."""
    status = getattr(trouble, "status_code", 404)
    return error(status, "not_found" if status == 404 else "bad_request", str(trouble) or "not found")


@api.exception_handler(Exception)
def on_surprise(request: HttpRequest, trouble: Exception) -> HttpResponse:
    """Answer what should not have happened, without a word of its insides; it is in the log."""
    store.log.error("an answer failed: %s", request.path, exc_info=trouble)
    return error(503, "unavailable", "this can't be answered now; try again in some seconds")


def known_symbol(text: str, running: Hub) -> str:
    """Return the canonical symbol. Raises Trouble for one that is none or can't be had."""
    try:
        symbol = parse_symbol(text)
    except BadSymbol as trouble:
        raise Trouble(422, "bad_symbol", str(trouble)) from None
    reason = running.catalogue.trouble(symbol)
    if reason:
        raise Trouble(404, "unknown_symbol", reason)
    return symbol


def within(name: str, value: int, lowest: int, highest: int) -> int:
    """Return a number within its bounds. Raises Trouble with the bounds."""
    if not lowest <= value <= highest:
        raise Trouble(422, "bad_parameter", f"{name} is from {lowest} to {highest}, not {shown(value)}")
    return value


def card(instrument: Instrument) -> dict[str, Any]:
    """Return an instrument as the API tells it."""
    return {
        "symbol": instrument.symbol,
        "venue": instrument.venue,
        "name": instrument.name,
        "base": instrument.base,
        "quote": instrument.quote,
        "kind": instrument.kind,
        "tick_size": instrument.tick_size,
        "status": instrument.status,
        "title": instrument.title,
    }


@api.get("/symbols", openapi_extra=ANSWERS["symbols"])
async def symbols(request: HttpRequest, q: str = "", venue: str = "", limit: int = 20) -> HttpResponse:
    """Instruments whose symbol, base, quote or name begins with `q`: first those that this user, or this
    browser, used lately, then prefix matches of the symbol."""
    within("limit", limit, 1, 500)
    enabled = [each["venue"] for each in settings.DESK["venues"]]
    only = venue.upper()
    if only and only not in enabled:
        raise Trouble(404, "unknown_venue", f"unknown venue {shown(venue)}; on here: {' '.join(enabled)}")
    owner = await owner_of(request)
    used = await store.aread(store.used_instruments, owner, q[:64], only) if owner else []
    found = await store.aread(store.search_instruments, q[:64], only, limit * 2)
    told = {each.symbol: each for each in found if each.venue in enabled}
    for each in featured(q, only):
        told.setdefault(each.symbol, each)
    simulated = {each["venue"] for each in settings.DESK["venues"] if each["simulated"]}
    real_first = sorted(told.values(), key=lambda each: each.venue in simulated)  # the order kept
    best = {each.symbol: each for each in [*used, *real_first] if each.venue in enabled}
    return answer({"symbols": [card(each) for each in list(best.values())[:limit]]})


def featured(q: str, venue: str) -> list[Instrument]:
    """Return what is known without a catalogue and begins with `q`."""
    text = q.upper()
    return [
        instrument
        for each in settings.DESK["venues"]
        for instrument in each["featured"]
        if venue in ("", instrument.venue)
        and any(
            word.upper().startswith(text) for word in (instrument.symbol, instrument.name, instrument.title)
        )
    ]


def has_price(held: Held) -> bool:
    """Tell whether a symbol has a price yet, and not only a book."""
    return held.quote is not None and held.quote.last is not None


@api.get("/quotes", openapi_extra=ANSWERS["quotes"])
async def quotes(request: HttpRequest, symbols: str) -> HttpResponse:
    """The last known quote of each symbol (comma separated); one without a price yet is left out."""
    running = hub()
    texts = [text for text in symbols.split(",") if text.strip()]
    within("the number of symbols", len(texts), 1, LONGEST_LIST)
    known = [known_symbol(text.strip(), running) for text in texts]
    streams = frozenset({wire.QUOTE_STREAM})
    looks = [running.look(symbol, streams, PATIENCE, has_price) for symbol in known]
    return answer({"quotes": [held.quote for held in await asyncio.gather(*looks) if held.quote is not None]})


@api.get("/bars", openapi_extra=ANSWERS["bars"])
async def bars(
    request: HttpRequest,
    symbol: str,
    interval: str = "1m",
    start: int | None = None,
    end: int | None = None,
    limit: int = 500,
) -> HttpResponse:
    """Bars as `[time, open, high, low, close, volume]`, oldest first; the newest when no `start` is given."""
    running = hub()
    known = known_symbol(symbol, running)
    if interval not in INTERVALS:
        raise Trouble(
            422, "bad_interval", f"{shown(interval)} is no interval; there are {' '.join(INTERVALS)}"
        )
    within("limit", limit, 1, 5000)
    for name, value in (("start", start), ("end", end)):
        within(name, value or 0, 0, 10**14)
    recents.note(await owner_of(request), known)
    found = await past.bars(running, known, interval, start, end, limit)
    rows = [(bar.time, bar.open, bar.high, bar.low, bar.close, bar.volume) for bar in found.bars]
    told = {"bars": rows, "sources": sources(found.bars), "trouble": found.trouble}
    return answer({"symbol": known, "interval": interval} | told)


def sources(found: list[Any]) -> dict[str, list[int]]:
    """Return the times of the bars that didn't come from the venue's history, by their source."""
    result: dict[str, list[int]] = {}
    for bar in found:
        if bar.source != "backfill":
            result.setdefault(bar.source, []).append(bar.time)
    return result


@api.get("/trades", openapi_extra=ANSWERS["trades"])
async def trades(request: HttpRequest, symbol: str, limit: int = 50) -> HttpResponse:
    """The newest trades, newest first."""
    running = hub()
    known = known_symbol(symbol, running)
    within("limit", limit, 1, 1000)
    streams = frozenset({wire.QUOTE_STREAM, wire.TRADES_STREAM})
    held = await running.look(known, streams, PATIENCE, lambda held: bool(held.trades))
    newest: list[Trade] = sorted(held.trades, key=lambda trade: trade.time, reverse=True)
    return answer({"trades": newest[:limit]})


@api.get("/venues", openapi_extra=ANSWERS["venues"])
async def venues(request: HttpRequest) -> HttpResponse:
    """How the line to each venue is, with its counters since the worker's start."""
    statuses: list[FeedStatus] = hub().statuses.all()
    return answer({"venues": statuses})


@api.post("/ticks", auth=None, openapi_extra=ANSWERS["ticks"])
async def ticks(request: HttpRequest) -> HttpResponse:
    """Publish prices of your own, all of them or none; needs `Authorization: Bearer <PUSH_TOKEN>`."""
    return answer(await push(request, hub()))


api.get("/sparks", openapi_extra=sparks.ANSWER)(sparks.sparks)
api.get("/elsewhere", openapi_extra=ANSWERS["symbols"])(elsewhere)
api.get("/desk", openapi_extra=desk_api.READ)(desk_api.kept)
api.put("/desk", openapi_extra=desk_api.WRITE)(desk_api.keep)
api.post("/portrait", openapi_extra=portrait_api.PAINT)(portrait_api.paint)


@api.get("/docs", include_in_schema=False)
async def docs(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document itself: no script of somebody else's explains it."""
    return answer(api.get_openapi_schema())


@api.get("/{path:rest}", include_in_schema=False)
async def nothing(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer every other path under /api."""
    raise Trouble(404, "not_found", f"no such path: /api/{shown(rest)}; /api/docs lists them")
