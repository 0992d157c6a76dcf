"""Floor 4. Serves plotly.js from the `plotly` package: that one file, under `plotly/plotly.min.js`."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import plotly
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

SERVED = "plotly/plotly.min.js"
FOLDER = Path(plotly.__file__).parent / "package_data"


class PlotlyFinder(BaseFinder):
    """Finds the copy of plotly.js inside the installed package, and nothing else of it."""

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> str | Sequence[str]:
        """Return where `plotly/plotly.min.js` is; nothing for every other path."""
        if path != SERVED:
            return []
        found = str(FOLDER / "plotly.min.js")
        return [found] if find_all else found

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        """Yield the one file, as collectstatic wants it."""
        storage = FileSystemStorage(location=FOLDER)
        storage.prefix = "plotly"  # type: ignore[attr-defined]
        yield "plotly.min.js", storage

    def check(self, **kwargs: Any) -> Sequence[Any]:
        """Return no complaint."""
        return []
