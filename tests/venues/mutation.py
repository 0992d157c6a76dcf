"""Frames gone wrong: one part of a good message replaced by anything, taken out, or cut off."""

import json
from typing import Any

from hypothesis import strategies as st

from feeds.market import Cancel, Quote, Trade, is_price, is_size
from feeds.venues.base import Event, Notice

nonsense = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(
        ["0.-10000", "", "-1", "NaN", "1e400", "0001-01-01T00:00:00.000000Z", "9" * 400, 2**64, -(2**70)]
    ),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=4), st.integers(), max_size=3),
)


def paths(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to every part of a message."""
    if isinstance(value, dict):
        return [here, *(path for key, part in value.items() for path in paths(part, (*here, key)))]
    if isinstance(value, list):
        return [here, *(path for index, part in enumerate(value) for path in paths(part, (*here, index)))]
    return [here]


def changed(value: Any, path: tuple[Any, ...], new: Any, gone: bool) -> Any:
    if not path:
        return new
    copy = value.copy()
    if gone and len(path) == 1:
        del copy[path[0]]
    else:
        copy[path[0]] = changed(value[path[0]], path[1:], new, gone)
    return copy


@st.composite
def mutations(draw: st.DrawFn, messages: list[Any]) -> str:
    """Draw the text of a message with one to three things wrong with it."""
    message = draw(st.sampled_from(messages))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(paths(message)))
        message = changed(message, path, draw(nonsense), draw(st.booleans()))
    text = json.dumps(message)
    return text[: draw(st.integers(0, len(text)))] if draw(st.integers(0, 9)) == 0 else text


def assert_believable(events: list[Event]) -> None:
    """Check that whatever was made of a frame holds no number that can't be."""
    for event in events:
        assert isinstance(event, (Quote, Trade, Notice, Cancel))
        if isinstance(event, Cancel):
            assert event.id
            event = event.instead
        if isinstance(event, Trade):
            assert is_price(event.price) and is_size(event.size) and 0 < event.time < 2**63
        if isinstance(event, Quote):
            prices = (event.last, event.bid, event.ask, event.open, event.high, event.low)
            assert all(value is None or is_price(value) for value in prices)
            assert all(
                value is None or is_size(value) for value in (event.size, event.bid_size, event.volume)
            )
            assert event.time is None or 0 < event.time < 2**63
        if isinstance(event, Notice) and event.kind in ("bad", "refused"):
            assert event.reason
