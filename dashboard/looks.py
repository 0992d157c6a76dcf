"""Floor 4. How this browser's last page looked, so that the next one doesn't begin otherwise.

The desk's document says how it is to look; a page notes that in a cookie, for it is asked for before any
document is read, and by pages that have none.
"""

from django.http import HttpRequest

COOKIE = "looks"
CHOICES = {"theme": ("dark", "light"), "pair": ("green", "blue"), "density": ("normal", "compact")}


def looks(request: HttpRequest) -> dict[str, dict[str, str]]:
    """Return `looks` for the templates; what the cookie doesn't say, or says wrongly, is as at first."""
    said = request.COOKIES.get(COOKIE, "").split(".")
    words = dict(zip(CHOICES, said, strict=False))
    known = {name: words.get(name, "") for name in CHOICES}
    return {
        "looks": {name: known[name] if known[name] in among else among[0] for name, among in CHOICES.items()}
    }
