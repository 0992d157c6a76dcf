"""Floor 1. The protocol: every kind of message, every group name, and how each is packed.

Two wires meet here.

**Worker ↔ hub**, over the channel layer. Everything is msgpack in the `body` of one Channels message:

    worker → group `market.00` … `.07`   market.frame   Frame        what changed, many symbols a message
    worker → group `market.control`      market.sync    Sync         every 2 s: epoch, seqs, venues
    worker → group `market.control`      market.past    Past         older bars of a symbol can be read now
    worker → group `hub.…`, of one hub   market.states  States       the whole state of the symbols asked for
    web    → group `session`             session.over   SessionOver  a login has ended
    hub    → group `workers`             watch          Watch        "keep these live", repeated every 15 s
    hub    → group `workers`             unwatch        Unwatch      "nobody here looks at these any more"
    hub    → group `workers`             snapshot       Ask          "send me the state of these"
    hub    → group `workers`             history        Older        "fetch older bars of this symbol"
    web    → group `workers`             ticks          Ticks        prices that were pushed to us
    worker → group `workers`             freed          Freed        "I no longer lead these venues"

The channel `feeds` takes the same commands; the group is there so that they reach every worker, whatever the
channel layer does with a channel that several listen on. Who may say what is told by the first word of a
group's name (`ops/valkey.acl`). Of several servers each has its part of the market groups, and the first has
all the others: losing another one costs its symbols and nothing else.

A symbol always travels in the same group, chosen by a stable hash. Its `seq` rises by one with each
published state. Each venue has one worker that leads it, by a lease; `epoch` names that reign over the venue
and sorts by its start, so the word of a worker that has lost its lease is known by its older epoch. A hub
that sees a seq skipped, or a Sync that knows more than it does, asks for a snapshot.

**Browser ↔ web**, JSON text frames, `"type"` first, as README describes them. The structs below are the
frames; `dashboard/session.py` decides who gets which.
"""

import hashlib
import uuid
import zlib
from typing import Any

import msgspec
from msgspec import Struct

from feeds.groups import on_first, placed
from feeds.market import INTERVALS, Bar, FeedStatus, Quote, Trade

VERSION = 1
SUBPROTOCOL = "ticker.v1"

# --------------------------------------------------------------------------- groups and channels
SHARDS = 8  # measured: a hub reads all of them, and each message costs it the same whatever is in it
FEEDS_CHANNEL = "feeds"
CONTROL_GROUP = on_first("market.control")
WORKERS_GROUP = on_first("workers")
SESSIONS_GROUP = on_first("session")
READY_GROUP = on_first("ready")  # nobody is in it: a web process looks whether a message can be sent
MARKET_GROUPS = tuple(placed(f"market.{shard:02d}", shard, SHARDS) for shard in range(SHARDS))
HUB = "hub."


def group_of(symbol: str) -> str:
    """Return the group a symbol's messages travel in: legal in every channel layer whatever the symbol."""
    return MARKET_GROUPS[zlib.crc32(symbol.encode()) % SHARDS]


def reply_group() -> str:
    """Return a new name for the group in which one hub alone is answered."""
    return on_first(f"{HUB}{uuid.uuid4().hex}")


def session_digest(session_key: str) -> str:
    """Return a name for a login session that doesn't give its key away."""
    return hashlib.sha256(session_key.encode()).hexdigest()


# --------------------------------------------------------------------------- worker ↔ hub
FRAME = "market.frame"
SYNC = "market.sync"
STATES = "market.states"
PAST = "market.past"
SESSION_OVER = "session.over"
WATCH = "watch"
UNWATCH = "unwatch"
SNAPSHOT = "snapshot"
HISTORY = "history"
TICKS = "ticks"
FREED = "freed"


class Frame(Struct, frozen=True, array_like=True):
    """What changed of the symbols of one group since the last frame: `epochs` by venue, `time` (ms) of the
    worker's own clock when it was sent."""

    epochs: dict[str, str]
    time: int = 0
    quotes: list[Quote] = []
    trades: list[Trade] = []
    bars: list[Bar] = []


class History(Struct, frozen=True, array_like=True):
    """How far the stored bars of a symbol are: `loading`, `ready`, or `failed` with a reason."""

    state: str
    reason: str = ""


