"""Floor 2. What the venues share that ask for a key: it is never told to anyone but the venue."""

from typing import ClassVar

from feeds.errors import FeedError
from feeds.venues.base import Event, Venue, quoted

REFUSED = 900.0  # seconds to wait with a key that was refused: asking more often won't mend it


class Keyed(Venue):
    """A venue that is off until its key is set. What it says of a key is passed on without it."""

    needs: ClassVar[tuple[str, ...]] = ("KEY",)
    wrong_key: ClassVar[tuple[int, ...]] = (401,)  # HTTP statuses that mean: not with this key

    def parse(self, raw: str | bytes, received: int) -> list[Event]:
        return super().parse(self.hidden_in(raw), received)

    def named(self, native: object) -> str:
        """Return our symbol for a code that a venue sent. Raises ValueError for one that can't be."""
        if not isinstance(native, str):
            raise ValueError("not a name")
        return self.names.get(native) or self.symbol(native)

    def hidden_in(self, raw: str | bytes) -> str | bytes:
        """Return a frame or an answer without the key, should the venue repeat it to us."""
        secrets = [part for part in (self.keys.key, self.keys.secret) if part]
        if isinstance(raw, str):
            return self.hidden(raw) if any(part in raw for part in secrets) else raw
        if any(part.encode() in raw for part in secrets):
            return self.hidden(raw.decode("utf-8", "replace")).encode()
        return raw

    def body(self, body: bytes) -> bytes:
        """Return an answer's body without the key."""
        hidden = self.hidden_in(body)
        return hidden if isinstance(hidden, bytes) else hidden.encode()

    def refusal(self, status: int, said: str) -> FeedError | None:
        """Return what an HTTP status means that has to do with the key, None for another."""
        if status not in self.wrong_key:
            return None
        names = " and ".join(f"VENUE_{self.name}_{need}" for need in self.needs)
        reason = quoted(f"{self.title} refuses the key (HTTP {status}): check {names}. {self.hidden(said)}")
        return FeedError(reason.strip(), retry_after=REFUSED)
