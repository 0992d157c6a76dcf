"""R1 to R6, R9 and R11 to R13: what pages see while Redis is gone, hangs, forgets or cuts us off."""

import asyncio
import signal
import time

import pytest
import redis.asyncio
from channels_redis.pubsub import RedisPubSubChannelLayer

from feeds import wire
from tests.faults.checker import after_silence, assert_none, gaps, i4_bars_follow, i7_bars_are_true
from tests.faults.conftest import BTC, ETH, SIM, SYMBOLS, live, told
from tests.faults.fleet import Page
from tests.faults.stack import READY, Web
from tests.faults.wiretap import PREFIX, Wiretap
from tests.support import wait_for

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="module")]
STACK = {"SIM_RATE": "10"}
SLACK = 1.5  # seconds that a busy machine may add to any figure
KNOWN = 2.5  # seconds within which a loss is known: from the next sync
FRESH = 1.0  # seconds that the first message after an outage may be old
CONTROL = PREFIX + wire.CONTROL_GROUP


def admin(stack) -> redis.asyncio.Redis:
    """Return a line to the server that no proxy is on."""
    return redis.asyncio.Redis.from_url(stack.valkey.url)


async def whole(page, since: float, *symbols: str, timeout: float = 20.0) -> float:
    """Wait until each symbol was told whole after `since`; return when the last of them was."""

    def last() -> float:
        firsts = [
            next(
                (each.at for each in page.seen if each.whole and each.at > since and each.symbol == symbol),
                0.0,
            )
            for symbol in symbols or SYMBOLS
        ]
        return max(firsts) if all(firsts) else 0.0

    return float(await wait_for(last, timeout, "whole states"))


def oldest_after(page, since: float, until: float) -> float:
    """Return how old (s) the oldest price was that a page was told as live between two moments."""
    offset = time.time() - time.monotonic()
    seen = [each for each in page.seen if since < each.at < until and each.state == "live" and each.time]
    return max((each.at + offset - each.time / 1000 for each in seen), default=0.0)


async def bars(stack, symbol: str, seconds: int):
    """Return the newest 1s bars, as GET /api/bars has them."""
    return (await stack.webs[0].get(f"/api/bars?symbol={symbol}&interval=1s&limit={seconds}")).json()


async def bars_are_whole(stack, since: float, until: float) -> None:
    """The seconds of an outage (monotonic s) were stored, each of them, as the venue's trades make them."""
    offset = (time.time() - time.monotonic()) * 1000
    first, end = int(since * 1000 + offset) // 1000 * 1000 + 1000, int(until * 1000 + offset) // 1000 * 1000

    async def stored() -> bool:
        rows = (await bars(stack, BTC, 60))["bars"]
        return bool(rows) and rows[-1][0] >= end - 1000

    await wait_for(stored, 15, "the bars of an outage")
    body, told = await bars(stack, BTC, 60), stack.venue.told(BTC)
    rows = [row for row in body["bars"] if first <= row[0] < end]
    assert_none(i7_bars_are_true(body, told, first, end))
    assert_none(i4_bars_follow(rows, "1s", after_silence(rows, told)))


async def test_a_redis_that_restarts_closes_no_socket_and_every_symbol_is_told_whole(
    stack, page, figure
):  # R1
    began = time.monotonic()
    stack.valkey.stop()
    await asyncio.sleep(2.0)  # the outage of the row
    await asyncio.to_thread(stack.valkey.start)
    back = time.monotonic()
    again = await whole(page, back) - back
    figure(f"whole again after {again:.1f} s; longest silence {max(gaps(after(page, began - 1), BTC)):.1f} s")
    assert again <= KNOWN + SLACK and not page.ended


async def test_a_redis_that_is_gone_leaves_sockets_open_and_bars_whole(stack, page, figure):  # R2
    began = time.monotonic()
    stack.valkey.stop()
    stale = max([await told(page, venue, "stale", since=began) for venue in ("COINBASE", "SIM")])
    await asyncio.sleep(began + 8.0 - time.monotonic())  # every patience in it is over: longer is the same
    await asyncio.to_thread(stack.valkey.start)
    back = time.monotonic()
    again = await live(page, since=back) - back
    await bars_are_whole(stack, began, back)
    figure(f"called stale after {stale - began:.1f} s; live {again:.1f} s after the return")
    assert stale - began <= 6.0 + SLACK and again <= 3.0 + SLACK and not page.ended


