"""Floor 5. The environment variables, read and checked in one place; nonsense stops the start with a line."""

import os
import secrets
import sys
from argparse import ArgumentError, ArgumentParser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from feeds.ccxt_line import trouble_with
from feeds.recording import BadRecording, venue_of_recording
from feeds.venues import REGISTRY, is_venue, venue_class
from feeds.venues.base import Venue
from feeds.venues.ccxt import PREFIX
from ticker import values
from ticker.values import EnvError

KEY_FILE = Path(__file__).resolve().parent.parent / "var" / "secret-key"
REPLAY_OPTIONS = {"--replay": "REPLAY", "--speed": "REPLAY_SPEED", "--venue": "REPLAY_VENUE"}  # of `live`
NEEDS_OWN_KEY = frozenset({"runserver"})  # what serves pages by hand must be told its SECRET_KEY


@dataclass(frozen=True, kw_only=True)
class Played:
    """A recording that the desk runs from, the venue it is of, and how fast (None: as fast as can be)."""

    path: Path
    venue: str
    speed: float | None


@dataclass(frozen=True, kw_only=True)
class Config:
    """What the environment says, checked; empty where it says nothing and there is no default."""

    secret_key: str
    debug: bool
    allowed_hosts: tuple[str, ...]
    csrf_trusted_origins: tuple[str, ...]
    login_required: bool
    redis_urls: tuple[str, ...]
    channel_layer: str
    database_url: str
    venues: tuple[str, ...]
    watch: tuple[str, ...]
    ws_urls: Mapping[str, str]  # venue → scheme, host and port instead of its own
    rest_urls: Mapping[str, str]
    keys: Mapping[str, str]
    secrets: Mapping[str, str]
    push_token: str
    max_sockets_per_user: int
    max_sockets_per_address: int
    sim_seed: int
    sim_rate: float
    replay: Played | None
    host: str
    port: int
    metrics_host: str
    metrics_port: int | None  # where the worker tells its metrics; None: nowhere

    @property
    def https(self) -> bool:
        """Tell whether people reach us by https: one of the trusted origins says so."""
        return any(origin.startswith("https://") for origin in self.csrf_trusted_origins)

    def venue_classes(self) -> list[type[Venue]]:
        """Return the venues switched on, in their order."""
        return [venue_class(name) for name in self.venues]


@cache
def load() -> Config:
    """Return the configuration of this process. Raises EnvError."""
    return from_env(os.environ, tuple(REGISTRY))


def from_env(environ: Mapping[str, str], registry: tuple[str, ...]) -> Config:
    """Return what `environ` says, with `registry` the names of the venues there are. Raises EnvError."""
    debug = values.switch(environ, "DEBUG")
    keys = values.venue_keys(environ, "KEY", registry)
    usual = tuple(name for name in registry if not needs_key(name) or name in keys)
    known = (*registry, *of_ccxt(environ))
    replay = played(environ, known)
    port = values.whole_number(environ, "PORT", 8000, 1, 65_535)
    venues = (replay.venue,) if replay else values.venue_names(environ, "VENUES", known, usual)
    return Config(
        secret_key=secret_key(environ, debug),
        debug=debug,
        allowed_hosts=tuple(values.listed(environ, "ALLOWED_HOSTS")),
        csrf_trusted_origins=values.each(environ, "CSRF_TRUSTED_ORIGINS", values.origin),
        login_required=values.switch(environ, "LOGIN_REQUIRED"),
        redis_urls=values.redis_urls(environ, "REDIS_URL"),
        channel_layer=values.one_of(environ, "CHANNEL_LAYER", "pubsub", "core"),
        database_url=values.database_url(environ, "DATABASE_URL"),
        venues=venues,
        watch=values.symbols(environ, "WATCH", venues),
        ws_urls=values.venue_urls(environ, "WS_URL", ("wss", "ws"), known),
        rest_urls=values.venue_urls(environ, "REST_URL", ("https", "http"), known),
        keys=keys,
        secrets=values.venue_keys(environ, "SECRET", registry),
        push_token=values.token(environ, "PUSH_TOKEN"),
        max_sockets_per_user=values.whole_number(environ, "MAX_SOCKETS_PER_USER", 20, 1, 5_000),
        max_sockets_per_address=values.whole_number(environ, "MAX_SOCKETS_PER_ADDRESS", 50, 1, 5_000),
        sim_seed=values.whole_number(environ, "SIM_SEED", 1, 0, 2**63 - 1),
        sim_rate=values.positive_number(environ, "SIM_RATE", 2, 1000),
        replay=replay,
        host=values.host("HOST", values.value(environ, "HOST") or "127.0.0.1"),
        port=port,
        metrics_host=values.host("METRICS_HOST", values.value(environ, "METRICS_HOST") or "127.0.0.1"),
        metrics_port=values.other_port(environ, "METRICS_PORT", port),
    )


