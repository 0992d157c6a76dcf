"""What is wanted of the worker is what is read or was lately looked at, however much strangers look at."""

import asyncio
from types import SimpleNamespace
from typing import Any

from dashboard.interest import LEFT, LINGER, LOOKS, Interest
from dashboard.mirror import Mirror
from dashboard.session import Session
from dashboard.wants import Wants

QUOTE = frozenset({"quote"})
TRADES = frozenset({"quote", "trades"})


def test_a_look_lasts_a_minute_and_keeps_all_its_streams() -> None:
    interest = Interest()
    interest.look("SIM:A", TRADES, 0.0)
    interest.look("SIM:A", QUOTE, 30.0)
    assert interest.demand(LINGER) == {"SIM:A": set(TRADES)}
    assert interest.demand(30.0 + LINGER) == {}


def test_who_looks_at_everything_has_the_newest_looks_served_and_takes_nothing_from_readers() -> None:
    interest, session = Interest(), Session()
    session.subscribe("SIM:READ", TRADES)
    interest.read("SIM:READ", session)
    for number in range(LOOKS):
        interest.look(f"SIM:{number}", QUOTE, 0.0)
    interest.look("SIM:0", QUOTE, 1.0)
    for number in range(10):
        interest.look(f"SIM:NEW{number}", QUOTE, 1.0)
    demand = interest.demand(1.0)
    assert len(demand) == LOOKS + 1 and demand["SIM:READ"] == TRADES
    assert "SIM:0" in demand and "SIM:10" not in demand and "SIM:NEW9" in demand


async def test_who_waits_for_a_symbol_that_was_dropped_leaves_nothing_behind() -> None:
    mirror = Mirror(None)  # type: ignore[arg-type]
    assert not await mirror.heard("SIM:A", lambda: False, 0.0)
    assert not mirror._heard
    mirror.hold("SIM:B")
    assert await mirror.heard("SIM:B", lambda: True, 0.0)


def test_of_those_that_were_left_the_last_ones_linger() -> None:
    interest, session = Interest(), Session()
    for number in range(LEFT + 1):
        interest.read(f"SIM:{number}", session)
        interest.unread(f"SIM:{number}", session, 0.0)
    assert not interest.lingers("SIM:0", 1.0)
    assert interest.lingers("SIM:1", 1.0) and interest.lingers(f"SIM:{LEFT}", 1.0)


async def test_who_comes_and_goes_leaves_no_question_behind() -> None:
    async def say(said: Any) -> None:
        pass

    uplink: Any = SimpleNamespace(renew_in=lambda: 0.0, ask=say, watch=say, unwatch=say)
    interest = Interest()
    wants = Wants(interest, Mirror(None), uplink)  # type: ignore[arg-type]
    wants._asked = {"SIM:GONE": 0.0}
    interest.look("SIM:NEW", QUOTE, asyncio.get_running_loop().time())
    await wants.turn()
    assert wants._asked.keys() == {"SIM:NEW"}


async def test_a_stream_that_is_wanted_again_is_asked_for_again() -> None:
    """What is held of it is as old as the wish that ended: a tape would begin with minutes-old trades."""
    asked: list[str] = []

    async def say(said: Any) -> None:
        pass

    async def ask(symbols: list[str]) -> None:
        asked.extend(symbols)

    uplink: Any = SimpleNamespace(renew_in=lambda: 0.0, ask=ask, watch=say, unwatch=say)
    interest, mirror, session = Interest(), Mirror(None), Session()  # type: ignore[arg-type]
    wants = Wants(interest, mirror, uplink)
    both = QUOTE | {"trades"}
    session.subscribe("SIM:A", both)
    interest.read("SIM:A", session)
    held = mirror.hold("SIM:A")
    held.known, held.streams = True, both
    await wants.turn()
    assert held.has(both) and not asked
    session.unsubscribe("SIM:A", frozenset({"trades"}))
    await wants.turn()
    assert held.has(QUOTE) and not held.has(both)
    session.subscribe("SIM:A", both)
    await wants.turn()
    assert asked == ["SIM:A"]
