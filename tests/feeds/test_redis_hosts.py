"""Where Redis is: what the channel layer and a client of our own are told for each form of URL."""

import asyncio

import pytest
import redis
from channels_redis.utils import create_pool

from feeds.lease import PATIENCE
from feeds.redis_hosts import ASK, LAYER_OPTIONS, ONCE, BadRedisUrl, client_of, host_of, hosts_of, split_urls

FORMS = [
    "redis://h:1/2",
    "redis://:p@h",
    "rediss://u:p%2C@h:1?ssl_check_hostname=false",
    "unix:///run/v.sock",
    "redis+sentinel://a,b:1/main",
    "rediss+sentinel://u:p@a/main/3",
]


@pytest.mark.parametrize("url", FORMS[:4])
def test_a_plain_url_is_handed_on_and_is_read_in_silence(url):
    assert host_of(url) == LAYER_OPTIONS | {"address": url}
    assert LAYER_OPTIONS["socket_timeout"] is None


def test_sentinel_is_asked_for_its_master_with_its_own_password():
    url = "redis+sentinel://u:p%40@a,b:1,[::1]:2/main/3?sentinel_password=x"
    assert host_of(url) == LAYER_OPTIONS | {
        "sentinels": [("a", 26379), ("b", 1), ("::1", 2)],
        "master_name": "main",
        "sentinel_kwargs": {
            "socket_timeout": ASK,
            "socket_connect_timeout": ASK,
            "retry": ONCE,
            "password": "x",
        },
        "db": 3,
        "username": "u",
        "password": "p@",
    }


def test_sentinel_by_tls_is_asked_by_tls_too():
    host = host_of("rediss+sentinel://a/main?ssl_check_hostname=false")
    tls = {"ssl": True, "ssl_check_hostname": False}
    assert tls.items() <= host.items() and tls.items() <= host["sentinel_kwargs"].items()


@pytest.mark.parametrize("url", FORMS)
async def test_the_channel_layer_and_a_client_can_be_made_of_each_form(url):
    own = client_of(host_of(url), 2.0)
    for pool, wait in (create_pool(host_of(url)), None), (own.connection_pool, 2.0):
        connection = pool.make_connection()  # it takes every option that it is given
        assert connection.socket_timeout == wait


@pytest.mark.parametrize("through", ["client", "channel layer"])
async def test_a_sentinel_that_is_silent_or_gone_is_asked_once_and_the_next_one_in_time(through):
    asked, over = [], asyncio.Event()

    def sentinel(name, silent):
        async def serve(reader, writer):
            asked.append(name)
            await (over.wait() if silent else asyncio.sleep(0))
            writer.close()

        return asyncio.start_server(serve, "127.0.0.1")

    async with await sentinel("silent", True) as first, await sentinel("gone", False) as second:
        places = ",".join(f"127.0.0.1:{each.sockets[0].getsockname()[1]}" for each in (first, second))
        host = host_of(f"redis+sentinel://{places}/main")
        pool = client_of(host, 1.0).connection_pool if through == "client" else create_pool(host)
        with pytest.raises(redis.ConnectionError):
            await asyncio.wait_for(pool.get_master_address(), 60)
        over.set()
    assert asked == ["silent", "gone"] and 2 * ASK < PATIENCE


async def test_a_client_gives_up_at_the_first_error(tmp_path):
    client = client_of(host_of(f"unix://{tmp_path}/none.sock"), 1.0)
    with pytest.raises(redis.ConnectionError):
        await client.ping()
    assert client.get_retry().get_retries() == 0
    await client.aclose()


def test_the_list_of_urls_and_the_lists_in_them():
    text = " redis://a ,redis+sentinel://a:1, b:2/x,rediss://c,"
    assert split_urls(text) == ["redis://a", "redis+sentinel://a:1,b:2/x", "rediss://c"]
    assert split_urls("") == [] and hosts_of([]) == []


@pytest.mark.parametrize("url", ["", "redis://me:hunter2@", "tcp://:hunter2@h", "redis://:hunter2@h:hunter2"])
def test_what_leads_nowhere_is_said_without_the_password(url):
    with pytest.raises(BadRedisUrl) as refused:
        host_of(url)
    assert "hunter2" not in str(refused.value)
