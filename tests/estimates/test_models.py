"""The count models: against MASS, on data made to break them, and each guard seen to fail."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.estimates import models

QUINE = Path(__file__).parents[1] / "data" / "quine.csv"


@pytest.fixture(scope="module")
def quine():
    return pd.read_csv(QUINE)


@pytest.fixture(scope="module")
def caseworkers():
    rng = np.random.default_rng(6)
    hours = rng.uniform(15, 37, 800)
    area = rng.choice(["at_risk", "disability"], 800)
    mean = hours * np.where(area == "disability", 1.5, 1.0)
    return pd.DataFrame(
        {
            "caseload": rng.negative_binomial(4, 4 / (4 + mean)),
            "weekly_hours": hours,
            "area": area,
            "municipality_code": rng.choice([f"{code:04d}" for code in range(40)], 800),
        }
    )


# R: MASS::glm.nb(Days ~ Sex + Age + Eth + Lrn, data=quine)$theta; and with Sex/(Age + Eth*Lrn)
@pytest.mark.parametrize(
    ("terms", "theta"),
    [(["Sex", "Age", "Eth", "Lrn"], 1.274892646), (["Sex/(Age + Eth*Lrn)"], 1.597990733)],
)
def test_dispersion_is_that_of_mass(quine, terms, theta):
    assert models.caseload_ratios(quine, terms, outcome="Days", exposure=None).theta == pytest.approx(
        theta, 1e-6
    )


def test_ratios_are_those_of_mass(quine):
    ratios = models.caseload_ratios(quine, ["Sex", "Age", "Eth", "Lrn"], outcome="Days", exposure=None).ratios
    expected = [2.89458001692, 0.0823202641037, -0.44842814859, 0.0880801397149]
    expected += [0.356900947763, -0.569371703399, 0.292109142828]
    np.testing.assert_allclose(np.log(ratios["ratio"]), expected, atol=1e-5)
    assert (ratios["low"] < ratios["ratio"]).all() and (ratios["ratio"] < ratios["high"]).all()


def test_a_known_ratio_and_dispersion_come_back(caseworkers):
    model = models.caseload_ratios(caseworkers, "area", cluster="municipality_code")
    row = model.ratios.set_index("term").loc["area[T.disability]"]
    assert row["low"] < 1.5 < row["high"] and row["high"] / row["low"] < 1.25
    assert model.theta == pytest.approx(4, rel=0.15)
    assert model.checks["holds"].all()


def test_hours_are_an_offset_not_a_term(caseworkers):
    doubled = caseworkers.assign(weekly_hours=caseworkers["weekly_hours"] * 2)
    ratio, half = (models.caseload_ratios(data, "area").ratios["ratio"] for data in (caseworkers, doubled))
    np.testing.assert_allclose(half / ratio, [0.5, 1], rtol=1e-4)


def test_missing_answers_are_counted(caseworkers):
    gaps = caseworkers.assign(area=caseworkers["area"].where(caseworkers.index >= 30))
    model = models.caseload_ratios(gaps, "area")
    assert (model.n, model.n_missing) == (770, 30)


def test_zeros_that_the_model_cannot_make_fail_the_check(caseworkers):
    inflated = caseworkers.assign(caseload=caseworkers["caseload"].where(caseworkers.index % 4 > 0, 0))
    checks = models.caseload_ratios(inflated, "area").checks.set_index("check")
    assert not checks.loc["zeros", "holds"]
    assert checks.loc["zeros", "observed"] > checks.loc["zeros", "expected"]


def test_a_model_that_does_not_converge_is_told(caseworkers, monkeypatch):
    import statsmodels.discrete.discrete_model as discrete

    fit = discrete.NegativeBinomial.fit
    monkeypatch.setattr(
        discrete.NegativeBinomial, "fit", lambda self, **settings: fit(self, **settings | {"maxiter": 1})
    )
    with pytest.raises(ValueError, match="must converge, but on 800 rows it has not"):
        models.caseload_ratios(caseworkers, "area")


@pytest.mark.parametrize(
    ("change", "terms", "error", "message"),
    [
        ({}, "place", KeyError, "`place` must be a column"),
        ({"caseload": -1}, "area", ValueError, "`caseload` must be 0 or more"),
        ({"weekly_hours": 0.0}, "area", ValueError, "`weekly_hours` must be above 0"),
        ({"caseload": np.nan}, "area", ValueError, "complete rows, but 0 of 800"),
    ],
)
def test_bad_input_is_told(caseworkers, change, terms, error, message):
    with pytest.raises(error, match=message):
        models.caseload_ratios(caseworkers.assign(**change), terms)
