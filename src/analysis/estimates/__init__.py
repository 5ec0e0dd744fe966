"""Design-based estimates with intervals: means, totals, proportions, ratios, quantiles and contrasts.

Standard errors are those of the one engine, `variance`; a domain is estimated on the full design. Missing answers
are left out of the estimate and counted in ``n_missing``.
"""

from collections.abc import Callable, Hashable, Sequence

import numpy as np
import pandas as pd

from analysis.estimates import intervals
from analysis.estimates.design import (
    Design,
    degrees_of_freedom,
    domain_counts,
    domain_frame,
    indicator,
    numbers,
    require_degrees,
)
from analysis.estimates.variance import Contrast, contrast, linearised, quantiles

# The table that all estimates come in: labels, interval, degrees of freedom, and answers counted.


def estimate_rows(
    labels: pd.DataFrame,
    found: pd.DataFrame,
    frame: pd.DataFrame,
    averaged: np.ndarray,
    df: str,
    coverage: float,
    interval: Callable | None = None,
) -> pd.DataFrame:
    """Put labels, estimates, intervals and counts side by side.

    Parameters
    ----------
    labels, frame : DataFrame
        From `domains.domain_frame`.
    found : DataFrame
        ``estimate`` and ``standard_error``, one row a domain.
    averaged : ndarray
        Per respondent, what the estimate is a mean of; for the effective number of answers.
    df : {"design", "domain"}
        Degrees of freedom of the interval.
    coverage : float
        Probability that the interval covers.
    interval : callable, optional
        One of `intervals` for shares; without it by t.
    """
    counts = domain_counts(frame)
    freedom = (
        counts["df"] if require_degrees(df) == "domain" else degrees_of_freedom(frame) + 0 * counts["df"]
    )
    estimate, error = found["estimate"], found["standard_error"]
    if interval is None:
        low, high = intervals.t_interval(estimate, error, freedom, coverage)
    else:
        low, high = interval(estimate, error, counts["n"], freedom, coverage)
    certain = counts["is_census"] & estimate.notna()
    return labels.assign(
        estimate=estimate,
        standard_error=error,
        low=np.where(certain, estimate, low),
        high=np.where(certain, estimate, high),
        df=freedom,
        n=counts["n"],
        n_effective=effective_n(frame, averaged, error.to_numpy(), counts["n"].to_numpy()),
        n_missing=counts["n_missing"],
    )


