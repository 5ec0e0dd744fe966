"""The comparisons: against R and published numbers, and by how often they cry wolf."""

import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis import comparisons, estimates
from analysis.comparisons.chance import p_of_shares
from analysis.estimates import Design

DATA = Path(__file__).parents[1] / "data"
PLACES = Design(strata="place", weights="w", population_size="employed")


def identical_places(seed, share=None):
    """Ninety-eight municipalities with a median of 25 answers that differ by nothing but chance."""
    rng = np.random.default_rng(seed)
    sizes = np.maximum(5, rng.lognormal(np.log(25), 0.6, 98).astype(int))
    place = np.repeat(np.arange(98), sizes)
    people = pd.DataFrame({"place": place, "employed": np.ceil(sizes * 1.6)[place]})
    people["w"] = rng.uniform(1.3, 2, 98)[place] * rng.uniform(0.8, 1.25, len(place))
    if share is None:
        return people.assign(answer=rng.negative_binomial(3, 3 / 43, len(place)).astype(float))
    return people.assign(answer=np.where(rng.random(len(place)) < share, "yes", "no"))


def test_identical_municipalities_are_rarely_told_apart():
    alarms = {"clear": 0, "maybe": 0, "naive": 0}
    for seed, share in [(seed, share) for seed in range(30) for share in (None, 0.3)]:
        people = identical_places(seed, share)
        table = comparisons.compare_places(people, "answer", PLACES, "place", level=share and "yes")
        alarms["clear"] += table["verdict"].isin(["over", "under"]).any()
        alarms["maybe"] += table["verdict"].isin(["maybe_over", "maybe_under"]).sum()
        alarms["naive"] += (table["p"] < 0.05).sum()
    # Sixty items: one family in twenty = 3; 98 x 5 % x 60 = 294, as a report says of those that look so.
    assert alarms["clear"] <= 7
    assert 180 <= alarms["naive"] <= 350
    assert 180 <= alarms["maybe"] <= 420


@pytest.mark.parametrize("share", [None, 0.1, 0.5])
def test_p_is_as_rare_as_it_says(share):
    rates = []
    for seed in range(100):
        people = identical_places(seed, share)
        table = comparisons.compare_with_rest(people, "answer", PLACES, "place", level=share and "yes")
        p = table["p"].to_numpy()
        rates.append([(p < 0.002).mean(), (p < 0.05).mean(), (comparisons.adjust_p(p) < 0.05).any()])
    far, near, family = np.mean(rates, axis=0)
    assert far < 0.003 and near < 0.055 and family < 0.1
    if share != 0.1:  # rare answers move in whole respondents, so that the test must stay below
        assert far > 0.001 and near > 0.04


def test_all_municipalities_take_a_fraction_of_a_second():
    people = identical_places(9).assign(area=lambda d: np.where(np.arange(len(d)) % 3 == 0, "x", "y"))
    comparisons.compare_places(people, "answer", PLACES, "place", within="area")
    start = time.process_time()
    comparisons.compare_places(people, "answer", PLACES, "place", within="area")
    assert time.process_time() - start < 1


def test_a_municipality_that_differs_is_found():
    people = identical_places(1)
    people.loc[people["place"] == 17, "answer"] *= 3
    table = comparisons.compare_places(people, "answer", PLACES, "place").set_index("place")
    assert table.loc[17, "verdict"] == "over" and table.loc[17, "difference_low"] > 0
    shares = identical_places(1, 0.3)
    shares.loc[shares["place"] == 17, "answer"] = "no"
    table = comparisons.compare_places(shares, "answer", PLACES, "place", level="yes").set_index("place")
    size = table.loc[17, "n"]
    assert table.loc[17, "verdict"] == ("under" if size > 25 else "maybe_under")
    assert table.loc[17, "difference_high"] < 0 or size < 12


def test_a_difference_from_the_rest_is_rs_contrast():
    references = pd.read_csv(DATA / "r_survey.csv", keep_default_na=False, na_values=["NaN"])
    for name, file, design in [
        ("strat", "apistrat", Design(strata="stype", weights="pw", population_size="fpc")),
        ("clus1", "apiclus1", Design(cluster="dnum", weights="pw", population_size="fpc")),
        ("clus2", "apiclus2", Design(cluster=["dnum", "snum"], population_size=["fpc1", "fpc2"])),
    ]:
        data = pd.read_csv(DATA / f"{file}.csv")
        row = references[(references["design"] == name) & (references["kind"] == "rest")].iloc[0]
        found = comparisons.compare_with_rest(data, "api00", design, "stype").set_index("group").loc["H"]
        assert found["difference"] == pytest.approx(float(row["estimate"]), 1e-6)
        assert found["standard_error"] == pytest.approx(float(row["standard_error"]), 1e-6)
        gap = comparisons.compare_with_rest(data, "api00", design, "sch.wide").set_index("group").loc["Yes"]
        two = estimates.contrast(data, "api00", design, "sch.wide", "Yes", "No")
        assert (gap["difference"], gap["standard_error"]) == pytest.approx((two.estimate, two.standard_error))


