"""Floor 4. How a page is to look from its first moment: as its desk says, else as the browser's last page.

A page notes that in a cookie, for pages that have no desk.
"""

from typing import Any

from django.http import HttpRequest

COOKIE = "looks"
CHOICES = {"theme": ("dark", "light"), "pair": ("green", "blue"), "density": ("normal", "compact")}


def looks(request: HttpRequest) -> dict[str, dict[str, str]]:
    """Return `looks` for the templates; what the cookie doesn't say, or says wrongly, is as at first."""
    said = request.COOKIES.get(COOKIE, "").split(".")
    return {"looks": chosen({}, dict(zip(CHOICES, said, strict=False)))}


def looks_of(desk: dict[str, Any] | None, request: HttpRequest) -> dict[str, str]:
    """Return the looks that a desk asks for; what it leaves to the system is as in the last page."""
    document = (desk or {}).get("document")
    kept = document.get("looks") if isinstance(document, dict) else None
    return chosen(kept if isinstance(kept, dict) else {}, looks(request)["looks"])


def chosen(first: dict[str, Any], then: dict[str, str]) -> dict[str, str]:
    """Return a known word for each choice: of the first that has one, else the usual."""
    wanted = {name: [first.get(name), then.get(name), among[0]] for name, among in CHOICES.items()}
    return {name: next(word for word in wanted[name] if word in CHOICES[name]) for name in CHOICES}
