"""Each place beside all the others: its difference, how sure that is, and what chance alone would make of it."""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pandas as pd

from analysis.comparisons.chance import p_of_means, p_of_shares
from analysis.estimates import intervals
from analysis.estimates.design import degrees_of_freedom
from analysis.estimates.variance import standard_errors


@dataclass(frozen=True)
class Compared:
    """Places against the others of their area; arrays with a number a place, NaN where there is no comparison.

    Attributes
    ----------
    difference, standard_error, df : ndarray
        Place less rest, in the unit of the variable.
    p : ndarray
        Two-sided probability of a difference as large if the place were as the others.
    interval : callable
        Coverage -> low and high of the difference.
    baseline, size, spread : ndarray
        The mean of the place and the others together, the place's effective answers (Kish), and the standard deviation
        of an answer: what chance alone is made of.
    mix : ndarray, places x kinds
        The shares of the kinds in each place.
    of_mix : ndarray
        What the others have at the place's mix less what they have at their own: with `difference` it adds up to the
        difference from the others as they are.
    """

    difference: np.ndarray
    standard_error: np.ndarray
    df: np.ndarray
    p: np.ndarray
    interval: Callable[[float], tuple[np.ndarray, np.ndarray]]
    baseline: np.ndarray
    size: np.ndarray
    spread: np.ndarray
    mix: np.ndarray
    of_mix: np.ndarray


def against_rest(
    frame: pd.DataFrame,
    values: np.ndarray,
    area: np.ndarray,
    kind: np.ndarray,
    own: pd.DataFrame,
    *,
    singleton: str,
    is_share: bool,
    is_clustered: bool,
) -> Compared:
    """Compare each place with what the others of its area have at the place's own mix of kinds.

    Parameters
    ----------
    frame : DataFrame
        From `domain_frame`; the domains are the places, in each area.
    values : ndarray
        Answers, or 0 and 1.
    area : ndarray
        A number for each domain: a place is compared with the others of the same number.
    kind : ndarray
        A number for each respondent, as of what she counts as a case; all 0 where there are no kinds.
    own : DataFrame
        The places' own estimates.
    singleton : str
        As `Design`.
    is_share : bool
        Whether the values are 0 and 1.
    is_clustered : bool
        Whether places are made of units that are alike within, as groups are of municipalities: judged by how the units
        differ (t). Otherwise by the answers of all, as a few skewed answers understate their own spread.
    """
    values = np.where(frame["answered"], values, 0.0)
    cells = _cells(frame, values, area, kind)
    expected = np.where(cells.n > 0, cells.mix * cells.rest_mean, 0).sum(axis=1)
    mean = np.where(cells.n.any(axis=1), np.where(cells.n > 0, cells.mix * cells.mean, 0).sum(axis=1), np.nan)
    difference = mean - expected
    known = np.isfinite(difference)
    error, rest_error = _errors(frame, values, area, kind, cells, difference, singleton)
    rest_n = np.where(cells.n > 0, cells.rest_n, 0).sum(axis=1)
    rest_df = _rest_df(frame, area, own)
    df = _satterthwaite(own, rest_error, rest_df)
    rest_weight = np.where(cells.n > 0, cells.rest_weight, 0).sum(axis=1)
    # The baseline holds the place itself, which is therefore nearer to it than to the others.
    rest_share = rest_weight / np.maximum(rest_weight + cells.weight.sum(axis=1), 1e-300)
    baseline = np.where(known, mean - rest_share * difference, np.nan)
    chance = _chance(frame, values, area, kind, cells)

    def interval(coverage: float) -> tuple[np.ndarray, np.ndarray]:
        if is_clustered or not is_share:
            return intervals.t_interval(difference, error, df, coverage)
        # Newcombe: the reach of the two intervals by Korn and Graubard, honest at 0 and 100 %.
        low, high = intervals.korn_graubard(*(own[name] for name in _SHARE), coverage)
        share = np.clip(expected, 0, 1)
        rest_low, rest_high = intervals.korn_graubard(share, rest_error, rest_n, rest_df, coverage)
        estimate = own["estimate"].to_numpy()
        below, above = (
            np.hypot(estimate - low, rest_high - share),
            np.hypot(high - estimate, share - rest_low),
        )
        return difference - below, difference + above

    if is_clustered:
        p = intervals.p_value(difference, error, df)
    elif is_share:
        p = p_of_shares(mean, _ratio(chance.joint, rest_share**2, 0), baseline)
    else:
        p = p_of_means(difference, chance.joint, chance.spread, chance.skewness)
    spread = np.sqrt(np.clip(baseline * (1 - baseline), 0, None)) if is_share else chance.spread
    p = np.where(known, p, np.nan)
    others = _ratio(
        np.where(cells.rest_n > 0, cells.rest_weight * cells.rest_mean, 0).sum(axis=1),
        cells.rest_weight.sum(axis=1),
    )
    of_mix = expected - others
    return Compared(difference, error, df, p, interval, baseline, chance.size, spread, cells.mix, of_mix)


_SHARE = ("estimate", "standard_error", "n", "df")


@dataclass(frozen=True)
class _Cells:
    """Sums by place and kind, and of the others of the place's area in the same kind."""

    n: np.ndarray
    weight: np.ndarray
    squares: np.ndarray
    mean: np.ndarray
    mix: np.ndarray
    rest_n: np.ndarray
    rest_weight: np.ndarray
    rest_squares: np.ndarray
    rest_mean: np.ndarray


