"""The estimates: against R's survey package and svy, by their invariances, and each guard seen to fail."""

import doctest
from functools import cache
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
import svy
import svy_estimates
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import estimates
from analysis.estimates import Design, intervals, variance
from analysis.estimates.design import domain_frame, sampling_frame
from analysis.estimates.variance import standard_errors

DATA = Path(__file__).parents[1] / "data"
TWO_STAGES = {"cluster": ["dnum", "snum"]}
TWO_SIZES = {"population_size": ["fpc1", "fpc2"]}

# The designs of r_survey.R, by its names.
DESIGNS = {
    "srs": ("apisrs", Design(weights="pw", population_size="fpc")),
    "srs_endless": ("apisrs", Design(weights="pw")),
    "strat": ("apistrat", Design(strata="stype", weights="pw", population_size="fpc")),
    "strat_endless": ("apistrat", Design(strata="stype", weights="pw")),
    "strat_derived": ("apistrat", Design(strata="stype", population_size="fpc")),
    "clus1": ("apiclus1", Design(cluster="dnum", weights="pw", population_size="fpc")),
    "clus1_endless": ("apiclus1", Design(cluster="dnum", weights="pw")),
    "clus1_derived": ("apiclus1", Design(cluster="dnum", population_size="fpc")),
    "clus2": ("apiclus2", Design(**TWO_STAGES, **TWO_SIZES)),
    "clus2_weighted": ("apiclus2", Design(**TWO_STAGES, **TWO_SIZES, weights="pw")),
    "clus2_endless": ("apiclus2", Design(**TWO_STAGES, weights="pw")),
}
STRAT = DESIGNS["strat"][1]


@cache
def _read(name):
    return pd.read_csv(DATA / f"{name}.csv")


@pytest.fixture
def strat():
    return _read("apistrat").copy()


@cache
def _references():
    return pd.read_csv(DATA / "r_survey.csv", dtype={"group": str}, keep_default_na=False, na_values=["NaN"])


@cache
def _table(name, kind, variable, by, df):
    data, design, by = _read(DESIGNS[name][0]), DESIGNS[name][1], by or None
    if kind == "proportion":
        variable, level = variable.replace("'", "").split(" == ")
        return estimates.estimate_proportion(data, variable, level, design, by)
    if kind == "ratio":
        return estimates.estimate_ratio(data, "api.stu", "enroll", design, by, df=df)
    estimate = {"mean": estimates.estimate_mean, "total": estimates.estimate_total}[kind]
    return estimate(data, variable, design, by, df=df)


def _ours(name, row):
    data, design = _read(DESIGNS[name][0]), DESIGNS[name][1]
    if row["kind"] == "quantile":
        return estimates.estimate_quantile(data, "api00", float(row["group"]), design).iloc[0]
    if row["kind"] == "contrast":
        return pd.Series(vars(estimates.contrast(data, "api00", design, "sch.wide", "Yes", "No")))
    if row["kind"] == "rest":
        is_h = data.assign(is_h=data["stype"] == "H")
        return pd.Series(vars(estimates.contrast(is_h, "api00", design, "is_h", True, False)))
    table = _table(name, row["kind"], row["variable"], row["by"], row["df_choice"])
    return table.set_index("group").loc[row["group"]] if row["by"] else table.iloc[0]


@pytest.mark.parametrize("name", DESIGNS)
@pytest.mark.parametrize("kind", ["mean", "total", "ratio", "proportion", "quantile", "contrast", "rest"])
def test_equals_r(name, kind):
    references = _references()
    rows = references[(references["design"] == name) & (references["kind"] == kind)]
    assert len(rows) > 0
    for _, row in rows.iterrows():
        found = _ours(name, row)
        expected = row[["estimate", "standard_error", "low", "high"]].astype(float)
        columns = ["estimate", "standard_error"]
        # Where everybody answers alike R has no interval, and ours is Clopper-Pearson's.
        columns += ["low", "high"] if expected["standard_error"] > 1e-9 else []
        np.testing.assert_allclose(
            found[columns].astype(float), expected[columns], rtol=1e-6, atol=1e-9, err_msg=str(dict(row))
        )
        if not (kind == "quantile" or row["variable"] == "enroll" or kind == "ratio"):
            assert found["df"] == row["df"], dict(row)


