"""Synthetic answers whose weighted margins are the published figures."""

import numpy as np
import pandas as pd
from scipy import stats

from analysis.synthetic.manifest import value

SCALE = ("very_high", "high", "some", "lesser", "not_at_all")


def latent(
    people: pd.DataFrame, random: np.random.Generator, workload: np.ndarray | None = None
) -> np.ndarray:
    """Standard normal values that people of one municipality share a part of, and with `workload` another part."""
    codes, places = pd.factorize(people["municipality_code"])
    shared, common = value("municipality_correlation"), 0.0
    parts = np.sqrt(shared) * random.normal(size=len(places))[codes]
    if workload is not None:
        common = value("workload_correlation")
        parts = parts + np.sqrt(common) * workload
    return parts + np.sqrt(1 - shared - common) * random.normal(size=len(people))


def cut(latents: np.ndarray, weights: np.ndarray, shares: dict[str, float]) -> np.ndarray:
    """Levels whose weighted shares are those wanted, the first level to the lowest latent values.

    Parameters
    ----------
    latents, weights : ndarray of shape (n,)
        One value a person.
    shares : dict
        Level -> weighted share; the shares add up to 1.

    Returns
    -------
    ndarray of str, shape (n,)
    """
    order = np.argsort(latents, kind="stable")
    middle = np.empty(len(latents))
    cumulated = np.cumsum(weights[order])
    middle[order] = (cumulated - weights[order] / 2) / cumulated[-1]
    limits = np.cumsum(list(shares.values()))[:-1]
    return np.array(list(shares))[np.searchsorted(limits, middle)]


def scale_shares(low: float) -> dict[str, float]:
    """Shares of the five answers when `low` of all answer "i mindre grad" or "slet ikke"; the lowest answer last."""
    not_at_all = low * value("not_at_all_share_of_low")
    very_high, high = (
        (1 - low) * value("very_high_share_of_rest"),
        (1 - low) * value("high_share_of_rest"),
    )
    shares = (very_high, high, 1 - low - very_high - high, low - not_at_all, not_at_all)
    return dict(zip(SCALE, shares, strict=True))


def _nudged(counts: np.ndarray, weights: np.ndarray, mean: float, random: np.random.Generator) -> np.ndarray:
    """Counts with one case more or less here and there, until the weighted mean is the wanted one."""
    counts, missing = counts.copy(), (mean - np.average(counts, weights=weights)) * weights.sum()
    for person in random.permutation(len(counts)):
        step = np.sign(missing)
        if abs(missing) > weights[person] / 2 and counts[person] + step >= 1:
            counts[person] += step
            missing -= step * weights[person]
    return counts


def counts_with_mean(
    latents: np.ndarray, weights: np.ndarray, mean: float, dispersion: float, random: np.random.Generator
) -> np.ndarray:
    """Overdispersed counts (negative binomial by copula) whose weighted mean is `mean`."""
    size, ranks = 1 / dispersion, stats.norm.cdf(latents)
    low, high = mean / 2, mean * 2
    for _ in range(40):
        middle = (low + high) / 2
        counts = stats.nbinom.ppf(ranks, size, size / (size + middle))
        low, high = (middle, high) if np.average(counts, weights=weights) < mean else (low, middle)
    return _nudged(np.maximum(counts, 1), weights, mean, random).astype(int)


def gaps(n: int, random: np.random.Generator, dont_know: bool = True) -> np.ndarray:
    """Why each of n answers is missing: "skipped", "dont_know" where the question offers it, or "" (answered)."""
    draws = random.uniform(size=n)
    unsure = (draws > 1 - value("dont_know_share")) & dont_know
    return np.select([draws < value("skipped_share"), unsure], ["skipped", "dont_know"], "")


def closed(
    latents: np.ndarray, weights: np.ndarray, shares: dict[str, float], random: np.random.Generator
) -> np.ndarray:
    """Answers to a closed question; the shares hold, weighted, among those who do answer."""
    reasons = gaps(len(latents), random)
    answers = reasons.astype(object)
    given = reasons == ""
    answers[given] = cut(latents[given], weights[given], shares)
    return np.where(answers == "skipped", None, answers)