async def test_a_redis_that_forgets_everything_loses_no_price(stack, page, figure):  # R3
    async with Wiretap(stack.valkey.url) as tap, admin(stack) as server:
        await wait_for(lambda: len(tap.heard) >= 10, what="prices")
        began = time.monotonic()
        await server.flushall()
        await asyncio.sleep(4.0)  # a lease that was forgotten would have run out
        silence = max(gaps(after(page, began), BTC))
        figure(f"longest silence after it {silence:.2f} s")
        assert len({each.epoch for each in tap.heard if each.symbol == BTC}) == 1
    for symbol in SYMBOLS:
        numbers = [each.seq for each in tap.heard if each.symbol == symbol]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert not page.ended and silence < 6.0


async def test_over_a_slow_line_prices_are_late_and_none_pile_up(stack, page, figure):  # R4
    await stack.links["worker"].add("latency", "up", ms=200)
    await asyncio.sleep(1.0)
    began = time.monotonic()
    await asyncio.sleep(4.0)
    ages = ages_of(page, began)
    figure(f"age p50 {ages[len(ages) // 2]:.2f} s, p99 {ages[int(len(ages) * 0.99)]:.2f} s")
    await stack.links["worker"].remove("latency")
    assert ages[int(len(ages) * 0.99)] <= 0.5 + SLACK and not page.ended


async def test_a_redis_that_hangs_is_given_up_and_nothing_stale_comes_after_it(stack, page, figure):  # R5
    lines = len(stack.workers[0].lines)
    began = time.monotonic()
    stack.valkey.process.send_signal(signal.SIGSTOP)
    try:
        await wait_for(lambda: said(stack, lines, "can't publish"), 15, "a publisher that gives up")
        given_up = time.monotonic() - began
        await asyncio.sleep(began + 6.5 - time.monotonic())  # as in R2
    finally:
        stack.valkey.process.send_signal(signal.SIGCONT)
    back = time.monotonic()
    again = await live(page, since=back)
    await live(page, since=again)
    oldest = oldest_after(page, back, time.monotonic())
    await bars_are_whole(stack, began, back)
    figure(
        f"given up after {given_up:.1f} s; live after {again - back:.1f} s, none older than {oldest:.2f} s"
    )
    assert given_up <= 5.0 + SLACK and oldest <= FRESH + SLACK and not page.ended


async def test_a_redis_that_pauses_holds_up_no_venue_and_nothing_stale_comes_after_it(
    stack, page, figure
):  # R6
    async with admin(stack) as server:
        began = time.monotonic()
        await server.client_pause(4000)
        again = await live(page, since=began + 4.0)
    await live(page, since=again)
    oldest = oldest_after(page, began + 0.5, time.monotonic())
    await bars_are_whole(stack, began, began + 4.0)
    figure(f"live {again - began - 4.0:.1f} s after the pause, none older than {oldest:.2f} s")
    assert again - began <= 4.0 + 3.0 + SLACK and oldest <= FRESH + SLACK and not page.ended


async def test_a_redis_without_memory_still_tells_prices(stack, page, figure):  # R9
    lines = len(stack.workers[0].lines)
    async with admin(stack) as server:
        await server.config_set("maxmemory", 1)
        try:
            began = time.monotonic()
            with pytest.raises(redis.exceptions.OutOfMemoryError):
                await server.set("more", "x")
            await asyncio.sleep(4.0)  # a lease that can't be renewed would have run out
            silence = max(gaps([*after(page, began)], BTC) + gaps(after(page, began), SIM))
        finally:
            await server.config_set("maxmemory", 0)
    figure(f"longest silence {silence:.2f} s")
    assert silence < 6.0 and not said(stack, lines, "leases not renewed") and not page.ended


