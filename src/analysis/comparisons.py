"""Municipalities compared with the rest of the country, without being misled by few answers or many tests."""

from collections.abc import Hashable, Sequence
from dataclasses import replace

import pandas as pd

from analysis import estimates
from analysis.differences import differences
from analysis.funnel import Overdispersion, funnel_limits, overdispersion, shrink
from analysis.sampling import Design, names, sampling_frame
from analysis.verdicts import adjust_p, count_tests, reliability, verdict

__all__ = [
    "Overdispersion",
    "adjust_p",
    "compare_places",
    "compare_with_rest",
    "count_tests",
    "funnel_limits",
    "overdispersion",
    "reliability",
    "shrink",
    "verdict",
]

_WEIGHT = "design_weight_of_comparison"


def compare_places(
    data: pd.DataFrame,
    variable: str,
    design: Design,
    place: str,
    *,
    within: str | Sequence[str] | None = None,
    level: Hashable = None,
    min_count: int = 5,
    alpha: float = 0.05,
    rule: str = "adjusted",
) -> pd.DataFrame:
    """Estimate every place, and compare each with all the others.

    The estimates and their intervals follow `design`. The comparisons leave out its finite population
    correction: whether places differ in practice is asked of the practice, not of this year's staff, and two
    finite staffs always differ.

    Parameters
    ----------
    data, variable, design
        As `estimates.estimate_mean`; all respondents of the country.
    place : str
        Column of the places, as ``"municipality"``.
    within : str or list of str, optional
        Columns, as ``"area"``, within whose values places are compared.
    level : hashable, optional
        The value whose share is estimated; without it the mean.
    min_count : int
        Places with fewer answers are neither tested nor given a verdict.
    alpha : float
        Level of the rule "adjusted".
    rule : {"adjusted", "limits"}
        A verdict needs p after Benjamini-Hochberg over all rows below `alpha`, or an estimate outside the
        99.8 % limits of chance (p below 0.002); and always an interval of the difference without 0.

    Returns
    -------
    DataFrame
        One row a place (x `within`), with the columns of `estimates.estimate_mean` (``df`` is the domain's)
        and ``difference``, ``difference_low``, ``difference_high`` (place less rest, unit of the variable),
        ``p``, ``p_adjusted``, ``verdict`` (over, som, under, none), ``reliability`` (ok, usikker) and
        ``shrunken``. For the number of tests see `count_tests`.

    Raises
    ------
    KeyError, TypeError, ValueError
        As the estimates, or if `rule` is unknown.
    """
    if rule not in ("adjusted", "limits"):
        raise ValueError(f"`rule` must be adjusted or limits, but is `{rule}`. Choose one.")
    by = [place, *names(within)]
    if level is None:
        table = estimates.estimate_mean(data, variable, design, by, df="domain")
    else:
        table = estimates.estimate_proportion(data, variable, level, design, by)
    # Estimates that have no finite correction already are those that the differences are made of.
    own = table if design.population_size is None else None
    compared = differences(*_endless(data, variable, design), by, level, own=own)
    table = table.join(compared.drop(columns=[*by, "standard_error", "df"]))
    table["p"] = table["p"].where(table["n"] >= min_count)
    table["p_adjusted"] = adjust_p(table["p"])
    p, threshold = (table["p_adjusted"], alpha) if rule == "adjusted" else (table["p"], 0.002)
    table["verdict"] = verdict(
        table["difference"], p, table["difference_low"], table["difference_high"], alpha=threshold
    )
    table["reliability"] = reliability(table, is_share=level is not None)
    table["shrunken"] = table["shrunken"].where(table["n"] > 0)
    return table[[*table.columns.drop(["reliability", "shrunken"]), "reliability", "shrunken"]]


def compare_with_rest(
    data: pd.DataFrame,
    variable: str,
    design: Design,
    by: str,
    *,
    within: str | Sequence[str] | None = None,
    level: Hashable = None,
    coverage: float = 0.95,
) -> pd.DataFrame:
    """Estimate each place's difference from all the others, with the covariance of the two estimates.

    Parameters
    ----------
    data, variable, design, coverage
        As `estimates.estimate_mean`.
    by : str
        Column of the places.
    within : str or list of str, optional
        Columns within whose values places are compared.
    level : hashable, optional
        The value whose share is compared; without it the mean.

    Returns
    -------
    DataFrame
        One row a place: ``group`` (with `within` the columns `by` and `within`), ``difference``,
        ``standard_error``, ``difference_low``, ``difference_high`` (unit of the variable), ``df`` and ``p``.
        The standard error is R's (``svycontrast`` of ``svyby(..., covmat=TRUE)``). Degrees of freedom after
        Satterthwaite; the interval of shares combines the two Korn-Graubard intervals, so that it
        is honest at 0 and 100 %. ``p`` is the probability of a difference as large if the place were
        as the others: binomial for shares, with the skewness of the answers for means.

    Raises
    ------
    KeyError, TypeError, ValueError
        As the estimates.

    References
    ----------
    Satterthwaite, F. E. (1946), Biometrics Bulletin 2(6), 110-114. Newcombe, R. G. (1998), Statistics in
    Medicine 17(8), 873-890: intervals of differences of shares.
    """
    compared = differences(data, variable, design, [by, *names(within)], level, coverage)
    compared = compared.drop(columns="shrunken")
    return compared if names(within) else compared.rename(columns={by: "group"})


def _endless(data: pd.DataFrame, variable: str, design: Design) -> tuple[pd.DataFrame, str, Design]:
    """Leave out the finite correction, and keep the weights that followed from it."""
    if design.weights is None:
        data = data.assign(**{_WEIGHT: sampling_frame(data, design)["weight"]})
        design = replace(design, weights=_WEIGHT)
    return data, variable, replace(design, population_size=None)