class SymbolState(Struct, frozen=True, array_like=True):
    """The whole state of one symbol: `bars` by interval, oldest first, the forming one last; `streams` are
    those it was made with."""

    symbol: str
    seq: int
    quote: Quote | None = None
    trades: list[Trade] = []
    bars: dict[str, list[Bar]] = {}
    history: dict[str, History] = {}
    refused: str = ""
    streams: list[str] = []


class States(Struct, frozen=True, array_like=True):
    """A worker's answer to an Ask, of the venues that it leads: `epochs` by venue."""

    epochs: dict[str, str]
    states: list[SymbolState]


class Sync(Struct, frozen=True, array_like=True):
    """A worker's heartbeat: the venues that it leads with the epoch of each, what it serves of them, and how
    they are. `worker` names its run."""

    worker: str
    epochs: dict[str, str]
    time: int
    seqs: dict[str, int]
    statuses: list[FeedStatus]
    refused: dict[str, str] = {}
    catalogue: int = 0


class Past(Struct, frozen=True, array_like=True):
    """How far the stored bars of a symbol are now."""

    epoch: str
    symbol: str
    interval: str
    state: str
    reason: str = ""


class SessionOver(Struct, frozen=True, array_like=True):
    """A login session has ended; `digest` names it."""

    digest: str


class Watch(Struct, frozen=True, array_like=True):
    """A hub's whole demand: symbol → streams. It replaces what the hub said before."""

    hub: str
    demand: dict[str, list[str]]


class Unwatch(Struct, frozen=True, array_like=True):
    """A hub has no more readers of these symbols (an empty list: of any)."""

    hub: str
    symbols: list[str]


class Ask(Struct, frozen=True, array_like=True):
    """Send the states of these symbols to the group `reply` of a hub."""

    reply: str
    symbols: list[str]


class Older(Struct, frozen=True, array_like=True):
    """Fetch `count` bars of `interval` that open before `end` (ms) into the store; a Past tells when."""

    symbol: str
    interval: str
    end: int
    count: int


class Tick(Struct, frozen=True, array_like=True):
    """A pushed price; with a size it is a trade, and `id` keeps it from being counted twice."""

    symbol: str
    time: int
    price: float
    size: float | None
    id: str


class Ticks(Struct, frozen=True, array_like=True):
    """Prices that were pushed to us, checked."""

    ticks: list[Tick]


class Freed(Struct, frozen=True, array_like=True):
    """These venues can be led by another worker from now on."""

    venues: list[str]


_pack = msgspec.msgpack.Encoder()
BODIES: dict[str, Any] = {
    FRAME: msgspec.msgpack.Decoder(Frame),
    SYNC: msgspec.msgpack.Decoder(Sync),
    STATES: msgspec.msgpack.Decoder(States),
    PAST: msgspec.msgpack.Decoder(Past),
    SESSION_OVER: msgspec.msgpack.Decoder(SessionOver),
    WATCH: msgspec.msgpack.Decoder(Watch),
    UNWATCH: msgspec.msgpack.Decoder(Unwatch),
    SNAPSHOT: msgspec.msgpack.Decoder(Ask),
    HISTORY: msgspec.msgpack.Decoder(Older),
    TICKS: msgspec.msgpack.Decoder(Ticks),
    FREED: msgspec.msgpack.Decoder(Freed),
}


def pack(kind: str, body: Struct) -> dict[str, Any]:
    """Return the Channels message that carries `body`."""
    return {"type": kind, "body": _pack.encode(body)}


def unpack(message: dict[str, Any]) -> Any:
    """Return the body of a Channels message made by `pack`. Raises ValueError for any other message."""
    kind = message.get("type")
    decoder = BODIES.get(kind) if isinstance(kind, str) else None
    if decoder is None:
        raise ValueError(f"unknown message type {kind!r}")
    try:
        return decoder.decode(message["body"])
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"unreadable {kind}: {error}") from error


# --------------------------------------------------------------------------- streams
QUOTE_STREAM = "quote"
TRADES_STREAM = "trades"
BAR_STREAMS = {f"bars:{interval}": interval for interval in INTERVALS}
STREAMS = frozenset([QUOTE_STREAM, TRADES_STREAM, *BAR_STREAMS])

# --------------------------------------------------------------------------- browser → web


class Subscribe(Struct, frozen=True, tag="subscribe"):
    symbols: list[str]
    streams: tuple[str, ...] = (QUOTE_STREAM,)
    id: int | str | None = None


