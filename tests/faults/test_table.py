"""README.md here names a test for each fault, and each of those tests exists."""

import re
from pathlib import Path

from tests.tables import missing, rows_of, without_a_test

FAULTS = {
    "V": [*range(1, 9), 10, *range(15, 18), 22],
    "R": [*range(1, 8), 9, *range(11, 14)],
    "W": [*range(1, 8), 10],
    "S": [*range(1, 6), *range(7, 25)],
}
ROWS = rows_of("faults/README.md", r"[VRWS]\d+")


def test_each_fault_is_there_once():
    named = [number for number, _, _ in ROWS]
    assert len(named) == len(set(named))
    assert {f"{letter}{number}" for letter, numbers in FAULTS.items() for number in numbers} <= set(named)


def test_each_fault_has_a_test_and_nothing_else():
    assert without_a_test(ROWS) == set()


def test_each_named_test_exists():
    assert missing(ROWS) == []


def test_a_test_that_claims_a_fault_claims_one_there_is():
    claims = {
        fault
        for path in Path(__file__).parent.glob("test_*.py")
        for line in re.findall(r"def test_.*  # ((?:[VRWS]\d+(?:, )?)+)$", path.read_text(), re.M)
        for fault in line.split(", ")
        if fault[0] in FAULTS
    }
    assert claims and claims <= {number for number, _, _ in ROWS}
