"""Who was asked and who answered: small cases by hand, and nobody lost between staff, answers and missing answers."""

import numpy as np
import pandas as pd
import pytest

from analysis import charts, data, disclosure, municipalities
from analysis.measures.answers import TOTAL
from analysis.subjects import respondents, weighting

YEAR = 2014
WEIGHTED = ("caseload", "handover_difficult", "turnover")


def staff(**changes) -> pd.DataFrame:
    """Two municipalities of one group, both areas, as the processed staff table has them."""
    table = pd.DataFrame(
        {
            "municipality": ["Roskilde", "Roskilde", "Læsø", "Læsø"],
            "region": ["Sjælland", "Sjælland", "Nordjylland", "Nordjylland"],
            "municipality_group": ["Provinsbykommuner", "Provinsbykommuner", "Landkommuner", "Landkommuner"],
            "country": "Hele landet",
            "role": "caseworker",
            "area": ["at_risk", "disability"] * 2,
            "employed_count": [30, 10, 4, 2],
            "invited_count": [30, 10, 4, 2],
            "answered_count": [18, 6, 4, 2],
            "partial_count": [3, 1, 0, 0],
        }
    )
    return table.assign(**changes)


def test_rates_of_places_by_hand():
    rows = respondents.place_rates(staff()).set_index(["place_level", "place"])
    assert rows.loc[("municipality", "Roskilde"), ["estimate", "n", "asked_count"]].tolist() == [0.6, 24, 40]
    assert rows.loc[("region", "Nordjylland"), "estimate"] == 1
    assert rows.loc[("country", "Hele landet"), ["estimate", "n", "asked_count"]].tolist() == [
        30 / 46,
        30,
        46,
    ]


def test_a_rate_of_everybody_is_told_to_the_gate():
    rows = respondents.place_rates(staff()).set_index("place")
    assert rows.loc["Læsø", "distinct_count"] == 1
    assert rows.loc["Roskilde", "distinct_count"] == 2
    keys = ["municipality", "region", "municipality_group"]
    shown = disclosure.protect(respondents.place_rates(staff()), within=keys, synthetic=True)
    assert shown.row(place="Læsø")["status"] == "withheld"
    assert pd.isna(shown.row(place="Læsø")["estimate"])


def test_accounts_add_up_by_hand():
    rows = respondents.account_rows(staff())
    both = rows[rows["area"].isna()].set_index("level")
    assert both.loc[list(respondents.ACCOUNTS), "count"].tolist() == [30, 4, 12]
    assert both["n"].eq(46).all()
    assert both.loc[TOTAL, "count"] == 16
    assert both.loc[list(respondents.ACCOUNTS), "estimate"].sum() == pytest.approx(1)


def test_more_answers_than_asked_are_turned_down():
    with pytest.raises(ValueError, match="must not exceed `invited_count`, but do in 1 of 4"):
        respondents.account_rows(staff(partial_count=[13, 1, 0, 0]))


def test_respondents_are_held_against_the_staff():
    people = pd.DataFrame({"weight": np.full(30, 46 / 30)})
    respondents.reconcile_role(staff(), people, "caseworkers")
    with pytest.raises(ValueError, match="must have the 30 rows that `staff` counts as answered, but has 29"):
        respondents.reconcile_role(staff(), people.head(29), "caseworkers")
    with pytest.raises(ValueError, match="must add up to the 46 employed in `staff`, but add up to 92"):
        respondents.reconcile_role(staff(), people * 2, "caseworkers")


def missing() -> pd.DataFrame:
    counts = {
        "answered": 80,
        "dont_know": 12,
        "unanswered": 3,
        "refused": 4,
        "skipped": 1,
        "not_relevant": 50,
    }
    rows = [("caseworker", "has_mentor", reason, count) for reason, count in counts.items()]
    return pd.DataFrame(
        [*rows, ("caseworker", "case_unit", "answered", 150)], columns=["role", "question", "reason", "count"]
    )


def test_missing_answers_by_hand():
    rows = respondents.missing_rows(missing()).set_index(["variable", "level"])
    mentor = rows.loc["has_mentor"]
    assert mentor["n"].eq(100).all()  # those whom the question was not relevant for were never asked
    assert mentor["count"].to_dict() == {"answered": 80, "dont_know": 12, "unanswered": 8, TOTAL: 20}
    assert mentor.loc[TOTAL, "estimate"] == pytest.approx(0.2)
    assert rows.loc[("case_unit", TOTAL), "count"] == 0


def test_every_respondent_is_counted_once_for_each_question():
    rows = respondents.missing_answers(YEAR).frame
    levels = rows[rows["level"].ne(TOTAL)].groupby(["role", "variable"])
    assert (levels["count"].sum() == levels["n"].first()).all()
    asked_all = rows[rows["variable"].eq("case_handover")].groupby("role")["n"].first()
    assert asked_all.to_dict() == {
        "caseworker": len(data.read("caseworkers", YEAR)),
        "leader": len(data.read("leaders", YEAR)),
    }


