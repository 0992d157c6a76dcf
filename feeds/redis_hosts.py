"""Floor 3. Where Redis or Valkey is: `REDIS_URL` read into what the channel layer takes for each shard.

    redis://[user:password@]host[:port][/db]            TCP
    rediss://…?ssl_ca_certs=/path/ca.pem                TLS
    unix:///path/to.sock                                a unix socket
    redis+sentinel://[user:password@]host[:port],host[:port]/service[/db]    whom Sentinel calls the master
    rediss+sentinel://…                                 the same by TLS, to the Sentinels as well

Several, comma separated, are shards: each group of the channel layer lives on one of them.
"""

import asyncio
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import redis.asyncio
import redis.asyncio.sentinel
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff, NoBackoff
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError

Host = dict[str, Any]

SCHEMES = ("redis", "rediss", "unix", "redis+sentinel", "rediss+sentinel")
TLS_OPTIONS = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_check_hostname")
SENTINEL_OPTIONS = ("sentinel_username", "sentinel_password")
SENTINEL_PORT = 26379
CONNECT = 3.0  # seconds that a connection may take
EXIT_CONFIG = 78  # of sysexits.h: a start with this configuration is in vain
PING = 1.0  # seconds that a server may take to say that it will have us
ASK = 0.4  # seconds that one Sentinel may take to answer; a lease's turn has to have asked the next one, too
ONCE = Retry(NoBackoff(), 0)
# redis-py 8 gives up a silent read after 5 s unless told; a subscriber reads in silence. Its own retries are
# up to 10 s apart, and a server that is back after a second is wanted back then.
LAYER_OPTIONS: Host = {
    "socket_timeout": None,
    "socket_connect_timeout": CONNECT,
    "health_check_interval": 10,
    "retry": Retry(ExponentialWithJitterBackoff(base=0.05, cap=0.3), 2),
}


class BadRedisUrl(ValueError):
    """A URL that leads to no server, in words that don't repeat it: it may hold a password."""


def split_urls(text: str) -> list[str]:
    """Return the URLs of a comma separated list, in which a Sentinel's own list of hosts has commas, too."""
    urls: list[str] = []
    for part in (each.strip() for each in text.split(",")):
        if "://" not in part and urls and "+sentinel://" in urls[-1]:
            urls[-1] += f",{part}"
        elif part:
            urls.append(part)
    return urls


def hosts_of(urls: Iterable[str]) -> list[Host]:
    """Return the channel layer's `hosts`, one for each URL. Raises BadRedisUrl."""
    return [host_of(url) for url in urls]


def host_of(url: str) -> Host:
    """Return the channel layer's words for one shard. Raises BadRedisUrl."""
    parts = _split(url)
    options = _options(parts)
    if parts.scheme.endswith("+sentinel"):
        return LAYER_OPTIONS | _by_sentinel(parts, options)
    if not (parts.path.strip("/") if parts.scheme == "unix" else _address(parts.netloc, 6379)[0]):
        raise BadRedisUrl(f"{parts.scheme}:// leads nowhere")
    if parts.scheme != "unix":
        _database(parts.path)
    return LAYER_OPTIONS | {"address": url}


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise BadRedisUrl("not a URL") from None
    if parts.scheme not in SCHEMES:
        raise BadRedisUrl(f"{parts.scheme[:20]!r} is not a scheme of Redis")
    if parts.fragment or any(letter <= " " for letter in url):
        raise BadRedisUrl("not a URL (a # or a blank in a password is written %23 or %20)")
    return parts


