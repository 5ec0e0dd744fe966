"""Measure tables: by hand on a small population, as sums of their parts, and behind the gate."""

import numpy as np
import pandas as pd
import pytest

from analysis import data, measures, municipalities
from analysis.comparisons import funnel_limits
from analysis.disclosure import protect
from analysis.measures import places as place_estimates

YEAR = 2014
NUMBERS = ["estimate", "low", "high", "n", "n_effective", "difference", "p", "shrunken"]
# Municipality, its weight a respondent, and the answers of its caseworkers.
SMALL = {
    "Roskilde": (2.0, [10, 12, 14, 16, 18, 20]),
    "Køge": (1.0, [30, 30, 33, 33, 36, 36, 39, 39]),
    "Aarhus": (4.0, [20, 22, 24, 26, 28, 30]),
}


def small_population() -> pd.DataFrame:
    """Caseworkers of three municipalities with one weight in each; one respondent gave no answer."""
    places = municipalities.table().set_index("municipality")
    rows = [
        {"municipality": name, **places.loc[name, ["municipality_code", "region", "municipality_group"]]}
        | {"caseload": float(answer), "weight": weight, "area": "at_risk", "case_unit": "child"}
        for name, (weight, answers) in SMALL.items()
        for answer in answers
    ]
    people = pd.DataFrame([*rows, {**rows[0], "caseload": np.nan}])
    return people.assign(area=people["area"].astype(pd.CategoricalDtype(["at_risk", "disability"])))


@pytest.fixture(scope="module")
def small() -> pd.DataFrame:
    return place_estimates.estimate_places(small_population(), "caseload").set_index(["place_level", "place"])


def test_means_by_hand(small):
    means = {name: np.mean(answers) for name, (_, answers) in SMALL.items()}
    for name, mean in means.items():
        assert small.loc[("municipality", name), "estimate"] == pytest.approx(mean)
        assert small.loc[("municipality", name), "n"] == len(SMALL[name][1])
    weights = {name: weight * len(answers) for name, (weight, answers) in SMALL.items()}
    country = sum(weights[name] * means[name] for name in means) / sum(weights.values())
    assert small.loc[("country", "Hele landet"), "estimate"] == pytest.approx(country)
    zealand = (12 * means["Roskilde"] + 8 * means["Køge"]) / 20
    assert small.loc[("region", "Sjælland"), "estimate"] == pytest.approx(zealand)
    rest = (12 * means["Roskilde"] + 24 * means["Aarhus"]) / 36
    assert small.loc[("municipality", "Køge"), "difference"] == pytest.approx(means["Køge"] - rest)


def test_intervals_by_hand(small):
    """The standard error of a mean of equal weights in one stratum, with n - 1 degrees of freedom."""
    answers = np.array(SMALL["Aarhus"][1], float)
    row = small.loc[("municipality", "Aarhus")]
    assert row["standard_error"] == pytest.approx(answers.std(ddof=1) / np.sqrt(len(answers)), rel=0.03)
    assert row["df"] == len(answers) - 1
    assert row["high"] - row["estimate"] == pytest.approx(2.5706 * row["standard_error"], rel=1e-4)


def test_a_missing_answer_is_counted(small):
    assert small.loc[("municipality", "Roskilde"), "n_missing"] == 1
    assert small.loc[("country", "Hele landet"), "n_missing"] == 1
    assert small["n_missing"].notna().all()


def test_shares_by_hand():
    people = small_population().assign(has_mentor="no")
    mine = people["municipality"].eq("Roskilde")
    people.loc[people.index[mine][:3], "has_mentor"] = "yes"
    people["has_mentor"] = pd.Categorical(people["has_mentor"], ["yes", "no"])
    rows = place_estimates.estimate_places(people, "has_mentor", "yes").set_index(["place_level", "place"])
    assert rows.loc[("municipality", "Roskilde"), "estimate"] == pytest.approx(3 / 7)
    assert rows.loc[("municipality", "Roskilde"), "level_count"] == 3
    assert rows.loc[("country", "Hele landet"), "estimate"] == pytest.approx(6 / (14 + 8 + 24))


def test_the_two_largest_are_told_to_the_gate(small):
    assert small.loc[("municipality", "Roskilde"), "largest_two_share"] == pytest.approx(38 / 90)
    nobody = small_population().assign(caseload=0.0)
    assert place_estimates.estimate_places(nobody, "caseload")["largest_two_share"].dropna().eq(0).all()


