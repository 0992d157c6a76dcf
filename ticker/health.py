"""Floor 5. What a container's health check asks: `python -m ticker.health web` (or `worker`).

It imports nothing of Django, so that asking often costs little.
"""

import os
import sys
import time
import urllib.request

import redis

from feeds.wire import CONTROL_GROUP

LAYER_PREFIX = "ticker"  # the channel layer's, as in settings
HEARTBEAT = 6.0  # seconds; a worker says what it serves every 2


def web(port: int, host: str) -> bool:
    """Tell whether /readyz answers 200 on this machine to somebody who calls it `host`."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/readyz", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=4) as answer:  # noqa: S310  the URL is ours
            return bool(answer.status == 200)
    except OSError as error:  # an HTTPError is one too
        print(error, file=sys.stderr)
        return False


def worker(urls: list[str], seconds: float = HEARTBEAT) -> bool:
    """Tell whether a worker's heartbeat passes through one of the servers within `seconds`."""
    end = time.monotonic() + seconds
    try:
        lines = [redis.Redis.from_url(url, socket_connect_timeout=3).pubsub() for url in urls]
        for line in lines:
            line.subscribe(f"{LAYER_PREFIX}__group__{CONTROL_GROUP}")
        while time.monotonic() < end:
            for line in lines:
                message = line.get_message(ignore_subscribe_messages=True, timeout=0.1)
                if message is not None:
                    return True
    except redis.RedisError as error:
        print(error, file=sys.stderr)
        return False
    print(f"no worker was heard in {seconds:g} s", file=sys.stderr)
    return False


def main(which: str) -> int:
    """Return 0 when healthy, else 1."""
    if which == "web":
        host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".").replace("*", "localhost")
        return 0 if web(int(os.environ.get("WEB_PORT", "8000")), host or "localhost") else 1
    return 0 if worker([url.strip() for url in os.environ["REDIS_URL"].split(",") if url.strip()]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
