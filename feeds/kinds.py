"""Floor 2. The kinds of trouble with a venue: few, whatever venues and libraries say in their own words."""

from re import IGNORECASE
from re import compile as pattern

OTHER = "other"
KINDS = {
    "silent": r"silent for ",
    "closed": r"closed by the venue|the venue ended|stream lost",
    "lost": r"connection lost",
    "connect": r"can't connect",
    "rate_limited": r"rate limit|too (many(?! bad)|frequent)|HTTP 4(18|29)|busy",
    "internal": r"internal error|ccxt failed",
    "country": r"not served to this country",
    "no_answer": r"no answer|in time\b|timed? ?out",
    "out_of_order": r"out of order|maintenance|unavailable",
    "not_found": r"not found|no such|unknown|not in this plan|knows no ",
    "refused": r"refuse|denied|invalid|not valid|a web page instead|unauthori[sz]ed|forbidden",
    "bad_frame": r"bad |no known|neither |shape|no finite|too (large|long)|JSON|answered with",
}
"""Every kind with the words that tell it; the first that fits counts."""
_told = [(kind, pattern(words, IGNORECASE)) for kind, words in KINDS.items()]


def kind_of(reason: str) -> str:
    """Return the kind of a trouble by its reason, `other` for one that fits none."""
    return next((kind for kind, words in _told if words.search(reason)), OTHER)


def by_kind(errors: dict[str, int]) -> dict[str, int]:
    """Return how many troubles there were of each kind, from how many there were for each reason."""
    counts: dict[str, int] = {}
    for reason, count in errors.items():
        kind = kind_of(reason)
        counts[kind] = counts.get(kind, 0) + count
    return counts
