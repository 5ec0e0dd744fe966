"""What few answers in each place allow: small area estimates, the smallest difference that could be found, one mix."""

from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import optimize, special, stats

from analysis.estimates import intervals
from analysis.estimates.design import Design, degrees_of_freedom, domain_counts, domain_frame, names, numbers
from analysis.estimates.variance import standard_errors

_ROUNDS = 500


def fay_herriot(
    estimate: ArrayLike, variance: ArrayLike, covariates: ArrayLike | None = None, *, coverage: float = 0.95
) -> pd.DataFrame:
    """Draw each place's estimate towards what a model of all places expects, the more the fewer its answers.

    Parameters
    ----------
    estimate : array-like
        Direct estimates, one a place, on any scale; NaN where there is none, and there stays none.
    variance : array-like
        Their sampling variances, above 0. Give smoothed ones (the country's variance x design effect / n): a direct
        one is 0 where all answer alike.
    covariates : array-like or DataFrame, optional
        What is known of every place, a column each; the intercept is added.
    coverage : float
        Probability that an interval covers.

    Returns
    -------
    DataFrame
        One row a place, in the order of the input: ``eblup``, ``mse`` and the limits ``low`` and ``high`` (normal).
        ``.attrs["variance"]`` is the variance between places, by restricted maximum likelihood; 0 when the places
        differ by no more than chance.

    Raises
    ------
    ValueError
        If lengths differ, a variance isn't above 0, a covariate isn't known, or there are too few places.

    References
    ----------
    Fay, R. E. and Herriot, R. A. (1979), Journal of the American Statistical Association 74(366), 269-277. Datta, G. S.
    and Lahiri, P. (2000), Statistica Sinica 10(2), 613-627: the mean squared error, as ``mseFH`` of R's sae.

    Examples
    --------
    >>> fay_herriot([20.0, 60.0, 20.0, 60.0], [4, 4, 400, 400])["eblup"].round(1).tolist()
    [20.2, 59.8, 29.3, 50.7]
    """
    direct, sampling = np.asarray(estimate, dtype=float), np.asarray(variance, dtype=float)
    x = _with_intercept(covariates, len(direct))
    used = _require_areas(direct, sampling, x)
    between = _between_variance(direct[used], sampling[used], x[used])
    found = _eblup(direct[used], sampling[used], x[used], between)
    rows = pd.DataFrame(np.nan, index=range(len(direct)), columns=["eblup", "mse", "low", "high"])
    reach = stats.norm.ppf((1 + coverage) / 2) * np.sqrt(found[1])
    rows.loc[used] = np.column_stack([*found, found[0] - reach, found[0] + reach])
    rows.attrs["variance"] = between
    return rows


def detectable_share(n: int, baseline: float, alpha: float = 0.05, power: float = 0.8) -> tuple[float, float]:
    """The shares that n answers would find unlike the baseline: what could have been, where no difference is seen.

    Parameters
    ----------
    n : int
        Answers.
    baseline : float
        The others' share [0-1].
    alpha : float
        Level of the two-sided exact binomial test; divide it by the number of places that are tested.
    power : float
        Probability that the difference is found.

    Returns
    -------
    tuple of float
        A share under the first, or over the second [0-1]; NaN where n answers could not find any.

    Examples
    --------
    >>> [round(share, 2) for share in detectable_share(25, 0.55, alpha=0.05 / 91)]
    [0.13, 0.94]
    """
    if not (n == int(n) and n >= 1):
        raise ValueError(f"`n` must be a whole number of answers, 1 or more, but is {n}. Round it down.")
    for name, value in (("baseline", baseline), ("alpha", alpha), ("power", power)):
        if not 0 < value < 1:
            raise ValueError(
                f"`{name}` must be between 0 and 1, but is {value:g}. Divide percentages by 100."
            )
    n = int(n)
    most, least = (int(stats.binom.ppf(tail, n, baseline)) for tail in (1 - alpha / 2, alpha / 2))
    over, under = most + 1, least - 1
    high = special.betaincinv(over, n - over + 1, power) if over <= n else np.nan
    low = 1 - special.betaincinv(n - under, under + 1, power) if under >= 0 else np.nan
    return float(low), float(high)


def detectable_mean(
    n: int, baseline: float, spread: float, alpha: float = 0.05, power: float = 0.8
) -> tuple[float, float]:
    """The means that n answers would find unlike the baseline; otherwise as `detectable_share`.

    Parameters
    ----------
    n, baseline, alpha, power
        As `detectable_share`; the baseline in the unit of the answers.
    spread : float
        Standard deviation of an answer.

    Examples
    --------
    >>> [round(mean, 1) for mean in detectable_mean(25, 30.0, 10.0)]
    [24.4, 35.6]
    """
    if not (n >= 1 and spread >= 0):
        raise ValueError(f"`n` must be 1 or more and `spread` not below 0, but are {n} and {spread:g}.")
    reach = (stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf(power)) * spread / np.sqrt(n)
    return float(baseline - reach), float(baseline + reach)