def effective_n(frame: pd.DataFrame, values: np.ndarray, error: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Answers / design effect, against simple random sampling with replacement; never more than the answers."""
    weight = weighted_sums(frame, np.ones(len(frame)))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = weighted_sums(frame, values) / weight
        spread = weighted_sums(frame, (values - mean[frame["domain"]]) ** 2) / weight * n / (n - 1)
        effective = spread / error**2
    measured = (error > 1e-12 * np.abs(mean)) & (n > 1) & (spread > 0)
    return np.where(measured, np.fmin(effective, n), n.astype(float))


def weighted_sums(frame: pd.DataFrame, values: np.ndarray) -> np.ndarray:
    """Weighted sums of the answers, one a domain."""
    weighted = np.where(frame["answered"], values, 0) * frame["weight"].to_numpy()
    return np.bincount(frame["domain"], weighted)


# Design-based estimates with intervals: means, totals, proportions, ratios, quantiles and contrasts.

__all__ = [
    "Contrast",
    "Design",
    "contrast",
    "estimate_mean",
    "estimate_proportion",
    "estimate_quantile",
    "estimate_ratio",
    "estimate_total",
]

Groups = str | Sequence[str] | None

_INTERVALS = {"korn-graubard": intervals.korn_graubard, "wilson": intervals.wilson}


def estimate_mean(
    data: pd.DataFrame,
    variable: str,
    design: Design,
    by: Groups = None,
    *,
    df: str = "design",
    coverage: float = 0.95,
) -> pd.DataFrame:
    """Estimate the population mean of a numeric variable.

    Parameters
    ----------
    data : DataFrame
        One row a respondent, all of the sample: a domain is asked for with `by`, never cut out.
    variable : str
        Numeric column.
    design : Design
        How the respondents were sampled.
    by : str or list of str, optional
        Columns whose values, or combinations of values that occur, make the domains.
    df : {"design", "domain"}
        Degrees of freedom of the intervals: of the whole design (as R's
        ``confint(svyby(...), df=degf(design))``), or of the units and strata in the domain (as
        ``degf(subset(design, ...))``), which is the honest number for a domain with few answers.
    coverage : float
        Probability that an interval covers.

    Returns
    -------
    DataFrame
        One row a domain: ``group`` (without `by` absent; with a list, its columns instead), ``estimate``,
        ``standard_error``, ``low``, ``high`` (unit of the variable), ``df``, ``n`` (answers), ``n_effective``
        (answers of a simple random sample that would give the same standard error, at most n; n when that is 0) and
        ``n_missing``. A domain in which all answers are missing has n = 0 and NaN.

    Raises
    ------
    KeyError, TypeError, ValueError
        If a column is unknown, the variable isn't numeric, the design is wrong, or nobody answered.

    References
    ----------
    Lumley, T. (2010), Complex Surveys, Wiley; agrees with his survey package for R.

    Examples
    --------
    >>> answers = pd.DataFrame({"place": ["a", "a", "b", "b"], "cases": [30, 34, 20, 28], "w": [2, 2, 5, 5]})
    >>> estimate_mean(answers, "cases", Design(strata="place", weights="w"), by="place")["estimate"].tolist()
    [32.0, 24.0]
    """
    frame, labels = domain_frame(data, [variable], design, by)
    values = numbers(data, variable)
    found = linearised("mean", frame, design.singleton, values)
    return estimate_rows(labels, found, frame, values, df, coverage)


def estimate_total(
    data: pd.DataFrame,
    variable: str,
    design: Design,
    by: Groups = None,
    *,
    df: str = "design",
    coverage: float = 0.95,
) -> pd.DataFrame:
    """Estimate the population total of a numeric variable; parameters and result as `estimate_mean`."""
    frame, labels = domain_frame(data, [variable], design, by)
    values = numbers(data, variable)
    found = linearised("total", frame, design.singleton, values)
    population = weighted_sums(frame, np.ones(len(frame)))[frame["domain"]]
    return estimate_rows(labels, found, frame, values * population, df, coverage)


def estimate_proportion(
    data: pd.DataFrame,
    variable: str,
    level: Hashable,
    design: Design,
    by: Groups = None,
    method: str = "korn-graubard",
    *,
    df: str = "domain",
    coverage: float = 0.95,
) -> pd.DataFrame:
    """Estimate the share of the answers that are a certain level.

    Parameters
    ----------
    data, variable, design, by, coverage
        As `estimate_mean`; the variable may hold any values.
    level : hashable
        The value whose share is estimated.
    method : {"korn-graubard", "wilson"}
        Interval. Both are honest at 0 and 100 %, and never leave 0-1.
    df : {"domain", "design"}
        As `estimate_mean`, but the domain's own by default, as R's ``svyby(..., svyciprop)``.

    Returns
    -------
    DataFrame
        As `estimate_mean`; shares are 0-1.

    Raises
    ------
    KeyError, TypeError, ValueError
        As `estimate_mean`, and if the level doesn't occur among the answers or the declared categories.

    Examples
    --------
    >>> answers = pd.DataFrame({"mentor": ["yes"] * 3 + ["no"], "w": 1.0})
    >>> estimate_proportion(answers, "mentor", "yes", Design(weights="w"))["estimate"].tolist()
    [0.75]
    """
    if method not in _INTERVALS:
        raise ValueError(f"`method` must be one of {', '.join(_INTERVALS)}, but is `{method}`. Choose one.")
    frame, labels = domain_frame(data, [variable], design, by)
    values = indicator(data, variable, level)
    found = linearised("mean", frame, design.singleton, values)
    found["estimate"] = found["estimate"].clip(0, 1)
    return estimate_rows(labels, found, frame, values, df, coverage, _INTERVALS[method])


def estimate_ratio(
    data: pd.DataFrame,
    numerator: str,
    denominator: str,
    design: Design,
    by: Groups = None,
    *,
    df: str = "design",
    coverage: float = 0.95,
) -> pd.DataFrame:
    """Estimate the total of one variable per total of another; otherwise as `estimate_mean`.

    A row that lacks either variable counts as missing.
    """
    frame, labels = domain_frame(data, [numerator, denominator], design, by)
    above, below = numbers(data, numerator), numbers(data, denominator)
    found = linearised("ratio", frame, design.singleton, above, below)
    ratio = found["estimate"].to_numpy()[frame["domain"]]
    with np.errstate(divide="ignore", invalid="ignore"):  # a domain where nobody answered has no mean
        mean = (weighted_sums(frame, below) / weighted_sums(frame, np.ones(len(frame))))[frame["domain"]]
        residual = (above - ratio * below) / mean
    return estimate_rows(labels, found, frame, residual, df, coverage)


def estimate_quantile(
    data: pd.DataFrame,
    variable: str,
    probability: float,
    design: Design,
    by: Groups = None,
    *,
    coverage: float = 0.95,
) -> pd.DataFrame:
    """Estimate a population quantile, with Woodruff's interval; otherwise as `estimate_mean`.

    The quantile is the smallest answer that at least `probability` of the population doesn't exceed.

    References
    ----------
    Woodruff, R. S. (1952), Journal of the American Statistical Association 47(260), 635-646.
    """
    if not 0 < probability < 1:
        raise ValueError(f"`probability` must be within 0-1, but is {probability}. The median is 0.5.")
    frame, labels = domain_frame(data, [variable], design, by)
    values = numbers(data, variable)
    found = quantiles(frame, design.singleton, values, probability, coverage)
    # Kish's effective number: a quantile has no variance of a simple random sample to compare with.
    table = estimate_rows(labels, found, frame, np.zeros(len(frame)), "domain", coverage)
    ones, squares = (
        weighted_sums(frame, np.ones(len(frame))),
        weighted_sums(frame, frame["weight"].to_numpy()),
    )
    with np.errstate(invalid="ignore"):
        table["n_effective"] = np.where(ones > 0, ones**2 / squares, 0)
    return table.assign(low=found["low"], high=found["high"])
