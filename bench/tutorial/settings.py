"""Django's settings for the yardstick: the tutorial's, without a database."""

import os

SECRET_KEY = "for-the-benchmark-only"  # noqa: S105
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["daphne", "channels", "django.contrib.auth", "django.contrib.contenttypes"]
INSTALLED_APPS += ["django.contrib.sessions"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
ASGI_APPLICATION = "bench.tutorial.asgi.application"
LAYERS = {
    "core": "channels_redis.core.RedisChannelLayer",
    "pubsub": "channels_redis.pubsub.RedisPubSubChannelLayer",
}
LAYER = os.environ.get("TUTORIAL_LAYER", "core")
ROOM = {"capacity": 1500} if LAYER == "core" else {}  # with the default of 100 it would drop ticks
# redis-py 8 would end each silent read after 5 s, and refuse a 101st connection when many sockets close at
# once; neither is part of the comparison.
HOST = {"address": os.environ["TUTORIAL_REDIS"], "socket_timeout": None, "max_connections": 2000}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": LAYERS[LAYER],
        "CONFIG": {"hosts": [HOST]} | ROOM,
    }
}
