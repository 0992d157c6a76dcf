"""What a feed makes of the words of its venue."""

from feeds.feed import Feed
from feeds.market import Quote
from feeds.venues.base import Notice, Venue

QUOTE = Quote(symbol="ODD:A-USD", received=1, last=1.0)
OPEN = Notice(kind="open")


class Odd(Venue):
    name = "ODD"
    title = "Odd"


def nothing(*_: object) -> None:
    return None


def test_maintenance_is_said_until_the_venue_is_open_again() -> None:  # fidelity 81
    feed = Feed(Odd(), nothing, nothing, nothing)
    feed.hear([QUOTE], 1)
    feed.hear([Notice(kind="maintenance", reason="post_only")], 2)
    feed.hear([QUOTE], 3)
    assert (feed.state, feed.reason) == ("live", "the venue says: post_only")
    feed.hear([OPEN], 4)
    assert (feed.state, feed.reason) == ("live", "")


def test_an_open_venue_takes_back_no_other_reason() -> None:
    feed = Feed(Odd(), nothing, nothing, nothing)
    feed.set_state("reconnecting", "connection lost")
    feed.hear([OPEN], 1)
    assert (feed.state, feed.reason) == ("reconnecting", "connection lost")
