"""A wave without six questions: every cell of every notebook runs, and a figure of what wasn't asked says so."""

import json
import re
import shutil

import pandas as pd
import pytest

from analysis import data, files, measures

GONE = ["sparring_hours", "has_mentor", "introduction_days", "introduction_sufficient", "change_planned"]
GONE += ["sparring_forum"]


@pytest.fixture
def without(monkeypatch):
    read = data.read

    def reads(name, year=None):
        table = read(name, year)
        if name == "questions":
            return table[~table["question"].isin(GONE)]
        if name not in ("caseworkers", "leaders"):
            return table
        return table.assign(
            **{column: table[column].mask(table[column].notna()) for column in GONE if column in table}
        )

    monkeypatch.setattr(data, "digest", lambda: "without six questions")
    monkeypatch.setattr(data, "read", reads)


def sources(path):
    """The code of a notebook's cells; figures are drawn and not written."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    codes = ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    return [code.replace("publish(figure)", "figure.render(160)") for code in codes]


def test_all_notebooks_finish_without_six_questions(without):
    cards = []
    for path in sorted((files.project() / "notebooks").glob("0*.ipynb")):
        names = {}
        for source in sources(path):
            exec(source, names)
            figure = names.get("figure")
            if figure is not None and figure.table.frame["status"].eq("not_asked").all():
                cards.append(figure.headline)
    assert len(set(cards)) >= 5 and all("ikke spurgt i 2014" in card for card in cards)


def test_a_row_taken_out_stops_no_notebook_but_the_one_that_shows_it(tmp_path, monkeypatch):
    gone = {"mentor", "sparring_hours"}
    shutil.copytree(files.project() / "data", tmp_path / "data", ignore=shutil.ignore_patterns("raw"))
    for name, column in (("measures", "name"), ("themes", "measure")):
        path = tmp_path / "data" / f"{name}.csv"
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
        rows[~rows[column].isin(gone)].to_csv(path, index=False)
    notebooks = sorted((files.project() / "notebooks").glob("0*.ipynb"))
    monkeypatch.setenv("ANALYSIS_HOME", str(tmp_path))
    assert not gone & set(measures.names())
    named = re.compile("|".join(f'"{name}"' for name in gone))
    others = [path for path in notebooks if not named.search("".join(sources(path)))]
    assert len(others) == len(notebooks) - 2
    for path in others:
        names = {}
        for source in sources(path):
            exec(source, names)
