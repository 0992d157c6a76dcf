"""lightweight-charts, the library that the price's cost stands beside: fetched once, kept under var/."""

import shutil
import subprocess
import tarfile
from pathlib import Path

from bench.helper import REPO

VERSION = "5.2.1"
CACHE = REPO / "var" / "bench"
SCRIPT = "package/dist/lightweight-charts.standalone.production.js"
HOW = (
    f"lightweight-charts {VERSION} isn't there: with npm and a network this fetches it; else put"
    f" lightweight-charts-{VERSION}.tgz of the npm registry into var/bench/"
)


def script() -> str | None:
    """Return the library's text, None when it can't be had."""
    archive = CACHE / f"lightweight-charts-{VERSION}.tgz"
    if not archive.exists() and not fetched():
        print(HOW, flush=True)
        return None
    with tarfile.open(archive) as package:
        member = package.extractfile(SCRIPT)
        return member.read().decode() if member else None


def fetched() -> bool:
    """Tell whether npm brought the package, which checks its sum."""
    npm = shutil.which("npm")
    if npm is None:
        return False
    CACHE.mkdir(parents=True, exist_ok=True)
    command = [npm, "pack", "--silent", f"lightweight-charts@{VERSION}", "--pack-destination", str(CACHE)]
    run = subprocess.run(command, capture_output=True, timeout=120, check=False, cwd=Path(CACHE))
    return run.returncode == 0
