"""Floor 2. Which worker runs which venue: the same answer in every worker that sees the same workers."""

import hashlib
from collections.abc import Mapping, Sequence

from feeds.symbols import FORMULA


def shares(workers: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return venue → worker for workers that are alive (name → the venues that are on there).

    No worker gets more than its even part while another could take the venue; formulas, which have no line,
    don't count. A worker that comes or goes moves few of the others' venues: each venue has its own order of
    preference among the workers.
    """
    venues = sorted({venue for on in workers.values() for venue in on})
    most = -(-len([venue for venue in venues if venue != FORMULA]) // max(1, len(workers)))
    given = dict.fromkeys(workers, 0)
    result: dict[str, str] = {}
    for venue in venues:
        able = [worker for worker, on in workers.items() if venue in on]
        full = {worker for worker in able if given[worker] >= most and venue != FORMULA}
        chosen = min(able, key=lambda worker: (worker in full, _rank(venue, worker)))
        given[chosen] += venue != FORMULA
        result[venue] = chosen
    return result


def _rank(venue: str, worker: str) -> bytes:
    return hashlib.blake2b(f"{venue} {worker}".encode(), digest_size=8).digest()
