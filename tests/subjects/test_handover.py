"""Handover as the two roles see it, turnover, unforeseen changes, and the lines of published figures."""

import numpy as np
import pandas as pd
import pytest

from analysis import charts, data, measures
from analysis.disclosure import protect
from analysis.estimates import Design, estimate_proportion
from analysis.measures import answers as distributions
from analysis.measures import places
from analysis.measures.answers import TOTAL, difference_of_shares, role_difference
from analysis.subjects import handover, published

YEAR = 2014
PLACES = ["Roskilde", "København", "Læsø", "Fanø", "Hele landet"]


@pytest.fixture(scope="module")
def roles():
    return distributions.by_role("handover_difficult", YEAR)


def shares(first, second, n=(200, 200), min_count=5):
    """Answers of the two roles with a given sum of interest: (estimate, low, high)."""
    rows = [
        {"place": place, "place_level": "country", "role": role, "level": TOTAL, "n": count}
        | dict(zip(("estimate", "low", "high"), share, strict=True))
        for place, role, share, count in zip(
            ("Sagsbehandler", "Leder"), ("caseworker", "leader"), (first, second), n, strict=True
        )
    ]
    return protect(pd.DataFrame(rows), min_count, synthetic=True, quantity={"variable": "case_handover"})


def test_the_published_55_and_29_come_out(roles):
    sums = roles.frame[roles.frame["level"].eq(TOTAL)].set_index("place")
    assert sums.loc["Sagsbehandler", "estimate"] == pytest.approx(0.55, abs=0.005)
    assert sums.loc["Leder", "estimate"] == pytest.approx(0.29, abs=0.005)
    said = handover.roles(roles)
    assert (
        "kan ikke bekræfte dem" in said and "inden for" not in said
    )  # true by construction is no confirmation
    assert "Flere sagsbehandlere end ledere" in said
    assert handover.for_roles(roles, "Roskilde")["headline"].startswith(
        "55 pct. af sagsbehandlerne og 29 pct. af lederne"
    )


def test_difference_by_hand():
    found = difference_of_shares(
        pd.Series({"estimate": 0.55, "low": 0.52, "high": 0.57}),
        pd.Series({"estimate": 0.29, "low": 0.25, "high": 0.33}),
    )
    assert found["estimate"] == pytest.approx(0.26)
    assert found["low"] == pytest.approx(0.26 - np.hypot(0.03, 0.04))
    assert found["high"] == pytest.approx(0.26 + np.hypot(0.02, 0.04))


def test_difference_agrees_with_the_standard_errors(roles):
    """The interval is about 1.96 standard errors of two independent samples wide to each side."""
    variance = 0.0
    for table in ("caseworkers", "leaders"):
        people = places.answered(data.read(table, YEAR), "case_handover")
        people = people.assign(low=places.joined(people["case_handover"], ("lesser", "not_at_all"), "low"))
        design = Design(strata="municipality_code", weights="weight")
        variance += estimate_proportion(people, "low", "low", design)["standard_error"].item() ** 2
    row = role_difference(roles).frame.iloc[0]
    assert (row["high"] - row["low"]) / 2 == pytest.approx(1.96 * np.sqrt(variance), rel=0.05)


@pytest.mark.parametrize(
    ("first", "second", "verdict", "said"),
    [
        ((0.55, 0.53, 0.57), (0.29, 0.25, 0.33), "over", "Flere sagsbehandlere"),
        ((0.29, 0.25, 0.33), (0.55, 0.53, 0.57), "under", "Færre sagsbehandlere"),
        ((0.30, 0.25, 0.35), (0.29, 0.25, 0.33), "som", "kan ikke vise"),
        ((1.00, 0.90, 1.00), (0.00, 0.00, 0.10), "over", "Flere sagsbehandlere"),
    ],
)
def test_more_or_fewer_only_by_verdict(first, second, verdict, said):
    answers = shares(first, second)
    row = role_difference(answers).frame.iloc[0]
    assert row["verdict"] == verdict
    assert -1 <= row["low"] <= row["estimate"] <= row["high"] <= 1
    text = handover.roles(answers)
    assert said in text
    assert sum(word in text for word in ("Flere", "Færre", "kan ikke vise")) == 1


def test_a_withheld_role_hides_the_difference():
    answers = shares((0.55, 0.53, 0.57), (0.5, 0.1, 0.9), n=(200, 4))
    row = role_difference(answers).frame.iloc[0]
    assert row["status"] == "withheld"
    assert pd.isna(row["estimate"])
    assert "kan ikke vises" in handover.roles(answers)


