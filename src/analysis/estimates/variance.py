"""Standard errors of many contrasts at once, by Taylor linearisation.

svy estimates one table of domains quickly, but a contrast with the rest for each of 98 municipalities slowly.
"""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse, stats

from analysis.estimates import intervals
from analysis.estimates.design import (
    Design,
    degrees_of_freedom,
    domain_frame,
    indicator,
    numbers,
    require_degrees,
)


def standard_errors(influence: np.ndarray, frame: pd.DataFrame, singleton: str = "adjust") -> np.ndarray:
    """Standard errors of the weighted totals of linearised variables.

    Parameters
    ----------
    influence : ndarray, rows x k
        Each respondent's influence on each of k estimates, per unit of weight; 0 outside the domain.
    frame : DataFrame
        From `sampling.sampling_frame`.
    singleton : str
        As `sampling.Design`.

    Returns
    -------
    ndarray, k

    References
    ----------
    Särndal, C.-E., Swensson, B. and Wretman, J. (1992), Model Assisted Survey Sampling, Springer, chapter 4.
    """
    weighted = influence * frame["weight"].to_numpy()[:, None]
    variance = _stage(weighted, frame, "stratum", "unit_1", "population_1", singleton)
    if "population_2" in frame:
        sampled = frame.groupby("stratum")["unit_1"].transform("nunique") / frame["population_1"]
        # The sampled share of clusters carries the variance within them: R's multistage recursion.
        weighted = weighted * np.sqrt(sampled.to_numpy())[:, None]
        variance = variance + _stage(weighted, frame, "unit_1", "unit_2", "population_2", singleton)
    return np.sqrt(np.maximum(variance, 0))


def _stage(
    weighted: np.ndarray, frame: pd.DataFrame, parent: str, unit: str, population: str, singleton: str
) -> np.ndarray:
    """Variance that one stage of sampling adds: of the units' totals within their parent."""
    units = frame.drop_duplicates(unit).sort_values(unit)
    totals = _sums(frame[unit].to_numpy(), weighted)
    parents = units[parent].to_numpy()
    n = np.bincount(parents).astype(float)
    unsampled = np.ones(len(n))
    if population in frame:
        unsampled[parents] = 1 - n[parents] / units[population].to_numpy()
    spread = _sums(parents, totals**2) - _sums(parents, totals) ** 2 / n[:, None]
    scale = np.where(n > 1, unsampled * n / np.maximum(n - 1, 1), 0)
    variance = (scale[:, None] * np.maximum(spread, 0)).sum(axis=0)
    lonely = (n == 1) & (unsampled > 1e-7)
    if singleton == "adjust" and lonely.any():
        alone = lonely[parents]
        distance = totals[alone] - totals.mean(axis=0)
        return variance + (unsampled[parents[alone], None] * distance**2).sum(axis=0)
    return variance


def _sums(codes: np.ndarray, values: np.ndarray) -> np.ndarray:
    rows = sparse.csr_array((np.ones(len(codes)), (codes, np.arange(len(codes)))))
    return rows @ values


# Contrasts of two domains, with the covariance of their estimates.


@dataclass(frozen=True)
class Contrast:
    """The difference of two domains, with the covariance of their estimates in its standard error.

    Attributes
    ----------
    estimate : float
        First less second, in the unit of the variable.
    standard_error, low, high : float
        Its standard error, and the limits of the interval by t.
    p : float
        Two-sided probability of a difference as large if there were none.
    df : float
        Degrees of freedom of the interval and the test.
    """

    estimate: float
    standard_error: float
    low: float
    high: float
    p: float
    df: float


def contrast(
    data: pd.DataFrame,
    variable: str,
    design: Design,
    by: str,
    first: Hashable,
    second: Hashable,
    *,
    level: Hashable = None,
    df: str = "design",
    coverage: float = 0.95,
) -> Contrast:
    """Estimate the difference of two domains' means, or shares when `level` is given.

    Parameters
    ----------
    data, variable, design, coverage
        As `estimates.estimate_mean`.
    by : str
        Column of the domains.
    first, second : hashable
        Values of `by`; the difference is first less second.
    level : hashable, optional
        The value whose share is compared.
    df : {"design", "domain"}
        As `estimates.estimate_mean`; the domain is the two groups together.

    Raises
    ------
    KeyError, TypeError, ValueError
        As `estimates.estimate_mean`, and if nobody in one of the two domains answered.
    """
    frame, labels = domain_frame(data, [variable], design, by)
    values = numbers(data, variable) if level is None else indicator(data, variable, level)
    inside = [_inside(data, frame, by, value) for value in (first, second)]
    weight = frame["weight"].to_numpy()
    means = [np.average(values[rows], weights=weight[rows]) for rows in inside]
    influence = [
        np.where(rows, values - mean, 0) / weight[rows].sum()
        for rows, mean in zip(inside, means, strict=True)
    ]
    error = standard_errors((influence[0] - influence[1])[:, None], frame, design.singleton)[0]
    freedom = degrees_of_freedom(frame if require_degrees(df) == "design" else frame[inside[0] | inside[1]])
    return difference(means[0] - means[1], error, freedom, coverage)


def difference(estimate: float, standard_error: float, df: float, coverage: float = 0.95) -> Contrast:
    """Test a difference by t; one of exactly 0 has p = 1, also without a standard error."""
    low, high = intervals.t_interval(estimate, standard_error, df, coverage)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * stats.t.sf(abs(np.float64(estimate) / standard_error), df if df >= 1 else np.nan)
    return Contrast(
        float(estimate),
        float(standard_error),
        float(low),
        float(high),
        1.0 if estimate == 0 else float(p),
        float(df),
    )


def _inside(data: pd.DataFrame, frame: pd.DataFrame, by: str, value: Hashable) -> np.ndarray:
    rows = (frame["answered"] & (data[by] == value)).to_numpy(dtype=bool)
    if not rows.any():
        raise ValueError(
            f"`{by}` must have answers in both domains of a contrast, but `{value}` has 0 of "
            f"{frame['answered'].sum()}. Correct the spelling, or compare others."
        )
    return rows
