"""Floor 4. The page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from dashboard.api import card
from dashboard.desk_api import first
from dashboard.figure import first_figure
from dashboard.hub import hub
from dashboard.looks import looks_of
from dashboard.modules import indicators, later, preloaded
from dashboard.recents import know_again, named
from dashboard.writes import token_of
from feeds.market import INTERVALS

FIRST_VISIT = 20  # symbols in a new watchlist, about


async def desk(request: HttpRequest) -> HttpResponse:
    """Return the dashboard."""
    user = await request.auser()
    if settings.LOGIN_REQUIRED and not user.is_authenticated:
        return redirect(f"{reverse('login')}?next={reverse('desk')}")
    hub()  # begun with the page, so that it knows the venues when the page's socket comes
    name = user.get_username() if user.is_authenticated else None
    browser = named(request)
    kept = await first(request, browser)
    told = boot(name, token_of(request)) | {"desk": kept}
    given = {"boot": told, "modules": preloaded(), "looks": looks_of(kept, request)}
    response = render(request, "dashboard/index.html", given)
    know_again(browser, response)
    return response


def boot(user: str | None, token: str) -> dict[str, Any]:
    """Return what the page is told before its first message: venues, first watchlist, empty chart, modules
    that it imports itself, and the token that it shows with what it sends."""
    venues = settings.DESK["venues"]
    few = max(2, min(5, FIRST_VISIT // max(1, len(venues))))
    return {
        "venues": [
            {
                key: venue[key]
                for key in ("venue", "title", "simulated", "replay", "delay_minutes", "time_zone")
            }
            for venue in venues
        ],
        "watchlist": [card(each) for venue in venues for each in venue["featured"][:few]],
        "intervals": list(INTERVALS),
        "figure": first_figure(),
        "indicators": indicators(),
        "later": later(),
        "csrf": token,
        "user": user,
        "login_url": reverse("login"),
        "logout_url": reverse("logout"),
    }
