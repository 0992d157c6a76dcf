"""Floor 4. The channel that the feed worker listens on."""

from feeds.consumers import FeedConsumer
from feeds.wire import FEEDS_CHANNEL

channel_consumers = {FEEDS_CHANNEL: FeedConsumer.as_asgi()}