def _cells(frame: pd.DataFrame, values: np.ndarray, area: np.ndarray, kind: np.ndarray) -> _Cells:
    weight = np.where(frame["answered"], frame["weight"], 0)
    columns = [frame["answered"].to_numpy(dtype=float), weight, weight**2, weight * values]
    n, weights, squares, sums = (_by_cell(frame, area, kind, column) for column in columns)
    rest_n, rest_weights, rest_squares, rest_sums = (
        _of_area(part, area) - part for part in (n, weights, squares, sums)
    )
    rest_weights = np.where(rest_n > 0, rest_weights, 0)
    mix = _ratio(weights, weights.sum(axis=1, keepdims=True), 0)
    return _Cells(
        *(n, weights, squares, _ratio(sums, weights), mix),
        *(rest_n, rest_weights, rest_squares, _ratio(rest_sums, rest_weights)),
    )


def _by_cell(frame: pd.DataFrame, area: np.ndarray, kind: np.ndarray, column: np.ndarray) -> np.ndarray:
    kinds = int(kind.max()) + 1
    cell = frame["domain"].to_numpy() * kinds + kind
    return np.bincount(cell, column, minlength=len(area) * kinds).reshape(len(area), kinds)


def _of_area(part: np.ndarray, area: np.ndarray) -> np.ndarray:
    """Sums over the places of each one's area."""
    sums = np.zeros((int(area.max()) + 1, part.shape[1]))
    np.add.at(sums, area, part)
    return sums[area]


def _ratio(above: np.ndarray, below: np.ndarray, empty: float = np.nan) -> np.ndarray:
    below = np.broadcast_to(below, above.shape)
    return np.divide(above, below, out=np.full(above.shape, float(empty)), where=below > 0)


def _errors(frame, values, area, kind, cells: _Cells, difference, singleton) -> tuple[np.ndarray, np.ndarray]:
    """Standard errors of the differences, and of what the others have."""
    domain, known = frame["domain"].to_numpy(), np.isfinite(difference)
    answered, inside = frame["answered"].to_numpy()[:, None], domain[:, None] == np.arange(len(area))
    beside = answered & ~inside & (area[domain][:, None] == area)
    distance = values[:, None] - np.nan_to_num(cells.rest_mean[:, kind].T)
    own = _ratio(distance - np.nan_to_num(difference), cells.weight.sum(axis=1), 0) * (answered & inside)
    rest = -distance * _ratio(cells.mix, cells.rest_weight, 0)[:, kind].T * beside
    both = np.hstack([(own + rest)[:, known], rest[:, known]])
    error, rest_error = np.full(len(area), np.nan), np.full(len(area), np.nan)
    if known.any():
        error[known], rest_error[known] = np.split(standard_errors(both, frame, singleton), 2)
    return error, rest_error


def _rest_df(frame: pd.DataFrame, area: np.ndarray, own: pd.DataFrame) -> np.ndarray:
    inside = area[frame["domain"]]
    answered = frame["answered"].to_numpy()
    whole = np.array(
        [degrees_of_freedom(frame[answered & (inside == one)]) for one in range(int(area.max()) + 1)]
    )
    return np.maximum(whole[area] - own["df"].to_numpy(), 1)


def _satterthwaite(own: pd.DataFrame, rest_error: np.ndarray, rest_df: np.ndarray) -> np.ndarray:
    place, freedom = own["standard_error"].to_numpy() ** 2, own["df"].to_numpy(dtype=float)
    freedom, others = np.where(freedom >= 1, freedom, np.nan), rest_error**2
    spread = place**2 / freedom + others**2 / rest_df
    return np.divide((place + others) ** 2, spread, out=freedom.copy(), where=spread > 0)


def _chance(frame, values, area, kind, cells: _Cells) -> SimpleNamespace:
    """What the answers of all places of an area share, were the places alike: at each place's own mix of kinds."""
    domain = frame["domain"].to_numpy()
    weight = np.where(frame["answered"], frame["weight"], 0)
    residual = values - np.nan_to_num(cells.mean[domain, kind])
    size = _ratio(cells.weight**2, cells.squares, 0)
    # Residuals from a place's own mean are too small by these factors, on average.
    loss = _of_area(cells.weight * np.clip(1 - 1 / np.maximum(size, 1), 0, None), area)
    loss3 = (
        cells.weight
        * np.clip(1 - 1 / np.maximum(size, 1), 0, None)
        * np.clip(1 - 2 / np.maximum(size, 1), 0, None)
    )
    moments = [_of_area(_by_cell(frame, area, kind, weight * residual**power), area) for power in (2, 3)]
    variance = (cells.mix * _ratio(moments[0], loss, 0)).sum(axis=1)
    third = (cells.mix * _ratio(moments[1], _of_area(loss3, area), 0)).sum(axis=1)
    rest_size = _ratio(cells.rest_weight**2, cells.rest_squares, 0)
    own_size = _ratio(cells.weight.sum(axis=1) ** 2, cells.squares.sum(axis=1), 0)
    inverse = _ratio(np.ones(len(area)), own_size, 0) + _ratio(cells.mix**2, rest_size, 0).sum(axis=1)
    return SimpleNamespace(
        size=own_size,
        joint=_ratio(np.ones(len(area)), inverse, 0),
        spread=np.sqrt(variance),
        skewness=_ratio(third, variance**1.5, 0),
    )
