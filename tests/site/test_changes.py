"""The page of what changed since another edition."""

import shutil

import pytest
from site_samples import COUNTRY, row, withheld, write_report

from rerun.site.changes import write_changes


@pytest.fixture
def editions(tmp_path, monkeypatch):
    """The reports, and an earlier edition of them that is the same."""
    reports, known = tmp_path / "reports", tmp_path / "known"
    monkeypatch.setenv("ANALYSIS_REPORTS", str(reports))
    write_report(reports, "Roskilde")
    write_report(reports, "Fanø")
    shutil.copytree(reports, known)
    return reports, known


def page(known):
    return write_changes(known).read_text(encoding="utf-8")


def test_the_same_is_told_as_the_same(editions):
    assert "Intet er ændret i 2 mapper" in page(editions[1])


def test_a_number_a_verdict_and_a_withheld_cell_are_told_with_before_and_now(editions):
    reports, known = editions
    changed = ("Roskilde", "1,7", "1,4", "1,9", "42", "vist", ["under", "ok"])
    write_report(reports, "Roskilde", [changed, COUNTRY])
    write_report(reports, "Fanø", [withheld("Fanø"), COUNTRY])
    text = page(known)
    assert "3 ændringer (1 status, 1 tal og 1 vurdering) om 2 af 2 steder." in text
    assert "<td>Roskilde, Skøn (timer)</td><td>tal</td><td>1,6</td><td>1,7</td>" in text
    assert "<td>vurdering</td><td>ingen forskel set</td><td>under resten</td>" in text
    assert "<td>Fanø</td><td>status</td><td>vist</td><td>diskretioneret</td>" in text


def test_a_place_that_came_or_went_is_told(editions):
    reports, known = editions
    write_report(reports, "Vejle", [row("Vejle"), COUNTRY])
    shutil.rmtree(reports / "fanoe")
    text = page(known)
    assert "ny figur" in text and "figur borte" in text


def test_a_folder_without_figures_is_refused(editions, tmp_path):
    with pytest.raises(FileNotFoundError, match="must hold published figures"):
        write_changes(tmp_path / "nothing")
