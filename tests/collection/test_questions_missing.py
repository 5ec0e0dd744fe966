"""A wave without six questions, delivered: every cell of every notebook runs, and what wasn't asked says so."""

import ast
import json
import re

import pytest
import yaml
from demo_home import PROJECT, copy_data

from analysis import data, measures, prepare
from analysis.measures import answers
from analysis.prepare import sidecars
from analysis.subjects import caseload, respondents

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
        told = {"path": path.name, "year": YEAR, "title": f"Undersøgelsen {YEAR}", "synthetic": False}
        sidecars.write_sidecar(raw / f"{other}.yml", said | told)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANALYSIS_HOME", str(folder))
        assert prepare.main() == 0
    return folder


@pytest.fixture
def home(wave, monkeypatch):
    monkeypatch.setenv("ANALYSIS_HOME", str(wave))


@pytest.fixture(scope="module")
def shown(wave):
    """What each cell of each notebook shows for the wave."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANALYSIS_HOME", str(wave))
        return {path.stem: list(shown_by(path)) for path in sorted((PROJECT / "notebooks").glob("0*.ipynb"))}


def figures_of(shown):
    return [item for items in shown.values() for item in items if hasattr(item, "headline")]


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


def test_all_notebooks_finish_without_six_questions(shown):
    figures = figures_of(shown)
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


RESTS_ON_INTERVIEWS_OR_THE_NINE = {
    "dybde_koder",
    "dybde_praksis",
    "dybde_sammenhold",
    "introduktion_besoegte",
    "sagstal_besoegte",
    "sparring_besoegte",
}


def test_exactly_the_figures_that_rest_on_synthetic_rows_are_marked(shown):
    """The wave is real; the survey of 2014, the nine municipalities and the interviews are synthetic."""
    marked = {figure.name for figure in figures_of(shown) if figure.synthetic}
    assert marked == RESTS_ON_INTERVIEWS_OR_THE_NINE
    assert len({figure.name for figure in figures_of(shown)}) > 30


@pytest.mark.parametrize(("real", "synthetic"), [(YEAR, 2014), (2014, YEAR)])
def test_the_mark_is_of_the_year_whichever_of_the_two_is_synthetic(home, monkeypatch, real, synthetic):
    described = data._described()
    for told in described["deliveries"].values():
        told["synthetic"] = told["year"] == synthetic
    monkeypatch.setattr(data, "_described", lambda: described)
    for year in (real, synthetic):
        tables = [measures.measure("caseload", year), measures.measure("mentor", year)]
        tables += [measures.ask("case_handover", by="area", year=year), respondents.rates(year)]
        tables += [answers.answers_by_group("case_handover", ("lesser",), year)]
        tables += [measures.who_answered("leaders", year), respondents.missing_answers(year)]
        assert {table.synthetic for table in tables} == {year == synthetic}


def test_numbers_weighed_by_synthetic_staff_counts_are_synthetic(home, monkeypatch):
    described = data._described()
    for path, told in described["deliveries"].items():
        told["synthetic"] = path == "staff_2026.csv"
    monkeypatch.setattr(data, "_described", lambda: described)
    assert measures.measure("caseload", YEAR).synthetic and not measures.measure("caseload", 2014).synthetic
    assert not data.is_synthetic("missing_answers", YEAR)  # counted, not weighed


def test_a_real_year_beside_a_synthetic_one_is_no_development(home):
    said = caseload.comparison("caseload", "København")
    assert "Svarene fra 2014 er opdigtede." in said and "ikke læses som en udvikling" in said
    assert not re.search(r"\b(steget|faldet|ændret)\b", said)


def test_what_is_said_of_a_delivery_changes_what_is_made_of_it(home, monkeypatch):
    before, described = data.digest(), data._described()
    described["deliveries"]["survey_2026"]["synthetic"] = True
    monkeypatch.setattr(data, "_described", lambda: described)
    assert data.digest() != before


def test_people_of_another_year_than_the_figure_says_are_refused(home):
    with pytest.raises(
        ValueError, match=r"`people` must be of 2026 alone, but hold 2964 of .* \(first: 2014\)"
    ):
        measures.ask("caseload", by="area", year=YEAR, people=data.read("caseworkers"))


def test_the_note_says_which_of_the_two_is_made_up(shown):
    (joint,) = [figure for figure in figures_of(shown) if figure.name == "dybde_sammenhold"]
    assert " De ni er opdigtede, så tabellen" in joint.note