def standardise(
    data: pd.DataFrame,
    variable: str,
    design: Design,
    by: str,
    within: str | Sequence[str],
    *,
    coverage: float = 0.95,
) -> pd.DataFrame:
    """Estimate each group's mean as it would be if all groups had the whole sample's mix.

    Parameters
    ----------
    data, variable, design, coverage
        As `estimates.estimate_mean`.
    by : str
        Column of the groups.
    within : str or list of str
        Columns, as ``"case_unit"``, whose mix is made equal: to that of the whole weighted sample, over the rows that
        have an answer.

    Returns
    -------
    DataFrame
        One row a group: ``group``, ``estimate``, ``standard_error`` (that the mix is estimated too is counted),
        ``low``, ``high``, ``df`` and ``n``. NaN where nobody of a group is in a part of the mix: there is no telling.

    Raises
    ------
    KeyError, TypeError, ValueError
        As `estimates.estimate_mean`.

    Examples
    --------
    >>> cases = {"place": list("aabb"), "unit": ["child", "family"] * 2, "cases": [40, 20, 30, 26], "w": [3, 1, 1, 3]}
    >>> standardise(pd.DataFrame(cases), "cases", Design(weights="w"), "place", "unit")["estimate"].tolist()
    [30.0, 28.0]
    """
    frame, labels = domain_frame(data, [variable], design, [by])
    mix, _ = domain_frame(data, [variable], design, names(within))
    values, domain, part = numbers(data, variable), frame["domain"].to_numpy(), mix["domain"].to_numpy()
    answered = frame["answered"].to_numpy()
    weight = np.where(answered, frame["weight"], 0)
    shape = (int(domain.max()) + 1, int(part.max()) + 1)
    sums = np.zeros(shape)
    np.add.at(sums, (domain, part), weight)
    totals = np.zeros(shape)
    np.add.at(totals, (domain, part), weight * np.where(answered, values, 0))
    share = sums.sum(axis=0) / weight.sum()
    share, kept = share[share > 0], share > 0
    with np.errstate(invalid="ignore"):
        means = totals[:, kept] / np.where(sums[:, kept] > 0, sums[:, kept], np.nan)
    estimate = means @ share
    place = np.cumsum(kept)[part] - 1
    known = np.isfinite(estimate)
    influence = np.zeros((len(frame), shape[0]))
    for group in np.flatnonzero(known):
        own = answered & (domain == group)
        influence[answered, group] = (means[group][place[answered]] - estimate[group]) / weight.sum()
        cell = sums[group, part[own]]
        influence[own, group] += share[place[own]] * (values[own] - means[group][place[own]]) / cell
    error = np.where(known, standard_errors(influence, frame, design.singleton), np.nan)
    freedom = degrees_of_freedom(frame)
    low, high = intervals.t_interval(estimate, error, freedom, coverage)
    numbers_found = {"estimate": estimate, "standard_error": error, "low": low, "high": high, "df": freedom}
    return labels.rename(columns={by: "group"}).assign(**numbers_found, n=domain_counts(frame)["n"])


def decompose(
    data: pd.DataFrame, variable: str, design: Design, by: str, within: str, first: Hashable, second: Hashable
) -> pd.Series:
    """Take a difference of two groups' means apart: what their mix makes, and what is left within.

    Parameters
    ----------
    data, variable, design
        As `estimates.estimate_mean`.
    by : str
        Column of the groups.
    within : str
        Column, as ``"case_unit"``, whose mix differs.
    first, second : hashable
        Values of `by`; the difference is first less second.

    Returns
    -------
    Series
        ``difference``, and its two parts ``mix`` and ``within``, which add up to it; `within` is how much the groups
        differ where the mix is the same.

    References
    ----------
    Kitagawa, E. M. (1955), Journal of the American Statistical Association 50(272), 1168-1194.
    """
    frame, _ = domain_frame(data, [variable], design, None)
    answers = pd.DataFrame(
        {"by": data[by].to_numpy(), "within": data[within].astype(object).to_numpy()}, index=frame.index
    ).assign(weight=frame["weight"], weighted=frame["weight"] * numbers(data, variable))
    answers = answers[frame["answered"] & answers["by"].isin([first, second])]
    sums = answers.pivot_table(["weight", "weighted"], "by", "within", "sum").reindex([first, second])
    mean, share = sums["weighted"] / sums["weight"], sums["weight"].fillna(0)
    share = share.div(share.sum(axis=1), axis=0)
    alone = mean.columns[mean.isna().any()]
    if len(alone):
        raise ValueError(
            f"Each value of `{within}` must have answers in both groups, but {len(alone)} of {mean.shape[1]} have not "
            f"(first: `{alone[0]}`). Compare within a value instead."
        )
    mix = ((share.loc[first] - share.loc[second]) * mean.mean()).sum()
    inside = ((mean.loc[first] - mean.loc[second]) * share.mean()).sum()
    return pd.Series({"difference": mix + inside, "mix": mix, "within": inside})


