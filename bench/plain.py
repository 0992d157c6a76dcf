"""Our ASGI application without the short way to a socket under Daphne."""

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter

from ticker.asgi import http_application  # isort: skip  it sets Django up

from dashboard.origin import SameOriginValidator
from dashboard.routing import websocket_urlpatterns

sockets = SameOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns)))
application = ProtocolTypeRouter({"http": http_application, "websocket": sockets})
