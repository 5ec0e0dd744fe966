"""Confidence intervals: by t for means, Korn-Graubard and Wilson for proportions."""

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats


def t_interval(
    estimate: ArrayLike, standard_error: ArrayLike, df: ArrayLike, coverage: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Estimate plus and minus t times its standard error; NaN where there are no degrees of freedom."""
    estimate, error = np.asarray(estimate, dtype=float), np.asarray(standard_error, dtype=float)
    reach = t_quantile(df, coverage) * error
    return estimate - reach, estimate + reach


def t_quantile(df: ArrayLike, coverage: float = 0.95) -> np.ndarray:
    """Two-sided quantile of the t distribution; NaN for less than one degree of freedom."""
    df = np.asarray(df, dtype=float)
    return stats.t.ppf((1 + coverage) / 2, np.where(df >= 1, df, np.nan))


def p_value(estimate: ArrayLike, standard_error: ArrayLike, df: ArrayLike) -> np.ndarray:
    """Two-sided p of a difference by t; one of exactly 0 has p = 1, also without a standard error."""
    estimate, df = np.asarray(estimate, dtype=float), np.asarray(df, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * stats.t.sf(np.abs(estimate / standard_error), np.where(df >= 1, df, np.nan))
    return np.where(estimate == 0, 1.0, p)


def korn_graubard(
    proportion: ArrayLike, standard_error: ArrayLike, n: ArrayLike, df: ArrayLike, coverage: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Clopper-Pearson's interval with the effective number of answers.

    At 0 and 100 %, where the sample says nothing about its own variance, the number of answers takes the
    place of the effective number, and no degrees of freedom are lost to a standard error that there isn't: the
    interval is Clopper and Pearson's own, one-sided and never empty.

    Parameters
    ----------
    proportion, standard_error : array-like
        Shares (0-1) and their standard errors.
    n : array-like
        Answers.
    df : array-like
        Degrees of freedom of the standard errors.
    coverage : float
        Probability that the interval covers.

    Returns
    -------
    tuple of ndarray
        Low and high (0-1).

    References
    ----------
    Korn, E. L. and Graubard, B. I. (1998), Survey Methodology 24(2), 193-201. Between 0 and 100 % the same
    numbers as ``svyciprop(method="beta")`` of R's survey package.

    Examples
    --------
    >>> low, high = korn_graubard([0.0], [0.0], [30], [29])
    >>> round(float(high[0]), 4)
    0.1157
    """
    share, size = _share_and_effective_n(proportion, standard_error, n, df, coverage)
    tail = (1 - coverage) / 2
    count, others = size * share, size * (1 - share)
    with np.errstate(invalid="ignore"):
        low = np.where(share <= 0, 0.0, stats.beta.ppf(tail, count, others + 1))
        high = np.where(share >= 1, 1.0, stats.beta.ppf(1 - tail, count + 1, others))
    return np.where(np.isnan(share), np.nan, low), np.where(np.isnan(share), np.nan, high)


def wilson(
    proportion: ArrayLike, standard_error: ArrayLike, n: ArrayLike, df: ArrayLike, coverage: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's score interval with the effective number of answers; parameters as `korn_graubard`.

    The effective number is here n / design effect, so that a simple random sample gives Wilson's own.

    References
    ----------
    Wilson, E. B. (1927), Journal of the American Statistical Association 22(158), 209-212.
    """
    share, size = _share_and_effective_n(proportion, standard_error, n, df, coverage)
    n = np.asarray(n, dtype=float)
    measured = (share > 0) & (share < 1)
    return wilson_score(share, np.where(measured, size * n / np.maximum(n - 1, 1), size), coverage)


def wilson_score(
    proportion: ArrayLike, n: ArrayLike, coverage: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's score interval of a simple random sample.

    Examples
    --------
    >>> low, high = wilson_score(0.65, 100)
    >>> round(float(low), 6), round(float(high), 6)
    (0.552544, 0.736358)
    """
    share, n = np.asarray(proportion, dtype=float), np.asarray(n, dtype=float)
    z = stats.norm.ppf((1 + coverage) / 2)
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return np.clip(middle - reach, 0, 1), np.clip(middle + reach, 0, 1)


def _share_and_effective_n(
    proportion: ArrayLike, standard_error: ArrayLike, n: ArrayLike, df: ArrayLike, coverage: float
) -> tuple[np.ndarray, np.ndarray]:
    # Rounding in weighted sums leaves shares a hair from 0 and 1.
    share, error = np.asarray(proportion, dtype=float), np.asarray(standard_error, dtype=float)
    share = np.where(share < 1e-12, 0.0, np.where(share > 1 - 1e-12, 1.0, share))
    n, df = np.asarray(n, dtype=float), np.asarray(df, dtype=float)
    measured = (share > 0) & (share < 1) & (error > 1e-12)
    size = np.where(measured, share * (1 - share) / np.where(measured, error, 1) ** 2, n)
    penalty = np.where(measured, t_quantile(n - 1, coverage) / t_quantile(df, coverage), 1.0)
    return share, size * np.where(np.isnan(penalty), 1.0, penalty) ** 2
