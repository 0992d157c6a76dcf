"""Floor 4. Which modules the page begins with, so that it asks for all at once and not one after another."""

import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static

ENTRY = "js/main.js"
INDICATORS = "js/indicators"  # the folder, below static/, of which every module is an indicator
IMPORT = re.compile(r'^(?:import|export)\b[^;"]*?\bfrom "([^"]+)";$|^import "([^"]+)";$', re.MULTILINE)


def indicators() -> list[str]:
    """Return where the page finds each indicator's module, in the order of their names."""
    folder = finders.find(INDICATORS)
    names = sorted(path.name for path in Path(folder).glob("*.js")) if folder else []
    return [static(f"{INDICATORS}/{name}") for name in names]


def preloaded() -> list[str]:
    """Return where the page finds every module that its first one imports, itself or through others."""
    return _walked() if settings.DEBUG else _known()


@cache
def _known() -> list[str]:
    return _walked()


def _walked() -> list[str]:
    folder = Path(str(finders.find(ENTRY))).parent.parent
    found, left = {ENTRY}, [ENTRY]
    while left:
        module = left.pop()
        for each in imports(folder, module) - found:
            found.add(each)
            left.append(each)
    return [static(module) for module in sorted(found)]


def imports(folder: Path, module: str) -> set[str]:
    """Return the modules that one imports, as paths below `folder`."""
    text = (folder / module).read_text(encoding="utf-8")
    named = {one or other for one, other in IMPORT.findall(text)}
    return {str(((folder / module).parent / name).resolve().relative_to(folder.resolve())) for name in named}
