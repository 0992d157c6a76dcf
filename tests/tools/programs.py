"""Where the tests' other programs are: `python -m tests.tools.programs chromium` (or `node`) prints it."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OLDEST_NODE = 20


@cache
def chromium() -> str | None:
    """Return the path of a Chromium that starts, the system's or else playwright's own; None without one."""
    installed = [path for name in CHROMIUMS if (path := shutil.which(name))]
    return next((path for path in installed if _version(path)), None) or _playwright_chromium()


@cache
def node() -> str | None:
    """Return the path of a Node.js that has `--test`, the system's or else the one inside playwright."""
    path = shutil.which("node")
    major = _version(path).lstrip("v").partition(".")[0] if path else ""
    return path if major.isdigit() and int(major) >= OLDEST_NODE else _playwright_node()


def _version(path: str) -> str:
    """Return what a program says of its version, empty when it can't be run."""
    try:
        run = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return run.stdout.strip() if run.returncode == 0 else ""


def _playwright_node() -> str | None:
    try:
        from playwright._impl._driver import compute_driver_executable
    except ImportError:
        return None
    path = str(compute_driver_executable()[0])
    return path if os.access(path, os.X_OK) else None


def _playwright_chromium() -> str | None:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() and _version(path) else None


if __name__ == "__main__":
    found = {"chromium": chromium, "node": node}[sys.argv[1]]()
    print(found or "")
    sys.exit(0 if found else 1)
