"""Floor 2. What a venue is: facts about its line, and pure functions from its words to ours.

A venue never reads a clock, opens a socket or keeps state between frames; `feeds/feed.py` runs it.
"""

from collections.abc import Callable
from typing import ClassVar, Literal
from urllib.parse import quote as percent

import msgspec
from msgspec import Struct

from feeds.budget import Budget
from feeds.errors import FeedError
from feeds.market import Bar, Cancel, Figures, Instrument, Kind, Mark, Quote, Trade
from feeds.symbols import name_of

NoticeKind = Literal[
    "ack",
    "refused",
    "heartbeat",
    "pong",
    "ready",
    "denied",
    "lost",
    "reconnect",
    "maintenance",
    "open",
    "ignored",
    "bad",
]


class Notice(Struct, frozen=True, kw_only=True):
    """What a venue says that is no price.

    ack: it took `symbol`, or something. refused: it won't serve `symbol`, for `reason`; with `retry_after`
    not now, and without a symbol what was asked for last: both are asked for again later.
    heartbeat: proof of life, of `symbol` when given, else of the whole line. pong: proves the socket only.
    ready: our login was taken, it may be asked for symbols now. denied: it won't have us; the line is let go,
    and none is tried for `retry_after` seconds. lost: frames of this line are missing, so it is opened anew.
    reconnect: it asks us to come again. maintenance: it says that it is not open for `reason`. open: that
    it is. ignored: understood, and of no use to us. bad: not understood, or not believable; counted by
    `reason`.
    """

    kind: NoticeKind
    symbol: str | None = None
    reason: str = ""
    retry_after: float | None = None


Event = Quote | Trade | Cancel | Mark | Notice | Figures
SHORTEST_KEY = 4  # characters; a shorter one can't be told from other text
UNREADABLE = (msgspec.DecodeError, ValueError, TypeError, LookupError, OverflowError, RecursionError)


class Request(Struct, frozen=True):
    """A request to the venue's REST host, or to `host` (scheme and name) where it has several: an absolute
    path and its query; `weight` is what it costs of the venue's own budget."""

    path: str
    params: dict[str, str] = {}
    headers: dict[str, str] = {}
    method: str = "GET"
    weight: int = 1
    host: str = ""


class Keys(Struct, frozen=True):
    """What a venue gave its user to log in with; empty where it asks for none, or none was set."""

    key: str = ""
    secret: str = ""


