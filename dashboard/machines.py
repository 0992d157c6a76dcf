"""Floor 4. The paths by which machines see whether all is well: /healthz, /readyz and /metrics."""

from collections.abc import Awaitable, Callable
from ipaddress import ip_address

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import async_only_middleware
from prometheus_client import CONTENT_TYPE_LATEST

from dashboard import metrics, ready, scrape
from dashboard.answers import error
from dashboard.hub import hub
from feeds.vitals import TOO_LATE


async def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that this process is alive, 503 when it comes to nothing in time."""
    late = metrics.lateness()
    if late < TOO_LATE:
        return JsonResponse({"status": "ok"})
    return error(503, "unavailable", f"the event loop is {late:.1f} s late")


async def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when prices can be served (`ready.py` says what that takes), else 503 and what is wrong."""
    found = await ready.look(hub())
    said = {"checks": found.checks, "venues": found.venues}
    if not found.wrong:
        return JsonResponse({"status": "ok", **said})
    message = "; ".join(found.wrong)
    return JsonResponse({"error": {"code": "unavailable", "message": message}, **said}, status=503)


async def metrics_page(request: HttpRequest) -> HttpResponse:
    """Return this process's metrics as Prometheus text, to whom they are told."""
    if not scrape.may_ask(request.META):
        return error(403, "forbidden", "metrics are told to the machines near this one, and through no proxy")
    return HttpResponse(scrape.text_of(hub()), content_type=CONTENT_TYPE_LATEST)


PAGES = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics_page}


@async_only_middleware
def asked_by_address(
    get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]],
) -> Callable[[HttpRequest], Awaitable[HttpResponseBase]]:
    """Return the middleware that answers these paths to whoever asks by our address, as Prometheus and the
    probes of containers do, though ALLOWED_HOSTS names only what people type. A name is checked as ever."""

    async def middleware(request: HttpRequest) -> HttpResponseBase:
        page = PAGES.get(request.path)
        if page is not None and is_address(request.META.get("HTTP_HOST", "")):
            return await page(request)
        return await get_response(request)

    return middleware


def is_address(host: str) -> bool:
    """Tell whether a Host header is an IP address, with a port or without."""
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
