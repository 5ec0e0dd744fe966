"""The one variance engine: Taylor linearisation, by each respondent's influence on an estimate.

Means, totals, ratios, quantiles and contrasts are made here; differences from the rest and the coefficients of models
bring their own influence values to `standard_errors`.
"""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

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

# How near 0 a difference of cumulated weights must be to be a tie, relative to the domain's weights.
_TIE = 1e-12


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


# Estimates by domain.


def linearised(
    kind: str,
    frame: pd.DataFrame,
    singleton: str,
    values: np.ndarray,
    below: np.ndarray | None = None,
) -> pd.DataFrame:
    """Means, totals or ratios by domain.

    Parameters
    ----------
    kind : {"mean", "total", "ratio"}
    frame : DataFrame
        From `domains.domain_frame`.
    singleton : str
        As `sampling.Design`.
    values, below : ndarray
        The variable, or numerator and denominator, aligned with the frame.

    Returns
    -------
    DataFrame
        ``estimate`` and ``standard_error``, one row a domain; NaN where nobody answered, or a denominator sums to 0.
    """
    answered = frame["answered"].to_numpy()
    above = np.where(answered, values, 0)
    below = np.where(answered, 1.0 if below is None else below, 0)
    domain, weight = frame["domain"].to_numpy(), frame["weight"].to_numpy()
    totals, bases = np.bincount(domain, weight * above), np.bincount(domain, weight * below)
    known = np.bincount(domain, answered) > 0
    if kind == "total":
        return _found(frame, singleton, np.where(known, totals, np.nan), above)
    known &= bases != 0
    ratio = np.divide(totals, bases, out=np.full(len(totals), np.nan), where=known)
    base = np.where(known, bases, np.nan)
    return _found(frame, singleton, ratio, (above - ratio[domain] * below) / base[domain])


def quantiles(
    frame: pd.DataFrame, singleton: str, values: np.ndarray, probability: float, coverage: float
) -> pd.DataFrame:
    """A quantile by domain, with Woodruff's interval: the quantiles of the limits of its share.

    Returns
    -------
    DataFrame
        ``estimate``, ``standard_error`` (of the interval's width, as in R), ``low`` and ``high``, one row a domain.
    """
    domain, answered = frame["domain"].to_numpy(), frame["answered"].to_numpy()
    weight = frame["weight"].to_numpy()
    size = int(domain.max()) + 1
    parts = [
        _cumulated(values[rows], weight[rows]) for rows in (answered & (domain == d) for d in range(size))
    ]
    estimate = np.array([_quantile(part, probability) for part in parts])
    share = linearised("mean", frame, singleton, np.where(values <= estimate[domain], 1.0, 0.0))
    multiple = intervals.t_quantile(domain_counts(frame)["df"], coverage)
    reach = multiple * share["standard_error"].to_numpy()
    limits = [
        [_quantile(part, limit) for part, limit in zip(parts, share["estimate"] + side * reach, strict=True)]
        for side in (-1, 1)
    ]
    low, high = np.array(limits)
    columns = {
        "estimate": estimate,
        "standard_error": (high - low) / (2 * multiple),
        "low": low,
        "high": high,
    }
    return pd.DataFrame(columns)


def _found(frame: pd.DataFrame, singleton: str, estimate: np.ndarray, influence: np.ndarray) -> pd.DataFrame:
    domain, known = frame["domain"].to_numpy(), np.isfinite(estimate)
    own = np.where(np.isfinite(influence), influence, 0)[:, None] * (
        domain[:, None] == np.arange(len(estimate))
    )
    error = np.where(known, standard_errors(own, frame, singleton), np.nan)
    return pd.DataFrame({"estimate": estimate, "standard_error": error})


def _cumulated(values: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Different answers in order, and the share of the domain's weights that doesn't exceed each."""
    answers, codes = np.unique(values, return_inverse=True)
    sums = np.cumsum(np.bincount(codes, weight, minlength=len(answers)))
    return answers, sums / sums[-1] if len(sums) else sums


def _quantile(part: tuple[np.ndarray, np.ndarray], probability: float) -> float:
    """NaN where nobody answered, and for a limit beyond the answers, as in R."""
    answers, share = part
    if not len(answers) or not 0 <= probability <= 1 + _TIE:
        return np.nan
    return float(answers[min(np.searchsorted(share, probability - _TIE), len(answers) - 1)])


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
    return Contrast(
        float(estimate),
        float(standard_error),
        float(low),
        float(high),
        float(intervals.p_value(estimate, standard_error, df)),
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


def weighting_change(
    data: pd.DataFrame,
    variable: str,
    design: Design,
    by: str | None = None,
    *,
    level: Hashable = None,
    coverage: float = 0.95,
) -> pd.DataFrame:
    """Estimate what the weights change: weighted less unweighted mean, or share, of the same answers.

    The two are made of the same respondents, so that their own intervals say nothing of the change (a paired test).

    Parameters
    ----------
    data, variable, design, by, level, coverage
        As `contrast`; without `by` the whole sample.

    Returns
    -------
    DataFrame
        One row a domain: ``difference``, ``standard_error``, ``difference_low``, ``difference_high``, ``df`` and ``p``.
    """
    frame, labels = domain_frame(data, [variable], design, by)
    values = numbers(data, variable) if level is None else indicator(data, variable, level)
    weighted = linearised("mean", frame, design.singleton, values)["estimate"].to_numpy()
    equal = frame.assign(weight=frame["weighted"].astype(float))
    plain = linearised("mean", equal, design.singleton, values)["estimate"].to_numpy()
    domain, weight = frame["domain"].to_numpy(), frame["weight"].to_numpy()
    answered = frame["answered"].to_numpy()
    sums, counts = np.bincount(domain, weight * answered), np.bincount(domain, answered)
    influence = np.zeros((len(frame), len(labels)))
    own, rows = domain[answered], np.flatnonzero(answered)
    influence[rows, own] = (values[rows] - weighted[own]) / sums[own] - (values[rows] - plain[own]) / (
        counts[own] * weight[rows]
    )
    error = standard_errors(influence, frame, design.singleton)
    df = degrees_of_freedom(frame)
    change = weighted - plain
    low, high = intervals.t_interval(change, error, df, coverage)
    columns = {"difference": change, "standard_error": error, "difference_low": low, "difference_high": high}
    return labels.assign(**columns, df=df, p=intervals.p_value(change, error, df))
