"""The real ccxt against the fake Coinbase, in a venv of its own; only with TICKER_CCXT=1, which makes it."""

import asyncio
import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.fakes.coinbase import FakeCoinbase
from tests.program import clean_environ
from tests.support import REPO

pytestmark = pytest.mark.live
real = pytest.mark.skipif(
    os.environ.get("TICKER_CCXT") != "1", reason="installs ccxt only with TICKER_CCXT=1"
)
INSTALLING, RUNNING = 600, 60  # seconds
NAMES = (
    "import ccxt.pro; from feeds.ccxt_line import exchanges; print(*ccxt.pro.exchanges); print(*exchanges())"
)


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The Python of a venv with the program's packages and ccxt."""
    folder = tmp_path_factory.mktemp("ccxt")
    venv.create(folder, with_pip=True)
    required = ["-r", str(REPO / "requirements.txt"), "-r", str(REPO / "requirements-ccxt.txt")]
    install = [
        folder / "bin" / "python",
        "-m",
        "pip",
        "install",
        "-qq",
        "--disable-pip-version-check",
        *required,
    ]
    subprocess.run(install, check=True, timeout=INSTALLING)
    yield folder / "bin" / "python"


async def said(python: Path, *arguments: str, **environ: str) -> tuple[int, str]:
    """Return the exit code of a Python, and what it printed."""
    process = await asyncio.create_subprocess_exec(
        python,
        *arguments,
        cwd=REPO,
        env=clean_environ() | environ,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        text, _ = await asyncio.wait_for(process.communicate(), RUNNING)
    finally:
        if process.returncode is None:
            process.kill()
    return process.returncode or 0, text.decode()


@real
async def test_its_exchanges_are_known_without_loading_it(python: Path) -> None:
    code, text = await said(python, "-c", NAMES)
    theirs, ours = (line.split() for line in text.splitlines())
    assert code == 0 and len(ours) > 50
    assert {f"CCXT.{name.upper()}" for name in theirs if len(name) < 20} == set(ours)


@real
async def test_a_price_comes_through(python: Path) -> None:
    fake = FakeCoinbase(rate=5.0, ticking=True)
    await fake.start()
    environ = {
        "VENUES": "CCXT.COINBASEEXCHANGE",
        "VENUE_CCXT_COINBASEEXCHANGE_WS_URL": f"ws://127.0.0.1:{fake.port}",
        "VENUE_CCXT_COINBASEEXCHANGE_REST_URL": f"http://127.0.0.1:{fake.port}",
    }
    command = ["manage.py", "feedcheck", "ccxt.coinbaseexchange", "BTC-USD", "--seconds", "5"]
    code, text = await said(python, *command, **environ)
    await fake.stop()
    assert "GOOD: 1 symbols" in text and code == 0, text


@real
async def test_an_exchange_that_cannot_be_reached_is_reconnecting(python: Path) -> None:
    environ = {
        "VENUES": "CCXT.KUCOIN",
        "VENUE_CCXT_KUCOIN_WS_URL": "ws://127.0.0.1:1",
        "VENUE_CCXT_KUCOIN_REST_URL": "http://127.0.0.1:1",
    }
    command = ["manage.py", "feedcheck", "ccxt.kucoin", "BTC-USDT", "--seconds", "3"]
    code, text = await said(python, *command, **environ)
    assert "reconnecting: no connection: GET http://127.0.0.1:1/" in text and code == 2, text


@pytest.mark.skipif(find_spec("ccxt") is not None, reason="ccxt is installed here")
async def test_without_it_the_start_stops_with_one_line() -> None:
    code, text = await said(Path(sys.executable), "manage.py", "check", VENUES="CCXT.KUCOIN")
    assert (code, text.count("\n")) == (2, 1) and "pip install -r requirements-ccxt.txt" in text
