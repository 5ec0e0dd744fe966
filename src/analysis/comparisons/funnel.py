"""Funnel limits, overdispersion and shrinkage: what chance alone does to places with few answers."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats


class Overdispersion(NamedTuple):
    """How much more the places vary than chance would have them.

    Attributes
    ----------
    phi : float
        Mean of the winsorised squared z-scores: 1 when there is nothing but chance.
    tau2 : float
        Variance between places on the scale of the z-scores' numerator (arcsine of the root for shares); 0
        unless phi says that there is more than chance.
    places : int
        Places that it was measured over.
    """

    phi: float
    tau2: float
    places: int


def funnel_limits(
    baseline: float,
    n: ArrayLike,
    coverage: float = 0.95,
    *,
    spread: float | None = None,
    tau2: float = 0.0,
) -> pd.DataFrame:
    """Limits within which a place with n answers falls, if it is as the rest.

    Parameters
    ----------
    baseline : float
        The country's share (0-1), or mean when `spread` is given.
    n : array-like
        (Effective) answers, above 0.
    coverage : float
        0.95 and 0.998 are the custom.
    spread : float, optional
        Standard deviation of the answers, which makes it limits for means.
    tau2 : float
        Variance between places, from `overdispersion`: the limits are widened by it (for shares on the
        arcsine scale).

    Returns
    -------
    DataFrame
        One row an n: ``n``, ``low``, ``high``. Limits of shares are cut at 0 and 1.

    Raises
    ------
    ValueError
        If the baseline is no share, `coverage` isn't within 0-1, or an n isn't above 0.

    References
    ----------
    Spiegelhalter, D. J. (2005), Statistics in Medicine 24(8), 1185-1202. With `tau2` as FunnelPlotR.

    Examples
    --------
    >>> funnel_limits(0.80642448, [1, 2, 3], 0.95)["low"].round(6).tolist()
    [0.032043, 0.258854, 0.359335]
    """
    n = np.atleast_1d(np.asarray(n, dtype=float))
    _require_limits(baseline, n, coverage, spread)
    z = stats.norm.ppf((1 + coverage) / 2)
    if spread is not None:
        reach = z * np.sqrt(spread**2 / n + tau2)
        low, high = baseline - reach, baseline + reach
    elif tau2 > 0:
        middle, reach = np.arcsin(np.sqrt(baseline)), z * np.sqrt(1 / (4 * n) + tau2)
        low = np.sin(np.clip(middle - reach, 0, np.pi / 2)) ** 2
        high = np.sin(np.clip(middle + reach, 0, np.pi / 2)) ** 2
    else:
        reach = z * np.sqrt(baseline * (1 - baseline) / n)
        low, high = np.clip(baseline - reach, 0, 1), np.clip(baseline + reach, 0, 1)
    return pd.DataFrame({"n": n, "low": low, "high": high})


def overdispersion(
    estimate: ArrayLike,
    n: ArrayLike,
    baseline: float,
    *,
    spread: float | None = None,
    winsorised: float = 0.1,
) -> Overdispersion:
    """Measure how much more places vary than chance, with the outermost scores drawn in.

    Parameters
    ----------
    estimate : array-like
        Shares (0-1), or means when `spread` is given; NaN is left out.
    n : array-like
        (Effective) answers of each.
    baseline, spread
        As `funnel_limits`.
    winsorised : float
        Share of the scores at each end that is set to the outermost of the others.

    Returns
    -------
    Overdispersion

    References
    ----------
    Spiegelhalter, D. J. et al. (2012), Journal of the Royal Statistical Society A 175(1), 1-47: additive
    random effects by DerSimonian and Laird's moment estimator, as PHEindicatormethods and FunnelPlotR.
    """
    estimate, n = np.asarray(estimate, dtype=float), np.asarray(n, dtype=float)
    used = np.isfinite(estimate) & (n > 0)
    estimate, n = estimate[used], n[used]
    if spread is None:
        distance = np.arcsin(np.sqrt(estimate)) - np.arcsin(np.sqrt(baseline))
        variance = 1 / (4 * n)
    else:
        distance, variance = estimate - baseline, spread**2 / n
    if len(n) < 2 or not (variance > 0).all():
        return Overdispersion(float("nan"), 0.0, len(n))
    scores = distance / np.sqrt(variance)
    if winsorised > 0:
        scores = np.clip(scores, *np.quantile(scores, [winsorised, 1 - winsorised]))
    phi = float(np.mean(scores**2))
    return Overdispersion(phi, _between_variance(phi, 1 / variance), len(n))


def shrink(estimate: ArrayLike, n: ArrayLike, baseline: float, *, spread: float | None = None) -> np.ndarray:
    """Draw each place's estimate towards the country's, the more the fewer its answers.

    Empirical Bayes: the weight of the place's own estimate is the variance between places over that variance
    plus the chance variance of an estimate from n answers. A place without answers stays NaN.

    Parameters
    ----------
    estimate, n, baseline, spread
        As `overdispersion`.

    Returns
    -------
    ndarray
        Shrunken estimates, in the unit of `estimate`.

    References
    ----------
    Morris, C. N. (1983), Journal of the American Statistical Association 78(381), 47-55.

    Examples
    --------
    >>> shrink([20.0, 60.0, 20.0, 60.0], [100, 100, 1, 1], 40.0, spread=20.0).round(1).tolist()
    [20.1, 59.9, 26.8, 53.2]
    """
    estimate, n = np.asarray(estimate, dtype=float), np.asarray(n, dtype=float)
    chance = baseline * (1 - baseline) if spread is None else spread**2
    used = np.isfinite(estimate) & (n > 0)
    if chance <= 0 or used.sum() < 2:
        return np.where(used, estimate, np.nan)
    weight = n[used] / chance
    phi = np.mean((estimate[used] - baseline) ** 2 * weight)
    tau2 = _between_variance(phi, weight)
    own = tau2 / (tau2 + chance / np.where(used, n, 1))
    return np.where(used, baseline + own * (estimate - baseline), np.nan)


def _between_variance(phi: float, weight: np.ndarray) -> float:
    places = len(weight)
    scale = weight.sum() - (weight**2).sum() / weight.sum()
    return max(0.0, float((places * phi - (places - 1)) / scale))


def _require_limits(baseline: float, n: np.ndarray, coverage: float, spread: float | None) -> None:
    if spread is None and not 0 <= baseline <= 1:
        raise ValueError(
            f"`baseline` must be a share within 0-1, but is {baseline:g}. Divide percentages by 100, or give "
            "`spread` for a mean."
        )
    if not 0 < coverage < 1:
        raise ValueError(f"`coverage` must be within 0-1, but is {coverage:g}. The custom is 0.95 and 0.998.")
    wrong = np.flatnonzero(~(n > 0))
    if wrong.size:
        raise ValueError(
            f"`n` must be above 0, but {wrong.size} of {len(n)} are not (first: number {wrong[0]} = "
            f"{n[wrong[0]]:g}). Leave out places without answers."
        )
