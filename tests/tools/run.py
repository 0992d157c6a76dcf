"""Runs every test, Python and JavaScript. Its last line is `N passed, N failed`; exit code 0: none failed."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.tools.programs import node

ROOT = Path(__file__).resolve().parents[2]


def python_tests(arguments: list[str]) -> tuple[int, int]:
    """Run pytest; return how many tests passed and how many did not (a run that broke counts as one)."""
    with tempfile.TemporaryDirectory(prefix="ticker-tests-") as folder:
        report = Path(folder) / "report.xml"
        code = run([sys.executable, "-m", "pytest", "-q", f"--junit-xml={report}", *arguments])
        passed, failed = counted(report)
    return passed, failed or int(code != 0)


def counted(report: Path) -> tuple[int, int]:
    """Return passed and failed of a JUnit report; skipped tests are neither."""
    if not report.exists():
        return 0, 0
    cases = list(ElementTree.parse(report).getroot().iter("testcase"))
    failed = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    skipped = [case for case in cases if case.find("skipped") is not None]
    names = {(case.get("classname"), case.get("name")) for case in failed}
    return len(cases) - len(failed) - len(skipped), len(names)


def javascript_tests() -> tuple[int, int]:
    """Run node --test; return how many tests passed and how many did not (none to run counts as one)."""
    files = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests" / "js").glob("*.test.*js"))
    program = node()
    if program is None or not files:
        print("no Node.js of version 20 or later, or no tests for it", file=sys.stderr)
        return 0, 1
    with tempfile.TemporaryDirectory(prefix="ticker-tests-") as folder:
        report = Path(folder) / "report.tap"
        reporters = ["--test-reporter=spec", "--test-reporter-destination=stdout"]
        reporters += ["--test-reporter=tap", f"--test-reporter-destination={report}"]
        code = run([program, "--test", *reporters, *files])
        said = report.read_text() if report.exists() else ""
    totals = {kind: int(count) for kind, count in re.findall(r"^# (pass|fail|cancelled) (\d+)$", said, re.M)}
    failed = totals.get("fail", 0) + totals.get("cancelled", 0)
    return totals.get("pass", 0), failed or int(code != 0)


def run(command: list[str]) -> int:
    """Run a program in the repository with its output on ours; return its exit code."""
    sys.stdout.flush()
    return subprocess.run(command, cwd=ROOT, env={**os.environ, "NO_COLOR": "1"}, check=False).returncode


def main() -> int:
    results = [javascript_tests(), python_tests(sys.argv[1:])]
    passed = sum(result[0] for result in results)
    failed = sum(result[1] for result in results)
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
