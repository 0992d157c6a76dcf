"""Floor 5. What a container's health check asks: `python -m ticker.health web` (or `worker`).

It imports nothing of Django, so that asking often costs little.
"""

import asyncio
import os
import sys
import urllib.request

from redis.asyncio import Redis
from redis.exceptions import RedisError

from feeds.groups import in_redis
from feeds.lease import PREFIX, TTL
from feeds.redis_hosts import client_of, host_of, split_urls
from feeds.wire import CONTROL_GROUP

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


async def worker(url: str, layer: str) -> bool:
    """Tell whether a worker is heard of by the server that carries their words (the first of several), within
    `HEARTBEAT` s: by what it says of itself; in the core layer, whose queues are others', by its lease."""
    client = client_of(host_of(url), HEARTBEAT)
    try:
        async with asyncio.timeout(HEARTBEAT), client:
            await (turn(client) if layer == "core" else word(client))
        return True
    except TimeoutError:
        print(f"no worker was heard in {HEARTBEAT:g} s", file=sys.stderr)
    except (RedisError, OSError) as error:
        print(error or type(error).__name__, file=sys.stderr)
    return False


async def word(client: Redis) -> None:
    """Return when a worker's heartbeat passes through the pub/sub layer."""
    async with client.pubsub() as line:
        await line.subscribe(in_redis(CONTROL_GROUP))
        async for message in line.listen():
            if message["type"] == "message":
                return


async def turn(client: Redis) -> None:
    """Return when a worker has had its turn at the leases lately."""
    while True:
        seconds, micros = await client.time()
        if await client.zcount(f"{PREFIX}:workers", seconds * 1000 + micros // 1000 - TTL * 1000, "+inf"):
            return
        await asyncio.sleep(0.2)


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
    layer = os.environ.get("CHANNEL_LAYER", "").strip().lower()
    return 0 if asyncio.run(worker(split_urls(os.environ["REDIS_URL"])[0], layer)) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
