"""Fake venues as a program of their own: prints their ports and variables as one JSON line, then serves."""

import argparse
import asyncio
import json
import signal
from pathlib import Path

from tests.fakes.coinbase import FakeCoinbase
from tests.fakes.kraken import FakeKraken
from tests.fakes.recording import Recording
from tests.fakes.venue import FakeVenue
from tests.fakes.yahoo import FakeYahoo


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fakes", description=__doc__)
    for name in ("coinbase", "kraken", "yahoo"):
        parser.add_argument(f"--{name}-port", type=int, default=0, help="0: any free one")
    parser.add_argument("--rate", type=float, default=2.0, help="trades a second and product (0: none)")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--replay", type=Path, help="a recorded Coinbase session, *.frames.jsonl[.gz]")
    parser.add_argument("--product-speed", type=float, default=0.0, help="of the replay; 0: no pauses")
    return parser.parse_args()


async def main(chosen: argparse.Namespace) -> None:
    settings = {"seed": chosen.seed, "rate": chosen.rate or 2.0, "ticking": chosen.rate > 0}
    recording = Recording(chosen.replay, chosen.product_speed) if chosen.replay else None
    venues: dict[str, FakeVenue] = {
        "coinbase": FakeCoinbase(recording=recording, **settings),
        "kraken": FakeKraken(**settings),
        "yahoo": FakeYahoo(**settings),
    }
    for name, venue in venues.items():
        await venue.start(getattr(chosen, f"{name}_port"))
    ports = {name: venue.port for name, venue in venues.items()}
    env = {key: value for venue in venues.values() for key, value in venue.environment.items()}
    print(json.dumps(ports | {"env": env}), flush=True)
    over = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, over.set)
    await over.wait()
    for venue in venues.values():
        await venue.stop()


if __name__ == "__main__":
    asyncio.run(main(options()))
