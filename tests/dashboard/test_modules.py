"""The page names all the modules that it begins with, and no others."""

import re
from pathlib import Path

from dashboard.modules import LATER, imports, indicators, later, preloaded

SCRIPTS = Path(__file__).parents[2] / "static" / "js"


def test_every_module_that_is_imported_is_named_once() -> None:
    named = preloaded()
    assert len(named) == len(set(named)) and "/static/js/main.js" in named
    inside = {name.removeprefix("/static/js/") for name in named}
    for name in inside:
        for found in re.findall(
            r'^import .*?from "(\.[^"]+)";', (SCRIPTS / name).read_text(), re.MULTILINE | re.DOTALL
        ):
            assert str(((SCRIPTS / name).parent / found).resolve().relative_to(SCRIPTS)) in inside, (
                name,
                found,
            )


def test_what_comes_a_little_later_is_named_apart_whole_and_once() -> None:
    first, rest = preloaded(), later()
    assert rest and not set(first) & set(rest)
    for entry in LATER:
        assert f"/static/{entry}" in rest
        for name in imports(SCRIPTS.parent, entry):
            assert f"/static/{name}" in {*first, *rest}


def test_what_comes_later_is_not_asked_for_at_the_beginning() -> None:
    named = [*preloaded(), *later()]
    assert not set(indicators()) & set(named)
    assert not [name for name in named if "/out/" in name or "/offline" in name]


def test_imports_of_several_lines_of_exports_and_for_their_effect_are_seen(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    text = 'import {\n  one,\n} from "./one.js";\nimport "../two.js";\nexport { three } from "./three.js";\n'
    (tmp_path / "a" / "main.js").write_text(text + 'const four = await import("./four.js");\n')
    assert imports(tmp_path, "a/main.js") == {"a/one.js", "two.js", "a/three.js"}
