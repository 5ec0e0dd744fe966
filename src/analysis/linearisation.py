"""Standard errors of many contrasts at once, by Taylor linearisation.

svy estimates one table of domains quickly, but a contrast with the rest for each of 98 municipalities slowly.
"""

import numpy as np
import pandas as pd
from scipy import sparse


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