def _options(parts: SplitResult) -> Host:
    """Return what follows the `?`: of TLS and of Sentinel, and nothing else, for redis-py would take it for
    an option of the connection and fail at the first one."""
    allowed: tuple[str, ...] = TLS_OPTIONS if parts.scheme.startswith("rediss") else ()
    allowed += SENTINEL_OPTIONS if parts.scheme.endswith("+sentinel") else ()
    options: Host = dict(parse_qsl(parts.query, keep_blank_values=True))
    for name, text in options.items():
        if name not in allowed:
            raise BadRedisUrl(f"{name[:20]!r} is no option of {parts.scheme}://")
        if name == "ssl_check_hostname":
            if text not in ("true", "false"):
                raise BadRedisUrl("ssl_check_hostname is neither true nor false")
            options[name] = text == "true"
    return options


def _address(text: str, port: int) -> tuple[str, int]:
    """Return host and port of `[user:password@]host[:port]`."""
    try:
        place = urlsplit(f"//{text}")
        if place.port == 0 or "," in place.netloc.rpartition("@")[2]:
            raise ValueError(text)
        return place.hostname or "", place.port or port
    except ValueError:
        raise BadRedisUrl("its host and port can't be read") from None


def _database(path: str) -> int:
    text = path.strip("/")
    if text and not (text.isascii() and text.isdigit() and len(text) < 6):
        raise BadRedisUrl("what follows the host is not the number of a database")
    return int(text or 0)


def _by_sentinel(parts: SplitResult, options: Host) -> Host:
    login, _, places = parts.netloc.rpartition("@")
    sentinels = [_address(place, SENTINEL_PORT) for place in places.split(",")]
    service, _, database = parts.path.strip("/").partition("/")
    if not service or not all(host for host, _ in sentinels):
        raise BadRedisUrl("a Sentinel's URL needs hosts and the name of the service")
    user, _, password = login.partition(":")
    secure = {"ssl": True} if parts.scheme.startswith("rediss") else {}
    tls = secure | {name: value for name, value in options.items() if name in TLS_OPTIONS}
    asked = {name.removeprefix("sentinel_"): options[name] for name in SENTINEL_OPTIONS if name in options}
    known = {"username": unquote(user), "password": unquote(password)}
    return {
        "sentinels": sentinels,
        "master_name": unquote(service),
        "sentinel_kwargs": {
            "socket_timeout": ASK,
            "socket_connect_timeout": ASK,
            "retry": ONCE,
            **tls,
            **asked,
        },
        "db": _database(database),
        **{name: text for name, text in known.items() if text},
        **tls,
    }


def client_of(host: Host, timeout: float) -> redis.asyncio.Redis:
    """Return a client of one shard whose commands fail at the first error, or after `timeout` s each."""
    words = host | {"socket_timeout": timeout, "retry": ONCE}
    if "address" in words:
        return redis.asyncio.Redis.from_url(words.pop("address"), **words)
    sentinels, options = words.pop("sentinels"), words.pop("sentinel_kwargs")
    asked = redis.asyncio.sentinel.Sentinel(sentinels, sentinel_kwargs=options)
    return asked.master_for(words.pop("master_name"), **words)


def exit_when_refused(hosts: Iterable[Host]) -> None:
    """End the process with one line on stderr and 78 when a server is there and will not have us; one that
    isn't there may come."""
    with ThreadPoolExecutor(1) as apart:  # a loop may run in this thread
        why = apart.submit(asyncio.run, refusal(list(hosts))).result()
    if why:
        print(f"REDIS_URL: the server refuses us: {why}", file=sys.stderr)
        raise SystemExit(EXIT_CONFIG)


async def refusal(hosts: Iterable[Host]) -> str:
    """Return in what words a server refuses us, "" when none does."""
    for host in hosts:
        try:
            async with client_of(host, PING) as client:
                await client.ping()
        except (RedisError, OSError) as error:
            if is_refusal(error):
                return str(error)
    return ""


def is_refusal(error: Exception) -> bool:
    """Tell whether a server is there and will not have us; redis-py calls a login that failed a lost
    connection, of which that is the cause."""
    return any(isinstance(each, AuthenticationError | NoPermissionError) for each in (error, error.__cause__))
