"""Floor 4. The page, and the paths by which a machine sees whether all is well."""

import asyncio
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from dashboard import metrics
from dashboard.api import card
from dashboard.figure import first_figure
from dashboard.hub import Hub, hub
from feeds import store
from feeds.market import INTERVALS

FIRST_WORD = 2.5  # seconds that a process which has just begun waits for the worker's first word
PATIENCE = 3.0  # seconds after which a database that hangs is called not reachable
FIRST_VISIT = 20  # symbols in a new watchlist, about


async def desk(request: HttpRequest) -> HttpResponse:
    """Return the dashboard."""
    user = await request.auser()
    if settings.LOGIN_REQUIRED and not user.is_authenticated:
        return redirect(f"{reverse('login')}?next={reverse('desk')}")
    hub()  # begun with the page, so that it knows the venues when the page's socket comes
    name = user.get_username() if user.is_authenticated else None
    return render(request, "dashboard/index.html", {"boot": boot(name)})


def boot(user: str | None) -> dict[str, Any]:
    """Return what the page is told before its first message: venues, first watchlist, empty chart."""
    venues = settings.DESK["venues"]
    few = max(2, min(5, FIRST_VISIT // max(1, len(venues))))
    return {
        "venues": [
            {key: venue[key] for key in ("venue", "title", "simulated", "replay", "delay_minutes")}
            for venue in venues
        ],
        "watchlist": [card(each) for venue in venues for each in venue["featured"][:few]],
        "intervals": list(INTERVALS),
        "figure": first_figure(),
        "user": user,
        "login_url": reverse("login"),
        "logout_url": reverse("logout"),
    }


async def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that this process is alive."""
    return JsonResponse({"status": "ok"})


async def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when database, channel layer and feed worker can be reached, else 503 and which can't."""
    await hub().statuses.first_word(FIRST_WORD)
    checks = {
        "database": await database_answers(),
        "channel_layer": await hub().uplink.reachable(),
        "worker": hub().statuses.worker_answers,
    }
    failed = [name for name, well in checks.items() if not well]
    if not failed:
        return JsonResponse({"status": "ok", "checks": checks})
    message = f"not reachable: {', '.join(failed)}"
    return JsonResponse({"error": {"code": "unavailable", "message": message}, "checks": checks}, status=503)


async def database_answers() -> bool:
    """Tell whether the database can be read."""
    try:
        async with asyncio.timeout(PATIENCE):
            await store.aread(store.first_time, "SIM:BTC-USD", "1m")
    except Exception:  # any failure is the answer
        return False
    return True


async def metrics_page(request: HttpRequest) -> HttpResponse:
    """Return this process's counters as Prometheus text."""
    show_venues(hub())
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def show_venues(running: Hub) -> None:
    """Set the gauges of the venues."""
    for status in running.statuses.all():
        metrics.VENUE_RATE.labels(status.venue).set(status.ticks_per_second)
        metrics.VENUE_LIVE.labels(status.venue).set(status.state in ("live", "polling"))