class Venue:
    """One venue: its facts as class attributes, its words as pure methods.

    Subclasses override what their venue has. `parse` never raises: what can't be read comes back as a
    Notice of kind `bad`.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    mode: ClassVar[Literal["stream", "lines", "poll", "made", "pushed", "formula", "ccxt"]] = "stream"
    needs: ClassVar[tuple[str, ...]] = ()  # what it asks for: "KEY", "SECRET"; without them it is off
    simulated: ClassVar[bool] = False
    idle: ClassVar[str] = "nothing of it is watched"  # why its line is off while it has nothing to do
    delay_minutes: ClassVar[int] = 0
    time_zone: ClassVar[str] = "UTC"  # whose clock its charts may go by, as the IANA names it

    ws_url: ClassVar[str] = ""
    rest_url: ClassVar[str] = ""
    also_at: ClassVar[tuple[str, ...]] = ()  # its other hosts, now or once: what a recording may name
    headers: ClassVar[dict[str, str]] = {}
    silence: ClassVar[float] = 15.0  # seconds without data or heartbeat after which the line is dead
    chunk: ClassVar[int] = 50  # symbols in one subscribe message at the most
    connects: ClassVar[tuple[Budget, ...]] = (Budget(1, 1.0),)  # new lines to its host, as it allows them
    messages: ClassVar[tuple[Budget, ...]] = (Budget(10, 1.0),)  # of ours on one line, but for pings
    requests: ClassVar[tuple[Budget, ...]] = (Budget(4, 1.0),)  # weight of REST calls to one of its hosts
    max_frame: ClassVar[int] = 4 * 1024 * 1024
    handover_after: ClassVar[float | None] = None  # seconds after which a line is replaced, before it is cut
    waits_for_ready: ClassVar[bool] = False  # subscribe only after a Notice `ready` has come
    acks: ClassVar[bool] = False  # each symbol has a Notice `ack` of its own: without one it wasn't taken
    first_within: ClassVar[float | None] = None  # seconds in which each symbol's state comes when asked for
    ping_every: ClassVar[float | None] = None  # seconds between pings of ours, where the venue wants them
    poll_every: ClassVar[float] = 10.0  # mode poll: seconds between two looks at one symbol
    poll_beside: ClassVar[float | None] = (
        None  # streamed: seconds between two looks at what it doesn't stream
    )
    takes_back: ClassVar[bool] = False  # trades may be cancelled and corrected afterwards
    beside_proves: ClassVar[bool] = False  # such a look proves the price of a symbol whose stream rests
    quotes_make_bars: ClassVar[bool] = False  # no trades are told: quotes move the bars until history comes
    line_symbols: ClassVar[int | None] = None  # symbols that one line takes; more get further lines
    poll_tells_bars: ClassVar[bool] = False  # mode poll: the same answer can be read by `read_bars` for 1m

    bar_rows: ClassVar[dict[str, int]] = {}  # REST history: our interval → rows in one answer at the most
    featured: ClassVar[tuple[Instrument, ...]] = ()  # known without asking; the first visit's watchlist
    open_catalogue: ClassVar[bool] = False  # true: there is no list of instruments, so any name may exist

    keys: Keys = Keys()

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.listed: dict[str, str] = {}

    def hidden(self, text: str) -> str:
        """Return a text without the key and the secret, which no log, page or error may show."""
        for part in (self.keys.key, self.keys.secret):
            if len(part) >= SHORTEST_KEY:
                text = text.replace(part, "…").replace(percent(part, safe=""), "…")
        return text

    # ------------------------------------------------------------------ names
    def code(self, symbol: str) -> str:
        """Return the venue's code for a symbol: as its list of instruments has it, else by its name."""
        return self.listed.get(symbol) or self.native(symbol)

    def know(self, instruments: list[Instrument]) -> None:
        """Learn the venue's own codes from its list of instruments, where a name alone doesn't tell them."""
        self.listed = {each.symbol: each.native for each in instruments if each.native}

    def learn(self, symbol: str) -> str:
        """Return the venue's code for a symbol that is wanted, and know the way back from now on."""
        native = self.code(symbol)
        self.names[native] = symbol
        return native

    def native(self, symbol: str) -> str:
        """Return the venue's own code for our symbol."""
        return name_of(symbol)

    def symbol(self, native: str) -> str:
        """Return our symbol for the venue's own code. Raises BadSymbol for one that can't be ours."""
        raise NotImplementedError(f"{type(self).__name__} must name its symbols")

    def canonical(self, symbol: str) -> str:
        """Return the one symbol for something that has several spellings here."""
        return symbol

    # ----------------------------------------------------------------- stream
    def stream_url(self) -> str:
        """Return the URL of a new line; where the venue wants a key in it, with the key."""
        return self.ws_url

    def greet(self) -> list[str]:
        """Return the messages that a new line begins with (a login), before anything is asked for."""
        return []

    def subscribe(self, natives: list[str]) -> list[str]:
        """Return the messages that ask for these codes (at most `chunk` of them)."""
        return []

    def unsubscribe(self, natives: list[str]) -> list[str]:
        """Return the messages that give these codes back."""
        return []

    def ping(self) -> str | None:
        """Return the message of an application ping, or None where the venue has none."""
        return None

    def parse(self, raw: str | bytes, received: int) -> list[Event]:
        """Return what one frame says. `received` is our time of arrival in ms. Never raises."""
        try:
            return self.read(raw, received)
        except UNREADABLE as error:
            return [Notice(kind="bad", reason=f"unreadable frame: {quoted(raw)} ({type(error).__name__})")]

    def reader(self) -> Callable[[str | bytes, int], list[Event]]:
        """Return what parses the frames of one new line: `parse`, where nothing has to be known of a line."""
        return self.parse

    def read(self, raw: str | bytes, received: int) -> list[Event]:
        """Return what one frame says; may raise on one it can't read (`parse` catches)."""
        return []

    # ------------------------------------------------------------------ lines
    def login(self) -> Request | None:
        """Mode lines: return the request for the session that a stream needs, None where it needs none."""
        return None

    def read_login(self, body: bytes) -> str:
        """Mode lines: return the session of a login's answer. Raises FeedError when it was refused."""
        return ""

    def lines(self, natives: list[str], session: str) -> Request | None:
        """Mode lines: return the request whose long answer streams these codes, a message a line. Other
        codes need another request."""
        return None

    # ------------------------------------------------------------------- REST
    def instruments(self) -> Request | None:
        """Return the request for the whole catalogue, or None where there is none."""
        return None

    def read_instruments(self, body: bytes) -> list[Instrument]:
        """Return the catalogue. Raises FeedError on an answer that is an error or can't be read."""
        return []

    def bars(self, native: str, interval: str, start: int, end: int) -> Request | None:
        """Return the request for bars that open in [start, end) ms, at most `bar_rows[interval]` of them."""
        return None

    def read_bars(self, body: bytes, symbol: str, interval: str, now: int) -> list[Bar]:
        """Return the bars of an answer, oldest first, `source` backfill; a bar that ends after `now` has
        `closed` false. Raises FeedError on an answer that is an error or can't be read."""
        return []

    def trades(self, native: str) -> Request | None:
        """Return the request for the newest trades of one code, None where there is none. They close the gap
        of a line that was lost: those with an id that was seen are not counted again."""
        return None

    def read_trades(self, body: bytes, symbol: str) -> list[Trade]:
        """Return the trades of an answer, oldest first. Raises FeedError on an answer that is an error."""
        return []

    def poll(self, native: str) -> Request | None:
        """Return the request for the newest price of one code: where the venue is polled, or its stream
        can't be had. None where it can't be polled."""
        return None

    def read_poll(self, body: bytes, symbol: str, received: int) -> list[Event]:
        """Return what a poll's answer says. Raises FeedError on an answer that is an error."""
        return []

    def explain(self, status: int, body: bytes) -> FeedError | None:
        """Return the venue's own meaning of an HTTP answer that is not 200, or None for the usual one."""
        return None

    # ------------------------------------------------------------------- made
    def made_symbols(self) -> frozenset[str]:
        """Mode made: return every symbol there is."""
        return frozenset(instrument.symbol for instrument in self.featured)

    def made(self, symbol: str, since: int, until: int) -> list[Event]:
        """Mode made: return the events with since < time <= until, oldest first."""
        return []

    def made_bars(
        self, symbol: str, interval: str, start: int, end: int, now: int | None = None
    ) -> list[Bar]:
        """Mode made: return the bars that open in [start, end), oldest first. With `now`: what had happened
        by then, so that a bar which ends later has `closed` false and only the trades up to `now`."""
        return []


def quoted(raw: str | bytes) -> str:
    """Return the beginning of a venue's text, fit for a log line: at most 200 printable characters."""
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    return "".join(c if c.isprintable() else " " for c in text[:200])


def pair(
    venue: str, base: str, quote: str, kind: Kind, tick: float | None, native: str, title: str = ""
) -> Instrument:
    """Return the instrument `VENUE:BASE-QUOTE`."""
    return Instrument(
        symbol=f"{venue}:{base}-{quote}",
        base=base,
        quote=quote,
        kind=kind,
        tick_size=tick,
        native=native,
        title=title,
    )
