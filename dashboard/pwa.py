"""Floor 4. What makes the desk installable: its manifest, the worker that stands in for a server that nobody
reaches, and the page which that worker then shows."""

from hashlib import sha256
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse

GROUND = "#0c0f15"
WORKER = "js/offlineworker.js"
STYLE = "css/offline.css"
PAGE = "dashboard/offline.html"
ICONS = (
    ("icons/icon-192.png", "192x192", "any"),
    ("icons/icon-512.png", "512x512", "any"),
    ("icons/maskable-512.png", "512x512", "maskable"),
)


async def manifest(request: HttpRequest) -> HttpResponse:
    """Return what a system is told of the desk when it installs it."""
    icons = [
        {"src": static(path), "sizes": sizes, "type": "image/png", "purpose": purpose}
        for path, sizes, purpose in ICONS
    ]
    told = {
        "id": "/",
        "name": "Ticker",
        "short_name": "Ticker",
        "description": "Live market prices on a chart",
        "start_url": reverse("desk"),
        "scope": "/",
        "display": "standalone",
        "background_color": GROUND,
        "theme_color": GROUND,
        "categories": ["finance"],
        "icons": icons,
    }
    return fresh(JsonResponse(told, content_type="application/manifest+json"))


async def offline(request: HttpRequest) -> HttpResponse:
    """Return the page that the worker keeps. Who comes here by hand can reach the desk: there they go."""
    if request.headers.get("Sec-Fetch-Mode") == "navigate":
        return redirect("desk")
    return fresh(render(request, PAGE))


async def worker(request: HttpRequest) -> HttpResponse:
    """Return the worker. It ends with a mark of what it keeps: where that differs, all is taken anew."""
    script = text_of(WORKER)
    kept = render_to_string(PAGE) + text_of(STYLE)
    body = f"{script}\n// keeps {sha256(kept.encode()).hexdigest()[:16]}\n"
    return fresh(HttpResponse(body, content_type="text/javascript; charset=utf-8"))


def fresh(response: HttpResponse) -> HttpResponse:
    """Have browsers ask each time whether this is still so."""
    response["Cache-Control"] = "no-cache"
    return response


def text_of(path: str) -> str:
    """Return the text of a static file."""
    return Path(str(finders.find(path))).read_text(encoding="utf-8")
