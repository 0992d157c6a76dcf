"""Floor 5. What a container's health check asks: `python -m ticker.health web` (or `worker`).

It imports nothing of Django, so that asking often costs little.
"""

import asyncio
import os
import sys
import urllib.request

from redis.exceptions import RedisError

from feeds.redis_hosts import client_of, host_of, split_urls
from feeds.wire import CONTROL_GROUP

LAYER_PREFIX = "ticker"  # the channel layer's, as in settings
HEARTBEAT = 6.0  # seconds; a worker says what it serves every 2
NEAR = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104  compared, not bound


def answers(url: str, host: str) -> bool:
    """Tell whether a page answers 200 to somebody who calls its host `host`."""
    request = urllib.request.Request(url, headers={"Host": host})  # noqa: S310  the URL is ours
    try:
        with urllib.request.urlopen(request, timeout=4) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError as error:  # an HTTPError is one too
        print(error, file=sys.stderr)
        return False


async def heard(url: str) -> bool:
    """Return True when a worker's heartbeat passes through a server. Raises RedisError, OSError."""
    client = client_of(host_of(url), HEARTBEAT)
    async with client.pubsub() as line:
        await line.subscribe(f"{LAYER_PREFIX}__group__{CONTROL_GROUP}")
        async for message in line.listen():
            if message["type"] == "message":
                return True
    return False


async def worker(urls: list[str], seconds: float = HEARTBEAT) -> bool:
    """Tell whether a worker's heartbeat passes through one of the servers within `seconds`."""
    listening = [asyncio.create_task(heard(url)) for url in urls]
    try:
        for each in asyncio.as_completed(listening, timeout=seconds):
            try:
                if await each:
                    return True
            except (RedisError, OSError) as error:
                print(error or type(error).__name__, file=sys.stderr)
    finally:
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
    print(f"no worker was heard in {seconds:g} s", file=sys.stderr)
    return False


def main(which: str) -> int:
    """Return 0 when healthy, else 1."""
    if which == "web":
        host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".").replace("*", "localhost")
        return (
            0
            if answers(f"http://127.0.0.1:{os.environ.get('WEB_PORT', 8000)}/readyz", host or "localhost")
            else 1
        )
    if port := os.environ.get(
        "METRICS_PORT", ""
    ).strip():  # this worker itself: by Redis another may be heard
        own = os.environ.get("METRICS_HOST", "").strip()
        return 0 if answers(f"http://{NEAR.get(own, own)}:{port}/readyz", "localhost") else 1
    return 0 if asyncio.run(worker(split_urls(os.environ["REDIS_URL"]))) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
