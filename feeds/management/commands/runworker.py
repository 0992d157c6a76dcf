"""Floor 4. `manage.py runworker feeds`: the Channels command, with a worker that runs the venues."""

from typing import Any

from channels.management.commands import runworker
from channels.worker import Worker
from django.conf import settings
from django.core.management import CommandError

from feeds.redis_hosts import exit_when_refused
from feeds.wire import FEEDS_CHANNEL
from feeds.worker import FeedWorker


class Command(runworker.Command):
    """Runs the feed worker for the channel `feeds`; any other channels are served as Channels does."""

    help = "Runs the feed worker: manage.py runworker feeds"

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the worker until it is told to stop. Raises CommandError for a mixture of channels."""
        if FEEDS_CHANNEL in options["channels"] and len(options["channels"]) > 1:
            raise CommandError(f"run {FEEDS_CHANNEL} in a worker of its own")
        exit_when_refused(settings.REDIS_HOSTS)
        self.worker_class = FeedWorker if FEEDS_CHANNEL in options["channels"] else Worker
        super().handle(*args, **options)
