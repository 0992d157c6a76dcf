"""Floor 5. The kinds of value an environment variable may have, each read and refused in one function."""

from collections.abc import Callable, Mapping
from ipaddress import ip_address
from pathlib import Path
from re import compile as pattern
from urllib.parse import SplitResult, parse_qsl, urlsplit

from feeds.errors import BadSymbol
from feeds.redis_hosts import BadRedisUrl, host_of, split_urls
from feeds.symbols import legs_of, parse_symbol, shown, venue_of

Environ = Mapping[str, str]
HOST_NAME = pattern(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?")
ON = ("1", "true", "yes", "on")
CERTIFICATES = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")
OFF = ("0", "false", "no", "off", "")


class EnvError(ValueError):
    """A variable that can't be meant so: one line that names it, what was given, and what it takes."""

    def __init__(self, name: str, given: str, takes: str) -> None:
        super().__init__(f"{name}: {given}; it takes {takes}")


def value(environ: Environ, name: str) -> str:
    """Return a variable without blanks round it; unset and empty are the same."""
    return environ.get(name, "").strip()


def listed(environ: Environ, name: str) -> list[str]:
    """Return the parts of a comma separated variable."""
    return [part.strip() for part in value(environ, name).split(",") if part.strip()]


def each(environ: Environ, name: str, check: Callable[[str, str], str]) -> tuple[str, ...]:
    """Return the parts of a comma separated variable, each once and through `check(name, part)`."""
    return tuple(dict.fromkeys(check(name, part) for part in listed(environ, name)))


def switch(environ: Environ, name: str) -> bool:
    """Return a variable that is on or off; unset is off."""
    text = value(environ, name).lower()
    if text not in (*ON, *OFF):
        raise EnvError(name, f"{shown(text)} is neither on nor off", "1 or 0")
    return text in ON


def whole_number(environ: Environ, name: str, unset: int, low: int, high: int) -> int:
    """Return an integer of a range, both ends included."""
    text = value(environ, name) or str(unset)
    plain = text.isascii() and text.removeprefix("-").isdigit() and len(text) < 32
    if not plain or not low <= int(text) <= high:
        raise EnvError(name, f"{shown(text)} is not one", f"a whole number from {low} to {high}")
    return int(text)


def other_port(environ: Environ, name: str, taken: int) -> int | None:
    """Return a TCP port that is not `taken`, None when unset."""
    if not value(environ, name):
        return None
    port = whole_number(environ, name, 0, 1, 65_535)
    if port == taken:
        raise EnvError(name, f"{port} is where the web listens", "another port")
    return port


def positive_number(environ: Environ, name: str, unset: float, high: float) -> float:
    """Return a float above zero, `high` at the most."""
    text = value(environ, name) or str(unset)
    takes = f"a number above 0, at most {high:g}"
    try:
        result = float(text)
    except ValueError:
        raise EnvError(name, f"{shown(text)} is no number", takes) from None
    if not 0 < result <= high:  # a NaN is refused here too
        raise EnvError(name, f"{shown(text)} is out of range", takes)
    return result


def recording(environ: Environ, name: str) -> Path:
    """Return the file of a recorded session."""
    path = Path(value(environ, name)).expanduser().absolute()
    if not path.is_file():
        raise EnvError(
            name,
            f"there is no file {shown(path.name)}",
            "a recorded session, *.frames.jsonl or *.frames.jsonl.gz",
        )
    return path


def speed(environ: Environ, name: str) -> float | None:
    """Return how many times faster than it was a recording is played, 1 when unset, None for "max"."""
    text = value(environ, name) or "1"
    try:
        result = None if text.lower() == "max" else float(text)
    except ValueError:
        result = 0.0
    if result is not None and not 1 <= result <= 100:
        raise EnvError(name, f"{shown(text)} is no speed", "a number from 1 to 100, or max")
    return result


def token(environ: Environ, name: str) -> str:
    """Return a secret that is sent in a header, empty when there is none; it is not repeated in the error."""
    text = value(environ, name)
    if not all("!" <= letter <= "~" for letter in text):
        raise EnvError(name, "not fit for a header", "letters, digits and signs of ASCII without blanks")
    return text


def host(name: str, text: str) -> str:
    """Return an address or name to listen on, IPv6 without brackets."""
    plain = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    if is_address(plain) or HOST_NAME.fullmatch(plain):
        return plain
    raise EnvError(name, f"{shown(text)} is no address", "an IP address or a host name, like 127.0.0.1")


def is_address(text: str) -> bool:
    """Tell whether a text is an IP address."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def is_loopback(name: str) -> bool:
    """Tell whether a host can only be this machine."""
    return name == "localhost" or (is_address(name) and ip_address(name).is_loopback)


def split(name: str, text: str, takes: str) -> SplitResult:
    """Return the parts of a URL; it is not repeated in the error, for it may hold a password."""
    try:
        parts = urlsplit(text)
        if parts.port == 0:
            raise ValueError("port 0")
    except ValueError:
        raise EnvError(name, "not a URL", takes) from None
    return parts


def origin(name: str, text: str) -> str:
    """Return a web origin: scheme and host, perhaps a port, nothing after it."""
    takes = "origins like https://ticker.example, comma separated"
    parts = split(name, text, takes)
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or text != f"{parts.scheme}://{parts.netloc}"
    ):
        raise EnvError(name, f"{shown(text)} is no origin", takes)
    return text


def redis_urls(environ: Environ, name: str) -> tuple[str, ...]:
    """Return the URLs of Redis or Valkey servers, a shard each; `feeds/redis_hosts.py` says what they are."""
    takes = (
        "redis://host:port, rediss://host:port, unix:///path or redis+sentinel://host:port,host/service; "
        "several are comma separated"
    )
    urls = tuple(dict.fromkeys(split_urls(value(environ, name))))
    for url in urls:
        try:
            host_of(url)
        except BadRedisUrl as error:
            raise EnvError(name, str(error), takes) from None
        for option, path in parse_qsl(urlsplit(url).query):
            if option in CERTIFICATES and not Path(path).is_file():
                raise EnvError(name, f"{option}: there is no file {shown(Path(path).name)}", takes)
    return urls


def one_of(environ: Environ, name: str, *choices: str) -> str:
    """Return one of some words, the first when unset."""
    text = value(environ, name).lower() or choices[0]
    if text not in choices:
        raise EnvError(name, f"{shown(text)} is none of them", " or ".join(choices))
    return text


def database_url(environ: Environ, name: str) -> str:
    """Return the URL of the database, empty when none is named."""
    text = value(environ, name)
    takes = "postgres://user:password@host/name, or sqlite:///path"
    parts = split(name, text, takes)
    if text and (parts.scheme not in ("postgres", "postgresql", "sqlite") or not parts.path.strip("/")):
        raise EnvError(name, f"{shown(parts.scheme or 'no scheme')} leads to no database we know", takes)
    return text


def venue_names(
    environ: Environ, name: str, registry: tuple[str, ...], usual: tuple[str, ...]
) -> tuple[str, ...]:
    """Return venues, each once, in the order given; the `usual` ones when none is named."""

    def known(name: str, text: str) -> str:
        if text.upper() not in registry:
            raise EnvError(name, f"{shown(text)} is no venue", f"some of {','.join(registry)}")
        return text.upper()

    return each(environ, name, known) or usual


def symbols(environ: Environ, name: str, venues: tuple[str, ...]) -> tuple[str, ...]:
    """Return canonical symbols, each of a venue that is on."""
    takes = f"symbols like COINBASE:BTC-USD of the venues that are on ({','.join(venues)}), comma separated"

    def watchable(name: str, text: str) -> str:
        try:
            symbol = parse_symbol(text)
        except BadSymbol as error:
            raise EnvError(name, str(error), takes) from None
        for leg in legs_of(symbol):
            if venue_of(leg) not in venues:
                raise EnvError(name, f"{leg} is of a venue that is not on", takes)
        return symbol

    return each(environ, name, watchable)


def venue_urls(
    environ: Environ, suffix: str, schemes: tuple[str, str], registry: tuple[str, ...]
) -> dict[str, str]:
    """Return the hosts to use instead of the venues' own: venue → scheme, host and port."""
    known = {f"VENUE_{venue.replace('.', '_')}_{suffix}": venue for venue in registry}
    given = [name for name in environ if name.startswith("VENUE_") and name.endswith(f"_{suffix}")]
    for name in given:
        if name not in known:  # a slip of the pen would reach the real venue unnoticed
            raise EnvError(name, "there is no such venue", f"the form of {', '.join(known)}")
    return {known[name]: venue_url(name, text, schemes) for name in given if (text := value(environ, name))}


def venue_keys(environ: Environ, suffix: str, registry: tuple[str, ...]) -> dict[str, str]:
    """Return what the venues gave their user to log in with: venue → key or secret."""
    known = {f"VENUE_{venue.replace('.', '_')}_{suffix}": venue for venue in registry}
    given = [name for name in environ if name.startswith("VENUE_") and name.endswith(f"_{suffix}")]
    for name in given:
        if name not in known:
            raise EnvError(name, "there is no such venue", f"the form of {', '.join(known)}")
    return {known[name]: text for name in given if (text := value(environ, name))}


def venue_url(name: str, text: str, schemes: tuple[str, str]) -> str:
    """Return scheme, host and port; the plain one of the two `schemes` is for this machine only."""
    secure, plain = schemes
    takes = f"{secure}://host:port with nothing after it ({plain}:// only for a loopback address)"
    parts = split(name, text, takes)
    if parts.scheme not in schemes or not parts.hostname or parts.username is not None:
        raise EnvError(name, f"{shown(text)} is no such URL", takes)
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise EnvError(name, f"{shown(text)} has more than scheme, host and port", takes)
    if parts.scheme == plain and not is_loopback(parts.hostname):
        raise EnvError(name, f"{plain}://{shown(parts.hostname)} is not this machine", takes)
    return f"{parts.scheme}://{parts.netloc}"
