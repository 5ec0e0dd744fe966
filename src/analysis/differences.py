"""Each place's difference from all the others, with the covariance of the two estimates."""

from collections.abc import Hashable

import numpy as np
import pandas as pd

from analysis import estimates, intervals
from analysis.chance import chance_model, chance_p
from analysis.domains import domain_counts, domain_frame, indicator, numbers
from analysis.funnel import shrink
from analysis.linearisation import standard_errors
from analysis.sampling import Design, degrees_of_freedom


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
