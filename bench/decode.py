"""How fast frames become prices, beside cryptofeed: the same recorded frames, one core, turn by turn.

cryptofeed gets a virtual environment of its own under var/bench, made once. Without it, or without recordings
next to the repository, the part is left out and says why.
"""

import gc
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.figures import middle, paired_ratios, table
from bench.helper import REPO
from bench.report import DECODED
from feeds.market import Quote, Trade
from feeds.recording import frames
from feeds.venues import REGISTRY
from tests.support import SHARED

SAMPLES = SHARED / "venues" / "samples"
HOME = REPO / "var" / "bench" / "cryptofeed"
INSTALL = f"python3 -m venv {HOME.relative_to(REPO)} && {HOME.relative_to(REPO)}/bin/pip install cryptofeed"
SIDE = Path(__file__).with_name("cryptofeed_side.py")
ROUNDS = 7
FRAMES = 30_000  # that a round handles, at the least
VENUES = {
    "COINBASE_ADV": ("Coinbase Advanced", "coinbase_advanced", r'"product_id":\s*"([^"]+)"'),
    "COINBASE": ("Coinbase Exchange", "coinbase_exchange", r'"product_id":\s*"([^"]+)"'),
    "BINANCE": ("Binance", "binance", r'"s":\s*"([^"]+)"'),
    "BITSTAMP": ("Bitstamp", "bitstamp", r'_([a-z0-9]+)"'),
    "OKX": ("OKX", "okx", r'"instId":\s*"([^"]+)"'),
}
HEAD = """Recorded frames through `Venue.parse` of ours and through the message handlers of cryptofeed
{version}, the newest release that installs here, with callbacks that count: each side's CPU time on one
core, turn by turn, {rounds} rounds. *All that was recorded* is every frame that cryptofeed takes without
raising; it keeps order books of some, which nobody here asks for, so that ours only says what they are.
*Prices and trades* are those frames alone of which both make prices or trades. Of them ours checks that
each price, size and time can be one, makes floats and ms, and reads all the figures of a ticker; cryptofeed
makes decimals and seconds, of a ticker bid and ask, and checks nothing. It speaks Coinbase's Advanced
protocol and no longer the Exchange's, of whose frames it reads the JSON and makes nothing. Of the Advanced
one there are but single frames, mostly answers that come once a line and that nobody hurries with; its
trades, each with a text for a time, are read twice as fast and not three times."""


class OurSide:
    """The adapter of a venue, which knows the names of what it is told of, as on a line."""

    def __init__(self, venue: str, texts: list[str]) -> None:
        self.adapter = REGISTRY[venue]()
        self.texts = texts
        for text in texts:
            for event in self.adapter.parse(text, 0):
                if isinstance(event, Quote | Trade):
                    self.adapter.learn(event.symbol)

    def told(self) -> list[int]:
        """Return how many prices and trades are made of each frame."""
        made = (self.adapter.parse(text, 0) for text in self.texts)
        return [sum(isinstance(event, Quote | Trade) for event in events) for events in made]

    def run(self, numbers: Sequence[int], passes: int) -> float:
        """Return the seconds of CPU that it takes to read these frames so often."""
        texts = [self.texts[number] for number in numbers]
        parse = self.adapter.parse
        gc.collect()
        began = time.process_time()
        for _ in range(passes):
            for text in texts:
                parse(text, 0)
        return time.process_time() - began


class OtherSide:
    """The process that has cryptofeed."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.version = self._answer()["version"]

    def ask(self, **question: Any) -> Any:
        assert self._process.stdin
        self._process.stdin.write(f"{json.dumps(question)}\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("cryptofeed's side has ended")
        return json.loads(line)


@contextmanager
def other_side() -> Iterator[OtherSide]:
    """Give cryptofeed's side. Raises OSError or CalledProcessError when it can't be had."""
    python = HOME / "bin" / "python"
    if not python.exists():
        print("installing cryptofeed (once; a minute) …", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True)
    if subprocess.run([python, "-c", "import cryptofeed"], capture_output=True).returncode:
        subprocess.run([python, "-m", "pip", "install", "-qq", "cryptofeed"], check=True)
    process = subprocess.Popen(
        [python, str(SIDE)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield OtherSide(process)
    finally:
        process.terminate()
        process.wait()


def recorded(folder: str) -> list[str]:
    paths = sorted((SAMPLES / folder).glob("ws/*.frames.jsonl*"))
    told = [frame.payload for path in paths for frame in frames(path) if frame.dir == "recv"]
    return [text for text in told if isinstance(text, str)]


def measure(other: OtherSide) -> list[list[str]]:
    """Return a row for each venue and choice of frames."""
    rows = []
    for venue, (title, folder, native) in VENUES.items():
        texts = recorded(folder)
        ours = OurSide(venue, texts)
        natives = sorted({found for text in texts for found in re.findall(native, text)})
        told = other.ask(venue=venue, frames=texts, natives=natives)["told"]
        taken = [number for number, count in enumerate(told) if count is not None]
        both = [number for number in taken if told[number] and ours.told()[number]]
        for what, numbers in (("prices and trades", both), ("all that was recorded", taken)):
            if numbers:
                row = compared(f"{title}, {what} ({len(numbers)} frames)", ours, other, numbers)
                print("  ".join(row), flush=True)
                rows.append(row)
    return rows


def compared(what: str, ours: OurSide, other: OtherSide, numbers: list[int]) -> list[str]:
    """Return what, our rate, theirs, and how many times as fast ours is, round by round."""
    passes = -(-FRAMES // len(numbers))
    mine, theirs = [], []
    for _ in range(ROUNDS):
        mine.append(ours.run(numbers, passes))
        theirs.append(other.ask(run=numbers, passes=passes)["seconds"])
    ratios = paired_ratios(mine, theirs)
    rates = (f"{passes * len(numbers) / middle(each):,.0f}/s" for each in (mine, theirs))
    return [what, *rates, f"{middle(ratios):.1f}× ({min(ratios):.1f}–{max(ratios):.1f})"]


def decoded() -> str:
    """Return the part of the page, "" (and a printed line) when it can't be measured here."""
    if not SAMPLES.is_dir():
        print("decode: left out, for there are no recordings in ../shared/venues/samples")
        return ""
    try:
        with other_side() as other:
            rows = measure(other)
            head = HEAD.format(version=other.version, rounds=ROUNDS)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"decode: left out, for cryptofeed can't be had ({error}). To install it: {INSTALL}")
        return ""
    return "\n\n".join([DECODED, head, table(["frames", "ours", "cryptofeed", "ratio"], rows)])
