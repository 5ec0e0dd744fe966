"""How precisely a number may leave: rounded once, here, to what a reader is shown.

What is drawn, written, kept or searched is made from these numbers, so that no coordinate, record or sentence says
more than the table. Order follows them too: equal ones stand by name.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

# A constant that a test may turn off to see what full precision would give away.
ROUNDS = True
# What tells weights, answers' spread or a single answer at any useful precision: never leaves.
NEVER = ("standard_error", "df", "weight", "variance", "n_missing")
PARTS_OF_A_DIFFERENCE = ("difference", "difference_low", "difference_high")
_PROBABILITIES = ("p", "p_adjusted")
_COUNTS = ("n", "n_effective", "n_kish", "count", "year", "rank", "position")
_SHARE_DECIMALS, _MEAN_DECIMALS = 2, 1  # whole percent; one decimal
_LEVEL = 0.05


def is_count(column: str) -> bool:
    """Whether a column holds whole numbers that are never scaled to percent.

    Examples
    --------
    >>> is_count("asked_count"), is_count("estimate")
    (True, False)
    """
    return column in _COUNTS or column.endswith("_count")


def rounded(frame: pd.DataFrame, quantity: Mapping) -> pd.DataFrame:
    """A table's numbers as precisely as they may leave.

    Parameters
    ----------
    frame : DataFrame
        Estimates at full precision; rows that are withheld hold no numbers.
    quantity : mapping
        ``unit`` and ``decimals`` of the measure ("pct.": shares [0-1] in whole percent with 0 decimals); without
        them shares (a ``level``) are rounded to whole percent and means to one decimal. Columns ``unit`` and
        ``decimals`` say it row by row.

    Returns
    -------
    DataFrame
        Without the columns that never leave. ``difference`` is the rounded estimate less the rounded reference;
        its limits stay on their side of 0; p is told in hundredths.
    """
    kept = frame.drop(columns=[name for name in NEVER if name in frame])
    if not ROUNDS:
        return kept
    places = _decimals(frame, quantity)
    for name in kept:
        if not pd.api.types.is_float_dtype(kept[name]):
            continue
        values = kept[name].astype("Float64").to_numpy(float, na_value=np.nan)
        if name in _PROBABILITIES:
            values = _probability(values)
        elif name not in PARTS_OF_A_DIFFERENCE:
            values = to_decimals(values, 0 if is_count(name) else places)
        kept[name] = values
    return kept.assign(**_difference(frame, places))


def to_decimals(values, decimals) -> np.ndarray:
    """Round half up, away from zero, as the house writes numbers.

    Examples
    --------
    >>> to_decimals([0.125, -0.125, 0.004], 2).tolist()
    [0.13, -0.13, 0.0]
    """
    values, scale = np.asarray(values, float), 10.0 ** np.asarray(decimals)
    return np.sign(values) * np.floor(np.abs(values) * scale + 0.5 + 1e-9) / scale + 0.0


def away_from_zero(values, decimals) -> np.ndarray:
    """Limits of a difference, rounded, but never to 0 or across it: what excludes 0 goes on excluding it.

    Examples
    --------
    >>> away_from_zero([0.004, -0.004, 0.0, 1.26], 1).tolist()
    [0.1, -0.1, 0.0, 1.3]
    """
    values = np.asarray(values, float)
    near = to_decimals(values, decimals)
    return np.where((near == 0) & (values != 0), np.sign(values) * 10.0 ** -np.asarray(decimals), near)


def quantity_told(quantity: Mapping, frame: pd.DataFrame) -> dict:
    """What is measured, its spread rounded, and how many tests there are among the rows that are shown.

    The number of tests before withholding would tell how many of the withheld have answers enough for one.
    """
    told = {name: _plain(value, int(np.max(_decimals(frame, quantity)))) for name, value in quantity.items()}
    if {"p_adjusted", "place_level"} <= set(frame.columns):
        tested = frame.loc[frame["p_adjusted"].notna(), "place_level"].value_counts()
        for name, level in (("tests", "municipality"), ("group_tests", "municipality_group")):
            told[name] = int(tested.get(level, 0))
    return told


def _plain(value, decimals: int):
    if isinstance(value, Mapping):
        return {name: _plain(one, decimals) for name, one in value.items()}
    if isinstance(value, float | np.floating):
        return float(to_decimals(value, decimals))
    return value


def _decimals(frame: pd.DataFrame, quantity: Mapping) -> np.ndarray:
    """Decimals of each row's numbers as they stand in the table, shares as 0-1."""
    is_share = quantity.get("level") is not None
    unit = quantity.get("unit", "pct." if is_share else "")
    units = frame["unit"].fillna(unit) if "unit" in frame else pd.Series(unit, index=frame.index)
    share = units.eq("pct.").to_numpy(bool)
    usual = np.where(share, 0, _MEAN_DECIMALS) if "decimals" not in quantity else quantity["decimals"]
    if "decimals" in frame:
        usual = frame["decimals"].astype("Float64").to_numpy(float, na_value=np.nan)
        usual = np.where(np.isnan(usual), quantity.get("decimals", 0), usual)
    return np.where(share, _SHARE_DECIMALS, 0) + np.broadcast_to(usual, share.shape)


def _difference(frame: pd.DataFrame, places: np.ndarray) -> dict[str, np.ndarray]:
    """Shown value less shown reference, and limits that agree with it and with the verdict."""
    if not {"estimate", *PARTS_OF_A_DIFFERENCE} <= set(frame.columns):
        return {
            name: to_decimals(pd.to_numeric(frame[name]).astype(float), places)
            for name in PARTS_OF_A_DIFFERENCE
            if name in frame
        }
    estimate, difference, low, high = (
        pd.to_numeric(frame[name]).astype("Float64").to_numpy(float, na_value=np.nan)
        for name in ("estimate", *PARTS_OF_A_DIFFERENCE)
    )
    shown = to_decimals(to_decimals(estimate, places) - to_decimals(estimate - difference, places), places)
    low, high = away_from_zero(low, places), away_from_zero(high, places)
    shown = np.where(np.isnan(low) | np.isnan(high), shown, np.clip(shown, low, high))
    return dict(zip(PARTS_OF_A_DIFFERENCE, (shown, low, high), strict=True))


def _probability(p: np.ndarray) -> np.ndarray:
    """p in hundredths, thousandths under 0.01; what is under 0.05 stays under it."""
    decimals = np.where(p < 0.0095, 3, 2)
    told = np.maximum(to_decimals(p, decimals), 0.001)
    return np.where((p < _LEVEL) & (told >= _LEVEL), 0.049, told)
