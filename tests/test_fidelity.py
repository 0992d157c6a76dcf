"""tests/fidelity.md names a test for each way real feeds misbehave, and each of those tests exists."""

import ast
import re
from functools import cache
from pathlib import Path

TESTS = Path(__file__).resolve().parent
CASES = 92
ROW = re.compile(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \|$", re.M)
NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")


def rows() -> list[tuple[str, str, str]]:
    return ROW.findall((TESTS / "fidelity.md").read_text())


@cache
def names_in(path: str) -> frozenset[str]:
    """Return the names of the tests of a file."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(
        node.name for node in ast.walk(ast.parse((TESTS / path).read_text())) if isinstance(node, kinds)
    )


def test_each_case_is_there_once():
    assert [int(number) for number, _, _ in rows()] == list(range(1, CASES + 1))


def test_each_case_has_a_test_and_nothing_else():
    odd = {number for number, _, told in rows() if NAMED.sub("", told).strip() or not NAMED.search(told)}
    assert odd == set()


def test_each_named_test_exists():
    named = {found for _, _, told in rows() for found in NAMED.findall(told)}
    missing = [f"{path}::{name}" for path, name in sorted(named) if name not in names_in(path)]
    assert missing == []


def test_a_test_that_claims_a_case_claims_one_there_is():
    claims = [
        int(number)
        for path in TESTS.rglob("test_*.py")
        for line in re.findall(r"# fidelity ([\d, ]+)", path.read_text())
        for number in line.split(",")
        if number.strip()
    ]
    assert claims and set(claims) <= set(range(1, CASES + 1))
