"""`python -m bench.walls`: what grows with the webs: the bytes of a price, reading it, and handing it out.

The figures of docs/scaling.md. CPU times, so that a busy machine changes little; some 5 s.
"""

import socket
import tempfile
import threading
import time
from pathlib import Path

import redis

from dashboard.mirror import Mirror
from feeds import wire
from feeds.groups import in_redis
from feeds.market import Bar, Quote, Trade, replace
from tests.support import ValkeyServer

SUBSCRIBERS = 20
MESSAGES = 3_000
FRAME = 8  # quotes in one


def quote(number: int) -> Quote:
    """Return a state such as a busy pair has."""
    figures = {"last": 64_123.45, "size": 0.0123, "bid": 64_123.4, "bid_size": 0.51, "ask": 64_123.5}
    day = {"ask_size": 1.25, "open": 63_000.0, "high": 65_000.0, "low": 62_500.0, "volume": 12_345.678}
    now = 1_790_000_000_000
    symbol = f"COINBASE:{number:04d}-USD"
    return Quote(symbol=symbol, seq=10_000 + number, time=now, received=now + 20, **figures, **day, merged=2)


def frame(count: int) -> dict:
    """Return the Channels message of a flush in which so many symbols have changed."""
    quotes = [quote(number) for number in range(count)]
    return wire.pack(wire.FRAME, wire.Frame({"COINBASE": "0" * 19}, 0, quotes, [], []))


def cpu_of(work: object, times: int) -> float:
    """Return the CPU seconds of one call."""
    began = time.process_time()
    for _ in range(times):
        work()  # type: ignore[operator]
    return (time.process_time() - began) / times


def drain(line: socket.socket) -> None:
    """Read and forget, until the server is gone."""
    while line.recv(1 << 20):
        pass


class Nobody:
    """A hub without sockets."""

    def on_quote(self, quote: Quote) -> None: ...

    def on_trade(self, trade: Trade) -> None: ...

    def on_bar(self, bar: Bar) -> None: ...

    def on_lost(self, symbol: str) -> None: ...


def mirrored(count: int, rounds: int) -> float:
    """Return a web's CPU seconds for one price that it reads and holds, before any socket gets it."""
    mirror, epochs = Mirror(Nobody()), {"COINBASE": "0" * 19}
    quotes = [quote(number) for number in range(count)]
    for each in quotes:
        mirror.hold(each.symbol)
    states = [wire.SymbolState(each.symbol, each.seq, each) for each in quotes]
    mirror.states(wire.States(epochs, states))
    frames = []
    for turn in range(1, rounds + 1):
        changed = [replace(each, seq=each.seq + turn) for each in quotes]
        now = time.time_ns() // 1_000_000
        frames.append(wire.pack(wire.FRAME, wire.Frame(epochs, now, changed, [], [])))
    began = time.process_time()
    for each in frames:
        mirror.frame(wire.unpack(each))
    took = time.process_time() - began
    assert all(held.known and held.seq > 10_000 + rounds - 1 for held in mirror.held.values())
    return took / count / rounds


def handed_out() -> tuple[float, int]:
    """Return the server's CPU seconds for one message to one subscriber, and the message's bytes."""
    body = bytes(frame(FRAME)["body"])
    channel = in_redis(wire.MARKET_GROUPS[0])
    with tempfile.TemporaryDirectory(prefix="walls-") as folder:
        server = ValkeyServer(Path(folder))
        server.start()
        try:
            for _ in range(SUBSCRIBERS):
                line = socket.socket(socket.AF_UNIX)
                line.connect(server.url.removeprefix("unix://"))
                line.sendall(f"SUBSCRIBE {channel}\r\n".encode())
                threading.Thread(target=drain, args=(line,), daemon=True).start()
            with redis.Redis.from_url(server.url) as client:
                while client.pubsub_numsub(channel)[0][1] < SUBSCRIBERS:
                    time.sleep(0.01)
                before = client.info("cpu")
                for _ in range(MESSAGES):
                    client.publish(channel, body)
                after = client.info("cpu")
        finally:
            server.stop()
    used = sum(after[key] - before[key] for key in ("used_cpu_user", "used_cpu_sys"))
    return used / MESSAGES / SUBSCRIBERS, len(body)


def main() -> None:
    """Measure and print."""
    message = frame(100)
    packed = cpu_of(lambda: frame(100), 200) - cpu_of(lambda: [quote(number) for number in range(100)], 200)
    read = cpu_of(lambda: wire.unpack(message), 500)
    print(f"a price from worker to web: {len(message['body']) / 100:.0f} bytes")
    print(f"packed in {packed * 1e4:.2f} µs, read in {read * 1e4:.2f} µs, each of 100 in a message")
    print(f"a price from web to browser: {len(wire.to_json(quote(1)))} bytes of JSON when all is told")
    print(f"read and held by a web, before any socket gets it: {mirrored(100, 200) * 1e6:.1f} µs")
    cpu, size = handed_out()
    print(f"Valkey: {cpu * 1e6:.1f} µs for a message of {size} bytes to one of {SUBSCRIBERS} webs")


if __name__ == "__main__":
    main()
