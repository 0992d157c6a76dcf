"""Floor 5. The ASGI application: HTTP to Django, WebSocket and channel messages to their consumers."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticker.settings")

from django.conf import settings
from django.core.asgi import get_asgi_application

from feeds.redis_hosts import exit_when_refused
from ticker.env import exit_on_bad_environment

with exit_on_bad_environment():
    http_application = get_asgi_application()
    exit_when_refused(settings.REDIS_HOSTS)

from channels.auth import AuthMiddlewareStack
from channels.routing import ChannelNameRouter, ProtocolTypeRouter, URLRouter

from dashboard.origin import SameOriginValidator
from dashboard.routing import websocket_urlpatterns
from feeds.routing import channel_consumers
from ticker.doorstep import hurry
from ticker.files import Files
from ticker.shortcut import Shortcut

hurry()

application = ProtocolTypeRouter(
    {
        "http": Files(http_application),
        "websocket": Shortcut(SameOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns)))),
        "channel": ChannelNameRouter(channel_consumers),
    }
)
