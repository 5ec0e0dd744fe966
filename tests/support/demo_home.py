"""A project of one's own for a test: the data folder copied, so that nothing here is touched."""

import shutil
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


def copy_data(folder: Path) -> Path:
    """Copy the project's data (codebook, raw deliveries; not the processed tables) below a folder."""
    shutil.copytree(
        PROJECT / "data", folder / "data", ignore=shutil.ignore_patterns("processed*", ".synthetic-*")
    )
    return folder


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A project's folder with all raw deliveries, in which `analysis` reads and writes."""
    monkeypatch.setenv("ANALYSIS_HOME", str(copy_data(tmp_path)))
    return tmp_path
