"""Supervision cases: what each tells as it tells it; a case more is rows more; every report says whose the case is."""

import pandas as pd
import pytest

from analysis import charts, codebook, data
from analysis.subjects import supervision
from analysis.subjects.supervision import by_theme, check_findings, places_of_cases
from rerun.site.figures import Published
from rerun.site.summary import is_synthetic

COLUMNS = ["case", "theme", "finding", "told_as", "took_part", "recommendation", "carries_over", "source"]
ONE = [
    (
        "Roskilde – Samskabt Styring",
        "Mandat",
        "Fund 1",
        "decisive",
        "Ledere",
        None,
        "Forslag 1",
        "KL, den ene",
    ),
    (
        "Roskilde – Samskabt Styring",
        "Forældre",
        "Fund 2",
        "failed_at_first",
        None,
        "Gør det før",
        None,
        "KL, den ene",
    ),
    ("Roskilde – Samskabt Styring", "Tid", "Fund 3", "demanding", None, None, "Forslag 2", "KL, den ene"),
]
ANOTHER = [
    ("Køge – Dialog", "Tid", "Fund 4", "succeeded", "Lærere", "Tag den", "Forslag 3", "KL, den anden"),
    ("Køge – Dialog", "Børn", "Fund 5", "important", None, None, None, "KL, den anden"),
]
PLACES = ["Fanø", "Hele landet", "Landkommuner", "Provinsbykommuner", "Roskilde"]


def findings(rows) -> pd.DataFrame:
    return codebook.validate(pd.DataFrame(rows, columns=COLUMNS), "supervision_findings")


def test_one_case_names_its_rows_by_theme():
    assert by_theme(findings(ONE))["name"].tolist() == ["Mandat", "Forældre", "Tid"]
    assert by_theme(findings(ONE))["took_part"].tolist() == ["Ledere", "–", "–"]


def test_a_second_case_stands_beside_the_first_theme_by_theme():
    rows = by_theme(findings(ONE + ANOTHER))
    assert rows[["name", "told_as"]].to_numpy().tolist() == [
        ["Mandat (Roskilde – Samskabt Styring)", "Afgørende"],
        ["Forældre (Roskilde – Samskabt Styring)", "Gik ikke efter planen til at begynde med"],
        ["Tid (Roskilde – Samskabt Styring)", "Krævende"],
        ["Tid (Køge – Dialog)", "Lykkedes"],
        ["Børn (Køge – Dialog)", "Vigtigt"],
    ]


@pytest.mark.parametrize("place", PLACES)
def test_two_cases_are_drawn_and_told(place):
    rows = findings(ONE + ANOTHER)
    table, proposed = supervision.findings(rows), supervision.proposals(rows)
    figure = charts.text_table(table, name="fund", **supervision.for_findings(table, place))
    assert figure.headline == (
        "To cases om tilsyn: mandat var afgørende; inddragelsen af forældre gik ikke efter planen til at begynde med"
    )
    assert len(figure.shown_table()) == 5
    assert "De to cases er fra Roskilde og Køge og står i alle rapporter." in figure.note
    assert "KL, den ene; KL, den anden" in figure.source
    assert (
        len(
            charts.text_table(
                proposed, name="bud", **supervision.for_proposals(proposed, place)
            ).shown_table()
        )
        == 3
    )
    said = supervision.text("recommendations", place, table)
    assert (
        said.startswith("To anbefalinger til andre er udtrykkelige:\n\n- Forældre")
        and said.count("\n- ") == 2
    )
    whose = supervision.text("whose", place, table)
    assert ("Casen fra Roskilde er kommunens egen." in whose) == (place == "Roskilde")


def test_a_theme_twice_in_a_case_is_said():
    with pytest.raises(ValueError, match="1 of 4 findings repeat one .first: `Mandat`"):
        check_findings(findings(ONE + ONE[:1]))


def test_places_of_cases_in_order():
    assert places_of_cases(findings(ONE + ANOTHER)) == ["Roskilde", "Køge"]


# ---- the case that is there


def test_the_case_is_published_and_not_synthetic():
    assert not supervision.findings().synthetic
    assert not supervision.proposals().synthetic
    assert len(supervision.findings()) == 8


def test_the_case_is_told_as_it_tells_itself():
    """Success or failure is told of the parents only, and so is the one recommendation; MED took part all along."""
    rows = data.read("supervision_findings").set_index("theme")
    assert rows.index[rows["told_as"].isin(["succeeded", "failed_at_first"])].tolist() == ["Forældre"]
    assert rows.index[rows["recommendation"].notna()].tolist() == ["Forældre"]
    assert rows.index[rows["told_as"].eq("decisive")].tolist() == ["Organisering", "Mandat", "Facilitering"]
    assert rows.index[rows["took_part"].fillna("").str.contains("løbende")].tolist() == ["MED"]
    assert "forældre: planlæg" in supervision.text("recommendations", "Roskilde")


def test_proposals_are_the_projects_own():
    table = supervision.proposals()
    texts = supervision.for_proposals(table, "Roskilde")
    assert texts["source"].startswith("Projektets egne forslag")
    assert "KL har ikke fremsat dem" in texts["note"]


@pytest.mark.parametrize("place", PLACES)
def test_the_reader_is_told_whose_the_case_is(place):
    said = supervision.text("whose", place)
    assert ("Casen er fra Roskilde" in said) == (place != "Roskilde")
    assert ("kommunens egen" in said) == (place == "Roskilde")
    elsewhere = {
        "Hele landet": "landet som helhed",
        "Landkommuner": "forholdene i landkommunerne",
        "Provinsbykommuner": "forholdene i de øvrige provinsbykommuner",
        "Fanø": "forholdene på Fanø",
    }
    assert said.endswith(f"siger intet om {elsewhere[place]}." if place in elsewhere else "egen.")
    for texts in (
        supervision.for_findings(supervision.findings(), place),
        supervision.for_proposals(supervision.proposals(), place),
    ):
        assert "Casen er fra Roskilde og står i alle rapporter." in texts["note"]


def test_a_page_of_published_cases_is_not_marked_as_synthetic():
    real, invented = (Published({"synthetic": said}, None, "figurer") for said in (False, True))
    assert not is_synthetic([real], True)
    assert is_synthetic([real, invented], False)
    assert is_synthetic([], True)
