"""The README keeps its word: each published figure has a place in it, and each command exists.

That the figure is there, where the notebooks are run: tests/collection/test_texts.py.
"""

import re

from demo_home import PROJECT
from readme_table import PUBLISHED, README, figures_by_id


def test_every_published_figure_has_a_place():
    assert set(figures_by_id()) == set(PUBLISHED)


def test_every_notebook_is_told():
    named = set(re.findall(r"^\| `(\w+)` \|", README, flags=re.MULTILINE))
    assert {file.stem for file in (PROJECT / "notebooks").glob("*.ipynb")} <= named


def test_every_command_is_a_target_of_the_makefile():
    targets = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(), flags=re.MULTILINE))
    assert set(re.findall(r"(?:`|^)make ([a-z]+)", README, flags=re.MULTILINE)) <= targets


def test_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (PROJECT / target).is_file(), target
