"""Agreement between coders: Krippendorff's alpha for nominal codes, with a bootstrap interval.

References
----------
Krippendorff, K. (2011). *Computing Krippendorff's Alpha-Reliability*. University of Pennsylvania.
Krippendorff, K. (2004). *Content Analysis*, 2nd ed., p. 241: 0.800 for conclusions, 0.667 for tentative ones.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

RELIABLE, TENTATIVE = 0.800, 0.667
_UNIT = ["interview", "segment_start", "segment_end"]
_BOTH = " + "


@dataclass(frozen=True)
class Agreement:
    """How well coders agree.

    Attributes
    ----------
    alpha : float
        1 is perfect agreement, 0 what chance gives; missing where only one code is in use.
    low, high : float
        Bootstrap interval; missing where alpha is.
    unit_count, cluster_count, coder_count : int
        Segments that at least two coded, the interviews that they are in, and the coders.
    """

    alpha: float
    low: float
    high: float
    unit_count: int
    cluster_count: int
    coder_count: int


def count_codes(units: pd.DataFrame) -> pd.DataFrame:
    """How many coders gave a unit each code.

    Parameters
    ----------
    units : DataFrame
        One row a unit, one column a coder; the code, or missing where the coder left the unit out.

    Returns
    -------
    DataFrame
        One row a unit that at least two coded, one column a code.
    """
    codes = sorted({code for coder in units for code in units[coder].dropna()})
    counts = pd.DataFrame({code: units.eq(code).sum(axis=1) for code in codes}, index=units.index)
    return counts[counts.sum(axis=1) >= 2]


def _parts(counts: np.ndarray) -> np.ndarray:
    """Per unit, what alpha is made of: observed disagreement, values, and the values of each code."""
    values = counts.sum(axis=1)
    observed = (values**2 - (counts**2).sum(axis=1)) / (values - 1)
    return np.column_stack([observed, values, counts])


def _alpha(sums: np.ndarray) -> np.ndarray:
    """Alpha of sums of parts, one a row; missing where nothing but one code is left."""
    observed, values, codes = sums[:, 0], sums[:, 1], sums[:, 2:]
    expected = (values**2 - (codes**2).sum(axis=1)) / np.maximum(values - 1, 1)
    shares = np.divide(observed, expected, out=np.full(len(sums), np.nan), where=expected > 0)
    return 1 - shares


def nominal_alpha(counts: np.ndarray) -> float:
    """Krippendorff's alpha of nominal codes.

    Parameters
    ----------
    counts : array, shape (units, codes)
        How many coders gave the unit the code; units with fewer than two codings count for nothing.

    Examples
    --------
    >>> nominal_alpha(np.array([[2, 0], [0, 2], [2, 0]]))
    1.0
    """
    counts = np.asarray(counts, dtype=float)
    paired = counts[counts.sum(axis=1) >= 2]
    return float(_alpha(_parts(paired).sum(axis=0, keepdims=True))[0])


def bootstrap_interval(
    counts: np.ndarray, clusters: np.ndarray, draws: int = 5000, seed: int = 2014, coverage: float = 0.95
) -> tuple[float, float]:
    """Percentile interval of alpha, whole clusters drawn with replacement.

    Parameters
    ----------
    counts : array, shape (units, codes)
        Units with at least two codings.
    clusters : array, shape (units,)
        The interview of each unit: segments of one interview are not independent.

    Returns
    -------
    tuple of float
        Missing where alpha is, in so many draws that nothing is left.
    """
    names, cluster = np.unique(np.asarray(clusters), return_inverse=True)
    parts = _parts(np.asarray(counts, dtype=float))
    sums = np.zeros((len(names), parts.shape[1]))
    np.add.at(sums, cluster, parts)
    weights = np.random.default_rng(seed).multinomial(
        len(names), np.full(len(names), 1 / len(names)), size=draws
    )
    alphas = _alpha(weights @ sums)
    defined = alphas[~np.isnan(alphas)]
    if not len(defined):
        return float("nan"), float("nan")
    low, high = np.quantile(defined, [(1 - coverage) / 2, (1 + coverage) / 2])
    return float(low), float(high)


def units_of(codings: pd.DataFrame, value: str = "code") -> pd.DataFrame:
    """Coded segments as units: one row a segment, one column a coder.

    A segment is the same unit for two coders when it begins and ends at the same characters. Where a coder
    gave a segment several codes, the set of them is one value.

    Parameters
    ----------
    codings : DataFrame
        The processed table `codings`.
    value : str
        "code", or "theme" for agreement on themes only.
    """
    return codings.pivot_table(
        index=_UNIT, columns="coder", values=value, aggfunc=lambda codes: _BOTH.join(sorted(set(codes)))
    )


def coder_agreement(codings: pd.DataFrame, value: str = "code", draws: int = 5000) -> Agreement:
    """Agreement of the coders on the segments that at least two of them coded.

    Raises
    ------
    ValueError
        If no segment was coded twice.
    """
    units = units_of(codings, value)
    twice = units[units.notna().sum(axis=1) >= 2]
    if twice.empty:
        raise ValueError(
            f"`codings` must have segments that two coders coded, but none of {len(units)} segments has."
            " Let two code the same interviews, or leave the agreement out."
        )
    counts = count_codes(twice)
    interviews = counts.index.get_level_values("interview")
    low, high = bootstrap_interval(counts.to_numpy(), interviews.to_numpy(), draws)
    coders = int(twice.notna().any().sum())
    return Agreement(nominal_alpha(counts.to_numpy()), low, high, len(counts), interviews.nunique(), coders)
