"""Floor 4. `POST /api/portrait`: a chart as a file that needs no server.

The bars are those we have; what the page computed of them, or drew on them, comes with the request.
"""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from django.http import HttpRequest, HttpResponse
from msgspec import Meta, Struct, structs

from dashboard import past, portrait
from dashboard.answers import Trouble
from dashboard.clock import wall
from dashboard.elsewhere import known
from dashboard.hub import Hub, hub
from dashboard.scene import LOOKS, Drawing, Line, Look, Profile, Scene
from dashboard.schemas import ErrorAnswer, described, taking
from dashboard.sketch import KINDS
from dashboard.writes import REFUSED, Allowances, body_of, writer_of
from feeds.market import INTERVALS, Bar
from feeds.symbols import shown

LONGEST = 1_048_576  # bytes of a body
BARS = 5_000
VALUES = 60_000  # of all lines

Time = Annotated[int, Meta(ge=0, le=10**14)]
Name = Annotated[str, Meta(max_length=120)]
Colour = Annotated[str, Meta(pattern="^#[0-9a-fA-F]{6}$")]
Pane = Annotated[str, Meta(pattern="^[A-Za-z0-9:_.-]{1,40}$")]
Price = Annotated[float, Meta(gt=-1e15, lt=1e15)]
Volume = Annotated[float, Meta(ge=0, lt=1e18)]

allowances = Allowances(rate=0.2, burst=6.0)  # of each owner
everybodys = Allowances(rate=1.0, burst=10.0)


class GivenLine(Struct):
    """A line of an indicator: over the price (`pane` is "over"), or in a pane that has this name and, where
    that is fixed, this range. `filled`: up to the line before it."""

    name: Name
    colour: Colour
    values: Annotated[list[tuple[Time, Price | None]], Meta(max_length=BARS)]
    pane: Pane = "over"
    style: Literal["line", "histogram", "dots"] = "line"
    levels: Annotated[list[Price], Meta(max_length=8)] = []
    range: tuple[Price, Price] | None = None
    filled: bool = False


class GivenProfile(Struct):
    """Volume by price: rows of lowest price, highest, volume of rising bars, of falling ones; the longest row
    takes `part` of the width."""

    rows: Annotated[list[tuple[Price, Price, Volume, Volume]], Meta(max_length=200)]
    part: Annotated[float, Meta(gt=0, le=1)] = 0.25


class Point(Struct):
    """Where a drawing is."""

    time: Time
    price: Price


class GivenDrawing(Struct):
    """A drawing, as a desk's document holds it."""

    kind: Literal["level", "trend", "ray", "box", "fib", "note"]
    points: Annotated[list[Point], Meta(min_length=1, max_length=2)]
    text: Annotated[str, Meta(max_length=400)] = ""
    colour: Literal["accent", "up", "down", "amber", "soft"] = "accent"


class Pair(Struct):
    """The colours of what rises and of what falls, where they are not the theme's."""

    up: Colour
    down: Colour


class GivenChart(Struct):
    """The body: which bars, and how they are shown. `zone` is a name of the IANA's, as `Europe/Berlin`."""

    symbol: str
    interval: str
    start: Time
    end: Time
    type: Literal["candles", "bars", "line", "area", "heikin"] = "candles"
    scale: Literal["linear", "log", "percent"] = "linear"
    zone: Annotated[str, Meta(max_length=64)] = "UTC"
    theme: Literal["dark", "light"] = "dark"
    colours: Pair | None = None
    volume: bool = True
    title: Name = ""
    studies: Annotated[list[GivenLine], Meta(max_length=40)] = []
    compare: Annotated[list[str], Meta(max_length=6)] = []
    drawings: Annotated[list[GivenDrawing], Meta(max_length=200)] = []
    profile: GivenProfile | None = None


_decoder = msgspec.json.Decoder(GivenChart)


async def paint(request: HttpRequest) -> HttpResponse:
    """A page with a chart that works without a server: a file to keep, or to send to somebody."""
    owner = await writer_of(request)
    allowances.take(owner)
    everybodys.take("")
    given = body_of(request, _decoder, LONGEST)
    scene = await scene_of(given, hub())
    page = await asyncio.to_thread(portrait.page, scene)
    response = HttpResponse(page, content_type="text/html; charset=utf-8")
    begun = datetime.fromtimestamp(scene.bars[0].time / 1000, UTC)
    name = portrait.safe_name(f"{scene.symbol}_{scene.interval}_{begun:%Y-%m-%d}")
    response["Content-Disposition"] = f'attachment; filename="{name}.html"'
    response["Cache-Control"] = "no-store"
    return response


async def scene_of(given: GivenChart, running: Hub) -> Scene:
    """Return what a portrait shows. Raises Trouble for what can't be shown, and where there are no bars."""
    check(given)
    symbol = known(given.symbol)
    bars = await bars_of(running, symbol, given)
    if not bars:
        raise Trouble(404, "no_bars", f"there are no {given.interval} bars of {symbol} from start to end")
    others = [each for text in given.compare if (each := known(text)) != symbol]
    return Scene(
        symbol=symbol,
        interval=given.interval,
        title=given.title.strip() or f"{symbol} · {given.interval}",
        type=given.type,
        scale=given.scale,
        zone=given.zone,
        look=look_of(given),
        volume=given.volume,
        bars=bars,
        compared={each: await bars_of(running, each, given) for each in others},
        lines=[Line(**structs.asdict(each)) for each in given.studies],
        drawings=[drawing_of(each) for each in given.drawings],
        made=wall(),
        profile=Profile(**structs.asdict(given.profile)) if given.profile else None,
    )


async def bars_of(running: Hub, symbol: str, given: GivenChart) -> list[Bar]:
    """Return the bars of a symbol that open in [start, end)."""
    return (await past.bars(running, symbol, given.interval, given.start, given.end, BARS)).bars


def look_of(given: GivenChart) -> Look:
    """Return the colours."""
    look = LOOKS[given.theme]
    return look if given.colours is None else structs.replace(look, **structs.asdict(given.colours))


def drawing_of(given: GivenDrawing) -> Drawing:
    """Return a drawing."""
    points = [(point.time, point.price) for point in given.points]
    return Drawing(kind=given.kind, points=points, text=given.text, colour=given.colour)


def check(given: GivenChart) -> None:
    """Raise Trouble for what can't be shown, with what can."""
    if given.interval not in INTERVALS:
        reason = f"{shown(given.interval)} is no interval; there are {' '.join(INTERVALS)}"
        raise Trouble(422, "bad_interval", reason)
    if not 0 < given.end - given.start <= BARS * INTERVALS[given.interval]:
        raise Trouble(422, "bad_parameter", f"start and end: from 1 to {BARS} bars of {given.interval}")
    if sum(len(line.values) for line in given.studies) > VALUES:
        raise Trouble(422, "bad_parameter", f"studies: at most {VALUES} values in all")
    for drawing in given.drawings:
        if len(drawing.points) != KINDS[drawing.kind]:
            raise Trouble(422, "bad_parameter", f"drawings: {drawing.kind} has {KINDS[drawing.kind]} points")
    try:
        ZoneInfo(given.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        reason = f"{shown(given.zone)} is no time zone; name one as UTC or Europe/Berlin"
        raise Trouble(422, "bad_parameter", reason) from None


def answered() -> dict[str, Any]:
    """Return the description of the answer: a page, or an error."""
    refusals = described(ErrorAnswer)
    page = {"description": "The page", "content": {"text/html": {"schema": {"type": "string"}}}}
    return {"responses": refusals["responses"] | {200: page}}


PAINT = taking(GivenChart, answered(), REFUSED)
