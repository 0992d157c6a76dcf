"""V6 and V15 to V17: what a venue says twice, too late, or wrong, and lines that end by their age; all bars
and all trades are the truth's in the end."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

import pytest
import pytest_asyncio

from feeds.clock import wall
from feeds.engine import Engine
from feeds.store import BarStore
from feeds.stream import JITTER
from feeds.venues.base import Notice
from feeds.venues.binance import Binance
from feeds.venues.bitstamp import Bitstamp
from feeds.venues.coinbase import Coinbase
from tests.faults.checker import assert_none, bars_of, i3_all_agree, i7_bars_are_true
from tests.faults.conftest import BTC, ETH, live
from tests.faults.venue import BAD_PRICES, FaultyCoinbase
from tests.integration.client import Client
from tests.integration.played import Desk, Recorder, Store
from tests.support import wait_for

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="module")]
STACK = {"SIM_RATE": "10", "rate": 40.0}
RUN = 4_000  # ms that a fault lasts


async def bars(stack, symbol: str, interval: str = "1s") -> dict[str, Any]:
    """Return what GET /api/bars tells."""
    answer = await stack.webs[0].get(f"/api/bars?symbol={symbol}&interval={interval}&limit=60")
    return cast(dict[str, Any], answer.json())


async def run_for(milliseconds: int) -> tuple[int, int]:
    """Let whole seconds pass; return the first and the end of them."""
    since = wall() // 1000 * 1000 + 1000
    await asyncio.sleep((since + milliseconds + 50 - wall()) / 1000)
    return since, since + milliseconds


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def _ticking(stack, page) -> AsyncIterator[None]:
    """Have the venue tick again after each test, whatever it was told, before the page wants prices."""
    yield
    stack.venue.ticking(STACK["rate"])


@pytest.mark.parametrize(("fault", "share"), [("dup", 0.3), ("swap", 0.3)])
async def test_what_comes_twice_or_late_counts_once(stack, page, fault, share, figure):  # V15, V16
    async with Client(stack.webs[0]) as client:  # notes a trade that is told twice
        await client.subscribe(BTC, ETH, streams=("quote", "trades", "bars:1s"))
        await run_for(1_000)
        getattr(stack.venue, fault)(share)
        since, until = await run_for(RUN)
        stack.venue.well()
        stack.venue.ticking(0)
        told = stack.venue.told(BTC)
        last = max(each for each in told if each.time < until).id
        await client.wait_for(lambda: last in client.trades[BTC], what="the last trade")
        missing = {each.id for each in told if since <= each.time < until} - client.trades[BTC].keys()
        assert_none(await i3_all_agree(stack, [page], [BTC, ETH]))

        async def wrong() -> list[str]:
            return i7_bars_are_true(await bars(stack, BTC), told, since, until)

        async def right() -> bool:
            return not await wrong()

        with suppress(AssertionError):
            await wait_for(right, 5, "bars that are true")
        assert_none(await wrong())
        rows = [row for row in (await bars(stack, BTC))["bars"] if since <= row[0] < until]
        figure(f"{len(stack.venue.trades)} told, {len(missing)} missing; {len(rows)} bars are the truth's")
        assert missing == set()
        assert [row[0] for row in rows] == [at for at in sorted(bars_of(told, "1s")) if since <= at < until]
        times = [each.time for each in page.seen if each.symbol == BTC and each.time is not None]
        assert times == sorted(times)


async def test_a_price_that_is_none_is_rejected_and_counted(stack, page, figure):  # V17
    errors, connects = (await stack.venue_status())["errors"], stack.venue.connects
    for price in BAD_PRICES[:2]:  # two frames each; from the sixth within 10 s on it would be another line
        await stack.venue.bad_price("BTC-USD", price)
    await live(page, since=time.monotonic())

    async def counted() -> bool:
        return bool((await stack.venue_status())["errors"] >= errors + 4)

    await wait_for(counted, 5, "four errors")
    assert stack.venue.connects == connects
    figure("4 frames, 4 errors, the line kept")


async def test_no_wrong_price_is_a_price():  # V17
    """As a frame of the venue each is an error, and what else the frame says has no price."""
    told = {"type": "match", "trade_id": 7, "side": "buy", "size": "1", "product_id": "BTC-USD"}
    for price in BAD_PRICES:
        frame = json.dumps(told | {"price": price, "time": "2026-01-01T00:00:00Z"})
        [event] = Coinbase().parse(frame, wall())
        assert isinstance(event, Notice) and event.kind == "bad" and event.reason, price


# --------------------------------------------------------------------------- lines that end by their age
@asynccontextmanager
async def desk_at(venue: FaultyCoinbase, **facts: Any) -> AsyncIterator[Desk]:
    """Give an engine at a venue whose facts are others; without its history, so without a database."""
    kind = type("Coinbase", (Coinbase,), {"bar_rows": {}, "connect_every": 0.05} | facts)
    said, store = Recorder(), Store()
    origins = {"COINBASE": venue.ws_url}, {"COINBASE": venue.rest_url}
    engine = Engine({"COINBASE": kind()}, said, cast(BarStore, store), (), *origins)
    running = asyncio.create_task(engine.run())
    try:
        yield Desk(engine, said, store, cast(Any, None))
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_lines_that_are_replaced_by_their_age_lose_no_trade(figure):  # V6
    async with FaultyCoinbase(ticking=True, rate=80.0) as venue, desk_at(venue, handover_after=0.5) as desk:
        desk.watch(BTC)
        await wait_for(lambda: venue.connects >= 6, 20, "five lines after the first")
        venue.ticking(0)
        last = venue.told(BTC)[-1].id
        await wait_for(lambda: desk.said.trades(BTC)[-1].id == last, what="the last trade")
        ids = [trade.id for trade in desk.said.trades(BTC) if not trade.recap]
        figure(f"{venue.connects} lines, {len(ids)} trades")
        assert ids == [told.id for told in venue.told(BTC) if int(told.id) >= int(ids[0])]
        assert desk.feed.reconnects == 0


async def test_a_line_is_replaced_well_before_the_venue_would_cut_it():  # V6
    """Binance cuts each line after 24 h, Bitstamp after 90 days; ours are replaced within ten minutes of a
    fixed time of their own, or some hours, and always before."""
    assert Binance.handover_after is not None and Bitstamp.handover_after is not None
    assert Binance.handover_after * (1 + JITTER) <= 24 * 3600 - 15 * 60
    assert 2 * Binance.handover_after * JITTER <= 20 * 60
    assert Bitstamp.handover_after * (1 + JITTER) <= 90 * 86_400 - 3600
