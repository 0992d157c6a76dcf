"""Floor 4. plotly.js as the page loads it: the package's own file, without the two functions that it lies in.

A browser goes through a function's text when it meets it, and once more when it is called. All of the 4.8 MB
lies in two functions: it is read twice more, on the thread that paints, and that is half of the time that the
library needs to start. As a module it needs neither of them, for a module keeps its names to itself.
"""

import logging
import os
import re
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile

import plotly
from django.conf import settings

log = logging.getLogger("dashboard.library")

ORIGINAL = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
BEGIN = '"use strict";var Plotly=(()=>{'
END = "})();"
LAST = "window.Plotly = Plotly;"
WHOLE = "/* whole */\n"  # the end of what is kept
FORM = 2  # another one when `unwrapped` makes something else
MADE = re.compile(r"return (\w+\(\));$")


def unwrapped(text: str) -> str | None:
    """Return the library as a module that sets `window.Plotly`, its licences with it; None where the text is
    wrapped otherwise than is known here."""
    wrapper, begin, rest = text.partition(BEGIN)
    body, end, after = rest.rpartition(LAST)
    body, close, licences = body.rpartition(END)
    made = MADE.search(body)
    banner, star, _ = wrapper.partition("*/\n")
    if not (begin and end and close and made and star) or "return Plotly" not in after:
        return None
    return f"{banner}{star}{body[: made.start()]}window.Plotly={made[1]};\n{licences}"


@cache
def path() -> Path:
    """Return the file to serve: the unwrapped one, made once for each version, or where that can't be had or
    kept the original, which does the same later."""
    kept = settings.VAR_DIR / "static" / f"plotly-{plotly.__version__}-{FORM}.min.js"
    try:
        if is_whole(kept):
            return Path(kept)
        module = unwrapped(ORIGINAL.read_text(encoding="utf-8"))
        if module is None:
            log.warning("plotly.js %s is wrapped in a new way: it is served as it is", plotly.__version__)
            return ORIGINAL
        kept.parent.mkdir(parents=True, exist_ok=True)
        keep(kept, f"{module}{WHOLE}")
    except OSError as error:
        log.info("plotly.js is served as it is: %s", error)
        return ORIGINAL
    return Path(kept)


def is_whole(kept: Path) -> bool:
    """Tell whether a file is there to its end. Raises OSError where it can't be read."""
    if not kept.exists():
        return False
    with kept.open("rb") as file:
        file.seek(max(0, kept.stat().st_size - len(WHOLE)))
        return file.read().decode("utf-8", "replace") == WHOLE


def keep(kept: Path, text: str) -> None:
    """Write a file in one step, whoever else does. Raises OSError."""
    with NamedTemporaryFile("w", encoding="utf-8", dir=kept.parent, prefix="part-", delete=False) as part:
        try:
            part.write(text)
            part.flush()
            os.fsync(part.fileno())
            os.chmod(part.name, 0o644)
            os.replace(part.name, kept)
        except OSError:
            Path(part.name).unlink(missing_ok=True)
            raise
