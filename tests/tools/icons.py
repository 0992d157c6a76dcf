"""Makes the icons of an installed desk from `static/icons/mark.svg`: `python -m tests.tools.icons`.

They are committed; run it again when the mark has changed.
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.tools import programs

FOLDER = Path(__file__).resolve().parents[2] / "static" / "icons"
GROUND = "#0c0f15"
ICONS = {  # name: (pixels, how much of them the mark takes, how round the corners are)
    "icon-192.png": (192, 0.62, 0.2),
    "icon-512.png": (512, 0.62, 0.2),
    "maskable-512.png": (512, 0.54, 0.0),  # what lies outside of its middle may be cut off
    "apple-touch-icon.png": (180, 0.56, 0.0),
}
PAGE = """<!doctype html><style>
html, body {{ margin: 0; background: transparent; }}
div {{ display: grid; place-items: center; width: {size}px; height: {size}px;
       border-radius: {corner}px; background: {ground}; }}
svg {{ width: {mark}px; height: {mark}px; }}
</style><div>{svg}</div>"""


def main() -> None:
    """Draw each icon in a Chromium."""
    chromium = programs.chromium() or sys.exit("no Chromium that starts")
    svg = (FOLDER / "mark.svg").read_text().replace("0 0 20 20", "0 -0.75 20 20")  # its middle in the middle
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, (size, part, corner) in ICONS.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(
                PAGE.format(size=size, mark=size * part, corner=size * corner, ground=GROUND, svg=svg)
            )
            page.screenshot(path=FOLDER / name, omit_background=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
