"""Runs of notebooks of a few cells, for tests of what executes them."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from analysis import files
from rerun.kernels import Kernels
from rerun.plan import Run

PARAMETERS = 'municipality: str = "Roskilde"  # navn\nmin_count: int = 5  # færrest svar'
HEADING = 'from IPython.display import Markdown\nMarkdown(f"**{municipality}**")'

FIGURES = """
import os, pathlib
from matplotlib import rcParams
from matplotlib.figure import Figure
folder = pathlib.Path(os.environ["ANALYSIS_REPORTS"]) / "roskilde" / "figurer"
folder.mkdir(parents=True)
rcParams["svg.hashsalt"] = "fixed"
drawing = Figure()
drawing.subplots().plot([1, 3, 2])
record = '{"title": "Tal", "place": "Roskilde", "min_count": 5}'
said = {"png": {"Provenance": record}, "pdf": {"CreationDate": None}, "svg": {"Date": None}}
for ending in said:
    drawing.savefig(folder / f"tal.{ending}", metadata=said[ending])
"""


def write_notebook(path, *sources, heading=HEADING):
    cells = [
        new_markdown_cell("# Titel\n\nHvad?"),
        new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        *(new_code_cell(source) for source in (heading, *sources)),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=cells), path)
    return path


@pytest.fixture(scope="module")
def kernels():
    with Kernels() as shared:
        yield shared


@pytest.fixture
def make_run(tmp_path, monkeypatch):
    monkeypatch.setenv("ANALYSIS_REPORTS", str(tmp_path / "reports"))

    def make(*sources, name="01_made", place="Roskilde", heading=HEADING):
        notebook = write_notebook(tmp_path / f"{name}.ipynb", *sources, heading=heading)
        return Run(notebook, place, {"municipality": place, "min_count": 5})

    return make


@pytest.fixture
def small_home(tmp_path):
    """A project of one's own with the built data, and no notebooks."""
    home = tmp_path / "home"
    shutil.copytree(files.processed(), home / "data" / "processed")
    for file in (files.project() / "data").glob("*.csv"):
        shutil.copy(file, home / "data")
    return home


def start(home, *words, **surroundings):
    """Start the command line in a project of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANALYSIS_")}
    return subprocess.Popen(
        [sys.executable, "-m", "rerun", *words],
        env=kept | {"ANALYSIS_HOME": str(home)} | surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def folder_of(file):
    """A file whose folder is there."""
    file.parent.mkdir(parents=True, exist_ok=True)
    return file


def printed(run):
    """What an executed notebook has printed."""
    cells = nbformat.read(run.executed, as_version=4).cells
    return "".join(output.get("text", "") for cell in cells for output in cell.get("outputs", []))


def is_alive(pid):
    try:
        os.kill(pid, 0)
        status = Path(f"/proc/{pid}/stat").read_text()
    except (ProcessLookupError, FileNotFoundError):
        return False
    return "Z" not in status.rpartition(")")[2].split()[0]


def wait_for(condition, seconds=30):
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.05)
    return condition()


def wait_until_dead(*pids):
    return wait_for(lambda: not any(map(is_alive, pids)))