# R 4.2, survey: d <- svydesign(id=~1, strata=~stype, weights=~pw, fpc=~fpc, data=apistrat)
def test_numbers_that_a_reader_may_check_by_hand(strat):
    mean = estimates.estimate_mean(strat, "api00", STRAT).iloc[0]  # svymean(~api00, d)
    assert mean[["estimate", "standard_error"]].tolist() == pytest.approx([662.2873632, 9.408940803], 1e-9)
    assert mean[["low", "high", "df"]].tolist() == pytest.approx([643.7321883, 680.8425380, 197], 1e-9)
    total = estimates.estimate_total(strat, "enroll", STRAT).iloc[0]  # svytotal(~enroll, d)
    assert total[["estimate", "standard_error"]].tolist() == pytest.approx([3687177.532, 114641.7161], 1e-9)
    share = estimates.estimate_proportion(strat, "sch.wide", "Yes", STRAT).iloc[0]  # svymean(~sch.wide, d)
    assert share[["estimate", "standard_error"]].tolist() == pytest.approx(
        [0.8279480114, 0.02434478011], 1e-9
    )
    none = strat.assign(none=strat["ell"] == 0)  # svyciprop(~I(ell == 0), d, method="beta")
    found = estimates.estimate_proportion(none, "none", True, STRAT).iloc[0]
    assert found[["estimate", "low", "high"]].tolist() == pytest.approx(
        [0.0530384247, 0.0263095487, 0.0939867336], 1e-8
    )
    endless = estimates.estimate_mean(strat, "api00", Design(strata="stype", weights="pw")).iloc[0]
    assert endless["standard_error"] == pytest.approx(9.536132297, 1e-9)
    gap = estimates.contrast(strat, "api00", STRAT, "sch.wide", "Yes", "No")
    assert (gap.estimate, gap.standard_error) == pytest.approx((82.78358544, 21.400054961), 1e-9)
    assert gap.p == pytest.approx(1.488325e-4, 1e-5)


def test_wilson_is_wilsons_for_a_simple_random_sample():
    answers = pd.DataFrame({"answer": ["yes"] * 65 + ["no"] * 35, "w": 7.0})
    for coverage, expected in [(0.95, [0.552544, 0.736358]), (0.998, [0.495495, 0.778354])]:
        found = estimates.estimate_proportion(
            answers, "answer", "yes", Design(weights="w"), method="wilson", coverage=coverage
        )
        assert found[["low", "high"]].iloc[0].tolist() == pytest.approx(expected, abs=5e-7)


def test_svy_and_our_linearisation_agree_on_a_contrast():
    data = _read("apiclus2")
    rows = pl.from_pandas(data[["dnum", "snum", "fpc1", "fpc2", "pw", "api00", "sch.wide"]])
    plan = svy.Design(psu="dnum", ssu="snum", wgt="pw", pop_size=svy.PopSize(psu="fpc1", ssu="fpc2"))
    means = svy.Sample(rows, plan).estimation.mean("api00", by="sch.wide")
    theirs = means.contrast(svy.estd("Yes") - svy.estd("No")).to_polars()
    ours = estimates.contrast(data, "api00", DESIGNS["clus2_weighted"][1], "sch.wide", "Yes", "No")
    assert (ours.estimate, ours.standard_error) == pytest.approx((theirs["est"][0], theirs["se"][0]), 1e-9)


@pytest.mark.parametrize("name", DESIGNS)
def test_svy_is_a_second_witness_in_every_domain(name):
    data, design = _read(DESIGNS[name][0]), DESIGNS[name][1]
    for by in (None, ["stype", "sch.wide"]):
        frame, _ = domain_frame(data, ["api00", "enroll"], design, by)
        for kind, below in (("mean", None), ("total", None), ("ratio", "enroll")):
            below = data[below].to_numpy(dtype=float) if below else None
            both = [
                linearised(kind, frame, choice, data["api00"].to_numpy(dtype=float), below)
                for linearised, choice in (
                    (svy_estimates.linearised, design),
                    (variance.linearised, "adjust"),
                )
            ]
            columns = ["estimate", "standard_error"]
            np.testing.assert_allclose(both[0][columns], both[1][columns], rtol=1e-9, atol=1e-9)


