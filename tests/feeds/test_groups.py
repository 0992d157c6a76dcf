"""On which of several servers a group lies: as channels_redis itself reckons it."""

import pytest
from channels_redis.core import RedisChannelLayer
from channels_redis.pubsub import RedisPubSubLoopLayer

from feeds import wire
from feeds.groups import LAYER_PREFIX, MOST_SERVERS

FIRST = (wire.CONTROL_GROUP, wire.WORKERS_GROUP, wire.SESSIONS_GROUP, wire.READY_GROUP, wire.reply_group())


def pubsub(servers: int, group: str) -> int:
    layer = RedisPubSubLoopLayer(
        hosts=[f"redis://h{number}" for number in range(servers)], prefix=LAYER_PREFIX
    )
    return layer._shards.index(layer._get_shard(layer._get_group_channel_name(group)))


@pytest.mark.parametrize("servers", (1, 2, 3, 4, 8))
def test_the_market_groups_spread_over_all_servers(servers):
    layer = RedisChannelLayer(hosts=[f"redis://h{number}" for number in range(servers)])
    for where in (lambda group: pubsub(servers, group), layer.consistent_hash):
        loads = [0] * servers
        for group in wire.MARKET_GROUPS:
            loads[where(group)] += 1
        assert max(loads) <= -(-wire.SHARDS // servers) and min(loads) > 0


@pytest.mark.parametrize("servers", range(1, MOST_SERVERS + 1))
def test_all_else_lies_on_the_first(servers):
    assert {pubsub(servers, group) for group in FIRST} == {0}


def test_no_two_hubs_are_answered_in_one_group():
    replies = {wire.reply_group() for _ in range(50)}
    assert len(replies) == 50 and all(reply.startswith(wire.HUB) for reply in replies)