# ---- Fay and Herriot's model


def _with_intercept(covariates: ArrayLike | None, rows: int) -> np.ndarray:
    if covariates is None:
        return np.ones((rows, 1))
    columns = np.asarray(covariates, dtype=float)
    columns = columns[:, None] if columns.ndim == 1 else columns
    if len(columns) != rows:
        raise ValueError(
            f"`covariates` must have a row a place, {rows}, but have {len(columns)}. Align them."
        )
    return np.column_stack([np.ones(rows), columns])


def _require_areas(direct: np.ndarray, sampling: np.ndarray, x: np.ndarray) -> np.ndarray:
    if sampling.shape != direct.shape:
        raise ValueError(
            f"`variance` must have one number a place, {direct.size}, but has {sampling.size}. Align them."
        )
    used = np.isfinite(direct)
    wrong = np.flatnonzero(used & ~(np.isfinite(sampling) & (sampling > 0)))
    if wrong.size:
        raise ValueError(
            f"`variance` must be above 0, but {wrong.size} of {used.sum()} are not (first: number {wrong[0]} = "
            f"{sampling[wrong[0]]:g}). Smooth them: the country's variance x design effect / n."
        )
    unknown = np.flatnonzero(used & ~np.isfinite(x).all(axis=1))
    if unknown.size:
        raise ValueError(
            f"`covariates` must be known of every place with an estimate, but {unknown.size} of {used.sum()} are not "
            f"(first: number {unknown[0]}). Leave the covariate out, or the place."
        )
    if used.sum() <= x.shape[1] + 1 or np.linalg.matrix_rank(x[used]) < x.shape[1]:
        raise ValueError(
            f"A model with {x.shape[1]} coefficients must have more than {x.shape[1] + 1} places, and covariates that "
            f"differ, but {used.sum()} of {len(direct)} places have an estimate. Leave out a covariate."
        )
    return used


def _projected(direct: np.ndarray, total: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """REML's projection matrix, and it times the estimates."""
    weighted = x / total[:, None]
    matrix = np.diag(1 / total) - weighted @ np.linalg.solve(x.T @ weighted, weighted.T)
    return matrix, matrix @ direct


def _between_variance(direct: np.ndarray, sampling: np.ndarray, x: np.ndarray) -> float:
    """Variance between places: the root of REML's score by Fisher scoring, or 0 where the likelihood only falls."""
    between = float(np.median(sampling))
    for _ in range(_ROUNDS):
        matrix, residual = _projected(direct, sampling + between, x)
        score = (residual @ residual - np.trace(matrix)) / 2
        step = score / (np.sum(matrix**2) / 2)
        before, between = between, max(between + step, 0.0)
        if abs(between - before) <= 1e-13 * (before + np.median(sampling)):
            return between
    return _by_likelihood(direct, sampling, x)


def _by_likelihood(direct: np.ndarray, sampling: np.ndarray, x: np.ndarray) -> float:
    """The same by search, for the rare case in which the scoring goes to and fro."""

    def loss(log_between: float) -> float:
        total = sampling + np.exp(log_between)
        _, residual = _projected(direct, total, x)
        inside = np.linalg.slogdet(x.T @ (x / total[:, None]))[1]
        return np.log(total).sum() + inside + direct @ residual

    scale = np.log(np.var(direct) + np.median(sampling))
    return float(np.exp(optimize.minimize_scalar(loss, bounds=(scale - 25, scale + 5), method="bounded").x))


def _eblup(
    direct: np.ndarray, sampling: np.ndarray, x: np.ndarray, between: float
) -> tuple[np.ndarray, np.ndarray]:
    """Estimates and their mean squared errors: of the model, its coefficients, and its variance."""
    total = sampling + between
    covariance = np.linalg.inv(x.T @ (x / total[:, None]))
    expected = x @ (covariance @ (x.T @ (direct / total)))
    own, drawn = between / total, sampling / total
    leverage = np.einsum("ij,jk,ik->i", x, covariance, x)
    of_variance = 2 / np.sum(1 / total**2)
    mse = own * sampling + drawn**2 * leverage + 2 * drawn**2 * of_variance / total
    return expected + own * (direct - expected), mse