def test_every_place_has_a_row_though_nobody_answered(small):
    assert small.loc["municipality"].index.tolist() == municipalities.table()["municipality"].tolist()
    empty = small.loc[("municipality", "Fanø")]
    assert (empty["n"], empty["verdict"]) == (0, "none") and np.isnan(empty["estimate"])


@pytest.mark.parametrize("name", measures.names())
def test_one_row_a_place_and_area(name):
    table = measures.measure(name, YEAR)
    rows = table.frame
    areas = ["area"] if "area" in rows else []
    assert not rows.duplicated(["place_level", "place", *areas]).any()
    counts = rows["place_level"].value_counts().to_dict()
    groups = municipalities.table()[["region", "municipality_group"]].nunique()
    times = 2 if areas else 1
    assert counts == {
        "municipality": 98 * times,
        "region": groups["region"] * times,
        "municipality_group": groups["municipality_group"] * times,
        "country": times,
    }


@pytest.mark.parametrize("name", measures.names())
@pytest.mark.parametrize("min_count", [5, 10])
def test_rows_that_are_not_shown_have_no_numbers(name, min_count):
    rows = measures.measure(name, YEAR, min_count).frame
    bounded = rows[rows["status"].eq("bounded")]
    # of these only how many they are, and one limit
    assert bounded[["n", "low", "high"]].notna().sum(axis=1).eq(2).all()
    assert (
        bounded.drop(columns=["n", "low", "high"], errors="ignore")[["estimate", "verdict"]]
        .isna()
        .all(axis=None)
    )
    hidden = rows[~rows["status"].isin(["shown", "bounded"])]
    # where few are employed, nobody is withheld too: no place of the demonstration says that none answered
    assert set(hidden["status"]) == {"withheld"}
    assert hidden[[*NUMBERS, "verdict", "reliability"]].isna().all(axis=None)
    assert rows.loc[rows["status"].eq("shown"), "n"].ge(min_count).all()
    assert "level_count" not in rows and "largest_two_share" not in rows


def test_municipalities_add_up_to_the_country():
    """Strata with their N_h/N give the national figure, and those of regions and groups theirs."""
    people = data.read("caseworkers", YEAR)
    people = people[people["caseload"].notna()]
    rows = place_estimates.estimate_places(people, "caseload", areas=True)
    single = rows[rows["place_level"].eq("municipality")].merge(
        people.groupby(["municipality", "area"], observed=True)["weight"]
        .sum()
        .reset_index()
        .astype({"area": str}),
        on=["municipality", "area"],
    )
    for level in ("country", "region", "municipality_group"):
        single["country"] = municipalities.COUNTRY
        parts = single.assign(part=single["estimate"] * single["weight"]).groupby([level, "area"])
        summed = parts["part"].sum() / parts["weight"].sum()
        whole = rows[rows["place_level"].eq(level)].set_index(["place", "area"])["estimate"]
        np.testing.assert_allclose(whole.loc[summed.index], summed, rtol=1e-9)


def test_reasons_for_a_missing_answer_are_no_answers():
    people = data.read("caseworkers", YEAR)
    told = place_estimates.answered(people, "case_handover")["case_handover"]
    unknown = people["case_handover"].eq("dont_know").sum() + people["case_handover"].isna().sum()
    assert told.isna().sum() == unknown > 0
    country = measures.measure("handover_difficult", YEAR).row(place_level="country")
    assert country["n"] == len(people) - unknown


# ---- limits


def test_limits_rest_on_shown_numbers_only():
    table = measures.measure("caseload", YEAR).select(area="at_risk")
    shown = table.rows(table.frame["status"].eq("shown").to_numpy(bool))
    pd.testing.assert_frame_equal(measures.limits(table).frame, measures.limits(shown).frame)
    assert measures.limits(table).min_count is None


