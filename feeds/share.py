"""Floor 2. Which worker runs which venue: the same answer in every worker that sees the same workers."""

import hashlib
from collections.abc import Mapping, Sequence


def shares(workers: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return venue → worker for workers that are alive (name → the venues that are on there).

    No worker gets more than its even part while another could take the venue. A worker that comes or goes
    moves few of the others' venues: each venue has its own order of preference among the workers.
    """
    venues = sorted({venue for on in workers.values() for venue in on})
    most = -(-len(venues) // max(1, len(workers)))
    given = dict.fromkeys(workers, 0)
    result: dict[str, str] = {}
    for venue in venues:
        able = [worker for worker, on in workers.items() if venue in on]
        chosen = min(able, key=lambda worker: (given[worker] >= most, _rank(venue, worker)))
        given[chosen] += 1
        result[venue] = chosen
    return result


def _rank(venue: str, worker: str) -> bytes:
    return hashlib.blake2b(f"{venue} {worker}".encode(), digest_size=8).digest()
