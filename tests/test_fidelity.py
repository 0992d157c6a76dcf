"""tests/fidelity.md names a test for each way real feeds misbehave, and each of those tests exists."""

import re

from tests.tables import TESTS, missing, rows_of, without_a_test

CASES = 92
ROWS = rows_of("fidelity.md", r"\d+")


def test_each_case_is_there_once():
    assert [int(number) for number, _, _ in ROWS] == list(range(1, CASES + 1))


def test_each_case_has_a_test_and_nothing_else():
    assert without_a_test(ROWS) == set()


def test_each_named_test_exists():
    assert missing(ROWS) == []


def test_a_test_that_claims_a_case_claims_one_there_is():
    claims = [
        int(number)
        for path in TESTS.rglob("test_*.py")
        for line in re.findall(r"# fidelity ([\d, ]+)", path.read_text())
        for number in line.split(",")
        if number.strip()
    ]
    assert claims and set(claims) <= set(range(1, CASES + 1))
