"""What may be said of a place: p-values over many tests, the verdict, and the mark of reliability."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats


def adjust_p(p: ArrayLike) -> np.ndarray:
    """Benjamini and Hochberg's p-values over all tests given: municipalities x items. NaN is no test.

    References
    ----------
    Benjamini, Y. and Hochberg, Y. (1995), Journal of the Royal Statistical Society B 57(1), 289-300.

    Examples
    --------
    >>> adjust_p([0.01, 0.04, float("nan"), 0.03]).round(2).tolist()
    [0.03, 0.04, nan, 0.04]
    """
    p = np.asarray(p, dtype=float)
    tested = np.isfinite(p)
    adjusted = np.full(p.shape, np.nan)
    if tested.any():
        adjusted[tested] = stats.false_discovery_control(p[tested], method="bh")
    return adjusted


def count_tests(p: ArrayLike) -> int:
    """Count the tests among p-values, to be printed beside the verdicts."""
    return int(np.isfinite(np.asarray(p, dtype=float)).sum())


def verdict(
    difference: ArrayLike, p: ArrayLike, low: ArrayLike, high: ArrayLike, *, alpha: float = 0.05
) -> np.ndarray:
    """Say over, som (not different from) or under the country; none when there is no test.

    Parameters
    ----------
    difference, low, high : array-like
        Place less rest, and the limits of its interval.
    p : array-like
        p-values, adjusted for many tests; NaN is no test.
    alpha : float
        A verdict of over or under needs p below it, and an interval that excludes 0.

    Returns
    -------
    ndarray of str

    Examples
    --------
    >>> verdict([4, 4, -4, 4], [0.01, 0.2, 0.01, float("nan")], [1, -1, -7, 1], [7, 9, -1, 7]).tolist()
    ['over', 'som', 'under', 'none']
    """
    difference, p = np.asarray(difference, dtype=float), np.asarray(p, dtype=float)
    low, high = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    known = np.isfinite(difference) & np.isfinite(p)
    found = known & (p < alpha)
    choices = [~known, found & (difference > 0) & (low > 0), found & (difference < 0) & (high < 0)]
    return np.select(choices, ["none", "over", "under"], "som").astype(object)


def reliability(table: pd.DataFrame, is_share: bool = True) -> np.ndarray:
    """Mark each estimate ok or usikker (uncertain), after the NCHS standards.

    Parameters
    ----------
    table : DataFrame
        With ``estimate``, ``low``, ``high``, ``n`` and ``n_effective``.
    is_share : bool
        Shares are also uncertain when their interval is 30 points wide or more.

    Returns
    -------
    ndarray of str
        "usikker" for effective n below 30 (never counted as more than n), an interval of 30 points or more,
        or one wider than 130 % of the estimate.

    References
    ----------
    Parker, J. D. et al. (2017), National Center for Health Statistics Data Presentation Standards for
    Proportions, Vital and Health Statistics 2(175).
    """
    width = (table["high"] - table["low"]).to_numpy(dtype=float)
    effective = np.fmin(table["n"], table["n_effective"]).to_numpy(dtype=float)
    ok = (effective >= 30) & (width <= 1.3 * np.abs(table["estimate"].to_numpy(dtype=float)))
    if is_share:
        ok &= width < 0.3
    return np.where(ok, "ok", "usikker").astype(object)