def test_ties_of_a_quantile_are_found_within_the_domain():
    """Equal weights of a third each: their sum is a tie in every domain, whatever the others weigh."""
    data = pd.DataFrame({"place": ["a"] * 6 + ["b"] * 3, "y": [1.0, 2, 3, 4, 5, 6, 1, 2, 3]})
    data["w"] = np.where(data["place"] == "a", 0.1, 7.3)
    design = Design(strata="place", weights="w")
    for probability, expected in ((0.5, 3.0), (1 / 3, 2.0), (2 / 3, 4.0), (1 / 6, 1.0)):
        row = estimates.estimate_quantile(data, "y", probability, design, "place").iloc[0]
        assert row["estimate"] == expected


def test_all_alike_over_two_strata_is_clopper_and_pearsons():
    data = pd.DataFrame({"h": ["a", "a", "b"], "answer": "yes", "w": 2.0})
    row = estimates.estimate_proportion(data, "answer", "yes", Design(strata="h", weights="w")).iloc[0]
    assert (row["low"], row["high"]) == pytest.approx((0.025 ** (1 / 3), 1))


def test_a_ratio_of_nobody_is_told_without_a_warning(strat):
    silent = strat.assign(api00=strat["api00"].where(strat["stype"] != "H"), one=1.0)
    row = estimates.estimate_ratio(silent, "api00", "one", STRAT, "stype").set_index("group").loc["H"]
    assert row["n"] == 0 and row[["estimate", "standard_error", "low", "high"]].isna().all()
    mean = estimates.estimate_mean(silent, "api00", STRAT, "stype").set_index("group").loc["E"]
    ratio = estimates.estimate_ratio(silent, "api00", "one", STRAT, "stype").set_index("group").loc["E"]
    assert ratio["standard_error"] == pytest.approx(mean["standard_error"])


def test_what_weights_change_is_tested_on_the_same_answers(strat):
    found = variance.weighting_change(strat, "api00", STRAT).iloc[0]
    weighted = estimates.estimate_mean(strat, "api00", STRAT)["estimate"].iloc[0]
    assert found["difference"] == pytest.approx(weighted - strat["api00"].mean())
    # A ratio of totals has the same influence: y w over w less y over n, by the jackknife of one school.
    jackknife = []
    for stratum, schools in strat.groupby("stype"):
        changes = []
        for school in schools.index:
            kept = strat.drop(school)
            weight = kept["pw"].where(
                kept["stype"] != stratum, kept["pw"] * len(schools) / (len(schools) - 1)
            )
            share = np.where(kept["stype"] != stratum, 1, len(schools) / (len(schools) - 1))
            changes.append(
                np.average(kept["api00"], weights=weight) - np.average(kept["api00"], weights=share)
            )
        sampled = 1 - len(schools) / schools["fpc"].iloc[0]
        jackknife.append(
            sampled * (len(schools) - 1) / len(schools) * np.sum((changes - np.mean(changes)) ** 2)
        )
    assert found["standard_error"] == pytest.approx(np.sqrt(np.sum(jackknife)), rel=0.02)
    same = variance.weighting_change(
        strat.assign(pw=3.0), "api00", Design(strata="stype", weights="pw")
    ).iloc[0]
    assert same["difference"] == pytest.approx(0, abs=1e-9) and same["standard_error"] < 1e-9


def test_effective_answers_are_never_more_than_the_answers(strat):
    # strata that explain: a design effect below 1
    shares = estimates.estimate_proportion(strat, "sch.wide", "Yes", STRAT)
    assert shares["n_effective"].iloc[0] == 200


def test_two_columns_make_domains_of_their_combinations(strat):
    table = estimates.estimate_mean(strat, "api00", STRAT, by=["stype", "sch.wide"])
    assert list(table.columns[:2]) == ["stype", "sch.wide"]
    crossed = strat.assign(cell=strat["stype"] + strat["sch.wide"])
    flat = estimates.estimate_mean(crossed, "api00", STRAT, by="cell")
    pd.testing.assert_frame_equal(table.iloc[:, 2:], flat.iloc[:, 1:])


