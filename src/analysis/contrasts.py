"""Contrasts of two domains, with the covariance of their estimates."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analysis import intervals
from analysis.domains import domain_frame, indicator, numbers, require_degrees
from analysis.linearisation import standard_errors
from analysis.sampling import Design, degrees_of_freedom


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
