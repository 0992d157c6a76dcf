"""Floor 4. Serves plotly.js from the `plotly` package: that one file, under `plotly/plotly.min.js`."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

from dashboard import library

SERVED = "plotly/plotly.min.js"


class PlotlyFinder(BaseFinder):
    """Finds plotly.js, see library.py, and nothing else of its package."""

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> str | Sequence[str]:
        """Return where `plotly/plotly.min.js` is; nothing for every other path."""
        if path != SERVED:
            return []
        found = str(library.path())
        return [found] if find_all else found

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        """Yield the one file, as collectstatic wants it."""
        storage = Renamed(location=library.path().parent)
        storage.prefix = "plotly"
        yield "plotly.min.js", storage

    def check(self, **kwargs: Any) -> Sequence[Any]:
        """Return no complaint."""
        return []


class Renamed(FileSystemStorage):
    """A folder of which one file is had under the name that it is served by."""

    prefix = ""

    def path(self, name: str) -> str:
        """Return where the library is."""
        return str(library.path())
