"""The weights: against R's survey package, by their properties, and each guard seen to fail."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.prepare import weights
from analysis.subjects import respondents

API = Path(__file__).parents[1] / "data"
STYPE = pd.Series({"E": 4421, "H": 755, "M": 1018})
SCH_WIDE = pd.Series({"No": 1072, "Yes": 5122})


@pytest.fixture(scope="module")
def clus1():
    return pd.read_csv(API / "apiclus1.csv")


def test_one_margin_is_rs_poststratify(clus1):
    # R: postStratify(svydesign(id=~dnum, weights=~pw, data=apiclus1, fpc=~fpc), ~stype, ...)
    found = weights.calibrate(clus1, "pw", {"stype": STYPE})
    expected = [53.9285714286, 30.7013888889, 30.7013888889, 53.9285714286, 30.7013888889]
    np.testing.assert_allclose(found.iloc[[0, 1, 2, 99, 182]], expected, rtol=1e-10)
    assert found.name == "weight"


def test_two_margins_are_rs_rake(clus1):
    # R: rake(design, list(~stype, ~sch.wide), list(...), control=list(maxit=1000, epsilon=1e-11))
    found = weights.calibrate(clus1, "pw", {"stype": STYPE, "sch.wide": SCH_WIDE})
    expected = [50.3294011161, 29.8706754927, 29.8706754927, 67.1255292412, 29.8706754927]
    np.testing.assert_allclose(found.iloc[[0, 1, 2, 99, 182]], expected, rtol=1e-8)


def test_a_crossed_margin_is_the_product_column(clus1):
    crossed = clus1.assign(cell=clus1["stype"] + clus1["sch.wide"])
    totals = crossed.groupby(["stype", "sch.wide"]).size() * 31.0 + 7
    by_tuple = weights.calibrate(crossed, "pw", {("stype", "sch.wide"): totals})
    flat = totals.set_axis([a + b for a, b in totals.index])
    pd.testing.assert_series_equal(by_tuple, weights.calibrate(crossed, "pw", {"cell": flat}))


@settings(max_examples=25, deadline=None)
@given(scale=st.floats(1e-3, 1e3), seed=st.integers(0, 1000))
def test_raking_reaches_each_total_whatever_the_scale(scale, seed):
    rng = np.random.default_rng(seed)
    people = pd.DataFrame(
        {"a": np.tile(["x", "y"], 30), "b": np.repeat(["p", "q", "r"], 20), "w": rng.uniform(1, 5, 60)}
    )
    margins = {"a": pd.Series({"x": 70.0, "y": 50.0}), "b": pd.Series({"p": 30.0, "q": 50.0, "r": 40.0})}
    raked = weights.calibrate(people, "w", margins)
    for column, totals in margins.items():
        np.testing.assert_allclose(raked.groupby(people[column]).sum()[totals.index], totals, rtol=1e-8)
    np.testing.assert_allclose(weights.calibrate(people, people["w"] * scale, margins), raked, rtol=1e-6)


def test_categorical_margins_and_unused_categories_do_no_harm(clus1):
    stype = pd.Categorical(clus1["stype"], categories=["E", "H", "M", "unused"])
    found = weights.calibrate(clus1.assign(stype=stype), "pw", {"stype": STYPE})
    np.testing.assert_allclose(found, weights.calibrate(clus1, "pw", {"stype": STYPE}))


def test_design_weights_are_employed_over_answered():
    people = pd.DataFrame({"place": ["0101", "0101", "0147"], "role": ["leader", "leader", "leader"]})
    employed = pd.Series({("0101", "leader"): 9, ("0147", "leader"): 4})
    assert weights.design_weights(people, ["place", "role"], employed).tolist() == [4.5, 4.5, 4.0]
    with pytest.raises(ValueError, match="1 of 2 have fewer"):
        weights.design_weights(people, ["place", "role"], employed - 8 * np.array([1, 0]))


def test_response_rates_by_group():
    staff = pd.DataFrame(
        {
            "municipality_group": ["A", "A", "B"],
            "employed_count": [10, 20, 5],
            "invited_count": [10, 20, 0],
            "answered_count": [5, 10, 0],
            "partial_count": [1, 2, 0],
        }
    )
    rates = respondents.response_rates(staff, "municipality_group").set_index("municipality_group")
    assert rates.loc["A", "response_rate"] == 0.5
    assert rates.loc["A", "response_rate_with_partial"] == 0.6
    assert np.isnan(rates.loc["B", "response_rate"])
    with pytest.raises(ValueError, match="1 of 3 rows"):
        respondents.response_rates(staff.assign(answered_count=[5, 30, 0]), "municipality_group")


@pytest.mark.parametrize(
    ("start", "margins", "message"),
    [
        ("pw", {"stype": STYPE.drop("H")}, "1 of 3 have none"),
        ("pw", {"stype": pd.concat([STYPE, pd.Series({"Z": 9})])}, "first: Z = 9"),
        ("pw", {"stype": STYPE, "sch.wide": SCH_WIDE * 2}, "one population"),
        ("zero", {"stype": STYPE}, "above 0, but 1 of 183 rows"),
        ("blank", {"stype": STYPE}, "above 0, but 1 of 183 rows"),
        ("pw", {}, "at least one margin"),
        ("pw", {"awards": SCH_WIDE}, "known for every respondent"),
    ],
)
def test_calibrate_says_what_is_wrong(clus1, start, margins, message):
    broken = clus1.assign(
        zero=clus1["pw"].where(clus1.index != 3, 0),
        blank=clus1["pw"].where(clus1.index != 3),
        awards=clus1["awards"].where(clus1.index != 3),
    )
    with pytest.raises(ValueError, match=message):
        weights.calibrate(broken, start, margins)


def test_calibrate_names_an_unknown_column(clus1):
    with pytest.raises(KeyError, match="`nowhere` must be a column"):
        weights.calibrate(clus1, "pw", {"nowhere": STYPE})


def test_contradicting_margins_do_not_converge_in_silence():
    people = pd.DataFrame({"a": ["x", "y"], "b": ["p", "q"], "w": 1.0})
    margins = {"a": pd.Series({"x": 10.0, "y": 20.0}), "b": pd.Series({"p": 20.0, "q": 10.0})}
    with pytest.raises(ValueError, match="after 500 rounds"):
        weights.calibrate(people, "w", margins)
