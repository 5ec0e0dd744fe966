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