def test_each_area_is_compared_by_itself():
    people = identical_places(2)
    people["area"] = np.where(np.arange(len(people)) % 3 == 0, "disability", "at_risk")
    both = comparisons.compare_with_rest(people, "answer", PLACES, "place", within="area")
    # One area at a time, on the full design: the other's answers are no answers.
    alone = people.assign(answer=people["answer"].where(people["area"] == "at_risk"))
    alone = comparisons.compare_with_rest(alone, "answer", PLACES, "place").set_index("group")
    both = both[both["area"] == "at_risk"].set_index("place")
    columns = ["difference", "standard_error", "difference_low", "difference_high", "df", "p"]
    pd.testing.assert_frame_equal(both[columns], alone.loc[both.index, columns], check_names=False)


def test_shares_of_0_and_100_percent_have_intervals_and_p():
    people = identical_places(3, 0.5)
    people.loc[people["place"] == 0, "answer"] = "yes"
    people.loc[people["place"] == 1, "answer"] = "no"
    table = comparisons.compare_places(people, "answer", PLACES, "place", level="yes").set_index("place")
    assert table[["difference_low", "difference_high", "p", "shrunken"]].notna().all(axis=None)
    assert (table["difference_low"] < table["difference"]).all()
    assert table.loc[0, "estimate"] == 1 and 0.5 < table.loc[0, "shrunken"] < 1


def test_the_table_says_what_it_is():
    people = identical_places(4)
    people.loc[(people["place"] == 5) & (people.groupby("place").cumcount() > 2), "answer"] = np.nan
    people.loc[people["place"] == 6, "answer"] = np.nan
    table = comparisons.compare_places(people, "answer", PLACES, "place").set_index("place")
    assert table.loc[5, ["n", "verdict", "reliability"]].tolist() == [3, "none", "usikker"]
    assert table.loc[6, ["n", "verdict"]].tolist() == [0, "none"] and np.isnan(table.loc[6, "shrunken"])
    assert comparisons.count_tests(table["p_adjusted"]) == 96
    plain = estimates.estimate_mean(people, "answer", PLACES, "place", df="domain").set_index("group")
    pd.testing.assert_frame_equal(table[plain.columns], plain, check_names=False)


def test_comparisons_leave_out_the_finite_correction_and_estimates_keep_it():
    people = identical_places(5)
    finite = comparisons.compare_places(people, "answer", PLACES, "place")
    endless = comparisons.compare_places(people, "answer", Design(strata="place", weights="w"), "place")
    compared = ["difference", "difference_low", "difference_high", "p", "p_adjusted", "shrunken"]
    pd.testing.assert_frame_equal(finite[compared], endless[compared])
    assert (finite["standard_error"] < endless["standard_error"]).all()
    derived = comparisons.compare_places(
        people, "answer", Design(strata="place", population_size="employed"), "place"
    )
    assert derived["p"].notna().all()


def test_no_variation_is_no_difference():
    people = identical_places(6).assign(answer=4.0)
    table = comparisons.compare_places(people, "answer", PLACES, "place")
    assert (table["p"] == 1).all() and (table["verdict"] == "som").all()
    same = comparisons.compare_places(people.assign(answer="yes"), "answer", PLACES, "place", level="yes")
    assert (same["p"] == 1).all() and (same["verdict"] == "som").all()


def test_one_place_alone_is_not_compared():
    people = identical_places(7)
    table = comparisons.compare_places(people.assign(country="DK"), "answer", PLACES, "country")
    assert table["verdict"].tolist() == ["none"] and table["estimate"].notna().all()


def test_funnel_limits_are_the_published():
    limits = comparisons.funnel_limits(0.80642448, [1, 2, 3], 0.95)
    np.testing.assert_allclose(limits["low"] * 100, [3.204264, 25.885383, 35.933491], rtol=1e-6)
    wide = comparisons.funnel_limits(0.80642448, [1, 2, 3], 0.998)
    assert (wide["low"] <= limits["low"]).all() and (wide["high"] <= 1).all()
    means = comparisons.funnel_limits(40, [25], 0.95, spread=20)
    assert means[["low", "high"]].iloc[0].tolist() == pytest.approx([40 - 1.959964 * 4, 40 + 1.959964 * 4])


