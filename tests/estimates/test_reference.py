"""What R says of a made survey and made areas: `data/r_reference/reference.csv`, by the script beside it."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.miscmodels.ordinal_model import OrderedModel

from analysis import comparisons
from analysis.estimates import Design, contrast
from analysis.estimates.models import logit, ordinal

FOLDER = Path(__file__).parents[1] / "data" / "r_reference"
STRATA, CLUSTERS = (
    Design(strata="municipality", weights="weight"),
    Design(cluster="municipality", weights="weight"),
)


@cache
def survey() -> pd.DataFrame:
    people = pd.read_csv(FOLDER / "survey.csv")
    return people.assign(a_or_rest=np.where(people["group"] == "A", "A", "rest"))


@cache
def _model(kind: str):
    if kind == "logit":
        return logit(survey(), "low", ["caseload", "hours", "programme", "area", "group"], STRATA)
    return ordinal(survey(), "handover", ["caseload", "hours", "programme"], STRATA)


def _of_model(kind: str, quantity: str) -> float:
    model = _model(kind)
    if quantity in ("df residual", "n"):
        return {"df residual": model.df, "n": model.n}[quantity]
    table = model.margins if quantity.startswith("ame") else model.coefficients
    statistic = "standard_error" if " se " in f" {quantity} " else "estimate"
    term = quantity.split()[-1]
    levels = {"programmeyes": "programme[yes]", "areay": "area[y]", "(Intercept)": "Intercept"}
    levels |= {f"group{group}": f"group[{group}]" for group in "BCD"}
    return table.set_index("term").loc[levels.get(term, term), statistic]


@cache
def _groups(kind: str, variable: str) -> pd.DataFrame:
    design = STRATA if kind == "group_strata" else CLUSTERS
    return comparisons.compare_with_rest(survey(), variable, design, "group").set_index("group")


def _of_group(kind: str, quantity: str) -> float:
    if quantity == "df":
        design = STRATA if kind == "group_strata" else CLUSTERS
        return contrast(survey(), "hours", design, "a_or_rest", "A", "rest").df
    variable, group, statistic = quantity.split()
    return _groups(kind, variable).loc[group, {"se": "standard_error"}.get(statistic, statistic)]


def _of_detectable(quantity: str) -> float:
    _, n, _, baseline, side = quantity.split()
    under, over = comparisons.detectable_share(int(n), float(baseline), 0.05 / 91)
    return under if side == "under" else over


def _of_fcr(quantity: str) -> float:
    flagged = int(quantity.replace(" of 91", "").split()[-1])
    coverage = comparisons.selected_coverage([0.001] * flagged + [0.9] * (91 - flagged))
    if quantity.startswith("coverage"):
        return coverage
    from analysis.estimates.intervals import t_quantile

    return float(t_quantile(24, coverage))


@cache
def _areas(covariate: str) -> pd.DataFrame:
    areas = pd.read_csv(FOLDER / "areas.csv")
    x = areas[["x"]] if covariate == "x" else None
    found = comparisons.fay_herriot(areas["estimate"], areas["variance"], x)
    return found.set_axis(areas["area"], axis=0)


def _of_areas(kind: str, quantity: str) -> float:
    found = _areas(kind.split()[-1])
    if quantity == "variance of areas":
        return found.attrs["variance"]
    statistic, area = quantity.split()
    return found.loc[area, statistic]


def _ours(kind: str, quantity: str) -> float:
    if kind in ("logit", "ordinal"):
        return _of_model(kind, quantity)
    if kind.startswith("group_"):
        return _of_group(kind, quantity)
    if kind == "standardised":
        found = comparisons.standardise(survey(), "caseload", STRATA, "a_or_rest", "unit")
        return found.set_index("group").loc[quantity.removeprefix("mean "), "estimate"]
    if kind == "kitagawa":
        return comparisons.decompose(survey(), "caseload", STRATA, "a_or_rest", "unit", "A", "rest")[quantity]
    if kind == "detectable":
        return _of_detectable(quantity)
    return _of_fcr(quantity) if kind == "fcr" else _of_areas(kind, quantity)


TOLD = pd.read_csv(FOLDER / "reference.csv")
TOLD["value"] = pd.to_numeric(TOLD["value"], errors="coerce")  # R writes NA with or without blanks
REFERENCE = list(TOLD.itertuples(index=False, name=None))


@pytest.mark.parametrize(("kind", "quantity", "value"), REFERENCE)
def test_equals_r(kind, quantity, value):
    # R's own ordinal standard errors come from a numerical Hessian.
    tolerance = 1e-3 if kind == "ordinal" and quantity.startswith("se") else 1e-6
    assert _ours(kind, quantity) == pytest.approx(value, rel=tolerance, nan_ok=True)


# ---- other witnesses


def test_unweighted_fits_are_those_of_statsmodels():
    people = survey().assign(one=1.0).dropna(subset=["low", "caseload", "hours", "programme"])
    x = people[["caseload", "hours"]].assign(yes=(people["programme"] == "yes").astype(float))
    design = Design(weights="one")
    terms = ["caseload", "hours", "programme"]
    theirs = sm.Logit(people["low"], sm.add_constant(x)).fit(disp=0).params
    ours = logit(people, "low", terms, design).coefficients["estimate"]
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)
    scale = pd.Series(pd.Categorical(people["handover"], ordered=True))
    fit = OrderedModel(scale, x.reset_index(drop=True), distr="logit").fit(method="bfgs", gtol=1e-8, disp=0)
    theirs = [*fit.params[:3], *fit.model.transform_threshold_params(fit.params)[1:-1]]
    ours = ordinal(people, "handover", terms, design).coefficients["estimate"]
    np.testing.assert_allclose(ours, theirs, rtol=1e-4)


def test_two_parts_of_a_difference_add_up_and_a_mix_is_the_samples():
    whole = comparisons.standardise(survey().assign(all="x"), "caseload", STRATA, "all", "unit").iloc[0]
    from analysis.estimates import estimate_mean

    plain = estimate_mean(survey(), "caseload", STRATA).iloc[0]
    columns = ["estimate", "standard_error", "low", "high", "df", "n"]
    np.testing.assert_allclose(whole[columns].astype(float), plain[columns].astype(float))


def test_places_alike_in_kind_are_compared_within_it():
    """Municipalities that count families are no lower than others that do, whatever the children-counters have."""
    people = survey().dropna(subset=["caseload"])
    people = people.assign(
        unit=np.where(people["municipality"].str[-1].isin(list("0369")), "family", "child")
    )
    people["caseload"] = people["caseload"].where(people["unit"] == "child", people["caseload"] / 4)
    found = comparisons.compare_with_rest(people, "caseload", STRATA, "municipality", alike="unit")
    families = people[people["unit"] == "family"]
    alone = comparisons.compare_with_rest(families, "caseload", STRATA, "municipality").set_index("group")
    ours = found.set_index("group").loc[alone.index]
    columns = ["difference", "standard_error", "p"]
    pd.testing.assert_frame_equal(ours[columns], alone[columns], rtol=1e-9)
    mixed = comparisons.compare_with_rest(people, "caseload", STRATA, "municipality").set_index("group")
    assert (mixed.loc[alone.index, "difference"] < -15).all() and (ours["difference"].abs() < 8).all()
