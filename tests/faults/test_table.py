"""README.md here names a test for each fault, and each of those tests exists."""

import re
from pathlib import Path

from tests.test_fidelity import NAMED, names_in

ROW = re.compile(r"^\| ([VRWS]\d+) \| ([^|]+) \| ([^|]+) \|$", re.M)
FAULTS = {
    "V": [*range(1, 9), 10, *range(15, 18), 22],
    "S": [*range(1, 6), *range(7, 25)],
}


def rows() -> list[tuple[str, str, str]]:
    return ROW.findall(Path(__file__).with_name("README.md").read_text())


def test_each_fault_is_there_once():
    named = [number for number, _, _ in rows()]
    assert len(named) == len(set(named))
    assert {f"{letter}{number}" for letter, numbers in FAULTS.items() for number in numbers} <= set(named)


def test_each_fault_has_a_test_and_nothing_else():
    odd = {number for number, _, told in rows() if NAMED.sub("", told).strip() or not NAMED.search(told)}
    assert odd == set()


def test_each_named_test_exists():
    named = {found for _, _, told in rows() for found in NAMED.findall(told)}
    missing = [f"{path}::{name}" for path, name in sorted(named) if name not in names_in(path)]
    assert missing == []


def test_a_test_that_claims_a_fault_claims_one_there_is():
    claims = {
        fault
        for path in Path(__file__).parent.glob("test_*.py")
        for line in re.findall(r"def test_.*  # ((?:[VRWS]\d+(?:, )?)+)$", path.read_text(), re.M)
        for fault in line.split(", ")
        if fault[0] in FAULTS
    }
    assert claims and claims <= {number for number, _, _ in rows()}
