"""The README's table of published figures."""

import re

import pandas as pd
from demo_home import PROJECT

README = (PROJECT / "README.md").read_text(encoding="utf-8")
PUBLISHED = pd.read_csv(PROJECT / "data/raw/published_figures.csv", sep=";")["id"].tolist()


def figures_by_id():
    """Id -> (notebook, figure) of the README's table."""
    found = {}
    for line in README.splitlines():
        cells = [re.findall(r"`([^`]+)`", cell) for cell in line.strip("|").split("|")]
        if len(cells) == 3 and cells[0] and set(cells[0]) <= set(PUBLISHED):
            found |= {key: (cells[1][0], cells[2][0]) for key in cells[0]}
    return found
