"""Logit and proportional odds: what can't be fitted is told, and nothing is dropped in silence."""

import numpy as np
import pandas as pd
import pytest
from test_reference import STRATA, survey

from analysis.estimates import Design
from analysis.estimates.models import logit, ordinal, predicted_shares


def test_who_lacks_an_answer_is_counted_and_stays_in_the_design():
    model = logit(survey(), "low", ["caseload", "programme"], STRATA)
    complete = survey()[["low", "caseload", "programme"]].notna().all(axis=1)
    assert (model.n, model.n_missing) == (complete.sum(), (~complete).sum())
    assert model.coefficients["term"].tolist() == ["Intercept", "caseload", "programme[yes]"]
    assert model.margins["term"].tolist() == ["caseload", "programme[yes]"]


def test_scale_and_reference_change_what_they_should():
    people = survey().assign(tens=survey()["caseload"] / 10)
    people["programme"] = pd.Categorical(people["programme"], ["yes", "no"])
    plain = logit(survey(), "low", ["caseload", "programme"], STRATA)
    turned = logit(people, "low", ["tens", "programme"], STRATA)
    np.testing.assert_allclose(turned.margins["estimate"], plain.margins["estimate"] * [10, -1], rtol=1e-8)
    np.testing.assert_allclose(turned.margins["p"], plain.margins["p"], rtol=1e-6)
    assert turned.margins["term"].tolist() == ["tens", "programme[no]"]
    heavier = logit(survey().assign(weight=survey()["weight"] * 7), "low", ["caseload", "programme"], STRATA)
    pd.testing.assert_frame_equal(heavier.coefficients, plain.coefficients, rtol=1e-7)


def test_predicted_shares_average_to_the_observed_and_rise_with_the_term():
    model = logit(survey(), "low", ["caseload", "programme"], STRATA)
    shares = predicted_shares(model, "caseload", [10, 30, 60, 200])
    assert (np.diff(shares["estimate"]) > 0).all()
    assert ((shares["low"] > 0) & (shares["low"] < shares["estimate"])).all()
    assert ((shares["high"] < 1) & (shares["high"] > shares["estimate"])).all()
    step = predicted_shares(model, "caseload", [34.5, 35.5])["estimate"]
    assert np.diff(step)[0] == pytest.approx(model.margins["estimate"].iloc[0], rel=0.1)
    with pytest.raises(ValueError, match="`term` must be a number among the terms of a logit .caseload."):
        predicted_shares(model, "programme", [1])


def test_a_boolean_and_a_nullable_outcome_are_welcome():
    people = survey().assign(yes=survey()["low"].astype("boolean"), whole=survey()["low"].astype("Int64"))
    models = [logit(people, outcome, "hours", STRATA).coefficients for outcome in ("low", "yes", "whole")]
    for model in models[1:]:
        pd.testing.assert_frame_equal(model, models[0])


@pytest.mark.parametrize(
    ("change", "outcome", "terms", "error", "message"),
    [
        ({}, "low", "place", KeyError, "`place` must be a column"),
        ({}, "low", ["low"], ValueError, "none of them the outcome `low`"),
        ({}, "low", ["hours", "hours"], ValueError, "Name each once"),
        ({}, "handover", "hours", ValueError, "`handover` must be 0 or 1, but .* 5 different ones"),
        ({"low": "yes"}, "low", "hours", ValueError, "`low` must be 0 or 1"),
        ({"low": 1}, "low", "hours", ValueError, "must have both answers, but all"),
        ({"area": "x"}, "low", "area", ValueError, "`area` must have at least two different answers"),
        ({"hours": 2.0}, "low", "hours", ValueError, "`hours` must have at least two different answers"),
        ({"hours": np.inf}, "low", "hours", ValueError, "`hours` must be finite"),
        ({"twice": lambda d: 2 * d["hours"]}, "low", ["hours", "twice"], ValueError, "`twice` follows from"),
        ({"rare": lambda d: np.where(d.index < 4, "a", "b"), "low": lambda d: d["low"].where(d.index > 3, 1)},
         "low", "rare", ValueError, "`rare` must have both answers .* 1 of 2 .*first: `a`, 4 rows.*separation"),
        ({"hint": lambda d: d["low"] * 10 + d["hours"] / 9}, "low", ["hint"], ValueError, "separation"),
        ({"hours": lambda d: d["hours"].where(d["area"] == "x")}, "low", ["hours", "area"], ValueError,
         "1 of 2 levels have none .first: `y`"),
        ({"hours": lambda d: d["hours"].where(d.index < 2)}, "low", "hours", ValueError, "complete rows, but"),
    ],
)  # fmt: skip
def test_what_cannot_be_fitted_is_told(change, outcome, terms, error, message):
    with pytest.raises(error, match=message):
        logit(survey().assign(**change), outcome, terms, STRATA)


def test_a_scale_must_have_an_order():
    people = survey().assign(
        word=survey()["handover"].map({1: "a", 2: "b", 3: "c", 4: "d", 5: "e"}),
        two=survey()["low"],
    )
    with pytest.raises(ValueError, match="`word` must be numbers or ordered categories"):
        ordinal(people, "word", "hours", STRATA)
    with pytest.raises(ValueError, match="at least three different answers, but has 2 .* Fit `logit`"):
        ordinal(people, "two", "hours", STRATA)
    people["word"] = people["word"].astype(pd.CategoricalDtype(list("abcde"), ordered=True))
    named = ordinal(people, "word", "hours", STRATA).coefficients
    numbered = ordinal(people, "handover", "hours", STRATA).coefficients
    assert named["term"].tolist() == ["hours", "a|b", "b|c", "c|d", "d|e"]
    pd.testing.assert_frame_equal(named.drop(columns="term"), numbered.drop(columns="term"))


def test_a_difference_in_answers_is_found_and_none_is_not():
    rng = np.random.default_rng(5)
    missed, false = 0, 0
    for _ in range(60):
        people = pd.DataFrame({"x": rng.normal(size=400), "m": rng.integers(0, 40, 400), "w": 1.0})
        people["none"] = (rng.random(400) < 0.4).astype(int)
        people["some"] = (rng.random(400) < 1 / (1 + np.exp(0.4 - 0.8 * people["x"]))).astype(int)
        design = Design(cluster="m", weights="w")
        false += logit(people, "none", "x", design).margins["p"].iloc[0] < 0.05
        missed += logit(people, "some", "x", design).margins["p"].iloc[0] > 0.05
    assert false <= 8 and missed == 0
