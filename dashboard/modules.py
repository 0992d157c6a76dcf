"""Floor 4. Which modules the page begins with, so that it asks for all at once and not one after another."""

import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static

ENTRY = "js/main.js"
LATER = ("js/desk/panels.js", "js/desk/drawing.js")  # which the page imports once prices move
INDICATORS = "js/indicators"  # the folder, below static/, of which every module is an indicator
IMPORT = re.compile(r'^(?:import|export)\b[^;"]*?\bfrom "([^"]+)";$|^import "([^"]+)";$', re.MULTILINE)


def indicators() -> list[str]:
    """Return where the page finds each indicator's module, in the order of their names."""
    folder = finders.find(INDICATORS)
    names = sorted(path.name for path in Path(folder).glob("*.js")) if folder else []
    return [static(f"{INDICATORS}/{name}") for name in names]


def preloaded() -> list[str]:
    """Return where the page finds every module that its first one imports, itself or through others."""
    return _walked()[0] if settings.DEBUG else _known()[0]


def later() -> list[str]:
    """Return where the page finds the modules that it needs soon after those."""
    return _walked()[1] if settings.DEBUG else _known()[1]


@cache
def _known() -> tuple[list[str], list[str]]:
    return _walked()


def _walked() -> tuple[list[str], list[str]]:
    folder = Path(str(finders.find(ENTRY))).parent.parent
    first = _graph(folder, ENTRY)
    rest = _graph(folder, *LATER) - first
    return [static(module) for module in sorted(first)], [static(module) for module in sorted(rest)]


def _graph(folder: Path, *entries: str) -> set[str]:
    found, left = set(entries), [*entries]
    while left:
        module = left.pop()
        for each in imports(folder, module) - found:
            found.add(each)
            left.append(each)
    return found


def imports(folder: Path, module: str) -> set[str]:
    """Return the modules that one imports, as paths below `folder`."""
    text = (folder / module).read_text(encoding="utf-8")
    named = {one or other for one, other in IMPORT.findall(text)}
    return {str(((folder / module).parent / name).resolve().relative_to(folder.resolve())) for name in named}
