"""Floor 4. The channel layer that we run on: the pub/sub one of channels_redis, whose sending doesn't queue.

Its own has each message wait until the one before was answered for: over a line of 200 ms five a second get
out. Who needs an order between two messages waits for the first.
"""

import asyncio
from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer, RedisPubSubLoopLayer, RedisSingleShardConnection

from feeds.redis_hosts import refusal


class Shard(RedisSingleShardConnection):
    """One server: each message goes out over a connection of the pool at once."""

    async def publish(self, channel: str, message: bytes) -> None:
        """Send a message; returns when the server has it."""
        self._ensure_redis()
        await self._redis.publish(channel, message)


class PubSubLayer(RedisPubSubChannelLayer):
    """`channels_redis.pubsub.RedisPubSubChannelLayer` in all else."""

    def _get_layer(self) -> RedisPubSubLoopLayer:
        known: dict[Any, RedisPubSubLoopLayer] = self._layers
        new = asyncio.get_running_loop() not in known
        layer = super()._get_layer()
        if new:
            layer._shards = [Shard(shard.host, layer) for shard in layer._shards]
        return layer

    async def refusal(self) -> str:
        """Return in what words a server refuses us now, "" when none does. (A message that is sent doesn't
        tell: where a login fails redis-py waits for an answer that never comes.)"""
        return await refusal([shard.host for shard in self._get_layer()._shards])
