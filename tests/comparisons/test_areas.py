"""Small areas: what can't be estimated is told, and what is has the error it says."""

import numpy as np
import pandas as pd
import pytest

from analysis.comparisons import decompose, detectable_mean, detectable_share, fay_herriot, standardise
from analysis.estimates import Design


def test_the_intervals_cover_and_the_mse_is_the_squared_error():
    rng = np.random.default_rng(4)
    covered, squared, said = [], [], []
    for _ in range(200):
        variance = 0.9 / rng.integers(3, 60, 60)
        x = rng.normal(size=60)
        truth = 2 + 0.3 * x + rng.normal(0, 0.3, 60)
        found = fay_herriot(truth + rng.normal(0, np.sqrt(variance)), variance, x)
        covered.append(((found["low"] <= truth) & (truth <= found["high"])).mean())
        squared.append(((found["eblup"] - truth) ** 2).mean())
        said.append(found["mse"].mean())
    assert 0.93 < np.mean(covered) < 0.97
    assert np.mean(said) == pytest.approx(np.mean(squared), rel=0.05)


def test_places_without_an_estimate_stay_without_and_in_their_row():
    estimate = np.array([2.0, np.nan, 3.0, 2.5, 9.0])
    found = fay_herriot(estimate, [1.0, np.nan, 1.0, 1.0, 1.0])
    assert found["eblup"].isna().tolist() == [False, True, False, False, False]
    whole = fay_herriot(estimate[[0, 2, 3, 4]], np.ones(4))
    np.testing.assert_allclose(found["eblup"].dropna(), whole["eblup"])


def test_no_more_than_chance_draws_all_the_way():
    rng = np.random.default_rng(2)
    found = fay_herriot(5 + rng.normal(0, 0.5, 40), np.ones(40))
    assert found.attrs["variance"] == 0 and np.ptp(found["eblup"]) < 1e-9
    assert (found["mse"] > 0).all()


@pytest.mark.parametrize(
    ("estimate", "variance", "x", "message"),
    [
        ([1.0, 2, 3, 4], [1.0, 1], None, "`variance` must have one number a place, 4, but has 2"),
        ([1.0, 2, 3, 4], [1.0, 0, 1, 1], None, "`variance` must be above 0, but 1 of 4"),
        ([1.0, 2, 3, 4], [1.0] * 4, [1.0, 2, 3], "`covariates` must have a row a place, 4, but have 3"),
        ([1.0, 2, 3, 4], [1.0] * 4, [1.0, 2, np.nan, 4], "`covariates` must be known .* 1 of 4"),
        ([1.0, np.nan, np.nan, 4], [1.0] * 4, None, "more than 2 places, .* 2 of 4 places"),
        ([1.0, 2, 3, 4], [1.0] * 4, [2.0] * 4, "covariates that differ"),
    ],
)
def test_what_cannot_be_estimated_is_told(estimate, variance, x, message):
    with pytest.raises(ValueError, match=message):
        fay_herriot(estimate, variance, x)


def test_what_is_detectable_is_found_with_the_power_it_says():
    from scipy import stats

    under, over = detectable_share(40, 0.3, 0.01)
    least = next(k for k in range(41) if stats.binom.sf(k - 1, 40, 0.3) <= 0.005)
    most = next(k for k in range(40, -1, -1) if stats.binom.cdf(k, 40, 0.3) <= 0.005)
    assert stats.binom.sf(least - 1, 40, over) == pytest.approx(0.8, abs=1e-6)
    assert stats.binom.cdf(most, 40, under) <= 0.8 + 1e-6
    low, high = detectable_mean(40, 20.0, 8.0)
    assert 20 - low == pytest.approx(high - 20)
    for wrong, message in [
        ((0, 0.3), "`n` must be a whole number"),
        ((2.5, 0.3), "`n` must be a whole number"),
        ((10, 30), "`baseline` must be between 0 and 1"),
        ((10, 0.3, 5), "`alpha` must be between 0 and 1"),
    ]:
        with pytest.raises(ValueError, match=message):
            detectable_share(*wrong)


def test_a_group_without_a_part_of_the_mix_has_no_standardised_mean():
    answers = {
        "place": list("aabb"),
        "unit": ["child", "family", "child", "child"],
        "cases": [40, 20, 30, 26.0],
    }
    people = pd.DataFrame(answers).assign(w=1.0)
    found = standardise(people, "cases", Design(weights="w"), "place", "unit").set_index("group")
    assert found.loc["a", "estimate"] == pytest.approx(0.75 * 40 + 0.25 * 20)
    assert found.loc["b"].drop(["df", "n"]).isna().all() and found.loc["b", "n"] == 2
    with pytest.raises(ValueError, match="`unit` must have answers in both groups, but 1 of 2 .*`family`"):
        decompose(people, "cases", Design(weights="w"), "place", "unit", "a", "b")