def test_overdispersion_widens_the_limits_only_when_there_is_some():
    rng = np.random.default_rng(8)
    n = rng.integers(10, 60, 98)
    same = comparisons.overdispersion(rng.binomial(n, 0.4) / n, n, 0.4)
    assert same.phi < 1.2 and same.places == 98
    share = np.clip(rng.normal(0.4, 0.15, 98), 0.02, 0.98)
    differing = comparisons.overdispersion(rng.binomial(n, share) / n, n, 0.4)
    assert differing.phi > 2
    # A share's arcsine varies by its standard deviation / (2 sqrt(p q)); winsorising takes a little off.
    assert np.sqrt(differing.tau2) == pytest.approx(0.15 / (2 * np.sqrt(0.24)), rel=0.35)
    plain = comparisons.funnel_limits(0.4, [30], 0.95)
    wider = comparisons.funnel_limits(0.4, [30], 0.95, tau2=differing.tau2)
    assert wider["low"].iloc[0] < plain["low"].iloc[0] and wider["high"].iloc[0] > plain["high"].iloc[0]


def test_overdispersion_is_dersimonian_and_lairds():
    share, n = np.array([0.2, 0.5, 0.9, 0.4]), np.array([20, 50, 30, 40])
    distance = np.arcsin(np.sqrt(share)) - np.arcsin(np.sqrt(0.5))
    weight = 4 * n
    q = np.sum(weight * distance**2)
    expected = (q - 3) / (weight.sum() - (weight**2).sum() / weight.sum())
    found = comparisons.overdispersion(share, n, 0.5, winsorised=0)
    assert found.tau2 == pytest.approx(expected) and found.phi == pytest.approx(q / 4)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), spread=st.floats(1, 30))
def test_shrunken_values_lie_between_raw_and_country_and_keep_few_answers_closest(seed, spread):
    rng = np.random.default_rng(seed)
    n = rng.integers(1, 80, 40)
    raw = rng.normal(40, 5, 40) + rng.normal(0, spread, 40) / np.sqrt(n)
    shrunken = comparisons.shrink(raw, n, 40.0, spread=spread)
    assert (np.abs(shrunken - 40) <= np.abs(raw - 40) + 1e-9).all()
    kept = (shrunken - 40) / (raw - 40)
    assert (np.diff(kept[np.argsort(n, kind="stable")]) >= -1e-9).all()


def test_shrinking_leaves_gaps_and_certainty_alone():
    assert np.isnan(comparisons.shrink([np.nan, 0.5, 0.2], [0, 10, 10], 0.4)[0])
    np.testing.assert_array_equal(comparisons.shrink([3.0, 3.0], [5, 5], 3.0, spread=0.0), [3, 3])


# R: p.adjust(c(.01, .02, .03, .04, .05, .5), "BH")
def test_adjusted_p_is_rs():
    found = comparisons.adjust_p([0.01, 0.02, np.nan, 0.03, 0.04, 0.05, 0.5])
    np.testing.assert_allclose(found, [0.06, 0.06, np.nan, 0.06, 0.06, 0.06, 0.5])
    assert comparisons.count_tests(found) == 6
    assert np.isnan(comparisons.adjust_p([np.nan])).all()


def test_reliability_follows_the_standards_of_the_nchs():
    table = pd.DataFrame(
        {
            "estimate": [0.5, 0.5, 0.5, 0.05, 0.01, np.nan],
            "low": [0.4, 0.4, 0.25, 0.005, 0.001, np.nan],
            "high": [0.6, 0.6, 0.75, 0.095, 0.051, np.nan],
            "n": [100, 9, 40, 100, 100, 0],
            "n_effective": [100, 90, 40, 100, 100, 0],
            "df": [99, 19, 39, 99, 99, -1],
        }
    )
    shares = comparisons.reliability(table).tolist()
    assert shares == ["ok", "usikker", "usikker", "usikker", "ok", "usikker"]
    means = comparisons.reliability(table, is_share=False).tolist()
    assert means == ["ok", "usikker", "ok", "usikker", "usikker", "usikker"]
    few = table.assign(n_effective=[9, 30, 30, 30, 30, 30], df=[30, 7, 30, 30, 30, 30])
    assert comparisons.reliability(few, is_share=False).tolist()[:3] == ["usikker", "usikker", "ok"]


def test_p_of_shares_is_the_binomials():
    found = p_of_shares([0.05, 0.0], 20.0, 0.3)
    expected = [
        2 * (stats.binom.cdf(0, 20, 0.3) + stats.binom.pmf(1, 20, 0.3) / 2),
        stats.binom.pmf(0, 20, 0.3),
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_bad_input_is_told():
    people = identical_places(1)
    with pytest.raises(KeyError, match="`kommune` must be a column"):
        comparisons.compare_places(people, "answer", PLACES, "kommune")
    with pytest.raises(ValueError, match="`baseline` must be a share"):
        comparisons.funnel_limits(80.6, [10])
    with pytest.raises(ValueError, match="`n` must be above 0, but 1 of 2"):
        comparisons.funnel_limits(0.8, [10, 0])
    with pytest.raises(ValueError, match="`coverage` must be"):
        comparisons.funnel_limits(0.8, [10], 95)