@settings(max_examples=8, deadline=None)
@given(scale=st.floats(1e-3, 1e3), order=st.randoms(use_true_random=False))
def test_scale_of_weights_and_order_of_rows_change_nothing(scale, order):
    data = _read("apistrat")
    rows = list(range(len(data)))
    order.shuffle(rows)
    shuffled = data.iloc[rows].assign(pw=data["pw"] * scale)
    design = Design(strata="stype", weights="pw")
    for by in (None, "sch.wide"):
        pd.testing.assert_frame_equal(
            estimates.estimate_mean(data, "api00", design, by),
            estimates.estimate_mean(shuffled, "api00", design, by),
        )
    pd.testing.assert_frame_equal(
        estimates.estimate_proportion(data, "awards", "Yes", design, "stype"),
        estimates.estimate_proportion(shuffled, "awards", "Yes", design, "stype"),
    )


def test_strata_put_together_by_their_size_give_the_country(strat):
    strata = estimates.estimate_mean(strat, "api00", STRAT, "stype").set_index("group")
    share = strat.groupby("stype")["fpc"].first() / strat.groupby("stype")["fpc"].first().sum()
    country = estimates.estimate_mean(strat, "api00", STRAT).iloc[0]
    assert (strata["estimate"] * share).sum() == pytest.approx(country["estimate"])
    error = np.sqrt(((strata["standard_error"] * share) ** 2).sum())
    assert error == pytest.approx(country["standard_error"])


def test_a_domain_is_not_a_subset_of_rows(strat):
    domain = estimates.estimate_mean(strat, "api00", STRAT, "sch.wide").set_index("group").loc["No"]
    cut = estimates.estimate_mean(strat[strat["sch.wide"] == "No"], "api00", STRAT).iloc[0]
    assert domain["estimate"] == pytest.approx(cut["estimate"])
    assert domain["standard_error"] != pytest.approx(cut["standard_error"], rel=1e-3)


def test_a_stratum_differs_as_surely_from_the_rest_as_from_the_country(strat):
    frame = sampling_frame(strat, STRAT)
    weight, y, inside = strat["pw"].to_numpy(), strat["api00"].to_numpy(), (strat["stype"] == "H").to_numpy()

    def influence(rows):
        return np.where(rows, y - np.average(y[rows], weights=weight[rows]), 0) / weight[rows].sum()

    everybody = np.ones(len(y), bool)
    errors = standard_errors(
        np.column_stack([influence(inside) - influence(~inside), influence(inside) - influence(everybody)]),
        frame,
    )
    means = [np.average(y[rows], weights=weight[rows]) for rows in (inside, ~inside, everybody)]
    assert (means[0] - means[1]) / errors[0] == pytest.approx((means[0] - means[2]) / errors[1])


def test_missing_answers_are_counted_and_stay_in_the_design(strat):
    gaps = strat.assign(api00=strat["api00"].where(strat.index % 4 != 0))
    table = estimates.estimate_mean(gaps, "api00", STRAT, by="stype")
    assert table["n"].sum() == 150 and table["n_missing"].sum() == 50
    awards = strat["awards"].where(strat.index % 4 != 0)
    shares = estimates.estimate_proportion(gaps.assign(awards=awards), "awards", "Yes", STRAT)
    assert shares[["n", "n_missing"]].iloc[0].tolist() == [150, 50]


def test_a_domain_where_nobody_answered_is_a_row_without_a_number(strat):
    silent = strat.assign(api00=strat["api00"].where(strat["stype"] != "H"))
    for table in (
        estimates.estimate_mean(silent, "api00", STRAT, "stype"),
        estimates.estimate_proportion(silent, "api00", silent["api00"].iloc[0], STRAT, "stype"),
        estimates.estimate_quantile(silent, "api00", 0.5, STRAT, "stype"),
    ):
        row = table.set_index("group").loc["H"]
        assert row["n"] == 0 and row["n_missing"] == 50
        assert row[["estimate", "low", "high"]].isna().all()


def test_all_alike_has_an_honest_interval(strat):
    strat["answer"] = np.where(strat["stype"] == "H", "no", "yes")
    table = estimates.estimate_proportion(strat, "answer", "yes", STRAT, "stype").set_index("group")
    # Clopper and Pearson at 0 of 50: 1 - .025^(1/50).
    assert table.loc["H", ["estimate", "low", "high"]].tolist() == pytest.approx(
        [0, 0, 1 - 0.025 ** (1 / 50)]
    )
    assert table.loc["E", ["estimate", "low", "high"]].tolist() == pytest.approx([1, 0.025 ** (1 / 100), 1])
    wilson = estimates.estimate_proportion(strat, "answer", "yes", STRAT, "stype", method="wilson")
    assert wilson[["low", "high"]].notna().all(axis=None)
    assert (wilson["high"] > wilson["low"]).all()


