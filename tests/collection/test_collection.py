import re

import nbformat
import pytest
from conftest import COLD, PLACES

from analysis import municipalities
from analysis.disclosure import ProtectedTable
from analysis.export.record_reader import read
from analysis.publish import SHARED
from rerun import plan, state

NOTEBOOKS = [notebook.stem for notebook in plan.notebooks()]
ENDINGS = (".png", ".svg", "_tryk.svg", ".pdf", ".xlsx", ".csv")


def results(collection, place, notebook):
    assert collection.errors.get(f"{place}/{notebook}", "") == ""
    cells = nbformat.read(collection.executed(place, notebook), as_version=4).cells
    return [output for cell in cells for output in cell.get("outputs", [])]


def figure_names(outputs):
    html = "".join(output.get("data", {}).get("text/html", "") for output in outputs)
    return re.findall(r'<figure lang="da" id="([^"]+)"', html)


def test_a_small_a_large_and_an_unanswered_municipality_and_a_group_are_among_those_run():
    assert {"Læsø", "Fanø", COLD, municipalities.COUNTRY} < set(PLACES)
    assert {municipalities.place_level(place) for place in PLACES} == {
        "country",
        "municipality_group",
        "municipality",
    }


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_a_notebook_runs_and_its_figures_are_published(collection, notebook, place):
    outputs = results(collection, place, notebook)
    assert [output.text for output in outputs if output.output_type == "stream"] == []
    names = figure_names(outputs)
    assert len(names) == len(set(names)) >= 2
    for name in names:
        image = collection.image(place, name)
        files = [image.with_name(f"{image.stem}{ending}") for ending in ENDINGS]
        assert [file.name for file in files if not file.is_file()] == []
        record = read(image)
        assert image.name.startswith("syntetisk_") == record["synthetic"]
        about = municipalities.COUNTRY if SHARED in image.parts else place
        assert (record["place"], record["notebook"]) == (about, notebook)
        assert record["parameters"] == {"municipality": about, "min_count": 5}


@pytest.mark.parametrize("place", PLACES)
def test_figures_of_two_notebooks_never_share_a_name(collection, place):
    names = [name for notebook in NOTEBOOKS for name in figure_names(results(collection, place, notebook))]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("place", PLACES)
def test_the_place_is_said_first(collection, place):
    for notebook in NOTEBOOKS:
        texts = [
            output.get("data", {}).get("text/markdown", "") for output in results(collection, place, notebook)
        ]
        assert next(text for text in texts if text).startswith(f"**{place}")


def test_of_three_employed_it_is_not_told_that_nobody_answered(collection):
    page = (collection.report("Fanø") / "02_caseload.html").read_text(encoding="utf-8")
    assert "diskretioneret" in page and not re.search(r"ingen (har svaret|besvarelser)", page)


def test_a_small_municipality_is_told_that_its_numbers_are_withheld(collection):
    page = (collection.report("Læsø") / "02_caseload.html").read_text(encoding="utf-8")
    assert "diskretioneret" in page


def test_only_what_a_report_may_show_is_kept_between_runs(collection):
    kept = list(state.folder().iterdir())
    assert {file.suffix for file in kept} == {".table", ".txt", ".png", ".picture"}
    tables = [ProtectedTable.from_bytes(file.read_bytes()[32:]) for file in kept if file.suffix == ".table"]
    assert len(tables) > 8 and all("status" in table.frame for table in tables)
