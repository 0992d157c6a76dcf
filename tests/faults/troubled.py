"""The program's settings for a worker that gets into trouble when told to: SIGUSR1 makes it do what the file
named by `TROUBLE` says."""

import asyncio
import os
import signal
import time
from pathlib import Path

from ticker.settings import *  # noqa: F403


def block(seconds: str) -> None:
    """Let the event loop stand still."""
    time.sleep(float(seconds))


def stumble(venue: str) -> None:
    """Have what handles a venue's next frame raise something that nobody expects."""
    from feeds.worker import engine

    feed = engine().feeds[venue]
    hear = feed.hear

    def raising(*_: object) -> None:
        feed.hear = hear
        raise RuntimeError("made to stumble")

    feed.hear = raising


def deafen(name: str) -> None:
    """End a coroutine of the worker's, as if by itself."""
    [task] = [each for each in asyncio.all_tasks() if each.get_coro().__qualname__ == name]
    task.cancel()


def despair(seconds: str) -> None:
    """Have it give up sooner without its Redis and its database."""
    from feeds import watchdog

    watchdog.HOPELESS = float(seconds)


TROUBLES = {each.__name__: each for each in (block, stumble, deafen, despair)}


def make_trouble(*_: object) -> None:
    name, _, about = Path(os.environ["TROUBLE"]).read_text().partition(" ")
    TROUBLES[name](about)


signal.signal(signal.SIGUSR1, make_trouble)