@settings(max_examples=30, deadline=None)
@given(
    n=st.integers(1, 60),
    yes=st.integers(0, 60),
    df=st.integers(0, 60),
    error=st.floats(0, 0.5),
    method=st.sampled_from([intervals.korn_graubard, intervals.wilson]),
)
def test_intervals_of_shares_hold_the_share_and_stay_within_it(n, yes, df, error, method):
    share = min(yes, n) / n
    low, high = method([share], [error if 0 < share < 1 else 0.0], [n], [df])
    assert 0 <= low[0] <= share + 1e-9 and share - 1e-9 <= high[0] <= 1
    assert high[0] > low[0]


def test_one_answer_gives_no_certainty():
    data = pd.DataFrame({"place": ["a", "b", "b", "b"], "y": [3.0, 1, 2, 4], "w": 2.0})
    design = Design(strata="place", weights="w")
    row = estimates.estimate_mean(data, "y", design, "place", df="domain").iloc[0]
    assert row["n"] == 1 and row["df"] == 0 and np.isnan(row["low"])
    share = estimates.estimate_proportion(data, "y", 3.0, design, "place").iloc[0]
    assert (share["low"], share["high"]) == pytest.approx((0.025, 1))


# R: svydesign(id=~1, strata=~h, weights=~w, fpc=~N) with options(survey.lonely.psu=...); svymean(~y, d)
@pytest.mark.parametrize(
    ("singleton", "error"),
    [("adjust", 0.873853150861), ("certainty", 0.566510596596)],
)
def test_a_stratum_with_one_respondent_is_handled_as_chosen(singleton, error):
    data = pd.DataFrame(
        {
            "h": ["a", "a", "a", "b", "b", "c", "d"],
            "y": [1.0, 2, 4, 3, 6, 9, 2],
            "N": [6, 6, 6, 7, 7, 3, 1],
            "w": [2, 2, 2, 3.5, 3.5, 3, 1],
        }
    )
    design = Design(strata="h", weights="w", population_size="N", singleton=singleton)
    assert estimates.estimate_mean(data, "y", design)["standard_error"].iloc[0] == pytest.approx(error, 1e-8)
    frame = sampling_frame(data, design)
    z = (data["y"] - np.average(data["y"], weights=data["w"])) / data["w"].sum()
    ours = standard_errors(z.to_numpy()[:, None], frame, singleton)
    assert ours[0] == pytest.approx(error, 1e-8)


def test_a_full_census_has_no_sampling_error(strat):
    census = strat.assign(N=strat.groupby("stype")["pw"].transform("size"), w=1.0)
    design = Design(strata="stype", weights="w", population_size="N")
    mean = estimates.estimate_mean(census, "api00", design, "stype", df="domain")
    share = estimates.estimate_proportion(census, "awards", "Yes", design, "stype")
    for table in (mean, share):
        assert (table["standard_error"] == 0).all()
        np.testing.assert_array_equal(
            table[["low", "high"]], table[["estimate"]].to_numpy().repeat(2, axis=1)
        )
    alone = pd.DataFrame({"h": ["a", "b"], "y": [1.0, 2.0], "N": [1, 1]})
    assert estimates.estimate_mean(alone, "y", Design(strata="h", population_size="N"))["low"].iloc[0] == 1.5


def test_effective_n_is_n_for_a_simple_random_sample():
    data = _read("apisrs")
    mean = estimates.estimate_mean(data, "api00", Design(weights="pw")).iloc[0]
    share = estimates.estimate_proportion(data, "awards", "Yes", Design(weights="pw")).iloc[0]
    assert (mean["n_effective"], share["n_effective"]) == pytest.approx((200, 200))
    clustered = estimates.estimate_mean(_read("apiclus1"), "api00", DESIGNS["clus1_endless"][1]).iloc[0]
    assert clustered["n_effective"] < 40


