"""A wave without six questions, delivered: every cell of every notebook runs, and what wasn't asked says so."""

import ast
import json
import re

import pytest
import yaml
from demo_home import PROJECT, copy_data

from analysis import data, measures, prepare
from analysis.prepare import sidecars

YEAR = 2026
GONE = {"spar_tim", "spar_for", "mentor", "intro_dg", "oplaer", "skift"}


@pytest.fixture(scope="module")
def wave(tmp_path_factory):
    """A project with the survey of 2014, and that of 2026 as a survey tool exports it, six questions fewer."""
    folder = copy_data(tmp_path_factory.mktemp("wave"))
    raw = folder / "data" / "raw"
    (raw / "survey_2026").mkdir()
    for name in ("dataset.csv", "labels.csv", "structure.csv"):
        lines = (raw / "national_survey" / name).read_bytes().decode("cp1252").splitlines()
        cells = [line.split(";") for line in lines]
        if name == "dataset.csv":
            kept = [at for at, column in enumerate(cells[0]) if column not in GONE]
            cells = [[row[at] for at in kept] for row in cells]
        else:
            cells = [row for row in cells if not GONE & set(row[:2])]
        content = "\r\n".join(";".join(row) for row in cells) + "\r\n"
        (raw / "survey_2026" / name).write_bytes(content.encode("cp1252"))
    (raw / "staff_2026.csv").write_bytes((raw / "staff_counts.csv").read_bytes())
    for name, other in (("national_survey", "survey_2026"), ("staff_counts", "staff_2026")):
        said = yaml.safe_load((raw / f"{name}.yml").read_text())
        path = raw / said["path"].replace(name, other)
        inside = [path / file for file in said["files"]] if path.is_dir() else [path]
        said["files"] = {file.name: {"sha256": sidecars.sha256(file)} for file in inside}
        said["columns"] = {column: ours for column, ours in said["columns"].items() if column not in GONE}
        told = {"path": path.name, "year": YEAR, "title": f"Undersøgelsen {YEAR}"}
        sidecars.write_sidecar(raw / f"{other}.yml", said | told)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANALYSIS_HOME", str(folder))
        assert prepare.main() == 0
    return folder


@pytest.fixture
def home(wave, monkeypatch):
    monkeypatch.setenv("ANALYSIS_HOME", str(wave))


def shown_by(notebook):
    """What each cell of a notebook shows."""
    names = {}
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        source = "".join(cell["source"]).replace("publish(figure)", "figure.render(160)")
        *steps, last = ast.parse(source.replace("year: int = 2014", f"year: int = {YEAR}")).body
        exec(compile(ast.Module(steps, []), notebook.name, "exec"), names)
        if isinstance(last, ast.Expr):
            yield eval(compile(ast.Expression(last.value), notebook.name, "eval"), names)
        else:
            exec(compile(ast.Module([last], []), notebook.name, "exec"), names)


def test_all_notebooks_finish_without_six_questions(home):
    shown = {path.stem: list(shown_by(path)) for path in sorted((PROJECT / "notebooks").glob("0*.ipynb"))}
    figures = [item for items in shown.values() for item in items if hasattr(item, "headline")]
    cards = [figure for figure in figures if figure.table.frame["status"].eq("not_asked").all()]
    assert len({card.headline for card in cards}) >= 6
    assert all(f"ikke spurgt i {YEAR}" in card.headline for card in cards)
    of_wave = [figure for figure in figures if figure.table.quantity.get("year") == YEAR]
    assert len(of_wave) > 15
    assert not [
        f.source for f in of_wave if "demonstrationsdata" in re.sub(r"Syntetisk praksis[^;]*", "", f.source)
    ]
    words = [
        item.data
        for items in shown.values()
        for item in items
        if isinstance(getattr(item, "data", None), str)
    ]
    words += [f"{figure.headline} {figure.note} {figure.alt}" for figure in figures]
    for text in words:
        assert not re.search(r"\bnan\b|None|\b0 svar\b|100 pct\. har ikke svaret|mindst 0 pct", text), text
        assert not re.search(r"(.{20,}\.) \1", text), text


def test_a_question_that_was_not_asked_is_not_one_that_nobody_answered(home):
    missing = data.read("missing_answers", YEAR)
    assert not {"sparring_hours", "has_mentor"} & set(missing["question"])
    assert {"caseload", "case_handover"} <= set(missing["question"])
    assert "sparring_hours" in set(data.read("missing_answers", 2014)["question"])
    assert measures.measure("mentor", YEAR).frame["status"].eq("not_asked").all()
