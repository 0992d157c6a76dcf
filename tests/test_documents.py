"""What the documents say is so: README's client runs, variables and targets exist, notices are complete."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.program import OURS, clean_environ
from tests.support import wait_until

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()
CLIENT = re.findall(r"```python\n(.*?)```", README, re.S)[0]


@pytest.mark.live
def test_the_client_of_the_readme_prints_prices(live_program, tmp_path):
    assert len(CLIENT.splitlines()) < 30
    program = live_program()
    script, output = tmp_path / "client.py", tmp_path / "output"
    script.write_text(CLIENT)
    command = [sys.executable, str(script), f"127.0.0.1:{program.port}"]
    with output.open("w") as stream:
        client = subprocess.Popen(command, env=clean_environ(), stdout=stream, stderr=subprocess.STDOUT)
        try:
            wait_until(lambda: output.read_text().count("SIM:") > 5, 15, "six prices")
        finally:
            client.terminate()
            client.wait()
    assert re.fullmatch(r"(SIM:(BTC|ETH)-USD \d+(\.\d+)?\n)+", output.read_text())


def test_every_variable_is_documented():
    assert {name for name in OURS - {"DJANGO_SETTINGS_MODULE"} if f"`{name}`" not in README} == set()


def test_every_target_of_make_that_is_documented_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"`make ([a-z-]+)`", README)) <= targets


def test_everything_required_has_its_notice():
    notices = (ROOT / "THIRD_PARTY.md").read_text().lower()
    required = re.findall(r"^([\w-]+)(?:\[\w+\])?==", (ROOT / "requirements.txt").read_text(), re.M)
    assert required and [name for name in required if f"| {name.lower()}" not in notices] == []