def test_limits_lie_around_the_country_and_narrow():
    table = measures.measure("turnover", YEAR)
    country = table.row(place_level="country")["estimate"]
    for _, curve in measures.limits(table).frame.groupby("coverage"):
        assert (curve["low"] <= country).all() and (curve["high"] >= country).all()
        assert curve.sort_values("n")["high"].is_monotonic_decreasing
    near, far = (
        measures.limits(table).frame.query(f"coverage == {coverage}").reset_index(drop=True)
        for coverage in (0.95, 0.998)
    )
    assert (far["high"] >= near["high"]).all()
    plain = funnel_limits(country, near["n"].to_numpy(), 0.95)
    assert (near["high"].to_numpy() >= plain["high"].to_numpy() - 1e-9).all()


@pytest.mark.parametrize("min_count", [1_000, 100_000])
def test_there_are_no_limits_where_everything_is_withheld(min_count):
    limits = measures.limits(measures.measure("turnover", YEAR, min_count))
    assert limits.frame.empty and {"n", "coverage", "low", "high"} <= set(limits.frame)


# ---- selections


@pytest.mark.parametrize("place", ["København", "Læsø", "Fanø", "Storbykommuner", municipalities.COUNTRY])
@pytest.mark.parametrize(
    "select", [measures.around, measures.peers, measures.in_region, measures.with_all_levels]
)
def test_rows_are_selected_and_never_computed(select, place, monkeypatch):
    table = measures.measure("caseload", YEAR)
    monkeypatch.setattr(measures, "estimate_places", None)
    chosen = select(table, place).frame
    keys = ["place_level", "place", "area"]
    same = table.frame.set_index(keys).loc[pd.MultiIndex.from_frame(chosen[keys])]
    pd.testing.assert_frame_equal(chosen.set_index(keys), same)
    assert {place, municipalities.COUNTRY} <= set(chosen["place"])


def test_who_stands_beside_a_municipality():
    table = measures.measure("turnover", YEAR)
    own = municipalities.find("Roskilde")
    everybody = municipalities.table()
    around = set(measures.around(table, "Roskilde").frame["place"])
    assert around == {"Roskilde", own.region, own.group, "Hele landet"}
    group = everybody.loc[everybody["municipality_group"].eq(own.group), "municipality"]
    assert set(measures.peers(table, "Roskilde").frame["place"]) == {*group, own.group, "Hele landet"}
    region = everybody.loc[everybody["region"].eq(own.region), "municipality"]
    assert set(measures.in_region(table, "Roskilde").frame["place"]) == {*region, own.region, "Hele landet"}
    assert len(measures.all_municipalities(table)) == 99
    assert measures.national(table).frame["place"].tolist() == ["Hele landet"]
    assert len(measures.with_all_levels(table, "Roskilde")) == 12
    assert set(measures.peers(table, "Hele landet").frame["place_level"]) == {"municipality_group", "country"}


def test_who_stands_beside_a_group():
    table = measures.measure("turnover", YEAR)
    groups, regions = municipalities.groups(), municipalities.table()["region"].unique()
    beside = {
        measures.around: [*groups, "Hele landet"],
        measures.peers: ["Odense", "Aarhus", "Aalborg", "Storbykommuner", "Hele landet"],
        measures.in_region: ["Storbykommuner", *regions, "Hele landet"],
        measures.with_all_levels: [*groups, *regions, "Hele landet"],
    }
    for select, places in beside.items():
        assert sorted(select(table, "Storbykommuner").frame["place"]) == sorted(places)


def test_tests_are_counted_for_municipalities_and_for_groups():
    assert (
        measures.measure("turnover", YEAR).quantity["group_tests"] == 4
    )  # of three municipalities nothing is said
    assert measures.measure("caseload", YEAR).quantity["group_tests"] == 8


# ---- kept while the data are the same


def test_a_measure_is_kept_until_the_data_change(monkeypatch):
    first = measures.measure("turnover", YEAR)
    assert measures.measure("turnover", YEAR) is first
    monkeypatch.setattr(data, "digest", lambda: "changed")
    assert measures.measure("turnover", YEAR) is not first


def test_a_year_without_data_is_named():
    with pytest.raises(ValueError, match=r"`year` must be a year of `caseworkers` \(2014\), but is 2031"):
        measures.measure("caseload", 2031)


def test_a_table_of_the_small_population_passes_the_gate(small):
    table = protect(
        small.reset_index(), 5, within=["municipality", "region", "municipality_group"], synthetic=True
    )
    statuses = table.frame.set_index("place")["status"]
    assert statuses["Fanø"] == "missing" and statuses["Hele landet"] == "shown"
