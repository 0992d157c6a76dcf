"""A headless Chromium, and what its main thread did: by the browser's own counters."""

import contextlib
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.helper import REPO
from tests.tools.programs import chromium

FLAGS = """
    --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync --no-proxy-server
"""
PAGES = REPO / "bench" / "ui" / "pages"
PARTS = {"script": "ScriptDuration", "style": "RecalcStyleDuration", "layout": "LayoutDuration"}
NOT_WORK = {"(idle)", "(root)"}
NOT_OURS = {"code", "native"}


@contextlib.contextmanager
def browsing() -> Iterator[Browser]:
    """Yield a headless Chromium. Raises SystemExit when there is none."""
    path = chromium()
    if path is None:
        raise SystemExit("no Chromium that starts: `make test` installs one where it may")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS.split())
        yield browser
        browser.close()


@contextlib.contextmanager
def opened(browser: Browser, width: int = 1920, height: int = 1080, *scripts: str) -> Iterator[Page]:
    """Yield a page of a browser that has seen nothing yet; `scripts` of pages/ run in it before its own."""
    context: BrowserContext = browser.new_context(viewport={"width": width, "height": height})
    for name in scripts:
        context.add_init_script(path=PAGES / name)
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.on("pageerror", lambda error: print(f"the page failed: {error}", flush=True))
    yield page
    context.close()


def blank(browser: Browser, window: float = 3.0) -> float:
    """Return the frames a second of a page on which nothing happens: what the machine allows now."""
    with opened(browser) as page:
        page.goto("about:blank")
        return float(
            page.evaluate(
                """async (window) => {
                    const began = performance.now();
                    let frames = 0;
                    for (; performance.now() - began < 1000 * window; frames += 1) {
                        await new Promise(requestAnimationFrame);
                    }
                    return frames / window;
                }""",
                window,
            )
        )


class Meter:
    """What a page's main thread has done, in CPU time of that thread: other programs don't count."""

    def __init__(self, page: Page) -> None:
        self.cdp = page.context.new_cdp_session(page)
        self.cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
        self.before: dict[str, float] = {}
        self.began = 0.0

    def read(self) -> dict[str, float]:
        """Return the counters as they stand."""
        return {each["name"]: each["value"] for each in self.cdp.send("Performance.getMetrics")["metrics"]}

    def start(self) -> None:
        self.before, self.began = self.read(), time.monotonic()

    def stop(self) -> dict[str, float]:
        """Return the seconds since `start`: on the clock, of all tasks, and of their parts."""
        took, now = time.monotonic() - self.began, self.read()
        spent = {part: now[name] - self.before[name] for part, name in PARTS.items()}
        tasks = now["TaskDuration"] - self.before["TaskDuration"]
        return {"elapsed": took, "tasks": tasks, **spent}

    def settled(self) -> dict[str, float]:
        """Return the counters after all garbage is gone."""
        for _ in range(2):
            self.cdp.send("HeapProfiler.collectGarbage")
        return self.read()

    def objects(self) -> int:
        """Return the bytes of the page's own objects: the heap without compiled code and notes."""
        parts: list[str] = []

        def take(event: dict[str, str]) -> None:
            parts.append(event["chunk"])

        self.settled()
        self.cdp.on("HeapProfiler.addHeapSnapshotChunk", take)
        self.cdp.send("HeapProfiler.takeHeapSnapshot", {})
        self.cdp.remove_listener("HeapProfiler.addHeapSnapshotChunk", take)
        return own_bytes(msgspec.json.decode("".join(parts)))

    def profile(self) -> None:
        """Begin to see which functions take the time; costs some itself."""
        self.cdp.send("Profiler.enable")
        self.cdp.send("Profiler.setSamplingInterval", {"interval": 200})
        self.cdp.send("Profiler.start")

    def dearest(self, most: int = 12) -> list[str]:
        """Return the functions that took most themselves since `profile`, with their part of the time."""
        return dearest(self.cdp.send("Profiler.stop")["profile"], most)


def own_bytes(snapshot: Any) -> int:
    """Return the bytes of what is in a heap snapshot but compiled code and the browser's own."""
    meta, nodes = snapshot["snapshot"]["meta"], snapshot["nodes"]
    fields, kinds = meta["node_fields"], meta["node_types"][0]
    size, kind = fields.index("self_size"), fields.index("type")
    whole = range(0, len(nodes), len(fields))
    return sum(nodes[at + size] for at in whole if kinds[nodes[at + kind]] not in NOT_OURS)


def dearest(profile: Any, most: int) -> list[str]:
    """Return "3.1% paint panel.js:210" for the functions of a profile that took most by themselves."""
    frames = {node["id"]: node["callFrame"] for node in profile["nodes"]}
    spent: Counter[str] = Counter()
    for node, took in zip(profile["samples"], profile["timeDeltas"], strict=False):
        frame = frames[node]
        file = frame["url"].rpartition("/")[2]
        name = frame["functionName"] or "(no name)"
        spent[f"{name} {file}:{frame['lineNumber'] + 1}" if file else name] += took
    whole = sum(spent.values()) or 1
    return [
        f"{100 * took / whole:.1f}% {name}" for name, took in spent.most_common(most) if name not in NOT_WORK
    ]
