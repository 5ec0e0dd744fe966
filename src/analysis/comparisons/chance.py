"""What may be said of a place: how rarely chance makes its difference, and one rule for verdict and interval."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

OVER, MAYBE_OVER, ALIKE, MAYBE_UNDER, UNDER, NONE = (
    "over",
    "maybe_over",
    "som",
    "maybe_under",
    "under",
    "none",
)
# Every verdict, from the highest to the lowest; none is no test.
VERDICTS = (OVER, MAYBE_OVER, ALIKE, MAYBE_UNDER, UNDER, NONE)
COVERAGE = 0.95


def judge(
    table: pd.DataFrame,
    interval: Callable[[float], tuple[ArrayLike, ArrayLike]],
    *,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Give each place its verdict, and the interval that decided it: one rule for both.

    - over, under: p after Benjamini and Hochberg is below `alpha`, and the interval for the selected (FCR) is without
      0. That interval is the one given.
    - maybe_over, maybe_under: otherwise, when the ordinary 95 % interval is without 0. Of m places without any
      difference, `chance_findings` would look so.
    - som: the 95 % interval has 0; no difference is seen, which doesn't say that there is none.
    - none: not tested; no limits are given.

    Parameters
    ----------
    table : DataFrame
        ``difference`` (place less rest) and ``p``; NaN is no test.
    interval : callable
        Coverage [0-1] -> low and high of the differences, aligned with the table.
    alpha : float
        False discovery rate.

    Returns
    -------
    DataFrame
        The table with ``difference_low``, ``difference_high``, ``p_adjusted`` and ``verdict``.

    References
    ----------
    Benjamini, Y. and Yekutieli, D. (2005), Journal of the American Statistical Association 100(469), 71-81: of the
    intervals of those that a test selected, too many miss; with coverage 1 - R alpha / m they don't.

    Examples
    --------
    >>> table = pd.DataFrame({"difference": [4.0, 4, -4, 1], "p": [0.001, 0.04, 0.9, np.nan]})
    >>> found = judge(table, lambda coverage: (table["difference"] - 3.5, table["difference"] + 3.5))
    >>> found["verdict"].tolist()
    ['over', 'maybe_over', 'maybe_under', 'none']
    """
    low, high = (np.asarray(limit, dtype=float) for limit in interval(COVERAGE))
    adjusted = adjust_p(np.where(np.isfinite(low + high), table["p"], np.nan))
    tested = np.isfinite(adjusted)
    selected = interval(selected_coverage(adjusted, alpha))
    wide_low, wide_high = (np.asarray(limit, dtype=float) for limit in selected)
    is_clear = tested & (adjusted < alpha) & ((wide_low > 0) | (wide_high < 0))
    choices = [~tested, is_clear & (wide_low > 0), is_clear, low > 0, high < 0]
    verdict = np.select(choices, [NONE, OVER, UNDER, MAYBE_OVER, MAYBE_UNDER], ALIKE).astype(object)
    return table.assign(
        difference_low=np.where(tested, np.where(is_clear, wide_low, low), np.nan),
        difference_high=np.where(tested, np.where(is_clear, wide_high, high), np.nan),
        p_adjusted=adjusted,
        verdict=verdict,
    )


def selected_coverage(p_adjusted: ArrayLike, alpha: float = 0.05) -> float:
    """Coverage of the intervals of the flagged: 1 - R alpha / m, where R of m tests are flagged.

    Examples
    --------
    >>> round(selected_coverage([0.01] * 4 + [0.9] * 87), 4)
    0.9978
    """
    p = np.asarray(p_adjusted, dtype=float)
    flagged, tests = int((p < alpha).sum()), count_tests(p)
    return 1 - max(flagged, 1) * alpha / max(tests, 1)


def chance_findings(tests: int, coverage: float = COVERAGE) -> float:
    """How many of so many places would look over or under (maybe) by chance, if none differed.

    Examples
    --------
    >>> round(chance_findings(91), 2)
    4.55
    """
    return tests * (1 - coverage)


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


def p_of_shares(share: ArrayLike, size: ArrayLike, baseline: ArrayLike) -> np.ndarray:
    """Two-sided mid-p of shares by the binomial of the effective answers; 1 where the baseline is 0 or 1.

    Parameters
    ----------
    share, size, baseline : array-like
        Shares [0-1], effective answers (the beta function fills in between whole numbers), and what is expected.
    """
    share, size, baseline = (np.asarray(part, dtype=float) for part in (share, size, baseline))
    count = np.clip(share, 0, 1) * size
    with np.errstate(invalid="ignore"):
        at_least = np.where(count > 0, stats.beta.cdf(baseline, count, size - count + 1), 1.0)
        above = np.where(count < size, stats.beta.cdf(baseline, count + 1, size - count), 0.0)
    upper = (at_least + above) / 2
    p = np.minimum(1.0, 2 * np.minimum(upper, 1 - upper))
    return np.where((baseline > 0) & (baseline < 1), p, 1.0)


def p_of_means(difference: ArrayLike, size: ArrayLike, spread: ArrayLike, skewness: ArrayLike) -> np.ndarray:
    """Two-sided p of differences of means, with the skewness that few skewed answers leave in their mean.

    Pearson's type III distribution (a shifted gamma) has the mean's first three moments; it is the normal
    distribution when the answers are symmetric. 1 where all answers are alike.

    Parameters
    ----------
    difference, size, spread, skewness : array-like
        Place less rest; effective answers of both together; standard deviation and skewness of an answer.
    """
    difference, size, spread, skewness = (
        np.asarray(part, dtype=float) for part in (difference, size, spread, skewness)
    )
    varies = (spread > 0) & (size > 0)
    root = np.sqrt(np.where(varies, size, 1))
    tail = stats.pearson3.sf(difference / np.where(varies, spread, 1) * root, skewness / root)
    return np.where(varies, np.minimum(1.0, 2 * np.minimum(tail, 1 - tail)), 1.0)


def reliability(table: pd.DataFrame, is_share: bool = True) -> np.ndarray:
    """Mark each estimate ok or usikker (uncertain), after the standards of the NCHS, as far as they tell apart.

    Parameters
    ----------
    table : DataFrame
        With ``estimate``, ``low``, ``high``, ``n``, ``n_effective`` and, for means, ``df``.
    is_share : bool
        Shares and means by the standards of 2023 for rates: uncertain with fewer than 10 (effective) answers, an
        interval of more than 160 % of the estimate or, for means, fewer than 8 degrees of freedom. A share also with
        an interval of half the scale or more, and never for the size of one of 5 points or less.

    Notes
    -----
    The standards of 2017 for shares (30 answers, 30 points) are for a nation's numbers. Of municipalities with some
    thirty answers they would mark nearly nine in ten, which tells a reader nothing; these mark about a quarter.

    Returns
    -------
    ndarray of str

    References
    ----------
    Parker, J. D. et al. (2017), National Center for Health Statistics Data Presentation Standards for
    Proportions, Vital and Health Statistics 2(175); and (2023), for Rates and Counts, 2(200).
    """
    estimate, width, effective = (
        np.asarray(part, dtype=float)
        for part in (
            np.abs(table["estimate"]),
            table["high"] - table["low"],
            np.fmin(table["n"], table["n_effective"]),
        )
    )
    narrow = width <= 1.6 * estimate
    if is_share:
        narrow = (width <= 0.05) | narrow & (width < 0.5)
    elif "df" in table:
        narrow &= ~(table["df"].to_numpy(dtype=float) < 8)
    return np.where((effective >= 10) & narrow, "ok", "usikker").astype(object)
