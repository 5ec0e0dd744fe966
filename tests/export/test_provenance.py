"""The record in every file: what it holds, and that it is read back the same from each of them."""

import json
import shutil

import numpy as np
import pytest
from published import PROJECT, figure, project, write_digest

from analysis.export import record as provenance
from analysis.export import record_reader
from analysis.publish import FORMATS, publish


@pytest.fixture
def small_project(tmp_path, monkeypatch):
    monkeypatch.setenv("ANALYSIS_HOME", str(project(tmp_path)))
    _forget()
    yield tmp_path
    _forget()


def _forget():
    provenance.commit.cache_clear()
    provenance.code_digest.cache_clear()


def test_every_format_carries_the_same_record(tmp_path):
    files = publish(figure(), directory=tmp_path, formats=(*FORMATS, "pptx", "zip"))
    records = [record_reader.read(path) for path in files]
    assert all(record == records[0] for record in records)
    record = records[0]
    assert record["title"] == figure().headline and record["alt"] == figure().alt
    assert record["synthetic"] is True
    assert record["file"] == "syntetisk_roskilde_sagstal"
    assert record["columns"]["estimate"] == "Skøn (sager)"
    assert record["quantity"] == {"table": "caseworkers", "variable": "caseload"}
    assert record["export"] == {"width_mm": 160, "title_in_image": True}
    place = record["keys"]["columns"].index("place")
    assert [row[place] for row in record["keys"]["rows"]] == list(figure().table.frame["place"])
    assert record["packages"]["matplotlib"] and record["packages"]["python"].startswith("3.")


def test_no_number_is_among_the_keys():
    record = provenance.record(figure(areas=("at_risk", "disability")))
    assert set(record["keys"]["columns"]) == {"place_level", "place", "municipality", "area"}


def test_the_run_is_taken_from_the_environment(monkeypatch, small_project):
    run = {
        "notebook": "notebooks/02_caseload.ipynb",
        "parameters": {"municipality": "Roskilde", "min_count": 5},
    }
    monkeypatch.setenv("ANALYSIS_RUN", json.dumps(run))
    record = provenance.record(figure())
    assert record["notebook"] == "02_caseload" and record["parameters"] == run["parameters"]
    assert len(record["notebook_digest"]) == 64
    monkeypatch.delenv("ANALYSIS_RUN")
    by_hand = provenance.record(figure())
    assert (by_hand["notebook"], by_hand["parameters"], by_hand["notebook_digest"]) == ("", {}, "")


@pytest.mark.parametrize("text", ["{", "[1]"])
def test_a_broken_run_is_an_error(monkeypatch, text):
    monkeypatch.setenv("ANALYSIS_RUN", text)
    with pytest.raises(ValueError, match="`ANALYSIS_RUN` must be a JSON object"):
        provenance.run()


def test_digests_follow_what_they_are_of(small_project):
    before = provenance.state("02_caseload")
    write_digest(small_project, "2" * 64)
    after = provenance.state("02_caseload")
    assert [name for name in provenance.STATE if before[name] != after[name]] == ["data_digest"]
    with (small_project / "data" / "codebook.csv").open("a", encoding="utf-8") as codebook:
        codebook.write("\n")
    _forget()
    assert provenance.code_digest() != before["code_digest"]
    notebook = small_project / "notebooks" / "02_caseload.ipynb"
    notebook.write_text(
        notebook.read_text(encoding="utf-8").replace("publish(figure)", "publish(figure, None)")
    )
    assert provenance.notebook_digest("02_caseload") != before["notebook_digest"]


def test_prose_does_not_change_the_digest_of_a_notebook(small_project):
    before = provenance.notebook_digest("02_caseload")
    notebook = small_project / "notebooks" / "02_caseload.ipynb"
    notebook.write_text(notebook.read_text(encoding="utf-8").replace("Hvor mange", "Hvor utrolig mange"))
    assert provenance.notebook_digest("02_caseload.ipynb") == before


def test_outside_git_and_without_data_a_figure_can_still_be_made(small_project):
    shutil.rmtree(small_project / "data" / "processed")
    state = provenance.state()
    assert (state["commit"], state["uncommitted_changes"], state["data_digest"]) == ("", False, "")


def test_the_commit_is_that_of_the_project(monkeypatch):
    monkeypatch.setenv("ANALYSIS_HOME", str(PROJECT))
    _forget()
    head, _ = provenance.commit()
    assert len(head) == (40 if (PROJECT / ".git").exists() else 0)


def test_a_csv_is_told_of_by_its_neighbour(tmp_path):
    csv, png = publish(figure(), directory=tmp_path, formats=("csv", "png"))
    assert record_reader.read(csv) == record_reader.read(png)
    png.unlink()
    with pytest.raises(
        FileNotFoundError, match=r"must be beside syntetisk_roskilde_sagstal\.csv, but none is"
    ):
        record_reader.read(csv)


def test_a_file_without_a_record_is_an_error(tmp_path):
    (svg, *_) = publish(figure(), directory=tmp_path, formats=("svg",))
    text = svg.read_text(encoding="utf-8")
    svg.write_text(text[: text.index("<metadata>")] + text[text.index("</metadata>") :], encoding="utf-8")
    with pytest.raises(ValueError, match="carries none"):
        record_reader.read(svg)
    (tmp_path / "a.odt").write_bytes(b"")
    with pytest.raises(ValueError, match=r"must be a \.docx, .* but is a\.odt"):
        record_reader.read(tmp_path / "a.odt")
    with pytest.raises(FileNotFoundError, match=r"but b\.png is not there"):
        record_reader.read(tmp_path / "b.png")


def test_a_record_of_numpy_values_is_plain_json():
    values = {"year": np.int64(2026), "share": np.float64(0.5), "levels": ("a", "b"), "areas": {"b", "a"}}
    assert json.loads(provenance.to_json(values)) == {
        "year": 2026,
        "share": 0.5,
        "levels": ["a", "b"],
        "areas": ["a", "b"],
    }
