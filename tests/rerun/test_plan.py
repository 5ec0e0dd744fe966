import dataclasses

import nbformat
import pytest

from analysis import municipalities
from rerun import plan


def notebook(folder, source, tags=("parameters",)):
    cell = nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)})
    path = folder / "01_made.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Titel"), cell]), path)
    return path


def test_parameters_are_read_from_the_tagged_cell(tmp_path):
    source = 'municipality: str = "Roskilde"  # navnet\nyear: int = 2014  # året\nother = 3'
    assert plan.declared_parameters(notebook(tmp_path, source)) == {"municipality": "str", "year": "int"}


def test_a_notebook_without_the_tag_is_refused(tmp_path):
    with pytest.raises(ValueError, match="must have one cell tagged `parameters`, but has 0"):
        plan.declared_parameters(notebook(tmp_path, 'municipality: str = "Roskilde"', tags=()))


def test_a_misspelt_parameter_is_refused(tmp_path):
    path = notebook(tmp_path, 'municipality: str = "Roskilde"\nyear: int = 2014')
    with pytest.raises(
        ValueError, match=r"`yaer` must be a parameter of 01_made.ipynb \(municipality, year\)"
    ):
        plan.check_parameters(path, {"municipality": "Læsø", "yaer": 2014})
    with pytest.raises(ValueError, match="Write `min_count: int = 5` in its cell tagged `parameters`"):
        plan.check_parameters(path, {"min_count": 5})


@pytest.mark.parametrize(("value", "kind"), [("2014", "str"), (2014.0, "float"), (True, "bool")])
def test_a_parameter_of_another_kind_is_refused(tmp_path, value, kind):
    path = notebook(tmp_path, "year: int = 2014")
    with pytest.raises(ValueError, match=rf"must be of kind int in 01_made.ipynb, but is .* \({kind}\)"):
        plan.check_parameters(path, {"year": value})


def test_a_kind_that_papermill_cannot_pass_on_is_refused(tmp_path):
    path = notebook(tmp_path, "years: list[int] = [2014]")
    with pytest.raises(ValueError, match=r"of kind list\[int\]"):
        plan.check_parameters(path, {"years": [2014]})


def test_an_unknown_municipality_is_named_with_the_nearest():
    with pytest.raises(KeyError, match=r"`Roskile` is not\. Nearest: Roskilde"):
        plan.plan(["Roskile"])


def test_each_place_gets_each_notebook_once_under_its_official_name():
    runs = plan.plan(["århus", "0751", "hele landet"], {"min_count": 5})
    each = len(plan.notebooks())
    assert [run.place for run in runs] == ["Hele landet"] * each + ["Aarhus"] * each  # others use its results
    assert all(run.parameters == {"municipality": run.place, "min_count": 5} for run in runs)
    assert len({run.executed for run in runs}) == len(runs)


def test_only_numbered_notebooks_are_the_collection_and_others_are_named(tmp_path, monkeypatch):
    monkeypatch.setenv("ANALYSIS_HOME", str(tmp_path))
    for name in ("02_caseload", "explore", "Untitled", "egne/digital", "egne/03_kopi"):
        file = tmp_path / "notebooks" / f"{name}.ipynb"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    assert [file.stem for file in plan.notebooks()] == ["02_caseload"]
    named = plan.notebooks("02_caseload, egne/digital.ipynb notebooks/02_caseload.ipynb")
    assert [plan.Run(file, "Roskilde", {}).name for file in named] == ["02_caseload", "egne/digital"]
    with pytest.raises(ValueError, match=r"1 of 2 are not there \(first: `egne/digitl`\)"):
        plan.notebooks("Untitled egne/digitl")


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"{", "can't be read as one"),
        (b"", "can't be read as one"),
        ('{"cells": "æ"}'.encode("cp1252"), "is not UTF-8"),
        (b"[1, 2]", "can't be read as one"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "can't be read as one"),
    ],
)
def test_a_file_that_is_no_notebook_is_told_by_its_own_run(tmp_path, content, wrong):
    path = tmp_path / "03_broken.ipynb"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"`03_broken.ipynb` must be a Jupyter notebook, but {wrong}"):
        plan.declared_parameters(path)


def test_a_typing_error_among_the_parameters_names_its_line(tmp_path):
    path = notebook(tmp_path, "year: int = 2014\nmin_count: int = = 5")
    with pytest.raises(
        ValueError, match=r"parameters` of 01_made.ipynb must be plain Python, but its line 2 is not"
    ):
        plan.declared_parameters(path)


def test_a_code_and_a_name_are_the_same_run():
    assert plan.plan(["0265"]) == plan.plan(["Roskilde"]) == plan.plan(["265"])


def test_every_place_has_a_folder_of_its_own():
    first = plan.plan(["Roskilde"])[0]
    places = municipalities.places()
    assert len({dataclasses.replace(first, place=place).folder for place in places}) == len(places) == 104
