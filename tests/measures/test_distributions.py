"""Distributions of answers: shares of a whole, by hand, and behind the gate."""

import pandas as pd
import pytest

from analysis import charts, codebook, data, figure_texts, municipalities
from analysis.measures import answers
from analysis.measures.answers import TOTAL

YEAR = 2014
LOW = ("lesser", "not_at_all")
QUESTIONS = {
    "sparring_forum": ("team_meeting",),
    "sparring_responsible": ("leader",),
    "case_handover": LOW,
    "introduction_sufficient": LOW,
}


@pytest.mark.parametrize(("variable", "interest"), QUESTIONS.items())
def test_answers_add_up(variable, interest):
    rows = answers.answers_by_group(variable, interest, YEAR).frame
    assert not rows.duplicated(["place", "level"]).any()
    levels = [level for level in codebook.levels(variable, "caseworkers") if level != "dont_know"]
    assert set(rows["level"]) == {*levels, TOTAL}
    groups = set(municipalities.table()["municipality_group"])
    assert set(rows["place"]) == {*groups, municipalities.COUNTRY}
    for _, place in rows[rows["status"].eq("shown")].groupby("place"):
        shares = place.set_index("level")["estimate"]
        assert shares.drop(TOTAL).sum() == pytest.approx(1, abs=0.005 * len(shares))
        assert shares[list(interest)].sum() == pytest.approx(shares[TOTAL], abs=0.015)
        assert len(set(place["n"])) == 1


def test_shares_by_hand():
    people = data.read("caseworkers", YEAR)
    told = people[people["case_handover"].notna() & people["case_handover"].ne("dont_know")]
    rows = answers.answers_by_group("case_handover", LOW, YEAR)
    for place, own in [("Hele landet", told), *told.groupby("municipality_group", observed=True)]:
        share = own.loc[own["case_handover"].isin(LOW), "weight"].sum() / own["weight"].sum()
        row = rows.row(place=place, level=TOTAL)
        assert row["estimate"] == pytest.approx(share, abs=0.00501)
        assert row["n"] == len(own)
        assert row["low"] < share < row["high"]


def test_roles_are_told_for_the_country_only():
    rows = answers.answers_by_role("case_handover", LOW, YEAR)
    assert set(rows.frame["place"]) == {"Sagsbehandler", "Leder"}
    assert set(rows.frame["place_level"]) == {"country"}
    leaders = data.read("leaders", YEAR)
    told = leaders[leaders["case_handover"].notna() & leaders["case_handover"].ne("dont_know")]
    share = told.loc[told["case_handover"].isin(LOW), "weight"].sum() / told["weight"].sum()
    assert rows.row(place="Leder", level=TOTAL)["estimate"] == pytest.approx(share, abs=0.00501)


@pytest.mark.parametrize("made", [answers.answers_by_group, answers.answers_by_role])
def test_under_the_threshold_no_share_is_left(made):
    rows = made("case_handover", LOW, YEAR, 100_000).frame
    assert rows["status"].eq("withheld").all()
    assert rows[["estimate", "low", "high", "n"]].isna().all(axis=None)


def test_a_threshold_never_changes_what_another_shows():
    before = answers.answers_by_group("case_handover", LOW, YEAR).frame
    answers.answers_by_group("case_handover", LOW, YEAR, 100_000)
    pd.testing.assert_frame_equal(answers.answers_by_group("case_handover", LOW, YEAR).frame, before)


def test_the_headline_tells_the_share_of_the_country():
    rows = answers.answers_by_group("case_handover", LOW, YEAR)
    texts = figure_texts.for_answers(rows, "Roskilde")
    told = "Hurtig og effektiv overlevering: 55 pct. i hele landet svarer i mindre grad eller slet ikke"
    assert texts["headline"] == told
    assert charts.answers(rows, name="overlevering", **texts).synthetic
    hidden = answers.answers_by_group("case_handover", LOW, YEAR, 100_000)
    assert "diskretioneret" in figure_texts.for_answers(hidden, "Roskilde")["headline"]
