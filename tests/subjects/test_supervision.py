"""Supervision cases: a case more is a column more, and every report says whose the case is."""

import pandas as pd
import pytest

from analysis import data
from analysis.subjects import supervision
from analysis.subjects.supervision import (
    NOT_TOLD,
    check_findings,
    involvement_cells,
    named,
    outcome_cells,
    places_of_cases,
)
from rerun.site.figures import Published
from rerun.site.summary import is_synthetic

COLUMNS = ["case", "theme", "outcome", "involved", "involved_when"]
ONE = [
    ("Roskilde – Samskabt Styring", "Mandat", "worked", "Medarbejdere", "Hele vejen"),
    ("Roskilde – Samskabt Styring", "Tid", "demanding", "Ledere", "Fra start"),
    ("Roskilde – Samskabt Styring", "Ledelse", "demanding", "Ledere", "Fra start"),
]
ANOTHER = [
    ("Køge – Dialog", "Tid", "worked", "Ledere", "Før start"),
    ("Køge – Dialog", "Børn", "failed_at_first", "Børn", "Om foråret"),
]


def findings(rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


def test_one_case_is_one_column():
    cells = outcome_cells(findings(ONE))
    assert cells["value"].tolist() == ["worked", "demanding", "demanding"]


def test_two_cases_give_a_wider_matrix_and_what_is_not_told_is_said():
    cells = outcome_cells(findings(ONE + ANOTHER)).pivot_table(
        index="theme", columns="case", values="value", aggfunc="first", sort=False
    )
    assert cells.shape == (4, 2)
    assert cells["Køge – Dialog"].to_dict() == {
        "Mandat": NOT_TOLD,
        "Tid": "worked",
        "Ledelse": NOT_TOLD,
        "Børn": "failed_at_first",
    }
    assert cells.loc["Børn", "Roskilde – Samskabt Styring"] == NOT_TOLD


def test_a_theme_twice_in_a_case_is_said():
    with pytest.raises(ValueError, match="1 of 4 findings repeat one .first: `Mandat`"):
        check_findings(findings(ONE + ONE[:1]))


def test_the_same_theme_in_two_cases_is_fine():
    assert len(check_findings(findings(ONE + ANOTHER))) == 5


def test_the_case_is_named_where_there_are_several():
    assert named(findings(ONE))["name"].tolist() == ["Mandat", "Tid", "Ledelse"]
    assert named(findings(ONE + ANOTHER))["name"].iloc[3] == "Tid (Køge – Dialog)"


def test_involvement_joins_themes_and_follows_the_course():
    cells = involvement_cells(findings(ONE + ANOTHER))
    assert cells["involved_when"].tolist() == ["Før start", "Fra start", "Hele vejen", "Om foråret"]
    assert cells.loc[cells["involved_when"].eq("Fra start"), "themes"].tolist() == ["Tid, Ledelse"]


def test_places_of_cases_in_order():
    assert places_of_cases(findings(ONE + ANOTHER)) == ["Roskilde", "Køge"]


def test_every_outcome_has_a_sign_and_a_word():
    assert set(supervision.outcome_labels()) == set(supervision.SIGNS)


# ---- the case that is there


def test_the_case_is_published_and_not_synthetic():
    assert not supervision.outcomes().synthetic
    assert not supervision.findings().synthetic
    assert len(supervision.findings()) == 8


def test_every_finding_has_a_recommendation_and_a_source():
    rows = data.read("supervision_findings")
    told = rows[["finding", "recommendation", "involved", "carries_over", "source"]]
    assert told.notna().all().all() and told.ne("").all().all()


@pytest.mark.parametrize("place", ["Fanø", "Hele landet", "Landkommuner", "Provinsbykommuner", "Roskilde"])
def test_the_reader_is_told_whose_the_case_is(place):
    said = supervision.whose(place)
    assert "Casen er fra Roskilde" in said
    assert ("kommunens egen" in said) == (place == "Roskilde")
    elsewhere = {
        "Hele landet": "landet som helhed",
        "Landkommuner": "forholdene i landkommunerne",
        "Provinsbykommuner": "forholdene i de øvrige provinsbykommuner",
        "Fanø": "forholdene på Fanø",
    }
    assert said.endswith(f"siger intet om {elsewhere[place]}." if place in elsewhere else "egen.")
    for texts in (
        supervision.for_outcomes(supervision.outcomes(), place),
        supervision.for_findings(supervision.findings(), place),
        supervision.for_involvement(supervision.involvement(), place),
        supervision.for_carrying_over(supervision.findings(), place),
    ):
        assert "Casen er fra Roskilde, uanset" in texts["note"]


def test_several_cases_are_told_as_several(monkeypatch):
    rows = findings(ONE + ANOTHER).assign(source="KL")
    monkeypatch.setattr(supervision, "read", lambda: rows)
    assert supervision.outcome_headline() == (
        "To cases om tilsyn: to temaer lykkedes, to var krævende og ét lykkedes ikke i første omgang"
    )
    assert supervision.whose("Køge") == (
        "De to cases er fra Roskilde og Køge. Casen fra Køge er kommunens egen."
    )
    assert "to cases med fem fund" in supervision.care()


def test_what_carries_over_is_said_with_care():
    assert "ikke om sagsbehandling" in supervision.care()
    note = supervision.for_carrying_over(supervision.findings(), "Fanø")["note"]
    assert "Ingen af dem er prøvet af" in note


def test_a_page_of_published_cases_is_not_marked_as_synthetic():
    real, invented = (Published({"synthetic": said}, None, "figurer") for said in (False, True))
    assert not is_synthetic([real], True)
    assert is_synthetic([real, invented], False)
    assert is_synthetic([], True)
