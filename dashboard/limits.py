"""Floor 2. What a stranger may have and send: how many sockets, how many messages, and how many bad ones."""

from collections import Counter, deque
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address, ip_network

RATE = 20.0  # messages a second
BURST = 40.0
BAD = 50  # bad messages in a minute that a socket survives
MANY = 100  # messages over the rate in ten seconds that it survives


class Bucket:
    """A token bucket: `rate` a second in the long run, `burst` at once. Times in seconds."""

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate, self._burst = rate, burst
        self._tokens = burst
        self._at = now

    def take(self, now: float) -> bool:
        """Take one; False when it is one too many."""
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True


class Crowd:
    """How many sockets each owner (a user, an address) has."""

    def __init__(self) -> None:
        self._sockets: Counter[str] = Counter()

    def enter(self, owners: Mapping[str, int]) -> bool:
        """Count a socket to its owners, each with the most that it may have; False, and count it to none,
        when one has as many already."""
        if any(self._sockets[owner] >= most for owner, most in owners.items()):
            return False
        self._sockets.update(owners.keys())
        return True

    def leave(self, owners: Mapping[str, int]) -> None:
        """Take back a socket that has entered."""
        for owner in owners:
            self._sockets[owner] -= 1
            if not self._sockets[owner]:
                del self._sockets[owner]


def stranger_at(address: str) -> str:
    """Return by what somebody out there is counted, "" for this machine, a proxy or a desk beside it. Whoever
    has one IPv6 address has all of its /64; an IPv4 one is the same where it comes as `::ffff:1.2.3.4`."""
    try:
        known = ip_address(address)
    except ValueError:  # a unix socket has none
        return ""
    if isinstance(known, IPv6Address) and known.ipv4_mapped is not None:
        known = known.ipv4_mapped
    if not known.is_global:
        return ""
    return str(ip_network((known, 64), strict=False)) if isinstance(known, IPv6Address) else str(known)


class Allowance:
    """A token bucket for one socket's messages, and the count of its offences. Times in seconds."""

    def __init__(self, now: float) -> None:
        self._bucket = Bucket(RATE, BURST, now)
        self._bad: deque[float] = deque(maxlen=BAD + 1)
        self._over: deque[float] = deque(maxlen=MANY + 1)

    def admit(self, now: float) -> bool:
        """Take one message; False when it is one too many."""
        if self._bucket.take(now):
            return True
        self._over.append(now)
        return False

    def bad(self, now: float) -> None:
        """Count a message that could not be served."""
        self._bad.append(now)

    def too_bad(self, now: float) -> bool:
        """Tell whether there were too many bad messages within a minute."""
        return len(self._bad) > BAD and now - self._bad[0] < 60.0

    def too_many(self, now: float) -> bool:
        """Tell whether there were too many messages over the rate within ten seconds."""
        return len(self._over) > MANY and now - self._over[0] < 10.0
