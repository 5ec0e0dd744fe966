"""The README keeps its word: each published figure is where it says, and each command exists."""

import json
import re

import pandas as pd
import pytest
from demo_home import PROJECT

README = (PROJECT / "README.md").read_text(encoding="utf-8")
PUBLISHED = pd.read_csv(PROJECT / "data/raw/published_figures.csv", sep=";")["id"].tolist()


def rows():
    """Id -> (notebook, figure) of the README's table."""
    found = {}
    for line in README.splitlines():
        cells = [re.findall(r"`([^`]+)`", cell) for cell in line.strip("|").split("|")]
        if len(cells) == 3 and cells[0] and set(cells[0]) <= set(PUBLISHED):
            found |= {key: (cells[1][0], cells[2][0]) for key in cells[0]}
    return found


def test_every_published_figure_has_a_place():
    assert set(rows()) == set(PUBLISHED)


@pytest.mark.parametrize("key", PUBLISHED)
def test_the_notebook_has_the_figure(key):
    notebook, figure = rows()[key]
    cells = json.loads((PROJECT / f"notebooks/{notebook}.ipynb").read_text(encoding="utf-8"))["cells"]
    assert any(f'name="{figure}"' in "".join(cell["source"]) for cell in cells)


def test_every_notebook_is_told():
    named = set(re.findall(r"^\| `(\w+)` \|", README, flags=re.MULTILINE))
    assert {file.stem for file in (PROJECT / "notebooks").glob("*.ipynb")} <= named


def test_every_command_is_a_target_of_the_makefile():
    targets = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(), flags=re.MULTILINE))
    assert set(re.findall(r"(?:`|^)make ([a-z]+)", README, flags=re.MULTILINE)) <= targets


def test_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (PROJECT / target).is_file(), target
