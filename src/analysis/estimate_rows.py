"""The table that all estimates come in: labels, interval, degrees of freedom, and answers counted."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis import intervals
from analysis.domains import domain_counts, require_degrees
from analysis.sampling import degrees_of_freedom


def estimate_rows(
    labels: pd.DataFrame,
    found: pd.DataFrame,
    frame: pd.DataFrame,
    linearised: np.ndarray,
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
    linearised : ndarray
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
        n_effective=effective_n(frame, linearised, error.to_numpy(), counts["n"].to_numpy()),
        n_missing=counts["n_missing"],
    )


def effective_n(frame: pd.DataFrame, values: np.ndarray, error: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Answers / design effect, against simple random sampling with replacement."""
    weight = weighted_sums(frame, np.ones(len(frame)))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = weighted_sums(frame, values) / weight
        spread = weighted_sums(frame, (values - mean[frame["domain"]]) ** 2) / weight * n / (n - 1)
        effective = spread / error**2
    return np.where((error > 1e-12 * np.abs(mean)) & (n > 1) & (spread > 0), effective, n.astype(float))


def weighted_sums(frame: pd.DataFrame, values: np.ndarray) -> np.ndarray:
    """Weighted sums of the answers, one a domain."""
    weighted = np.where(frame["answered"], values, 0) * frame["weight"].to_numpy()
    return np.bincount(frame["domain"], weighted)