def test_dtypes_of_real_tables_are_welcome(strat):
    modern = strat.assign(
        stype=strat["stype"].astype(pd.CategoricalDtype(["M", "E", "H", "none"])),
        api00=strat["api00"].astype("Int64").where(strat.index != 3),
        awards=pd.Categorical(strat["awards"], ["Yes", "No", "dont_know"]),
    )
    means = estimates.estimate_mean(modern, "api00", STRAT, "stype")
    assert means["group"].tolist() == ["M", "E", "H"] and means["n_missing"].sum() == 1
    # Nobody chose a declared category: that is 0 %, not a mistake.
    nobody = estimates.estimate_proportion(modern, "awards", "dont_know", STRAT)
    assert nobody["estimate"].iloc[0] == 0 and nobody["high"].iloc[0] > 0.01


@pytest.mark.parametrize(
    ("change", "design", "error", "message"),
    [
        ({}, Design(strata="stype"), ValueError, "`weights`, or a `population_size`"),
        ({"pw": lambda d: d["pw"].where(d.index != 3, -1)}, STRAT, ValueError, "1 of 200 rows are negative"),
        ({"pw": lambda d: d["pw"].where(d.index != 3)}, STRAT, ValueError, "negative or missing"),
        ({"pw": lambda d: d["pw"] * 0}, STRAT, ValueError, "all 200 rows are 0"),
        ({"pw": lambda d: d["pw"].astype(str)}, STRAT, TypeError, "`pw` must be numeric"),
        ({"fpc": 20}, STRAT, ValueError, "population is smaller than the sample"),
        ({"fpc": lambda d: d["fpc"] + d.index}, STRAT, ValueError, "varies in 3 of 3"),
        ({"stype": lambda d: d["stype"].where(d.index != 3)}, STRAT, ValueError, "`stype` must be known"),
        ({"api00": np.nan}, STRAT, ValueError, "at least one answer"),
        ({"api00": "many"}, STRAT, TypeError, "`api00` must be numeric"),
        ({"api00": np.inf}, STRAT, ValueError, "must be finite"),
        ({}, Design(strata="nowhere", weights="pw"), KeyError, "`nowhere` must be a column"),
        ({}, Design(strata="cds", weights="pw", singleton="error"), ValueError, "200 of 200 have one"),
    ],
)
def test_bad_input_is_told(strat, change, design, error, message):
    with pytest.raises(error, match=message):
        estimates.estimate_mean(strat.assign(**change), "api00", design)


def test_other_bad_questions_are_told(strat):
    with pytest.raises(KeyError, match="`cases` must be a column"):
        estimates.estimate_mean(strat, "cases", STRAT)
    with pytest.raises(KeyError, match="`place` must be a column"):
        estimates.estimate_mean(strat, "api00", STRAT, by="place")
    with pytest.raises(ValueError, match="at least one respondent"):
        estimates.estimate_mean(strat.iloc[:0], "api00", STRAT)
    with pytest.raises(ValueError, match="`Maybe` is none of the 200 answers"):
        estimates.estimate_proportion(strat, "awards", "Maybe", STRAT)
    with pytest.raises(ValueError, match="`method` must be one of"):
        estimates.estimate_proportion(strat, "awards", "Yes", STRAT, method="wald")
    with pytest.raises(ValueError, match="`Maybe` has 0 of 200"):
        estimates.contrast(strat, "api00", STRAT, "awards", "Yes", "Maybe")
    with pytest.raises(ValueError, match="`df` must be"):
        estimates.estimate_mean(strat, "api00", STRAT, df="many")
    with pytest.raises(ValueError, match="`probability` must be within"):
        estimates.estimate_quantile(strat, "api00", 50, STRAT)
    with pytest.raises(ValueError, match="`flag` must be known for every respondent, as it makes the groups"):
        estimates.estimate_mean(strat, "api00", STRAT, by="flag")


def test_bad_designs_are_told():
    with pytest.raises(ValueError, match="one `population_size` a stage"):
        Design(cluster=["dnum", "snum"], population_size="fpc1", weights="pw")
    with pytest.raises(ValueError, match="one or two stages"):
        Design(cluster=["a", "b", "c"])
    with pytest.raises(ValueError, match="`singleton` must be one of"):
        Design(singleton="ignore")


@pytest.mark.parametrize(
    "module",
    [
        "estimates",
        "estimates.design",
        "estimates.variance",
        "estimates.intervals",
        "estimates.models",
        "comparisons",
        "comparisons.chance",
        "comparisons.funnel",
        "comparisons.areas",
        "prepare.weights",
    ],
)
def test_examples_run(module):
    assert doctest.testmod(import_module(f"analysis.{module}")).failed == 0
