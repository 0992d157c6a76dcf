"""plotly.js without its wrapper: all of it, its licences, and the original where that can't be."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from dashboard import library
from dashboard.finders import SERVED, PlotlyFinder


@pytest.fixture(autouse=True)
def var(tmp_path: Path, settings) -> Iterator[Path]:
    """An empty folder for what is made."""
    settings.VAR_DIR = tmp_path
    library.path.cache_clear()
    yield tmp_path
    library.path.cache_clear()


def test_the_packages_file_is_known_and_all_of_it_is_kept() -> None:
    text = library.ORIGINAL.read_text(encoding="utf-8")
    module = library.unwrapped(text)
    assert module is not None, "a new plotly wraps its file otherwise: see library.py"
    assert module.startswith("/**\n* plotly.js v") and "Licensed under the MIT license" in module[:300]
    assert len(text) - len(module) < 400
    assert module.count("@license") == text.count("@license")
    assert "return Plotly" not in module and "function(root, factory)" not in module


@pytest.mark.parametrize("text", ["", "window.Plotly = {};", '/**\n*/\n"use strict";var Plotly=(()=>{})();'])
def test_what_is_wrapped_otherwise_is_left(text: str) -> None:
    assert library.unwrapped(text) is None


def test_it_is_made_once_and_served_under_its_name(var: Path) -> None:
    made = library.path()
    assert made.parent == var / "static" and "window.Plotly=" in made.read_text(encoding="utf-8")[-20_000:]
    before = made.stat().st_mtime_ns
    library.path.cache_clear()
    assert library.path().stat().st_mtime_ns == before
    assert finders.find(SERVED) == str(made)
    [(name, storage)] = PlotlyFinder().list(None)
    assert (f"{storage.prefix}/{name}", storage.path(name)) == (SERVED, str(made))
    assert PlotlyFinder().find("plotly/other.js") == []


@pytest.mark.parametrize("left", ["", "window.Plot", "x" * 5_000_000])
def test_what_is_not_whole_is_made_anew(var: Path, left: str) -> None:
    made = library.path()
    whole = made.read_bytes()
    made.write_text(left, encoding="utf-8")
    library.path.cache_clear()
    assert library.path().read_bytes() == whole
    assert [each.name for each in made.parent.iterdir()] == [made.name]


def test_a_full_disk_leaves_nothing_behind(var: Path, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(library.os, "fsync", full)
    assert library.path() == library.ORIGINAL
    assert list((var / "static").iterdir()) == []


def test_where_nothing_can_be_written_the_original_is_served(var: Path, monkeypatch) -> None:
    def refuse(*args: object, **more: object) -> None:
        raise PermissionError(stat.filemode(var.stat().st_mode))

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert library.path() == library.ORIGINAL


def test_a_wrapper_that_is_not_known_costs_nothing_but_time(tmp_path: Path, monkeypatch) -> None:
    other = tmp_path / "plotly.min.js"
    other.write_text("window.Plotly = {};", encoding="utf-8")
    monkeypatch.setattr(library, "ORIGINAL", other)
    assert library.path() == other