async def test_a_web_that_is_cut_off_for_being_slow_is_told_all_anew(stack, page, figure):  # R12
    web, layer = stack.webs[0], RedisPubSubChannelLayer(hosts=[stack.valkey.url], prefix="ticker")
    much = layer.serialize({"type": "market.nonsense", "body": b"x" * 8_192})  # larger ones are not counted
    async with admin(stack) as server:
        was = (await server.config_get("client-output-buffer-limit"))["client-output-buffer-limit"]
        subscribed = (await stack.channels())[CONTROL]
        await server.config_set("client-output-buffer-limit", "pubsub 524288 262144 1")
        web.send(signal.SIGSTOP)
        try:
            for _ in range(400):
                await server.publish(CONTROL, much)

            async def cut_off() -> bool:
                return (await stack.channels()).get(CONTROL, 0) < subscribed

            await wait_for(cut_off, 15, "a subscriber that is cut off")
            await asyncio.sleep(2.0)  # each symbol has a price that it misses
        finally:
            web.send(signal.SIGCONT)
            back = time.monotonic()
            await server.config_set("client-output-buffer-limit", was)
        await resubscribed(stack, subscribed)
        subscribed_after = time.monotonic() - back
        again = await whole(page, back) - back
    figure(f"subscribed again after {subscribed_after:.1f} s, whole after {again:.1f} s")
    assert again <= 1.0 + KNOWN + SLACK and not page.ended


async def test_what_was_said_while_nobody_listened_is_found_by_the_next_sync(stack, page, figure):  # R13
    subscribed = (await stack.channels())[CONTROL]
    stack.venue.ticking(0)
    try:
        await stack.links["web"].add("down")
        trade = await stack.venue.send_trade("ETH-USD", 1234.5, 1.0)
        await stack.links["web"].heal()
        await resubscribed(stack, subscribed)
        heard = time.monotonic()
        await wait_for(lambda: page.quotes[ETH]["last"] == trade.price, 15, "the lost price")
        found = time.monotonic() - heard
    finally:
        stack.venue.ticking()
    figure(f"found {found:.1f} s after the web listened again")
    assert found <= KNOWN + SLACK and not page.ended


async def test_a_password_that_changes_is_told_and_lets_nobody_in(stack, page, figure):  # R11
    async with admin(stack) as server:
        began = time.monotonic()
        await server.config_set("requirepass", "another")
        try:
            await server.client_kill_filter(_type="pubsub")
            await server.client_kill_filter(_type="normal", skipme=True)
            late = [stack.worker("worker 8"), Web("web 8", stack.webs[0].environ)]
            for part in late:
                part.start()

            async def unready() -> bool:
                return await stack.webs[0].status("/readyz") == 503

            await wait_for(unready, 15, "a web that isn't ready")
            told = time.monotonic() - began

            async def refuses() -> bool:
                return await code_of_a_new_socket(stack) == 4503

            await wait_for(refuses, 20, "a socket that is refused")
            refused = time.monotonic() - began
            codes = [await part.ended(READY) for part in late]
        finally:
            await server.config_set("requirepass", "")
    lines = [[line for line in part.lines if line.startswith("REDIS_URL: ")] for part in late]
    figure(f"not ready after {told:.1f} s, a new socket refused after {refused:.1f} s; exits {codes} {lines}")
    assert codes == [78, 78] and all(len(each) == 1 for each in lines)
    assert not any("Traceback" in line for part in late for line in part.lines)
    assert told <= 6.0 + SLACK and not page.ended


# --------------------------------------------------------------------------- looking
def after(page, since: float):
    """Return what a page was told after a moment."""
    return [each for each in page.seen if each.at >= since]


def said(stack, since: int, text: str) -> bool:
    """Tell whether the worker has said something after so many lines."""
    return any(text in line for line in stack.workers[0].lines[since:])


def ages_of(page, since: float) -> list[float]:
    """Return how old (s) the prices were that a page was told after a moment, in order."""
    offset = time.time() - time.monotonic()
    return sorted(each.at + offset - each.time / 1000 for each in after(page, since) if each.time)


async def code_of_a_new_socket(stack) -> int:
    """Open a socket; return the code that it is closed with within a second, 0 when it stays open."""
    new = Page("new", stack.url, list(SYMBOLS))
    new.start()
    try:
        await wait_for(lambda: new.ended, 1.0)
    except AssertionError:
        return 0
    finally:
        await new.stop()
    return new.ended[0].code


async def resubscribed(stack, subscribers: int) -> None:
    """Wait until as many listen to the syncs as did."""

    async def listening() -> bool:
        return (await stack.channels()).get(CONTROL, 0) >= subscribers

    await wait_for(listening, 15, "a web process that listens again")
