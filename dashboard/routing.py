"""Floor 4. The WebSocket's path."""

from django.urls import path

from dashboard.consumers import MarketConsumer

websocket_urlpatterns = [path("ws/market/", MarketConsumer.as_asgi())]
