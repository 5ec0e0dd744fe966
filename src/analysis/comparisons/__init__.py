"""Municipalities compared with the rest of the country, without being misled by few answers or many tests."""

from collections.abc import Hashable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis import estimates
from analysis.comparisons.chance import adjust_p, chance_model, chance_p, count_tests, reliability, verdict
from analysis.comparisons.funnel import Overdispersion, funnel_limits, overdispersion, shrink
from analysis.estimates import intervals
from analysis.estimates.design import (
    Design,
    degrees_of_freedom,
    domain_counts,
    domain_frame,
    indicator,
    names,
    numbers,
    sampling_frame,
)
from analysis.estimates.variance import standard_errors

# Each place's difference from all the others, with the covariance of the two estimates.


def differences(
    data: pd.DataFrame,
    variable: str,
    design: Design,
    by: list[str],
    level: Hashable = None,
    coverage: float = 0.95,
    own: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Estimate each place's difference from the others of its area.

    Parameters
    ----------
    data, variable, design, level, coverage
        As `comparisons.compare_with_rest`.
    by : list of str
        The column of the places, and those of the areas within which they are compared.
    own : DataFrame, optional
        The places' own estimates on the same design, if they are known already.

    Returns
    -------
    DataFrame
        As `comparisons.compare_with_rest`, with ``shrunken`` beside.
    """
    frame, labels = domain_frame(data, [variable], design, by)
    values = numbers(data, variable) if level is None else indicator(data, variable, level)
    if own is None and level is None:
        own = estimates.estimate_mean(data, variable, design, by, df="domain", coverage=coverage)
    elif own is None:
        own = estimates.estimate_proportion(data, variable, level, design, by, coverage=coverage)
    area = _areas(labels, by[1:])
    rest, influence = _rest(frame, values, area)
    found = labels.assign(difference=own["estimate"] - rest["mean"])
    used = found["difference"].notna().to_numpy()
    found["standard_error"] = np.nan
    if used.any():
        found.loc[used, "standard_error"] = standard_errors(influence[:, used], frame, design.singleton)
    rest["variance"] = np.maximum(found["standard_error"] ** 2 - own["standard_error"] ** 2, 0)
    found["df"] = _satterthwaite(own, rest)
    interval = _mean_interval if level is None else _share_interval
    found["difference_low"], found["difference_high"] = interval(found, own, rest, coverage)
    return found.join(_chance(frame, values, area, own, level is not None))


def _areas(labels: pd.DataFrame, within: list[str]) -> np.ndarray:
    if not within:
        return np.zeros(len(labels), dtype="int64")
    return labels.groupby(within, observed=True).ngroup().to_numpy()


def _rest(frame: pd.DataFrame, values: np.ndarray, area: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
    """Each place's rest: mean, answers, degrees of freedom; and each answer's influence on the difference."""
    answered, domain = frame["answered"].to_numpy(), frame["domain"].to_numpy()
    places = area[domain]
    weight = np.where(answered, frame["weight"], 0)
    weighted = weight * np.where(answered, values, 0)
    own_weight, own_sum = np.bincount(domain, weight), np.bincount(domain, weighted)
    counts = domain_counts(frame)
    weight_rest = np.bincount(area, own_weight)[area] - own_weight
    is_compared = (own_weight > 0) & (counts["n"] < np.bincount(area, counts["n"])[area])
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(is_compared, own_sum / own_weight, np.nan)
        rest_mean = np.where(is_compared, (np.bincount(area, own_sum)[area] - own_sum) / weight_rest, np.nan)
    known = np.where(answered, values, 0)[:, None]
    inside = domain[:, None] == np.arange(len(area))
    with np.errstate(divide="ignore", invalid="ignore"):
        influence = np.where(inside, (known - mean) / own_weight, (rest_mean - known) / weight_rest)
    influence[~(answered[:, None] & (places[:, None] == area))] = 0
    freedom = np.array([degrees_of_freedom(frame[answered & (places == one)]) for one in np.unique(area)])
    rest = pd.DataFrame({"mean": rest_mean, "n": np.bincount(area, counts["n"])[area] - counts["n"]})
    rest["df"] = np.maximum(freedom[area] - counts["df"], 1)
    return rest, influence


def _satterthwaite(own: pd.DataFrame, rest: pd.DataFrame) -> pd.Series:
    place, others = own["standard_error"] ** 2, rest["variance"]
    freedom = own["df"].where(own["df"] >= 1).astype("float64")
    spread = place**2 / freedom + others**2 / rest["df"]
    return ((place + others) ** 2 / spread).where(spread > 0, freedom)


def _mean_interval(found: pd.DataFrame, own: pd.DataFrame, rest: pd.DataFrame, coverage: float) -> tuple:
    return intervals.t_interval(found["difference"], found["standard_error"], found["df"], coverage)


def _share_interval(found: pd.DataFrame, own: pd.DataFrame, rest: pd.DataFrame, coverage: float) -> tuple:
    share = rest["mean"].clip(0, 1)
    low, high = intervals.korn_graubard(share, np.sqrt(rest["variance"]), rest["n"], rest["df"], coverage)
    below = np.hypot(own["estimate"] - own["low"], high - share)
    above = np.hypot(own["high"] - own["estimate"], share - low)
    return found["difference"] - below, found["difference"] + above


def _chance(
    frame: pd.DataFrame, values: np.ndarray, area: np.ndarray, own: pd.DataFrame, is_share: bool
) -> pd.DataFrame:
    """p of each place, and its estimate drawn towards the area's."""
    columns = ["p", "shrunken"]
    found = pd.DataFrame(np.nan, index=own.index, columns=columns)
    for one in np.unique(area):
        rows = (frame["answered"] & (area[frame["domain"]] == one)).to_numpy()
        if not rows.any():
            continue
        model = chance_model(frame[rows], values[rows])
        estimate, spread = own.loc[model.index, "estimate"], None if is_share else model["spread"].iloc[0]
        found.loc[model.index, "p"] = chance_p(estimate, model, is_share)
        found.loc[model.index, "shrunken"] = shrink(
            estimate, model["size"], model["baseline"].iloc[0], spread=spread
        )
    return found


# Municipalities compared with the rest of the country, without being misled by few answers or many tests.

__all__ = [
    "Overdispersion",
    "adjust_p",
    "compare_places",
    "compare_with_rest",
    "count_tests",
    "funnel_limits",
    "overdispersion",
    "reliability",
    "shrink",
    "verdict",
]

_WEIGHT = "design_weight_of_comparison"


def compare_places(
    data: pd.DataFrame,
    variable: str,
    design: Design,
    place: str,
    *,
    within: str | Sequence[str] | None = None,
    level: Hashable = None,
    min_count: int = 5,
    alpha: float = 0.05,
    rule: str = "adjusted",
) -> pd.DataFrame:
    """Estimate every place, and compare each with all the others.

    The estimates and their intervals follow `design`. The comparisons leave out its finite population
    correction: whether places differ in practice is asked of the practice, not of this year's staff, and two
    finite staffs always differ.

    Parameters
    ----------
    data, variable, design
        As `estimates.estimate_mean`; all respondents of the country.
    place : str
        Column of the places, as ``"municipality"``.
    within : str or list of str, optional
        Columns, as ``"area"``, within whose values places are compared.
    level : hashable, optional
        The value whose share is estimated; without it the mean.
    min_count : int
        Places with fewer answers are neither tested nor given a verdict.
    alpha : float
        Level of the rule "adjusted".
    rule : {"adjusted", "limits"}
        A verdict needs p after Benjamini-Hochberg over all rows below `alpha`, or an estimate outside the
        99.8 % limits of chance (p below 0.002); and always an interval of the difference without 0.

    Returns
    -------
    DataFrame
        One row a place (x `within`), with the columns of `estimates.estimate_mean` (``df`` is the domain's)
        and ``difference``, ``difference_low``, ``difference_high`` (place less rest, unit of the variable),
        ``p``, ``p_adjusted``, ``verdict`` (over, som, under, none), ``reliability`` (ok, usikker) and
        ``shrunken``. For the number of tests see `count_tests`.

    Raises
    ------
    KeyError, TypeError, ValueError
        As the estimates, or if `rule` is unknown.
    """
    if rule not in ("adjusted", "limits"):
        raise ValueError(f"`rule` must be adjusted or limits, but is `{rule}`. Choose one.")
    by = [place, *names(within)]
    if level is None:
        table = estimates.estimate_mean(data, variable, design, by, df="domain")
    else:
        table = estimates.estimate_proportion(data, variable, level, design, by)
    # Estimates that have no finite correction already are those that the differences are made of.
    own = table if design.population_size is None else None
    compared = differences(*_endless(data, variable, design), by, level, own=own)
    table = table.join(compared.drop(columns=[*by, "standard_error", "df"]))
    table["p"] = table["p"].where(table["n"] >= min_count)
    table["p_adjusted"] = adjust_p(table["p"])
    p, threshold = (table["p_adjusted"], alpha) if rule == "adjusted" else (table["p"], 0.002)
    table["verdict"] = verdict(
        table["difference"], p, table["difference_low"], table["difference_high"], alpha=threshold
    )
    table["reliability"] = reliability(table, is_share=level is not None)
    table["shrunken"] = table["shrunken"].where(table["n"] > 0)
    return table[[*table.columns.drop(["reliability", "shrunken"]), "reliability", "shrunken"]]


def compare_with_rest(
    data: pd.DataFrame,
    variable: str,
    design: Design,
    by: str,
    *,
    within: str | Sequence[str] | None = None,
    level: Hashable = None,
    coverage: float = 0.95,
) -> pd.DataFrame:
    """Estimate each place's difference from all the others, with the covariance of the two estimates.

    Parameters
    ----------
    data, variable, design, coverage
        As `estimates.estimate_mean`.
    by : str
        Column of the places.
    within : str or list of str, optional
        Columns within whose values places are compared.
    level : hashable, optional
        The value whose share is compared; without it the mean.

    Returns
    -------
    DataFrame
        One row a place: ``group`` (with `within` the columns `by` and `within`), ``difference``,
        ``standard_error``, ``difference_low``, ``difference_high`` (unit of the variable), ``df`` and ``p``.
        The standard error is R's (``svycontrast`` of ``svyby(..., covmat=TRUE)``). Degrees of freedom after
        Satterthwaite; the interval of shares combines the two Korn-Graubard intervals, so that it
        is honest at 0 and 100 %. ``p`` is the probability of a difference as large if the place were
        as the others: binomial for shares, with the skewness of the answers for means.

    Raises
    ------
    KeyError, TypeError, ValueError
        As the estimates.

    References
    ----------
    Satterthwaite, F. E. (1946), Biometrics Bulletin 2(6), 110-114. Newcombe, R. G. (1998), Statistics in
    Medicine 17(8), 873-890: intervals of differences of shares.
    """
    compared = differences(data, variable, design, [by, *names(within)], level, coverage)
    compared = compared.drop(columns="shrunken")
    return compared if names(within) else compared.rename(columns={by: "group"})


def _endless(data: pd.DataFrame, variable: str, design: Design) -> tuple[pd.DataFrame, str, Design]:
    """Leave out the finite correction, and keep the weights that followed from it."""
    if design.weights is None:
        data = data.assign(**{_WEIGHT: sampling_frame(data, design)["weight"]})
        design = replace(design, weights=_WEIGHT)
    return data, variable, replace(design, population_size=None)