def test_asked_is_answered_and_partial_and_not_answered():
    rows = respondents.accounts(YEAR).frame
    parts = rows[rows["level"].ne(TOTAL)].groupby("place")
    assert (parts["count"].sum() == parts["n"].first()).all()
    both = rows[rows["area"].isna() & rows["level"].eq("answered")].set_index("role")["count"]
    assert both["caseworker"] == len(data.read("caseworkers", YEAR))


def test_leaders_have_no_rate_by_place():
    assert "role" not in respondents.rates(YEAR).frame
    leaders = respondents.accounts(YEAR).frame.query("role == 'leader'")
    assert leaders["place_level"].eq("country").all()
    assert leaders["status"].eq("shown").all()


def test_rates_withhold_what_the_measures_withhold():
    from analysis import measures

    rates, handover = respondents.rates(YEAR).frame, measures.measure("handover_difficult", YEAR).frame
    hidden = set(handover.loc[handover["status"].ne("shown"), "place"])
    assert hidden <= set(rates.loc[rates["status"].ne("shown"), "place"])
    assert rates.loc[rates["place"].eq("Fanø"), "status"].item() in {"missing", "withheld"}


@pytest.mark.parametrize("place", ["Roskilde", "København", "Læsø", "Fanø", "Landkommuner", "Hele landet"])
def test_figures_of_a_place(place):
    rates = respondents.rates(YEAR)
    own = rates.row(place=place)
    figure = charts.bars(
        respondents.beside(rates, place), name="svarprocent", **respondents.for_rates(rates, place)
    )
    said = respondents.rates_sentence(rates, place)
    if own["status"] == "shown":
        assert " har svaret" in figure.headline
    else:
        word = {"withheld": "diskretioneret", "missing": "ingen svar", "not_relevant": ""}[own["status"]]
        assert word.split()[0] in figure.headline
        assert word.split()[0] in said
        assert not any(sign.isdigit() for sign in figure.headline)
    is_municipality = municipalities.place_level(place) == "municipality"
    assert len(respondents.beside(rates, place)) == 11 + is_municipality
    assert "nan" not in said.lower().replace("finan", "")


def test_figures_of_the_country():
    accounts, lacking = respondents.accounts(YEAR), respondents.missing_answers(YEAR)
    first = charts.answers(accounts, name="svar", **respondents.for_accounts(accounts, "Hele landet"))
    second = charts.answers(lacking, name="mangler", **respondents.for_missing(lacking, "Hele landet"))
    for figure in (first, second):
        assert figure.synthetic == data.is_synthetic("staff")
        assert len(figure.alt) < 300
    leader = accounts.row(place="Ledere", level=TOTAL)
    assert leader["estimate"] == pytest.approx(1 - accounts.row(place="Ledere", level="answered")["estimate"])


def people() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "municipality_code": ["0265"] * 4 + ["0825"] * 2,
            "area": ["at_risk", "at_risk", "disability", "disability", "at_risk", "disability"],
            "caseload": [30.0, 34.0, 50.0, 60.0, 20.0, np.nan],
            "answer": pd.Categorical(["yes", "no", "no", "no", "yes", "dont_know"]),
            "weight": [2.0, 2.0, 2.0, 2.0, 5.0, 5.0],
        }
    )


def test_weighted_and_unweighted_by_hand():
    rows = weighting.both_ways(people(), "caseload", by="area").set_index("area")
    assert rows.loc["at_risk", "estimate"] == pytest.approx((2 * 30 + 2 * 34 + 5 * 20) / 9)
    assert rows.loc["at_risk", "unweighted"] == pytest.approx(28)
    assert rows.loc["at_risk", "n_kish"] == pytest.approx(81 / 33)
    assert rows["n"].tolist() == [3, 2]
    share = weighting.both_ways(people(), "answer", ("yes",)).iloc[0]
    assert share["estimate"] == pytest.approx(7 / 13)  # "ved ikke" is out of the base
    assert share["unweighted"] == pytest.approx(2 / 5)
    assert share["level_count"] == 2


def test_the_published_figures_come_out_weighted():
    rows = weighting.weighted_beside_unweighted(WEIGHTED, YEAR).frame
    assert rows["estimate"].tolist() == pytest.approx([40, 55, 0.55, 0.21], rel=0.005)
    text = weighting.told(weighting.weighted_beside_unweighted(WEIGHTED, YEAR))
    assert "40,0 sager" in text
    assert "55 pct." in text


def test_nothing_is_said_of_what_is_withheld():
    withheld = 1_000_000
    assert "diskretioneret" in weighting.told(weighting.weighted_beside_unweighted(WEIGHTED, YEAR, withheld))
    accounts = respondents.accounts(YEAR, withheld)
    assert respondents.for_accounts(accounts, "Hele landet")["headline"] == "Svarprocenten er diskretioneret"
    assert not any(sign.isdigit() for sign in respondents.accounts_sentence(accounts))
    lacking = respondents.missing_answers(YEAR, withheld)
    assert "diskretioneret" in respondents.for_missing(lacking, "Hele landet")["headline"]
    assert respondents.missing(lacking) == ""