def played(environ: Mapping[str, str], registry: tuple[str, ...]) -> Played | None:
    """Return the recording that the desk is to run from, None where it runs from the venues."""
    if not values.value(environ, "REPLAY"):
        return None
    path = values.recording(environ, "REPLAY")
    named = values.venue_names(environ, "REPLAY_VENUE", registry, ())
    if named:
        return Played(path=path, venue=named[0], speed=values.speed(environ, "REPLAY_SPEED"))
    try:
        venue = venue_of_recording(path)
    except BadRecording as error:
        takes = f"a recording of one of {','.join(registry)}, or REPLAY_VENUE (--venue) besides"
        raise EnvError("REPLAY", str(error), takes) from None
    return Played(path=path, venue=venue, speed=values.speed(environ, "REPLAY_SPEED"))


def of_ccxt(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the exchanges of ccxt that are named, of which there may be any number. Raises EnvError where
    one is to be on that can't be; a recording is played without ccxt."""
    replaying = bool(values.value(environ, "REPLAY"))
    variable = "REPLAY_VENUE" if replaying else "VENUES"
    named = [text.upper() for text in values.listed(environ, variable) if text.upper().startswith(PREFIX)]
    for name in named:
        trouble = None if replaying else trouble_with(name)
        if trouble:
            raise EnvError(variable, *trouble)
    return tuple(dict.fromkeys(name for name in named if is_venue(name)))


def needs_key(venue: str) -> bool:
    """Tell whether a venue is off until its user's key is set."""
    return venue in REGISTRY and bool(REGISTRY[venue].needs)


@contextmanager
def exit_on_bad_environment() -> Iterator[None]:
    """Turn an EnvError into its one line on stderr and exit code 2."""
    try:
        yield
    except EnvError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None


def secret_key(environ: Mapping[str, str], debug: bool) -> str:
    """Return Django's key; only with DEBUG may it be the machine's own."""
    key = values.value(environ, "SECRET_KEY")
    if not key and not debug:
        takes = "a long random text that stays the same from start to start"
        raise EnvError("SECRET_KEY", "not set", takes)
    return key or local_secret_key()


def local_secret_key(path: Path = KEY_FILE) -> str:
    """Return this machine's own key, made on first use (mode 0600); where none can be kept, one for now."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        with suppress(FileExistsError):  # linked when whole: of two starts at once both read the same key
            os.link(draft, path)
        return path.read_text().strip()
    except OSError:
        return secrets.token_urlsafe(50)
    finally:
        with suppress(OSError):
            draft.unlink()


def choose_replay(arguments: list[str]) -> None:
    """Give `live --replay FILE` and its children the variables of a replay, whose symbols are the recording's
    own, before any setting is read."""
    parser = ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    for option in REPLAY_OPTIONS:
        parser.add_argument(option)
    if arguments[1:2] != ["live"]:
        return
    try:
        said = vars(parser.parse_known_args(arguments[2:])[0])
    except ArgumentError:  # the command's own parser says it better
        return
    if said["replay"] is not None:
        os.environ.pop("WATCH", None)
        said["replay"] = os.path.abspath(said["replay"])
        os.environ |= {REPLAY_OPTIONS[f"--{name}"]: text for name, text in said.items() if text is not None}


def choose_local_key(arguments: list[str]) -> None:
    """Give a `manage.py` command this machine's own key unless it was told one, or serves pages by itself."""
    command = arguments[1] if len(arguments) > 1 else ""
    if not os.environ.get("SECRET_KEY") and command not in NEEDS_OWN_KEY:
        os.environ["SECRET_KEY"] = local_secret_key()