def test_unforeseen_changes_and_turnover_by_place():
    unforeseen, turnover = measures.measure("unforeseen_changes", YEAR), measures.measure("turnover", YEAR)
    people = data.read("caseworkers", YEAR).query("municipality == 'København'")
    known = people[people["change_planned"].isin(["planned", "unforeseen"])]
    weight = known["weight"].astype(float)
    share = weight[known["change_planned"].eq("unforeseen")].sum() / weight.sum()
    assert unforeseen.row(place="København")["estimate"] == pytest.approx(share, abs=0.00501)
    assert unforeseen.row(place="København")["n"] == len(known)
    assert unforeseen.row(place="Læsø")["status"] == "withheld"
    assert unforeseen.row(place="Fanø")["status"] in {"missing", "withheld"}
    country = turnover.row(place="Hele landet")
    assert country["estimate"] == pytest.approx(0.21, abs=0.005)


@pytest.mark.parametrize("place", PLACES)
def test_the_roles_are_never_split_by_place(roles, place):
    figure = charts.answers(roles, name="roller", **handover.for_roles(roles, place))
    assert set(figure.table.frame["place"]) == {"Leder", "Sagsbehandler"}
    assert place not in figure.headline


def test_the_nine_are_counted():
    practices = data.read("practices")
    lesser = int(practices["handover_difficulty"].eq("lesser").sum())
    assert lesser == 7  # the demonstration data
    said = handover.visited()
    assert "Syv af de ni oplever vanskelighederne i mindre grad" in said and "og to i samme grad" in said
    assert said.index("Rapporten om de ni") < said.index("Opdigtede data")


def test_only_the_sums_are_published_and_the_chart_says_so(roles):
    note = handover.for_roles(roles, "Roskilde")["note"]
    assert "kun summen af de to svar: 55 pct. af sagsbehandlerne og 29 pct. af lederne" in note
    assert "Fordelingen på hvert svar er ikke offentliggjort, men opdigtet." in note


def test_the_risk_of_turnover_is_told_as_the_reports():
    said = handover.turnover()
    assert said.index("**Rapporten:**") < said.index("viden går tabt")


def test_published_caseloads_keep_their_units_and_sources_apart():
    table = published.caseloads()
    rows = table.frame
    assert rows["year"].is_monotonic_increasing
    assert list(zip(rows["year"], rows["estimate"], rows["counted_in"], strict=True)) == [
        (2009, 46, "sager"),
        (2009, 60, "børn"),
        (2014, 40, "sager"),
        (2014, 55, "sager"),
        (2019, 33, "børn"),
        (2023, 31, "børn"),
    ]
    assert rows.groupby("series")["source"].first().nunique() == 3
    assert not table.synthetic
    texts = published.for_caseloads(table, "Roskilde")
    assert "46 sager = 60 børn" in texts["series_labels"]["ankestyrelsen"]
    assert "214 tillidsrepræsentanter i 2023" in texts["series_labels"]["union"]
    figure = charts.timeline(table, ranges=published.recommended(), name="sagstal_tidslinje", **texts)
    assert "2009: 46 sager" in figure.alt
    said = published.caseload_sentence(table)
    assert said.count("\n- ") == len(rows) - 1
    assert said.index("20–30 siden februar 2020") < said.index("25–35") < said.index("30–45")
    assert "ingen målestok" in said


def test_three_ranges_in_their_order_and_only_the_last_has_years():
    rows = published.recommended().frame
    assert rows[["low", "high"]].to_numpy().tolist() == [[30, 45], [25, 35], [20, 30]]
    assert rows["first_year"].isna().tolist() == [True, True, False]
    assert rows.loc[2, ["first_year", "last_year"]].tolist() == [2020, 2023]
    assert rows["label"].tolist() == ["uden år", "uden år", "fra 2020"]


def test_turnover_of_a_half_year_has_its_range_and_nothing_of_our_own_making():
    table = published.turnovers()
    rows = table.frame.set_index("series")
    assert rows["estimate"].to_dict() == pytest.approx({"survey": 0.21, "half_year": 0.12})
    assert rows.loc["half_year", ["low", "high"]].tolist() == pytest.approx([0, 0.4])
    assert rows.loc["survey", ["low", "high"]].isna().all()
    assert rows.loc["half_year", "counted_in"] == "pct. på et halvt år"
    assert "Et halvt år er ikke et år" in published.turnover_sentence()
    figure = charts.timeline(table, name="omsaetning", **published.for_turnovers(table, "Læsø"))
    assert figure.headline.endswith("men 0–40 pct. på tværs af kommuner")
    assert figure.shown_table()[["Tal", "Højeste kommune"]].to_numpy().tolist() == [["21", ""], ["12", "40"]]


def test_an_unknown_published_figure_is_named(monkeypatch):
    monkeypatch.setitem(published.TURNOVERS, "turnover_1999", "survey")
    with pytest.raises(KeyError, match="must hold 3 ids, but 1 are not there"):
        published.turnovers()