class Unsubscribe(Struct, frozen=True, tag="unsubscribe"):
    symbols: list[str]
    streams: tuple[str, ...] | None = None
    id: int | str | None = None


class Ack(Struct, frozen=True, tag="ack"):
    n: int
    id: int | str | None = None


class Rate(Struct, frozen=True, tag="rate"):
    max: float
    id: int | str | None = None


class Pause(Struct, frozen=True, tag="pause"):
    pass


class Resume(Struct, frozen=True, tag="resume"):
    pass


class Ping(Struct, frozen=True, tag="ping"):
    time: float | int | None = None


Incoming = Subscribe | Unsubscribe | Ack | Rate | Pause | Resume | Ping
INCOMING: dict[str, type[Incoming]] = {
    str(kind.__struct_config__.tag): kind for kind in (Subscribe, Unsubscribe, Ack, Rate, Pause, Resume, Ping)
}

# --------------------------------------------------------------------------- web → browser


class Hello(Struct, frozen=True, tag="hello"):
    v: int
    server_time: int
    window: int
    heartbeat: int
    max_symbols: int


class Subscribed(Struct, frozen=True, tag="subscribed"):
    id: int | str | None
    symbols: list[str]
    rejected: dict[str, str]


class Unsubscribed(Struct, frozen=True, tag="unsubscribed"):
    id: int | str | None
    symbols: list[str]
    rejected: dict[str, str]


class Snapshot(Struct, frozen=True, tag="snapshot"):
    symbol: str
    epoch: str
    seq: int
    quote: Quote | None
    trades: list[Trade]
    bars: dict[str, list[Bar]]


class Update(Struct, frozen=True, tag="update", omit_defaults=True):
    n: int
    time: int
    quotes: list[Quote] = []
    trades: list[Trade] = []
    bars: list[Bar] = []
    dropped: int = 0


class Status(Struct, frozen=True, tag="status"):
    venue: str
    state: str
    since: int
    reason: str


class Heartbeat(Struct, frozen=True, tag="heartbeat"):
    time: int


class Pong(Struct, frozen=True, tag="pong"):
    time: float | int | None
    server_time: int


class Error(Struct, frozen=True, tag="error"):
    id: int | str | None
    code: str
    message: str


Outgoing = Hello | Subscribed | Unsubscribed | Snapshot | Update | Status | Heartbeat | Pong | Error

ERROR_CODES = (
    "bad_json",
    "bad_message",
    "unknown_type",
    "unknown_symbol",
    "too_many_symbols",
    "rate_limited",
    "not_allowed",
)
CLOSE_RESTART = 4503
CLOSE_BAD = 4400
CLOSE_LOGIN = 4401
CLOSE_SLOW = 4408
CLOSE_MANY = 4429

_json = msgspec.json.Encoder()


def to_json(message: Any) -> bytes:
    """Return a message, or any part of one, as JSON; NaN and infinities can't occur in it."""
    return _json.encode(message)


def to_text(message: Any) -> str:
    """Return a message as the text of a WebSocket frame."""
    return _json.encode(message).decode()


class Refused(ValueError):
    """A client's message that can't be served: `code` of the contract, `id` if it had one."""

    def __init__(self, code: str, message: str, id: int | str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.id = id


def is_id(value: object) -> bool:
    """Tell whether a client's number for a request can be echoed."""
    return isinstance(value, (int, str)) and not isinstance(value, bool) and len(str(value)) <= 64


def from_client(text: str) -> Incoming:
    """Return a client's message. Raises Refused, whose text says what was wrong and what is right."""
    try:
        raw = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise Refused("bad_json", f"not JSON: {error}; send one JSON object a frame") from None
    except RecursionError:
        raise Refused("bad_json", "nested too deep; send one flat JSON object a frame") from None
    if not isinstance(raw, dict):
        raise Refused("bad_message", 'send a JSON object with a "type", like {"type":"ping"}')
    request = raw.get("id")
    if request is not None and not is_id(request):
        raise Refused("bad_message", "an id is a whole number or a text of at most 64 characters")
    kind = raw.get("type")
    if not isinstance(kind, str) or kind not in INCOMING:
        raise Refused("unknown_type", f"unknown type; one of {' '.join(INCOMING)}", request)
    try:
        message: Incoming = msgspec.convert(raw, INCOMING[kind])
    except (msgspec.ValidationError, RecursionError) as error:
        raise Refused("bad_message", f"{kind}: {error}", request) from None
    return message
