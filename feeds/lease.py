"""Floor 3. Who leads which venue: a lease each, kept in the Redis that the channel layer runs on.

Two workers never publish the same venue. A lease lasts three seconds and is renewed twice a second; whoever
could not renew it in time stays silent from then on, by a clock that goes on while the process is stopped.
With each new leader the venue's fence rises (the time of Redis in ms, at least one more than the last), and
with it the epoch under which its prices go out: what a former leader still had on the wire is known by it.
"""

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import redis.asyncio
from redis.exceptions import RedisError

from feeds.share import shares

log = logging.getLogger("feeds.lease")

TTL = 3.0  # seconds that a lease lasts
RENEW = 0.5
MARGIN = 0.25  # seconds before its end from which a lease is not relied on
PATIENCE = 1.0  # seconds that Redis is given to answer
WARM = 5.0  # seconds that a newcomer gets to bring its lines up before venues are handed over to it
PREFIX = "ticker:lease"

# KEYS: the workers, then of each venue its lease and its fence. ARGV: this worker's name, the name with its
# venues, TTL in ms, then for each venue 1 (wanted), 0 (not) or 2 (wanted, but another led it lately: if
# Redis has forgotten lease and fence, that one still relies on them), and the fence under which this worker
# led it before.
# Answer: the workers alive, then for each venue who leads it, and the fence.
TURN = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - ARGV[3]))
redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[2])
local answer = {redis.call('ZRANGE', KEYS[1], 0, -1)}
for i = 2, #KEYS, 2 do
  local holder, former = redis.call('GET', KEYS[i]), tonumber(ARGV[i + 3])
  local fence = tonumber(redis.call('GET', KEYS[i + 1]) or 0)
  local wanted = ARGV[i + 2] == '1' or (ARGV[i + 2] == '2' and fence > 0)
  if holder == ARGV[1] and not wanted then
    redis.call('DEL', KEYS[i])
    holder = false
  elseif wanted and (not holder or holder == ARGV[1]) then
    if not holder then
      if former == 0 or fence > former then fence = math.max(now, fence + 1) else fence = former end
      redis.call('SET', KEYS[i + 1], string.format('%.0f', fence))
    end
    redis.call('SET', KEYS[i], ARGV[1], 'PX', ARGV[3])
    holder = ARGV[1]
  end
  answer[#answer + 1] = holder or ''
  answer[#answer + 1] = string.format('%.0f', fence)
end
return answer
"""
LEAVE = """
redis.call('ZREM', KEYS[1], ARGV[2])
for i = 2, #KEYS do
  if redis.call('GET', KEYS[i]) == ARGV[1] then redis.call('DEL', KEYS[i]) end
end
return 1
"""


def epoch_of(fence: int, worker: str) -> str:
    """Return the name of a worker's reign over a venue; later ones sort after earlier ones."""
    return f"{fence:012x}-{worker}"


def now() -> float:
    """Return the seconds of a clock that nobody sets, and that goes on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class Leases(Protocol):
    """Which venues this worker may speak for."""

    worker: str

    def serves(self, venue: str) -> bool:
        """Tell whether to run a venue's line: we lead it, or are about to."""
        ...

    def epochs(self) -> Mapping[str, str]:
        """Return the epoch of each venue that may be published now."""
        ...

    def look(self) -> None:
        """Look at once what is free."""
        ...


class Sole:
    """The leases of a worker that is alone: it leads every venue, under one epoch."""

    def __init__(self, venues: Iterable[str]) -> None:
        self.worker = secrets.token_hex(3)
        self._epochs = dict.fromkeys(venues, epoch_of(time.time_ns() // 1_000_000, self.worker))

    def serves(self, venue: str) -> bool:
        """Tell whether to run a venue's line."""
        return venue in self._epochs

    def epochs(self) -> Mapping[str, str]:
        """Return the epoch of each venue."""
        return self._epochs

    def look(self) -> None:
        """Nothing is ever free."""


class RedisLeases:
    """The leases of one of several workers. `run` is their life; `changed` is called when what it leads, or
    is to run, has become another. Of the venues in `alone` there may be one line only: none is run before it
    is led."""

    def __init__(self, venues: Sequence[str], client: redis.asyncio.Redis, alone: Iterable[str] = ()) -> None:
        self.worker = secrets.token_hex(3)
        self.venues = tuple(venues)
        self._client = client
        self.changed: Callable[[], None] = lambda: None
        self._led: dict[str, str] = {}
        self._fences: dict[str, int] = {}
        self._share: set[str] = set(venues)
        self._alone = frozenset(alone)
        self._others: set[str] = set()
        self._keeping: asyncio.Task[None] | None = None
        self._seen: dict[str, float] = {}
        self._led_by_another: dict[str, float] = {}
        self._until = 0.0
        self._early = asyncio.Event()
        self._failing = False

    # ------------------------------------------------------------------ the answers
    def serves(self, venue: str) -> bool:
        """Tell whether to run a venue's line: we lead it, or it is to be ours. While Redis can't be asked we
        go on as before: what is stored of a venue must not depend on it."""
        return venue in self._led or (
            venue in self._share and not (venue in self._alone and venue in self._others)
        )

    def epochs(self) -> Mapping[str, str]:
        """Return the epoch of each venue that we lead for certain; none once the lease may have run out."""
        return self._led if now() < self._until else {}

    # ------------------------------------------------------------------------- life
    async def run(self) -> None:
        """Renew what is ours, take what is free and to be ours, and hand over what is to be another's."""
        self._keeping = asyncio.current_task()
        while True:
            self._early.clear()
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._turn()
            except (RedisError, OSError, TimeoutError) as error:
                if not self._failing:
                    log.warning("leases not renewed: %s", str(error) or type(error).__name__)
                self._failing = True
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(RENEW):
                    await self._early.wait()

    def look(self) -> None:
        """Look at once: another worker has let go of something."""
        self._early.set()

    async def leave(self) -> list[str]:
        """Lead nothing from now on, and let the others know by the leases; return what was led. Ends `run`,
        which would take them again."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        led, self._led, self._until = sorted(self._led), {}, 0.0
        keys = [f"{PREFIX}:workers", *(f"{PREFIX}:{venue}" for venue in self.venues)]
        try:
            async with asyncio.timeout(PATIENCE):
                await self._client.eval(LEAVE, len(keys), *keys, self.worker, self._card())
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("leases not given back, they run out by themselves: %s", error)
            return []
        return led

    # ------------------------------------------------------------------------- turns
    def _card(self) -> str:
        return f"{self.worker} {','.join(self.venues)}"

    async def _turn(self) -> None:
        asked = now()
        keys, words = [f"{PREFIX}:workers"], [self.worker, self._card(), str(round(TTL * 1000))]
        for venue in self.venues:
            keys += [f"{PREFIX}:{venue}", f"{PREFIX}:{venue}:fence"]
            words += [self._wish(venue), str(self._fences.get(venue, 0))]
        alive, *held = await self._client.eval(TURN, len(keys), *keys, *words)
        self._until = asked + TTL - MARGIN
        if self._failing:
            log.info("leases renewed again")
        self._failing = False
        self._take(_text(alive), _text(held))

    def _wish(self, venue: str) -> str:
        if venue not in self._share:
            return "0"
        # It may have renewed its lease after we looked, until we found that Redis was gone.
        relied_on = self._led_by_another.get(venue, float("-inf")) + TTL + RENEW + PATIENCE
        return "2" if now() < relied_on else "1"

    def _take(self, alive: list[str], held: list[str]) -> None:
        led = {}
        for venue, holder, fence in zip(self.venues, held[::2], held[1::2], strict=True):
            if holder == self.worker:
                self._fences[venue] = int(fence)
                led[venue] = epoch_of(int(fence), self.worker)
                self._led_by_another.pop(venue, None)
            elif holder:
                self._led_by_another[venue] = now()
                self._fences.pop(venue, None)  # its numbers won't go on from where they were
        workers = {name: on.split(",") for name, _, on in (card.partition(" ") for card in alive)}
        share = self._share_of(workers, led)
        others = {venue for venue, holder in zip(self.venues, held[::2], strict=True) if holder} - led.keys()
        for venue in self._fences.keys() - share:
            del self._fences[venue]  # its numbers won't go on from where they are
        if share - self._share:
            self.look()  # they may be free already
        before, self._others = self._others, others
        if led != self._led or share != self._share or others != before:
            self._say(led)
            self._led, self._share = led, share
            self.changed()

    def _share_of(self, workers: dict[str, list[str]], led: Mapping[str, str]) -> set[str]:
        """Return what is to be ours. What we lead stays ours until its next leader has warmed up."""
        self._seen = {name: self._seen.get(name, now()) for name in workers}
        owners = shares(workers)
        warm = {name for name, since in self._seen.items() if now() - since >= WARM}
        return {
            venue
            for venue in self.venues
            if owners.get(venue) == self.worker or (venue in led and owners.get(venue) not in warm)
        }

    def _say(self, led: Mapping[str, str]) -> None:
        if taken := sorted(led.keys() - self._led.keys()):
            log.info("leading %s as %s", ", ".join(taken), self.worker)
        if lost := sorted(self._led.keys() - led.keys()):
            log.info("no longer leading %s", ", ".join(lost))


def _text(answer: Sequence[Any]) -> list[str]:
    return [each.decode() if isinstance(each, bytes) else str(each) for each in answer]
