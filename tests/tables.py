"""Tables that name a test for each of their rows, in the Markdown of `tests/`."""

import ast
import re
from functools import cache
from pathlib import Path

TESTS = Path(__file__).resolve().parent
NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")
Row = tuple[str, str, str]  # the row's name, what it is, and where its tests are


def rows_of(file: str, name: str) -> list[Row]:
    """Return the rows of a table whose first cell has the pattern `name`."""
    row = re.compile(rf"^\| ({name}) \| ([^|]+) \| ([^|]+) \|$", re.M)
    return row.findall((TESTS / file).read_text())


def without_a_test(rows: list[Row]) -> set[str]:
    """Return the rows that name no test, or something besides."""
    return {name for name, _, told in rows if NAMED.sub("", told).strip() or not NAMED.search(told)}


def missing(rows: list[Row]) -> list[str]:
    """Return the named tests that there aren't."""
    named = {found for _, _, told in rows for found in NAMED.findall(told)}
    return [f"{path}::{name}" for path, name in sorted(named) if name not in _names_in(path)]


@cache
def _names_in(path: str) -> frozenset[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    tree = ast.walk(ast.parse((TESTS / path).read_text()))
    return frozenset(node.name for node in tree if isinstance(node, kinds))
