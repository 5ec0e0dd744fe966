"""How much places would differ by chance alone, if all were as the country."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats


def chance_model(frame: pd.DataFrame, values: np.ndarray) -> pd.DataFrame:
    """Describe the answers that all places of an area would share, were they identical.

    Parameters
    ----------
    frame : DataFrame
        The answers of one area: ``domain`` (number of the place) and ``weight``.
    values : ndarray
        The answers, aligned with it.

    Returns
    -------
    DataFrame
        Indexed by domain: ``size`` (Kish's effective number of answers), ``rest_size`` and ``rest_share``
        (of the others, and their share of all weights), ``baseline`` (weighted mean of all), ``spread``
        (standard deviation within places) and ``skewness``.
    """
    domain, weight = frame["domain"].to_numpy(), frame["weight"].to_numpy()
    sums = np.bincount(domain, weight)
    squares = np.bincount(domain, weight**2)
    present = np.flatnonzero(sums)
    means = np.bincount(domain, weight * values) / np.where(sums > 0, sums, 1)
    residuals = values - means[domain]
    size = sums[present] ** 2 / squares[present]
    rest = (sums.sum() - sums[present]) ** 2 / np.maximum(squares.sum() - squares[present], 1e-300)
    # Residuals from a place's own mean are too small by these factors, on average.
    loss2 = np.sum(sums[present] * (1 - 1 / size))
    loss3 = np.sum(sums[present] * np.maximum(1 - 1 / size, 0) * np.maximum(1 - 2 / size, 0))
    variance = np.sum(weight * residuals**2) / loss2 if loss2 > 0 else 0.0
    third = np.sum(weight * residuals**3) / loss3 if loss3 > 0 else 0.0
    return pd.DataFrame(
        {
            "size": size,
            "rest_size": rest,
            "rest_share": 1 - sums[present] / sums.sum(),
            "baseline": np.average(values, weights=weight),
            "spread": np.sqrt(variance),
            "skewness": third / variance**1.5 if variance > 0 else 0.0,
        },
        index=present,
    )


def chance_p(estimate: ArrayLike, model: pd.DataFrame, is_share: bool) -> np.ndarray:
    """Two-sided probability of an estimate as far from the others', if the place were as they are.

    Parameters
    ----------
    estimate : array-like
        Shares (0-1) or means, one a row of `model`.
    model : DataFrame
        From `chance_model`.
    is_share : bool
        Whether they are shares.

    Returns
    -------
    ndarray
        1 where all answers are alike; NaN for the only place of its area.
    """
    if len(model) < 2:
        return np.full(len(model), np.nan)
    estimate, rest_share = np.asarray(estimate, dtype=float), model["rest_share"].to_numpy()
    joint = (1 / (1 / model["size"] + 1 / model["rest_size"])).to_numpy()
    baseline, spread = model["baseline"].iloc[0], model["spread"].iloc[0]
    # The baseline holds the place itself, which is therefore nearer to it than to the others.
    if is_share:
        return _p_of_shares(estimate, joint / rest_share**2, baseline)
    return _p_of_means((estimate - baseline) / rest_share, joint, spread, model["skewness"].iloc[0])


def _p_of_shares(share: np.ndarray, size: np.ndarray, baseline: float) -> np.ndarray:
    """Mid-p by the binomial of the effective answers; the beta function fills in between whole numbers."""
    count = np.clip(share, 0, 1) * size
    with np.errstate(invalid="ignore"):
        at_least = np.where(count > 0, stats.beta.cdf(baseline, count, size - count + 1), 1.0)
        above = np.where(count < size, stats.beta.cdf(baseline, count + 1, size - count), 0.0)
    upper = (at_least + above) / 2
    p = np.minimum(1.0, 2 * np.minimum(upper, 1 - upper))
    return p if 0 < baseline < 1 else np.ones(len(p))


def _p_of_means(distance: np.ndarray, size: np.ndarray, spread: float, skewness: float) -> np.ndarray:
    """p with the skewness that few skewed answers leave in their mean.

    Pearson's type III distribution (a shifted gamma) has the mean's first three moments; it is the normal
    distribution when the answers are symmetric.
    """
    if spread == 0:
        return np.ones(len(size))
    tail = stats.pearson3.sf(distance / spread * np.sqrt(size), skewness / np.sqrt(size))
    return np.minimum(1.0, 2 * np.minimum(tail, 1 - tail))


# What may be said of a place: p-values over many tests, the verdict, and the mark of reliability.


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
