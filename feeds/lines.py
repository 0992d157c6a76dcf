"""Floor 3. A session of a venue that streams over a long HTTP answer, a message a line."""

import time

from feeds.clock import wall
from feeds.feed import Feed
from feeds.leg import watch
from feeds.together import first_of
from feeds.transport import own_url


async def lines(feed: Feed) -> None:
    """Run one session; returns when other symbols are wanted, since those need another request. Raises
    FeedError when the answer ends, or is silent for too long."""
    venue = feed.venue
    revision = feed.revision
    natives = [venue.learn(symbol) for symbol in sorted(feed.served)]
    login = venue.login()
    session = venue.read_login((await feed.rest.get(login)).body) if login else ""
    feed.last_life = time.monotonic()
    await first_of(read(feed, natives, session), watch(feed), feed.changed_after(revision))


async def read(feed: Feed, natives: list[str], session: str) -> None:
    """Hand every line to the venue's parser and on."""
    request = feed.venue.lines(natives, session)
    if request is None:
        return
    if feed.tap:
        feed.tap("open", own_url(feed.venue, request), "")
    async for line in feed.rest.lines(request):
        received = wall()
        if feed.tap:
            feed.tap("recv", "", line)
        feed.hear(feed.venue.parse(line, received), received)
